//! Files that are no tables: what they are instead, told by their first bytes.

use memchr::memmem;

use crate::format::Kind;
use crate::format::heading::COLUMNS_AT_MOST;
use crate::model::{Finding, Place, Text};

const TABLE: &str = "a CSV file or an Excel workbook (.xlsx)";

/// How much of a file is looked at to tell text from anything else.
const HEAD: usize = 64 * 1024;

/// Offsets in a text are `u32`, and decoding may make three bytes of one.
const BYTES_AT_MOST: usize = u32::MAX as usize / 3;

/// What starts like this is known, and is no table.
const OTHERS: &[(&[u8], &str)] = &[
    (b"%PDF", "a PDF document"),
    (b"{\\rtf", "an RTF document"),
    (b"\x1f\x8b", "a gzip archive"),
    (b"7z\xbc\xaf\x27\x1c", "a 7-Zip archive"),
    (b"Rar!", "a RAR archive"),
    (b"\x89PNG", "a picture"),
    (b"GIF8", "a picture"),
    (b"\xff\xd8\xff", "a picture"),
    (b"-----BEGIN PGP", "an encrypted message"),
    (b"SQLite format 3", "a database"),
];

/// What starts like this, whatever its case and the blanks in front, is markup.
const MARKUP: &[(&str, &str)] =
    &[("<!doctype html", "a web page"), ("<html", "a web page"), ("<?xml", "an XML document")];

/// # Errors
/// The bytes are neither text nor a ZIP archive, as a workbook is.
pub(super) fn kind(bytes: &[u8]) -> Result<Kind, Finding> {
    if bytes.starts_with(b"PK\x03\x04") {
        return Ok(Kind::Xlsx);
    }
    match instead(bytes) {
        Some(refusal) => Err(refusal),
        None => Ok(Kind::Csv),
    }
}

/// The one finding about a file that is no table.
pub(super) fn not_a_table(problem: impl Into<Text>, expected: &str) -> Finding {
    Finding::error("not-a-table", Place::FILE, problem).expected(expected)
}

/// The same, for a file whose nature is known.
pub(super) fn is_a(what: &str) -> Finding {
    not_a_table(format!("the file is {what}, not a table"), TABLE)
}

/// The same, for a file without any text.
pub(super) fn is_empty() -> Finding {
    not_a_table("the file is empty", "a row of headings, and a row for each person below it")
}

/// The same, for a heading row that never ends.
pub(super) fn too_many_columns() -> Finding {
    not_a_table(format!("the heading row has more than {COLUMNS_AT_MOST} cells"), "one column for each datum")
}

fn instead(bytes: &[u8]) -> Option<Finding> {
    if bytes.len() > BYTES_AT_MOST {
        return Some(not_a_table("the file is larger than 1.4 GB", "a smaller file"));
    }
    if bytes.starts_with(b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1") {
        return Some(old_office(bytes));
    }
    if let Some((_, what)) = OTHERS.iter().find(|(start, _)| bytes.starts_with(start)) {
        return Some(is_a(what));
    }
    let head = &bytes[..bytes.len().min(HEAD)];
    if let Some((_, what)) = MARKUP.iter().find(|(start, _)| starts_with_markup(head, start)) {
        return Some(is_a(what));
    }
    let utf_16 = head.starts_with(b"\xff\xfe") || head.starts_with(b"\xfe\xff");
    if utf_16 { None } else { binary(head) }
}

/// Old workbooks and encrypted new ones are in the same container.
fn old_office(bytes: &[u8]) -> Finding {
    let holds = |name: &str| {
        let wide: Vec<u8> = name.encode_utf16().flat_map(u16::to_le_bytes).collect();
        memmem::find(bytes, &wide).is_some()
    };
    if holds("EncryptedPackage") {
        not_a_table("the workbook is protected by a password", "the same workbook without a password")
    } else if holds("Workbook") {
        not_a_table("the file is an old Excel workbook (.xls)", "the same workbook saved as .xlsx or CSV")
    } else {
        is_a("an old Office document")
    }
}

fn starts_with_markup(head: &[u8], start: &str) -> bool {
    let head = head.strip_prefix(b"\xef\xbb\xbf").unwrap_or(head).trim_ascii_start();
    head.get(..start.len()).is_some_and(|head| head.eq_ignore_ascii_case(start.as_bytes()))
}

/// One byte in ten that no text has is too much; a few are reported where they are.
fn binary(head: &[u8]) -> Option<Finding> {
    let nul = memchr::memchr_iter(0, head).count();
    let control = head.iter().filter(|byte| **byte < b' ' && !matches!(byte, b'\t' | b'\n' | b'\r' | 0x0c)).count();
    if nul * 3 > head.len() {
        let problem = "the file is not text, or is UTF-16 without a byte order mark";
        return Some(not_a_table(problem, "a CSV file in UTF-8, or an Excel workbook (.xlsx)"));
    }
    (control * 10 > head.len()).then(|| not_a_table("the file is not text", TABLE))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_file_that_is_no_table_is_told_for_what_it_is() {
        let encrypted = [b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1".as_slice(), &wide("EncryptedPackage")].concat();
        let old = [b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1".as_slice(), &wide("Workbook")].concat();
        let cases: [(&[u8], &str); 9] = [
            (b"%PDF-1.7", "the file is a PDF document"),
            (b"  <!DOCTYPE html><html>", "the file is a web page"),
            (b"\xef\xbb\xbf<HTML>", "the file is a web page"),
            (b"\x1f\x8b\x08", "the file is a gzip archive"),
            (&encrypted, "the workbook is protected by a password"),
            (&old, "the file is an old Excel workbook"),
            (b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1", "the file is an old Office document"),
            (&wide("login;mail"), "the file is not text, or is UTF-16 without"),
            (b"\x01\x02\x03\x04abcd", "the file is not text"),
        ];
        for (bytes, problem) in cases {
            let refusal = kind(bytes).expect_err(problem);
            assert_eq!(refusal.code, "not-a-table");
            assert!(refusal.problem.to_string().starts_with(problem), "{refusal}");
        }
    }

    #[test]
    fn text_is_a_table_though_it_has_an_odd_byte() {
        for bytes in ["login;mail\n".as_bytes(), b"login;mail\nada;a\0b", b"\xff\xfea\0", b"", b"<login>"] {
            assert_eq!(kind(bytes), Ok(Kind::Csv));
        }
        assert_eq!(kind(b"PK\x03\x04"), Ok(Kind::Xlsx));
    }

    fn wide(text: &str) -> Vec<u8> {
        text.encode_utf16().flat_map(u16::to_le_bytes).collect()
    }
}
