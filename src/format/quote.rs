//! Quotes that went wrong, and what is said about them.

use crate::format::rows::excerpt;
use crate::format::split::Flaw;
use crate::model::{Example, Finding, Place, Rule, Severity, Text};

pub(super) static UNCLOSED_QUOTE: Rule = Rule {
    code: "unclosed-quote",
    severity: Severity::Error,
    meaning: Text::of(
        "A cell starts with a quote, and the quote that closes it is missing; the rows below are read as usual.",
        "Une cellule commence par un guillemet, et celui qui la ferme manque ; les lignes suivantes sont lues normalement.",
    ),
    correction: Text::of(
        "Put a quote at both ends of the cell, or at none.",
        "Mettez un guillemet aux deux bouts de la cellule, ou à aucun.",
    ),
    example: Example {
        wrong: "login;firstName;lastName\nbo;\"Bo;Derek\n",
        right: "login;firstName;lastName\nbo;\"Bo\";Derek\n",
    },
};

pub(super) static STRAY_QUOTE: Rule = Rule {
    code: "stray-quote",
    severity: Severity::Error,
    meaning: Text::of(
        "A quote stands where none can be: text follows the one that closes a cell, or the one that opens it is missing.",
        "Un guillemet est mal placé : du texte suit celui qui ferme une cellule, ou celui qui l'ouvre manque.",
    ),
    correction: Text::of(
        "Put quotes at both ends of the cell, and write each quote inside it twice.",
        "Mettez un guillemet aux deux bouts de la cellule, et doublez ceux qui sont à l'intérieur.",
    ),
    example: Example {
        wrong: "login;firstName\nbo;\"Robert \"Bo\"\"\n",
        right: "login;firstName\nbo;\"Robert \"\"Bo\"\"\"\n",
    },
};

pub(super) static QUOTE_INSIDE: Rule = Rule {
    code: "quote-inside",
    severity: Severity::Remark,
    meaning: Text::of(
        "There is a quote in the middle of a cell that has none around it; the cell was read as it stands.",
        "Un guillemet se trouve au milieu d'une cellule qui n'en a pas autour ; la cellule a été lue telle quelle.",
    ),
    correction: Text::of(
        "Put quotes around such a cell, and write the ones inside it twice, so that everybody reads it alike.",
        "Entourez une telle cellule de guillemets, et doublez ceux de l'intérieur, pour que tous la lisent de la même façon.",
    ),
    example: Example {
        wrong: "login;firstName\nbo;Robert \"Bo\"\n",
        right: "login;firstName\nbo;\"Robert \"\"Bo\"\"\"\n",
    },
};

/// The error about a cell whose quotes went wrong.
pub(super) fn error(flaw: Flaw, place: Place, cell: &str) -> Finding {
    let (rule, problem) = match flaw {
        Flaw::Unclosed => (
            &UNCLOSED_QUOTE,
            Text::of(
                "starts with a quote, and the one that closes is missing",
                "commence par un guillemet, et celui qui ferme manque",
            ),
        ),
        Flaw::Stray => {
            (&STRAY_QUOTE, Text::of("goes on behind its closing quote", "continue après le guillemet qui la ferme"))
        }
        Flaw::Unopened => (
            &STRAY_QUOTE,
            Text::of(
                "ends with a quote, and the one that opens is missing",
                "se termine par un guillemet, et celui qui ouvre manque",
            ),
        ),
    };
    let expected = match flaw {
        Flaw::Unclosed | Flaw::Unopened => Text::of(
            "a quote at both ends of the cell, or at none",
            "un guillemet aux deux bouts de la cellule, ou à aucun",
        ),
        Flaw::Stray => Text::of(
            "quotes inside a quoted cell written twice: `\"Site \"\"Nord\"\"\"`",
            "des guillemets doublés à l'intérieur d'une cellule entre guillemets : `\"Site \"\"Nord\"\"\"`",
        ),
    };
    rule.at(place, problem).read(excerpt(cell)).expected(expected)
}

/// The remark about quotes in the middle of a cell.
pub(super) fn inside(place: Place, cell: &str) -> Finding {
    let problem = Text::of(
        "has a quote in it and none around it, and was read as it stands",
        "contient un guillemet sans en avoir autour, et a été lue telle quelle",
    );
    QUOTE_INSIDE.at(place, problem).read(excerpt(cell))
}
