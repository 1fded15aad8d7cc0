//! People as they are known: one row a person, one column a field, with the ways from person to person resolved.

use std::collections::{BTreeMap, BTreeSet, HashMap};

use crate::model::digest::{Digest, Digester};
use crate::model::field::{Field, Relation};
use crate::model::index::{Index, key};
use crate::model::table::{Chunk, Row, Table};

/// A snapshot of people. Values are canonical, as in [`crate::model::Delivered`].
#[derive(Debug, Default)]
pub struct People {
    fields: Vec<Field>,
    table: Table,
    links: HashMap<Relation, Vec<Option<u32>>>,
}

/// Where the values of a field are found.
#[derive(Debug, Clone)]
pub struct Column {
    relations: Vec<Relation>,
    /// None: nobody has this datum here.
    index: Option<usize>,
    /// The column that is written out for everybody, for whom the way leads nowhere.
    written: Option<usize>,
}

impl People {
    /// Takes one row a person. A column such as `manager.employee-number` (or `manager`, which is by login) links people:
    /// the number is looked for in the person's own establishment first, then everywhere if it is unique there.
    pub fn new(fields: Vec<Field>, table: Table) -> People {
        let mut people = People { fields, table, links: HashMap::new() };
        people.links =
            Relation::ALL.into_iter().filter_map(|relation| Some((relation, people.link(relation)?))).collect();
        people
    }

    /// Who is there is not known: not even which fields people have.
    pub fn unknown() -> People {
        People::default()
    }

    pub fn are_unknown(&self) -> bool {
        self.fields.is_empty()
    }

    pub fn len(&self) -> usize {
        self.table.len()
    }

    pub fn is_empty(&self) -> bool {
        self.table.is_empty()
    }

    pub fn fields(&self) -> &[Field] {
        &self.fields
    }

    pub fn table(&self) -> &Table {
        &self.table
    }

    /// By which a person is known where the people come from: a row of a file, as a spreadsheet counts it; a number of
    /// the directory, which stays the person's for ever.
    pub fn number(&self, person: usize) -> u32 {
        self.table.row(person).number()
    }

    /// The person of that number. Numbers rise with the people.
    pub fn place(&self, number: u32) -> Option<u32> {
        let place = self.table.find(number)?;
        Some(place as u32)
    }

    /// Is the field known here, be it for nobody at the moment?
    pub fn has(&self, field: &Field) -> bool {
        let linked = field.relations().all(|relation| self.links.contains_key(&relation));
        self.position(field).is_some() || (linked && self.position(&field.own()).is_some())
    }

    /// The place of a field's values; look it up once, not once a person.
    pub fn column(&self, field: &Field) -> Column {
        let linked = field.relations().all(|relation| self.links.contains_key(&relation));
        let written = self.position(field);
        match linked {
            true => Column { relations: field.relations().collect(), index: self.position(&field.own()), written },
            false => Column { relations: Vec::new(), index: written, written },
        }
    }

    /// The person's value, empty where there is none.
    ///
    /// Who is their own manager has none above: the way from a person to their own manager may end on the person
    /// themselves, but never goes round there. A manager's number that leads to nobody here is given as it is written.
    pub fn value(&self, person: usize, column: &Column) -> &str {
        let Some(index) = column.index else { return "" };
        let mut at = person;
        for (step, relation) in column.relations.iter().enumerate() {
            match self.related(at, *relation) {
                Some(next) if next != at || step == 0 => at = next,
                None if step == 0 => return column.written.map_or("", |index| self.table.row(person).cell(index)),
                _ => return "",
            }
            let turns_round = at == person && step + 1 < column.relations.len();
            if turns_round {
                return "";
            }
        }
        self.table.row(at).cell(index)
    }

    /// The person at the other end of one relation.
    pub fn related(&self, person: usize, relation: Relation) -> Option<usize> {
        self.links.get(&relation)?[person].map(|other| other as usize)
    }

