//! Unreadable is not absent: whatever rows a file loses, and whatever is wrong with the others, nobody who is not on a
//! good row is touched, and nothing is emptied.

use std::collections::BTreeSet;

use chrono::NaiveDate;
use passerelle::model::operation::Act;
use passerelle::model::table::Chunk;
use passerelle::model::{Field, Finding, Operation, People, Place, Severity, Table, Text};
use passerelle::plan;
use passerelle::rule::column::{Check, Creation};
use passerelle::rule::{self, Additions, Column, Contract, Surroundings};
use proptest::prelude::*;

const PEOPLE: usize = 12;
const FIELDS: [&str; 6] = ["login", "last-name", "birth-date", "contract-start", "contract-end", "manager"];

/// What happens to a row of a clean file on its way.
#[derive(Debug, Clone, Copy, PartialEq)]
enum Fate {
    Kept,
    Changed,
    Lost,
    Cut,
    BadCell,
    NoKey,
    Doubled,
    Unreadable,
}

fn fate() -> impl Strategy<Value = Fate> {
    use Fate::{BadCell, Changed, Cut, Doubled, Kept, Lost, NoKey, Unreadable};
    prop_oneof![
        4 => Just(Kept),
        2 => Just(Changed),
        4 => prop::sample::select(vec![Lost, Cut, BadCell, NoKey, Doubled, Unreadable])
    ]
}

/// Everybody reports to the one before.
fn person(number: usize) -> [String; 6] {
    let end = if number.is_multiple_of(3) { "2030-12-31" } else { "" };
    let manager = format!("p{}", number.saturating_sub(1));
    [&format!("p{number}"), &format!("Name {number}"), "1990-05-17", "2020-01-15", end, &manager].map(String::from)
}

fn rows_of(fate: Fate, mut cells: [String; 6]) -> Vec<Vec<String>> {
    match fate {
        Fate::Lost => return Vec::new(),
        Fate::Changed => cells[1] = "Changed".into(),
        Fate::Cut => return vec![cells[..3].to_vec()],
        Fate::BadCell => cells[2] = "17/05/90".into(),
        Fate::NoKey => cells[0].clear(),
        Fate::Doubled => return vec![cells.to_vec(), cells.to_vec()],
        Fate::Kept | Fate::Unreadable => {}
    }
    vec![cells.to_vec()]
}

fn columns() -> Vec<Column> {
    let column = |name: &&str| {
        let check =
            Check { date: name.contains('-') && *name != "last-name", person: *name == "manager", ..Check::default() };
        let (heading, field) = (name.to_string(), name.to_string());
        Column {
            heading,
            aliases: Vec::new(),
            field,
            creation: Creation::Optional,
            default: false,
            check,
            numbered: false,
            examples: Vec::new(),
        }
    };
    FIELDS.iter().map(column).collect()
}

fn table(rows: &[Vec<String>]) -> Table {
    let mut chunk = Chunk::default();
    for (row, number) in rows.iter().zip(2..) {
        row.iter().for_each(|cell| chunk.cell(cell));
        chunk.end_row(number, number);
    }
    chunk.into()
}

/// The operations of a file in which each row met its fate.
fn operations(fates: &[Fate]) -> Vec<Operation> {
    let everybody: Vec<Vec<String>> = (0..PEOPLE).map(|number| person(number).to_vec()).collect();
    let known = People::new(FIELDS.iter().map(|name| Field::of(name)).collect(), table(&everybody));
    let met: Vec<(Fate, Vec<String>)> = fates
        .iter()
        .enumerate()
        .flat_map(|(number, fate)| rows_of(*fate, person(number)).into_iter().map(|row| (*fate, row)))
        .collect();
    let unreadable = met.iter().zip(2..).filter(|((fate, _), _)| *fate == Fate::Unreadable);
    let reading_findings: Vec<Finding> = unreadable
        .map(|(_, number)| Finding::error("unreadable", Place::row(number, number), Text::same("is unreadable")))
        .collect();
    let file = table(&met.into_iter().map(|(_, row)| row).collect::<Vec<_>>());

    let columns = columns();
    let identify_by = [Field::of("login")];
    let contract = Contract { columns: &columns, identify_by: &identify_by, creates: true, twins: Severity::Remark };
    let around = Surroundings { known: &known, others: None, additions: &Additions::default(), absent_on: None };
    let recognised = rule::recognise(&FIELDS.map(String::from), &contract, &[]);
    let checked = rule::check(&recognised, &file, &reading_findings, &contract, &around);
    let today = NaiveDate::from_ymd_opt(2026, 3, 1).expect("a day");
    plan::order(plan::diff(&known, &checked.delivered, &identify_by, "users.csv", today))
}

proptest! {
    #[test]
    fn only_people_on_good_rows_are_touched_and_nothing_is_emptied(
        fates in prop::collection::vec(fate(), PEOPLE)
    ) {
        let operations = operations(&fates);
        let touched: BTreeSet<&str> = operations.iter().map(|operation| &*operation.user().login).collect();
        let changed: Vec<String> =
            (0..PEOPLE).filter(|number| fates[*number] == Fate::Changed).map(|number| format!("p{number}")).collect();
        prop_assert_eq!(touched, changed.iter().map(String::as_str).collect::<BTreeSet<&str>>());
        for operation in &operations {
            let Act::Update { changes, .. } = &operation.act else { panic!("nobody is new: {operation:?}") };
            prop_assert!(changes.0.iter().all(|(_, change)| !change.to.is_empty()), "{:?}", operation);
        }
    }
}
