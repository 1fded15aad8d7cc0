//! A sieve: it settles the rows that say nothing but what is known, by hashes, and leaves the others to be checked.
//!
//! Most rows of a night are settled. Their cells are looked at for a moment, in pieces of the file that come and go; the
//! checks of rows, people and the whole file see only those that are left, and say the same as if they had seen all.

use std::collections::{BTreeSet, HashSet};
use std::ops::Range;
use std::sync::{Arc, Mutex, MutexGuard};

use super::clear::Clear;
use super::form::{Form, Scratch};
use super::known::ways;
use super::notes::Notes;
use super::outer_blanks::trim;
use super::remarks::Remarks;
use super::settled::{Settled, SettledRow};
use super::{Additions, Contract, Fills, Recognised, stated};
use crate::model::field::Kind;
use crate::model::index::key;
use crate::model::mark::RowHasher;
use crate::model::shape::{Shape, Way};
use crate::model::table::{Chunk, Row};
use crate::model::{Crowd, Field, Finding, People, Place, Table, people};

/// So many rows are looked up together: one alone would wait for memory each time.
const TOGETHER: usize = 32;

/// Ready for the rows of a file, by several threads at a time.
pub struct Sieve<'a> {
    pub(super) crowd: &'a Crowd,
    /// Whose rows are left, whatever they say; by number. At first, who is in a circle of managers.
    looked_at: &'a BTreeSet<u32>,
    /// In the order of the shape's fields.
    pub(super) columns: Vec<Column<'a>>,
    /// Where the columns of the key are among them.
    pub(super) key: Vec<usize>,
    contract_start: Option<usize>,
    contract_end: Option<usize>,
    /// Columns that should not say the same of one person.
    alike: Vec<Vec<usize>>,
    has_examples: bool,
    /// What the site's defaults give where a row says nothing.
    default_homes: Vec<String>,
    pub(super) default_people: Vec<String>,
    /// Of threads that have done with a piece: what they remember serves for the next one.
    idle: Mutex<Vec<Hands<'a>>>,
}

pub(super) struct Column<'a> {
    /// In the file.
    pub index: usize,
    pub heading: Arc<str>,
    pub form: Form<'a>,
    is_caseless: bool,
    /// An empty cell may be filled in.
    is_filled: bool,
    /// Its text is compared with that of others.
    pub is_kept: bool,
    example: &'a str,
}

/// What came of a piece of a file.
#[derive(Debug, Default)]
pub struct Sifted {
    /// The rows to be checked.
    pub left: Table,
    pub settled: Settled,
}

/// Users of whom all rows may have to be looked at.
#[derive(Debug, Default)]
pub struct Doubts {
    /// Two rows of theirs are settled.
    twice: BTreeSet<u32>,
    /// One is settled, and what a row says that is left has the hash of their key.
    beside: Vec<(u32, String)>,
}

impl Doubts {
    /// Those whose keys must be known, to tell whether a row that is left is about them.
    pub fn users(&self) -> BTreeSet<u32> {
        self.beside.iter().map(|(user, _)| *user).collect()
    }

    /// Those of whom all rows have to be looked at; `known` are the users.
    pub fn proven(self, known: &People, identify_by: &[Field]) -> BTreeSet<u32> {
        let columns: Vec<people::Column> = identify_by.iter().map(|field| known.column(field)).collect();
        let is_theirs = |(user, said): &(u32, String)| {
            known.place(*user).is_some_and(|person| {
                let values = columns.iter().map(|column| known.value(person as usize, column));
                key(&values.collect::<Vec<&str>>()) == *said
            })
        };
        let mut proven = self.twice;
        proven.extend(self.beside.iter().filter(|doubt| is_theirs(doubt)).map(|(user, _)| *user));
        proven
    }
}

