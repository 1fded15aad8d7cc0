//! A cell on its way out: how one value of ours is written in a partner's column.

use std::borrow::Cow;
use std::collections::BTreeMap;
use std::iter;

use serde::Deserialize;

use crate::format::Dialect;
use crate::format::dialect::Formulas;
use crate::format::form::{Cell, Form};
use crate::format::problem::{NOT_A_DATE, NOT_AN_AMOUNT, NOT_IN_CORRESPONDENCE, Problem, VALUE_TOO_LONG};
use crate::format::workbook_writer::LONGEST;
use crate::model::field::Kind;
use crate::model::{Otherwise, Text, date};
use crate::text;

/// What an export profile may say about the form of a column's cells.
#[derive(Debug, Clone, Default, Deserialize)]
#[serde(rename_all = "kebab-case", deny_unknown_fields, default)]
pub struct Options {
    /// In place of the dialect's.
    pub date: Option<date::Format>,
    /// The same for everybody, whatever is known.
    pub constant: Option<String>,
    /// Where the value is empty.
    pub default: Option<String>,
    pub correspondence: Option<Correspondence>,
    pub length: Option<Length>,
}

/// Our values (left) and what the partner calls them (right).
#[derive(Debug, Clone, Deserialize)]
#[serde(rename_all = "kebab-case", deny_unknown_fields)]
pub struct Correspondence {
    pub values: BTreeMap<String, String>,
    pub otherwise: Otherwise,
}

/// A column of a fixed or bounded width, in characters.
#[derive(Debug, Clone, Deserialize)]
#[serde(rename_all = "kebab-case", deny_unknown_fields)]
pub struct Length {
    pub at_most: usize,
    /// Fill up to the length; without it, shorter cells stay short.
    pub fill: Option<Fill>,
}

#[derive(Debug, Clone, Deserialize)]
#[serde(rename_all = "kebab-case", deny_unknown_fields)]
pub struct Fill {
    pub with: char,
    pub align: Align,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Align {
    Left,
    Right,
}

impl Options {
    /// Writes one value of ours, held in the form that its kind tells. What the profile itself says (a constant, a
    /// default, the partner's side of a correspondence) is written as it stands there.
    pub fn write<'a>(&'a self, value: &'a str, kind: Kind, dialect: &Dialect) -> Result<Cow<'a, str>, Problem> {
        let written = match self.said_by_profile(value)? {
            Some(said) => Cow::Borrowed(said),
            None => safe(self.by_kind(value, kind, dialect)?, kind, dialect.formulas),
        };
        match &self.length {
            Some(length) => length.fit(written),
            None => Ok(written),
        }
    }

    /// Are values of that kind written as they stand, but for those that are empty or could be run?
    pub fn are_bare(&self, form: Form, kind: Kind) -> bool {
        let Options { date: _, constant, default: _, correspondence, length } = self;
        let says_something = constant.is_some() || correspondence.is_some() || length.is_some();
        !says_something && !form.is_typed() && !matches!(kind, Kind::Date | Kind::Amount)
    }

    /// Is it neither empty nor such that it could be run? Most values are plain.
    pub fn is_plain(value: &str) -> bool {
        !value.is_empty() && !could_run(value)
    }

