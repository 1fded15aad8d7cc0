//! `manager-left-out`: a manager whom only this file creates, on a row that is left out.

use super::fault::Rule;
use super::reference::{References, Who};
use super::sheet::Sheet;
use crate::model::Severity;

pub static RULE: Rule = Rule {
    code: "manager-left-out",
    severity: Severity::Error,
    meaning: "The manager would be created by a row that is left out, so the row has to wait; correct the manager's row.",
};

/// Leaves out the rows whose manager does not come to be. True: there were some, and others may hang on them.
pub fn check(sheet: &mut Sheet<'_>, references: &[References]) -> bool {
    let mut some = false;
    for References { slot, to } in references {
        for (row, who) in to.iter().enumerate() {
            let Some(Who::Row(manager)) = *who else { continue };
            let manager = manager as usize;
            if manager == row || sheet.standings[row].out || !sheet.standings[manager].out {
                continue;
            }
            let problem = format!("would be created by row {}, which is left out", sheet.number(manager));
            let finding = RULE.at(sheet.place(row, slot), problem).read(sheet.after(row, slot));
            sheet.refuse(row, finding.expected(format!("row {} to be corrected first", sheet.number(manager))));
            some = true;
        }
    }
    some
}
