//! Dates as files write them: read by position, written by a format that a profile names.

use std::fmt::{self, Write as _};

use chrono::{Datelike, NaiveDate};
use serde::{Deserialize, Deserializer, de};

/// `2026-03-01`.
pub fn iso(text: &str) -> Option<NaiveDate> {
    // As nearly all are written.
    if let [a, b, c, y, b'-', m, n, b'-', d, e] = *text.as_bytes() {
        let is_number = [a, b, c, y, m, n, d, e].iter().all(u8::is_ascii_digit);
        let two = |tens: u8, ones: u8| u32::from(tens - b'0') * 10 + u32::from(ones - b'0');
        return is_number
            .then(|| NaiveDate::from_ymd_opt((two(a, b) * 100 + two(c, y)) as i32, two(m, n), two(d, e)))?;
    }
    let [year, month, day] = parts(text, '-')?;
    (year.len() == 4).then(|| date(year, month, day))?
}

/// `01/03/2026`, also with single digits, dashes or points.
pub fn day_first(text: &str) -> Option<NaiveDate> {
    let [day, month, year] = separated(text)?;
    (year.len() == 4).then(|| date(year, month, day))?
}

/// `03/01/2026`, which nobody should write here: only to say that a column is month first.
pub fn month_first(text: &str) -> Option<NaiveDate> {
    let [month, day, year] = separated(text)?;
    (year.len() == 4).then(|| date(year, month, day))?
}

fn separated(text: &str) -> Option<[&str; 3]> {
    ['/', '-', '.'].into_iter().find_map(|separator| parts(text, separator))
}

fn parts(text: &str, separator: char) -> Option<[&str; 3]> {
    let mut parts = text.split(separator);
    let three = [parts.next()?, parts.next()?, parts.next()?];
    parts.next().is_none().then_some(three)
}

fn date(year: &str, month: &str, day: &str) -> Option<NaiveDate> {
    NaiveDate::from_ymd_opt(number(year)?.try_into().ok()?, number(month)?, number(day)?)
}

fn number(digits: &str) -> Option<u32> {
    let plain = (1..=4).contains(&digits.len()) && digits.bytes().all(|digit| digit.is_ascii_digit());
    plain.then(|| digits.parse().ok())?
}

/// How a profile writes a date: `DD`, `MM`, `YYYY` and `YY` among other characters, such as `DD/MM/YYYY`.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Format(Vec<Part>);

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Part {
    Year,
    YearOfCentury,
    Month,
    Day,
    Other(char),
}

impl Format {
    /// Refused without a day, a month and a year.
    pub fn parse(text: &str) -> Result<Format, String> {
        if let Some(part) = ["DD", "MM", "YY"].iter().find(|part| !text.contains(**part)) {
            return Err(format!("`{text}` has no `{part}`; a date format is like `DD/MM/YYYY` or `YYYY-MM-DD`"));
        }
        let mut parts = Vec::new();
        let mut rest = text;
        while let Some(first) = rest.chars().next() {
            let known = Part::NAMED.iter().find_map(|(name, part)| Some((rest.strip_prefix(name)?, *part)));
            let (behind, part) = known.unwrap_or((&rest[first.len_utf8()..], Part::Other(first)));
            parts.push(part);
            rest = behind;
        }
        Ok(Format(parts))
    }

    pub fn write(&self, date: NaiveDate) -> String {
        let mut written = String::with_capacity(4 * self.0.len());
        for part in &self.0 {
            match part {
                Part::Year => push(date.year() as u32, 4, &mut written),
                Part::YearOfCentury => push(date.year() as u32 % 100, 2, &mut written),
                Part::Month => push(date.month(), 2, &mut written),
                Part::Day => push(date.day(), 2, &mut written),
                Part::Other(other) => written.push(*other),
            }
        }
        written
    }
}

impl Part {
    const NAMED: [(&str, Part); 4] =
        [("YYYY", Part::Year), ("YY", Part::YearOfCentury), ("MM", Part::Month), ("DD", Part::Day)];
}

/// In so many digits, or more; without the detour over a formatter, for a file has millions of days.
fn push(number: u32, width: usize, written: &mut String) {
    let (mut digits, mut rest) = ([b'0'; 4], number);
    for digit in digits[..width].iter_mut().rev() {
        *digit += (rest % 10) as u8;
        rest /= 10;
    }
    match rest {
        0 => written.push_str(str::from_utf8(&digits[..width]).expect("digits are UTF-8")),
        _ => write!(written, "{number:0width$}").expect("a string takes all"),
    }
}

impl fmt::Display for Format {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.0.iter().try_for_each(|part| match part {
            Part::Other(other) => f.write_char(*other),
            part => Part::NAMED.iter().filter(|(_, named)| named == part).try_for_each(|(name, _)| f.write_str(name)),
        })
    }
}

impl<'de> Deserialize<'de> for Format {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Format, D::Error> {
        Format::parse(&String::deserialize(deserializer)?).map_err(de::Error::custom)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_days_that_exist_are_dates() {
        let day = NaiveDate::from_ymd_opt(2026, 3, 1);
        for text in ["01/03/2026", "1/3/2026", "01-03-2026", "01.03.2026"] {
            assert_eq!(day_first(text), day, "{text}");
        }
        assert_eq!(iso("2026-03-01"), day);
        assert_eq!(month_first("03/01/2026"), day);
        for text in ["", "31/02/2026", "01/03/26", "2026-03-01", "01/03/2026/1", "+1/03/2026", "46082", "é/03/2026"] {
            assert_eq!(day_first(text), None, "{text}");
        }
    }

    #[test]
    fn a_format_writes_its_parts_and_keeps_the_rest() {
        let day = NaiveDate::from_ymd_opt(2026, 3, 1).expect("a day");
        for (format, written) in
            [("DD/MM/YYYY", "01/03/2026"), ("YYYYMMDD", "20260301"), ("le DD.MM.YY", "le 01.03.26")]
        {
            assert_eq!(Format::parse(format).expect(format).write(day), written);
        }
        assert!(Format::parse("MM/YYYY").is_err());
    }
}
