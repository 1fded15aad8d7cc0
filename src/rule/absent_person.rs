//! `absent-person`: people who are known and have not left, and of whom the file says nothing. They are left alone.

use std::collections::HashSet;

use chrono::NaiveDate;

use super::sheet::{Sheet, Subject};
use crate::model::{Example, Field, Finding, Place, Rule, Severity, Text, date};
use crate::text;

pub static RULE: Rule = Rule {
    code: "absent-person",
    severity: Severity::Remark,
    meaning: Text::of(
        "The directory has people who have not left and are not in the file; they are left alone.",
        "L'annuaire contient des personnes qui ne sont pas parties et que le fichier ne cite pas ; rien n'est changé \
         pour elles.",
    ),
    correction: Text::of(
        "Nothing has to be done if that is meant; give a contract end to who has left, and a row to who was forgotten.",
        "Il n'y a rien à faire si c'est voulu ; donnez une fin de contrat à qui est parti, et une ligne à qui a été \
         oublié.",
    ),
    example: Example { wrong: "login;jobTitle\nada;", right: "login;jobTitle\nada;\nbo;\ncy;\nkim1;" },
};

/// So many logins are named.
const NAMED: usize = 5;

/// One remark, with how many there are and the first of them. Rows that do not say whom they are about may be about
/// some of them, and are counted beside.
pub fn finding(sheet: &Sheet<'_>, today: NaiveDate) -> Option<Finding> {
    let everybody = sheet.around.everybody()?;
    let settled = sheet.around.others.map_or(&[][..], |others| &others.settled.rows);
    let mut present: HashSet<u32> = settled.iter().map(|row| row.user).collect();
    let mut unclear = 0;
    for standing in &sheet.standings {
        match standing.subject {
            Subject::Known(person) => drop(present.insert(sheet.around.known.number(person as usize))),
            Subject::Unclear => unclear += 1,
            Subject::New => {}
        }
    }
    let (login, end) = (everybody.column(&Field::of("login")), everybody.column(&Field::of("contract-end")));
    let has_left = |person: usize| date::iso(everybody.value(person, &end)).is_some_and(|end| end < today);
    let is_absent = |person: &usize| !present.contains(&everybody.number(*person)) && !has_left(*person);
    let absent: Vec<usize> = (0..everybody.len()).filter(is_absent).collect();
    let named: Vec<String> =
        absent.iter().take(NAMED).map(|person| format!("`{}`", everybody.value(*person, &login))).collect();
    let more = if absent.len() > NAMED { ", …" } else { "" };
    let (named, count) = (named.join(", "), absent.len());
    let problem = match count {
        0 => return None,
        1 => text!(
            "1 known person is not in the file, and left alone: {named}",
            "1 personne connue n'est pas dans le fichier, et rien ne change pour elle : {named}"
        ),
        _ => text!(
            "{count} known people are not in the file, and left alone: {named}{more}",
            "{count} personnes connues ne sont pas dans le fichier, et rien ne change pour elles : {named}{more}"
        ),
    };
    Some(RULE.at(Place::FILE, beside(problem, unclear)))
}

fn beside(problem: Text, unclear: usize) -> Text {
    match unclear {
        0 => problem,
        1 => text!(
            "{problem}; 1 row does not say whom it is about",
            "{problem} ; 1 ligne ne dit pas de qui elle parle",
            problem
        ),
        _ => text!(
            "{problem}; {unclear} rows do not say whom they are about",
            "{problem} ; {unclear} lignes ne disent pas de qui elles parlent",
            problem
        ),
    }
}

#[cfg(test)]
mod tests {
    use chrono::NaiveDate;

    use super::super::sample::Trial;

    fn absent(rows: &[&str], trial: Trial) -> Vec<String> {
        let findings = trial.check("login;dtBirth", rows).findings;
        let absent = findings.iter().filter(|finding| finding.code == "absent-person");
        absent.map(ToString::to_string).collect()
    }

    #[test]
    fn who_is_not_in_the_file_and_has_not_left_is_remarked_where_the_site_asks_for_it() {
        let day = |year| NaiveDate::from_ymd_opt(year, 3, 1);
        let on = |day| Trial { absent_on: day, ..Trial::default() };
        let rows = ["ada;", "bo;never", "new;", ";"];
        assert_eq!(
            absent(&rows, on(day(2026))),
            ["2 known people are not in the file, and left alone: `cy`, `kim1`; 1 row does not say whom it is about"]
        );
        assert_eq!(
            absent(&rows[..2], on(day(2021))),
            ["3 known people are not in the file, and left alone: `cy`, `kim1`, `kim2`"]
        );
        assert_eq!(absent(&["ada;", "bo;", "cy;", "kim1;"], on(day(2026))), [""; 0]);
        assert_eq!(absent(&rows, on(None)), [""; 0]);
    }
}
