//! The package of a workbook, a ZIP archive: weighed before anything is taken out of it.
//!
//! A few hundred bytes can unfold to gigabytes. What the archive says about sizes is a promise: the library gives an
//! error for a part that turns out larger, which a test here makes sure of.

use std::io::{Cursor, Read};

use memchr::memmem;
use zip::ZipArchive;

use crate::format::unreadable::{self, not_a_table};
use crate::model::{Finding, Place, Text};

/// All parts together, unfolded.
const BYTES_AT_MOST: u64 = 256 * 1024 * 1024;

/// Each style takes a hundred times the memory of what declares it.
const STYLE_BYTES_AT_MOST: u64 = 8 * 1024 * 1024;

/// Memory is set aside for as many texts as a workbook says that it has.
const TEXTS_AT_MOST: u64 = 16 * 1024 * 1024;

/// What else comes as a ZIP archive, told by a part of it.
const OTHERS: &[(&str, &str)] = &[
    ("word/document.xml", "a Word document"),
    ("ppt/presentation.xml", "a presentation"),
    ("xl/workbook.bin", "an Excel binary workbook (.xlsb)"),
    ("content.xml", "an OpenDocument file"),
];

const WINDOW: u64 = 64 * 1024;
const CLAIM: &[u8] = b"uniqueCount";

/// More than the claim and its number take.
const OVERLAP: usize = 64;

/// # Errors
/// The archive is damaged, is something else than a workbook, or unfolds to too much.
pub(super) fn check(bytes: &[u8]) -> Result<(), Finding> {
    let mut archive = ZipArchive::new(Cursor::new(bytes)).map_err(|_| damaged("the file is cut or damaged"))?;
    let has = |name: &str| archive.file_names().flatten().any(|part| part.eq_ignore_ascii_case(name));
    if let Some((_, what)) = OTHERS.iter().find(|(name, _)| has(name)) {
        return Err(unreadable::is_a(*what));
    }
    if !has("_rels/.rels") {
        return Err(unreadable::is_a("a ZIP archive"));
    }
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
    let problem = format!("the workbook unfolds to more than {} MiB", BYTES_AT_MOST / 1024 / 1024);
    Finding::error("workbook-too-large", Place::FILE, problem).expected("a smaller workbook, or a CSV file")
}

/// The one finding about a workbook that cannot be read to its end.
pub(super) fn damaged(problem: impl Into<Text>) -> Finding {
    not_a_table(problem, "the workbook, opened and saved again with a spreadsheet")
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
            let refusal = check(&archive(&[(name, b"")])).expect_err(what);
            assert_eq!(refusal.problem.to_string(), format!("the file is {what}, not a table"));
        }
        let cut = &archive(&[("_rels/.rels", b"abc")])[..40];
        assert_eq!(check(cut).expect_err("a cut archive").problem.to_string(), "the file is cut or damaged");
        assert_eq!(check(&archive(&[("_rels/.rels", b"abc")])), Ok(()));
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
            assert_eq!(check(&archive(parts)).expect_err("a heavy workbook").code, "workbook-too-large");
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