/// What one thread needs for the rows of a piece.
pub(super) struct Hands<'a> {
    pub scratches: Vec<Scratch<'a>>,
    pub hasher: RowHasher,
    /// Of the columns that are kept, or of all.
    pub texts: Vec<String>,
    /// Of rows that are looked up together: what is worth a remark, and in which column.
    notes: Vec<(usize, Notes)>,
}

/// A row as hashes.
struct Hashed<'t> {
    row: Row<'t>,
    /// 0 where it has to be looked at, whatever is known.
    key: u32,
    hash: u64,
    /// Which of the notes are about it.
    notes: Range<usize>,
}

/// What the crowd must be made of, so that the rows of a file can be compared with it.
pub fn shape(recognised: &Recognised, contract: &Contract<'_>) -> Shape {
    let mut fields: Vec<Field> = recognised.columns.iter().flatten().map(|found| found.field.clone()).collect();
    fields.sort();
    let mut by: Vec<Vec<Field>> = ways(contract);
    by.push(vec![Field::of("establishment")]);
    by.sort();
    by.dedup();
    let forms = ["login", "employee-number"].map(|name| Way::Form(Field::of(name)));
    let ways = by.into_iter().map(Way::Fields).chain([Way::Names, Way::Twins]).chain(forms);
    Shape { key: Way::Fields(contract.identify_by.to_vec()), fields, ways: ways.collect() }
}

