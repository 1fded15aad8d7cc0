//! `login-taken`, `mail-taken`, `number-taken`, `value-taken`: what only one may have and another user has.

use std::collections::HashMap;

use super::column::Column;
use super::identity::called;
use super::in_two_rows;
use super::known::{Known, unique_fields};
use super::same_person::{self, Asked};
use super::sheet::{Sheet, Slot, Subject};
use crate::model::{Example, Field, Rule, Severity, Text};
use crate::text;

pub static LOGIN: Rule = Rule {
    code: "login-taken",
    severity: Severity::Error,
    meaning: Text::of("Another user signs in with this login.", "Un autre utilisateur se connecte avec ce login."),
    correction: Text::of(
        "Give the person a login of their own; if it is the same person, correct what identifies the row.",
        "Donnez à la personne un login à elle ; s'il s'agit de la même personne, corrigez ce qui identifie la ligne.",
    ),
    example: Example { wrong: "mail;login\nbo@acme.example;ada", right: "mail;login\nbo@acme.example;bo" },
};

pub static MAIL: Rule = Rule {
    code: "mail-taken",
    severity: Severity::Error,
    meaning: Text::of("Another user has this mail address.", "Un autre utilisateur a cette adresse e-mail."),
    correction: Text::of(
        "Give the person an address of their own; if it is the same person, correct what identifies the row.",
        "Donnez à la personne une adresse à elle ; s'il s'agit de la même personne, corrigez ce qui identifie la \
         ligne.",
    ),
    example: Example { wrong: "login;mail\nbo;ada@acme.example", right: "login;mail\nbo;bo@acme.example" },
};

pub static NUMBER: Rule = Rule {
    code: "number-taken",
    severity: Severity::Error,
    meaning: Text::of(
        "Another user of the establishment has this employee number.",
        "Un autre utilisateur de l'établissement a ce matricule.",
    ),
    correction: Text::of(
        "Correct the number or the establishment; if it is the same person, correct what identifies the row.",
        "Corrigez le matricule ou l'établissement ; s'il s'agit de la même personne, corrigez ce qui identifie la \
         ligne.",
    ),
    example: Example { wrong: "login;employeenumber\nbo;0001", right: "login;employeenumber\nbo;0002" },
};

pub static VALUE: Rule = Rule {
    code: "value-taken",
    severity: Severity::Error,
    meaning: Text::of(
        "Another user has this value, which only one may have.",
        "Un autre utilisateur a cette valeur, qu'un seul peut avoir.",
    ),
    correction: Text::of(
        "Correct the value; if it is the same person, correct what identifies the row.",
        "Corrigez la valeur ; s'il s'agit de la même personne, corrigez ce qui identifie la ligne.",
    ),
    example: Example {
        wrong: "login;iban\nbo;FR7630006000011234567890189",
        right: "login;iban\nbo;DE89370400440532013000",
    },
};

/// A user who gives a value up in the same file still has it: nothing may depend on the order of rows.
pub fn check(sheet: &mut Sheet<'_>, known: &Known<'_>, asked: &mut Asked) {
    let columns: &[Column] = sheet.contract.columns;
    for fields in columns.iter().filter_map(unique_fields) {
        check_fields(sheet, known, &fields, asked);
    }
}

fn check_fields(sheet: &mut Sheet<'_>, known: &Known<'_>, fields: &[Field], asked: &mut Asked) {
    let slots: Vec<Slot> = fields.iter().map(|field| sheet.slot(field)).collect();
    let mut claims: HashMap<String, Vec<usize>> = HashMap::new();
    for row in sheet.rows_of(|subject| subject != Subject::Unclear) {
        let Some(key) = sheet.new_key(row, &slots) else { continue };
        let me = sheet.standings[row].subject;
        let holder = known.by(fields).get(&key).into_iter().find(|person| me != Subject::Known(*person));
        match holder {
            Some(holder) => {
                if refuse(sheet, row, &slots, holder) {
                    asked.insert((row, holder));
                }
            }
            None => claims.entry(key).or_default().push(row),
        }
    }
    in_two_rows::check(sheet, claims, &slots);
}

