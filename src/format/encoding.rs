//! Encodings: which one a file is in, decided over the whole of it.

use std::io;
use std::ops::ControlFlow;

use encoding_rs::{UTF_16BE, UTF_16LE};

use crate::format::code::{self, Code};
use crate::format::dialect::Encoding;
use crate::model::{Bytes, Example, Finding, Place, Rule, Severity, Text};
use crate::text;

pub(super) static ENCODING: Rule = Rule {
    code: "encoding",
    severity: Severity::Remark,
    meaning: Text::of(
        "The file is in another encoding than expected; it was read in the one that it is in.",
        "Le fichier est dans un autre encodage que celui attendu ; il a été lu dans le sien.",
    ),
    correction: Text::of(
        "Save the file as UTF-8, or have the encoding that you use stated on our side.",
        "Enregistrez le fichier en UTF-8, ou faites indiquer de notre côté l'encodage que vous utilisez.",
    ),
    example: Example { wrong: "Cl\\xE9o", right: "Cl\\xC3\\xA9o" },
};

pub(super) static UNKNOWN_ENCODING: Rule = Rule {
    code: "unknown-encoding",
    severity: Severity::Error,
    meaning: Text::of(
        "The letters with accents are in neither UTF-8 nor Windows-1252; names would be misread, and the file is refused.",
        "Les lettres accentuées ne sont ni en UTF-8 ni en Windows-1252 ; des noms seraient mal lus, et le fichier est refusé.",
    ),
    correction: Text::of(
        "Export the file as UTF-8; programs for DOS and old Macs have encodings of their own.",
        "Exportez le fichier en UTF-8 ; les logiciels pour DOS et les anciens Mac ont leurs propres encodages.",
    ),
    example: Example { wrong: "Cl\\x82o", right: "Cl\\xC3\\xA9o" },
};

const MARK: &[u8] = b"\xef\xbb\xbf";

/// A byte from here on starts a letter of several bytes in UTF-8.
const FIRST_OF_SEVERAL: u8 = 0xc0;

/// So many letters outside of ASCII show what they mean.
const LETTERS_LOOKED_AT: usize = 10_000;

/// How much of a file is looked at to tell UTF-16 without a mark.
const HEAD: usize = 4 * 1024;

/// So many bytes of a letter of UTF-8 may stand at an end without the rest of it.
const CUT_AT_MOST: usize = 3;

/// Bytes are looked at in runs of so many: most runs are ASCII.
const RUN: usize = 32;

/// What is told of the encoding of a file.
pub(super) struct Told {
    pub code: Code,
    /// Where the text starts: behind a byte order mark.
    pub start: u64,
    /// Said when it is another encoding than expected; an error where it is none that is known.
    pub remark: Option<Finding>,
}

/// A byte order mark decides, and so does the pattern of UTF-16; else what is stated; else valid UTF-8; else UTF-8 with
/// a few bad bytes; else Windows-1252. The bytes are read in blocks of `block` bytes, as often as is needed.
pub(super) fn tell(bytes: &dyn Bytes, stated: Option<Encoding>, block: usize) -> io::Result<Told> {
    let mut head = vec![0; bytes.len().min(HEAD as u64) as usize];
    bytes.read_at(&mut head, 0)?;
    if head.starts_with(MARK) {
        return Ok(Told { code: Code::Utf8, start: MARK.len() as u64, remark: remark(Code::Utf8, stated) });
    }
    if let Some((encoding, start)) = utf_16(&head) {
        let code = Code::Utf16(encoding);
        return Ok(Told { code, start: start as u64, remark: remark(code, stated) });
    }
    let is_utf_8 = match stated {
        Some(stated) => stated == Encoding::Utf8,
        None => is_valid_utf_8(bytes, block)? || is_damaged_utf_8(bytes, block)?,
    };
    let code = if is_utf_8 { Code::Utf8 } else { Code::Windows1252 };
    let is_unknown = !is_utf_8 && stated.is_none() && is_other_than_windows_1252(bytes, block)?;
    Ok(Told { code, start: 0, remark: if is_unknown { Some(unknown()) } else { remark(code, stated) } })
}

/// The text of a file that is in memory.
pub(super) fn decode(bytes: &[u8], stated: Option<Encoding>) -> io::Result<(String, Told)> {
    let told = tell(&bytes, stated, bytes.len().max(1))?;
    let mut text = String::new();
    told.code.decode(&bytes[told.start as usize..], &mut text);
    Ok((text, told))
}

/// UTF-32 is not read: nobody writes it.
pub(super) fn is_utf_32(bytes: &[u8]) -> bool {
    bytes.starts_with(b"\xff\xfe\0\0") || bytes.starts_with(b"\0\0\xfe\xff")
}

pub(super) fn is_utf_16(bytes: &[u8]) -> bool {
    utf_16(bytes).is_some()
}

