//! Labels: a reference list made ready to be asked, cell after cell.

use std::collections::HashMap;

use super::column::List;
use super::fault::Fault;
use super::lists::{Item, Lists};
use super::unknown_label;
use crate::model::fold::fold;

/// A list by its folded names and codes, and what was already asked of it.
pub struct Labels<'a> {
    pub list: List,
    pub items: &'a [Item],
    by_name: HashMap<String, &'a Item>,
    by_code: HashMap<String, &'a Item>,
    asked: HashMap<&'a str, Option<&'a str>>,
}

impl<'a> Labels<'a> {
    /// None where the site has no such list: every value is taken.
    pub fn of(list: List, lists: &'a Lists) -> Option<Labels<'a>> {
        let items = lists.get(list)?;
        let by_name = items.iter().map(|item| (fold(&item.name), item)).collect();
        let coded = items.iter().filter(|item| !item.code.is_empty());
        let by_code = coded.map(|item| (fold(&item.code), item)).collect();
        Some(Labels { list, items, by_name, by_code, asked: HashMap::new() })
    }

    /// The name of the item that `text` names or whose code it is.
    pub fn read(&mut self, text: &'a str) -> Result<&'a str, Fault> {
        let known = match self.asked.get(text) {
            Some(known) => *known,
            None => {
                let known = self.find(text).ok();
                self.asked.insert(text, known);
                known
            }
        };
        // A wrong value is rare: it is looked for again, rather than its fault kept.
        known.map_or_else(|| self.find(text), Ok)
    }

    /// What [`Labels::read`] answered before; the text itself where it found nothing.
    pub fn known(&self, text: &'a str) -> &'a str {
        self.asked.get(text).copied().flatten().unwrap_or(text)
    }

    fn find(&self, text: &str) -> Result<&'a str, Fault> {
        let folded = fold(text);
        match (self.by_name.get(&folded), self.by_code.get(&folded)) {
            (Some(named), Some(coded)) if named.name != coded.name => {
                unknown_label::exact(text, named, coded).ok_or_else(|| unknown_label::ambiguous(named, coded))
            }
            (Some(item), _) | (None, Some(item)) => Ok(&item.name),
            (None, None) => Err(unknown_label::fault(text, self)),
        }
    }
}
