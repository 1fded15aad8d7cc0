//! Ways: all in which a partner may write a value that the directory has.

use super::known::{Known, login, mail, number};
use super::reader::Reader;
use super::sheet::{Sheet, Slot};
use super::stated;
use crate::model::fold::fold;
use crate::model::index::key;
use crate::model::people::Column;
use crate::model::{Field, People};

/// The value itself first; none where there is no value.
pub struct Ways(Vec<String>);

impl Ways {
    pub fn to_write(value: &str, slot: &Slot, sheet: &Sheet<'_>, known: &Known<'_>) -> Ways {
        let mut ways = Vec::new();
        if let Some(reader) = slot.reader.filter(|_| !value.is_empty()) {
            let reader = &sheet.readers[reader];
            ways.push(value.into());
            ways.extend(in_list(value, reader, sheet));
            ways.extend(by_code(value, &reader.field, sheet));
            if reader.column.check.person {
                ways.extend(as_person(value, known));
            }
        }
        Ways(ways)
    }

    pub fn hold(&self, text: &str) -> bool {
        self.0.iter().any(|way| way.to_lowercase() == text.to_lowercase())
    }

    /// Is the text only the start of one of them?
    pub fn go_on_behind(&self, text: &str) -> bool {
        self.0.iter().any(|way| goes_on_behind(way, text))
    }
}

/// As it is written, or where case, accents and punctuation make no difference.
fn goes_on_behind(way: &str, text: &str) -> bool {
    let is_start = |start: &str, whole: &str| whole.len() > start.len() && whole.starts_with(start);
    let folded = fold(text);
    is_start(text, way) || (!folded.is_empty() && is_start(&folded, &fold(way)))
}

fn in_list(label: &str, reader: &Reader<'_>, sheet: &Sheet<'_>) -> Vec<String> {
    let list = reader.column.list(&reader.field).and_then(|name| sheet.around.additions.lists.get(&name));
    let items = list.into_iter().flat_map(|list| list.items()).filter(|item| item.label == label);
    items.flat_map(|item| [&item.code, &item.name, &item.path].map(String::clone)).collect()
}

fn by_code(value: &str, field: &Field, sheet: &Sheet<'_>) -> Vec<String> {
    let lists = &sheet.around.additions.lists;
    let means_it = |meaning: &str| stated::read(sheet.contract.columns, lists, field, meaning).as_deref() == Ok(value);
    let tables = sheet.around.additions.codes.iter().filter(|codes| codes.field == *field);
    let codes = tables.flat_map(|codes| &codes.values).filter(|(_, meaning)| means_it(meaning));
    codes.map(|(code, _)| code.clone()).collect()
}

fn as_person(of_login: &str, known: &Known<'_>) -> Vec<String> {
    let people: &People = known.people();
    let names = [Field::of("first-name"), Field::of("last-name")];
    let columns: Vec<Column> =
        [mail(), number(), names.into()].concat().iter().map(|field| people.column(field)).collect();
    let found = known.by(&login()).get(&key(&[of_login])).into_iter();
    let ways = found.flat_map(|person| {
        let values: Vec<&str> = columns.iter().map(|column| people.value(person as usize, column)).collect();
        let [mail, _establishment, number, first, last] = values[..] else { return Vec::new() };
        vec![mail.to_string(), number.to_string(), format!("{first} {last}"), format!("{last} {first}")]
    });
    ways.collect()
}
