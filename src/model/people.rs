//! People as they are known: one row a person, one column a field, with the ways from person to person resolved.

use std::collections::{BTreeMap, BTreeSet};
use std::ptr;
use std::sync::Arc;

use crate::model::digest::{Digest, Digester};
use crate::model::field::{Field, Relation};
use crate::model::leaders::{Finder, Leaders, Way};
use crate::model::table::{Chunk, Row, Table};

/// A snapshot of people. Values are canonical, as in [`crate::model::Delivered`].
#[derive(Debug, Default)]
pub struct People {
    fields: Vec<Field>,
    table: Table,
    /// Places among [`People::others`].
    links: BTreeMap<Relation, Vec<Option<u32>>>,
    /// None: those whom they name are among themselves.
    leaders: Option<Arc<Leaders>>,
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
        let link = |way: Way| match way.names_anybody(&table) {
            true => (way.relation, Finder::new(&way, &table).links(&way, &table, &table)),
            false => (way.relation, vec![None; table.len()]),
        };
        let links = Way::all(&fields).into_iter().map(link).collect();
        People { fields, table, links, leaders: None }
    }

    /// Some of many people, who name these leaders.
    pub fn led(table: Table, leaders: &Arc<Leaders>) -> People {
        let links = leaders.links(&table);
        People { fields: leaders.fields.clone(), table, links, leaders: Some(leaders.clone()) }
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
        match field.relations().next() {
            Some(_) if linked => {
                Column { relations: field.relations().collect(), index: self.others().position(&field.own()), written }
            }
            _ => Column { relations: Vec::new(), index: written, written },
        }
    }

    /// The person's value, empty where there is none.
    ///
    /// Who is their own manager has none above: the way from a person to their own manager may end on the person
    /// themselves, but never goes round there. A manager's number that leads to nobody here is given as it is written.
    pub fn value(&self, person: usize, column: &Column) -> &str {
        let Some(index) = column.index else { return "" };
        let (mut people, mut at) = (self, person);
        for (step, relation) in column.relations.iter().enumerate() {
            let others = people.others();
            match people.related(at, *relation) {
                Some(next) if step == 0 || !people.is(at, others, next) => (people, at) = (others, next),
                None if step == 0 => return column.written.map_or("", |index| self.table.row(person).cell(index)),
                _ => return "",
            }
            if step + 1 < column.relations.len() && self.is(person, people, at) {
                // It turns round.
                return "";
            }
        }
        people.table.row(at).cell(index)
    }

    /// Those whom these people name.
    fn others(&self) -> &People {
        self.leaders.as_ref().map_or(self, |leaders| &leaders.people)
    }

    fn is(&self, person: usize, among: &People, other: usize) -> bool {
        match ptr::eq(self, among) {
            true => person == other,
            false => self.number(person) == among.number(other),
        }
    }

    /// The person at the other end of one relation, where they are among these people.
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

    /// These people and others who are not among them, in the order of their numbers. A field that nobody has on one side is
    /// empty there.
    pub fn and(&self, others: &People) -> People {
        let mut fields = self.fields.clone();
        fields.extend(others.fields.iter().filter(|field| !self.fields.contains(field)).cloned());
        let table = self.table_of(&fields).merge(&others.table_of(&fields));
        People::new(fields, table)
    }

    fn table_of(&self, fields: &[Field]) -> Table {
        let places: Vec<Option<usize>> = fields.iter().map(|field| self.position(field)).collect();
        let mut chunk = Chunk::default();
        for row in self.table.rows() {
            places.iter().for_each(|place| chunk.cell(place.map_or("", |place| row.cell(place))));
            chunk.end_row(row.number(), row.line());
        }
        chunk.into()
    }

    fn position(&self, field: &Field) -> Option<usize> {
        self.fields.iter().position(|known| known == field)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::model::leaders::Named;

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
    fn people_in_pieces_know_of_their_leaders_what_all_know_together() {
        let fields = ["establishment", "employee-number", "mail", "manager.employee-number"].map(Field::of);
        let homes = ["Lyon", "Paris", "", "lyon"];
        let row = |person: usize| {
            let number = |person: usize| format!("N{}", person % 17);
            [
                homes[person % 4].to_string(),
                number(person),
                format!("p{person}@x"),
                match person % 5 {
                    0 => String::new(),
                    1 => "n99".into(),
                    _ => number(person * 7 + 3).to_lowercase(),
                },
            ]
        };
        let table = |people: std::ops::Range<usize>| -> Table {
            let mut chunk = Chunk::default();
            for person in people {
                row(person).iter().for_each(|cell| chunk.cell(cell));
                chunk.end_row(person as u32 + 2, person as u32 + 2);
            }
            chunk.into()
        };
        let asked =
            ["mail", "manager.mail", "manager.manager.mail", "manager.employee-number", "manager.establishment"];
        let asked = asked.map(Field::of);
        let told = |people: &People| -> Vec<Vec<String>> {
            let columns: Vec<Column> = asked.iter().map(|field| people.column(field)).collect();
            let of = |person| columns.iter().map(|column| people.value(person, column).to_string()).collect();
            (0..people.len()).map(of).collect()
        };
        for count in [1, 3, 20, 60] {
            let whole = People::new(fields.clone().into(), table(0..count));
            let mut named = Named::new(fields.clone().into(), asked.iter().cloned());
            (0..count).for_each(|person| named.note(|column| row(person)[column].clone().into()));
            let leading: Vec<usize> =
                (0..count).filter(|person| named.may_be(|column| row(*person)[column].clone().into())).collect();
            let mut met = named.nobody();
            leading.iter().for_each(|person| table(*person..person + 1).rows().for_each(|row| met.take(row)));
            let leaders = Arc::new(named.finish(met));
            for size in [1, 7, 64] {
                let pieces = (0..count).step_by(size).map(|first| table(first..count.min(first + size)));
                let told_in_pieces: Vec<Vec<String>> =
                    pieces.flat_map(|piece| told(&People::led(piece, &leaders))).collect();
                assert_eq!(told_in_pieces, told(&whole), "{count} people, {size} a piece");
            }
        }
    }

    /// People with these numbers and cells.
    fn some(fields: &[&str], rows: &[(u32, &[&str])]) -> People {
        let mut chunk = Chunk::default();
        for (number, row) in rows {
            row.iter().for_each(|cell| chunk.cell(cell));
            chunk.end_row(*number, *number);
        }
        People::new(fields.iter().copied().map(Field::of).collect(), chunk.into())
    }

    #[test]
    fn some_people_take_the_place_of_the_same_whatever_fields_both_know() {
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
    fn people_who_are_read_one_after_the_other_are_in_order_and_know_one_another() {
        let about = some(&["custom-badge", "login", "manager"], &[(2, &["B2", "bo", "ada"]), (5, &["", "di", "cy"])]);
        let others = some(&["login", "manager", "phone"], &[(1, &["ada", "", "+33"]), (3, &["cy", "di", ""])]);
        let all = about.and(&others);
        let of = |name: &str| -> Vec<&str> {
            let column = all.column(&Field::of(name));
            (0..all.len()).map(|person| all.value(person, &column)).collect()
        };
        assert_eq!((0..all.len()).map(|person| all.number(person)).collect::<Vec<u32>>(), [1, 2, 3, 5]);
        assert_eq!(of("login"), ["ada", "bo", "cy", "di"]);
        assert_eq!(of("manager.login"), ["", "ada", "di", "cy"]);
        assert_eq!((of("custom-badge"), of("phone")), (vec!["", "B2", "", ""], vec!["+33", "", "", ""]));
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
