//! Follows rows to correct from file to file: which of earlier files are right now, and which this file leaves open.
//!
//! A row is known again by its number, which rows to correct carry with them, or else by whom it is about: a partner may
//! as well put it right in the next whole file.

use std::collections::HashMap;

use crate::model::table::Row;
use crate::model::{Digest, Table};
use crate::report::Returned;
use crate::report::corrections::Ours;
use crate::rule::{Contract, Recognised};
use crate::state::{OpenFile, RowsFollowed};

/// Between the cells that together tell who is meant.
const JOINT: &str = "\u{1f}";

/// A file that was checked.
pub struct Followed<'a> {
    pub table: &'a Table,
    pub recognised: &'a Recognised,
    pub contract: &'a Contract<'a>,
    pub ours: &'a Ours,
    pub digest: &'a Digest,
    /// The numbers of the rows with an error, in order.
    pub left_out: &'a [u32],
}

/// What is to be told of each earlier file that this one has rows of, and what is to be remembered.
pub fn follow(file: &Followed<'_>, open: &[OpenFile]) -> (Vec<Returned>, RowsFollowed) {
    let earlier: Vec<&OpenFile> = open.iter().filter(|earlier| earlier.digest != *file.digest).collect();
    let first = file.ours.first().and_then(|first| earlier.iter().find(|it| it.digest.as_str().starts_with(first)));
    let seen = file.seen(!earlier.is_empty());
    let mut told = Vec::new();
    let mut followed = RowsFollowed::default();
    for earlier in &earlier {
        let is_first = first.is_some_and(|first| first.digest == earlier.digest);
        let mut returned = Returned::of(&earlier.path, &earlier.digest);
        let mut closed = Vec::new();
        for (number, who) in &earlier.rows {
            let by_number = seen.by_number.get(number).filter(|_| is_first);
            match by_number.or_else(|| seen.by_who.get(who)) {
                Some(Standing::Right) => returned.right.push(*number),
                Some(Standing::Open) => returned.open.push(*number),
                None if is_first => returned.missing.push(*number),
                // The next whole file takes the place of a row that does not say whom it is about.
                None if who.is_empty() && !file.ours.are_there() => closed.push(*number),
                None => {}
            }
        }
        closed.extend(&returned.right);
        if !closed.is_empty() {
            followed.closed.push((earlier.digest.clone(), closed));
        }
        if !returned.is_empty() {
            told.push(returned);
        }
    }
    followed.opened = file.opened(first.copied());
    (told, followed)
}

#[derive(Clone, Copy, PartialEq)]
enum Standing {
    Right,
    Open,
}

/// The rows of a file, by what they may be known again.
#[derive(Default)]
struct Seen {
    by_number: HashMap<u32, Standing>,
    by_who: HashMap<String, Standing>,
}

impl Followed<'_> {
    fn seen(&self, is_needed: bool) -> Seen {
        let mut seen = Seen::default();
        for row in self.table.rows().filter(|_| is_needed) {
            let standing = match self.is_left_out(row) {
                true => Standing::Open,
                false => Standing::Right,
            };
            if let Some(number) = self.ours.first_number(row) {
                seen.by_number.insert(number, standing);
            }
            if let Some(who) = self.who(row) {
                seen.by_who.insert(who, standing);
            }
        }
        seen
    }

    /// Rows that are open already under an earlier file stay so under that one.
    fn opened(&self, first: Option<&OpenFile>) -> Vec<(u32, String)> {
        let is_known = |row: &Row<'_>| {
            let number = self.ours.first_number(*row);
            first.zip(number).is_some_and(|(first, number)| first.rows.contains_key(&number))
        };
        let rows = self.table.rows().filter(|row| self.is_left_out(*row) && !is_known(row));
        rows.map(|row| (row.number(), self.who(row).unwrap_or_default())).collect()
    }

    fn is_left_out(&self, row: Row<'_>) -> bool {
        self.left_out.binary_search(&row.number()).is_ok()
    }

    /// As the row says it, but for case and outer blanks; None where a part is empty.
    fn who(&self, row: Row<'_>) -> Option<String> {
        let parts = self.contract.identify_by.iter().map(|field| {
            let cell = row.cell(self.recognised.position(field)?).trim();
            (!cell.is_empty()).then(|| cell.to_lowercase())
        });
        let parts: Option<Vec<String>> = parts.collect();
        parts.filter(|parts| !parts.is_empty()).map(|parts| parts.join(JOINT))
    }
}