/// Asks whether it is the same person, where the name is the same; answers whether it did.
fn refuse(sheet: &mut Sheet<'_>, row: usize, slots: &[Slot], person: u32) -> bool {
    let holder = sheet.around.known.value(person as usize, &sheet.login.known);
    let slot = said_last(sheet, row, slots);
    let value = slots.last().expect("a key has fields");
    let rule = match value.field.name() {
        "login" => &LOGIN,
        "mail" => &MAIL,
        "employee-number" => &NUMBER,
        _ => &VALUE,
    };
    let it = called(&value.field);
    let problem = match slots {
        // The number was known, the establishment is new.
        [home, number] if slot.field == home.field => {
            let number = sheet.after(row, number);
            text!(
                "has another user with {it} `{number}`: `{holder}`",
                "a un autre utilisateur avec {it} `{number}` : `{holder}`",
                it
            )
        }
        [home, _] => {
            let home = sheet.after(row, home);
            text!(
                "is {it} of another user in `{home}`: `{holder}`",
                "est {it} d'un autre utilisateur de `{home}` : `{holder}`",
                it
            )
        }
        _ => text!("is {it} of another user: `{holder}`", "est {it} d'un autre utilisateur : `{holder}`", it),
    };
    let asks = same_person::has_name_of(sheet, row, person);
    let finding = match asks {
        false => rule.at(sheet.place(row, slot), problem),
        true => {
            let problem = text!(
                "{problem}, who has the same name; is it one person?",
                "{problem}, qui porte le même nom ; est-ce la même personne ?",
                problem
            );
            rule.at(sheet.place(row, slot), problem).expected(same_person::expected(sheet, person))
        }
    };
    let finding = finding.read(sheet.after(row, slot));
    sheet.refuse(row, finding);
    asks
}

/// The cell that made the claim: the last one that the row fills in.
pub fn said_last<'s>(sheet: &Sheet<'_>, row: usize, slots: &'s [Slot]) -> &'s Slot {
    let said = slots.iter().rfind(|slot| !sheet.said(row, slot).is_empty());
    said.or(slots.last()).expect("a key has fields")
}

#[cfg(test)]
mod tests {
    use super::super::sample::{Trial, delivered};

    #[test]
    fn what_another_user_has_cannot_be_given_again() {
        let rows = [
            "new;New;Comer;BO@acme.fr;Paris;01/03/2026;Sales;fr-FR;0002",
            "ada;;;ada@acme.fr;Lyon;;;;",
            "bo;;;;;;;;0002",
        ];
        let heading = "login;firstName;lastName;mail;legalEntity;dtContractStart;department;culture;employeenumber";
        let checked = Trial::default().check(heading, &rows);
        let findings: Vec<(&str, String)> =
            checked.findings.iter().map(|finding| (&*finding.code, finding.to_string())).collect();
        assert_eq!(
            findings,
            [
                ("mail-taken", "D2 mail: `BO@acme.fr` is the mail address of another user: `bo`".into()),
                (
                    "number-taken",
                    "I2 employeenumber: `0002` is the employee number of another user in `Paris`: `bo`".into()
                ),
                (
                    "number-taken",
                    "E3 legalEntity: `Lyon` has another user with the employee number `0001`: `cy`".into()
                ),
            ]
        );
        assert_eq!(delivered(&checked), ["bo;;;;;;;;0002"], "who restates their own is not in the way");
    }

    #[test]
    fn a_login_is_looked_for_too_where_people_are_told_apart_by_mail() {
        let findings = Trial::by(&["mail"]).findings("mail;login", &["cy@acme.fr;ADA", "bo@acme.fr;bo2"]);
        assert_eq!(findings, [("login-taken".into(), "B2 login: `ADA` is the login of another user: `ada`".into())]);
    }

    #[test]
    fn who_gives_a_value_up_in_the_same_file_still_has_it() {
        let findings = Trial::default().findings("login;mail", &["ada;new@acme.fr", "bo;ada@acme.fr"]);
        assert_eq!(findings[0].0, "mail-taken");
    }
}
