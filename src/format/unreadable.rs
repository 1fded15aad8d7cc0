//! Files that are no tables: what they are instead, told by their first bytes.

use memchr::memmem;

use crate::format::heading::{CHARACTERS_AT_MOST, COLUMNS_AT_MOST};
use crate::format::{Kind, encoding, workbook};
use crate::model::{Example, Finding, Place, Rule, Severity, Text};
use crate::text;

pub(super) static NOT_A_TABLE: Rule = Rule {
    code: "not-a-table",
    severity: Severity::Error,
    meaning: Text::of(
        "The file is no table of people: it is of another kind, is empty, or cannot be opened.",
        "Le fichier n'est pas un tableau de personnes : il est d'une autre nature, il est vide ou il ne peut pas être ouvert.",
    ),
    correction: Text::of(
        "Send a CSV file or an Excel workbook with a row of headings, and a row for each person below it.",
        "Envoyez un fichier CSV ou un classeur Excel avec une ligne d'en-têtes, puis une ligne par personne.",
    ),
    example: Example {
        wrong: "<!DOCTYPE html><html><body>503 Service Unavailable</body></html>",
        right: "login;firstName\nada;Ada\n",
    },
};

const TABLE: Text = Text::of("a CSV file or an Excel workbook (.xlsx)", "un fichier CSV ou un classeur Excel (.xlsx)");

/// How much of a file is looked at to tell text from anything else.
pub(super) const HEAD: usize = 64 * 1024;

/// Offsets in a text are `u32`, and decoding may make three bytes of one.
const BYTES_AT_MOST: u64 = u32::MAX as u64 / 3;

const PICTURE: Text = Text::of("a picture", "une image");
const WEB_PAGE: Text = Text::of("a web page", "une page web");
const XML: Text = Text::of("an XML document", "un document XML");
const JSON: Text = Text::of("a JSON document", "un document JSON");
const MAIL: Text = Text::of("an e-mail", "un e-mail");
const KEY: Text = Text::of("a key or an encrypted message", "une clé ou un message chiffré");
const PROGRAM: Text = Text::of("a program", "un programme");
const DATABASE: Text = Text::of("a database", "une base de données");

/// What starts like this is known, and is no table.
const OTHERS: &[(&[u8], Text)] = &[
    (b"%PDF", Text::of("a PDF document", "un document PDF")),
    (b"%!PS", Text::of("a PostScript document", "un document PostScript")),
    (b"{\\rtf", Text::of("an RTF document", "un document RTF")),
    (b"PK\x05\x06", Text::of("an empty ZIP archive", "une archive ZIP vide")),
    (b"\x1f\x8b", Text::of("a gzip archive", "une archive gzip")),
    (b"7z\xbc\xaf\x27\x1c", Text::of("a 7-Zip archive", "une archive 7-Zip")),
    (b"Rar!\x1a", Text::of("a RAR archive", "une archive RAR")),
    (b"BZh9", Text::of("a bzip2 archive", "une archive bzip2")),
    (b"\xfd7zXZ\0", Text::of("an xz archive", "une archive xz")),
    (b"\x28\xb5\x2f\xfd", Text::of("a Zstandard archive", "une archive Zstandard")),
    (b"\x89PNG", PICTURE),
    (b"GIF8", PICTURE),
    (b"\xff\xd8\xff", PICTURE),
    (b"II*\0", PICTURE),
    (b"MM\0*", PICTURE),
    (b"-----BEGIN ", KEY),
    (b"SQLite format 3", DATABASE),
    (b"\0\x01\0\0Standard ", DATABASE),
    (b"PAR1", Text::of("a Parquet file", "un fichier Parquet")),
    (b"\x7fELF", PROGRAM),
    (b"MZ\x90\0", PROGRAM),
    (b"#!/", PROGRAM),
];

