//! `unknown-manager`: a manager who neither is a user nor becomes one by this file.

use super::fault::Fault;
use crate::model::{Example, Rule, Severity, Text};
use crate::text;

pub static RULE: Rule = Rule {
    code: "unknown-manager",
    severity: Severity::Error,
    meaning: Text::of(
        "The manager is neither a user nor created by this file.",
        "Le manager n'est ni un utilisateur, ni créé par ce fichier.",
    ),
    correction: Text::of(
        "Write the login, mail address, employee number, or first and last name of a user; where there is no \
         manager, the person's own login.",
        "Écrivez le login, l'adresse e-mail, le matricule ou les prénom et nom d'un utilisateur ; s'il n'y a pas de \
         manager, le login de la personne elle-même.",
    ),
    example: Example { wrong: "login;manager\nbo;Ada Lovelaec", right: "login;manager\nbo;Ada Lovelace" },
};

/// `near` is somebody who may be meant.
pub fn fault(near: Option<&str>) -> Fault {
    let problem = match near {
        Some(near) => text!(
            "is neither a user nor created by this file; did you mean `{near}`?",
            "n'est ni un utilisateur, ni créé par ce fichier ; vouliez-vous écrire `{near}` ?"
        ),
        None => {
            Text::of("is neither a user nor created by this file", "n'est ni un utilisateur, ni créé par ce fichier")
        }
    };
    RULE.fault(problem).expected(Text::of(
        "a user's login, mail, employee number within the same establishment, or first and last name",
        "le login, l'adresse e-mail, le matricule au sein du même établissement, ou les prénom et nom d'un utilisateur",
    ))
}

#[cfg(test)]
mod tests {
    use super::super::sample::{Trial, delivered};

    #[test]
    fn a_manager_is_found_by_login_mail_number_or_name() {
        let rows = ["ada;ada", "bo;ADA", "cy;bo@acme.fr", "kim1;0001", "kim2;Lovelace  àda"];
        let checked = Trial::default().check("login;manager", &rows);
        assert_eq!(delivered(&checked), ["ada;ada", "bo;ada", "cy;bo", "kim1;cy", "kim2;ada"]);
    }

    #[test]
    fn a_manager_whom_nobody_knows_is_refused() {
        let findings = Trial::default().findings("login;manager", &["bo;nobody", "cy;0009", "kim1;Anna Bel"]);
        assert_eq!(findings.len(), 3);
        assert_eq!(
            findings[0].1,
            "B2 manager: `nobody` is neither a user nor created by this file; expected a user's login, mail, employee \
             number within the same establishment, or first and last name"
        );
    }

    #[test]
    fn a_manager_may_be_created_further_down_in_the_same_file() {
        let heading = "login;firstName;lastName;mail;legalEntity;dtContractStart;department;culture;manager";
        let rows = [
            "bo;;;;;;;;Nina Simone",
            "cy;;;;;;;;nina@acme.fr",
            "nina;Nina;Simone;nina@acme.fr;Paris;01/03/2026;Sales;fr-FR;nina@acme.fr",
        ];
        let checked = Trial::default().check(heading, &rows);
        assert_eq!(checked.findings, []);
        let managers: Vec<&str> = checked.delivered.table.rows().map(|row| row.cell(8)).collect();
        assert_eq!(managers, ["nina", "nina", "nina"]);
    }

    #[test]
    fn a_manager_whose_login_changes_is_still_spoken_of_by_the_known_one() {
        let checked = Trial::by(&["mail"]).check("mail;login;manager", &["ada@acme.fr;ada2;", "cy@acme.fr;;ada2"]);
        assert_eq!(delivered(&checked), ["ada@acme.fr;ada2;", "cy@acme.fr;;ada"]);
    }
}
