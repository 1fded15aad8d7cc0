//! Undo: what was done becomes the operations that take it back, as far as it still stands.

use std::collections::{BTreeMap, HashMap};

use chrono::NaiveDate;

use crate::model::field::Kind;
use crate::model::index::{Index, key};
use crate::model::operation::{Act, Change, Changes, Identity};
use crate::model::{Field, Operation, People};
use crate::plan::diff::{is_same, mark};

/// An operation that was done.
#[derive(Debug, Clone)]
pub struct Done {
    /// By which the directory knows the user.
    pub user: u32,
    pub operation: Operation,
}

/// What can be taken back, and what cannot.
#[derive(Debug, Default)]
pub struct Undo {
    /// At most one for a user, in the order of the directory.
    pub operations: Vec<Operation>,
    pub kept: Vec<Kept>,
}

/// What is left as it is.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Kept {
    pub user: u32,
    /// The user's login now.
    pub login: String,
    pub why: Why,
}

#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Why {
    /// The user was created, and nobody is ever deleted.
    Created,
    /// Another value has come since.
    Overtaken { field: Field, now: String },
    /// The former value is back already.
    Back { field: Field, now: String },
    /// Only one may have the former value, and another user has it now.
    Taken { field: Field, value: String, by: String },
}

/// Takes back what was `done`, in the order in which it was done. `known` is the directory now; `former` leads from a
/// login that nobody has any more to the user who had it. A field that was empty before is emptied again: an undo is the
/// only plan that may do so.
pub fn undo(done: &[Done], known: &People, former: &HashMap<String, u32>, today: NaiveDate) -> Undo {
    let mut ledger = Ledger::new(known, former);
    done.iter().rev().for_each(|done| ledger.take_back(done));
    ledger.finish(today)
}

/// What is to become of whom.
struct Ledger<'a> {
    known: &'a People,
    former: &'a HashMap<String, u32>,
    /// The place of each user among the people.
    places: HashMap<u32, usize>,
    /// By the user's place.
    entries: BTreeMap<usize, Entry<'a>>,
    kept: Vec<Kept>,
}

/// The changes of one user.
struct Entry<'a> {
    /// The operation that is taken back; of several, the last one.
    origin: &'a Operation,
    changes: BTreeMap<Field, Change>,
}

