//! `duplicate-key`: the same person on several rows; none of them is taken, so that nothing depends on their order.

use super::row_list::RowList;
use super::sheet::{Sheet, Slot};
use crate::model::{Example, Rule, Severity, Text};
use crate::text;

pub static RULE: Rule = Rule {
    code: "duplicate-key",
    severity: Severity::Error,
    meaning: Text::of(
        "The same person stands on several rows; none of them is taken, so that nothing depends on their order.",
        "La même personne figure sur plusieurs lignes ; aucune n'est prise, pour que rien ne dépende de leur ordre.",
    ),
    correction: Text::of("Keep one row for each person.", "Ne gardez qu'une ligne par personne."),
    example: Example { wrong: "login;lastName\nada;Lovelace\nada;Byron", right: "login;lastName\nada;Lovelace" },
};

/// Leaves out `rows`, which are about the same person.
pub fn check(sheet: &mut Sheet<'_>, rows: &[usize], slots: &[Slot]) {
    let last = slots.last().expect("people are told apart by something");
    let numbers: RowList = rows.iter().map(|row| sheet.number(*row)).collect();
    for row in rows {
        let values: Vec<&str> = slots.iter().map(|slot| sheet.said(*row, slot)).collect();
        let others = others(&numbers, sheet.number(*row));
        let problem = text!(
            "is also {others}; none of these rows was taken",
            "figure aussi {others} ; aucune de ces lignes n'a été prise",
            others
        );
        let finding = RULE.at(sheet.place(*row, last), problem).read(values.join(" "));
        sheet.refuse(*row, finding.expected(Text::of("one row a person", "une seule ligne par personne")));
    }
}

/// `on row 12`, `on rows 12, 14 and 3 more`.
pub fn others(rows: &RowList, row: u32) -> Text {
    let others = rows.but(row);
    let named = others.named();
    match others.len() {
        1 => text!("on {named}", "à la {named}", named),
        _ => text!("on {named}", "aux {named}", named),
    }
}

#[cfg(test)]
mod tests {
    use super::super::sample::{Trial, delivered};

    #[test]
    fn all_rows_of_one_person_are_left_out_and_name_each_other() {
        let checked = Trial::default().check("login;firstName", &["ada;Ada", "bo;Bo", "ADA;Adèle"]);
        let findings: Vec<String> = checked.findings.iter().map(ToString::to_string).collect();
        assert_eq!(
            findings,
            [
                "A2 login: `ada` is also on row 4; none of these rows was taken; expected one row a person",
                "A4 login: `ADA` is also on row 2; none of these rows was taken; expected one row a person",
            ]
        );
        assert_eq!(delivered(&checked), ["bo;Bo"]);
        assert_eq!(checked.left_out, [2, 4]);
    }

    #[test]
    fn a_new_person_is_created_once_or_not_at_all() {
        let row = "x;X;X;x@acme.fr;Paris;01/03/2026;Sales;fr-FR";
        let heading = "login;firstName;lastName;mail;legalEntity;dtContractStart;department;culture";
        let findings = Trial::default().findings(heading, &[row; 8]);
        assert_eq!(findings.len(), 8, "one finding a row, and none about mail or login in two rows: {findings:?}");
        assert!(findings[0].1.contains("is also on rows 3, 4, 5, 6, 7 and 2 more"), "{}", findings[0].1);
    }
}
