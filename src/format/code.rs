//! Codes: how bytes become text, part by part.

use encoding_rs::{CoderResult, Encoding, WINDOWS_1252};
use memchr::{memchr2, memchr3};

use crate::format::lost::{LOST, Lost};

/// Codes that Windows-1252 leaves undefined: a file that has them is in yet another encoding.
const UNDEFINED: [char; 5] = ['\u{81}', '\u{8d}', '\u{8f}', '\u{90}', '\u{9d}'];

/// How many bytes a letter of UTF-8 has at most.
const LETTER_AT_MOST: usize = 4;

/// How the bytes of a text file are read.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Code {
    Utf8,
    Windows1252,
    Utf16(&'static Encoding),
}

impl Code {
    pub fn name(self) -> &'static str {
        match self {
            Code::Utf8 => "UTF-8",
            Code::Windows1252 => "Windows-1252",
            Code::Utf16(_) => "UTF-16",
        }
    }

    /// Appends the text of `bytes`, with [`LOST`] where they make no sense.
    pub fn decode(self, bytes: &[u8], text: &mut String) {
        match self {
            Code::Utf8 => decode_utf_8(bytes, text),
            Code::Windows1252 => decode_windows_1252(bytes, text),
            Code::Utf16(encoding) => *text += &encoding.decode_without_bom_handling(bytes).0,
        }
    }

    /// How many of `bytes` have become `text`, which is the start of what they become.
    pub fn length_of(self, text: &str, bytes: &[u8]) -> usize {
        match self {
            Code::Windows1252 => text.chars().count(),
            _ if bytes.starts_with(text.as_bytes()) => text.len(),
            _ => {
                let (mut of_text, mut of_bytes) = (0, 0);
                for chunk in bytes.utf8_chunks() {
                    let (valid, invalid) = (chunk.valid().len(), chunk.invalid().len());
                    if of_text + valid >= text.len() {
                        break;
                    }
                    of_text += valid + LOST.len_utf8();
                    of_bytes += valid + invalid;
                }
                of_bytes + text.len() - of_text
            }
        }
    }

    /// What stood where the text has [`LOST`]; `bytes` start at `start` of the file, and may go to its end.
    pub fn lost(self, bytes: &[u8], start: usize, to_end: bool) -> Lost<'_> {
        match self {
            Code::Utf8 => Lost::of_utf_8(bytes, start, to_end),
            Code::Windows1252 => Lost::of_bytes(bytes, start, |byte| UNDEFINED.contains(&char::from(byte))),
            Code::Utf16(_) => Lost::unknown(),
        }
    }

    /// The first place from `at` on where a part of the bytes may start.
    pub fn border(self, bytes: &[u8], at: usize) -> usize {
        let is_inside = |byte: &&u8| self == Code::Utf8 && is_continuation(**byte);
        let rest = bytes.get(at..).unwrap_or_default();
        at.min(bytes.len()) + rest.iter().take(LETTER_AT_MOST - 1).take_while(is_inside).count()
    }

    /// How many bytes at the end want those that follow them.
    pub fn unfinished(self, bytes: &[u8]) -> usize {
        if self == Code::Utf8 { unfinished(bytes) } else { 0 }
    }
}

/// How many bytes at the end are the start of a letter of UTF-8 that is not whole.
pub(super) fn unfinished(bytes: &[u8]) -> usize {
    let longest = bytes.len().min(LETTER_AT_MOST - 1);
    let start = (1..=longest).find(|length| !is_continuation(bytes[bytes.len() - length]));
    let is_start = |length: &usize| {
        let end = &bytes[bytes.len() - length..];
        std::str::from_utf8(end).is_err_and(|error| error.valid_up_to() == 0 && error.error_len().is_none())
    };
    start.filter(is_start).unwrap_or(0)
}

fn is_continuation(byte: u8) -> bool {
    byte & 0xc0 == 0x80
}

fn decode_utf_8(bytes: &[u8], text: &mut String) {
    // For text with accents this is five times as fast as the check of the standard library.
    if let Ok(valid) = simdutf8::basic::from_utf8(bytes) {
        return text.push_str(valid);
    }
    for chunk in bytes.utf8_chunks() {
        text.push_str(chunk.valid());
        if !chunk.invalid().is_empty() {
            text.push(LOST);
        }
    }
}

fn decode_windows_1252(bytes: &[u8], text: &mut String) {
    let start = text.len();
    let mut decoder = WINDOWS_1252.new_decoder_without_bom_handling();
    let mut rest = bytes;
    // Few letters have accents.
    text.reserve(bytes.len() + bytes.len() / 8 + LETTER_AT_MOST);
    loop {
        let (result, read, _) = decoder.decode_to_string(rest, text, true);
        match result {
            CoderResult::InputEmpty => break,
            CoderResult::OutputFull => text.reserve((rest.len() - read) * 3),
        }
        rest = &rest[read..];
    }
    if memchr3(0x81, 0x8d, 0x8f, bytes).or_else(|| memchr2(0x90, 0x9d, bytes)).is_some() {
        let marked = text[start..].replace(UNDEFINED, LOST.encode_utf8(&mut [0; 4]));
        text.replace_range(start.., &marked);
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    #[test]
    fn only_a_letter_that_may_become_whole_is_unfinished() {
        let cases: [(&[u8], usize); 9] = [
            (b"", 0),
            (b"a", 0),
            ("é".as_bytes(), 0),
            (b"a\xc3", 1),
            (b"a\xe2\x82", 2),
            (b"\xf0\x9f\x98", 3),
            (b"a\xe2\xff", 0),
            (b"a\xff", 0),
            (b"\x80\x80\x80", 0),
        ];
        for (bytes, expected) in cases {
            assert_eq!(unfinished(bytes), expected, "{bytes:?}");
        }
    }

    fn odd_bytes() -> impl Strategy<Value = Vec<u8>> {
        let pieces: Vec<&[u8]> = vec![
            b"a",
            b"\n",
            "é".as_bytes(),
            "€".as_bytes(),
            "😀".as_bytes(),
            b"\xe2\x82",
            b"\xf0\x9f",
            b"\x81",
            b"\xff",
        ];
        prop::collection::vec(prop::sample::select(pieces), 0..20).prop_map(|pieces| pieces.concat())
    }

    proptest! {
        #[test]
        fn two_parts_become_what_the_whole_becomes(bytes in odd_bytes(), at in 0_usize..60) {
            for code in [Code::Utf8, Code::Windows1252] {
                let (mut whole, mut parts) = (String::new(), String::new());
                code.decode(&bytes, &mut whole);
                let at = code.border(&bytes, at);
                code.decode(&bytes[..at], &mut parts);
                prop_assert_eq!(code.length_of(&parts, &bytes), at);
                code.decode(&bytes[at..], &mut parts);
                prop_assert_eq!(&parts, &whole);
                prop_assert_eq!(code.length_of(&whole, &bytes), bytes.len());
            }
        }
    }
}
