//! `possible-twin`: a new user with the name and the birth date of somebody who is there already, under another key.
//!
//! Often it is one person: hired again with a new number, moved to another establishment, or given a second login.

use std::collections::{HashMap, HashSet};

use super::bad_date;
use super::row_list::RowList;
use super::same_person::{self, Asked};
use super::sheet::{Sheet, Slot, Subject};
use crate::model::fold::fold;
use crate::model::index::key;
use crate::model::{Example, Field, Finding, Rule, Severity, Text};
use crate::text;

pub static RULE: Rule = Rule {
    code: "possible-twin",
    severity: Severity::Remark,
    meaning: Text::of(
        "A new user has the name and the birth date of somebody who is in the directory, who left, or who is created on \
         another row; the company can have it count as an error.",
        "Un nouvel utilisateur a le nom et la date de naissance de quelqu'un qui est dans l'annuaire, qui est parti, ou \
         qui est créé par une autre ligne ; l'entreprise peut le compter comme une erreur.",
    ),
    correction: Text::of(
        "If it is the same person, write the row under the login or number that the directory has; if not, nothing is \
         to be done.",
        "S'il s'agit de la même personne, écrivez la ligne sous le login ou le matricule que l'annuaire connaît ; \
         sinon, il n'y a rien à faire.",
    ),
    example: Example {
        wrong: "login;firstName;lastName;mail;dtContractStart;manager;dtBirth\n\
                ada2;Ada;Lovelace;ada2@acme.example;01/02/2027;bo;10/12/1985",
        right: "login;firstName;lastName;mail;dtContractStart;manager;dtBirth\n\
                ada;Ada;Lovelace;ada2@acme.example;01/02/2027;ada;10/12/1985",
    },
};

/// Of more users with one name and birth date, each new one is not compared with all.
const MOST: usize = 50;

/// Everybody who has one name and birth date.
#[derive(Default)]
struct Alike {
    known: Vec<u32>,
    rows: RowList,
}

/// Leaves out of the question whom another check has asked about already.
pub fn check(sheet: &mut Sheet<'_>, asked: &Asked) {
    let newcomers = newcomers(sheet);
    if newcomers.is_empty() {
        return;
    }
    let alike = alike(sheet, &newcomers);
    for (row, traits) in &newcomers {
        let Alike { known, rows } = &alike[traits];
        let known: Vec<u32> = known.iter().copied().filter(|person| !asked.contains(&(*row, *person))).collect();
        let rows = rows.but(sheet.number(*row));
        if !(known.is_empty() && rows.is_empty()) {
            let finding = finding(sheet, *row, &known, &rows);
            sheet.tell(*row, finding);
        }
    }
}

/// The rows that create somebody of whom they say name and birth date, and these as one text. Of rows with the same
/// key, which are told as such, only the first.
fn newcomers(sheet: &Sheet<'_>) -> Vec<(usize, String)> {
    let [first, last, birth] = slots(sheet);
    let keys: Vec<Slot> = sheet.contract.identify_by.iter().map(|field| sheet.slot(field)).collect();
    let mut seen = HashSet::new();
    let rows = sheet.rows_of(|subject| subject == Subject::New).into_iter();
    let traits = rows.filter_map(|row| {
        let day = bad_date::day(sheet.said(row, &birth))?.to_string();
        let traits = traits(&day, sheet.said(row, &first), sheet.said(row, &last))?;
        let values: Vec<&str> = keys.iter().map(|slot| sheet.said(row, slot)).collect();
        seen.insert(key(&values)).then_some((row, traits))
    });
    traits.collect()
}

/// Everybody who is like one of them, by these: one pass over the directory, in which names are only looked at where
/// the day is right.
fn alike(sheet: &Sheet<'_>, newcomers: &[(usize, String)]) -> HashMap<String, Alike> {
    let mut alike: HashMap<String, Alike> = HashMap::new();
    for (row, traits) in newcomers {
        alike.entry(traits.clone()).or_default().rows.note(sheet.number(*row));
    }
    let days: HashSet<&str> = newcomers.iter().filter_map(|(_, traits)| traits.split(' ').next()).collect();
    let [first, last, birth] = slots(sheet).map(|slot| slot.known);
    let known = sheet.around.known;
    for person in 0..known.len() {
        let day = known.value(person, &birth);
        if days.contains(day)
            && let Some(traits) = traits(day, known.value(person, &first), known.value(person, &last))
            && let Some(alike) = alike.get_mut(&traits).filter(|alike| alike.known.len() < MOST)
        {
            alike.known.push(person as u32);
        }
    }
    alike
}

fn slots(sheet: &Sheet<'_>) -> [Slot; 3] {
    ["first-name", "last-name", "birth-date"].map(|name| sheet.slot(&Field::of(name)))
}

