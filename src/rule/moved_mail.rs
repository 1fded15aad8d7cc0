//! `moved-mail`: a mail address that belongs to another login, where the profile does not forbid that two have it.
//!
//! Where it does, the address is `mail-taken`, an error anyway.

use super::Column;
use super::known::Known;
use super::same_person::{self, Asked};
use super::sheet::{Sheet, Slot, Subject};
use crate::model::index::key;
use crate::model::{Example, Field, Finding, Rule, Severity, Text};
use crate::text;

pub static RULE: Rule = Rule {
    code: "moved-mail",
    severity: Severity::Remark,
    meaning: Text::of(
        "A mail address moves to a login from another that has it in the directory: it may be one person with two logins; \
         the company can have it count as an error.",
        "Une adresse e-mail passe à un login alors qu'un autre l'a dans l'annuaire : c'est peut-être une seule personne \
         avec deux logins ; l'entreprise peut le compter comme une erreur.",
    ),
    correction: Text::of(
        "If it is the same person, write the row under the login that the directory has; if not, check whose address \
         it is.",
        "S'il s'agit de la même personne, écrivez la ligne sous le login que l'annuaire connaît ; sinon, vérifiez à \
         qui est l'adresse.",
    ),
    example: Example {
        wrong: "login;personalEmail\nbo;ada@home.example",
        right: "login;personalEmail\nbo;bo@home.example",
    },
};

pub fn check(sheet: &mut Sheet<'_>, known: &Known<'_>, asked: &mut Asked) {
    let columns: &[Column] = sheet.contract.columns;
    for field in columns.iter().filter_map(shared_mail) {
        let slot = sheet.slot(&field);
        if slot.reader.is_some() {
            check_column(sheet, known, &slot, asked);
        }
    }
}

/// The field of a column of mail addresses that several people may have.
pub fn shared_mail(column: &Column) -> Option<Field> {
    let is_shared = column.check.mail && column.check.unique.is_none();
    is_shared.then(|| Field::parse(&column.field).ok())?
}

fn check_column(sheet: &mut Sheet<'_>, known: &Known<'_>, slot: &Slot, asked: &mut Asked) {
    for row in sheet.rows_of(|subject| subject != Subject::Unclear) {
        let said = sheet.said(row, slot);
        if said.is_empty() || key(&[said]) == key(&[sheet.before(row, slot)]) {
            continue;
        }
        // An address that several have is one of a team, and tells nothing about a person.
        if let [holder] = known.by(std::slice::from_ref(&slot.field)).get(&key(&[said]))[..]
            && sheet.standings[row].subject != Subject::Known(holder)
        {
            asked.insert((row, holder));
            let finding = finding(sheet, row, slot, holder);
            sheet.tell(row, finding);
        }
    }
}

fn finding(sheet: &Sheet<'_>, row: usize, slot: &Slot, holder: u32) -> Finding {
    let whom = same_person::named(sheet, &[holder]);
    let problem = text!(
        "is the address of {whom}; is it one person?",
        "est l'adresse de {whom} ; est-ce la même personne ?",
        whom
    );
    let expected = match sheet.standings[row].subject {
        Subject::New => same_person::expected(sheet, holder),
        Subject::Known(_) | Subject::Unclear => Text::of("one login, if it is", "un seul login, si oui"),
    };
    let finding = RULE.at(sheet.place(row, slot), problem).read(sheet.said(row, slot)).expected(expected);
    Finding { severity: sheet.contract.twins, ..finding }
}

#[cfg(test)]
mod tests {
    use super::super::sample::{Trial, delivered, people};
    use super::*;

    fn trial() -> Trial {
        let rows = ["ada;ada@home.fr;2023-06-30", "bo;;", "cy;team@home.fr;", "di;team@home.fr;"];
        Trial { known: people("login;personal-mail;contract-end", &rows), ..Trial::default() }
    }

    #[test]
    fn an_address_that_moves_to_another_login_is_asked_about() {
        let checked = trial().check("login;personalEmail", &["bo;ADA@home.fr", "ada;ada@home.fr"]);
        let findings: Vec<String> = checked.findings.iter().map(ToString::to_string).collect();
        assert_eq!(
            findings,
            ["B2 personalEmail: `ADA@home.fr` is the address of `ada` (contract until 30/06/2023); is it one person? \
              Expected one login, if it is"]
        );
        assert_eq!(delivered(&checked).len(), 2, "it is a remark");
        let checked = Trial { twins: Severity::Error, ..trial() }.check("login;personalEmail", &["bo;ada@home.fr"]);
        assert_eq!(checked.left_out, [2]);
    }

    #[test]
    fn the_address_of_a_team_and_one_that_nobody_has_are_taken() {
        assert_eq!(trial().findings("login;personalEmail", &["bo;team@home.fr", "ada;new@home.fr", "cy;"]), []);
    }

    #[test]
    fn an_address_that_only_one_may_have_is_told_once() {
        let codes: Vec<String> =
            Trial::default().findings("login;mail", &["ada;bo@acme.fr"]).into_iter().map(|(code, _)| code).collect();
        assert_eq!(codes, ["mail-taken"]);
    }
}
