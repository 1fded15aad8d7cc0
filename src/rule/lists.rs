//! Reference lists: what may stand in a cell, by name, by code, or by its path in a tree.

use std::collections::{BTreeMap, HashMap};

use crate::model::fold::{fold, nearest};
use crate::model::organisation::{Unit, labels, path};

/// The lists that the site has, by the names that the columns of profiles give them.
#[derive(Debug, Clone, Default)]
pub struct Lists(BTreeMap<String, List>);

/// One reference list. A list of departments may be a tree.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct List {
    items: Vec<Item>,
}

#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Item {
    /// Empty where the list has no codes.
    pub code: String,
    pub name: String,
    /// The names from the top of the tree down to this one: `Sales / North`.
    pub path: String,
    /// What is delivered: the name, or the path where several have the name.
    pub label: String,
    parent: Option<usize>,
}

/// A row of a list's file, spaces taken off.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Entry {
    /// As a spreadsheet counts it.
    pub row: u32,
    pub code: String,
    /// Empty: the code is the name.
    pub name: String,
    /// The code or name of the entry above; empty at the top, and where the list is no tree.
    pub parent: String,
}

/// What is wrong with a row of a list: a clause that follows its number.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("row {row} {problem}")]
pub struct Wrong {
    pub row: u32,
    pub problem: String,
}

impl Lists {
    pub fn insert(&mut self, name: impl Into<String>, list: List) {
        self.0.insert(name.into(), list);
    }

    /// None: the site has no such list, and every value is taken.
    pub fn get(&self, name: &str) -> Option<&List> {
        self.0.get(name)
    }

    /// The name of a list that has this word as a name or a code.
    pub fn naming(&self, word: &str) -> Option<&str> {
        let is_meant = |item: &Item| [&item.name, &item.code].iter().any(|name| fold(name) == fold(word));
        self.0.iter().find(|(_, list)| list.items.iter().any(is_meant)).map(|(name, _)| name.as_str())
    }
}

impl List {
    /// Refused, with all that is wrong: a code or a name twice in one place, a parent that is not there or could be
    /// several, entries that stand below themselves.
    pub fn new(mut entries: Vec<Entry>) -> Result<List, Vec<Wrong>> {
        for entry in &mut entries {
            if entry.name.is_empty() {
                entry.name = std::mem::take(&mut entry.code);
            }
        }
        let parents: Vec<Result<Option<usize>, Wrong>> = entries.iter().map(|entry| parent(entry, &entries)).collect();
        let mut wrong: Vec<Wrong> = parents.iter().filter_map(|parent| parent.clone().err()).collect();
        let parents: Vec<Option<usize>> = parents.into_iter().map(|parent| parent.ok().flatten()).collect();
        wrong.extend(entries.iter().filter(|entry| entry.name.is_empty()).map(|entry| entry.wrong("has no name")));
        wrong.extend(doubles(&entries, &parents));
        wrong.extend(circles(&entries, &parents));
        if !wrong.is_empty() {
            wrong.sort_by_key(|wrong| wrong.row);
            return Err(wrong);
        }
        Ok(List { items: items(entries, &parents) })
    }

    /// The units that are in use; nothing is wrong with what the place that they come from takes. `units` is all there are.
    pub fn of(units: &[Unit]) -> List {
        let all = units.iter().zip(labels(units));
        let used: Vec<(&Unit, String)> = all.filter(|(unit, _)| unit.is_active).collect();
        let place = |id: &str| used.iter().position(|(unit, _)| unit.id == id);
        let item = |(unit, label): &(&Unit, String)| Item {
            code: unit.code.clone(),
            name: unit.name.clone(),
            path: path(unit, units),
            label: label.clone(),
            parent: place(&unit.parent).filter(|_| !unit.parent.is_empty()),
        };
        List { items: used.iter().map(item).collect() }
    }

    pub fn items(&self) -> &[Item] {
        &self.items
    }

    /// As units of an organisation, known by their places in the list.
    pub fn units(&self) -> Vec<Unit> {
        let unit = |(index, item): (usize, &Item)| Unit {
            id: index.to_string(),
            code: item.code.clone(),
            name: item.name.clone(),
            parent: item.parent.map(|parent| parent.to_string()).unwrap_or_default(),
            head: String::new(),
            is_active: true,
        };
        self.items.iter().enumerate().map(unit).collect()
    }

    /// The item that is delivered as `label`, and all below it.
    pub fn branch(&self, label: &str) -> impl Iterator<Item = &Item> {
        let top = self.items.iter().position(|item| item.label == label);
        self.items
            .iter()
            .enumerate()
            .filter(move |(index, _)| top.is_some() && self.is_below(*index, top))
            .map(|(_, item)| item)
    }

    fn is_below(&self, index: usize, top: Option<usize>) -> bool {
        // What comes from elsewhere may stand below itself.
        let way = std::iter::successors(Some(index), |at| self.items[*at].parent).take(self.items.len());
        way.into_iter().any(|at| Some(at) == top)
    }
}

impl Entry {
    fn wrong(&self, problem: impl Into<String>) -> Wrong {
        Wrong { row: self.row, problem: problem.into() }
    }
}

