//! `end-before-start`: a contract that ends before it starts.

use chrono::NaiveDate;

use super::bad_date;
use super::sheet::{Sheet, Slot};
use crate::model::{Example, Field, Rule, Severity, Text};
use crate::text;

pub static RULE: Rule = Rule {
    code: "end-before-start",
    severity: Severity::Error,
    meaning: Text::of("The contract ends before it starts.", "Le contrat se termine avant de commencer."),
    correction: Text::of("Correct one of the two days.", "Corrigez l'une des deux dates."),
    example: Example {
        wrong: "login;dtContractStart;dtContractEnd\nada;01/03/2026;28/02/2026",
        right: "login;dtContractStart;dtContractEnd\nada;01/03/2026;28/02/2027",
    },
};

/// An end is compared with the start that the row gives, else with the one that is known. A start alone is not
/// compared: after the known end, it is a return.
pub fn check(sheet: &mut Sheet<'_>) {
    let end = sheet.slot(&Field::of("contract-end"));
    let start = sheet.slot(&Field::of("contract-start"));
    if end.reader.is_none() {
        return;
    }
    for row in 0..sheet.standings.len() {
        let said = sheet.said(row, &end);
        if said.is_empty() || !sheet.standings[row].readable {
            continue;
        }
        let (Some(last), Some(first)) = (bad_date::day(said), bad_date::day(sheet.after(row, &start))) else {
            continue;
        };
        if last < first {
            refuse(sheet, row, &end, first);
        }
    }
}

fn refuse(sheet: &mut Sheet<'_>, row: usize, end: &Slot, first: NaiveDate) {
    let first = first.format("%d/%m/%Y");
    let problem = text!("is before the start of the contract, `{first}`", "précède le début du contrat, `{first}`");
    let expected = Text::of(
        "the last day of the contract, on its first day or later",
        "le dernier jour du contrat, au plus tôt son premier jour",
    );
    let finding = RULE.at(sheet.place(row, end), problem).read(sheet.said(row, end)).expected(expected);
    sheet.refuse(row, finding);
}

#[cfg(test)]
mod tests {
    use super::super::sample::Trial;

    #[test]
    fn an_end_is_compared_with_the_start_of_the_row_else_with_the_known_one() {
        let rows = ["ada;01/03/2026;28/02/2026", "bo;;31/12/2019", "cy;;31/12/2026", "kim1;01/03/2026;01/03/2026"];
        let findings = Trial::default().findings("login;dtContractStart;dtContractEnd", &rows);
        let sentences: Vec<&str> = findings.iter().map(|(_, sentence)| &**sentence).collect();
        assert_eq!(
            sentences,
            [
                "C2 dtContractEnd: `28/02/2026` is before the start of the contract, `01/03/2026`; expected the last \
                 day of the contract, on its first day or later",
                "C3 dtContractEnd: `31/12/2019` is before the start of the contract, `01/01/2020`; expected the last \
                 day of the contract, on its first day or later",
            ]
        );
    }

    #[test]
    fn a_new_start_after_the_known_end_is_a_return() {
        let findings = Trial::default().findings("login;dtContractStart;dtContractEnd", &["kim2;01/03/2026;"]);
        assert_eq!(findings, []);
    }
}
