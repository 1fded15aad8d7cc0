//! `missing-heading`: a column that is not there, and without which people cannot be told apart, or nobody be created.

use super::column::Creation;
use super::recognised::{Recognised, column_of};
use super::{Column, Contract, Default};
use crate::model::{Example, Field, Finding, Place, Rule, Severity, Text};
use crate::text;

pub static RULE: Rule = Rule {
    code: "missing-heading",
    severity: Severity::Error,
    meaning: Text::of(
        "A column is missing: without one that tells people apart the file is refused, without one that every new \
         user needs nobody is created.",
        "Il manque une colonne : sans celle qui identifie les personnes, le fichier est refusé ; sans une colonne \
         obligatoire pour tout nouvel utilisateur, personne n'est créé.",
    ),
    correction: Text::of(
        "Add the column, under the heading that the finding names.",
        "Ajoutez la colonne, sous l'en-tête que le constat indique.",
    ),
    example: Example { wrong: "firstName;lastName\nAda;Lovelace", right: "login;firstName;lastName\nada;Ada;Lovelace" },
};

/// So many headings are named as examples.
const NAMED: usize = 4;

/// What there is to say where nothing is known: each cell of the first row is then likely to be somebody's data.
pub fn none_known(contract: &Contract<'_>) -> Finding {
    let examples: Vec<String> =
        contract.columns.iter().take(NAMED).map(|column| format!("`{}`", column.heading)).collect();
    let examples = examples.join(", ");
    RULE.at(Place::FILE, Text::of("the file has no heading that is known", "le fichier n'a aucun en-tête connu"))
        .expected(text!(
            "a first row with headings such as {examples}",
            "une première ligne avec des en-têtes comme {examples}"
        ))
}

/// Errors for the columns that tell people apart; remarks for those that a new user needs.
pub fn findings(recognised: &Recognised, contract: &Contract<'_>, defaults: &[Default]) -> Vec<Finding> {
    let keys = contract.identify_by.iter().filter(|field| recognised.position(field).is_none());
    let keys: Vec<Finding> = keys.map(|field| key_finding(field, contract)).collect();
    let needed = contract.columns.iter().filter(|column| contract.creates && column.creation == Creation::Required);
    let absent = needed.filter(|column| {
        Field::parse(&column.field).is_ok_and(|field| {
            let made_up_for = column.default && defaults.iter().any(|default| default.set.contains_key(&field));
            recognised.position(&field).is_none() && !contract.identify_by.contains(&field) && !made_up_for
        })
    });
    let absent: Vec<&Column> = absent.collect();
    let needed = (!absent.is_empty()).then(|| needed_finding(&absent, keys.is_empty()));
    keys.into_iter().chain(needed).collect()
}

fn key_finding(field: &Field, contract: &Contract<'_>) -> Finding {
    let heading = column_of(contract.columns, field).map_or(field.name(), |column| &column.heading);
    let problem = text!(
        "there is no column `{heading}`, by which people are told apart",
        "il n'y a pas de colonne `{heading}`, qui identifie les personnes"
    );
    RULE.at(Place::FILE, problem).expected(text!("a column `{heading}` in front", "une colonne `{heading}` au début"))
}

fn needed_finding(absent: &[&Column], is_taken: bool) -> Finding {
    let quoted = |columns: &[&Column]| {
        columns.iter().map(|column| format!("`{}`", column.heading)).collect::<Vec<_>>().join(", ")
    };
    let without = quoted(absent);
    let problem = match is_taken {
        true => text!(
            "nobody can be created without {without}; known users are still updated",
            "personne ne peut être créé sans {without} ; les utilisateurs connus sont tout de même mis à jour"
        ),
        false => text!("nobody can be created without {without}", "personne ne peut être créé sans {without}"),
    };
    let defaults: Vec<&Column> = absent.iter().copied().filter(|column| column.default).collect();
    let expected = match defaults.as_slice() {
        [] => Text::of("these columns if there are new users", "ces colonnes s'il y a de nouveaux utilisateurs"),
        some => {
            let some = quoted(some);
            text!(
                "these columns if there are new users; the company can set a default for {some}",
                "ces colonnes s'il y a de nouveaux utilisateurs ; l'entreprise peut fixer une valeur par défaut pour \
                 {some}"
            )
        }
    };
    Finding { severity: Severity::Remark, ..RULE.at(Place::FILE, problem).expected(expected) }
}

#[cfg(test)]
mod tests {
    use super::super::{Default, recognise, sample};
    use crate::model::{Field, Severity};

    fn findings(heading: &[&str], defaults: &[Default]) -> Vec<(Severity, String)> {
        let columns = sample::columns();
        let login = [Field::of("login")];
        let heading: Vec<String> = heading.iter().map(|heading| heading.to_string()).collect();
        let recognised = recognise(&heading, &sample::contract(&columns, &login), defaults);
        recognised.findings.iter().map(|finding| (finding.severity, finding.to_string())).collect()
    }

    #[test]
    fn a_missing_key_refuses_and_a_missing_value_is_remarked_once() {
        let all = ["firstName", "lastName", "mail", "legalEntity", "dtContractStart", "department", "culture"];
        assert_eq!(
            findings(&all, &[]),
            [(
                Severity::Error,
                "there is no column `login`, by which people are told apart; expected a column `login` in front".into()
            )]
        );
        let without = ["login", "firstName", "lastName", "legalEntity", "dtContractStart", "culture"];
        assert_eq!(
            findings(&without, &[]),
            [(
                Severity::Remark,
                "nobody can be created without `mail`, `department`; known users are still updated; expected these \
                 columns if there are new users; the company can set a default for `department`"
                    .into()
            )]
        );
        let defaults = [sample::default(None, None, &[("department", "Sales")])];
        assert!(findings(&without, &defaults)[0].1.starts_with("nobody can be created without `mail`;"));
    }
}
