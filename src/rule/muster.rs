//! A muster: who stands in a file of people of whom nobody is known, by hashes alone.
//!
//! Where the cells of a row are in order, and nobody else in the file has what only one may have, there is nothing to be
//! said of it: it is about a newcomer, of whom only a few numbers are kept. All other rows are checked, beside those of
//! the newcomers whom they may mean.

use std::collections::{BTreeSet, HashMap};

use super::column::Creation;
use super::known::{login, mail, number, unique_fields};
use super::notes::Notes;
use super::outer_blanks::trim;
use super::recognised::column_of;
use super::remarks::Remarks;
use super::settled::Settled;
use super::sieve::{Hands, Sieve, damaged, shape};
use super::{Additions, Contract, Others, Recognised, damage, lost_zeros};
use crate::model::field::Kind;
use crate::model::leaders::Plain;
use crate::model::mark::RowHasher;
use crate::model::shape::{Shape, Way};
use crate::model::table::{Chunk, Row};
use crate::model::{Crowd, Field, Finding, People, Table};

/// Ready for the rows of a file, by several threads at a time.
pub struct Muster<'a> {
    recognised: &'a Recognised,
    contract: &'a Contract<'a>,
    additions: &'a Additions,
    sieve: Sieve<'a>,
    /// Where the parts of each way stand among the columns of the sieve.
    ways: Vec<Vec<usize>>,
    login: Option<usize>,
    /// The columns that name people.
    references: Vec<usize>,
    /// What every new user needs, as far as the file has it.
    needed: Vec<usize>,
}

/// What came of a piece of a file.
#[derive(Debug)]
pub struct Counted {
    /// The rows to be checked.
    pub left: Table,
    /// The numbers of the others.
    numbers: Vec<u32>,
    /// Their hashes, by each way.
    ways: Vec<Vec<u32>>,
    /// Hashes of 64 bits: of their logins, and of those whom they name, by each column; 0 for nobody.
    logins: Vec<u64>,
    named: Vec<Vec<u64>>,
    /// Hashes of what stands for a login in the rows that are left.
    strangers: Vec<u64>,
    /// By the index of the column in the file.
    remarks: Vec<(usize, Remarks)>,
}

/// All rows whose cells are in order, once they are counted.
#[derive(Debug)]
pub struct Headcount {
    /// By the numbers of the rows.
    crowd: Crowd,
    /// By the column and by the place in the crowd: the place of whom the row names, or [`NOBODY`].
    above: Vec<Vec<u32>>,
    /// The numbers of those who have something that another has, who name nobody for sure, or who end up above themselves.
    doubtful: BTreeSet<u32>,
    remarks: Vec<(usize, Remarks)>,
}

/// Whose rows would be looked at whatever they say, were anybody known.
static NO_USERS: BTreeSet<u32> = BTreeSet::new();

/// In place of a place.
const NOBODY: u32 = u32::MAX;
/// Of one who is named, and is not the only one who may be meant.
const SEVERAL: u32 = NOBODY - 1;

/// Of what the hashes are made: of what only one may have, and of what somebody may be named by.
fn muster_shape(recognised: &Recognised, contract: &Contract<'_>) -> Shape {
    let shape = shape(recognised, contract);
    let mut wanted: Vec<Way> = contract.columns.iter().filter_map(unique_fields).map(Way::Fields).collect();
    wanted.extend([contract.identify_by.to_vec(), login(), mail(), number()].map(Way::Fields));
    wanted.extend([Way::Names, Way::Twins]);
    let is_there = |way: &Way| wanted.contains(way) && way.fields().iter().all(|field| shape.fields.contains(field));
    Shape { ways: shape.ways.iter().filter(|way| is_there(way)).cloned().collect(), ..shape }
}

impl<'a> Muster<'a> {
    /// The crowd of which there is nobody.
    pub fn nobody(recognised: &Recognised, contract: &Contract<'_>) -> Crowd {
        Crowd::nobody(muster_shape(recognised, contract))
    }

