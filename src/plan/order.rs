//! Order: operations so that nobody names a manager who does not exist yet.

use std::collections::HashMap;

use crate::model::Operation;
use crate::model::field::{DATA, Kind};

/// Brings managers before those who report to them, and otherwise keeps the order of the file. A change of login comes
/// last: until then everybody is spoken of by the login that is known.
pub fn order(operations: Vec<Operation>) -> Vec<Operation> {
    let places = places(&operations);
    let (renaming, others): (Vec<usize>, Vec<usize>) = places
        .into_iter()
        .partition(|place| !operations[*place].is_creation() && operations[*place].sets("login").is_some());
    let places = [others, renaming].concat();
    if places.is_sorted() {
        return operations;
    }
    let mut operations: Vec<Option<Operation>> = operations.into_iter().map(Some).collect();
    let taken = places.into_iter().map(|place| operations[place].take());
    taken.map(|operation| operation.expect("each place is taken once")).collect()
}

/// The places of the operations, in the order in which they come now. Each one stands there once, also if managers form
/// a circle.
fn places(operations: &[Operation]) -> Vec<usize> {
    let created: HashMap<String, usize> = operations
        .iter()
        .enumerate()
        .filter(|(_, operation)| operation.is_creation())
        .map(|(place, operation)| (operation.user().login.to_lowercase(), place))
        .collect();
    let mut placed = Vec::with_capacity(operations.len());
    let mut steps = vec![Step::Open; operations.len()];
    for first in 0..operations.len() {
        let mut path = vec![first];
        while let Some(place) = path.last().copied() {
            let awaited =
                awaited(&operations[place], &created).find(|other| steps[*other] == Step::Open && *other != place);
            match (steps[place], awaited) {
                (Step::Placed, _) => drop(path.pop()),
                (_, Some(other)) => {
                    steps[place] = Step::Awaiting;
                    path.push(other);
                }
                (_, None) => {
                    steps[place] = Step::Placed;
                    placed.push(place);
                    path.pop();
                }
            }
        }
    }
    placed
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Step {
    Open,
    /// Somebody whom it names comes first.
    Awaiting,
    Placed,
}

/// The creations of those whom the operation names.
fn awaited(operation: &Operation, created: &HashMap<String, usize>) -> impl Iterator<Item = usize> {
    let people = DATA.iter().filter(|datum| datum.kind == Kind::Person);
    people.filter_map(|datum| created.get(&operation.sets(datum.name)?.to_lowercase()).copied())
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;
    use crate::model::Field;
    use crate::model::operation::{Act, Change, Changes, Identity, Values};

    fn creation(login: &str, manager: &str, row: u32) -> Operation {
        let user = Identity { login: login.into(), employee_number: String::new() };
        let fields = [("login", login), ("manager", manager)].map(|(field, value)| (Field::of(field), value.into()));
        Operation { act: Act::Create { user, fields: Values(fields.into()) }, mark: None, file: "f".into(), row }
    }

    fn update(login: &str, field: &str, to: &str, row: u32) -> Operation {
        let user = Identity { login: login.into(), employee_number: String::new() };
        let changes = Changes(vec![(Field::of(field), Change { from: String::new(), to: to.into() })]);
        Operation { act: Act::Update { user, changes }, mark: None, file: "f".into(), row }
    }

    fn rows(operations: &[Operation]) -> Vec<u32> {
        operations.iter().map(|operation| operation.row).collect()
    }

    #[test]
    fn managers_come_before_their_reports_and_the_rest_stays() {
        let operations = vec![
            update("old", "manager", "Boss", 2),
            creation("intern", "lead", 3),
            creation("solo", "solo", 4),
            creation("lead", "boss", 5),
            creation("boss", "boss", 6),
            update("other", "manager", "old", 7),
        ];
        assert_eq!(rows(&order(operations)), [6, 2, 5, 3, 4, 7]);
    }

    #[test]
    fn an_hr_manager_is_awaited_too() {
        let operations = vec![update("old", "hr-manager", "hr", 2), creation("hr", "", 3)];
        assert_eq!(rows(&order(operations)), [3, 2]);
    }

    #[test]
    fn a_change_of_login_comes_last() {
        let operations = vec![update("old", "login", "new", 2), update("other", "manager", "old", 3)];
        assert_eq!(rows(&order(operations)), [3, 2]);
    }

    #[test]
    fn a_long_line_of_managers_is_no_trouble() {
        let person = |number: u32| creation(&number.to_string(), &(number + 1).to_string(), number);
        let ordered = order((0..50_000).map(person).collect());
        assert_eq!(ordered[0].row, 49_999);
    }

    proptest! {
        #[test]
        fn no_operation_is_lost_or_doubled_also_where_managers_form_circles(
            people in prop::collection::vec((0_u32..12, 0_u32..12, any::<bool>()), 0..12)
        ) {
            let operations: Vec<Operation> = people
                .iter()
                .zip(2..)
                .map(|((login, manager, creates), row)| {
                    let (login, manager) = (login.to_string(), manager.to_string());
                    if *creates { creation(&login, &manager, row) } else { update(&login, "manager", &manager, row) }
                })
                .collect();
            let before = rows(&operations);
            let ordered = order(operations);
            let mut after = rows(&ordered);
            after.sort();
            prop_assert_eq!(before, after);
        }

        #[test]
        fn everybody_is_created_before_they_are_named(
            logins in Just((1..20_u32).collect::<Vec<u32>>()).prop_shuffle(),
            above in prop::collection::vec(any::<prop::sample::Index>(), 20),
            creates in prop::collection::vec(any::<bool>(), 20),
        ) {
            // Whoever has a higher number reports to somebody with a lower one, so that there is no circle.
            let operation = |(login, row): (&u32, u32)| {
                let manager = above[*login as usize].index(*login as usize).to_string();
                match creates[row as usize] {
                    true => creation(&login.to_string(), &manager, row),
                    false => update(&login.to_string(), "manager", &manager, row),
                }
            };
            let operations: Vec<Operation> = logins.iter().zip(0..).map(operation).collect();
            let ordered = order(operations);
            let created_at = |login: &str| {
                ordered.iter().position(|operation| operation.is_creation() && operation.user().login == login)
            };
            for (place, operation) in ordered.iter().enumerate() {
                let manager = operation.sets("manager").and_then(created_at);
                prop_assert!(manager.is_none_or(|manager| manager < place), "{:?}", ordered);
            }
        }
    }
}
