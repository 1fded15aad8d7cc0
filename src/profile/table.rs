//! A profile as a table for people: heading, level, field, sensitivity, where it comes from.

use super::complaint::quoted;
use super::export::{self, Export, File};
use super::{Contract, Profile};
use crate::model::Field;
use crate::model::field::{Bearer, Relation};
use crate::rule::column::{Column, Creation, KEY};

impl Profile {
    /// One row a column: heading, level, field, sensitivity, and whose datum it is; where it is read from a file, by which
    /// other headings.
    pub fn table(&self) -> Vec<[String; 5]> {
        match &self.contract {
            Contract::Export(export) => written(export),
            Contract::Import(import) => import.columns.iter().map(|column| read(column, creation(column))).collect(),
            Contract::People(people) => people.columns.iter().map(|column| read(column, "where present")).collect(),
        }
    }
}

fn written(export: &Export) -> Vec<[String; 5]> {
    export.files.iter().flat_map(of_file).collect()
}

fn of_file(file: &File) -> Vec<[String; 5]> {
    let is_first = |(index, column): &(usize, &export::Column)| match (&column.repetition, index.checked_sub(1)) {
        (Some(this), Some(before)) => {
            file.columns[before].repetition.as_ref().is_none_or(|other| other.pattern != this.pattern)
        }
        _ => true,
    };
    let whose = |field| match file.name.as_str() {
        "" => whose(field),
        name => format!("{}, in `{name}`", whose(field)),
    };
    file.columns
        .iter()
        .enumerate()
        .filter(is_first)
        .map(|(_, column)| {
            let range = |text: &str| match &column.repetition {
                Some(repetition) => format!("{text} to {}", repetition.most),
                None => text.into(),
            };
            [
                range(&column.heading),
                level(column),
                column.field.as_ref().map_or(String::new(), |field| range(field.name())),
                export::name(column.sensitivity).into(),
                column.field.as_ref().map_or("constant".into(), whose),
            ]
        })
        .collect()
}

fn level(column: &export::Column) -> String {
    match column.may_be_empty {
        true => format!("{}, may be empty", column.level.name()),
        false => column.level.name().into(),
    }
}

/// `the person`, `the manager`, `the manager's HR manager`.
fn whose(field: &Field) -> String {
    let people: Vec<&str> = field
        .relations()
        .map(|relation| match relation {
            Relation::Manager => "manager",
            Relation::HrManager => "HR manager",
        })
        .collect();
    match people.is_empty() {
        true if field.datum().bearer == Bearer::Department => "the department".into(),
        true if field.datum().bearer == Bearer::CostCenter => "the cost centre".into(),
        true => "the person".into(),
        false => format!("the {}", people.join("'s ")),
    }
}

fn read(column: &Column, level: &str) -> [String; 5] {
    let sensitivity = Field::parse(&column.field.replace(KEY, "0"))
        .map(|field| export::name(field.sensitivity()))
        .expect("a profile's fields were checked when it was read");
    let also = match column.aliases.as_slice() {
        [] => String::new(),
        aliases => format!("also {}", quoted(aliases.iter().map(String::as_str))),
    };
    [column.heading.clone(), level.into(), column.field.clone(), sensitivity.into(), also]
}

fn creation(column: &Column) -> &'static str {
    match (column.creation, column.default) {
        (Creation::Required, false) => "required",
        (Creation::Required, true) => "required, or a default",
        (Creation::Optional, false) => "optional",
        (Creation::Optional, true) => "optional, or a default",
    }
}