    /// None where every row has to be looked at.
    pub fn new(
        recognised: &'a Recognised,
        contract: &'a Contract<'a>,
        additions: &'a Additions,
        nobody: &'a Crowd,
    ) -> Option<Muster<'a>> {
        let shape = nobody.shape();
        let place = |field: &Field| shape.fields.iter().position(|known| known == field);
        let places = |way: &Way| way.fields().iter().map(place).collect::<Option<Vec<usize>>>();
        let is_needed = |field: &Field| {
            let column = column_of(contract.columns, field);
            field.is("login") || column.is_some_and(|column| column.creation == Creation::Required)
        };
        let all = |is_one: &dyn Fn(&Field) -> bool| -> Vec<usize> {
            (0..shape.fields.len()).filter(|place| is_one(&shape.fields[*place])).collect()
        };
        let ways: Vec<Vec<usize>> = shape.ways.iter().map(places).collect::<Option<_>>()?;
        let login = place(&Field::of("login"));
        let references = all(&|field| field.kind() == Kind::Person);
        let mut sieve = Sieve::new(recognised, contract, additions, nobody, &NO_USERS)?;
        sieve.keep(ways.iter().flatten().chain(&references).chain(&login));
        let needed = all(&is_needed);
        let muster = Muster { recognised, contract, additions, sieve, ways, login, references, needed };
        additions.defaults.is_empty().then_some(muster)
    }

    /// Nothing yet.
    pub fn counted(&self) -> Counted {
        Counted {
            left: Table::default(),
            numbers: Vec::new(),
            ways: vec![Vec::new(); self.ways.len()],
            logins: Vec::new(),
            named: vec![Vec::new(); self.references.len()],
            strangers: Vec::new(),
            remarks: self.sieve.columns.iter().map(|column| (column.index, Remarks::default())).collect(),
        }
    }

    /// Counts rows that follow one another in the file; `findings` are what reading them has found.
    pub fn count(&self, table: &Table, findings: &[Finding]) -> Counted {
        let damaged = damaged(findings);
        let mut hands = self.sieve.take_hands();
        let mut counted = self.counted();
        let mut left = Chunk::default();
        let mut notes = Vec::new();
        for (index, row) in table.rows().enumerate() {
            // Nothing tells whether its last cell is whole.
            let is_unended = table.is_unended() && index + 1 == table.len();
            notes.clear();
            match !is_unended && !damaged.contains(&row.number()) && self.is_in_order(row, &mut hands, &mut notes) {
                true => self.count_row(row, &mut hands, &notes, &mut counted),
                false => {
                    let said = self.sieve.said(row, &mut hands);
                    counted.strangers.extend(self.login.map(|login| RowHasher::default().exact(&said[login])));
                    row.cells().for_each(|cell| left.cell(cell));
                    left.end_row(row.number(), row.line());
                }
            }
        }
        self.sieve.give_back(hands);
        counted.left = left.into();
        if table.is_unended() {
            counted.left.leave_unended();
        }
        counted
    }

    /// Is nothing wrong with the row by itself? Its texts are in the hands.
    fn is_in_order(&self, row: Row<'_>, hands: &mut Hands<'a>, notes: &mut Vec<(usize, Notes)>) -> bool {
        let are_plain = self.sieve.columns.iter().enumerate().all(|(place, column)| {
            let cell = row.cell(column.index);
            let Some((text, noted)) = column.form.plain(cell, &mut hands.scratches[place]) else { return false };
            if column.is_kept {
                hands.texts[place].clear();
                hands.texts[place].push_str(text);
            }
            if !noted.is_empty() {
                notes.push((place, noted));
            }
            let field = &self.sieve.crowd.shape().fields[place];
            let is_doubtful = noted.has(Notes::SUSPECT)
                && !lost_zeros::tells_people_apart(field)
                && damage::doubt(&column.form.column.check, cell).is_some();
            !is_doubtful && !noted.has(Notes::CLEARS)
        });
        let is_empty = |place: &usize| trim(row.cell(self.sieve.columns[*place].index)).is_empty();
        are_plain && !self.sieve.key.iter().chain(&self.needed).any(is_empty) && !self.sieve.is_odd(row, &hands.texts)
    }

    fn count_row(&self, row: Row<'_>, hands: &mut Hands<'a>, notes: &[(usize, Notes)], counted: &mut Counted) {
        let Hands { hasher, texts, .. } = hands;
        for ((way, parts), hashes) in self.sieve.crowd.shape().ways.iter().zip(&self.ways).zip(&mut counted.ways) {
            hashes.push(hasher.way(way, parts.iter().map(|part| texts[*part].as_str())));
        }
        for (place, named) in self.references.iter().zip(&mut counted.named) {
            named.push(hasher.exact(&texts[*place]));
        }
        counted.logins.push(self.login.map_or(0, |login| hasher.exact(&texts[login])));
        counted.numbers.push(row.number());
        for (place, notes) in notes {
            self.sieve.columns[*place].note(row, *notes, &mut counted.remarks[*place].1);
        }
    }

    /// Once all pieces are counted; the rows that are left are given back.
    pub fn close(&self, counted: Counted) -> (Headcount, Table) {
        let shape = self.sieve.crowd.shape();
        let targets = counted.targets();
        let target = |hash: &u64| targets.get(hash).copied().unwrap_or(NOBODY);
        let above: Vec<Vec<u32>> = counted.named.iter().map(|named| named.iter().map(target).collect()).collect();
        let Counted { left, numbers, ways, named, remarks, .. } = counted;
        let is_manager = |place: &usize| shape.fields[*place].is("manager");
        let managers = self.references.iter().position(is_manager).map(|column| &above[column]);
        let number = |place: &u32| numbers.get(*place as usize).copied().unwrap_or_default();
        let managers = managers.map_or(vec![0; numbers.len()], |managers| managers.iter().map(number).collect());
        let crowd = Crowd::of_columns(shape.clone(), numbers, managers, ways);
        let mut doubtful = crowd.in_circles();
        let only_one_may_have = shape.ways.iter().filter(|way| **way != Way::Names);
        doubtful.extend(only_one_may_have.flat_map(|way| crowd.alike(way)).map(|place| crowd.number(place)));
        for (named, above) in named.iter().zip(&above) {
            let unsure = (0..).zip(named).zip(above).filter(|((_, hash), above)| **hash != 0 && **above == NOBODY);
            doubtful.extend(unsure.map(|((place, _), _)| crowd.number(place)));
        }
        (Headcount { crowd, above, doubtful, remarks }, left)
    }

    /// The rows that have to be checked, in the order of the file, beginning with those that are left. `pick` gives the rows
    /// of the file with these numbers. What remains of the others is told with them.
    pub fn look_at<E>(
        &self,
        headcount: &Headcount,
        mut left: Table,
        mut pick: impl FnMut(&BTreeSet<u32>) -> Result<Table, E>,
    ) -> Result<(Table, Settled), E> {
        let (mut wanted, mut noted) = (headcount.doubtful.clone(), BTreeSet::new());
        loop {
            wanted.extend(self.meant(&left, headcount));
            headcount.add_above(&mut wanted);
            let more = &wanted - &noted;
            if more.is_empty() {
                break;
            }
            left = left.merge(&pick(&more)?);
            noted.extend(more);
        }
        let newcomers = headcount.crowd.len() - noted.len();
        let (noted, remarks) = (noted.into_iter().collect(), headcount.remarks.clone());
        Ok((left, Settled { newcomers, noted, remarks, ..Settled::default() }))
    }

    /// The newcomers whom such rows may mean.
    fn meant(&self, left: &Table, headcount: &Headcount) -> BTreeSet<u32> {
        let sieve = Sieve::new(self.recognised, self.contract, self.additions, &headcount.crowd, &NO_USERS);
        sieve.expect("there is a sieve already, of the same").whom_else(left, &People::unknown())
    }

    /// What the newcomers of a piece are called, who are not among those that are checked; as [`Others::FIELDS`].
    pub fn names(&self, table: &Table, checked: &BTreeSet<u32>) -> Chunk {
        let fields = Others::FIELDS.map(Field::of);
        let shape = self.sieve.crowd.shape();
        let places = fields.map(|field| shape.fields.iter().position(|known| *known == field));
        let mut hands = self.sieve.hands();
        let mut chunk = Chunk::default();
        for row in table.rows().filter(|row| !checked.contains(&row.number())) {
            let said = self.sieve.said(row, &mut hands);
            places.iter().for_each(|place| chunk.cell(place.map_or("", |place| &said[place])));
            chunk.end_row(row.number(), row.line());
        }
        chunk
    }
}