    /// As [`Options::write`], in a form: one that has dates and amounts of its own gets them as such, unless the profile
    /// gives the column a length, which only text has.
    pub fn write_as<'a>(
        &'a self,
        form: Form,
        value: &'a str,
        kind: Kind,
        dialect: &Dialect,
    ) -> Result<Cell<'a>, Problem> {
        if !form.is_typed() {
            return self.write(value, kind, dialect).map(Cell::Text);
        }
        match (kind, self.said_by_profile(value)?) {
            (_, Some(said)) => self.fit(form, said.into()),
            (Kind::Date, None) if !value.is_empty() && self.length.is_none() => {
                date::iso(value).map(Cell::Date).ok_or_else(not_a_date)
            }
            (Kind::Amount, None) if !value.is_empty() && self.length.is_none() => match is_amount(value) {
                true => Ok(Cell::Amount(value.into())),
                false => Err(not_an_amount()),
            },
            (_, None) => self.fit(form, self.by_kind(value, kind, dialect)?),
        }
    }

    fn fit<'a>(&self, form: Form, written: Cow<'a, str>) -> Result<Cell<'a>, Problem> {
        let written = match &self.length {
            Some(length) => length.fit(written)?,
            None => written,
        };
        let characters = written.encode_utf16().count();
        match form == Form::Xlsx && characters > LONGEST {
            true => Err(too_long(characters, LONGEST)),
            false => Ok(Cell::Text(written)),
        }
    }

    fn said_by_profile(&self, value: &str) -> Result<Option<&str>, Problem> {
        if self.constant.is_some() {
            return Ok(self.constant.as_deref());
        }
        match &self.correspondence {
            _ if value.is_empty() => Ok(self.default.as_deref()),
            Some(correspondence) => correspondence.translate(value),
            None => Ok(None),
        }
    }

    fn by_kind<'a>(&self, value: &'a str, kind: Kind, dialect: &Dialect) -> Result<Cow<'a, str>, Problem> {
        match kind {
            _ if value.is_empty() => Ok(value.into()),
            Kind::Date => {
                let date = date::iso(value).ok_or_else(not_a_date)?;
                Ok(self.date.as_ref().unwrap_or(&dialect.date).write(date).into())
            }
            Kind::Amount if !is_amount(value) => Err(not_an_amount()),
            Kind::Amount if dialect.decimal != '.' => {
                Ok(value.replace('.', dialect.decimal.encode_utf8(&mut [0; 4])).into())
            }
            Kind::Amount | Kind::Text | Kind::Identifier | Kind::Mail | Kind::Phone | Kind::Person => Ok(value.into()),
        }
    }
}

impl Correspondence {
    /// None: the value goes as it is.
    fn translate(&self, value: &str) -> Result<Option<&str>, Problem> {
        match (self.values.get(value), &self.otherwise) {
            (Some(translated), _) => Ok(Some(translated)),
            (None, Otherwise::PassOn) => Ok(None),
            (None, Otherwise::Default(default)) => Ok(Some(default)),
            (None, Otherwise::Refuse) => {
                let known: Vec<String> = self.values.keys().take(10).map(|value| format!("`{value}`")).collect();
                let more = if self.values.len() > known.len() { ", …" } else { "" };
                let known = known.join(", ");
                Err(Problem {
                    rule: &NOT_IN_CORRESPONDENCE,
                    problem: Text::of(
                        "is not in the correspondence table of the column",
                        "n'est pas dans la table de correspondance de la colonne",
                    ),
                    expected: text!("one of {known}{more}", "une valeur parmi {known}{more}"),
                })
            }
        }
    }
}

impl Length {
    fn fit<'a>(&self, written: Cow<'a, str>) -> Result<Cow<'a, str>, Problem> {
        let characters = written.chars().count();
        if characters > self.at_most {
            return Err(too_long(characters, self.at_most));
        }
        match &self.fill {
            Some(fill) if characters < self.at_most => {
                let filling: String = iter::repeat_n(fill.with, self.at_most - characters).collect();
                Ok(match fill.align {
                    Align::Left => written.into_owned() + &filling,
                    Align::Right => filling + &written,
                }
                .into())
            }
            _ => Ok(written),
        }
    }
}

/// A spreadsheet shows the apostrophe to nobody, and runs nothing behind it.
fn safe<'a>(written: Cow<'a, str>, kind: Kind, formulas: Formulas) -> Cow<'a, str> {
    if formulas == Formulas::AsTheyAre || !could_run(&written) || kind == Kind::Amount || is_signed_number(&written) {
        return written;
    }
    if kind == Kind::Phone && is_phone(&written) {
        return written;
    }
    format!("'{written}").into()
}

