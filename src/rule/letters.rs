//! Letters: what the bytes of a text tell at once, so that few texts need a closer look.
//!
//! Here, and only here, speed goes before clearness: one table says of each byte in which texts it may stand.

/// May stand anywhere in a text, but for a space at its ends.
const PLAIN: u8 = 1;
/// Begins one of the letters `À` to `ž`, which are two bytes each; none of them is a space, or is unseen.
const ACCENTED: u8 = 2;
/// Goes on with a letter.
const REST: u8 = 4;
/// A letter or a digit.
const WORD: u8 = 8;
/// May stand before the `@` of a mail address.
const NAME: u8 = 16;

static KINDS: [u8; 256] = {
    let mut kinds = [0; 256];
    let mut byte = 0;
    while byte < 256 {
        kinds[byte] = kind(byte as u8);
        byte += 1;
    }
    kinds
};

const fn kind(byte: u8) -> u8 {
    match byte {
        b'0'..=b'9' | b'A'..=b'Z' | b'a'..=b'z' => PLAIN | WORD | NAME,
        b'!' | b'#'..=b'\'' | b'*' | b'+' | b'-'..=b'/' | b'=' | b'?' | b'^'..=b'`' | b'{'..=b'~' => PLAIN | NAME,
        b' '..=b'~' => PLAIN,
        0x80..=0xbf => REST,
        0xc3..=0xc5 => ACCENTED,
        _ => 0,
    }
}

/// Is there nothing but plain letters and signs, with an accent now and then, and no space around them? Then nothing was
/// read in the wrong encoding (which takes two accents side by side), nothing is unseen, and there is no blank to take
/// off. A text for which it does not hold may be as right.
pub fn are_plain(text: &str) -> bool {
    let bytes = text.as_bytes();
    let ([first, ..], [.., last]) = (bytes, bytes) else { return true };
    let strange = bytes.iter().fold(0, |strange, byte| strange | !KINDS[usize::from(*byte)] & PLAIN);
    let has_blanks = *first == b' ' || *last == b' ';
    !has_blanks && (strange == 0 || accents_stand_alone(bytes))
}

fn accents_stand_alone(bytes: &[u8]) -> bool {
    let mut before = PLAIN;
    let in_order = |byte: &u8| {
        let kind = KINDS[usize::from(*byte)];
        let is_right = kind & PLAIN != 0 || kind == REST || kind == ACCENTED && before & PLAIN != 0;
        before = kind;
        is_right
    };
    bytes.iter().all(in_order)
}

pub fn is_letter_or_digit(byte: u8) -> bool {
    KINDS[usize::from(byte)] & WORD != 0
}

/// May the byte stand before the `@` of a mail address?
pub fn is_of_name(byte: u8) -> bool {
    KINDS[usize::from(byte)] & NAME != 0
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::super::{control_character, mojibake};
    use super::*;

    #[test]
    fn ordinary_words_are_plain_and_odd_ones_are_not() {
        for plain in ["", "Zoé", "Hélène Lefèvre-Müller", "Œ", "+33612345678", "ada@acme.example", "a b", "#N/A"]
        {
            assert!(are_plain(plain), "{plain}");
        }
        for odd in [" Zoé", "Zoé ", "Zoëé", "ZoÃ©", "a\tb", "Zoé\u{a0}", "l’été", "a\u{7f}", "東京"] {
            assert!(!are_plain(odd), "{odd}");
        }
    }

    proptest! {
        #[test]
        fn nothing_is_wrong_with_the_letters_of_a_plain_text(text in "[ a-zé Ãâ€©À-ž\u{a0}\u{ad}\u{fffd}\u{200b}]{0,6}") {
            if are_plain(&text) {
                prop_assert!(mojibake::check(&text).is_ok() && control_character::check(&text).is_ok());
                prop_assert_eq!(text.trim(), &*text);
            }
        }
    }
}