impl Counted {
    /// Adds what came of the piece that follows in the file.
    pub fn append(&mut self, mut later: Counted) {
        self.left.append(later.left);
        self.numbers.append(&mut later.numbers);
        self.logins.append(&mut later.logins);
        self.strangers.append(&mut later.strangers);
        self.ways.iter_mut().zip(&mut later.ways).for_each(|(ours, theirs)| ours.append(theirs));
        self.named.iter_mut().zip(&mut later.named).for_each(|(ours, theirs)| ours.append(theirs));
        self.remarks.iter_mut().zip(later.remarks).for_each(|((_, ours), (_, theirs))| ours.merge(theirs));
    }

    /// How many, so far.
    pub fn rows(&self) -> usize {
        self.numbers.len() + self.left.len()
    }

    /// Those who are named, by the hashes of their logins: the place of each, if it is one whose row is not left.
    fn targets(&self) -> HashMap<u64, u32, Plain> {
        let named = self.named.iter().flatten().filter(|hash| **hash != 0);
        let mut targets: HashMap<u64, u32, Plain> = named.map(|hash| (*hash, NOBODY)).collect();
        for (place, login) in (0..).zip(&self.logins) {
            targets.entry(*login).and_modify(|target| *target = if *target == NOBODY { place } else { SEVERAL });
        }
        for stranger in &self.strangers {
            targets.entry(*stranger).and_modify(|target| *target = SEVERAL);
        }
        targets.retain(|_, target| *target < SEVERAL);
        targets
    }
}

