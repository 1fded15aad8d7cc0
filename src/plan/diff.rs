//! Diff: what is known and what was delivered, compared person by person.

use chrono::NaiveDate;

use crate::model::field::Kind;
use crate::model::index::{Index, key};
use crate::model::operation::{Act, Change, Changes, Identity, Mark, Values};
use crate::model::people;
use crate::model::table::Row;
use crate::model::{Delivered, Field, Operation, People, date};

/// One operation for each delivered row that says something new, in file order. Whoever is not in the file is left
/// alone, and an empty cell keeps what is there. `file` is the name that the operations bear; whose contract ended
/// before `today` has left.
///
/// Who has left and gets a contract that starts later returns: the end of the former contract is then emptied, unless
/// the file gives the new one. Besides that, a file empties only what a cell asks to empty in so many words
/// ([`Delivered::cleared`]); only an undo that a person approved may empty more.
pub fn diff(
    known: &People,
    delivered: &Delivered,
    identify_by: &[Field],
    file: &str,
    today: NaiveDate,
) -> Vec<Operation> {
    let comparison = Comparison::new(known, delivered, identify_by, today);
    delivered.table.rows().filter_map(|row| comparison.operation(row, file)).collect()
}

struct Comparison<'a> {
    known: &'a People,
    delivered: &'a Delivered,
    today: NaiveDate,
    index: Index<'a>,
    /// The columns of the file that say who is meant.
    keys: Vec<Option<usize>>,
    /// Where the people have what the file's columns have; None for a key, which never changes.
    columns: Vec<Option<people::Column>>,
    login: people::Column,
    employee_number: people::Column,
    contract_end: people::Column,
}

impl<'a> Comparison<'a> {
    fn new(known: &'a People, delivered: &'a Delivered, identify_by: &[Field], today: NaiveDate) -> Comparison<'a> {
        let changing = |field: &Field| (!identify_by.contains(field)).then(|| known.column(field));
        Comparison {
            known,
            delivered,
            today,
            index: Index::new(known, identify_by),
            keys: identify_by.iter().map(|field| delivered.column(field)).collect(),
            columns: delivered.fields.iter().map(changing).collect(),
            login: known.column(&Field::of("login")),
            employee_number: known.column(&Field::of("employee-number")),
            contract_end: known.column(&Field::of("contract-end")),
        }
    }

    /// A row that does not say who is meant, or could be several people, was left out before; here it does nothing.
    fn operation(&self, row: Row<'_>, file: &str) -> Option<Operation> {
        let values: Vec<&str> = self.keys.iter().map(|column| column.map_or("", |column| row.cell(column))).collect();
        if values.iter().any(|value| value.is_empty()) {
            return None;
        }
        let (act, mark) = match self.index.get(&key(&values))[..] {
            [] => (self.creation(row), Some(Mark::Arrival)),
            [person] => self.update(person as usize, row)?,
            [_, ..] => return None,
        };
        Some(Operation { act, mark, file: file.into(), row: row.number() })
    }

    fn creation(&self, row: Row<'_>) -> Act {
        let said = self.delivered.fields.iter().zip(row.cells()).filter(|(_, value)| !value.is_empty());
        let fields = Values(said.map(|(field, value)| (field.clone(), value.to_string())).collect());
        let of = |name: &str| {
            fields.0.iter().find(|(field, _)| field.is(name)).map(|(_, value)| value.clone()).unwrap_or_default()
        };
        let user = Identity { login: of("login"), employee_number: of("employee-number") };
        Act::Create { user, fields }
    }

    fn update(&self, person: usize, row: Row<'_>) -> Option<(Act, Option<Mark>)> {
        let mut changes = Vec::new();
        for (index, (field, to)) in self.delivered.fields.iter().zip(row.cells()).enumerate() {
            let Some(column) = &self.columns[index] else { continue };
            let from = self.known.value(person, column);
            let is_said = !to.is_empty() || self.delivered.cleared.contains(&(row.number(), index));
            if is_said && !is_same(field, from, to) {
                changes.push((field.clone(), Change { from: from.into(), to: to.into() }));
            }
        }
        if changes.is_empty() {
            return None;
        }
        let end = self.known.value(person, &self.contract_end);
        let mark = mark(&changes, end, self.today);
        if mark == Some(Mark::Return) && !changes.iter().any(|(field, _)| field.is("contract-end")) {
            changes.push((Field::of("contract-end"), Change { from: end.into(), to: String::new() }));
        }
        let user = Identity {
            login: self.known.value(person, &self.login).into(),
            employee_number: self.known.value(person, &self.employee_number).into(),
        };
        Some((Act::Update { user, changes: Changes(changes) }, mark))
    }
}

/// Logins are the same whatever their case.
pub(super) fn is_same(field: &Field, from: &str, to: &str) -> bool {
    let is_login = field.kind() == Kind::Person || field.is("login");
    from == to || (is_login && from.to_lowercase() == to.to_lowercase())
}

