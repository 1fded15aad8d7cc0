//! `unknown-department`, `unknown-establishment`, `unknown-role`, `ambiguous-label`: a value that a reference list does
//! not have, or has twice.

use super::column::List;
use super::fault::Fault;
use super::lists::Item;
use crate::model::{Example, Rule, Severity, Text};
use crate::text;

pub static DEPARTMENT: Rule = Rule {
    code: "unknown-department",
    severity: Severity::Error,
    meaning: Text::of("No department has this name or code.", "Aucun département n'a ce nom ni ce code."),
    correction: Text::of(
        "Write the name or code of one that exists, or have the company create it first.",
        "Écrivez le nom ou le code d'un département existant, ou demandez à l'entreprise de le créer d'abord.",
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

pub static AMBIGUOUS: Rule = Rule {
    code: "ambiguous-label",
    severity: Severity::Error,
    meaning: Text::of(
        "The value is the name of one entry of the list and the code of another.",
        "La valeur est le nom d'une entrée de la liste et le code d'une autre.",
    ),
    correction: Text::of(
        "Write what only the entry that is meant has: its code or its name.",
        "Écrivez ce que seule la bonne entrée possède : son code ou son nom.",
    ),
    example: Example { wrong: "login;department\nada;IT", right: "login;department\nada;Computers" },
};

pub fn fault(list: List, items: &[Item], near: Option<&str>) -> Fault {
    let (rule, noun, in_french): (&'static Rule, &str, &str) = match list {
        List::Departments => (&DEPARTMENT, "department", "département"),
        List::Establishments => (&ESTABLISHMENT, "establishment", "établissement"),
        List::Roles => (&ROLE, "role", "rôle"),
    };
    let problem = match near {
        Some(near) => text!(
            "is not a known {noun}; did you mean `{near}`?",
            "n'est pas un {in_french} connu ; vouliez-vous écrire `{near}` ?"
        ),
        None => text!("is not a known {noun}", "n'est pas un {in_french} connu"),
    };
    rule.fault(problem).expected(match items.first() {
        None => text!(
            "an entry of the company's list of {noun}s, which is empty",
            "une entrée de la liste de l'entreprise, qui est vide"
        ),
        Some(Item { code, name }) if code.is_empty() => {
            text!("the name of one, for example `{name}`", "un nom de la liste, par exemple `{name}`")
        }
        Some(Item { code, name }) => text!(
            "the name or code of one, for example `{name}` or `{code}`",
            "un nom ou un code de la liste, par exemple `{name}` ou `{code}`"
        ),
    })
}

/// The one of the two that is written exactly so, if only one is.
pub fn exact<'a>(text: &str, named: &'a Item, coded: &'a Item) -> Option<&'a str> {
    match (named.name == text, coded.code == text) {
        (true, false) => Some(&named.name),
        (false, true) => Some(&coded.name),
        _ => None,
    }
}

pub fn ambiguous(named: &Item, coded: &Item) -> Fault {
    let (first, second) = (&named.code, &coded.name);
    let problem = text!(
        "is the name of one entry and the code of another, `{second}`",
        "est le nom d'une entrée et le code d'une autre, `{second}`"
    );
    let expected = match first.is_empty() {
        true => text!("`{second}`, if the other is meant", "`{second}`, si c'est l'autre qui est visée"),
        false => text!(
            "`{first}` for the first, or `{second}` for the second",
            "`{first}` pour la première, ou `{second}` pour la seconde"
        ),
    };
    AMBIGUOUS.fault(problem).expected(expected)
}

#[cfg(test)]
mod tests {
    use super::super::labels::Labels;
    use super::super::lists::Lists;
    use super::*;

    fn lists() -> Lists {
        let items = [("SAL", "Sales"), ("IT", "Computers"), ("X", "IT"), ("", "Crew")];
        let mut lists = Lists::default();
        let item = |(code, name): (&str, &str)| Item { code: code.into(), name: name.into() };
        lists.insert(List::Departments, items.map(item).into());
        lists
    }

    #[test]
    fn a_name_or_a_code_leads_to_the_name() {
        let lists = lists();
        let mut labels = Labels::of(List::Departments, &lists).expect("a list");
        for (text, name) in [("SALES", "Sales"), ("sal", "Sales"), ("Crew", "Crew"), ("x", "IT")] {
            assert_eq!(labels.read(text), Ok(name));
            assert_eq!(labels.known(text), name);
        }
        assert!(Labels::of(List::Roles, &lists).is_none());
    }

    #[test]
    fn a_value_outside_of_the_list_is_told_with_the_nearest() {
        let lists = lists();
        let mut labels = Labels::of(List::Departments, &lists).expect("a list");
        assert_eq!(
            labels.read("Slaes").expect_err("unknown").sentence("Slaes"),
            "`Slaes` is not a known department; did you mean `Sales`? Expected the name or code of one, for example \
             `Sales` or `SAL`"
        );
        let twice = labels.read("IT").expect_err("ambiguous");
        assert_eq!(twice.rule.code, "ambiguous-label");
        assert_eq!(
            twice.sentence("IT"),
            "`IT` is the name of one entry and the code of another, `Computers`; expected \
             `X` for the first, or `Computers` for the second"
        );
    }
}
