//! What can be found while the rows of an export are written.

use crate::model::{Example, Rule, Severity, Text};

pub static RULES: &[&Rule] = &[
    &EMPTY_REQUIRED,
    &EMPTY_RECOMMENDED,
    &PERSON_TWICE,
    &NOT_ENCODABLE,
    &NOBODY_THERE,
    &NOT_ONE_DEPARTMENT,
    &NO_ESTABLISHMENT,
];

const AT_ITS_SOURCE: Text = Text::of("Fill in the datum at its source.", "Complétez la donnée à sa source.");

pub static EMPTY_REQUIRED: Rule = Rule {
    code: "empty-required",
    severity: Severity::Error,
    meaning: Text::of(
        "A column that the partner requires is empty for somebody.",
        "Une colonne que le partenaire exige est vide pour quelqu'un.",
    ),
    correction: AT_ITS_SOURCE,
    example: Example { wrong: "Matricule;Email\n0001;", right: "Matricule;Email\n0001;ada@acme.example" },
};

pub static EMPTY_RECOMMENDED: Rule = Rule {
    code: "empty-recommended",
    severity: Severity::Remark,
    meaning: Text::of(
        "A column that the partner recommends is empty for somebody.",
        "Une colonne que le partenaire recommande est vide pour quelqu'un.",
    ),
    correction: AT_ITS_SOURCE,
    example: Example { wrong: "Matricule;Fonction\n0001;", right: "Matricule;Fonction\n0001;Analyst" },
};

pub static PERSON_TWICE: Rule = Rule {
    code: "person-twice",
    severity: Severity::Remark,
    meaning: Text::of(
        "The same person is twice in the people of the export, and the partner is sent both rows.",
        "La même personne figure deux fois parmi celles de l'export, et le partenaire reçoit les deux lignes.",
    ),
    correction: Text::of("Take one of the two out at the source.", "Retirez l'une des deux à la source."),
    example: Example {
        wrong: "Matricule;Nom\n0001;Lovelace\n0001;Byron",
        right: "Matricule;Nom\n0001;Lovelace\n0002;Byron",
    },
};

pub static NOT_ENCODABLE: Rule = Rule {
    code: "not-encodable",
    severity: Severity::Error,
    meaning: Text::of(
        "A character does not exist in the encoding of the partner's file.",
        "Un caractère n'existe pas dans l'encodage du fichier du partenaire.",
    ),
    correction: Text::of(
        "Write the datum without it at its source, or agree on UTF-8 with the partner.",
        "Écrivez la donnée sans lui à sa source, ou convenez de l'UTF-8 avec le partenaire.",
    ),
    example: Example { wrong: "Matricule;Nom\n0001;Łukasz", right: "Matricule;Nom\n0001;Lukasz" },
};

pub static NOBODY_THERE: Rule = Rule {
    code: "nobody-there",
    severity: Severity::Remark,
    meaning: Text::of(
        "Nobody is of an establishment that the `population` of the export names.",
        "Personne n'appartient à un établissement que nomme la `population` de l'export.",
    ),
    correction: Text::of(
        "Correct its name in the site if it is misspelt, or take it out.",
        "Corrigez son nom dans la configuration s'il est mal écrit, ou retirez-le.",
    ),
    example: Example {
        wrong: "population = { establishments = [\"Pairs\"] }",
        right: "population = { establishments = [\"Paris\"] }",
    },
};

pub static NO_ESTABLISHMENT: Rule = Rule {
    code: "no-establishment",
    severity: Severity::Error,
    meaning: Text::of(
        "Each establishment has its file, and somebody has no establishment.",
        "Chaque établissement a son fichier, et quelqu'un n'a pas d'établissement.",
    ),
    correction: AT_ITS_SOURCE,
    example: Example { wrong: "Matricule;Établissement\n0001;", right: "Matricule;Établissement\n0001;Lyon" },
};

pub static NOT_ONE_DEPARTMENT: Rule = Rule {
    code: "not-one-department",
    severity: Severity::Remark,
    meaning: Text::of(
        "The organisation does not have somebody's department, or has several that are called so: the row goes without one.",
        "L'organisation n'a pas le département de quelqu'un, ou en a plusieurs de ce nom : la ligne part sans département.",
    ),
    correction: Text::of(
        "Add the department to the list of departments, or name it by its code where the person's data are kept.",
        "Ajoutez le département à la liste des départements, ou désignez-le par son code là où sont les données de la personne.",
    ),
    example: Example { wrong: "Matricule;Département\n0001;Vente", right: "Matricule;Département\n0001;Ventes" },
};