/// A start after the end that has passed is a return, and so is to empty that end; an end that becomes known, or comes
/// sooner, is a departure.
pub(super) fn mark(changes: &[(Field, Change)], known_end: &str, today: NaiveDate) -> Option<Mark> {
    let change = |name: &str| changes.iter().find(|(field, _)| field.is(name)).map(|(_, change)| change);
    let known_end = date::iso(known_end);
    let is_endless = change("contract-end").is_some_and(|change| change.to.is_empty());
    let start = change("contract-start").and_then(|change| date::iso(&change.to));
    let end = change("contract-end").and_then(|change| date::iso(&change.to));
    match (known_end, start, end) {
        (Some(left), Some(start), _) if left < today && start > left => Some(Mark::Return),
        (Some(left), ..) if left < today && is_endless => Some(Mark::Return),
        (None, _, Some(_)) => Some(Mark::Departure),
        (Some(known), _, Some(end)) if end < known => Some(Mark::Departure),
        _ => None,
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::model::Table;
    use crate::model::table::Chunk;

    fn table(rows: &[&str]) -> Table {
        let mut chunk = Chunk::default();
        for (row, number) in rows.iter().zip(2..) {
            row.split(';').for_each(|cell| chunk.cell(cell));
            chunk.end_row(number, number);
        }
        chunk.into()
    }

    fn fields(names: &str) -> Vec<Field> {
        names.split(';').map(Field::of).collect()
    }

    /// One line an operation: what is done, to whom, with what.
    fn operations(names: &str, rows: &[&str], identify_by: &[&str]) -> Vec<String> {
        let known = People::new(
            fields("login;mail;employee-number;department;manager;contract-start;contract-end"),
            table(&[
                "ada;ada@acme.fr;0001;Sales;ada;2020-01-01;",
                "bo;bo@acme.fr;0002;Sales;ada;2020-01-01;2026-12-31",
                "cy;cy@acme.fr;0003;Sales;ada;2020-01-01;2023-06-30",
            ]),
        );
        // A cell that holds `#` asks to empty the field.
        let asks = |(index, row): (usize, &&str)| {
            let cells = row.split(';').enumerate().filter(|(_, cell)| *cell == "#");
            cells.map(|(column, _)| (index as u32 + 2, column)).collect::<Vec<_>>()
        };
        let cleared = rows.iter().enumerate().flat_map(asks).collect();
        let rows: Vec<String> = rows.iter().map(|row| row.replace('#', "")).collect();
        let rows: Vec<&str> = rows.iter().map(String::as_str).collect();
        let delivered = Delivered { fields: fields(names), table: table(&rows), cleared };
        let identify_by: Vec<Field> = identify_by.iter().map(|name| Field::of(name)).collect();
        let today = NaiveDate::from_ymd_opt(2026, 3, 1).expect("a day");
        let operations = diff(&known, &delivered, &identify_by, "users.csv", today);
        operations.iter().map(line).collect()
    }

    fn line(operation: &Operation) -> String {
        let mut line = match &operation.act {
            Act::Create { user, fields } => {
                let fields = fields.0.iter().map(|(field, value)| format!(" {field}={value}"));
                format!("{} create {}{}", operation.row, user.login, fields.collect::<String>())
            }
            Act::Update { user, changes } => {
                let changes = changes.0.iter().map(|(field, change)| format!(" {field}:{}>{}", change.from, change.to));
                format!("{} update {}{}", operation.row, user.login, changes.collect::<String>())
            }
        };
        if let Some(mark) = operation.mark {
            line += &format!(" {mark:?}");
        }
        line
    }

    #[test]
    fn only_what_differs_becomes_an_operation() {
        let rows = ["ADA;Support;ADA", "bo;;", "cy;Sales;bo", "new;Sales;"];
        assert_eq!(
            operations("login;department;manager", &rows, &["login"]),
            [
                "2 update ada department:Sales>Support",
                "4 update cy manager:ada>bo",
                "5 create new login=new department=Sales Arrival",
            ]
        );
    }

    #[test]
    fn a_login_changes_only_where_it_is_not_the_key() {
        assert_eq!(
            operations("mail;login", &["ADA@acme.fr;ada2", "bo@acme.fr;BO"], &["mail"]),
            ["2 update ada login:ada>ada2"]
        );
    }

    #[test]
    fn departures_and_returns_are_marked() {
        let rows = [
            "ada;;2026-04-30",
            "bo;;2026-06-30",
            "bo;;2027-06-30",
            "cy;2026-04-01;",
            "cy;2026-04-01;2026-09-30",
            "cy;2019-01-01;",
            "bo;2027-01-01;",
        ];
        assert_eq!(
            operations("login;contract-start;contract-end", &rows, &["login"]),
            [
                "2 update ada contract-end:>2026-04-30 Departure",
                "3 update bo contract-end:2026-12-31>2026-06-30 Departure",
                "4 update bo contract-end:2026-12-31>2027-06-30",
                "5 update cy contract-start:2020-01-01>2026-04-01 contract-end:2023-06-30> Return",
                "6 update cy contract-start:2020-01-01>2026-04-01 contract-end:2023-06-30>2026-09-30 Return",
                "7 update cy contract-start:2020-01-01>2019-01-01",
                "8 update bo contract-start:2020-01-01>2027-01-01",
            ]
        );
    }

    #[test]
    fn only_a_cell_that_asks_for_it_empties_a_field() {
        let rows = ["ada;;#", "bo;#;", "cy;#;", "bo;;"];
        assert_eq!(
            operations("login;contract-end;employee-number", &rows, &["login"]),
            [
                "2 update ada employee-number:0001>",
                "3 update bo contract-end:2026-12-31>",
                "4 update cy contract-end:2023-06-30> Return",
            ]
        );
        assert_eq!(operations("login;contract-end", &["ada;#"], &["login"]), [""; 0], "it is empty already");
    }

    #[test]
    fn a_row_without_its_key_does_nothing() {
        assert_eq!(operations("login;department", &[";Support"], &["login"]), [""; 0]);
        assert_eq!(operations("department", &["Support"], &["login"]), [""; 0]);
    }
}
