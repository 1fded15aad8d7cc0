//! What the rows of a table are about: people, units of the organisation, or both.

use std::collections::HashMap;
use std::sync::Arc;

use crate::job::row_rules;
use crate::model::organisation::Unit;
use crate::model::table::Chunk;
use crate::model::{Field, Finding, Organisation, People, Place, RowsOf, Text};
use crate::text;

/// Subjects, one row each.
pub struct Subjects {
    /// Of units, they are no people: nobody is linked to anybody, and the number is the place in the list.
    pub people: Arc<People>,
    pub findings: Vec<Finding>,
}

const DEPARTMENT: [&str; 7] = [
    "department-code",
    "department-name",
    "department-parent",
    "department-path",
    "department-level",
    "department-head",
    "department-active",
];

const COST_CENTER: [&str; 7] = [
    "cost-center-axis",
    "cost-center-code",
    "cost-center-name",
    "cost-center-parent",
    "cost-center-path",
    "cost-center-level",
    "cost-center-active",
];

pub fn of(rows: RowsOf, people: &Arc<People>, organisation: &Organisation) -> Subjects {
    match rows {
        RowsOf::People => Subjects { people: people.clone(), findings: Vec::new() },
        RowsOf::Departments => {
            let all = &organisation.departments;
            units(DEPARTMENT, all.iter().map(|unit| of_department(unit, all)))
        }
        RowsOf::CostCenters => {
            let sections = organisation.axes.iter().flat_map(|axis| {
                axis.sections.iter().map(move |unit| {
                    let [code, name, parent, path, level, _, active] = of_department(unit, &axis.sections);
                    [axis.name.clone(), code, name, parent, path, level, active]
                })
            });
            units(COST_CENTER, sections)
        }
        RowsOf::Memberships => memberships(people, &organisation.departments),
    }
}

fn units(fields: [&str; 7], rows: impl Iterator<Item = [String; 7]>) -> Subjects {
    let mut chunk = Chunk::default();
    for (row, number) in rows.zip(1..) {
        row.iter().for_each(|cell| chunk.cell(cell));
        chunk.end_row(number, number);
    }
    let people = People::new(fields.map(Field::of).into(), chunk.into());
    Subjects { people: Arc::new(people), findings: Vec::new() }
}

/// In the order of the fields.
fn of_department(unit: &Unit, all: &[Unit]) -> [String; 7] {
    let path = unit.path(all);
    let above = path.len().checked_sub(2).map(|index| path[index]);
    let parent = above.map(|above| if above.code.is_empty() { &above.name } else { &above.code });
    [
        unit.code.clone(),
        unit.name.clone(),
        parent.cloned().unwrap_or_default(),
        called(&path),
        path.len().to_string(),
        unit.head.clone(),
        unit.is_active.to_string(),
    ]
}

fn called(path: &[&Unit]) -> String {
    path.iter().map(|unit| unit.name.as_str()).collect::<Vec<_>>().join(" / ")
}

/// Everybody with the department's data; who has none, or one that the organisation does not know, has none of these.
fn memberships(people: &People, departments: &[Unit]) -> Subjects {
    let rows: Vec<[String; 7]> = departments.iter().map(|unit| of_department(unit, departments)).collect();
    let index = Index::of(departments);
    let department = people.column(&Field::of("department"));
    let none = DEPARTMENT.map(|_| String::new());
    let (mut chunk, mut findings) = (Chunk::default(), Vec::new());
    for person in 0..people.len() {
        let row = people.table().row(person);
        let name = people.value(person, &department);
        let found = index.find(name);
        if let (Err(count), false) = (&found, name.is_empty()) {
            findings.push(not_one_department(people.number(person), name, *count));
        }
        (0..people.fields().len()).for_each(|column| chunk.cell(row.cell(column)));
        found.map_or(&none, |unit| &rows[unit]).iter().for_each(|cell| chunk.cell(cell));
        chunk.end_row(row.number(), row.number());
    }
    let fields = people.fields().iter().cloned().chain(DEPARTMENT.map(Field::of)).collect();
    Subjects { people: Arc::new(People::new(fields, chunk.into())), findings }
}

/// The places of departments by what people's data may call them: the path, the code, or the name.
struct Index<'a> {
    departments: &'a [Unit],
    named: HashMap<String, Vec<usize>>,
}

impl<'a> Index<'a> {
    fn of(departments: &'a [Unit]) -> Index<'a> {
        let mut named: HashMap<String, Vec<usize>> = HashMap::new();
        for (place, unit) in departments.iter().enumerate() {
            let mut names = vec![unit.code.clone(), unit.name.clone(), called(&unit.path(departments))];
            names.sort();
            names.dedup();
            names.retain(|name| !name.is_empty());
            names.into_iter().for_each(|name| named.entry(name).or_default().push(place));
        }
        Index { departments, named }
    }

    /// Else, how many are called so.
    fn find(&self, name: &str) -> Result<usize, usize> {
        let found = self.named.get(name).map(Vec::as_slice).unwrap_or_default();
        // What is the code of one and the name of another means the one with the code.
        let coded: Vec<usize> = found.iter().copied().filter(|place| self.departments[*place].code == name).collect();
        match (found, &coded[..]) {
            ([only], _) | (_, [only]) => Ok(*only),
            _ => Err(found.len()),
        }
    }
}

fn not_one_department(row: u32, name: &str, count: usize) -> Finding {
    let problem = match count {
        0 => Text::of("is no department of the organisation", "n'est pas un département de l'organisation"),
        _ => text!("is what {count} departments are called", "est le nom de {count} départements"),
    };
    row_rules::NOT_ONE_DEPARTMENT.at(Place { row: Some(row), ..Place::FILE }, problem).read(name)
}
