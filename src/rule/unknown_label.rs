//! `unknown-department`, `unknown-establishment`, `unknown-role`, `unknown-calendar`, `unknown-label`: a value that a
//! reference list does not have.

use super::fault::Fault;
use super::lists::Item;
use crate::model::{Example, Rule, Severity, Text};
use crate::text;

pub static DEPARTMENT: Rule = Rule {
    code: "unknown-department",
    severity: Severity::Error,
    meaning: Text::of("No department has this name or code.", "Aucun département n'a ce nom ni ce code."),
    correction: Text::of(
        "Write the name, the code or the path of one that exists, or have the company create it first.",
        "Écrivez le nom, le code ou le chemin d'un département existant, ou demandez à l'entreprise de le créer d'abord.",
    ),
    example: Example { wrong: "login;department\nada;Slaes", right: "login;department\nada;Sales" },
};

pub static ESTABLISHMENT: Rule = Rule {
    code: "unknown-establishment",
    severity: Severity::Error,
    meaning: Text::of("No establishment has this name or code.", "Aucun établissement n'a ce nom ni ce code."),
    correction: Text::of(
        "Write the name or code of one that exists, or have the company create it first.",
        "Écrivez le nom ou le code d'un établissement existant, ou demandez à l'entreprise de le créer d'abord.",
    ),
    example: Example { wrong: "login;legalEntity\nada;Pairs", right: "login;legalEntity\nada;Paris" },
};

pub static ROLE: Rule = Rule {
    code: "unknown-role",
    severity: Severity::Error,
    meaning: Text::of("No role has this name or code.", "Aucun rôle n'a ce nom ni ce code."),
    correction: Text::of(
        "Write the name or code of one that exists, or have the company create it first.",
        "Écrivez le nom ou le code d'un rôle existant, ou demandez à l'entreprise de le créer d'abord.",
    ),
    example: Example { wrong: "login;rolePrincipal\nada;Emploiee", right: "login;rolePrincipal\nada;Employee" },
};

pub static CALENDAR: Rule = Rule {
    code: "unknown-calendar",
    severity: Severity::Error,
    meaning: Text::of("No calendar has this name or code.", "Aucun calendrier n'a ce nom ni ce code."),
    correction: Text::of(
        "Write the name or code of a calendar that exists, or have the company create it first.",
        "Écrivez le nom ou le code d'un calendrier existant, ou demandez à l'entreprise de le créer d'abord.",
    ),
    example: Example { wrong: "login;calendar\nada;Frnace", right: "login;calendar\nada;France" },
};

pub static OTHER: Rule = Rule {
    code: "unknown-label",
    severity: Severity::Error,
    meaning: Text::of(
        "The reference list of the column has no entry of this name or code.",
        "La liste de référence de la colonne n'a aucune entrée de ce nom ni de ce code.",
    ),
    correction: Text::of(
        "Write the name or code of an entry of the list, or have the company create it first.",
        "Écrivez le nom ou le code d'une entrée de la liste, ou demandez à l'entreprise de la créer d'abord.",
    ),
    example: Example { wrong: "login;csp\nada;Cadr", right: "login;csp\nada;Cadre" },
};

/// The one that speaks of this list.
pub fn rule(list: &str) -> &'static Rule {
    match list {
        "departments" => &DEPARTMENT,
        "establishments" => &ESTABLISHMENT,
        "roles" => &ROLE,
        "calendars" => &CALENDAR,
        _ => &OTHER,
    }
}

/// `near` is the item whose name or code is nearest, and that name or code.
pub fn fault(list: &str, items: &[Item], near: Option<(&Item, &str)>) -> Fault {
    let problem = match list {
        "departments" => Text::of("is not a known department", "n'est pas un département connu"),
        "establishments" => Text::of("is not a known establishment", "n'est pas un établissement connu"),
        "roles" => Text::of("is not a known role", "n'est pas un rôle connu"),
        "calendars" => Text::of("is not a known calendar", "n'est pas un calendrier connu"),
        _ => text!("is not in the reference list `{list}`", "n'est pas dans la liste de référence `{list}`"),
    };
    let fault = rule(list).fault(match near {
        Some((item, near)) => meant(problem, item, near),
        None => problem,
    });
    fault.expected(match items.first() {
        None => text!(
            "an entry of the company's list `{list}`, which is empty",
            "une entrée de la liste `{list}` de l'entreprise, qui est vide"
        ),
        Some(Item { code, label, .. }) if code.is_empty() => {
            text!("the name of one, for example `{label}`", "un nom de la liste, par exemple `{label}`")
        }
        Some(Item { code, label, .. }) => text!(
            "the name or code of one, for example `{label}` or `{code}`",
            "un nom ou un code de la liste, par exemple `{label}` ou `{code}`"
        ),
    })
}

/// What is in a tree is named with its path.
fn meant(problem: Text, item: &Item, near: &str) -> Text {
    let near = match item.path == item.name || item.label == item.path {
        true if near == item.name => format!("`{}`", item.label),
        true => format!("`{near}`"),
        false => format!("`{near}` (`{}`)", item.path),
    };
    text!("{problem}; did you mean {near}?", "{problem} ; vouliez-vous écrire {near} ?", problem)
}
