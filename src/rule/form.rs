//! A form: what the cells of one column must be, ready to be asked of any cell, by several threads at a time.

use std::borrow::Cow;

use chrono::{Datelike, NaiveDate};

use super::clear::Clear;
use super::fault::Fault;
use super::labels::Labels;
use super::lists::Lists;
use super::memo::Memo;
use super::notes::Notes;
use super::outer_blanks::trim;
use super::written_day::WrittenDay;
use super::{
    Column, bad_amount, bad_date, bad_mail, clear_not_allowed, control_character, cut_text, damage, iso_date, letters,
    mojibake, not_allowed, placeholder, scientific_number, spreadsheet_error, too_long,
};
use crate::model::table::Chunk;
use crate::model::{Field, Rule};

/// Knows nothing of the file: it outlives the pieces in which a file is read.
pub struct Form<'a> {
    pub column: &'a Column,
    /// None: no word empties a field.
    pub clear: Option<Clear<'a>>,
    labels: Option<Labels<'a>>,
    answers: Answers,
    /// A text of up to so many bytes may be told to be plain at first sight.
    short: usize,
}

/// What the answers of a form are like.
#[derive(Debug, Clone, Copy, PartialEq)]
enum Answers {
    /// Labels of a list, or one of some words.
    Few,
    Days,
    Texts,
}

/// What a cell means.
#[derive(Debug, Clone, PartialEq)]
pub enum Value<'a> {
    Text(Cow<'a, str>),
    Day(NaiveDate),
}

/// What one thread keeps from cell to cell of one form.
#[derive(Debug, Default)]
pub struct Scratch<'a> {
    text: String,
    memo: Memo<'a>,
}

impl<'a> Form<'a> {
    pub fn new(column: &'a Column, field: &Field, clear: Option<Clear<'a>>, lists: &'a Lists) -> Form<'a> {
        let labels = column.list(field).and_then(|list| Labels::of(list, lists));
        let check = &column.check;
        let answers = match labels.is_some() || check.one_of.is_some() && !check.date {
            true => Answers::Few,
            false if check.date && !check.mail && check.length.is_none() => Answers::Days,
            false => Answers::Texts,
        };
        let is_text = clear.is_none() && !check.date && !check.amount;
        let short = if is_text { check.length.unwrap_or(usize::MAX).min(cut_text::CUT - 1) } else { 0 };
        Form { column, clear, labels, answers, short }
    }

    pub fn has_labels(&self) -> bool {
        self.labels.is_some()
    }

    /// The text of a cell as [`crate::model::Delivered`] would hold it, and what is worth a remark in it. None where the
    /// full check, [`Form::read`], has a fault to tell, and only there.
    pub fn plain<'c>(&self, cell: &'c str, scratch: &'c mut Scratch<'a>) -> Option<(&'c str, Notes)>
    where
        'a: 'c,
    {
        if cell.is_empty() {
            return Some(("", Notes::NONE));
        }
        match self.answers {
            Answers::Few => scratch.memo.get(cell).or_else(|| self.one_of_few(cell, &mut scratch.memo)),
            Answers::Days => match WrittenDay::of(cell).filter(|_| !self.is_clear(cell)) {
                Some(day) => Some((scratch.write(&day.iso), day.notes())),
                None => self.one_of_many(cell, scratch),
            },
            Answers::Texts if self.is_plain_text(cell) => Some((cell, Notes::NONE)),
            Answers::Texts => self.one_of_many(cell, scratch),
        }
    }

    /// Is it at first sight what it means, with nothing to remark? So are nearly all texts.
    fn is_plain_text(&self, cell: &str) -> bool {
        // It may be damaged, or stand for nothing.
        let begins_oddly = matches!(cell.as_bytes(), [b'1'..=b'9' | b'n' | b'N' | b'u' | b'U', ..]);
        let is_sound = || !self.column.check.mail || bad_mail::is_address(cell);
        cell.len() <= self.short && !begins_oddly && letters::are_ordinary(cell) && is_sound()
    }

    fn one_of_few(&self, cell: &str, memo: &mut Memo<'a>) -> Option<(&'a str, Notes)> {
        let text = self.sound(cell)?;
        let meaning = match (&self.labels, &self.column.check.one_of) {
            _ if text.is_empty() => "",
            (Some(labels), _) => labels.label(text)?,
            (None, allowed) => not_allowed::meant(text, allowed.as_deref().unwrap_or_default())?,
        };
        let notes = self.notes(cell, None);
        memo.note(cell, meaning, notes);
        Some((meaning, notes))
    }

    fn one_of_many<'c>(&self, cell: &'c str, scratch: &'c mut Scratch<'a>) -> Option<(&'c str, Notes)>
    where
        'a: 'c,
    {
        let check = &self.column.check;
        let value = match self.sound(cell)? {
            "" => Value::Text("".into()),
            text if check.date => Value::Day(bad_date::day(text)?),
            text if check.amount => Value::Text(bad_amount::read(text).ok()?),
            text => Value::Text(text.into()),
        };
        Some(match value {
            Value::Text(Cow::Borrowed(text)) => (text, self.notes(cell, None)),
            Value::Text(Cow::Owned(text)) => (scratch.write(text.as_bytes()), self.notes(cell, None)),
            Value::Day(day) => (scratch.write(&iso(day)), self.notes(cell, Some(day))),
        })
    }

    /// What the cell means; an empty cell means nothing.
    pub fn read<'c>(&mut self, cell: &'c str) -> Result<Value<'c>, Fault>
    where
        'a: 'c,
    {
        let text = self.text(cell)?;
        if text.is_empty() {
            return Ok(Value::Text("".into()));
        }
        if self.column.check.mail {
            bad_mail::check(text)?;
        }
        match &mut self.labels {
            Some(labels) => Ok(Value::Text(labels.read(text)?.into())),
            None => self.meaning(text),
        }
    }

