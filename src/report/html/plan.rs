//! The plan on the page: what would be done, or was done, to whom, before and after.

use std::collections::BTreeMap;

use maud::{Markup, html};

use super::Page;
use crate::model::operation::{Act, Mark};
use crate::model::{Field, Operation, Text};
use crate::report::count::{self, counted, grouped};
use crate::report::page::visible;

/// Operations that are listed; the rest is only counted.
const OPERATIONS: usize = 2000;

/// A longer plan is folded away, unless somebody has to decide on it.
const UNFOLDED: usize = 50;

impl Page<'_> {
    /// What touches people who are known comes first: a departure is seldom, and creations are many.
    pub fn plan(self, operations: &[Operation], is_held: bool, id: &str) -> Markup {
        let title = self.is("Plan: before and after", "Plan : avant et après");
        let mut sorted: Vec<&Operation> = operations.iter().collect();
        sorted.sort_by_key(|operation| (operation.is_creation(), operation.mark != Some(Mark::Departure)));
        html! {
            @if !operations.is_empty() {
                details id=(format!("{id}-plan")) open[is_held || operations.len() <= UNFOLDED] {
                    summary { (self.bound(title)) " (" (self.number(operations.len())) ")" }
                    p { (self.sentence(self.sum(operations).is(self.language))) }
                    div.wide tabindex="0" role="region" aria-label=(title) {
                        table.plan {
                            thead { tr {
                                th scope="col" { (self.is("row", "ligne")) }
                                th scope="col" { (self.is("user", "utilisateur")) }
                                th scope="col" { (self.is("operation", "opération")) }
                                th scope="col" { (self.is("fields", "champs")) }
                            } }
                            tbody { @for operation in sorted.iter().take(OPERATIONS) { (self.operation(operation)) } }
                        }
                    }
                    @if operations.len() > OPERATIONS { (self.more(operations.len() - OPERATIONS)) }
                }
            }
        }
    }

    /// How many users, and of those who are known, how many in which field.
    fn sum(self, operations: &[Operation]) -> Text {
        let of = |mark| operations.iter().filter(|operation| operation.mark == Some(mark)).count();
        let created = operations.iter().filter(|operation| operation.is_creation()).count();
        let kinds = [
            (operations.len() - created, &count::UPDATED),
            (of(Mark::Departure), &count::DEPARTURES),
            (of(Mark::Return), &count::RETURNS),
            (created, &count::CREATED),
        ];
        let kinds = kinds.iter().filter(|(number, _)| *number > 0).map(|(number, noun)| counted(*number, noun));
        let sum = count::list(&kinds.collect::<Vec<Text>>());
        let mut fields: BTreeMap<&Field, usize> = BTreeMap::new();
        for operation in operations {
            if let Act::Update { changes, .. } = &operation.act {
                changes.0.iter().for_each(|(field, _)| *fields.entry(field).or_default() += 1);
            }
        }
        if fields.is_empty() {
            return sum;
        }
        let mut fields: Vec<(&Field, usize)> = fields.into_iter().collect();
        fields.sort_by_key(|(_, number)| std::cmp::Reverse(*number));
        let fields = fields.iter().map(|(field, number)| Text::same(format!("`{field}` ")).then(&grouped(*number)));
        let fields = count::list(&fields.collect::<Vec<Text>>());
        sum.then(&Text::of("; fields changed: ", " ; champs modifiés : ")).then(&fields)
    }

    fn operation(self, operation: &Operation) -> Markup {
        let what = match operation.mark {
            Some(Mark::Arrival) => self.is("creation, an arrival", "création, une arrivée"),
            Some(Mark::Departure) => self.is("update, a departure", "mise à jour, un départ"),
            Some(Mark::Return) => self.is("update, a return", "mise à jour, un retour"),
            None if operation.is_creation() => self.is("creation", "création"),
            None => self.is("update", "mise à jour"),
        };
        html! {
            tr {
                td { (operation.row) }
                th scope="row" { (visible(&operation.user().login)) }
                td { (what) }
                td { ul.fields.inline[operation.is_creation()] {
                    @match &operation.act {
                        Act::Create { fields, .. } => {
                            @for (field, value) in &fields.0 { li { code { (field) } " " ins { (visible(value)) } } }
                        }
                        Act::Update { changes, .. } => {
                            @for (field, change) in &changes.0 {
                                li { code { (field) } " " del { (self.value(&change.from)) } " → " ins { (self.value(&change.to)) } }
                            }
                        }
                    }
                } }
            }
        }
    }

    fn value(self, value: &str) -> String {
        if value.is_empty() { self.is("(empty)", "(vide)").into() } else { visible(value) }
    }
}
