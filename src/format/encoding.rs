//! Encodings: which one a file is in, decided over the whole of it, and its text.

use std::borrow::Cow;

use encoding_rs::{UTF_16BE, UTF_16LE, WINDOWS_1252};
use memchr::{memchr2, memchr3};

use crate::format::dialect::Encoding;
use crate::format::lost::{LOST, Lost};
use crate::model::{Example, Finding, Place, Rule, Severity, Text};
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

/// Codes that Windows-1252 leaves undefined: a file that has them is in yet another encoding.
const UNDEFINED: [char; 5] = ['\u{81}', '\u{8d}', '\u{8f}', '\u{90}', '\u{9d}'];

/// A byte from here on starts a letter of several bytes in UTF-8.
const FIRST_OF_SEVERAL: u8 = 0xc0;

/// So many letters outside of ASCII show what they mean.
const LETTERS_LOOKED_AT: usize = 10_000;

/// How much of a file is looked at to tell UTF-16 without a mark.
const HEAD: usize = 4 * 1024;

pub(super) struct Decoded<'a> {
    /// Without a byte order mark; [`LOST`] where bytes made no sense.
    pub text: Cow<'a, str>,
    pub encoding: &'static str,
    /// Said when it is another encoding than expected; an error where it is none that is known.
    pub remark: Option<Finding>,
    /// What stood where the text has [`LOST`].
    pub lost: Lost<'a>,
}

/// A byte order mark decides, and so does the pattern of UTF-16; else what is stated; else valid UTF-8; else UTF-8 with
/// a few bad bytes; else Windows-1252.
pub(super) fn decode(bytes: &[u8], stated: Option<Encoding>) -> Decoded<'_> {
    if bytes.starts_with(MARK) {
        return utf_8(bytes, MARK.len(), stated);
    }
    if let Some((encoding, start)) = utf_16(bytes) {
        let (text, _) = encoding.decode_without_bom_handling(&bytes[start..]);
        return Decoded { text, encoding: "UTF-16", remark: remark("UTF-16", stated), lost: Lost::unknown() };
    }
    let is_utf_8 = stated != Some(Encoding::Windows1252)
        && (stated.is_some() || std::str::from_utf8(bytes).is_ok() || is_damaged_utf_8(bytes));
    if is_utf_8 { utf_8(bytes, 0, stated) } else { windows_1252(bytes, stated) }
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

fn utf_8(bytes: &[u8], start: usize, stated: Option<Encoding>) -> Decoded<'_> {
    Decoded {
        text: String::from_utf8_lossy(&bytes[start..]),
        encoding: "UTF-8",
        remark: remark("UTF-8", stated),
        lost: Lost::of_utf_8(bytes, start),
    }
}

fn windows_1252(bytes: &[u8], stated: Option<Encoding>) -> Decoded<'_> {
    let (text, _) = WINDOWS_1252.decode_without_bom_handling(bytes);
    let undefined = memchr3(0x81, 0x8d, 0x8f, bytes).or_else(|| memchr2(0x90, 0x9d, bytes));
    let text = match undefined {
        Some(_) => text.replace(UNDEFINED, LOST.encode_utf8(&mut [0; 4])).into(),
        None => text,
    };
    let remark = match stated.is_none() && is_other_than_windows_1252(bytes) {
        true => Some(unknown()),
        false => remark("Windows-1252", stated),
    };
    let lost = Lost::of_bytes(bytes, |byte| UNDEFINED.contains(&char::from(byte)));
    Decoded { text, encoding: "Windows-1252", remark, lost }
}