    /// Changes when anybody's value changes.
    pub fn digest(&self) -> Digest {
        let mut digester = Digester::default();
        for field in &self.fields {
            digester.update(field.name().as_bytes());
            digester.update(b"\0");
        }
        for row in self.table.rows() {
            for column in 0..self.fields.len() {
                digester.update(row.cell(column).as_bytes());
                digester.update(b"\0");
            }
        }
        digester.finish()
    }

    /// The same people, but those of these numbers as `others` has them: some changed, some new, some gone. A field that
    /// nobody has on one side is empty there.
    pub fn with(&self, numbers: &BTreeSet<u32>, others: &People) -> People {
        let mut fields = self.fields.clone();
        fields.extend(others.fields.iter().filter(|field| !self.fields.contains(field)).cloned());
        let places =
            |people: &People| -> Vec<Option<usize>> { fields.iter().map(|field| people.position(field)).collect() };
        let (ours, theirs) = (places(self), places(others));
        let mut chunk = Chunk::default();
        let mut take = |row: Row<'_>, places: &[Option<usize>]| {
            places.iter().for_each(|place| chunk.cell(place.map_or("", |place| row.cell(place))));
            chunk.end_row(row.number(), row.line());
        };
        let mut found: BTreeMap<u32, Row<'_>> = others.table.rows().map(|row| (row.number(), row)).collect();
        for row in self.table.rows() {
            match numbers.contains(&row.number()) {
                false => take(row, &ours),
                true => found.remove(&row.number()).into_iter().for_each(|row| take(row, &theirs)),
            }
        }
        found.into_values().for_each(|row| take(row, &theirs));
        People::new(fields, chunk.into())
    }

    fn position(&self, field: &Field) -> Option<usize> {
        self.fields.iter().position(|known| known == field)
    }

    /// Links everybody along `relation`, by the first column that names the other person.
    fn link(&self, relation: Relation) -> Option<Vec<Option<u32>>> {
        let (reference, by) = self.fields.iter().enumerate().find_map(|(index, field)| {
            if field.is(relation.name()) {
                return Some((index, Field::of("login")));
            }
            let mut steps = field.relations();
            let direct = steps.next() == Some(relation) && steps.next().is_none();
            (direct && self.position(&field.own()).is_some()).then(|| (index, field.own()))
        })?;
        let references = || (0..self.len()).map(|person| self.table.row(person).cell(reference));
        if references().all(str::is_empty) {
            return Some(vec![None; self.len()]);
        }
        let everywhere = Index::new(self, std::slice::from_ref(&by));
        let establishment = Field::of("establishment");
        let home = self.column(&establishment);
        let nearby = by.is("employee-number").then(|| Index::new(self, &[establishment, by]));
        let find = |(person, reference): (usize, &str)| {
            if reference.is_empty() {
                return None;
            }
            let at_home = nearby.as_ref().map(|nearby| nearby.get(&key(&[self.value(person, &home), reference])));
            let found = at_home.filter(|found| !found.is_empty()).unwrap_or_else(|| everywhere.get(&key(&[reference])));
            match found[..] {
                [only] => Some(only),
                _ => None,
            }
        };
        Some(references().enumerate().map(find).collect())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Ada leads herself, Bo reports to Ada, Cy to Bo; Di's manager is unknown here.
    fn people() -> People {
        let mut chunk = Chunk::default();
        let rows = [["001", "Ada", "001"], ["002", "Bo", "001"], ["003", "Cy", "002"], ["004", "Di", "999"]];
        for (row, number) in rows.iter().zip(2..) {
            row.iter().for_each(|cell| chunk.cell(cell));
            chunk.end_row(number, number);
        }
        let fields = ["employee-number", "first-name", "manager.employee-number"].map(Field::of);
        People::new(fields.into(), chunk.into())
    }

    #[test]
    fn values_are_reached_through_other_people() {
        let people = people();
        let cases = [
            ("manager.first-name", ["Ada", "Ada", "Bo", ""]),
            ("manager.manager.first-name", ["", "", "Ada", ""]),
            ("manager.employee-number", ["001", "001", "002", "999"]),
            ("hr-manager.first-name", ["", "", "", ""]),
        ];
        for (field, expected) in cases {
            let column = people.column(&Field::of(field));
            let values: Vec<&str> = (0..people.len()).map(|person| people.value(person, &column)).collect();
            assert_eq!(values, expected, "{field}");
        }
        assert!(people.has(&Field::of("manager.manager.first-name")));
        assert!(!people.has(&Field::of("hr-manager.first-name")));
    }

    #[test]
    fn some_people_take_the_place_of_the_same_whatever_fields_both_know() {
        let some = |fields: &[&str], rows: &[(u32, &[&str])]| {
            let mut chunk = Chunk::default();
            for (number, row) in rows {
                row.iter().for_each(|cell| chunk.cell(cell));
                chunk.end_row(*number, *number);
            }
            People::new(fields.iter().copied().map(Field::of).collect(), chunk.into())
        };
        let all = some(&["custom-badge", "login", "mail"], &[(1, &["B1", "ada", "a@x"]), (2, &["", "bo", "b@x"])]);
        let changed = some(&["login", "mail", "phone"], &[(2, &["bo", "b@y", "+33"]), (3, &["cy", "c@x", ""])]);
        let now = all.with(&BTreeSet::from([2, 3]), &changed);
        let of = |name: &str| -> Vec<&str> {
            let column = now.column(&Field::of(name));
            (0..now.len()).map(|person| now.value(person, &column)).collect()
        };
        assert_eq!(of("login"), ["ada", "bo", "cy"]);
        assert_eq!(of("mail"), ["a@x", "b@y", "c@x"]);
        assert_eq!((of("custom-badge"), of("phone")), (vec!["B1", "", ""], vec!["", "+33", ""]));
    }

    #[test]
    fn the_same_number_in_two_establishments_is_looked_for_at_home_first() {
        let mut chunk = Chunk::default();
        let rows =
            [["Lyon", "1", "Ada", ""], ["Paris", "1", "Bo", ""], ["Paris", "2", "Cy", "1"], ["Lille", "3", "Di", "1"]];
        for (row, number) in rows.iter().zip(2..) {
            row.iter().for_each(|cell| chunk.cell(cell));
            chunk.end_row(number, number);
        }
        let fields = ["establishment", "employee-number", "first-name", "manager.employee-number"].map(Field::of);
        let people = People::new(fields.into(), chunk.into());
        let column = people.column(&Field::of("manager.first-name"));
        assert_eq!(people.value(2, &column), "Bo");
        assert_eq!(people.value(3, &column), "", "two people have the number, neither is at home");
    }

    #[test]
    fn some_people_are_read_again_and_the_ways_between_all_of_them_found_anew() {
        let mut chunk = Chunk::default();
        for (number, cells) in [(3, ["002", "Bob", "005"]), (9, ["005", "Eve", ""])] {
            cells.iter().for_each(|cell| chunk.cell(cell));
            chunk.end_row(number, number);
        }
        let people = people();
        let changed = People::new(people.fields().to_vec(), chunk.into());
        // 4 is asked for and not there any more.
        let people = people.with(&[3, 4, 9].into(), &changed);
        let (first, manager) = (Field::of("first-name"), Field::of("manager.first-name"));
        let (first, manager) = (people.column(&first), people.column(&manager));
        let told: Vec<(u32, &str, &str)> = (0..people.len())
            .map(|person| (people.number(person), people.value(person, &first), people.value(person, &manager)))
            .collect();
        assert_eq!(told, [(2, "Ada", "Ada"), (3, "Bob", "Eve"), (5, "Di", ""), (9, "Eve", "")]);
    }
}