/// Which UTF-16, and where the text starts. Without a mark it is told by every other byte, which is 0 in most letters.
fn utf_16(bytes: &[u8]) -> Option<(&'static encoding_rs::Encoding, usize)> {
    match bytes {
        [0xff, 0xfe, ..] => return Some((UTF_16LE, 2)),
        [0xfe, 0xff, ..] => return Some((UTF_16BE, 2)),
        _ => {}
    }
    let pairs = bytes[..bytes.len().min(HEAD)].as_chunks::<2>().0;
    let zeros = |place: usize| pairs.iter().filter(|pair| pair[place] == 0).count();
    let most = pairs.len() * 4 / 5;
    match (zeros(0), zeros(1)) {
        (0, low) if low > most => Some((UTF_16LE, 0)),
        (high, 0) if high > most => Some((UTF_16BE, 0)),
        _ => None,
    }
}

fn is_valid_utf_8(bytes: &dyn Bytes, block: usize) -> io::Result<bool> {
    let mut is_valid = true;
    blocks(bytes, block, |bytes, is_last| {
        let whole = bytes.len() - if is_last { 0 } else { code::unfinished(bytes) };
        is_valid = simdutf8::basic::from_utf8(&bytes[..whole]).is_ok();
        if is_valid { ControlFlow::Continue(whole) } else { ControlFlow::Break(()) }
    })?;
    Ok(is_valid)
}

/// Letters of another encoding look like a good UTF-8 sequence by rare chance only. The sequence at the end may be cut
/// because the file is.
fn is_damaged_utf_8(bytes: &dyn Bytes, block: usize) -> io::Result<bool> {
    let mut end = vec![0; bytes.len().min(CUT_AT_MOST as u64) as usize];
    let start = bytes.len() - end.len() as u64;
    bytes.read_at(&mut end, start)?;
    let (mut good, mut bad) = (0_usize, 0_usize);
    blocks(bytes, block, |bytes, is_last| {
        let whole = bytes.len() - if is_last { 0 } else { code::unfinished(bytes) };
        let mut at = 0;
        while let Some(start) = outside_of_ascii(&bytes[..whole], at) {
            at = bytes[start..whole].iter().position(u8::is_ascii).map_or(whole, |ascii| start + ascii);
            for chunk in bytes[start..at].utf8_chunks() {
                good += chunk.valid().bytes().filter(|byte| *byte >= FIRST_OF_SEVERAL).count();
                let is_cut = std::str::from_utf8(chunk.invalid()).is_err_and(|error| error.error_len().is_none());
                let is_spared = chunk.invalid().is_empty() || (is_cut && end.ends_with(chunk.invalid()));
                bad += usize::from(!is_spared);
            }
        }
        ControlFlow::Continue(whole)
    })?;
    Ok(good > 0 && good >= bad)
}

/// Inside of words there are as many signs as letters: `Cl‚o`, which is `Cléo` in CP850, or `ClŽo`, in Mac Roman.
fn is_other_than_windows_1252(bytes: &dyn Bytes, block: usize) -> io::Result<bool> {
    let (mut letters, mut signs, mut seen) = (0, 0, 0);
    blocks(bytes, block, |bytes, _| {
        let mut from = 1;
        while let Some(at) = outside_of_ascii(bytes, from).filter(|at| at + 1 < bytes.len() && seen < LETTERS_LOOKED_AT)
        {
            let (before, behind) = (bytes[at - 1], bytes[at + 1]);
            match bytes[at] {
                0xc0.. => letters += 1,
                0x81 | 0x82 | 0x84 | 0x87..=0x89 | 0x8b | 0x8d | 0x8f | 0x90 | 0x93..=0x95 | 0x9d => {
                    signs += usize::from(before.is_ascii_alphabetic() && behind.is_ascii_alphabetic());
                }
                0x8a | 0x8c | 0x8e | 0x9f => {
                    signs += usize::from(before.is_ascii_lowercase() && behind.is_ascii_lowercase());
                }
                _ => {}
            }
            (from, seen) = (at + 1, seen + 1);
        }
        // The last two are looked at once more, with what is behind them.
        if seen < LETTERS_LOOKED_AT {
            ControlFlow::Continue(bytes.len().saturating_sub(2))
        } else {
            ControlFlow::Break(())
        }
    })?;
    Ok(signs > 0 && signs >= letters)
}

/// Shows the bytes in blocks; `see` is told which is the last, and says how many bytes of one it has done with. It is
/// shown the others again, in front of the next.
fn blocks(
    bytes: &dyn Bytes,
    block: usize,
    mut see: impl FnMut(&[u8], bool) -> ControlFlow<(), usize>,
) -> io::Result<()> {
    let (mut shown, mut at) = (Vec::new(), 0);
    while at < bytes.len() {
        let kept = shown.len();
        let more = (bytes.len() - at).min(block as u64);
        shown.resize(kept + more as usize, 0);
        bytes.read_at(&mut shown[kept..], at)?;
        at += more;
        match see(&shown, at == bytes.len()) {
            ControlFlow::Continue(done) => {
                shown.copy_within(done.., 0);
                shown.truncate(shown.len() - done);
            }
            ControlFlow::Break(()) => break,
        }
    }
    Ok(())
}