/// Inside of words there are as many signs as letters: `Cl‚o`, which is `Cléo` in CP850, or `ClŽo`, in Mac Roman.
fn is_other_than_windows_1252(bytes: &[u8]) -> bool {
    let (mut letters, mut signs) = (0, 0);
    let outside_of_ascii = bytes.windows(3).filter(|three| !three[1].is_ascii()).take(LETTERS_LOOKED_AT);
    for three in outside_of_ascii {
        match three[1] {
            0xc0.. => letters += 1,
            0x81 | 0x82 | 0x84 | 0x87..=0x89 | 0x8b | 0x8d | 0x8f | 0x90 | 0x93..=0x95 | 0x9d => {
                signs += usize::from(three[0].is_ascii_alphabetic() && three[2].is_ascii_alphabetic());
            }
            0x8a | 0x8c | 0x8e | 0x9f => {
                signs += usize::from(three[0].is_ascii_lowercase() && three[2].is_ascii_lowercase());
            }
            _ => {}
        }
    }
    signs > 0 && signs >= letters
}

fn unknown() -> Finding {
    let problem = Text::of(
        "the letters with accents are in neither UTF-8 nor Windows-1252",
        "les lettres accentuées ne sont ni en UTF-8 ni en Windows-1252",
    );
    UNKNOWN_ENCODING.at(Place::FILE, problem).expected(Text::same("UTF-8"))
}

fn remark(encoding: &str, stated: Option<Encoding>) -> Option<Finding> {
    let stated = match stated {
        None => "UTF-8",
        Some(stated) => stated.name(),
    };
    let problem = text!("the file was read as {encoding}", "le fichier a été lu en {encoding}");
    (encoding != stated).then(|| ENCODING.at(Place::FILE, problem).expected(Text::same(stated)))
}

/// Letters of another encoding look like a good UTF-8 sequence by rare chance only. The sequence at the end may be cut
/// because the file is.
fn is_damaged_utf_8(bytes: &[u8]) -> bool {
    let (mut good, mut bad) = (0, 0);
    for chunk in bytes.utf8_chunks() {
        good += chunk.valid().bytes().filter(|byte| *byte >= FIRST_OF_SEVERAL).count();
        let is_cut = std::str::from_utf8(chunk.invalid()).is_err_and(|error| error.error_len().is_none());
        let is_spared = chunk.invalid().is_empty() || (is_cut && bytes.ends_with(chunk.invalid()));
        bad += usize::from(!is_spared);
    }
    good > 0 && good >= bad
}

#[cfg(test)]
mod tests {
    use super::*;

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
            let decoded = decode(bytes, None);
            assert_eq!((decoded.encoding, &*decoded.text), (encoding, text));
            assert_eq!(decoded.remark.is_some(), encoding != "UTF-8");
        }
    }

    #[test]
    fn what_cannot_be_decoded_is_marked_in_its_place() {
        let decode = |bytes| decode(bytes, None);
        assert_eq!(decode(b"\xef\xbb\xbfa\xe9;b").text, "a\u{fffd};b");
        assert_eq!(decode(b"\xe9;\x81;\x9d").text, "é;\u{fffd};\u{fffd}");
        assert_eq!(decode(b"\xff\xfea\x00\x00\xd8").text, "a\u{fffd}");
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
            let decoded = decode(bytes, Some(stated));
            assert_eq!((&*decoded.text, decoded.remark.is_some()), (text, is_remarked), "{stated:?}");
        }
    }

    #[test]
    fn an_encoding_of_dos_or_of_an_old_mac_is_not_taken_for_windows_1252() {
        let code = |bytes| decode(bytes, None).remark.map(|finding| finding.code);
        for bytes in [b"Cl\x82o;H\x82l\x8ane".as_slice(), b"Cl\x8eo", b"Fran\x8dois"] {
            assert_eq!(code(bytes).as_deref(), Some("unknown-encoding"));
        }
        for bytes in [b"Cl\xe9o;L\x92\x8cuvre".as_slice(), b"C\x9cur \x80", b"\x93Nord\x94", b"Cl\xe9o;H\x82l\xe8ne"] {
            assert_eq!(code(bytes).as_deref(), Some("encoding"));
        }
    }
}