    /// The rule of the fault that [`Form::read`] tells of a cell that is not plain, where it is known without the words, which
    /// take many times as long. None, too, where they prove something about the column.
    pub fn rule_against(&self, cell: &str) -> Option<&'static Rule> {
        let check = &self.column.check;
        let text = match self.is_ordinary(cell) {
            true => cell,
            false => match self.text(cell) {
                Ok(text) => text,
                Err(fault) => return Some(fault.rule),
            },
        };
        match &self.labels {
            _ if check.mail && !bad_mail::is_address(text) => Some(&bad_mail::RULE),
            Some(labels) => Some(labels.rule_against(text)),
            None if check.date => bad_date::rule_against(text),
            None if check.one_of.is_some() => Some(&not_allowed::RULE),
            None => bad_amount::read(text).err().filter(|_| check.amount).map(|fault| fault.rule),
        }
    }

    /// What a text means, spaces taken off, that was read before without a fault.
    pub fn again<'c>(&self, text: &'c str) -> Value<'c>
    where
        'a: 'c,
    {
        match self.has_labels() {
            true => Value::Text(text.into()),
            false => self.meaning(text).expect("the cell was read before, without a fault"),
        }
    }

    /// Spaces taken off; empty where the cell asks to empty the field; the label where it means one.
    pub fn said<'c>(&self, cell: &'c str, scratch: &Scratch<'a>) -> &'c str
    where
        'a: 'c,
    {
        let Some(labels) = &self.labels else { return if self.is_clear(cell) { "" } else { trim(cell) } };
        match scratch.memo.get(cell) {
            Some((label, _)) => label,
            None if self.is_clear(cell) => "",
            None => labels.known(trim(cell)),
        }
    }

    /// Does the cell ask to empty the field?
    pub fn is_clear(&self, cell: &str) -> bool {
        self.clear.is_some_and(|clear| clear.word == trim(cell))
    }

    /// What stands in the cell, if it may be a value; empty where it asks to empty the field.
    fn text<'c>(&self, cell: &'c str) -> Result<&'c str, Fault> {
        // Before spaces are taken off: a no-break space may be half a letter in the wrong encoding.
        mojibake::check(cell)?;
        let text = trim(cell);
        if text.is_empty() {
            return Ok("");
        }
        if let Some(clear) = self.clear.filter(|clear| clear.word == text) {
            return if clear.is_allowed { Ok("") } else { Err(clear_not_allowed::fault()) };
        }
        control_character::check(text)?;
        spreadsheet_error::check(text)?;
        placeholder::check(text, self.clear.map(|clear| clear.word))?;
        scientific_number::check(text)?;
        if let Some(length) = self.column.check.length {
            too_long::check(text, length)?;
        }
        Ok(text)
    }

    /// As [`Form::text`], and a mail address where there must be one. To explain what is wrong takes many times as long as
    /// to see it, and the full check does it anyway.
    fn sound<'c>(&self, cell: &'c str) -> Option<&'c str> {
        let text = if self.is_ordinary(cell) { cell } else { self.text(cell).ok()? };
        let is_sound = !self.column.check.mail || text.is_empty() || bad_mail::is_address(text);
        is_sound.then_some(text)
    }

    /// Is the cell its own [`Form::text`], without a closer look?
    fn is_ordinary(&self, cell: &str) -> bool {
        let is_long = self.column.check.length.is_some_and(|length| cell.len() > length);
        !is_long && letters::are_ordinary(cell) && !self.is_clear(cell)
    }

    fn meaning<'c>(&self, text: &'c str) -> Result<Value<'c>, Fault>
    where
        'a: 'c,
    {
        let check = &self.column.check;
        if check.date {
            return bad_date::read(text).map(Value::Day);
        }
        let meant = match &check.one_of {
            Some(allowed) => not_allowed::read(text, allowed)?.into(),
            None if check.amount => bad_amount::read(text)?,
            None => text.into(),
        };
        Ok(Value::Text(meant))
    }

    /// What is worth a remark in a cell in which nothing is wrong, and which may mean a day.
    fn notes(&self, cell: &str, day: Option<NaiveDate>) -> Notes {
        let (text, check) = (trim(cell), &self.column.check);
        let of_meaning = match day {
            Some(_) if iso_date::is(text) => Notes::YEAR_FIRST,
            Some(day) => Notes::day_first(day.day(), day.month()),
            None => Notes::SUSPECT.when(damage::is_suspect(cell) && check.is_text()),
        };
        of_meaning
            | Notes::BLANKS.when(text.len() < cell.len())
            | Notes::PLACEHOLDER.when(placeholder::is_doubtful(text) && !check.person)
            | Notes::CLEARS.when(self.is_clear(cell))
    }
}

