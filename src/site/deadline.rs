//! A deadline: the time of day by which a file must have landed, where the company is.

use std::fmt;

use chrono::{DateTime, Duration, NaiveDateTime, Utc};
use chrono_tz::Tz;

use crate::profile::TimeOfDay;

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Deadline {
    pub time: TimeOfDay,
    pub zone: Tz,
}

impl Deadline {
    /// The first moment after `now` at which it is that time of day.
    pub fn after(&self, now: DateTime<Utc>) -> DateTime<Utc> {
        let today = now.with_timezone(&self.zone).date_naive();
        (0..)
            .map(|days| self.on(today.and_time(self.time.0) + Duration::days(days)))
            .find(|moment| *moment > now)
            .expect("the days do not end")
    }

    /// On the night when an hour is left out, a deadline in it is an hour early; when one comes twice, it is the first.
    fn on(&self, local: NaiveDateTime) -> DateTime<Utc> {
        let exists = |local: NaiveDateTime| local.and_local_timezone(self.zone).earliest();
        let moment = exists(local).or_else(|| exists(local - Duration::hours(1)));
        moment.expect("clocks are never set forward by more than an hour").to_utc()
    }
}

impl fmt::Display for Deadline {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{} {}", self.time, self.zone)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_next_deadline_is_today_or_tomorrow_where_the_company_is() {
        let deadline =
            |time: &str| Deadline { time: TimeOfDay::parse(time).expect(time), zone: chrono_tz::Europe::Paris };
        let cases = [
            ("23:59", "2026-11-22T21:00:00Z", "2026-11-22T22:59:00Z"),
            ("23:59", "2026-11-22T22:59:00Z", "2026-11-23T22:59:00Z"),
            ("06:00", "2026-11-22T23:30:00Z", "2026-11-23T05:00:00Z"),
            ("06:00", "2026-07-01T21:00:00Z", "2026-07-02T04:00:00Z"),
            ("02:30", "2026-03-28T22:00:00Z", "2026-03-29T00:30:00Z"),
            ("02:30", "2026-10-24T22:00:00Z", "2026-10-25T00:30:00Z"),
        ];
        for (time, now, expected) in cases {
            let moment = |text: &str| text.parse::<DateTime<Utc>>().expect(text);
            assert_eq!(deadline(time).after(moment(now)), moment(expected), "{time} after {now}");
        }
    }
}
