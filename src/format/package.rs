//! The package of a workbook, a ZIP archive: weighed before anything is taken out of it.
//!
//! A few hundred bytes can unfold to gigabytes. What the archive says about sizes is a promise: the library gives an
//! error for a part that turns out larger, which a test here makes sure of.

use std::io::{Cursor, Read};

use memchr::memmem;
use zip::ZipArchive;

use crate::format::workbook::{damaged, protected};
use crate::format::{Kind, unreadable};
use crate::model::{Example, Finding, Place, Rule, Severity, Text};
use crate::text;

/// All parts together, unfolded.
const BYTES_AT_MOST: u64 = 256 * 1024 * 1024;

/// Each style takes a hundred times the memory of what declares it.
const STYLE_BYTES_AT_MOST: u64 = 8 * 1024 * 1024;

/// Memory is set aside for as many texts as a workbook says that it has.
const TEXTS_AT_MOST: u64 = 16 * 1024 * 1024;

/// What else comes as a ZIP archive, told by a part of it.
const OTHERS: &[(&str, Text)] = &[
    ("word/document.xml", Text::of("a Word document", "un document Word")),
    ("ppt/presentation.xml", Text::of("a presentation", "une présentation")),
    ("xl/workbook.bin", Text::of("an Excel binary workbook (.xlsb)", "un classeur Excel binaire (.xlsb)")),
];

/// The beginning of what a part of OpenDocument files says, and the whole of it for a spreadsheet.
const OPEN_DOCUMENT: &str = "application/vnd.oasis.opendocument";
const SPREADSHEET: &str = "application/vnd.oasis.opendocument.spreadsheet";

/// A workbook of a hundred sheets has some hundred.
const PARTS_AT_MOST: usize = 10_000;

pub static TOO_LARGE: Rule = Rule {
    code: "workbook-too-large",
    severity: Severity::Error,
    meaning: Text::of(
        "The workbook, unfolded, takes more than one file may: a workbook is a compressed archive.",
        "Le classeur, une fois décompressé, dépasse ce qu'un fichier peut occuper : un classeur est une archive.",
    ),
    correction: Text::of(
        "Send several smaller workbooks, without pictures and other sheets, or a CSV file.",
        "Envoyez plusieurs classeurs plus petits, sans images ni autres feuilles, ou un fichier CSV.",
    ),
    example: Example { wrong: "users.xlsx: 3 MB that unfold to 900 MB", right: "users.csv: 60 MB" },
};

const WINDOW: u64 = 64 * 1024;
const CLAIM: &[u8] = b"uniqueCount";

/// More than the claim and its number take.
const OVERLAP: usize = 64;

/// Which workbook the archive is.
///
/// # Errors
/// The archive is damaged, is something else than a workbook, or unfolds to too much.
pub(super) fn kind(bytes: &[u8]) -> Result<Kind, Finding> {
    let mut archive = ZipArchive::new(Cursor::new(bytes))
        .map_err(|_| damaged(Text::of("the file is cut or damaged", "le fichier est tronqué ou endommagé")))?;
    if archive.len() > PARTS_AT_MOST {
        return Err(too_large());
    }
    let has = |name: &str| archive.file_names().flatten().any(|part| part.eq_ignore_ascii_case(name));
    if let Some((_, what)) = OTHERS.iter().find(|(name, _)| has(name)) {
        return Err(unreadable::is_a(what.clone()));
    }
    let is_xlsx = has("_rels/.rels");
    weigh(&mut archive)?;
    match mimetype(&mut archive).as_deref() {
        Some(SPREADSHEET) if archive.file_names().flatten().any(|part| part == "encrypted-package") => Err(protected()),
        Some(SPREADSHEET) => Ok(Kind::Ods),
        Some(other) if other.starts_with(OPEN_DOCUMENT) => {
            Err(unreadable::is_a(Text::of("an OpenDocument file", "un fichier OpenDocument")))
        }
        _ if is_xlsx => Ok(Kind::Xlsx),
        _ => Err(unreadable::is_a(Text::of("a ZIP archive", "une archive ZIP"))),
    }
}

/// What an OpenDocument file says that it is.
fn mimetype(archive: &mut ZipArchive<Cursor<&[u8]>>) -> Option<String> {
    let mut text = String::new();
    archive.by_name("mimetype").ok()?.take(WINDOW).read_to_string(&mut text).ok()?;
    Some(text)
}

fn weigh(archive: &mut ZipArchive<Cursor<&[u8]>>) -> Result<(), Finding> {
    let mut total: u64 = 0;
    for index in 0..archive.len() {
        // A part that cannot be opened here cannot be opened later, and weighs nothing.
        let Ok(part) = archive.by_index(index) else { continue };
        let name = part.name_raw().to_ascii_lowercase();
        total = total.saturating_add(part.size());
        let is_too_much = total > BYTES_AT_MOST
            || (name.ends_with(b"styles.xml") && part.size() > STYLE_BYTES_AT_MOST)
            || (name.ends_with(b"sharedstrings.xml") && texts_claimed(part) > TEXTS_AT_MOST);
        if is_too_much {
            return Err(too_large());
        }
    }
    Ok(())
}

