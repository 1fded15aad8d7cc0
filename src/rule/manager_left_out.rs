//! `manager-left-out`: a manager whom only this file creates, on a row that is left out.

use super::reference::{References, To, Who};
use super::sheet::Sheet;
use crate::model::{Example, Rule, Severity, Text};
use crate::text;

pub static RULE: Rule = Rule {
    code: "manager-left-out",
    severity: Severity::Error,
    meaning: Text::of(
        "The manager would be created by a row that is left out, so this row has to wait for it.",
        "Le manager serait créé par une ligne qui est écartée ; cette ligne doit donc attendre.",
    ),
    correction: Text::of(
        "Correct the row of the manager, and send both rows again.",
        "Corrigez la ligne du manager, puis renvoyez les deux lignes.",
    ),
    example: Example {
        wrong: "login;firstName;lastName;mail;dtContractStart;manager\n\
                zoe;Zoé;Brun;zoe@acme.example;31/02/2027;ada\n\
                max;Max;Roy;max@acme.example;01/03/2027;zoe",
        right: "login;firstName;lastName;mail;dtContractStart;manager\n\
                zoe;Zoé;Brun;zoe@acme.example;28/02/2027;ada\n\
                max;Max;Roy;max@acme.example;01/03/2027;zoe",
    },
};

/// Leaves out the rows whose manager does not come to be. True: there were some, and others may hang on them.
pub fn check(sheet: &mut Sheet<'_>, references: &[References]) -> bool {
    // Whose row is left out may be known.
    if sheet.around.known.are_unknown() {
        return false;
    }
    let mut some = false;
    for References { slot, to } in references {
        for (row, who) in to.iter().enumerate() {
            let To::One(Who::Row(manager)) = *who else { continue };
            let manager = manager as usize;
            if manager == row || sheet.standings[row].out || !sheet.standings[manager].out {
                continue;
            }
            let number = sheet.number(manager);
            let problem = text!(
                "would be created by row {number}, which is left out",
                "serait créé par la ligne {number}, qui est écartée"
            );
            let expected = text!("row {number} to be corrected first", "d'abord la correction de la ligne {number}");
            let finding = RULE.at(sheet.place(row, slot), problem).read(sheet.after(row, slot)).expected(expected);
            sheet.refuse(row, finding);
            some = true;
        }
    }
    some
}

#[cfg(test)]
mod tests {
    use super::super::sample::{Trial, delivered};

    const HEADING: &str = "login;firstName;lastName;mail;legalEntity;dtContractStart;department;culture;manager";

    #[test]
    fn who_hangs_on_a_row_that_is_left_out_waits_with_it() {
        let rows = [
            "low;Lo;W;low@acme.fr;Paris;01/03/2026;Sales;fr-FR;mid",
            "mid;Mi;D;mid@acme.fr;Paris;01/03/2026;Sales;fr-FR;top",
            "top;To;P;top@acme.fr;Paris;31/02/2026;Sales;fr-FR;top",
            "bo;;;;;;;;top",
            "cy;;;;;;;;ada",
        ];
        let checked = Trial::default().check(HEADING, &rows);
        let hanging: Vec<String> = checked
            .findings
            .iter()
            .filter(|finding| finding.code == "manager-left-out")
            .map(ToString::to_string)
            .collect();
        assert_eq!(
            hanging,
            [
                "I2 manager: `mid` would be created by row 3, which is left out; expected row 3 to be corrected first",
                "I3 manager: `top` would be created by row 4, which is left out; expected row 4 to be corrected first",
                "I5 manager: `top` would be created by row 4, which is left out; expected row 4 to be corrected first",
            ]
        );
        assert_eq!(delivered(&checked), ["cy;;;;;;;;ada"]);
    }

    #[test]
    fn a_known_manager_is_there_also_if_their_own_row_is_wrong() {
        let checked = Trial::default().check("login;dtBirth;manager", &["ada;never;", "cy;;ada"]);
        assert_eq!(delivered(&checked), ["cy;;ada"]);
    }

    #[test]
    fn a_new_manager_on_several_rows_is_left_out_with_them() {
        let row = "new;New;Comer;n@acme.fr;Paris;01/03/2026;Sales;fr-FR;new";
        let findings = Trial::default().findings(HEADING, &[row, row, "bo;;;;;;;;new"]);
        let codes: Vec<&str> = findings.iter().map(|(code, _)| &**code).collect();
        assert_eq!(codes, ["duplicate-key", "duplicate-key", "manager-left-out"]);
    }
}
