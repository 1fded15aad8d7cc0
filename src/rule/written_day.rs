//! A written day: the day, month and year of a cell, found by position, as nearly all days are written.

use std::ops::RangeInclusive;

use chrono::NaiveDate;

use super::notes::Notes;

/// Outside of these, somebody mistyped.
pub const YEARS: RangeInclusive<i32> = 1900..=2100;

#[derive(Debug, Clone, Copy, PartialEq)]
pub struct WrittenDay {
    /// `2026-03-01`, digit for digit.
    pub iso: [u8; 10],
    year: i32,
    month: u32,
    day: u32,
    is_year_first: bool,
}

impl WrittenDay {
    /// Knows `31/12/2026` and `2026-12-31`, if it is a day of [`YEARS`]. None: it is another day, or none.
    pub fn of(text: &str) -> Option<WrittenDay> {
        let (iso, is_year_first) = match *text.as_bytes() {
            [d, e, b'/', m, n, b'/', a, b, c, y] => ([a, b, c, y, b'-', m, n, b'-', d, e], false),
            [a, b, c, y, b'-', m, n, b'-', d, e] => ([a, b, c, y, b'-', m, n, b'-', d, e], true),
            _ => return None,
        };
        let [a, b, c, y, _, m, n, _, d, e] = iso;
        let is_number = [a, b, c, y, m, n, d, e].iter().all(u8::is_ascii_digit);
        let two = |tens: u8, ones: u8| u32::from(tens - b'0') * 10 + u32::from(ones - b'0');
        if !is_number {
            return None;
        }
        let (year, month, day) = ((two(a, b) * 100 + two(c, y)) as i32, two(m, n), two(d, e));
        let exists = YEARS.contains(&year) && (1..=12).contains(&month) && day > 0 && day <= days(year, month);
        exists.then_some(WrittenDay { iso, year, month, day, is_year_first })
    }

    pub fn notes(&self) -> Notes {
        match self.is_year_first {
            true => Notes::YEAR_FIRST,
            false => Notes::day_first(self.day, self.month),
        }
    }

    pub fn date(&self) -> Option<NaiveDate> {
        NaiveDate::from_ymd_opt(self.year, self.month, self.day)
    }
}

/// How many days the month has; `month` counts from 1 to 12.
fn days(year: i32, month: u32) -> u32 {
    const DAYS: [u32; 12] = [31, 28, 31, 30, 31, 30, 31, 31, 30, 31, 30, 31];
    let is_leap = year % 4 == 0 && (year % 100 != 0 || year % 400 == 0);
    DAYS[month as usize - 1] + u32::from(month == 2 && is_leap)
}

#[cfg(test)]
mod tests {
    use chrono::Datelike;

    use super::*;
    use crate::model::date;

    #[test]
    fn every_day_of_the_calendar_is_known_in_both_orders_and_no_other() {
        for (year, month, day) in
            (1899..=2101).flat_map(|year| (0..=13).flat_map(move |month| (0..=32).map(move |day| (year, month, day))))
        {
            let real = NaiveDate::from_ymd_opt(year, month, day).filter(|day| YEARS.contains(&day.year()));
            let (iso, ours) = (format!("{year:04}-{month:02}-{day:02}"), format!("{day:02}/{month:02}/{year:04}"));
            for text in [&iso, &ours] {
                let written = WrittenDay::of(text);
                assert_eq!(written.and_then(|written| written.date()), real, "{text}");
                assert!(written.is_none_or(|written| written.iso == *iso.as_bytes()));
            }
            assert_eq!(date::day_first(&ours).filter(|day| YEARS.contains(&day.year())), real);
        }
    }

    #[test]
    fn what_is_written_otherwise_is_left_to_others() {
        for text in ["", "1/3/2026", "01.03.2026", "01/03/26", "2026/03/01", "0é/03/202", "a1/03/2026", " 1/03/2026"] {
            assert_eq!(WrittenDay::of(text), None, "{text}");
        }
    }
}
