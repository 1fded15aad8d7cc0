//! `not-decrypted`: the file should be encrypted to the company's key, and cannot be decrypted with it.

use crate::model::{Example, Finding, Place, Rule, Severity, Text};

pub static RULE: Rule = Rule {
    code: "not-decrypted",
    severity: Severity::Error,
    meaning: Text::of(
        "The file should be encrypted to the company's OpenPGP key, and cannot be decrypted with it.",
        "Le fichier devrait être chiffré pour la clé OpenPGP de l'entreprise, et ne peut pas être déchiffré avec elle.",
    ),
    correction: Text::of(
        "Encrypt the file to the key that the company gave you, and send it again whole.",
        "Chiffrez le fichier pour la clé que l'entreprise vous a donnée, puis renvoyez-le en entier.",
    ),
    example: Example { wrong: "", right: "" },
};

pub fn finding(problem: Text) -> Finding {
    RULE.at(Place::FILE, problem)
}
