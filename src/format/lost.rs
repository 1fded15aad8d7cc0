//! Lost letters: which bytes of a file stand behind each U+FFFD of its text.

use std::iter;

/// In place of what could not be decoded, U+FFFD.
pub(super) const LOST: char = char::REPLACEMENT_CHARACTER;

/// The bytes behind the lost letters of a text, found again only when they are asked for.
pub(super) struct Lost<'a> {
    letters: Box<dyn Iterator<Item = Bytes<'a>> + 'a>,
    /// How much of the text was counted.
    counted: usize,
}

/// Bytes that are no letter.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Bytes<'a> {
    /// In the file, from 0.
    pub at: usize,
    pub bytes: &'a [u8],
    /// The file ends within them.
    pub cut: bool,
}

impl<'a> Lost<'a> {
    /// Nothing is known about them.
    pub fn unknown() -> Lost<'a> {
        Lost { letters: Box::new(iter::empty()), counted: 0 }
    }

    /// `bytes` are UTF-8 with faults, which start at `start` of the file and may go to its end; a U+FFFD that they hold
    /// is one more lost letter.
    pub fn of_utf_8(bytes: &'a [u8], start: usize, to_end: bool) -> Lost<'a> {
        let mut end = start;
        let letters = bytes.utf8_chunks().flat_map(move |chunk| {
            let at = end;
            let (valid, invalid) = (chunk.valid(), chunk.invalid());
            end += valid.len() + invalid.len();
            let is_cut = std::str::from_utf8(invalid).is_err_and(|error| error.error_len().is_none());
            let held = valid.match_indices(LOST).map(move |(place, letter)| (at + place, letter.as_bytes()));
            let faulty = (!invalid.is_empty()).then_some((at + valid.len(), invalid));
            let cut = to_end && is_cut && end == start + bytes.len();
            held.map(|(at, bytes)| Bytes { at, bytes, cut: false }).chain(faulty.map(|(at, bytes)| Bytes {
                at,
                bytes,
                cut,
            }))
        });
        Lost { letters: Box::new(letters), counted: 0 }
    }

    /// Single bytes for which `is_lost` holds; the first of `bytes` is at `start` of the file.
    pub fn of_bytes(bytes: &'a [u8], start: usize, is_lost: fn(u8) -> bool) -> Lost<'a> {
        let all = bytes.iter().enumerate().filter(move |(_, byte)| is_lost(**byte));
        let letters = all.map(move |(at, _)| Bytes { at: start + at, bytes: &bytes[at..=at], cut: false });
        Lost { letters: Box::new(letters), counted: 0 }
    }

    /// What is behind the lost letter at `offset` of the text; to be asked in the order of the text.
    pub fn at(&mut self, text: &str, offset: usize) -> Option<Bytes<'a>> {
        let before = text.get(self.counted..offset)?.matches(LOST).count();
        self.counted = offset + LOST.len_utf8();
        self.letters.nth(before)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn each_lost_letter_leads_back_to_its_bytes() {
        let bytes = b"\xef\xbb\xbfa\xe9b\xef\xbf\xbd\xc3(\xe2\x82";
        let text = String::from_utf8_lossy(&bytes[3..]);
        let mut lost = Lost::of_utf_8(&bytes[3..], 3, true);
        let letters = text.match_indices(LOST).map(|(offset, _)| lost.at(&text, offset).expect("it was lost"));
        let found: Vec<(usize, &[u8], bool)> = letters.map(|letter| (letter.at, letter.bytes, letter.cut)).collect();
        let expected: [(usize, &[u8], bool); 4] =
            [(4, b"\xe9", false), (6, b"\xef\xbf\xbd", false), (9, b"\xc3", false), (11, b"\xe2\x82", true)];
        assert_eq!(found, expected);
    }

    #[test]
    fn lost_letters_may_be_passed_over() {
        let mut lost = Lost::of_bytes(b"\x81a\x9d", 0, |byte| byte > 0x80);
        assert_eq!(lost.at("\u{fffd}a\u{fffd}", 4).map(|letter| letter.at), Some(2));
        assert_eq!(lost.at("\u{fffd}a\u{fffd}", 8), None);
    }
}