/// Does it start as a formula does?
fn could_run(text: &str) -> bool {
    matches!(text.as_bytes(), [b'=' | b'+' | b'-' | b'@' | b'\t' | b'\r' | b'\n', ..])
}

/// `+33 (0)1 23-45.67`: nothing in it can be run.
fn is_phone(text: &str) -> bool {
    text.strip_prefix('+')
        .is_some_and(|rest| rest.chars().all(|letter| letter.is_ascii_digit() || " .-()/\u{a0}".contains(letter)))
}

/// `-12,5`; a spreadsheet reads it as a number, which is what it is.
fn is_signed_number(text: &str) -> bool {
    text.strip_prefix(['-', '+']).is_some_and(|rest| is_unsigned_amount(&rest.replace(',', ".")))
}

fn is_amount(text: &str) -> bool {
    is_unsigned_amount(text.strip_prefix('-').unwrap_or(text))
}

fn is_unsigned_amount(text: &str) -> bool {
    let is_digits = |part: &str| !part.is_empty() && part.bytes().all(|digit| digit.is_ascii_digit());
    match text.split_once('.') {
        Some((whole, part)) => is_digits(whole) && is_digits(part),
        None => is_digits(text),
    }
}

fn not_a_date() -> Problem {
    Problem {
        rule: &NOT_A_DATE,
        problem: Text::of("is not a date", "n'est pas une date"),
        expected: Text::of("a day as `2026-03-01`", "un jour comme `2026-03-01`"),
    }
}

fn too_long(characters: usize, at_most: usize) -> Problem {
    Problem {
        rule: &VALUE_TOO_LONG,
        problem: text!("has {characters} characters", "a {characters} caractères"),
        expected: text!("at most {at_most}", "au plus {at_most}"),
    }
}