impl<'a> Sieve<'a> {
    /// None where every row has to be looked at.
    pub fn new(
        recognised: &Recognised,
        contract: &'a Contract<'a>,
        additions: &'a Additions,
        crowd: &'a Crowd,
        looked_at: &'a BTreeSet<u32>,
    ) -> Option<Sieve<'a>> {
        let shape = crowd.shape();
        let columns: Vec<Column<'a>> = shape
            .fields
            .iter()
            .filter_map(|field| Column::new(recognised.position(field)?, recognised, contract, additions, shape))
            .collect();
        let place = |field: &Field| shape.fields.iter().position(|known| known == field);
        let key: Option<Vec<usize>> = contract.identify_by.iter().map(place).collect();
        let awaits_codes = additions.codes.iter().any(|codes| shape.fields.contains(&codes.field));
        let families = contract.columns.iter().filter(|column| column.numbered);
        let members = |family: &super::Column| -> Vec<usize> {
            (0..shape.fields.len()).filter(|place| family.key(&shape.fields[*place]).is_some()).collect()
        };
        let alike: Vec<Vec<usize>> = families.map(members).filter(|members| members.len() > 1).collect();
        let mut sieve = Sieve {
            crowd,
            looked_at,
            has_examples: columns.iter().any(|column| !column.example.is_empty()),
            columns,
            key: key?,
            contract_start: place(&Field::of("contract-start")),
            contract_end: place(&Field::of("contract-end")),
            default_homes: given(contract, additions, |field| field.is("establishment")),
            default_people: given(contract, additions, |field| field.kind() == Kind::Person),
            alike,
            idle: Mutex::default(),
        };
        sieve.keep_texts();
        (contract.creates && !awaits_codes && !recognised.is_refused()).then_some(sieve)
    }

    fn keep_texts(&mut self) {
        let kept = self.alike.iter().flatten().chain(&self.contract_start).chain(&self.contract_end).chain(&self.key);
        let kept: Vec<usize> = kept.copied().collect();
        self.keep(&kept);
    }

    /// The texts of these columns, too, are compared with those of others.
    pub(super) fn keep<'p>(&mut self, places: impl IntoIterator<Item = &'p usize>) {
        places.into_iter().for_each(|place| self.columns[*place].is_kept = true);
    }

    /// Sifts rows that follow one another in the file; `findings` are what reading them has found.
    pub fn sift(&self, table: &Table, findings: &[Finding]) -> Sifted {
        let damaged = damaged(findings);
        let mut hands = self.take_hands();
        let mut sifted = Sifting::new(self, table.len());
        let mut together = Vec::with_capacity(TOGETHER);
        for row in table.rows() {
            let is_sound = !damaged.contains(&row.number());
            let hashed = is_sound.then(|| self.hash(row, &mut hands)).flatten();
            together.push(hashed.unwrap_or(Hashed { row, key: 0, hash: 0, notes: 0..0 }));
            if together.len() == TOGETHER {
                sifted.take(&mut together, &mut hands.notes);
            }
        }
        sifted.take(&mut together, &mut hands.notes);
        self.give_back(hands);
        sifted.finish(table.is_unended())
    }

    /// Of whom two rows are settled, or one beside another that is left.
    pub fn doubts(&self, sifted: &Sifted) -> Doubts {
        let mut users: Vec<u32> = sifted.settled.rows.iter().map(|row| row.user).collect();
        users.sort_unstable();
        let twice = users.windows(2).filter(|two| two[0] == two[1]).map(|two| two[0]).collect();
        let mut hands = self.hands();
        let mut beside = Vec::new();
        for row in sifted.left.rows() {
            let hash = self.key_hash(row, &mut hands);
            let meant = self.crowd.whom(hash).filter(|_| hash != 0).map(|place| self.crowd.number(place));
            for user in meant.filter(|user| users.binary_search(user).is_ok()) {
                let texts: Vec<&str> = self.key.iter().map(|place| hands.texts[*place].as_str()).collect();
                beside.push((user, key(&texts)));
            }
        }
        Doubts { twice, beside }
    }

    fn idle(&self) -> MutexGuard<'_, Vec<Hands<'a>>> {
        self.idle.lock().expect("nobody panics while holding it")
    }

    /// Those of a piece before this one, if no other thread has them.
    pub(super) fn take_hands(&self) -> Hands<'a> {
        let hands = self.idle().pop();
        hands.unwrap_or_else(|| self.hands())
    }

    /// For a piece behind this one: what they remember of short lists is as good there.
    pub(super) fn give_back(&self, hands: Hands<'a>) {
        self.idle().push(hands);
    }

    pub(super) fn hands(&self) -> Hands<'a> {
        Hands {
            scratches: self.columns.iter().map(|_| Scratch::default()).collect(),
            hasher: RowHasher::default(),
            texts: vec![String::new(); self.columns.len()],
            notes: Vec::new(),
        }
    }

    /// None where the row has to be looked at, whatever is known.
    fn hash<'t>(&self, row: Row<'t>, hands: &mut Hands<'a>) -> Option<Hashed<'t>> {
        let Hands { scratches, hasher, texts, notes } = hands;
        let first_note = notes.len();
        let mut columns = self.columns.iter().zip(scratches).zip(texts.iter_mut()).enumerate();
        let is_plain = columns.all(|(place, ((column, scratch), kept))| {
            let Some((text, noted)) = column.form.plain(row.cell(column.index), scratch) else { return false };
            hasher.value(column.is_caseless, text);
            if column.is_kept {
                kept.clear();
                kept.push_str(text);
            }
            if !noted.is_empty() {
                notes.push((place, noted));
            }
            !(noted.has(Notes::CLEARS) || column.is_filled && text.is_empty())
        });
        let hash = hasher.finish();
        if !is_plain || self.is_odd(row, texts) {
            return None;
        }
        let key = self.key.iter().map(|place| texts[*place].as_str());
        let key = hasher.way(&self.crowd.shape().key, key);
        Some(Hashed { row, key, hash, notes: first_note..notes.len() })
    }

    /// Is there something to be said of the cells together?
    pub(super) fn is_odd(&self, row: Row<'_>, texts: &[String]) -> bool {
        // Where the file does not give the start, the one that is known has to be asked for.
        let start = self.contract_start.map(|start| &texts[start]);
        let end = self.contract_end.map(|end| &texts[end]).filter(|end| !end.is_empty());
        let ends_too_soon = end.is_some_and(|end| start.is_none_or(|start| end < start));
        let says_twice = self.alike.iter().any(|members| {
            let said: Vec<&String> =
                members.iter().map(|place| &texts[*place]).filter(|text| !text.is_empty()).collect();
            (1..said.len()).any(|later| said[..later].contains(&said[later]))
        });
        ends_too_soon || says_twice || self.has_examples && self.is_example(row)
    }

    fn is_example(&self, row: Row<'_>) -> bool {
        self.columns.iter().all(|column| trim(row.cell(column.index)) == column.example)
    }

    /// The establishments that a new user may be given, and none.
    pub(super) fn homes(&self) -> impl Iterator<Item = &str> {
        self.default_homes.iter().map(String::as_str).chain([""])
    }

    /// What the cells say, in the order of the shape's fields; of one that is not in order, what stands in it.
    pub(super) fn said<'h>(&self, row: Row<'_>, hands: &'h mut Hands<'a>) -> &'h [String] {
        let Hands { scratches, texts, .. } = hands;
        for ((column, scratch), kept) in self.columns.iter().zip(scratches).zip(&mut *texts) {
            let cell = row.cell(column.index);
            let text = column.form.plain(cell, scratch).map_or(trim(cell), |(text, _)| text);
            kept.clear();
            kept.push_str(text);
        }
        texts
    }

    /// 0 where the row does not say whom it is about.
    pub(super) fn key_hash(&self, row: Row<'_>, hands: &mut Hands<'a>) -> u32 {
        let Hands { scratches, hasher, texts, .. } = hands;
        for place in &self.key {
            let column = &self.columns[*place];
            let text = column.form.plain(row.cell(column.index), &mut scratches[*place]);
            texts[*place].clear();
            texts[*place].push_str(text.map_or("", |(text, _)| text));
        }
        hasher.way(&self.crowd.shape().key, self.key.iter().map(|place| texts[*place].as_str()))
    }
}

