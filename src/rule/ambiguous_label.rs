//! `ambiguous-label`: a value that could be several entries of a reference list.

use super::fault::Fault;
use super::lists::Item;
use crate::model::{Example, Rule, Severity, Text};
use crate::text;

pub static RULE: Rule = Rule {
    code: "ambiguous-label",
    severity: Severity::Error,
    meaning: Text::of(
        "Several entries of the reference list have this name, or it is the name of one and the code of another.",
        "Plusieurs entrées de la liste de référence portent ce nom, ou c'est le nom de l'une et le code d'une autre.",
    ),
    correction: Text::of(
        "Write the code of the one that is meant, or its path from the top of the tree, such as `Sales / North`.",
        "Écrivez le code de celle que vous visez, ou son chemin depuis le haut de l'arbre, par exemple \
         `Sales / North`.",
    ),
    example: Example { wrong: "login;department\nada;North", right: "login;department\nada;Sales / North" },
};

/// So many candidates are named.
const NAMED: usize = 5;

/// `clear_name` is a way to write an item that means nothing else.
pub fn fault<'a>(items: &[&'a Item], clear_name: impl Fn(&'a Item) -> &'a str) -> Fault {
    let more = items.len().saturating_sub(NAMED);
    let others = match more {
        0 => Text::of("", ""),
        more => text!(" and {more} more", " et {more} autres"),
    };
    let shown: Vec<String> = items.iter().take(NAMED).map(|item| shown(item)).collect();
    let ways: Vec<String> = items.iter().take(NAMED).map(|item| format!("`{}`", clear_name(item))).collect();
    let (shown, ways) = (shown.join(", "), ways.join(", "));
    RULE.fault(text!("could be any of {shown}{others}", "peut désigner {shown}{others}", others))
        .expected(text!("one of {ways}", "l'une de ces valeurs : {ways}"))
}

/// With its path, and its code where it has one.
fn shown(item: &Item) -> String {
    match item.code.is_empty() {
        true => format!("`{}`", item.path),
        false => format!("`{}` (code `{}`)", item.path, item.code),
    }
}

#[cfg(test)]
mod tests {
    use super::super::labels::Labels;
    use super::super::sample;

    #[test]
    fn candidates_are_told_with_their_paths_and_how_to_write_the_right_one() {
        let lists = sample::tree();
        let mut labels = Labels::of("departments", &lists).expect("a list");
        for (text, sentence) in [
            (
                "North",
                "`North` could be any of `Sales / North`, `Crew / North` (code `N2`); expected one of `Sales / North`, \
                 `N2`",
            ),
            ("it", "`it` could be any of `Computers` (code `IT`), `IT` (code `X`); expected one of `Computers`, `X`"),
        ] {
            assert_eq!(labels.read(text).expect_err("ambiguous").sentence(text), sentence);
        }
        assert_eq!(labels.read("IT").map_err(|fault| fault.rule.code), Err("ambiguous-label"));
    }
}
