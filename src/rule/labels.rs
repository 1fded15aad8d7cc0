//! Labels: a reference list made ready to be asked, cell after cell.

use std::collections::HashMap;

use super::column::List;
use super::fault::Fault;
use super::lists::{Item, Lists};
use super::{lost_zeros, unknown_label};
use crate::model::fold::{fold, nearest};

/// A list by its folded names and codes, and what was already asked of it.
pub struct Labels<'a> {
    list: List,
    items: &'a [Item],
    by_name: HashMap<String, &'a Item>,
    by_code: HashMap<String, &'a Item>,
    asked: HashMap<&'a str, Result<&'a str, Fault>>,
    /// Different values so far that are not in the list.
    wrong: usize,
}

/// For so many different wrong values of a column, the nearest right one is looked for. Where more are wrong, the
/// column itself is, and guessing would only take long.
const GUESSES: usize = 100;

impl<'a> Labels<'a> {
    /// None where the site has no such list: every value is taken.
    pub fn of(list: List, lists: &'a Lists) -> Option<Labels<'a>> {
        let items = lists.get(list)?;
        let by_name = items.iter().map(|item| (fold(&item.name), item)).collect();
        let coded = items.iter().filter(|item| !item.code.is_empty());
        let by_code = coded.map(|item| (fold(&item.code), item)).collect();
        Some(Labels { list, items, by_name, by_code, asked: HashMap::new(), wrong: 0 })
    }

    /// The name of the item that `text` names or whose code it is.
    pub fn read(&mut self, text: &'a str) -> Result<&'a str, Fault> {
        if let Some(answer) = self.asked.get(text) {
            return answer.clone();
        }
        let answer = self.find(text);
        self.wrong += usize::from(answer.is_err());
        self.asked.insert(text, answer.clone());
        answer
    }

    /// What [`Labels::read`] answered before; the text itself where it found nothing.
    pub fn known(&self, text: &'a str) -> &'a str {
        match self.asked.get(text) {
            Some(Ok(name)) => name,
            _ => text,
        }
    }

    fn find(&self, text: &str) -> Result<&'a str, Fault> {
        let folded = fold(text);
        match (self.by_name.get(&folded), self.by_code.get(&folded)) {
            (Some(named), Some(coded)) if named.name != coded.name => {
                unknown_label::exact(text, named, coded).ok_or_else(|| unknown_label::ambiguous(named, coded))
            }
            (Some(item), _) | (None, Some(item)) => Ok(&item.name),
            (None, None) => {
                if let Some(lost) = lost_zeros::code(text, self.items) {
                    return Err(lost);
                }
                let near = if self.wrong < GUESSES { self.nearest(text) } else { None };
                Err(unknown_label::fault(self.list, self.items, near))
            }
        }
    }

    fn nearest(&self, text: &str) -> Option<&'a str> {
        let names = self.items.iter().flat_map(|item| [&*item.name, &*item.code]);
        nearest(text, names.filter(|name| !name.is_empty()))
    }
}
