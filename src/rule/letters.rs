//! Letters: what the bytes of a text tell at once, so that few texts need a closer look.

/// Is there nothing but plain letters and signs, with an accent now and then, no space around them, and no sign in front
/// that programs put before what is no value? Then nothing was read in the wrong encoding (which takes two accents side by
/// side), nothing is unseen, there is no blank to take off, and it is no failed formula, no placeholder and no shortened
/// number. A text for which it does not hold may be as right.
pub fn are_ordinary(text: &str) -> bool {
    let bytes = text.as_bytes();
    let begins_oddly = match *bytes {
        [b' ' | b'#' | b'<' | b'(' | b'[' | b'{' | b'\\', ..] | [.., b' '] => true,
        [first, second, ..] => first.is_ascii_digit() && matches!(second, b',' | b'.' | b'E' | b'e'),
        _ => false,
    };
    !begins_oddly && (are_printable(bytes) || accents_stand_alone(bytes))
}

/// Are all bytes between the space and the `~` of ASCII? None is passed over, so that sixteen are looked at together.
fn are_printable(bytes: &[u8]) -> bool {
    bytes.iter().fold(true, |are_printable, byte| are_printable & (b' '..=b'~').contains(byte))
}

/// Are the letters that are no ASCII only `À` to `ž`, which are two bytes each, and of which none is a space or unseen?
/// And is none of them beside another?
fn accents_stand_alone(bytes: &[u8]) -> bool {
    let mut may_follow = true;
    let mut rest = bytes.iter();
    while let Some(byte) = rest.next() {
        let is_ascii = (b' '..=b'~').contains(byte);
        let is_accented = may_follow && matches!(byte, 0xc3..=0xc5);
        if !is_ascii && !is_accented {
            return false;
        }
        if is_accented {
            rest.next();
        }
        may_follow = is_ascii;
    }
    true
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::super::{control_character, mojibake, placeholder, scientific_number, spreadsheet_error};
    use super::*;

    #[test]
    fn ordinary_words_are_known_from_odd_ones() {
        let ordinary =
            ["", "Zoé", "Hélène Lefèvre-Müller", "Œ", "+33612345678", "ada@acme.example", "a b", "x", "00123"];
        for text in ordinary {
            assert!(are_ordinary(text), "{text}");
        }
        let odd =
            [" Zoé", "Zoé ", "Zoëé", "ZoÃ©", "a\tb", "Zoé\u{a0}", "l’été", "a\u{7f}", "東京", "#N/A", "\\N", "1E+05"];
        for text in odd {
            assert!(!are_ordinary(text), "{text}");
        }
    }

    #[test]
    fn each_byte_counts_wherever_it_stands() {
        for (length, at) in (0..20).flat_map(|length| (0..length).map(move |at| (length, at))) {
            for byte in 0..=u8::MAX {
                let mut bytes = vec![b'~'; length];
                bytes[at] = byte;
                assert_eq!(are_printable(&bytes), (b' '..=b'~').contains(&byte), "{byte} at {at} of {length}");
            }
        }
    }

    proptest! {
        #[test]
        fn nothing_is_wrong_with_the_letters_of_an_ordinary_text(text in "[#<(1]?[ a-zé Ãâ€©À-ž\u{a0}\u{ad}\u{fffd}\u{200b}\t\x7f]{0,2}([ -~éÀ]{0,12}|null|E\\+1)[>\t\x7fé©]?") {
            if are_ordinary(&text) {
                prop_assert!(mojibake::check(&text).is_ok() && control_character::check(&text).is_ok());
                prop_assert!(spreadsheet_error::check(&text).is_ok() && placeholder::check(&text, None).is_ok());
                prop_assert!(scientific_number::check(&text).is_ok());
                prop_assert_eq!(text.trim(), &*text);
            }
        }
    }
}
