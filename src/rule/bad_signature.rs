//! `bad-signature`: the file should be signed with the partner's OpenPGP key, and is not.

use crate::model::{Example, Finding, Place, Rule, Severity, Text};

pub static RULE: Rule = Rule {
    code: "bad-signature",
    severity: Severity::Error,
    meaning: Text::of(
        "The file should be signed with your OpenPGP key, as the company knows it, and has no such signature that is \
         valid.",
        "Le fichier devrait être signé avec votre clé OpenPGP, telle que l'entreprise la connaît, et ne porte aucune \
         signature valable de cette clé.",
    ),
    correction: Text::of(
        "Sign the file with that key while you encrypt it; where you have a new key, give the company its public half \
         first.",
        "Signez le fichier avec cette clé en le chiffrant ; si vous avez une nouvelle clé, donnez d'abord sa partie \
         publique à l'entreprise.",
    ),
    example: Example { wrong: "", right: "" },
};

pub fn finding(problem: Text) -> Finding {
    RULE.at(Place::FILE, problem)
}