fn not_an_amount() -> Problem {
    Problem {
        rule: &NOT_AN_AMOUNT,
        problem: Text::of("is not an amount", "n'est pas un montant"),
        expected: Text::of("a number as `1234.50`", "un nombre comme `1234.50`"),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::format::dialect::{Encoding, LineEnding, Quoting};
    use crate::model::Place;

    fn dialect(formulas: Formulas) -> Dialect {
        Dialect {
            separator: ';',
            quoting: Quoting::WhereNeeded,
            line_ending: LineEnding::Crlf,
            encoding: Encoding::Utf8,
            byte_order_mark: false,
            date: date::Format::parse("DD/MM/YYYY").expect("a format"),
            decimal: ',',
            formulas,
        }
    }

    fn write(options: &str, value: &str, kind: Kind) -> Result<String, &'static str> {
        let options: Options = toml::from_str(options).expect(options);
        let dialect = dialect(Formulas::MadeSafe);
        options.write(value, kind, &dialect).map(Cow::into_owned).map_err(|problem| problem.rule.code)
    }

    #[test]
    fn values_are_written_by_their_kind() {
        let cases = [
            (Kind::Text, "Zoé", "Zoé"),
            (Kind::Text, "", ""),
            (Kind::Identifier, "00042", "00042"),
            (Kind::Date, "2026-03-01", "01/03/2026"),
            (Kind::Date, "", ""),
            (Kind::Amount, "1234.50", "1234,50"),
            (Kind::Amount, "-3", "-3"),
        ];
        for (kind, value, expected) in cases {
            assert_eq!(write("", value, kind).as_deref(), Ok(expected), "{value}");
        }
        for (kind, value, code) in [
            (Kind::Date, "01/03/2026", "not-a-date"),
            (Kind::Date, "2026-02-30", "not-a-date"),
            (Kind::Amount, "1 234,50", "not-an-amount"),
            (Kind::Amount, ".5", "not-an-amount"),
            (Kind::Amount, "=1+1", "not-an-amount"),
        ] {
            assert_eq!(write("", value, kind), Err(code), "{value}");
        }
    }

    #[test]
    fn a_cell_that_would_run_is_made_safe_and_phones_and_numbers_stay() {
        let cases = [
            (Kind::Text, "=HYPERLINK(1)", "'=HYPERLINK(1)"),
            (Kind::Text, "@sum", "'@sum"),
            (Kind::Mail, "+a@b.example", "'+a@b.example"),
            (Kind::Text, "\t=1", "'\t=1"),
            (Kind::Text, "- none", "'- none"),
            (Kind::Text, "-12,5", "-12,5"),
            (Kind::Identifier, "+3", "+3"),
            (Kind::Phone, "+33 (0)1 23.45-67", "+33 (0)1 23.45-67"),
            (Kind::Phone, "+cmd|' /C calc'!A0", "'+cmd|' /C calc'!A0"),
            (Kind::Phone, "=1", "'=1"),
            (Kind::Text, "a=b", "a=b"),
        ];
        for (kind, value, expected) in cases {
            assert_eq!(write("", value, kind).as_deref(), Ok(expected), "{value}");
        }
        let options = Options::default();
        assert_eq!(options.write("=1", Kind::Text, &dialect(Formulas::AsTheyAre)), Ok("=1".into()));
    }

    #[test]
    fn the_profile_says_what_stands_in_for_a_value() {
        let table = "[correspondence]\nvalues = { female = 'F', 2026-03-01 = '-' }\n";
        let refuse = format!("{table}otherwise = 'refuse'");
        let default = format!("default = '?'\n{table}otherwise = {{ default = 'X' }}");
        let pass_on = format!("{table}otherwise = 'pass-on'");
        let cases = [
            ("constant = '=A'", "x", Kind::Text, Ok("=A")),
            ("default = '-'", "", Kind::Date, Ok("-")),
            ("default = '-'", "2026-03-01", Kind::Date, Ok("01/03/2026")),
            (&refuse, "female", Kind::Text, Ok("F")),
            (&refuse, "male", Kind::Text, Err("not-in-correspondence")),
            (&refuse, "", Kind::Text, Ok("")),
            (&default, "male", Kind::Text, Ok("X")),
            (&default, "", Kind::Text, Ok("?")),
            (&pass_on, "=male", Kind::Text, Ok("'=male")),
            (&pass_on, "2026-03-01", Kind::Date, Ok("-")),
            ("date = 'YYYYMMDD'", "2026-03-01", Kind::Date, Ok("20260301")),
        ];
        for (options, value, kind, expected) in cases {
            assert_eq!(write(options, value, kind), expected.map(String::from), "{options} {value}");
        }
    }

    #[test]
    fn a_length_fills_and_never_cuts() {
        let right = "length = { at-most = 5, fill = { with = '0', align = 'right' } }";
        let left = "length = { at-most = 5, fill = { with = ' ', align = 'left' } }";
        let cases = [
            (right, "42", Ok("00042")),
            (left, "été", Ok("été  ")),
            (left, "", Ok("     ")),
            ("length = { at-most = 3 }", "été", Ok("été")),
            ("length = { at-most = 3 }", "étés", Err("value-too-long")),
            ("length = { at-most = 2 }", "=1", Err("value-too-long")),
        ];
        for (options, value, expected) in cases {
            assert_eq!(write(options, value, Kind::Text), expected.map(String::from), "{options} {value}");
        }
    }

    #[test]
    fn a_problem_reads_as_a_sentence() {
        let options: Options =
            toml::from_str("[correspondence]\nvalues = { female = 'F' }\notherwise = 'refuse'").expect("options");
        let problem = options.write("m", Kind::Text, &dialect(Formulas::MadeSafe)).expect_err("a problem");
        let finding = problem.at(Place::row(2, 2), "m");
        let sentence = "row 2: `m` is not in the correspondence table of the column; expected one of `female`";
        assert_eq!(finding.to_string(), sentence);
    }
}
