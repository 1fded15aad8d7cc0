//! Leaders: the people whom others name, and what is to be known of them, so that everybody else may come and go piece by
//! piece.

use std::borrow::Cow;
use std::collections::{BTreeMap, HashMap, HashSet};
use std::hash::{BuildHasherDefault, Hasher};

use crate::model::field::{Field, Relation};
use crate::model::index::{self, key};
use crate::model::people::People;
use crate::model::table::{Chunk, Row, Table};

/// How people name others: by which column, and as what.
#[derive(Debug, Clone)]
pub struct Way {
    pub relation: Relation,
    /// Where the others are named.
    reference: usize,
    /// What they are named by.
    by: usize,
    /// A number is looked for in the person's own establishment first: the column of the establishment.
    home: Option<Option<usize>>,
}

impl Way {
    /// The ways that these fields tell; each by the first column that names the other person.
    pub fn all(fields: &[Field]) -> Vec<Way> {
        Relation::ALL.into_iter().filter_map(|relation| Way::find(relation, fields)).collect()
    }

    fn find(relation: Relation, fields: &[Field]) -> Option<Way> {
        let position = |wanted: &Field| fields.iter().position(|field| field == wanted);
        let (reference, by) = fields.iter().enumerate().find_map(|(index, field)| {
            if field.is(relation.name()) {
                return Some((index, Field::of("login")));
            }
            let mut steps = field.relations();
            let direct = steps.next() == Some(relation) && steps.next().is_none();
            (direct && position(&field.own()).is_some()).then(|| (index, field.own()))
        })?;
        let home = by.is("employee-number").then(|| position(&Field::of("establishment")));
        // Where there is no such column, nobody is found by it.
        Some(Way { relation, reference, by: position(&by).unwrap_or(usize::MAX), home })
    }

    pub fn names_anybody(&self, table: &Table) -> bool {
        table.rows().any(|row| !row.cell(self.reference).is_empty())
    }
}

/// Whom people name, while they are gone through for the first time.
#[derive(Clone)]
pub struct Named {
    fields: Vec<Field>,
    ways: Vec<Way>,
    /// By the way.
    names: Vec<HashSet<u64, Plain>>,
    /// The columns of a leader that are kept.
    kept: Vec<usize>,
}

/// Those people, as far as they were met.
pub struct Met {
    columns: Vec<usize>,
    table: Table,
    chunk: Chunk,
}

/// In bytes of text.
const CHUNK: usize = 1 << 20;

impl Named {
    /// Everybody has `fields`; of leaders, `wanted` will be asked for. Without such a field there are no leaders.
    pub fn new(fields: Vec<Field>, wanted: impl IntoIterator<Item = Field>) -> Named {
        let wanted: HashSet<Field> =
            wanted.into_iter().filter(|field| field.relations().next().is_some()).map(|field| field.own()).collect();
        let ways = if wanted.is_empty() { Vec::new() } else { Way::all(&fields) };
        let is_kept = |column: &usize| {
            let of_way = |way: &Way| [Some(way.reference), Some(way.by), way.home.flatten()].contains(&Some(*column));
            wanted.contains(&fields[*column]) || ways.iter().any(of_way)
        };
        Named {
            kept: (0..fields.len()).filter(is_kept).collect(),
            names: ways.iter().map(|_| HashSet::default()).collect(),
            ways,
            fields,
        }
    }

    pub fn are_wanted(&self) -> bool {
        !self.ways.is_empty()
    }

    /// Whom somebody names; `cell` gives a value by its column.
    pub fn note<'c>(&mut self, cell: impl Fn(usize) -> Cow<'c, str>) {
        for (way, names) in self.ways.iter().zip(&mut self.names) {
            let reference = cell(way.reference);
            if !reference.is_empty() {
                names.insert(index::hash(&[&reference]));
            }
        }
    }

    /// May somebody be named, now that everybody was gone through?
    pub fn may_be<'c>(&self, cell: impl Fn(usize) -> Cow<'c, str>) -> bool {
        let is_named = |(way, names): (&Way, &HashSet<u64, Plain>)| {
            let name = if way.by < self.fields.len() { cell(way.by) } else { "".into() };
            !name.is_empty() && names.contains(&index::hash(&[&name]))
        };
        self.ways.iter().zip(&self.names).any(is_named)
    }

    /// Adds those whom others name.
    pub fn append(&mut self, other: Named) {
        self.names.iter_mut().zip(other.names).for_each(|(names, other)| names.extend(other));
    }

    pub fn nobody(&self) -> Met {
        Met { columns: self.kept.clone(), table: Table::default(), chunk: Chunk::default() }
    }

    pub fn finish(self, mut met: Met) -> Leaders {
        met.table.push(met.chunk);
        let kept: Vec<Field> = self.kept.iter().map(|column| self.fields[*column].clone()).collect();
        let people = People::new(kept, met.table);
        let finders = Way::all(people.fields()).iter().map(|way| Finder::new(way, people.table())).collect();
        Leaders { fields: self.fields, ways: self.ways, people, finders }
    }
}