fn parent(entry: &Entry, entries: &[Entry]) -> Result<Option<usize>, Wrong> {
    if entry.parent.is_empty() {
        return Ok(None);
    }
    let wanted = entry.parent.to_lowercase();
    let of = |value: &dyn Fn(&Entry) -> &str| -> Vec<usize> {
        (0..entries.len()).filter(|index| value(&entries[*index]).to_lowercase() == wanted).collect()
    };
    let coded = of(&|entry| &entry.code);
    let found = if coded.is_empty() { of(&|entry| &entry.name) } else { coded };
    match found[..] {
        [only] => Ok(Some(only)),
        [] => {
            let names = entries.iter().flat_map(|entry| [&*entry.name, &*entry.code]).filter(|name| !name.is_empty());
            let near = nearest(&entry.parent, names).map(|near| format!("; did you mean `{near}`?"));
            let near = near.unwrap_or_default();
            Err(entry.wrong(format!("has the parent `{}`, which is not in the list{near}", entry.parent)))
        }
        _ => {
            let rows: Vec<String> = found.iter().map(|index| entries[*index].row.to_string()).collect();
            let rows = rows.join(", ");
            Err(entry.wrong(format!("has the parent `{}`, which rows {rows} all are; write its code", entry.parent)))
        }
    }
}

/// A code that two have, and a name that two have below the same parent.
fn doubles(entries: &[Entry], parents: &[Option<usize>]) -> Vec<Wrong> {
    let mut codes: HashMap<String, u32> = HashMap::new();
    let mut names: HashMap<(Option<usize>, String), u32> = HashMap::new();
    let mut wrong = Vec::new();
    for (entry, parent) in entries.iter().zip(parents) {
        let Entry { row, code, name, .. } = entry;
        let first = *codes.entry(code.to_lowercase()).or_insert(*row);
        if !code.is_empty() && first != *row {
            wrong.push(entry.wrong(format!("has the code `{code}`, which row {first} has too")));
        }
        let first = *names.entry((*parent, name.to_lowercase())).or_insert(*row);
        if !name.is_empty() && first != *row {
            let place = parent.map_or(String::new(), |parent| format!(" below `{}`", entries[parent].name));
            wrong.push(entry.wrong(format!("has the name `{name}`, which row {first} has too{place}")));
        }
    }
    wrong
}

/// Each circle once, at its first row.
fn circles(entries: &[Entry], parents: &[Option<usize>]) -> Vec<Wrong> {
    let circle = |start: usize| {
        let way = std::iter::successors(parents[start], |at| parents[*at]).take(entries.len());
        let way: Vec<usize> = way.take_while(|at| *at != start).collect();
        let is_closed = way.last().map_or(parents[start], |last| parents[*last]) == Some(start);
        (is_closed && way.iter().all(|at| *at > start)).then_some(way)
    };
    let told = (0..entries.len()).filter_map(|start| {
        let names = circle(start)?.into_iter().chain([start]).map(|at| format!("`{}`", entries[at].name));
        let names = names.collect::<Vec<String>>().join(", which is below ");
        Some(entries[start].wrong(format!("stands below itself: `{}` is below {names}", entries[start].name)))
    });
    told.collect()
}

fn items(entries: Vec<Entry>, parents: &[Option<usize>]) -> Vec<Item> {
    let path = |index: usize| {
        let mut way: Vec<&str> =
            std::iter::successors(Some(index), |at| parents[*at]).map(|at| &*entries[at].name).collect();
        way.reverse();
        way.join(" / ")
    };
    let mut named: HashMap<String, usize> = HashMap::new();
    entries.iter().for_each(|entry| *named.entry(fold(&entry.name)).or_default() += 1);
    let paths: Vec<String> = (0..entries.len()).map(path).collect();
    let item = |((entry, path), parent): ((Entry, String), &Option<usize>)| {
        let label = if named[&fold(&entry.name)] > 1 { path.clone() } else { entry.name.clone() };
        Item { code: entry.code, name: entry.name, path, label, parent: *parent }
    };
    entries.into_iter().zip(paths).zip(parents).map(item).collect()
}

#[cfg(test)]
mod tests {
    use super::super::sample;
    use super::*;

    /// Rows of code, name and parent, from 2.
    fn list(rows: &[&str]) -> Result<List, Vec<String>> {
        List::new(sample::entries(rows)).map_err(|wrong| wrong.iter().map(Wrong::to_string).collect())
    }

    #[test]
    fn a_tree_gives_paths_and_a_name_that_is_there_twice_is_delivered_with_its_path() {
        let list = list(&["N1;North;S", "S;Sales;", "N2;North;support", ";Support;", "X;;N1"]).expect("a tree");
        let labels: Vec<&str> = list.items().iter().map(|item| &*item.label).collect();
        assert_eq!(labels, ["Sales / North", "Sales", "Support / North", "Support", "X"]);
        assert_eq!(list.items()[4].path, "Sales / North / X");
        let branch: Vec<&str> = list.branch("Sales").map(|item| &*item.label).collect();
        assert_eq!(branch, ["Sales / North", "Sales", "X"]);
    }

    #[test]
    fn all_that_is_wrong_with_a_list_is_told_by_row() {
        let rows = ["A;Sales;", "a;Crew;", "C;sales;", "D;North;Slaes", "E;East;F", "F;West;E", "G;Self;G"];
        assert_eq!(
            list(&rows).expect_err("it is wrong"),
            [
                "row 3 has the code `a`, which row 2 has too",
                "row 4 has the name `sales`, which row 2 has too",
                "row 5 has the parent `Slaes`, which is not in the list; did you mean `Sales`?",
                "row 6 stands below itself: `East` is below `West`, which is below `East`",
                "row 8 stands below itself: `Self` is below `Self`",
            ]
        );
        let twice = ["A;Sales;", "B;Support;", "C;North;A", "D;North;B", "E;Crew;north"];
        assert_eq!(
            list(&twice).expect_err("ambiguous"),
            ["row 6 has the parent `north`, which rows 4, 5 all are; write its code"]
        );
    }
}
