//! `missing-value`: a new user without a value that every new user needs, and without a default for it.

use super::column::{Column, Creation};
use super::fault::Fault;
use super::recognised::column_of;
use super::sheet::{Sheet, Slot, Subject};
use super::{bad_date, bad_mail};
use crate::model::{Example, Field, Finding, Place, Rule, Severity, Text};
use crate::text;

pub static RULE: Rule = Rule {
    code: "missing-value",
    severity: Severity::Error,
    meaning: Text::of(
        "The row would create a user, but a value that every new user needs is missing.",
        "La ligne créerait un utilisateur, mais il manque une valeur obligatoire pour tout nouvel utilisateur.",
    ),
    correction: Text::of(
        "Fill it in; if the person exists already, correct what identifies them. For some columns, the company can \
         set a default.",
        "Remplissez-la ; si la personne existe déjà, corrigez ce qui l'identifie. Pour certaines colonnes, \
         l'entreprise peut fixer une valeur par défaut.",
    ),
    example: Example {
        wrong: "login;firstName;lastName;mail;dtContractStart;manager\nzoe;Zoé;Brun;;01/03/2027;ada",
        right: "login;firstName;lastName;mail;dtContractStart;manager\nzoe;Zoé;Brun;zoe@acme.example;01/03/2027;ada",
    },
};

/// Leaves out new users who lack something, once defaults are filled in.
pub fn check(sheet: &mut Sheet<'_>) {
    let required = required(sheet);
    for row in sheet.rows_of(|subject| subject == Subject::New) {
        let lacks = |need: &&Need<'_>| {
            let is_told = sheet.gift(row, &need.slot.field).is_some() || sheet.is_reported(row, &need.slot);
            sheet.after(row, &need.slot).is_empty() && !is_told
        };
        let (empty, absent): (Vec<&Need<'_>>, Vec<&Need<'_>>) =
            required.iter().filter(lacks).partition(|need| need.slot.reader.is_some());
        for need in empty {
            sheet.refuse_unless_known(row, empty_finding(sheet, row, need));
        }
        // That the column is not there is told once for the file.
        if !absent.is_empty() && !sheet.around.known.are_unknown() {
            sheet.refuse(row, absent_finding(sheet.row_place(row), &absent));
        }
    }
}

/// What a new user needs, and the column that would hold it.
struct Need<'a> {
    slot: Slot,
    column: Option<&'a Column>,
}

impl Need<'_> {
    fn heading(&self) -> &str {
        self.column.map_or(self.slot.field.name(), |column| &column.heading)
    }

    fn takes_default(&self) -> bool {
        self.column.is_some_and(|column| column.default)
    }
}

/// A login is always needed: a user is known by it.
fn required<'a>(sheet: &Sheet<'a>) -> Vec<Need<'a>> {
    let columns: &'a [Column] = sheet.contract.columns;
    let needed = columns.iter().filter(|column| column.creation == Creation::Required && column.field != "login");
    let need =
        |column: &'a Column| Some(Need { slot: sheet.slot(&Field::parse(&column.field).ok()?), column: Some(column) });
    let login = Need { slot: sheet.login.clone(), column: column_of(columns, &sheet.login.field) };
    std::iter::once(login).chain(needed.filter_map(need)).collect()
}

/// The default that would stand in is wrong itself.
pub fn wrong_default(place: Place, fault: &Fault) -> Finding {
    let wrong = &fault.problem;
    let problem = text!(
        "is empty, and the company's default for it cannot stand in: it {wrong}",
        "est vide, et la valeur par défaut de l'entreprise ne peut la remplacer : elle {wrong}",
        wrong
    );
    Finding { expected: fault.expected.clone(), ..RULE.at(place, problem) }
}

fn empty_finding(sheet: &Sheet<'_>, row: usize, need: &Need<'_>) -> Finding {
    let value = match need.column.map(|column| &column.check) {
        Some(check) if check.date => bad_date::EXPECTED,
        Some(check) if check.mail => bad_mail::EXPECTED,
        Some(check) if check.person => Text::of(
            "the login of a manager, or the person's own for no manager",
            "le login d'un manager, ou celui de la personne elle-même si elle n'a pas de manager",
        ),
        _ => Text::of("a value", "une valeur"),
    };
    let field = &need.slot.field;
    let expected = match need.takes_default() {
        true => text!(
            "{value}, or a default for `{field}` from the company",
            "{value}, ou une valeur par défaut de l'entreprise pour `{field}`",
            value
        ),
        false => value,
    };
    let problem = Text::of("is empty, and a new user needs it", "est vide, alors qu'un nouvel utilisateur en a besoin");
    RULE.at(sheet.place(row, &need.slot), problem).expected(expected)
}

