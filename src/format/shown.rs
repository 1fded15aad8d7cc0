//! What a workbook's cell shows: its value as the text that a person sees in the spreadsheet.

use std::borrow::Cow;

use calamine::{DataRef, ExcelDateTime};

use crate::model::date;

/// What a spreadsheet keeps of a number.
const DIGITS: usize = 15;

/// How a number format shows a number.
#[derive(Debug, Clone, Copy, Default)]
pub(super) enum Look {
    #[default]
    Plain,
    /// With zeros in front, to so many digits.
    Padded(usize),
    /// In hundredths.
    Share,
}

impl Look {
    pub fn of(format: &str) -> Look {
        match digits_shown(format) {
            Some(digits) if digits > 1 => Look::Padded(digits),
            _ if is_share(format) => Look::Share,
            _ => Look::Plain,
        }
    }
}

/// Text of a cell. Dates come day first, as `DD/MM/YYYY`; an amount has a point.
pub(super) fn text<'a>(value: &DataRef<'a>, look: Look) -> Cow<'a, str> {
    match value {
        DataRef::Empty => "".into(),
        DataRef::SharedString(text) => (*text).into(),
        DataRef::String(text) => text.clone().into(),
        DataRef::Int(number) => number_shown(*number as f64, look).into(),
        DataRef::Float(number) => number_shown(*number, look).into(),
        DataRef::Bool(true) => "TRUE".into(),
        DataRef::Bool(false) => "FALSE".into(),
        DataRef::Error(error) => error.to_string().into(),
        DataRef::DateTime(serial) => date_text(serial).into(),
        DataRef::DateTimeIso(text) => iso_text(text).into(),
        DataRef::DurationIso(text) => text.clone().into(),
    }
}

/// A format such as `00000`, or `0#" "##" "##` for a phone, shows zeros that the number has not.
fn number_shown(number: f64, look: Look) -> String {
    let is_whole = (0.0..1e15).contains(&number) && number.fract() == 0.0;
    match look {
        Look::Padded(digits) if is_whole => format!("{number:0digits$.0}"),
        Look::Share => format!("{}%", number_text(number * 100.0)),
        Look::Plain | Look::Padded(_) => number_text(number),
    }
}

/// A spreadsheet keeps 15 digits; those behind are noise of the binary form, as in `0.30000000000000004`. Of a number
/// that had more the last are lost: it comes as a shortened one, such as `1.23456789012345E+17`.
fn number_text(number: f64) -> String {
    let exact = number.to_string();
    if number.abs() < 1e15 && exact.bytes().filter(u8::is_ascii_digit).count() <= DIGITS {
        return exact;
    }
    let shortened = format!("{number:.14e}");
    match shortened.split_once('e') {
        Some((digits, exponent)) if number.abs() >= 1e15 => {
            format!("{}E+{exponent:0>2}", digits.trim_end_matches('0').trim_end_matches('.'))
        }
        _ => shortened.parse().unwrap_or(number).to_string(),
    }
}

/// `0.00%`, but not `0" % of "0`.
fn is_share(format: &str) -> bool {
    let for_positive = format.split(';').next().unwrap_or_default();
    for_positive.split('"').step_by(2).any(|unquoted| unquoted.contains('%'))
}

/// How many digits at least, for a format of digits and blanks alone.
fn digits_shown(format: &str) -> Option<usize> {
    let places: String = format.chars().filter(|letter| !matches!(letter, ' ' | '"' | '\\' | '\u{a0}')).collect();
    let first = places.find('0')?;
    places.bytes().all(|place| matches!(place, b'0' | b'#')).then_some(places.len() - first)
}

fn date_text(serial: &ExcelDateTime) -> String {
    let number = serial.as_f64();
    if serial.is_duration() || !(0.0..2_958_466.0).contains(&number) {
        return number_text(number);
    }
    let (year, month, day, hour, minute, second, _) = serial.to_ymd_hms_milli();
    let time = || format!("{hour:02}:{minute:02}:{second:02}");
    match (number.floor(), number.fract()) {
        (0.0, 1e-9..) => time(),
        (_, 0.0) => format!("{day:02}/{month:02}/{year}"),
        _ => format!("{day:02}/{month:02}/{year} {}", time()),
    }
}