impl Met {
    /// Remembers somebody, with the cells of all fields.
    pub fn take(&mut self, row: Row<'_>) {
        self.columns.iter().for_each(|column| self.chunk.cell(row.cell(*column)));
        self.chunk.end_row(row.number(), row.line());
        if self.chunk.size() >= CHUNK {
            self.table.push(std::mem::take(&mut self.chunk));
        }
    }
}

/// Those whom others name.
#[derive(Debug)]
pub struct Leaders {
    /// Of everybody.
    pub fields: Vec<Field>,
    ways: Vec<Way>,
    pub people: People,
    finders: Vec<Finder>,
}

impl Leaders {
    /// The places among the leaders of those whom these people name.
    pub fn links(&self, table: &Table) -> BTreeMap<Relation, Vec<Option<u32>>> {
        let link = |(way, finder): (&Way, &Finder)| (way.relation, finder.links(way, table, self.people.table()));
        self.ways.iter().zip(&self.finders).map(link).collect()
    }
}

/// People by what they may be named by: the place of the only one, or [`SEVERAL`].
#[derive(Debug)]
pub struct Finder {
    by: usize,
    everywhere: Places,
    /// With the establishment.
    nearby: Option<Places>,
}

type Places = HashMap<u64, u32, Plain>;

const SEVERAL: u32 = u32::MAX;

impl Finder {
    pub fn new(way: &Way, table: &Table) -> Finder {
        let mut finder =
            Finder { by: way.by, everywhere: Places::default(), nearby: way.home.is_some().then(Places::default) };
        let several = |place: &mut u32| *place = SEVERAL;
        for (row, place) in table.rows().zip(0..) {
            let name = row.cell(way.by);
            if name.is_empty() {
                continue;
            }
            finder.everywhere.entry(index::hash(&[name])).and_modify(several).or_insert(place);
            let home = way.home.flatten().map_or("", |home| row.cell(home));
            if let Some(nearby) = finder.nearby.as_mut().filter(|_| !home.is_empty()) {
                nearby.entry(index::hash(&[home, name])).and_modify(several).or_insert(place);
            }
        }
        finder
    }

    /// Whom each row of `from` names, of those in `to`, of whom this finder was made.
    pub fn links(&self, way: &Way, from: &Table, to: &Table) -> Vec<Option<u32>> {
        let is_called = |place: u32, name: &str| {
            let own = to.row(place as usize).cell(self.by);
            own == name || key(&[own]) == key(&[name])
        };
        let find = |row: Row<'_>| {
            let name = row.cell(way.reference);
            if name.is_empty() {
                return None;
            }
            let home = way.home.flatten().map_or("", |home| row.cell(home));
            let nearby = self.nearby.as_ref().filter(|_| !home.is_empty());
            let at_home = nearby.and_then(|nearby| nearby.get(&index::hash(&[home, name])));
            let found = *at_home.or_else(|| self.everywhere.get(&index::hash(&[name])))?;
            (found != SEVERAL && is_called(found, name)).then_some(found)
        };
        from.rows().map(find).collect()
    }
}

/// For what is a hash already.
pub type Plain = BuildHasherDefault<Same>;

#[derive(Debug, Default)]
pub struct Same(u64);

impl Hasher for Same {
    fn finish(&self) -> u64 {
        self.0
    }

    fn write(&mut self, _: &[u8]) {
        unreachable!("hashes are numbers");
    }

    fn write_u64(&mut self, hash: u64) {
        self.0 = hash;
    }
}
