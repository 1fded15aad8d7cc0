//! How people are called in messages and in the journal, and the key by which they are known from night to night.

use crate::model::index::key;
use crate::model::people::Column;
use crate::model::{Field, People, Text};
use crate::site::{self, Export};

/// A row about a person is called by the first of these that it has, be it one with the person's department.
pub const BY: [&str; 8] = [
    "employee-number",
    "login",
    "mail",
    "last-name",
    "department-code",
    "department-name",
    "cost-center-code",
    "cost-center-name",
];

/// What tells people apart for a reader.
pub struct Names(Vec<Column>);

impl Names {
    pub fn of(people: &People) -> Names {
        Names(BY.map(|name| people.column(&Field::of(name))).into())
    }

    pub fn of_person<'p>(&self, people: &'p People, person: usize) -> Option<&'p str> {
        let mut names = self.0.iter().map(|column| people.value(person, column));
        names.find(|name| !name.is_empty())
    }
}

pub fn called(who: Option<&str>) -> Text {
    match who {
        Some(name) => Text::same(name.to_string()),
        None => Text::of("a person without number or name", "une personne sans matricule ni nom"),
    }
}

/// Where people have a number that stays theirs for ever, it is the key, and a new login is a change like any other. Rows
/// of a file have none: there it is the login, else the number within the establishment, else the mail, else the name.
pub struct Keys {
    are_numbered: bool,
    by_establishment: bool,
    login: Column,
    establishment: Column,
    number: Column,
    others: [Column; 3],
}

impl Keys {
    pub fn of(people: &People, export: &Export) -> Keys {
        let column = |name: &str| people.column(&Field::of(name));
        Keys {
            are_numbered: !matches!(&*export.people, site::People::File(_)),
            by_establishment: export.per_establishment,
            login: column("login"),
            establishment: column("establishment"),
            number: column("employee-number"),
            others: ["mail", "last-name", "first-name"].map(column),
        }
    }

    /// Where each establishment has its file, who moves leaves one and is new in the other.
    pub fn of_person(&self, people: &People, person: usize) -> String {
        let value = |column: &Column| people.value(person, column);
        let [mail, last, first] = &self.others;
        let own = match () {
            () if self.are_numbered => format!("#{}", people.number(person)),
            () if !value(&self.login).is_empty() => key(&[value(&self.login)]),
            () if !value(&self.number).is_empty() => key(&[value(&self.establishment), value(&self.number)]),
            () if !value(mail).is_empty() => key(&[value(mail)]),
            () => key(&[value(last), value(first)]),
        };
        match self.by_establishment {
            true => format!("{}\u{1f}{own}", value(&self.establishment)),
            false => own,
        }
    }
}
