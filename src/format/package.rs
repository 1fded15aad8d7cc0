//! The package of a workbook, a ZIP archive: looked through and weighed before anything is taken out of it.
//!
//! A few hundred bytes can unfold to gigabytes. What the archive says about sizes is asked first, because it is free;
//! as it may lie, every part is then unfolded once, into nothing, up to the limit.

use std::io::{Cursor, Read};

use memchr::memmem;
use zip::ZipArchive;

use crate::format::unreadable::{self, not_a_table};
use crate::model::{Finding, Place};

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
        return Err(unreadable::is_a(what));
    }
    if !has("_rels/.rels") {
        return Err(unreadable::is_a("a ZIP archive"));
    }
    let declared = (0..archive.len()).filter_map(|part| archive.by_index_data(part).ok()).map(|part| part.size());
    if declared.fold(0, u64::saturating_add) > BYTES_AT_MOST {
        return Err(too_large());
    }
    weigh_parts(&mut archive)
}

/// The one finding about a workbook that takes more than it should.
pub(super) fn too_large() -> Finding {
    let problem = format!("the workbook unfolds to more than {} MiB", BYTES_AT_MOST / 1024 / 1024);
    Finding::error("workbook-too-large", Place::FILE, problem).expected("a smaller workbook, or a CSV file")
}

/// The one finding about a workbook that cannot be read to its end.
pub(super) fn damaged(problem: impl Into<String>) -> Finding {
    not_a_table(problem, "the workbook, opened and saved again with a spreadsheet")
}

fn weigh_parts(archive: &mut ZipArchive<Cursor<&[u8]>>) -> Result<(), Finding> {
    let mut total = 0;
    for index in 0..archive.len() {
        // A part that cannot be opened here cannot be opened later, and weighs nothing.
        let Ok(part) = archive.by_index(index) else { continue };
        let is_styles = part.name_raw().to_ascii_lowercase().ends_with(b"styles.xml");
        let weight = Weight::of(part.take(BYTES_AT_MOST - total + 1));
        total += weight.bytes;
        let is_heavy = total > BYTES_AT_MOST || weight.texts > TEXTS_AT_MOST;
        if is_heavy || (is_styles && weight.bytes > STYLE_BYTES_AT_MOST) {
            return Err(too_large());
        }
    }
    Ok(())
}

/// What a part is, once it is unfolded.
#[derive(Debug, Default)]
struct Weight {
    bytes: u64,
    /// The highest number of texts that it says it has.
    texts: u64,
}

impl Weight {
    /// A part that breaks off weighs what came before.
    fn of(mut part: impl Read) -> Weight {
        let mut weight = Weight::default();
        let mut window = Vec::with_capacity(OVERLAP + WINDOW as usize);
        loop {
            window.drain(..window.len().saturating_sub(OVERLAP));
            let read = match part.by_ref().take(WINDOW).read_to_end(&mut window) {
                Ok(0) | Err(_) => return weight,
                Ok(read) => read as u64,
            };
            weight.bytes += read;
            weight.texts =
                memmem::find_iter(&window, CLAIM).map(|at| claimed(&window[at..])).fold(weight.texts, u64::max);
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
            assert_eq!(refusal.problem, format!("the file is {what}, not a table"));
        }
        let cut = &archive(&[("_rels/.rels", b"abc")])[..40];
        assert_eq!(check(cut).expect_err("a cut archive").problem, "the file is cut or damaged");
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
    fn a_workbook_that_lies_about_its_size_is_weighed() {
        let zeros = vec![0; BYTES_AT_MOST as usize + 1];
        let mut bytes = archive(&[("_rels/.rels", b""), ("xl/worksheets/sheet1.xml", &zeros)]);
        let size = (zeros.len() as u32).to_le_bytes();
        let places: Vec<usize> = memmem::find_iter(&bytes, &size).collect();
        assert!(!places.is_empty(), "the size is written somewhere");
        for place in places {
            bytes[place..place + 4].copy_from_slice(&3u32.to_le_bytes());
        }
        assert_eq!(check(&bytes).expect_err("a heavy workbook").code, "workbook-too-large");
    }
}