impl Headcount {
    /// How many rows, of those whose cells are in order, have to be looked at for what others say.
    pub fn doubtful(&self) -> usize {
        self.doubtful.len()
    }

    /// Whoever is named by these rows, and by theirs.
    fn add_above(&self, rows: &mut BTreeSet<u32>) {
        let mut open: Vec<u32> = rows.iter().filter_map(|number| self.crowd.place(*number)).collect();
        while let Some(place) = open.pop() {
            for above in self.above.iter().map(|column| column[place as usize]).filter(|above| *above != NOBODY) {
                if rows.insert(self.crowd.number(above)) {
                    open.push(above);
                }
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::super::{recognise, sample};
    use super::*;

    /// The rows that are looked at, and how many are not.
    fn looked_at(heading: &str, rows: &[&str]) -> (Vec<u32>, usize) {
        let (columns, key) = (sample::columns(), login());
        let contract = sample::contract(&columns, &key);
        let heading: Vec<String> = heading.split(';').map(String::from).collect();
        let recognised = recognise(&heading, &contract, &[]);
        let additions = sample::additions(Vec::new(), Vec::new());
        let nobody = Muster::nobody(&recognised, &contract);
        let muster = Muster::new(&recognised, &contract, &additions, &nobody).expect("rows may be counted");
        let table = sample::table(rows, 2);
        let (headcount, left) = muster.close(muster.count(&table, &[]));
        let pick = |numbers: &BTreeSet<u32>| Ok::<Table, ()>(table.only(numbers));
        let (left, settled) = muster.look_at(&headcount, left, pick).expect("rows are always there");
        (left.rows().map(|row| row.number()).collect(), settled.newcomers)
    }

    #[test]
    fn rows_in_order_are_newcomers_and_the_others_are_looked_at_beside_whom_they_mean() {
        let heading = "login;mail;manager;department;dtBirth";
        let rows = ["ada;ada@a.fr;ada;Sales;", "bo;bo@a.fr;ADA;IT;", "cy;cy@a.fr;bo;IT;", "dee;dee@a.fr;;IT;"];
        assert_eq!(looked_at(heading, &rows), (vec![], 4));
        let bad = ["ed;ed@a.fr;cy;Slaes;"];
        assert_eq!(looked_at(heading, &[&rows[..], &bad].concat()), (vec![2, 3, 4, 6], 1), "and those above them");
        let same_mail = ["ed;DEE@a.fr;;IT;"];
        assert_eq!(looked_at(heading, &[&rows[..], &same_mail].concat()), (vec![5, 6], 3));
        let by_mail = ["ed;ed@a.fr;dee@a.fr;IT;"];
        assert_eq!(looked_at(heading, &[&rows[..], &by_mail].concat()), (vec![5, 6], 3));
        let circle = ["ed;ed@a.fr;fay;IT;", "fay;fay@a.fr;ed;IT;", "gil;gil@a.fr;ed;IT;"];
        assert_eq!(looked_at(heading, &[&rows[..], &circle].concat()), (vec![6, 7], 5));
        let nobody = ["ed;ed@a.fr;eve;IT;"];
        assert_eq!(looked_at(heading, &[&rows[..], &nobody].concat()), (vec![6], 4));
    }
}