/// The numbers of the rows in which reading the file has found an error.
pub(super) fn damaged(findings: &[Finding]) -> HashSet<u32> {
    findings.iter().filter(|finding| finding.is_error()).filter_map(|finding| finding.place.row).collect()
}

/// The values that defaults give to such fields, in canonical form.
fn given(contract: &Contract<'_>, additions: &Additions, is_wanted: impl Fn(&Field) -> bool) -> Vec<String> {
    let set = additions.defaults.iter().flat_map(|default| &default.set).filter(|(field, _)| is_wanted(field));
    set.filter_map(|(field, text)| stated::read(contract.columns, &additions.lists, field, text).ok()).collect()
}

impl<'a> Column<'a> {
    /// Takes down what is worth a remark in its cell of a row.
    pub fn note(&self, row: Row<'_>, notes: Notes, remarks: &mut Remarks) {
        let at = || Place::row(row.number(), row.line()).in_column(self.index, &self.heading);
        remarks.note(notes, row.number(), at, row.cell(self.index));
    }

    fn new(
        index: usize,
        recognised: &Recognised,
        contract: &'a Contract<'a>,
        additions: &'a Additions,
        shape: &Shape,
    ) -> Option<Column<'a>> {
        let found = recognised.columns[index].as_ref()?;
        let (field, column) = (&found.field, &contract.columns[found.column]);
        let clear = additions.clear.as_deref().map(|word| Clear::of(word, field, column, contract));
        let fills = |default: &&super::Default| default.fills != Fills::NewUsers;
        let is_set = |default: &super::Default| default.set.iter().any(|(set, _)| set == field);
        Some(Column {
            index,
            heading: recognised.headings[index].clone(),
            form: Form::new(column, field, clear, &additions.lists),
            is_caseless: shape.is_caseless(field),
            is_filled: additions.defaults.iter().filter(fills).any(is_set),
            is_kept: false,
            example: column.examples.first().map_or("", String::as_str),
        })
    }
}