/// Where the first byte is that is no ASCII, from `from` on.
fn outside_of_ascii(bytes: &[u8], from: usize) -> Option<usize> {
    let rest = bytes.get(from..)?;
    let runs = rest.chunks(RUN).take_while(|run| run.is_ascii()).count();
    let found = rest.get(runs * RUN..)?.iter().position(|byte| !byte.is_ascii())?;
    Some(from + runs * RUN + found)
}

fn unknown() -> Finding {
    let problem = Text::of(
        "the letters with accents are in neither UTF-8 nor Windows-1252",
        "les lettres accentuées ne sont ni en UTF-8 ni en Windows-1252",
    );
    UNKNOWN_ENCODING.at(Place::FILE, problem).expected(Text::same("UTF-8"))
}

fn remark(code: Code, stated: Option<Encoding>) -> Option<Finding> {
    let encoding = code.name();
    let stated = match stated {
        None => "UTF-8",
        Some(stated) => stated.name(),
    };
    let problem = text!("the file was read as {encoding}", "le fichier a été lu en {encoding}");
    (encoding != stated).then(|| ENCODING.at(Place::FILE, problem).expected(Text::same(stated)))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn decoded(bytes: &[u8], stated: Option<Encoding>) -> (String, Told) {
        decode(bytes, stated).expect("memory can be read")
    }

    #[test]
    fn the_encoding_is_decided_over_the_whole_file() {
        let mostly_utf_8 = ["é".repeat(30).as_bytes(), b"\xe9", "à".repeat(30).as_bytes()].concat();
        let late = [&[b'a'; 100_000][..], b"\xe9t\xe9"].concat();
        let cases: [(&[u8], &str, &str); 11] = [
            (b"", "UTF-8", ""),
            ("été".as_bytes(), "UTF-8", "été"),
            (b"\xef\xbb\xbf\xc3\xa9", "UTF-8", "é"),
            (b"\xff\xfe\xe9\x00t\x00", "UTF-16", "ét"),
            (b"\xfe\xff\x00\xe9\x00t", "UTF-16", "ét"),
            (b"l\0o\0g\0i\0n\0\xe9\0", "UTF-16", "loginé"),
            (b"\0l\0o\0g\0i\0n\0\xe9", "UTF-16", "loginé"),
            (b"\xe9t\xe9 \x80", "Windows-1252", "été €"),
            ("é\u{e9}à".as_bytes(), "UTF-8", "ééà"),
            (&late, "Windows-1252", &("a".repeat(100_000) + "été")),
            (&mostly_utf_8, "UTF-8", &("é".repeat(30) + "\u{fffd}" + &"à".repeat(30))),
        ];
        for (bytes, encoding, text) in cases {
            for block in [1, 2, 3, 7, 1024] {
                let told = tell(&bytes, None, block).expect("memory can be read");
                assert_eq!(told.code.name(), encoding);
                assert_eq!(told.remark.is_some(), encoding != "UTF-8");
            }
            assert_eq!(decoded(bytes, None).0, text);
        }
    }

    #[test]
    fn what_cannot_be_decoded_is_marked_in_its_place() {
        assert_eq!(decoded(b"\xef\xbb\xbfa\xe9;b", None).0, "a\u{fffd};b");
        assert_eq!(decoded(b"\xe9;\x81;\x9d", None).0, "é;\u{fffd};\u{fffd}");
        assert_eq!(decoded(b"\xff\xfea\x00\x00\xd8", None).0, "a\u{fffd}");
    }

    #[test]
    fn what_is_stated_decides_where_the_file_does_not() {
        use Encoding::{Utf8, Windows1252};
        let cases: [(&[u8], Encoding, &str, bool); 6] = [
            (b"Cl\xe9o", Windows1252, "Cléo", false),
            (b"Cl\xe9o", Utf8, "Cl\u{fffd}o", false),
            ("Cléo".as_bytes(), Windows1252, "ClÃ©o", false),
            ("Cléo".as_bytes(), Utf8, "Cléo", false),
            ("\u{feff}Cléo".as_bytes(), Windows1252, "Cléo", true),
            (b"\xff\xfeC\0", Utf8, "C", true),
        ];
        for (bytes, stated, text, is_remarked) in cases {
            let (read, told) = decoded(bytes, Some(stated));
            assert_eq!((&*read, told.remark.is_some()), (text, is_remarked), "{stated:?}");
        }
    }

    #[test]
    fn an_encoding_of_dos_or_of_an_old_mac_is_not_taken_for_windows_1252() {
        let code = |bytes| decoded(bytes, None).1.remark.map(|finding| finding.code);
        for bytes in [b"Cl\x82o;H\x82l\x8ane".as_slice(), b"Cl\x8eo", b"Fran\x8dois"] {
            assert_eq!(code(bytes).as_deref(), Some("unknown-encoding"));
        }
        for bytes in [b"Cl\xe9o;L\x92\x8cuvre".as_slice(), b"C\x9cur \x80", b"\x93Nord\x94", b"Cl\xe9o;H\x82l\xe8ne"] {
            assert_eq!(code(bytes).as_deref(), Some("encoding"));
        }
    }
}
