//! Encodings: which one a file is in, decided over the whole of it, and its text.

use std::borrow::Cow;

use encoding_rs::{UTF_16BE, UTF_16LE, WINDOWS_1252};
use memchr::{memchr2, memchr3};

use crate::model::{Finding, Place};

/// In place of what could not be decoded, U+FFFD.
pub(super) const LOST: char = char::REPLACEMENT_CHARACTER;

/// Codes that Windows-1252 leaves undefined: a file that has them is in yet another encoding.
const UNDEFINED: [char; 5] = ['\u{81}', '\u{8d}', '\u{8f}', '\u{90}', '\u{9d}'];

/// A byte from here on starts a letter of several bytes in UTF-8.
const FIRST_OF_SEVERAL: u8 = 0xc0;

#[derive(Debug)]
pub(super) struct Decoded<'a> {
    /// Without a byte order mark; [`LOST`] where bytes made no sense.
    pub text: Cow<'a, str>,
    pub encoding: &'static str,
    /// Said when it is not UTF-8.
    pub remark: Option<Finding>,
}

/// A byte order mark decides; else valid UTF-8; else UTF-8 with a few bad bytes; else Windows-1252.
pub(super) fn decode(bytes: &[u8]) -> Decoded<'_> {
    if let Some(rest) = bytes.strip_prefix(b"\xef\xbb\xbf") {
        return Decoded { text: String::from_utf8_lossy(rest), encoding: "UTF-8", remark: None };
    }
    for (mark, encoding) in [(b"\xff\xfe", UTF_16LE), (b"\xfe\xff", UTF_16BE)] {
        if let Some(rest) = bytes.strip_prefix(mark) {
            let (text, _) = encoding.decode_without_bom_handling(rest);
            return Decoded { text, encoding: "UTF-16", remark: Some(remark("UTF-16")) };
        }
    }
    match std::str::from_utf8(bytes) {
        Ok(text) => Decoded { text: text.into(), encoding: "UTF-8", remark: None },
        Err(_) if is_damaged_utf_8(bytes) => {
            Decoded { text: String::from_utf8_lossy(bytes), encoding: "UTF-8", remark: None }
        }
        Err(_) => Decoded { text: windows_1252(bytes), encoding: "Windows-1252", remark: Some(remark("Windows-1252")) },
    }
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
    good > 0 && good >= 3 * bad
}

fn windows_1252(bytes: &[u8]) -> Cow<'_, str> {
    let (text, _) = WINDOWS_1252.decode_without_bom_handling(bytes);
    let undefined = memchr3(0x81, 0x8d, 0x8f, bytes).or_else(|| memchr2(0x90, 0x9d, bytes));
    match undefined {
        Some(_) => text.replace(UNDEFINED, LOST.encode_utf8(&mut [0; 4])).into(),
        None => text,
    }
}

fn remark(encoding: &str) -> Finding {
    Finding::remark("encoding", Place::FILE, format!("the file was read as {encoding}")).expected("UTF-8")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_encoding_is_decided_over_the_whole_file() {
        let mostly_utf_8 = ["é".repeat(30).as_bytes(), b"\xe9", "à".repeat(30).as_bytes()].concat();
        let late = [&[b'a'; 100_000][..], b"\xe9t\xe9"].concat();
        let cases: [(&[u8], &str, &str); 8] = [
            (b"", "UTF-8", ""),
            ("été".as_bytes(), "UTF-8", "été"),
            (b"\xef\xbb\xbf\xc3\xa9", "UTF-8", "é"),
            (b"\xff\xfe\xe9\x00t\x00", "UTF-16", "ét"),
            (b"\xfe\xff\x00\xe9\x00t", "UTF-16", "ét"),
            (b"\xe9t\xe9 \x80", "Windows-1252", "été €"),
            (&late, "Windows-1252", &("a".repeat(100_000) + "été")),
            (&mostly_utf_8, "UTF-8", &("é".repeat(30) + "\u{fffd}" + &"à".repeat(30))),
        ];
        for (bytes, encoding, text) in cases {
            let decoded = decode(bytes);
            assert_eq!((decoded.encoding, &*decoded.text), (encoding, text));
            assert_eq!(decoded.remark.is_some(), encoding != "UTF-8");
        }
    }

    #[test]
    fn what_cannot_be_decoded_is_marked_in_its_place() {
        assert_eq!(decode(b"\xef\xbb\xbfa\xe9;b").text, "a\u{fffd};b");
        assert_eq!(decode(b"\xe9;\x81;\x9d").text, "é;\u{fffd};\u{fffd}");
        assert_eq!(decode(b"\xff\xfea\x00\x00\xd8").text, "a\u{fffd}");
    }
}