/// A piece on its way through the sieve.
struct Sifting<'s, 'a> {
    sieve: &'s Sieve<'a>,
    left: Chunk,
    settled: Vec<SettledRow>,
    remarks: Vec<Remarks>,
    is_last_left: bool,
    /// Of the rows that are looked up together, the users who say the same.
    found: Vec<Option<u32>>,
}

impl<'s, 'a> Sifting<'s, 'a> {
    fn new(sieve: &'s Sieve<'a>, rows: usize) -> Sifting<'s, 'a> {
        let remarks = sieve.columns.iter().map(|_| Remarks::default()).collect();
        let settled = Vec::with_capacity(rows);
        Sifting { sieve, left: Chunk::default(), settled, remarks, is_last_left: false, found: Vec::new() }
    }

    fn take(&mut self, together: &mut Vec<Hashed<'_>>, notes: &mut Vec<(usize, Notes)>) {
        let asked = together.iter().map(|hashed| (hashed.key, hashed.hash));
        self.sieve.crowd.who_are(asked, &mut self.found);
        let mut found = std::mem::take(&mut self.found);
        for (user, Hashed { row, notes: its, .. }) in found.drain(..).zip(together.drain(..)) {
            match user.filter(|user| !self.sieve.looked_at.contains(user)) {
                Some(user) => self.settle(user, row, &notes[its]),
                None => self.leave(row),
            }
        }
        self.found = found;
        notes.clear();
    }

    fn settle(&mut self, user: u32, row: Row<'_>, notes: &[(usize, Notes)]) {
        for (place, notes) in notes {
            let remarks = &mut self.remarks[*place];
            self.sieve.columns[*place].note(row, *notes, remarks);
            remarks.order.note_as_known(row.number(), *notes);
        }
        self.settled.push(SettledRow { number: row.number(), user });
        self.is_last_left = false;
    }

    fn leave(&mut self, row: Row<'_>) {
        row.cells().for_each(|cell| self.left.cell(cell));
        self.left.end_row(row.number(), row.line());
        self.is_last_left = true;
    }

    fn finish(self, is_unended: bool) -> Sifted {
        let mut left = Table::from(self.left);
        if is_unended && self.is_last_left {
            left.leave_unended();
        }
        let columns = self.sieve.columns.iter().map(|column| column.index);
        let remarks = columns.zip(self.remarks).collect();
        let settled = Settled { rows: self.settled, remarks, ..Settled::default() };
        Sifted { left, settled }
    }
}

impl Sifted {
    /// Where every row has to be looked at.
    pub fn all(table: Table) -> Sifted {
        Sifted { left: table, settled: Settled::default() }
    }

    /// Adds what came of the piece that follows in the file.
    pub fn append(&mut self, later: Sifted) {
        self.left.append(later.left);
        self.settled.append(later.settled);
    }
}

#[cfg(test)]
mod tests {
    use super::super::{recognise, sample};
    use super::*;

    #[test]
    fn a_row_that_says_what_is_known_is_settled_and_any_other_is_left() {
        let (columns, login) = (sample::columns(), [Field::of("login")]);
        let contract = sample::contract(&columns, &login);
        let recognised = recognise(&["login", "department"].map(String::from), &contract, &[]);
        let additions = sample::additions(Vec::new(), Vec::new());
        let crowd = Crowd::of(&sample::known(), shape(&recognised, &contract));
        let nobody = BTreeSet::new();
        let sieve = Sieve::new(&recognised, &contract, &additions, &crowd, &nobody).expect("rows may be settled");
        let table = sample::table(&["ada;Sales", "bo;IT", " CY;computers", "new;Sales"], 2);
        let sifted = sieve.sift(&table, &[]);
        let settled: Vec<(u32, u32)> = sifted.settled.rows.iter().map(|row| (row.number, row.user)).collect();
        let left: Vec<u32> = sifted.left.rows().map(|row| row.number()).collect();
        assert_eq!((settled, left), (vec![(2, 2), (4, 4)], vec![3, 5]));
    }
}