/// What starts like this, whatever its case and the blanks in front, is a text for machines.
const TEXTS: &[(&str, Text)] = &[
    ("<!doctype html", WEB_PAGE),
    ("<html", WEB_PAGE),
    ("<head", WEB_PAGE),
    ("<body", WEB_PAGE),
    ("<table", WEB_PAGE),
    ("<!--", WEB_PAGE),
    ("<?xml", XML),
    ("<?mso-application", XML),
    ("{\"", JSON),
    ("[{", JSON),
    ("[[", JSON),
    ("return-path:", MAIL),
    ("received:", MAIL),
    ("delivered-to:", MAIL),
    ("mime-version:", MAIL),
    ("message-id:", MAIL),
    ("from: ", MAIL),
    ("subject: ", MAIL),
    ("begin:vcard", Text::of("a contact card (vCard)", "une carte de visite (vCard)")),
    ("begin:vcalendar", Text::of("a calendar (iCalendar)", "un calendrier (iCalendar)")),
];

/// Where the mark of a TAR archive is.
const TAR_MARK: std::ops::Range<usize> = 257..262;

/// A ZIP archive, as XLSX and ODS are.
pub(super) fn is_archive(bytes: &[u8]) -> bool {
    bytes.starts_with(b"PK\x03\x04")
}

