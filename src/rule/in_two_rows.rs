//! `in-two-rows`: what only one may have, claimed by rows of different people; none of them is taken.

use std::collections::HashMap;

use super::duplicate_key::others;
use super::row_list::RowList;
use super::sheet::{Sheet, Slot};
use super::taken::said_last;
use crate::model::{Example, Rule, Severity, Text};
use crate::text;

pub static RULE: Rule = Rule {
    code: "in-two-rows",
    severity: Severity::Error,
    meaning: Text::of(
        "Rows of different people claim what only one may have, such as a login, a mail address or an employee \
         number; none of them is taken.",
        "Des lignes de personnes différentes se partagent ce qu'une seule peut avoir, comme un login, une adresse \
         e-mail ou un matricule ; aucune n'est prise.",
    ),
    correction: Text::of(
        "Leave it to one of these people, and correct the other rows.",
        "Laissez-le à l'une de ces personnes et corrigez les autres lignes.",
    ),
    example: Example {
        wrong: "login;mail\nada;hr@acme.example\nbo;hr@acme.example",
        right: "login;mail\nada;ada@acme.example\nbo;hr@acme.example",
    },
};

/// `claims` are rows by what they claim; those of the same person were reported as such.
pub fn check(sheet: &mut Sheet<'_>, claims: HashMap<String, Vec<usize>>, slots: &[Slot]) {
    for rows in claims.into_values().filter(|rows| rows.len() > 1) {
        if same_person(sheet, &rows) {
            continue;
        }
        let numbers: RowList = rows.iter().map(|row| sheet.number(*row)).collect();
        for row in &rows {
            let values: Vec<&str> = slots.iter().map(|slot| sheet.after(*row, slot)).collect();
            let place = sheet.place(*row, said_last(sheet, *row, slots));
            let others = others(&numbers, sheet.number(*row));
            let problem = text!(
                "is claimed for another person {others}; none of these rows was taken",
                "est donné aussi à une autre personne {others} ; aucune de ces lignes n'a été prise",
                others
            );
            let expected = Text::of("one person who has it", "une seule personne qui ait cette valeur");
            let finding = RULE.at(place, problem).read(values.join(" ")).expected(expected);
            sheet.refuse(*row, finding);
        }
    }
}

fn same_person(sheet: &Sheet<'_>, rows: &[usize]) -> bool {
    let keys: Vec<Slot> = sheet.contract.identify_by.iter().map(|field| sheet.slot(field)).collect();
    let person = |row: usize| -> Vec<String> { keys.iter().map(|slot| sheet.said(row, slot).to_lowercase()).collect() };
    let first = person(rows[0]);
    rows.iter().all(|row| person(*row) == first)
}

#[cfg(test)]
mod tests {
    use super::super::sample::{Trial, delivered};

    #[test]
    fn two_new_claims_to_one_number_are_both_left_out() {
        let heading = "login;firstName;lastName;mail;legalEntity;dtContractStart;department;culture;employeenumber";
        let rows = [
            "x;X;X;x@acme.fr;Paris;01/03/2026;Sales;fr-FR;0009",
            "y;Y;Y;y@acme.fr;P;01/03/2026;Sales;fr-FR;0009",
            "z;Z;Z;z@acme.fr;Lyon;01/03/2026;Sales;fr-FR;0009",
            "bo;;;;;;;;0009",
        ];
        let checked = Trial::default().check(heading, &rows);
        let findings: Vec<String> = checked.findings.iter().map(ToString::to_string).collect();
        assert_eq!(
            findings[0],
            "I2 employeenumber: `Paris 0009` is claimed for another person on rows 3, 5; none of these rows was taken; \
             expected one person who has it"
        );
        assert_eq!(checked.left_out, [2, 3, 5]);
        assert_eq!(delivered(&checked), ["z;Z;Z;z@acme.fr;Lyon;2026-03-01;Sales;fr-FR;0009"]);
    }
}
