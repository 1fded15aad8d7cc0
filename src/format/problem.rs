//! A problem: why a value of ours cannot be written in a partner's column.

use crate::model::{Example, Finding, Place, Rule, Severity, Text};

/// A value that has no place in its column.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Problem {
    pub rule: &'static Rule,
    /// A clause that can follow what was read.
    pub problem: Text,
    pub expected: Text,
}

pub(super) static NOT_IN_CORRESPONDENCE: Rule = Rule {
    code: "not-in-correspondence",
    severity: Severity::Error,
    meaning: Text::of(
        "The column's correspondence table has no word of the partner's for this value of ours.",
        "La table de correspondance de la colonne ne donne pas le mot du partenaire pour cette valeur.",
    ),
    correction: Text::of(
        "Add the value to the table in the profile, or say there what stands in for values that it does not have.",
        "Ajoutez la valeur à la table dans le profil, ou indiquez-y ce qui remplace les valeurs qu'elle ne contient \
         pas.",
    ),
    example: Example {
        wrong: "values = { female = \"F\" }\notherwise = \"refuse\"",
        right: "values = { female = \"F\", male = \"M\" }\notherwise = \"refuse\"",
    },
};

pub(super) static NOT_A_DATE: Rule = Rule {
    code: "not-a-date",
    severity: Severity::Error,
    meaning: Text::of(
        "The value is no day, and the partner's column holds days.",
        "La valeur n'est pas un jour, alors que la colonne du partenaire contient des jours.",
    ),
    correction: Text::of("Correct the person's datum at its source.", "Corrigez la donnée de la personne à sa source."),
    example: Example { wrong: "2026-02-31", right: "2026-02-28" },
};

pub(super) static NOT_AN_AMOUNT: Rule = Rule {
    code: "not-an-amount",
    severity: Severity::Error,
    meaning: Text::of(
        "The value is no number, and the partner's column holds amounts.",
        "La valeur n'est pas un nombre, alors que la colonne du partenaire contient des montants.",
    ),
    correction: Text::of("Correct the person's datum at its source.", "Corrigez la donnée de la personne à sa source."),
    example: Example { wrong: "1 234,50 €", right: "1234.50" },
};

pub(super) static VALUE_TOO_LONG: Rule = Rule {
    code: "value-too-long",
    severity: Severity::Error,
    meaning: Text::of(
        "The value has more characters than the partner's column takes; it is never cut.",
        "La valeur a plus de caractères que la colonne du partenaire n'en prend ; elle n'est jamais coupée.",
    ),
    correction: Text::of(
        "Shorten the person's datum at its source, or agree on a longer column with the partner.",
        "Raccourcissez la donnée de la personne à sa source, ou convenez avec le partenaire d'une colonne plus longue.",
    ),
    example: Example { wrong: "Ingénieure qualité et sécurité", right: "Ingénieure qualité" },
};

impl Problem {
    /// The error it is for the row at `place`.
    pub fn at(self, place: Place, read: &str) -> Finding {
        self.rule.at(place, self.problem).read(read).expected(self.expected)
    }
}