/// The one finding about a workbook that takes more than it should.
pub(super) fn too_large() -> Finding {
    let most = BYTES_AT_MOST / 1024 / 1024;
    let problem = text!("the workbook unfolds to more than {most} MiB", "le classeur décompressé dépasse {most} Mio");
    let expected = Text::of("a smaller workbook, or a CSV file", "un classeur plus petit, ou un fichier CSV");
    TOO_LARGE.at(Place::FILE, problem).expected(expected)
}

/// The highest number of texts that a part says it has; no such word elsewhere in it does harm.
fn texts_claimed(mut part: impl Read) -> u64 {
    let mut claim = 0;
    let mut window = Vec::with_capacity(OVERLAP + WINDOW as usize);
    loop {
        window.drain(..window.len().saturating_sub(OVERLAP));
        match part.by_ref().take(WINDOW).read_to_end(&mut window) {
            Ok(0) | Err(_) => return claim,
            Ok(_) => claim = memmem::find_iter(&window, CLAIM).map(|at| claimed(&window[at..])).fold(claim, u64::max),
        }
    }
}

/// The number in `uniqueCount="12"`.
fn claimed(text: &[u8]) -> u64 {
    let value = text[CLAIM.len()..].iter().skip_while(|byte| b" \t\r\n='\"".contains(byte));
    let digits = value.take_while(|byte| byte.is_ascii_digit());
    digits.fold(0, |number: u64, digit| number.saturating_mul(10).saturating_add(u64::from(digit - b'0')))
}

#[cfg(test)]
mod tests {
    use std::io::Write;

    use zip::ZipWriter;
    use zip::write::SimpleFileOptions;

    use super::*;

    fn archive(parts: &[(&str, &[u8])]) -> Vec<u8> {
        let mut writer = ZipWriter::new(Cursor::new(Vec::new()));
        for (name, content) in parts {
            writer.start_file(*name, SimpleFileOptions::default()).expect("a part");
            writer.write_all(content).expect("its content");
        }
        writer.finish().expect("an archive").into_inner()
    }

    #[test]
    fn an_archive_that_is_no_workbook_is_told_for_what_it_is() {
        for (name, what) in [("word/document.xml", "a Word document"), ("users.csv", "a ZIP archive")] {
            let refusal = kind(&archive(&[(name, b"")])).expect_err(what);
            assert_eq!(refusal.problem.to_string(), format!("the file is {what}, not a table"));
        }
        let cut = &archive(&[("_rels/.rels", b"abc")])[..40];
        assert_eq!(kind(cut).expect_err("a cut archive").problem.to_string(), "the file is cut or damaged");
        assert_eq!(kind(&archive(&[("_rels/.rels", b"abc")])), Ok(Kind::Xlsx));
    }

    #[test]
    fn a_workbook_that_unfolds_to_too_much_is_refused() {
        let zeros = vec![0; BYTES_AT_MOST as usize / 2 + 1];
        let claim = [vec![b' '; WINDOW as usize - 10].as_slice(), b"<sst uniqueCount = '99999999999'>"].concat();
        let heavy: [&[(&str, &[u8])]; 3] = [
            &[("_rels/.rels", b""), ("xl/worksheets/sheet1.xml", &zeros), ("xl/worksheets/sheet2.xml", &zeros)],
            &[("_rels/.rels", b""), ("xl/sharedStrings.xml", &claim)],
            &[("_rels/.rels", b""), ("xl/Styles.xml", &zeros[..STYLE_BYTES_AT_MOST as usize + 1])],
        ];
        for parts in heavy {
            assert_eq!(kind(&archive(parts)).expect_err("a heavy workbook").code, "workbook-too-large");
        }
    }

    #[test]
    fn a_part_that_is_larger_than_it_says_breaks_off() {
        let mut bytes = archive(&[("_rels/.rels", &[b' '; 5_000_000])]);
        let size = 5_000_000u32.to_le_bytes();
        let places: Vec<usize> = memmem::find_iter(&bytes, &size).collect();
        assert!(!places.is_empty(), "the size is written somewhere");
        for place in places {
            bytes[place..place + 4].copy_from_slice(&3u32.to_le_bytes());
        }
        let mut archive = ZipArchive::new(Cursor::new(bytes)).expect("an archive");
        let mut unfolded = Vec::new();
        let refusal = archive.by_index(0).expect("a part").read_to_end(&mut unfolded);
        assert!(refusal.is_err() && unfolded.len() < 100_000, "{refusal:?}, {} bytes", unfolded.len());
    }
}