/// `2026-03-01`, or with a time of day that says nothing.
fn iso_text(text: &str) -> String {
    let day = text.split_once('T').map_or(text, |(day, time)| if time.starts_with("00:00:00") { day } else { text });
    date::iso(day).map_or_else(|| text.into(), |date| date.format("%d/%m/%Y").to_string())
}

#[cfg(test)]
mod tests {
    use calamine::{CellErrorType, ExcelDateTimeType};

    use super::*;

    fn serial(value: f64, is_1904: bool) -> DataRef<'static> {
        DataRef::DateTime(ExcelDateTime::new(value, ExcelDateTimeType::DateTime, is_1904))
    }

    #[test]
    fn values_are_shown_as_a_spreadsheet_shows_them() {
        let cases = [
            (DataRef::Float(42.0), "General", "42"),
            (DataRef::Float(0.1 + 0.2), "General", "0.3"),
            (DataRef::Float(1234.5), "0.00", "1234.5"),
            (DataRef::Float(-7.0), "General", "-7"),
            (DataRef::Float(123_456_789_012_345.0), "General", "123456789012345"),
            (DataRef::Int(7), "General", "7"),
            (DataRef::Float(42.0), "00000", "00042"),
            (DataRef::Float(612_345_678.0), "0#\" \"##\" \"##\" \"##\" \"##", "0612345678"),
            (DataRef::Float(612_345_678.0), "0#\\ ##\\ ##\\ ##\\ ##", "0612345678"),
            (DataRef::Float(42.0), "#,##0", "42"),
            (DataRef::Float(42.5), "00000", "42.5"),
            (DataRef::Float(0.5), "0%", "50%"),
            (DataRef::Float(0.125), "0%", "12.5%"),
            (DataRef::Float(0.07), "0.00%;-0.00%", "7%"),
            (DataRef::Float(7.0), "0\" % of \"0", "7"),
            (DataRef::Float(123_456_789_012_345_678.0), "General", "1.23456789012346E+17"),
            (DataRef::Float(-2e15), "0", "-2E+15"),
            (DataRef::Float(999_999_999_999_999.0), "0", "999999999999999"),
            (DataRef::Float(1e-7), "General", "0.0000001"),
            (DataRef::SharedString(" \n a "), "General", " \n a "),
            (DataRef::Float(42.0), "0", "42"),
            (DataRef::Float(f64::NAN), "General", "NaN"),
            (DataRef::Bool(true), "General", "TRUE"),
            (DataRef::Error(CellErrorType::NA), "General", "#N/A"),
            (DataRef::DateTimeIso("2026-03-01".into()), "General", "01/03/2026"),
            (DataRef::DateTimeIso("2026-03-01T00:00:00.000Z".into()), "General", "01/03/2026"),
            (DataRef::DateTimeIso("2026-03-01T08:00:00".into()), "General", "2026-03-01T08:00:00"),
        ];
        for (value, format, expected) in cases {
            assert_eq!(text(&value, Look::of(format)), expected, "{value:?} {format}");
        }
    }

    #[test]
    fn dates_are_shown_day_first_in_both_systems() {
        let cases = [
            (serial(46_082.0, false), "01/03/2026"),
            (serial(44_620.0, true), "01/03/2026"),
            (serial(46_082.5, false), "01/03/2026 12:00:00"),
            (serial(0.5, false), "12:00:00"),
            (serial(-1.0, false), "-1"),
            (serial(3e9, false), "3000000000"),
            (serial(1.0, false), "01/01/1900"),
            (serial(59.0, false), "28/02/1900"),
            (serial(61.0, false), "01/03/1900"),
            (serial(0.0, true), "01/01/1904"),
            (serial(46_082.354_166_666_664, false), "01/03/2026 08:30:00"),
        ];
        for (value, expected) in cases {
            assert_eq!(text(&value, Look::of("dd/mm/yyyy")), expected, "{value:?}");
        }
    }
}