/// The names in either order: some write the last name first.
fn traits(day: &str, first: &str, last: &str) -> Option<String> {
    let (first, last) = (fold(first), fold(last));
    let is_complete = !first.is_empty() && !last.is_empty();
    is_complete.then(|| format!("{day} {} {}", (&first).min(&last), (&first).max(&last)))
}

fn finding(sheet: &Sheet<'_>, row: usize, known: &[u32], rows: &RowList) -> Finding {
    let whom = match (known.is_empty(), rows.is_empty()) {
        (false, true) => same_person::named(sheet, known),
        (true, _) => new_too(rows),
        (false, false) => {
            let (known, new) = (same_person::named(sheet, known), new_too(rows));
            text!("{known} and {new}", "{known} et d'{new}", known, new)
        }
    };
    let problem = match known.is_empty() {
        true => text!(
            "has the name and birth date of {whom}; is it one person?",
            "a le nom et la date de naissance d'{whom} ; est-ce la même personne ?",
            whom
        ),
        false => text!(
            "has the name and birth date of {whom}; is it one person?",
            "a le nom et la date de naissance de {whom} ; est-ce la même personne ?",
            whom
        ),
    };
    let expected = match known.first() {
        Some(person) => same_person::expected(sheet, *person),
        None => Text::of("one row, if it is", "une seule ligne, si oui"),
    };
    let key = same_person::key_slot(sheet);
    let finding = RULE.at(sheet.place(row, &key), problem).read(sheet.said(row, &key)).expected(expected);
    Finding { severity: sheet.contract.twins, ..finding }
}

fn new_too(rows: &RowList) -> Text {
    let rows = rows.named();
    text!("somebody else who is new ({rows})", "une autre personne à créer ({rows})", rows)
}

#[cfg(test)]
mod tests {
    use super::super::sample::{Trial, delivered, people};
    use super::*;
    use crate::model::Language;

    const HEADING: &str = "login;firstName;lastName;mail;legalEntity;dtContractStart;department;culture;dtBirth";

    fn trial() -> Trial {
        let known = people(
            "login;first-name;last-name;mail;establishment;birth-date;contract-end",
            &[
                "ada;Ada;Lovelace;ada@acme.fr;Paris;1915-12-10;",
                "zoe;Zoé;Le Goff;zoe@acme.fr;Paris;1990-07-04;2023-06-30",
                "zoe2;Zoé;Martin;zoe2@acme.fr;Paris;1990-07-04;",
            ],
        );
        Trial { known, ..Trial::default() }
    }

    fn row(login: &str, first: &str, last: &str, birth: &str) -> String {
        format!("{login};{first};{last};{login}@acme.fr;Paris;01/03/2026;Sales;fr-FR;{birth}")
    }

    #[test]
    fn a_new_user_like_one_who_is_known_is_asked_about() {
        let rows = [row("new", "ZOE", "LE GOFF", "04/07/1990"), row("x", "le-goff", "zoé", "04/07/1990")];
        let checked = trial().check(HEADING, &rows.each_ref().map(String::as_str));
        assert_eq!(
            checked.findings[0].to_string(),
            "A2 login: `new` has the name and birth date of `zoe` (contract until 30/06/2023) and somebody else who is \
             new (row 3); is it one person? Expected `zoe`, if it is"
        );
        assert_eq!(
            checked.findings[1].sentence(Language::French),
            "A3 login : `x` a le nom et la date de naissance de `zoe` (contrat jusqu'au 30/06/2023) et d'une autre \
             personne à créer (ligne 2) ; est-ce la même personne ? Attendu : `zoe`, si oui"
        );
        assert_eq!(delivered(&checked).len(), 2, "it is a remark");
    }

    #[test]
    fn the_site_may_make_an_error_of_it() {
        let trial = Trial { twins: Severity::Error, ..trial() };
        let rows = [row("one", "Bo", "Derek", "20/11/1956"), row("two", "Bo", "Derek", "20/11/1956")];
        let checked = trial.check(HEADING, &rows.each_ref().map(String::as_str));
        assert_eq!(checked.left_out, [2, 3]);
        assert_eq!(
            checked.findings[0].to_string(),
            "A2 login: `one` has the name and birth date of somebody else who is new (row 3); is it one person? \
             Expected one row, if it is"
        );
    }

    #[test]
    fn namesakes_siblings_and_known_users_are_not_asked_about() {
        for row in [
            row("new", "Zoé", "Le Goff", "05/07/1990"),
            row("new", "Léa", "Le Goff", "04/07/1990"),
            row("new", "Zoé", "Le Goff", ""),
            row("ada", "Zoé", "Le Goff", "04/07/1990"),
        ] {
            let codes = trial().findings(HEADING, &[&row]);
            assert!(codes.iter().all(|(code, _)| code != "possible-twin"), "{row}: {codes:?}");
        }
        let again = row("new", "Bo", "Derek", "20/11/1956");
        let codes = trial().findings(HEADING, &[&again, &again]);
        assert!(codes.iter().all(|(code, _)| code == "duplicate-key"), "{codes:?}");
    }
}
