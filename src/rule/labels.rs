//! Labels: a reference list made ready to be asked, cell after cell.

use std::collections::HashMap;

use super::fault::Fault;
use super::lists::{Item, List, Lists};
use super::{ambiguous_label, lost_zeros, unknown_label};
use crate::model::Rule;
use crate::model::fold::{fold, nearest};

/// A list by its folded names, codes and paths.
pub struct Labels<'a> {
    /// As the site calls the list.
    name: String,
    list: &'a List,
    by: HashMap<String, Vec<&'a Item>>,
    /// What was asked for so far that no item is, and what was told of it.
    wrong: HashMap<String, Fault>,
}

/// For so many different wrong values of a column, the nearest right one is looked for. Where more are wrong, the
/// column itself is, and guessing would only take long.
const GUESSES: usize = 100;

impl<'a> Labels<'a> {
    /// None where the site has no such list: every value is taken.
    pub fn of(name: impl Into<String>, lists: &'a Lists) -> Option<Labels<'a>> {
        let name = name.into();
        let list = lists.get(&name)?;
        let mut by: HashMap<String, Vec<&'a Item>> = HashMap::new();
        for item in list.items() {
            let mut keys = vec![fold(&item.name), fold(&item.code)];
            keys.extend(item.path.match_indices('/').map(|(at, _)| path_key(&item.path[at + 1..])));
            keys.push(path_key(&item.path));
            keys.sort();
            keys.dedup();
            keys.into_iter().filter(|key| !key.is_empty()).for_each(|key| by.entry(key).or_default().push(item));
        }
        Some(Labels { name, list, by, wrong: HashMap::new() })
    }

    /// The label of the item that `text` names, whose code it is, or to which it is the path or its end.
    pub fn read(&mut self, text: &str) -> Result<&'a str, Fault> {
        if let Some(label) = self.label(text) {
            return Ok(label);
        }
        if let Some(fault) = self.wrong.get(text) {
            return Err(fault.clone());
        }
        let fault = self.fault(text);
        self.wrong.insert(text.into(), fault.clone());
        Err(fault)
    }

    /// As [`Labels::read`], without the reason where it finds nothing.
    pub fn label(&self, text: &str) -> Option<&'a str> {
        match self.meant(text) {
            [] => None,
            [only] => Some(&only.label),
            several => exact(several, text).map(|item| &*item.label),
        }
    }

    /// The rule that [`Labels::read`] has against a text that has no label.
    pub fn rule_against(&self, text: &str) -> &'static Rule {
        match self.meant(text) {
            [] if lost_zeros::is_code(text, self.list.items()) => &lost_zeros::RULE,
            [] => unknown_label::rule(&self.name),
            _ => &ambiguous_label::RULE,
        }
    }

    /// The label; the text itself where it means none.
    pub fn known<'t>(&self, text: &'t str) -> &'t str
    where
        'a: 't,
    {
        self.label(text).unwrap_or(text)
    }

    fn fault(&self, text: &str) -> Fault {
        let several = self.meant(text);
        if !several.is_empty() {
            return ambiguous_label::fault(several, |item| self.clear_name(item));
        }
        lost_zeros::code(text, self.list.items()).unwrap_or_else(|| {
            let near = if self.wrong.len() < GUESSES { self.nearest(text) } else { None };
            unknown_label::fault(&self.name, self.list.items(), near)
        })
    }

    fn meant(&self, text: &str) -> &[&'a Item] {
        let found = self.by.get(&fold(text)).or_else(|| self.by.get(&path_key(text)));
        found.map(Vec::as_slice).unwrap_or_default()
    }

    /// A way to write the item that means nothing else.
    fn clear_name(&self, item: &'a Item) -> &'a str {
        let is_clear = |name: &&str| !name.is_empty() && self.meant(name).len() == 1;
        [&*item.code, &item.name, &item.path].into_iter().find(is_clear).unwrap_or(&item.label)
    }

    /// The item whose name or code is nearest, and that name or code.
    fn nearest(&self, text: &str) -> Option<(&'a Item, &'a str)> {
        let names = || self.list.items().iter().flat_map(|item| [(item, &*item.name), (item, &*item.code)]);
        let near = nearest(text, names().map(|(_, name)| name).filter(|name| !name.is_empty()))?;
        names().find(|(_, name)| *name == near)
    }
}

/// The one that is written exactly so, if only one is.
fn exact<'a>(items: &[&'a Item], text: &str) -> Option<&'a Item> {
    let mut exact = items.iter().filter(|item| [&*item.name, &item.code, &item.path].contains(&text));
    exact.next().filter(|_| exact.next().is_none()).copied()
}

/// A path by its folded parts; unlike a folded name, its borders stay.
fn path_key(path: &str) -> String {
    path.split('/').map(fold).collect::<Vec<String>>().join("/")
}

#[cfg(test)]
mod tests {
    use super::super::sample;
    use super::*;

    #[test]
    fn a_name_a_code_or_a_path_leads_to_the_label() {
        let lists = sample::tree();
        let mut labels = Labels::of("departments", &lists).expect("a list");
        for (text, label) in [
            ("SALES", "Sales"),
            ("sal", "Sales"),
            ("Crew", "Crew"),
            ("x", "IT"),
            ("n2", "Crew / North"),
            ("sales/north", "Sales / North"),
            ("Acme / Crew / North", "Acme / Crew / North"),
        ] {
            let read = labels.read(text);
            assert_eq!(read.is_ok(), label != "Acme / Crew / North", "{text}");
            assert_eq!(labels.known(text), label);
        }
        assert!(Labels::of("roles", &lists).is_none());
    }

    #[test]
    fn a_value_outside_of_the_list_is_told_with_the_nearest_and_its_path() {
        let lists = sample::tree();
        let mut labels = Labels::of("departments", &lists).expect("a list");
        for (text, sentence) in [
            (
                "Slaes",
                "`Slaes` is not a known department; did you mean `Sales`? Expected the name or code of one, for example \
                 `Sales` or `SAL`",
            ),
            (
                "Kitchn",
                "`Kitchn` is not a known department; did you mean `Kitchen` (`Crew / Kitchen`)? Expected the name or \
                 code of one, for example `Sales` or `SAL`",
            ),
        ] {
            assert_eq!(labels.read(text).expect_err("unknown").sentence(text), sentence);
        }
    }
}