/// All columns in one finding: many new users would say each of them over and over.
fn absent_finding(place: Place, absent: &[&Need<'_>]) -> Finding {
    let quoted = |headings: &mut dyn Iterator<Item = &str>| {
        headings.map(|heading| format!("`{heading}`")).collect::<Vec<_>>().join(", ")
    };
    let (columns, these) = match absent.len() {
        1 => (Text::of("column", "la colonne"), Text::of("the column", "cette colonne")),
        _ => (Text::of("columns", "les colonnes"), Text::of("the columns", "ces colonnes")),
    };
    let headings = quoted(&mut absent.iter().map(|need| need.heading()));
    let problem = text!(
        "would create a user, but the file has no {columns} {headings}",
        "créerait un utilisateur, mais le fichier n'a pas {columns} {headings}",
        columns
    );
    let mut with_default =
        absent.iter().filter(|need| need.takes_default()).map(|need| need.slot.field.name()).peekable();
    let expected = match with_default.peek() {
        None => these,
        Some(_) => {
            let fields = quoted(&mut with_default);
            text!(
                "{these}, or a default from the company for {fields}",
                "{these}, ou une valeur par défaut de l'entreprise pour {fields}",
                these
            )
        }
    };
    RULE.at(place, problem).expected(expected)
}

#[cfg(test)]
mod tests {
    use super::super::sample::{self, Trial, delivered};

    const HEADING: &str = "login;firstName;lastName;mail;legalEntity;dtContractStart;department;culture";

    #[test]
    fn a_new_user_needs_what_a_known_one_may_leave_empty() {
        let checked = Trial::default().check(HEADING, &["ada;;;;;;;", "new;New;;; ;01/03/2026;Sales;fr-FR"]);
        let errors: Vec<String> =
            checked.findings.iter().filter(|finding| finding.is_error()).map(ToString::to_string).collect();
        assert_eq!(
            errors,
            [
                "C3 lastName: is empty, and a new user needs it; expected a value",
                "D3 mail: is empty, and a new user needs it; expected one address, for example \
                 `ada.lovelace@acme.example`",
                "E3 legalEntity: is empty, and a new user needs it; expected a value, or a default for `establishment` \
                 from the company",
            ]
        );
        assert_eq!(delivered(&checked), ["ada;;;;;;;"]);
    }

    #[test]
    fn a_column_that_is_not_there_is_missed_by_new_users_only() {
        let heading = "login;firstName;lastName;mail;legalEntity;dtContractStart;department";
        let checked =
            Trial::default().check(heading, &["new;New;Comer;n@acme.fr;Paris;01/03/2026;Sales", "ada;Ada;;;;;"]);
        let findings: Vec<String> = checked.findings.iter().map(ToString::to_string).collect();
        assert_eq!(
            findings,
            [
                "row 2: would create a user, but the file has no column `culture`; expected the column, or a default from \
                 the company for `culture`"
            ]
        );
        assert_eq!(checked.left_out, [2]);
    }

    #[test]
    fn the_first_default_whose_place_is_right_stands_in_for_new_users_only() {
        let defaults = vec![
            sample::default(Some("L"), None, &[("department", "IT")]),
            sample::default(None, Some("Computers"), &[("culture", "EN-GB")]),
            sample::default(None, None, &[("culture", "fr-FR"), ("department", "Sales"), ("mail", "all@acme.fr")]),
        ];
        let trial = Trial::with_defaults(defaults);
        let heading = "login;firstName;lastName;mail;legalEntity;dtContractStart;department";
        let rows = [
            "new1;New;Comer;n1@acme.fr;Lyon;01/03/2026;",
            "new2;New;Comer;n2@acme.fr;Paris;01/03/2026;",
            "new3;New;Comer;;Paris;01/03/2026;",
            "ada;;;;;;",
        ];
        let checked = trial.check(heading, &rows);
        assert_eq!(
            delivered(&checked),
            [
                "new1;New;Comer;n1@acme.fr;Lyon;2026-03-01;Computers;en-GB",
                "new2;New;Comer;n2@acme.fr;Paris;2026-03-01;Sales;fr-FR",
                "ada;;;;;;;",
            ]
        );
        assert_eq!(checked.left_out, [4], "a mail takes no default");
        let remarks: Vec<String> = checked.findings.iter().take(2).map(ToString::to_string).collect();
        assert_eq!(
            remarks,
            [
                "`culture` was taken from the company's defaults for 2 new users (rows 2, 3)",
                "`department` was taken from the company's defaults for 2 new users (rows 2, 3)",
            ]
        );
    }

    #[test]
    fn a_default_that_is_wrong_itself_is_told_as_such() {
        let defaults = vec![sample::default(None, None, &[("department", "Slaes")])];
        let trial = Trial::with_defaults(defaults);
        let findings = trial.findings(HEADING, &["new;New;Comer;n@acme.fr;Paris;01/03/2026;;fr-FR"]);
        let expected =
            "G2 department: is empty, and the company's default for it cannot stand in: it is not a known department;";
        assert!(findings[0].1.starts_with(expected), "{}", findings[0].1);
        assert_eq!(findings.len(), 1, "{findings:?}");
    }
}