/// A container of old Office documents, as XLS is.
pub(super) fn is_container(bytes: &[u8]) -> bool {
    bytes.starts_with(b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1")
}

/// `head` is the start of a file of `length` bytes, [`HEAD`] of them where there are as many.
///
/// # Errors
/// The bytes are no text.
pub(super) fn check(head: &[u8], length: u64) -> Result<(), Finding> {
    instead(head, length).map_or(Ok(()), Err)
}

/// # Errors
/// The container holds no workbook, or a protected one: encrypted XLSX files are in the same container.
pub(super) fn container(bytes: &[u8]) -> Result<Kind, Finding> {
    let holds = |name: &str| {
        let wide: Vec<u8> = name.encode_utf16().flat_map(u16::to_le_bytes).collect();
        memmem::find(bytes, &wide).is_some()
    };
    if holds("EncryptedPackage") {
        Err(workbook::protected())
    } else if holds("Workbook") || holds("Book") {
        Ok(Kind::Xls)
    } else {
        Err(is_a(Text::of("an old Office document", "un ancien document Office")))
    }
}

/// The one finding about a file that is no table.
pub(super) fn not_a_table(problem: Text, expected: Text) -> Finding {
    NOT_A_TABLE.at(Place::FILE, problem).expected(expected)
}

/// The same, for a file whose nature is known.
pub(super) fn is_a(what: Text) -> Finding {
    not_a_table(text!("the file is {what}, not a table", "le fichier est {what}, pas un tableau", what), TABLE)
}

/// The same, for a file without any text.
pub(super) fn is_empty() -> Finding {
    not_a_table(
        Text::of("the file is empty", "le fichier est vide"),
        Text::of(
            "a row of headings, and a row for each person below it",
            "une ligne d'en-têtes, puis une ligne par personne",
        ),
    )
}

/// The same, for a file in which there is nothing but blanks and separators.
pub(super) fn is_blank() -> Finding {
    let problem = Text::of("the file holds nothing but blanks", "le fichier ne contient que des blancs");
    Finding { problem, ..is_empty() }
}

/// The same, for a message in place of a table.
pub(super) fn is_a_line_of_text() -> Finding {
    is_a(Text::of("a line of text", "une ligne de texte"))
}

/// The same, for a heading row that never ends.
pub(super) fn too_many_columns() -> Finding {
    not_a_table(
        text!(
            "the heading row has more than {COLUMNS_AT_MOST} cells",
            "la ligne d'en-têtes a plus de {COLUMNS_AT_MOST} cellules",
        ),
        Text::of("one column for each datum", "une colonne par donnée"),
    )
}

/// The same, for a first row that is a page of text.
pub(super) fn heading_too_long() -> Finding {
    not_a_table(
        text!(
            "a cell of the heading row has more than {CHARACTERS_AT_MOST} characters",
            "une cellule de la ligne d'en-têtes a plus de {CHARACTERS_AT_MOST} caractères",
        ),
        Text::of("a short name for each column", "un nom court pour chaque colonne"),
    )
}

fn instead(head: &[u8], length: u64) -> Option<Finding> {
    if length > BYTES_AT_MOST {
        return Some(not_a_table(
            Text::of("the file is larger than 1.4 GB", "le fichier dépasse 1,4 Go"),
            Text::of("a smaller file", "un fichier plus petit"),
        ));
    }
    if let Some((_, what)) = OTHERS.iter().find(|(start, _)| head.starts_with(start)) {
        return Some(is_a(what.clone()));
    }
    if head.get(TAR_MARK) == Some(b"ustar") {
        return Some(is_a(Text::of("a TAR archive", "une archive TAR")));
    }
    if let Some((_, what)) = TEXTS.iter().find(|(start, _)| starts_with_text(head, start)) {
        return Some(is_a(what.clone()));
    }
    if encoding::is_utf_32(head) {
        return Some(not_a_table(
            Text::of("the file is in UTF-32", "le fichier est en UTF-32"),
            Text::of("a CSV file in UTF-8", "un fichier CSV en UTF-8"),
        ));
    }
    if encoding::is_utf_16(head) { None } else { binary(head) }
}

fn starts_with_text(head: &[u8], start: &str) -> bool {
    let head = head.strip_prefix(b"\xef\xbb\xbf").unwrap_or(head).trim_ascii_start();
    head.get(..start.len()).is_some_and(|head| head.eq_ignore_ascii_case(start.as_bytes()))
}

/// One byte in ten that no text has is too much; a few are reported where they are, and so are zeros behind the text.
fn binary(head: &[u8]) -> Option<Finding> {
    let written = head.iter().rposition(|byte| *byte != 0).map_or(0, |last| last + 1);
    if written == 0 && !head.is_empty() {
        let problem = Text::of("the file holds nothing but bytes 0", "le fichier ne contient que des octets 0");
        let expected = Text::of("the file, written to its end", "le fichier, écrit jusqu'au bout");
        return Some(not_a_table(problem, expected));
    }
    let is_control = |byte: &&u8| **byte < b' ' && !matches!(byte, b'\t' | b'\n' | b'\r' | 0x0c);
    let control = head[..written].iter().filter(is_control).count();
    let problem = Text::of("the file is not text", "le fichier n'est pas du texte");
    (control * 10 > written).then(|| not_a_table(problem, TABLE))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_file_that_is_no_table_is_told_for_what_it_is() {
        let cases: [(&[u8], &str); 9] = [
            (b"%PDF-1.7", "the file is a PDF document"),
            (b"  <!DOCTYPE html><html>", "the file is a web page"),
            (b"\xef\xbb\xbf<HTML>", "the file is a web page"),
            (b"\x1f\x8b\x08", "the file is a gzip archive"),
            (b"\0\0\0\0", "the file holds nothing but bytes 0"),
            (b"\xff\xfe\0\0l\0\0\0", "the file is in UTF-32"),
            (b"[{\"login\": \"ada\"}]", "the file is a JSON document"),
            (b"Return-Path: <ada@acme.example>", "the file is an e-mail"),
            (b"\x01\x02\x03\x04abcd", "the file is not text"),
        ];
        for (bytes, problem) in cases {
            let refusal = check(bytes, bytes.len() as u64).expect_err(problem);
            assert_eq!(refusal.code, "not-a-table");
            assert!(refusal.problem.to_string().starts_with(problem), "{refusal}");
        }
    }

    #[test]
    fn text_is_a_table_though_it_has_an_odd_byte() {
        for bytes in
            ["login;mail\n".as_bytes(), b"login;mail\nada;a\0b", b"\xff\xfea\0", b"", b"<login>", &wide("login;mail")]
        {
            assert_eq!(check(bytes, bytes.len() as u64), Ok(()));
        }
    }

    #[test]
    fn an_old_container_is_told_by_what_is_in_it() {
        let start = b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1".as_slice();
        let of = |name: &str| container(&[start, &wide(name)].concat()).map_err(|refusal| refusal.code);
        assert_eq!(of("Workbook"), Ok(Kind::Xls));
        assert_eq!(of("Book"), Ok(Kind::Xls));
        assert_eq!(of("EncryptedPackage"), Err("workbook-protected".into()));
        assert_eq!(of("WordDocument"), Err("not-a-table".into()));
    }

    fn wide(text: &str) -> Vec<u8> {
        text.encode_utf16().flat_map(u16::to_le_bytes).collect()
    }
}
