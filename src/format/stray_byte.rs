//! Stray bytes: what no cell should hold, because it is no letter at all.

use encoding_rs::WINDOWS_1252;

use crate::format::lost::{Bytes, LOST};
use crate::format::rows::excerpt;
use crate::model::{Example, Finding, Place, Rule, Severity, Text};
use crate::text;

pub(super) static BAD_BYTE: Rule = Rule {
    code: "bad-byte",
    severity: Severity::Error,
    meaning: Text::of(
        "A cell holds a byte that is no letter in the encoding of the file; what was meant is not known.",
        "Une cellule contient un octet qui ne correspond à aucune lettre dans l'encodage du fichier ; on ne sait pas \
         ce qui était voulu.",
    ),
    correction: Text::of(
        "Write the whole file in one encoding, UTF-8 if you can; files in two encodings must not be put together as they are.",
        "Écrivez tout le fichier dans un seul encodage, de préférence UTF-8 ; ne mettez pas bout à bout des fichiers d'encodages différents.",
    ),
    example: Example { wrong: "login;firstName\nbo;B\u{fffd}\n", right: "login;firstName\nbo;Bo\n" },
};

pub(super) static NUL_BYTE: Rule = Rule {
    code: "nul-byte",
    severity: Severity::Error,
    meaning: Text::of(
        "A cell holds a byte 0, which is no text; often the file was not written whole.",
        "Une cellule contient un octet 0, qui n'est pas du texte ; souvent, le fichier n'a pas été écrit en entier.",
    ),
    correction: Text::of(
        "Export the file anew, and send it once it is written to its end.",
        "Exportez de nouveau le fichier, et envoyez-le une fois qu'il est écrit jusqu'au bout.",
    ),
    example: Example { wrong: "login;firstName\nada;Ad␀\n", right: "login;firstName\nada;Ada\n" },
};

pub(super) static INNER_MARK: Rule = Rule {
    code: "inner-mark",
    severity: Severity::Remark,
    meaning: Text::of(
        "A row starts with a byte order mark, which belongs at the start of a file only; it was passed over.",
        "Une ligne commence par une marque d'ordre des octets (BOM), qui n'a sa place qu'au début d'un fichier ; elle n'a pas été prise en compte.",
    ),
    correction: Text::of(
        "Send files one by one, or take the mark and the headings away from those that you put behind another.",
        "Envoyez les fichiers un par un, ou retirez la marque et les en-têtes de ceux que vous mettez à la suite d'un autre.",
    ),
    example: Example { wrong: "login;firstName\nada;Ada\n<U+FEFF>bo;Bo\n", right: "login;firstName\nada;Ada\nbo;Bo\n" },
};

/// The first letter that was lost in a cell; `bytes` is what stood there, where that is known, and the encoding.
pub(super) fn lost_letter(place: Place, cell: &str, bytes: Option<(Bytes<'_>, &str)>) -> Finding {
    let (problem, expected) = match bytes {
        Some((bytes, _)) if bytes.cut => (cut_letter(bytes), Text::of("the whole file", "le fichier entier")),
        Some((bytes, encoding)) if !is_lost_before(bytes) => (
            what_stood_there(bytes, encoding),
            Text::of(
                "one encoding for the whole file, at best UTF-8",
                "un seul encodage pour tout le fichier, de préférence UTF-8",
            ),
        ),
        _ => (
            text!(
                "has `{LOST}` in the place of a letter, which was lost before the file came here",
                "a `{LOST}` à la place d'une lettre, perdue avant l'arrivée du fichier ici",
            ),
            Text::of("the letter itself", "la lettre elle-même"),
        ),
    };
    BAD_BYTE.at(place, problem).read(excerpt(cell)).expected(expected)
}

/// The file itself holds a U+FFFD.
fn is_lost_before(bytes: Bytes<'_>) -> bool {
    bytes.bytes == LOST.encode_utf8(&mut [0; 4]).as_bytes()
}

fn cut_letter(bytes: Bytes<'_>) -> Text {
    let hex = hex(bytes);
    text!(
        "ends in the middle of a letter ({hex}), as does the file: it was cut on the way",
        "se termine au milieu d'une lettre ({hex}), comme le fichier : il a été coupé en chemin",
    )
}

fn what_stood_there(bytes: Bytes<'_>, encoding: &str) -> Text {
    let (hex, number) = (hex(bytes), bytes.at + 1);
    let problem = text!(
        "holds the byte {hex} (number {number} of the file), which is no letter in {encoding}",
        "contient l'octet {hex} (n° {number} du fichier), qui ne correspond à aucune lettre en {encoding}",
    );
    let (meant, _) = WINDOWS_1252.decode_without_bom_handling(bytes.bytes);
    match meant.chars().all(char::is_alphabetic) {
        true => {
            text!("{problem}; in Windows-1252 it is `{meant}`", "{problem} ; en Windows-1252, c'est `{meant}`", problem)
        }
        false => problem,
    }
}

/// As `C3 A9`.
fn hex(bytes: Bytes<'_>) -> String {
    let each: Vec<String> = bytes.bytes.iter().map(|byte| format!("{byte:02X}")).collect();
    each.join(" ")
}

pub(super) fn nul(place: Place, cell: &str) -> Finding {
    NUL_BYTE
        .at(place, Text::of("has a byte 0, which is no text", "contient un octet 0, qui n'est pas du texte"))
        .read(excerpt(cell).replace('\0', "␀"))
        .expected(Text::of("text", "du texte"))
}

pub(super) fn inner_mark(row: Place) -> Finding {
    INNER_MARK.at(
        row,
        Text::of(
            "starts with a byte order mark, which was passed over; were files put together here?",
            "commence par une marque d'ordre des octets (BOM), qui n'a pas été prise en compte ; des fichiers ont-ils été mis bout à bout ici ?",
        ),
    )
}
