//! The package of a workbook, a ZIP archive: weighed before anything is taken out of it.
//!
//! A few hundred bytes can unfold to gigabytes. What the archive says about sizes is a promise: the library gives an
//! error for a part that turns out larger, which a test here makes sure of.

use std::io::{BufReader, Cursor, Read};

use quick_xml::events::Event;
use zip::ZipArchive;

use crate::format::workbook::{damaged, protected};
use crate::format::{Kind, unreadable};
use crate::model::{Example, Finding, Place, Rule, Severity, Text};
use crate::text;

/// All parts together, unfolded, which may be held in memory.
const BYTES_AT_MOST: u64 = 256 * 1024 * 1024;

/// All sheets of an XLSX together: they are read through and not held. A sheet of as many rows as there can be has a tenth
/// of it; more an archive can only tell in its long form.
const SHEET_BYTES_AT_MOST: u64 = 4 * 1024 * 1024 * 1024;

const SHEETS: &[u8] = b"xl/worksheets/";

/// Each style takes a hundred times the memory of what declares it.
const STYLE_BYTES_AT_MOST: u64 = 8 * 1024 * 1024;

/// Memory is set aside for as many texts as a workbook says that it has.
const TEXTS_AT_MOST: u64 = 16 * 1024 * 1024;

const CLAIM: &str = "uniqueCount";

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
    example: Example { wrong: "users.xlsx: 9 MB that unfold to 5 GB", right: "users.csv: 60 MB" },
};

/// More than the word takes.
const MIMETYPE: u64 = 1024;

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
    archive.by_name("mimetype").ok()?.take(MIMETYPE).read_to_string(&mut text).ok()?;
    Some(text)
}

fn weigh(archive: &mut ZipArchive<Cursor<&[u8]>>) -> Result<(), Finding> {
    let (mut held, mut of_sheets): (u64, u64) = (0, 0);
    for index in 0..archive.len() {
        // A part that cannot be opened here cannot be opened later, and weighs nothing.
        let Ok(part) = archive.by_index(index) else { continue };
        let name = part.name_raw().to_ascii_lowercase();
        let weight = if name.starts_with(SHEETS) { &mut of_sheets } else { &mut held };
        *weight = weight.saturating_add(part.size());
        let is_too_much = (name.ends_with(b"styles.xml") && part.size() > STYLE_BYTES_AT_MOST)
            || (name.ends_with(b"sharedstrings.xml") && texts_claimed(part) > TEXTS_AT_MOST);
        if held > BYTES_AT_MOST || is_too_much {
            return Err(too_large());
        }
        if of_sheets > SHEET_BYTES_AT_MOST {
            return Err(larger_than(SHEET_BYTES_AT_MOST));
        }
    }
    Ok(())
}

/// The one finding about a workbook that takes more than it should.
pub(super) fn too_large() -> Finding {
    larger_than(BYTES_AT_MOST)
}

fn larger_than(bytes: u64) -> Finding {
    let most = bytes / 1024 / 1024;
    let problem = text!("the workbook unfolds to more than {most} MiB", "le classeur décompressé dépasse {most} Mio");
    let expected = Text::of("a smaller workbook, or a CSV file", "un classeur plus petit, ou un fichier CSV");
    TOO_LARGE.at(Place::FILE, problem).expected(expected)
}

/// The number of texts that the part says it has: who reads it asks where they begin, and never again.
fn texts_claimed(part: impl Read) -> u64 {
    let mut reader = quick_xml::Reader::from_reader(BufReader::new(part));
    let mut buffer = Vec::new();
    loop {
        buffer.clear();
        match reader.read_event_into(&mut buffer) {
            Ok(Event::Start(start) | Event::Empty(start)) if start.local_name().as_ref() == "sst" => {
                let mut attributes = start.attributes();
                let claims = attributes.with_checks(false).flatten().filter(|it| it.key.as_ref() == CLAIM);
                return claims.map(|claim| claimed(&claim.value)).max().unwrap_or_default();
            }
            Ok(Event::Eof) | Err(_) => return 0,
            Ok(_) => {}
        }
    }
}

/// As much as can be read as a number.
fn claimed(text: &str) -> u64 {
    let digits = text.bytes().filter(u8::is_ascii_digit);
    digits.fold(0, |number: u64, digit| number.saturating_mul(10).saturating_add(u64::from(digit - b'0')))
}

#[cfg(test)]
mod tests {
    use std::io::Write;

    use memchr::memmem;
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
        let claim = [vec![b' '; 100_000].as_slice(), b"<sst uniqueCount = '99999999999'>"].concat();
        let heavy: [&[(&str, &[u8])]; 3] = [
            &[("_rels/.rels", b""), ("xl/media/one.bin", &zeros), ("xl/sharedStrings.xml", &zeros)],
            &[("_rels/.rels", b""), ("xl/sharedStrings.xml", &claim)],
            &[("_rels/.rels", b""), ("xl/Styles.xml", &zeros[..STYLE_BYTES_AT_MOST as usize + 1])],
        ];
        for parts in heavy {
            assert_eq!(kind(&archive(parts)).expect_err("a heavy workbook").code, "workbook-too-large");
        }
    }

    /// An archive of parts of 5,000,000 blanks, which say that they have another size.
    fn lying(names: &[&str], size: u32) -> Vec<u8> {
        let blanks = vec![b' '; 5_000_000];
        let parts: Vec<(&str, &[u8])> = names.iter().map(|name| (*name, blanks.as_slice())).collect();
        let mut bytes = archive(&parts);
        let places: Vec<usize> = memmem::find_iter(&bytes, &5_000_000u32.to_le_bytes()).collect();
        assert!(!places.is_empty(), "the size is written somewhere");
        for place in places {
            bytes[place..place + 4].copy_from_slice(&size.to_le_bytes());
        }
        bytes
    }

    #[test]
    fn sheets_may_be_larger_than_what_is_held_but_not_without_end() {
        let sheets = ["_rels/.rels", "xl/worksheets/sheet1.xml", "xl/worksheets/sheet2.xml"];
        assert_eq!(kind(&lying(&sheets, 200_000_000)), Ok(Kind::Xlsx));
        let refusal = kind(&lying(&sheets[1..], 2_200_000_000)).expect_err("heavy sheets");
        assert_eq!(refusal.problem.to_string(), "the workbook unfolds to more than 4096 MiB");
    }

    #[test]
    fn a_part_that_is_larger_than_it_says_breaks_off() {
        let bytes = lying(&["_rels/.rels"], 3);
        let mut archive = ZipArchive::new(Cursor::new(bytes)).expect("an archive");
        let mut unfolded = Vec::new();
        let refusal = archive.by_index(0).expect("a part").read_to_end(&mut unfolded);
        assert!(refusal.is_err() && unfolded.len() < 100_000, "{refusal:?}, {} bytes", unfolded.len());
    }
}