impl Scratch<'_> {
    fn write(&mut self, text: &[u8]) -> &str {
        self.text.clear();
        self.text.push_str(str::from_utf8(text).expect("digits and signs are UTF-8"));
        &self.text
    }
}

impl Value<'_> {
    /// Writes the value as [`crate::model::Delivered`] holds it.
    pub fn write(&self, chunk: &mut Chunk) {
        match self {
            Value::Text(text) => chunk.cell(text),
            Value::Day(day) => chunk.cell(text(&iso(*day))),
        }
    }

    pub fn into_text(self) -> String {
        match self {
            Value::Text(text) => text.into_owned(),
            Value::Day(day) => text(&iso(day)).into(),
        }
    }
}

/// `2026-03-01`, without the detour over a formatter: a file has millions of days.
fn iso(day: NaiveDate) -> [u8; 10] {
    let mut written = *b"0000-00-00";
    let numbers = [(0..4, day.year() as u32), (5..7, day.month()), (8..10, day.day())];
    for (places, mut number) in numbers {
        for place in places.rev() {
            written[place] += (number % 10) as u8;
            number /= 10;
        }
    }
    written
}

fn text(digits: &[u8]) -> &str {
    str::from_utf8(digits).expect("digits and dashes are UTF-8")
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeMap;
    use std::sync::LazyLock;

    use proptest::prelude::*;
    use proptest::sample::select;
    use toml::Table;

    use super::super::column::Check;
    use super::super::sample;
    use super::*;

    /// Those of the import, and some with checks that none of them has.
    static COLUMNS: LazyLock<Vec<Column>> = LazyLock::new(|| {
        let profile: Table = include_str!("../../profiles/lucca-users.toml").parse().expect("TOML");
        let columns = profile["import"]["columns"].clone();
        let mut columns: Vec<Column> = columns.try_into().expect("columns");
        let mail = Check { mail: true, length: Some(12), ..Check::default() };
        let day = Check { date: true, length: Some(9), ..Check::default() };
        columns.extend(sample::columns());
        columns.extend([mail, day].map(|check| Column { check, ..sample::columns()[0].clone() }));
        columns
    });

    static LISTS: LazyLock<Lists> = LazyLock::new(|| {
        let mut lists = sample::tree();
        ["establishments", "roles", "axis-a"]
            .into_iter()
            .for_each(|name| lists.insert(name, sample::list(&["P;Paris;"])));
        lists
    });

    /// All checks, one after the other, without any short cut.
    fn by_all_checks<'c>(form: &mut Form<'c>, cell: &'c str) -> Result<(Value<'c>, Notes), Fault> {
        let text = cell.trim();
        let check = &form.column.check;
        let mut value = Value::Text("".into());
        mojibake::check(cell)?;
        match form.clear.filter(|clear| clear.word == text) {
            _ if text.is_empty() => {}
            Some(clear) if clear.is_allowed => {}
            Some(_) => return Err(clear_not_allowed::fault()),
            None => {
                control_character::check(text)?;
                spreadsheet_error::check(text)?;
                placeholder::check(text, form.clear.map(|clear| clear.word))?;
                scientific_number::check(text)?;
                check.length.map_or(Ok(()), |length| too_long::check(text, length))?;
                if check.mail {
                    bad_mail::check(text)?;
                }
                value = match (&mut form.labels, &check.one_of) {
                    (Some(labels), _) => Value::Text(labels.read(text)?.into()),
                    (None, _) if check.date => Value::Day(bad_date::read(text)?),
                    (None, Some(allowed)) => Value::Text(not_allowed::read(text, allowed)?.into()),
                    (None, None) if check.amount => Value::Text(bad_amount::read(text)?),
                    (None, None) => Value::Text(text.into()),
                };
            }
        }
        let of_meaning = match &value {
            Value::Day(_) if iso_date::is(text) => Notes::YEAR_FIRST,
            Value::Day(day) => Notes::day_first(day.day(), day.month()),
            Value::Text(_) => Notes::SUSPECT.when(check.is_text() && damage::is_suspect(cell)),
        };
        let notes = of_meaning
            | Notes::BLANKS.when(text.len() < cell.len())
            | Notes::PLACEHOLDER.when(placeholder::is_doubtful(text) && !check.person)
            | Notes::CLEARS.when(form.clear.is_some_and(|clear| clear.word == text));
        Ok((value, notes))
    }

    fn cell() -> impl Strategy<Value = String> {
        let words =
            ["", " ", "Sales", "sal", " SALES", "IT", "it", "North", "Crew/north", "Paris", "fr-FR", "FR-fr", "x"];
        let odd = ["\u{a0}Zoé", "ZoÃ©", "Zoëé", "Null", "n/a", "NAN", "\\N", "(vide)", "#CLEAR", "EMPTY", "########"];
        prop_oneof![
            select(words.to_vec()).prop_map(String::from),
            select(odd.to_vec()).prop_map(String::from),
            "[ \u{a0}]?[a-zA-Z0-9éÀÃâ©€'.<#\u{ad}\u{200b}\t-]{0,8} ?",
            "[0-3][0-9][/.-][01][0-9][/.-](19|20|26)[0-9]{2}",
            "(18|19|20|21)[0-9]{2}-[01][0-9]-[0-3][0-9] ?",
            "[0-9 ]{1,6}[,.]?[0-9]{0,3}[eE]?[+-]?[0-9]{0,2}",
            "[a-z]{1,3}[.@]{0,2}[a-zé;, -]{0,3}@[a-z]{0,3}[.-]{0,2}[a-z]{0,2}[.>]?",
            "[#<(\\[{](null|NONE|N/A|REF!|vide|x)[>)\\]}]?",
            "[1a]é{253,256}",
            "\\PC{0,4}",
        ]
    }

    proptest! {
        #[test]
        fn a_cell_is_plain_where_the_full_check_finds_nothing_and_only_there(
            cells in proptest::collection::vec(cell(), 1..4),
            clear in select([None, Some(("EMPTY", true)), Some(("EMPTY", false)), Some(("01/02/2026", true))].as_slice()),
        ) {
            let clear = clear.map(|(word, is_allowed)| Clear { word, is_allowed });
            for column in &*COLUMNS {
                let field = Field::parse(&column.field.replace("{key}", "a")).expect("a field");
                let mut form = Form::new(column, &field, clear, &LISTS);
                let mut scratch = Scratch::default();
                // Twice, because a memo answers the second time.
                for cell in cells.iter().chain(&cells) {
                    let read = form.read(cell);
                    let full = by_all_checks(&mut form, cell);
                    if let Err(fault) = &read {
                        let rule = form.rule_against(cell);
                        let is_proof = fault.rule == &bad_date::RULE && rule.is_none();
                        prop_assert!(rule == Some(fault.rule) || is_proof, "{} {:?}", &column.heading, cell);
                    }
                    prop_assert_eq!(&read, &full.clone().map(|(value, _)| value), "{} {:?}", &column.heading, cell);
                    let full = full.ok().map(|(value, notes)| (value.into_text(), notes));
                    let plain = form.plain(cell, &mut scratch).map(|(text, notes)| (text.to_string(), notes));
                    prop_assert_eq!(plain, full, "{} {:?}", &column.heading, cell);
                }
            }
        }
    }

    #[test]
    fn what_a_cell_says_is_the_same_whether_it_is_remembered_or_not() {
        let columns = sample::columns();
        let texts =
            BTreeMap::from([("department", "sal"), ("culture", "FR-fr"), ("salary", "1,50"), ("login", " ada")]);
        let said =
            BTreeMap::from([("department", "Sales"), ("culture", "FR-fr"), ("salary", "1,50"), ("login", "ada")]);
        for (heading, text) in texts {
            let column = columns.iter().find(|column| column.heading == heading).expect("a column");
            let form = Form::new(column, &Field::of(&column.field), None, &LISTS);
            let mut scratch = Scratch::default();
            assert_eq!(form.said(text, &scratch), said[heading]);
            assert!(form.plain(text, &mut scratch).is_some());
            assert_eq!(form.said(text, &scratch), said[heading]);
        }
    }
}
