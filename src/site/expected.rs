//! `expected` of an import: by when a partner's file comes, on which days of the week.

use std::fmt;

use chrono::{DateTime, Datelike, TimeDelta, Utc, Weekday};
use chrono_tz::Tz;
use serde::{Deserialize, Deserializer, de};
use toml::Spanned;

use super::Deadline;
use super::reader::Reader;
use crate::profile::TimeOfDay;

/// A file is due again and again.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Expected {
    hour: Deadline,
    days: Days,
}

/// `expected = { by = "06:00", on = "mon-fri" }` as a site writes it.
#[derive(Debug, Deserialize)]
#[serde(rename_all = "kebab-case", deny_unknown_fields, expecting = "`{ by = \"06:00\" }`")]
pub struct Section {
    by: Spanned<TimeOfDay>,
    #[serde(default)]
    on: Days,
}

impl Section {
    pub(super) fn read(self, reader: &mut Reader) -> Expected {
        let time = *self.by.get_ref();
        let zone = reader.check_timezone(&self.by.span(), &format!("a file expected by {time}"));
        Expected { hour: Deadline { time, zone }, days: self.on }
    }
}

impl Expected {
    /// The last moment at which a file was due, now included.
    pub fn last(&self, now: DateTime<Utc>) -> DateTime<Utc> {
        let first = now - TimeDelta::days(9);
        let dues = std::iter::successors(Some(self.next(first)), |due| Some(self.next(*due)));
        dues.take_while(|due| *due <= now).last().expect("one day of the week was within nine days")
    }

    /// The moment at which a file is due next, after `now`.
    pub fn next(&self, now: DateTime<Utc>) -> DateTime<Utc> {
        let dues = std::iter::successors(Some(self.hour.after(now)), |due| Some(self.hour.after(*due)));
        let mut expected = dues.filter(|due| self.days.have(due.with_timezone(&self.zone()).weekday()));
        expected.next().expect("the days do not end")
    }

    pub fn zone(&self) -> Tz {
        self.hour.zone
    }
}

impl fmt::Display for Expected {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "by {}, {}", self.hour, self.days)
    }
}

/// Days of the week, Monday first: `mon-fri`, `tue, thu`; every day if nothing is said.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Days([bool; 7]);

const NAMES: [&str; 7] = ["mon", "tue", "wed", "thu", "fri", "sat", "sun"];

impl Days {
    pub fn parse(text: &str) -> Result<Days, String> {
        let mut days = Days([false; 7]);
        for part in text.split(',') {
            let (first, last) = part.split_once('-').unwrap_or((part, part));
            let day = |name: &str| NAMES.iter().position(|known| *known == name.trim());
            let (Some(first), Some(last)) = (day(first), day(last)) else {
                return Err(format!("`{text}` names no days of the week; write them such as `mon-fri` or `tue, thu`"));
            };
            let end = if last < first { last + 7 } else { last };
            (first..=end).for_each(|day| days.0[day % 7] = true);
        }
        Ok(days)
    }

    fn have(self, day: Weekday) -> bool {
        self.0[day.num_days_from_monday() as usize]
    }
}

impl Default for Days {
    fn default() -> Days {
        Days([true; 7])
    }
}

impl fmt::Display for Days {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let names = NAMES.iter().zip(self.0).filter(|(_, is_one)| *is_one).map(|(name, _)| *name);
        match self.0 {
            [true, true, true, true, true, true, true] => f.write_str("every day"),
            _ => f.write_str(&names.collect::<Vec<_>>().join(", ")),
        }
    }
}

impl<'de> Deserialize<'de> for Days {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Days, D::Error> {
        Days::parse(&String::deserialize(deserializer)?).map_err(de::Error::custom)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn moment(text: &str) -> DateTime<Utc> {
        text.parse().expect(text)
    }

    #[test]
    fn a_file_is_due_at_the_hour_of_the_company_on_the_days_that_are_named() {
        let expected = |by: &str, on: &str| Expected {
            hour: Deadline { time: TimeOfDay::parse(by).expect(by), zone: chrono_tz::Europe::Paris },
            days: Days::parse(on).expect(on),
        };
        let cases = [
            // 22 November 2026 is a Sunday.
            ("06:00", "mon-sun", "2026-11-22T21:00:00Z", "2026-11-22T05:00:00Z", "2026-11-23T05:00:00Z"),
            ("06:00", "mon-sun", "2026-11-22T05:00:00Z", "2026-11-22T05:00:00Z", "2026-11-23T05:00:00Z"),
            ("06:00", "mon-sun", "2026-11-22T04:59:59Z", "2026-11-21T05:00:00Z", "2026-11-22T05:00:00Z"),
            ("06:00", "mon-fri", "2026-11-22T21:00:00Z", "2026-11-20T05:00:00Z", "2026-11-23T05:00:00Z"),
            ("23:59", "sun", "2026-11-22T22:59:00Z", "2026-11-22T22:59:00Z", "2026-11-29T22:59:00Z"),
            // The nights on which the clocks are set.
            ("02:30", "mon-sun", "2026-03-29T06:00:00Z", "2026-03-29T00:30:00Z", "2026-03-30T00:30:00Z"),
            ("02:30", "mon-sun", "2026-10-25T06:00:00Z", "2026-10-25T00:30:00Z", "2026-10-26T01:30:00Z"),
        ];
        for (by, on, now, last, next) in cases {
            let expected = expected(by, on);
            assert_eq!((expected.last(moment(now)), expected.next(moment(now))), (moment(last), moment(next)), "{now}");
        }
    }

    #[test]
    fn days_are_names_and_ranges_that_may_go_over_the_weekend() {
        for (text, shown) in [
            ("mon-fri", "mon, tue, wed, thu, fri"),
            ("sat-mon", "mon, sat, sun"),
            ("tue, thu", "tue, thu"),
            ("mon-sun", "every day"),
        ] {
            assert_eq!(Days::parse(text).expect(text).to_string(), shown);
        }
        for wrong in ["", "Monday", "mon-", "mon fri", "1-5"] {
            assert!(Days::parse(wrong).is_err(), "{wrong}");
        }
    }
}