impl<'a> Ledger<'a> {
    fn new(known: &'a People, former: &'a HashMap<String, u32>) -> Ledger<'a> {
        let places = (0..known.len()).map(|place| (known.number(place), place)).collect();
        Ledger { known, former, places, entries: BTreeMap::new(), kept: Vec::new() }
    }

    fn take_back(&mut self, done: &'a Done) {
        let place = self.places[&done.user];
        match &done.operation.act {
            Act::Create { .. } => self.keep(place, Why::Created),
            Act::Update { changes, .. } => {
                changes.0.iter().for_each(|(field, change)| self.reverse(place, &done.operation, field, change));
            }
        }
    }

    /// What was changed twice is taken back twice, the last change first.
    fn reverse(&mut self, place: usize, origin: &'a Operation, field: &Field, change: &Change) {
        let (from, to) = (self.as_now(field, &change.from), self.as_now(field, &change.to));
        let now = self.value(place, field);
        let planned = self.planned(place, field).map(|change| change.to.clone());
        let is_planned = planned.is_some();
        let stands = planned.unwrap_or_else(|| now.clone());
        if is_same(field, &stands, &to) {
            let entry = self.entries.entry(place).or_insert_with(|| Entry { origin, changes: BTreeMap::new() });
            entry.changes.insert(field.clone(), Change { from: now, to: from });
        } else if !is_planned {
            let field = field.clone();
            let why = match is_same(&field, &now, &from) {
                true => Why::Back { field, now },
                false => Why::Overtaken { field, now },
            };
            self.keep(place, why);
        }
    }

    /// A manager is spoken of by the login of today.
    fn as_now(&self, field: &Field, value: &str) -> String {
        let renamed = (field.kind() == Kind::Person).then(|| self.former.get(&value.to_lowercase())).flatten();
        renamed.map_or_else(|| value.into(), |user| self.value(self.places[user], &Field::of("login")))
    }

    fn value(&self, place: usize, field: &Field) -> String {
        self.known.value(place, &self.known.column(field)).into()
    }

    fn planned(&self, place: usize, field: &Field) -> Option<&Change> {
        self.entries.get(&place)?.changes.get(field)
    }

    fn value_after(&self, place: usize, field: &Field) -> String {
        self.planned(place, field).map_or_else(|| self.value(place, field), |change| change.to.clone())
    }

    fn keep(&mut self, place: usize, why: Why) {
        let login = self.value(place, &Field::of("login"));
        self.kept.push(Kept { user: self.known.number(place), login, why });
    }

    fn finish(mut self, today: NaiveDate) -> Undo {
        self.entries.values_mut().for_each(|entry| entry.changes.retain(|_, change| change.from != change.to));
        self.leave_what_is_taken();
        let changed = self.entries.iter().filter(|(_, entry)| !entry.changes.is_empty());
        let operations = changed.map(|(place, entry)| self.operation(*place, entry, today)).collect();
        Undo { operations, kept: self.kept }
    }

    fn operation(&self, place: usize, entry: &Entry<'_>, today: NaiveDate) -> Operation {
        let changes = entry.changes.iter().map(|(field, change)| (field.clone(), change.clone()));
        let changes: Vec<(Field, Change)> = changes.collect();
        let mark = mark(&changes, &self.value(place, &Field::of("contract-end")), today);
        let user = Identity {
            login: self.value(place, &Field::of("login")),
            employee_number: self.value(place, &Field::of("employee-number")),
        };
        let Operation { file, row, .. } = entry.origin.clone();
        Operation { act: Act::Update { user, changes: Changes(changes) }, mark, file, row }
    }

    /// What only one may have is given back only where nobody else has it, or where it is taken back from them, too.
    fn leave_what_is_taken(&mut self) {
        for unique in [&["login"][..], &["mail"], &["establishment", "employee-number"]] {
            let fields: Vec<Field> = unique.iter().map(|name| Field::of(name)).collect();
            let index = Index::new(self.known, &fields);
            let places: Vec<usize> = self.entries.keys().copied().collect();
            for place in places {
                let Some((field, holder)) = self.holder(place, &fields, &index) else { continue };
                let entry = self.entries.get_mut(&place).expect("the place is of an entry");
                let value = entry.changes.remove(&field).expect("the field was to change").to;
                let by = self.value(holder, &Field::of("login"));
                self.keep(place, Why::Taken { field, value, by });
            }
        }
    }

    /// Who has, and keeps, what the user would get back; with the field that was to change.
    fn holder(&self, place: usize, fields: &[Field], index: &Index<'_>) -> Option<(Field, usize)> {
        let field = fields.iter().rfind(|field| self.planned(place, field).is_some())?;
        let values: Vec<String> = fields.iter().map(|field| self.value_after(place, field)).collect();
        let values: Vec<&str> = values.iter().map(String::as_str).collect();
        if values.iter().any(|value| value.is_empty()) {
            return None;
        }
        let keeps = |holder: &usize| fields.iter().all(|field| self.planned(*holder, field).is_none());
        let mut holders = index.get(&key(&values)).into_iter().map(|holder| holder as usize);
        let holder = holders.find(|holder| *holder != place && keeps(holder))?;
        Some((field.clone(), holder))
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::model::operation::Values;
    use crate::model::table::Chunk;

    /// Ada is user 1, Bo user 2, Cy user 3, whose login was once `cyril`.
    fn known() -> People {
        let mut chunk = Chunk::default();
        let rows = ["ada;ada@acme.fr;Support;;", "bo;bo@acme.fr;Sales;cy;2026-12-31", "cy;cy@acme.fr;Sales;ada;"];
        for (row, number) in rows.iter().zip(1..) {
            row.split(';').for_each(|cell| chunk.cell(cell));
            chunk.end_row(number, number);
        }
        let fields = "login;mail;department;manager;contract-end".split(';').map(Field::of).collect();
        People::new(fields, chunk.into())
    }

    fn update(user: u32, changes: &[(&str, &str, &str)]) -> Done {
        let change = |from: &str, to: &str| Change { from: from.into(), to: to.into() };
        let changes = changes.iter().map(|(field, from, to)| (Field::of(field), change(from, to))).collect();
        done(user, Act::Update { user: nobody(), changes: Changes(changes) })
    }

    fn done(user: u32, act: Act) -> Done {
        Done { user, operation: Operation { act, mark: None, file: "users.csv".into(), row: user + 1 } }
    }

    fn nobody() -> Identity {
        Identity { login: "then".into(), employee_number: String::new() }
    }

    /// What is taken back and what is kept, one line each.
    fn undone(done: &[Done]) -> Vec<String> {
        let former = HashMap::from([("cyril".to_string(), 3)]);
        let today = NaiveDate::from_ymd_opt(2026, 3, 1).expect("a day");
        let Undo { operations, kept } = undo(done, &known(), &former, today);
        let operations = operations.into_iter().map(|operation| {
            let Act::Update { user, changes } = operation.act else { panic!("an undo only updates") };
            let changes = changes.0.iter().map(|(field, change)| format!(" {field}:{}>{}", change.from, change.to));
            format!("{}{}", user.login, changes.collect::<String>())
        });
        operations.chain(kept.into_iter().map(|kept| format!("{} {:?}", kept.login, kept.why))).collect()
    }

    #[test]
    fn what_still_stands_is_taken_back_and_the_rest_is_kept() {
        let created = done(3, Act::Create { user: nobody(), fields: Values::default() });
        let changed = update(1, &[("department", "", "Support"), ("mail", "a@acme.fr", "b@acme.fr")]);
        let left = update(2, &[("contract-end", "", "2026-12-31"), ("department", "Sales", "Support")]);
        assert_eq!(
            undone(&[created, changed, left]),
            [
                "ada department:Support>",
                "bo contract-end:2026-12-31>",
                r#"bo Back { field: department, now: "Sales" }"#,
                r#"ada Overtaken { field: mail, now: "ada@acme.fr" }"#,
                "cy Created",
            ]
        );
    }

    #[test]
    fn what_was_changed_twice_comes_back_to_what_it_was_at_first() {
        let twice = [update(2, &[("department", "IT", "Support")]), update(2, &[("department", "Support", "Sales")])];
        assert_eq!(undone(&twice), ["bo department:Sales>IT"]);
        let and_back = [update(2, &[("department", "Sales", "IT")]), update(2, &[("department", "IT", "Sales")])];
        assert_eq!(undone(&and_back), [""; 0]);
    }

    #[test]
    fn a_manager_is_known_by_the_login_of_today() {
        assert_eq!(undone(&[update(2, &[("manager", "ada", "cyril")])]), ["bo manager:cy>ada"]);
        assert_eq!(undone(&[update(3, &[("manager", "CYRIL", "ada")])]), ["cy manager:ada>cy"]);
    }

    #[test]
    fn what_another_user_has_now_is_not_given_back_unless_it_is_taken_from_them_too() {
        let ada = || update(1, &[("mail", "bo@acme.fr", "ada@acme.fr")]);
        assert_eq!(undone(&[ada()]), [r#"ada Taken { field: mail, value: "bo@acme.fr", by: "bo" }"#]);
        let bo = update(2, &[("mail", "b@acme.fr", "bo@acme.fr")]);
        assert_eq!(undone(&[ada(), bo]), ["ada mail:ada@acme.fr>bo@acme.fr", "bo mail:bo@acme.fr>b@acme.fr"]);
    }
}
