//! What can be found while people are given accounts at a partner.

use crate::model::{Example, Rule, Severity, Text};

pub static RULES: &[&Rule] = &[&ACCOUNT_REFUSED, &MANAGER_WITHOUT_ACCOUNT, &LEAVERS_NOT_JUDGED];

pub static ACCOUNT_REFUSED: Rule = Rule {
    code: "account-refused",
    severity: Severity::Error,
    meaning: Text::of(
        "The partner refuses the account of a person; those of the others are as they are to be.",
        "Le partenaire refuse le compte d'une personne ; ceux des autres sont comme ils doivent être.",
    ),
    correction: Text::of(
        "Correct the datum at its source, or the account at the partner; the next run tries again.",
        "Corrigez la donnée à sa source, ou le compte chez le partenaire ; la prochaine exécution réessaie.",
    ),
    example: Example {
        wrong: "externalId;userName\n0001;ada\n0002;ada",
        right: "externalId;userName\n0001;ada\n0002;grace",
    },
};

pub static MANAGER_WITHOUT_ACCOUNT: Rule = Rule {
    code: "manager-without-account",
    severity: Severity::Remark,
    meaning: Text::of(
        "The manager of a person has no account at the partner, so the one that is known there stays.",
        "Le manager d'une personne n'a pas de compte chez le partenaire : celui qui y est connu reste.",
    ),
    correction: Text::of(
        "Export the manager too, or correct the manager at the source.",
        "Exportez aussi le manager, ou corrigez-le à la source.",
    ),
    example: Example {
        wrong: "Matricule;Matricule manager\n0001;0009",
        right: "Matricule;Matricule manager\n0001;0002",
    },
};

pub static LEAVERS_NOT_JUDGED: Rule = Rule {
    code: "leavers-not-judged",
    severity: Severity::Remark,
    meaning: Text::of(
        "Rows were left out because of errors, so nobody loses an account for not being in the export.",
        "Des lignes ont été écartées pour erreur : personne ne perd son compte pour son absence de l'export.",
    ),
    correction: Text::of(
        "Correct the rows that were left out; the next run then tells who has left.",
        "Corrigez les lignes écartées ; la prochaine exécution dira alors qui est parti.",
    ),
    example: Example { wrong: "externalId;userName\n0001;", right: "externalId;userName\n0001;ada" },
};
