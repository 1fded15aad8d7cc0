//! Signs: which of the bytes that mean more than a letter are in a text at all. In most texts there are none, and all who
//! look for them can be spared.

/// What there is somewhere in a text.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub(super) struct Signs {
    pub quote: bool,
    /// A CR, be it half of a line break.
    pub carriage_return: bool,
    /// A byte 0, or what starts a letter that was lost, among others.
    pub suspect: bool,
}

impl Signs {
    /// Nothing is done of one byte and not of another, so that sixteen are looked at together.
    pub fn of(text: &str) -> Signs {
        let [quotes, returns, suspects] = text.bytes().fold([0; 3], |[quotes, returns, suspects], byte| {
            let is = |sign: u8| u8::from(byte == sign);
            [quotes | is(b'"'), returns | is(b'\r'), suspects | is(0) | is(0xef)]
        });
        Signs { quote: quotes > 0, carriage_return: returns > 0, suspect: suspects > 0 }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::format::lost::LOST;

    #[test]
    fn each_sign_is_seen_wherever_it_stands() {
        let of = |text: &str| {
            let Signs { quote, carriage_return, suspect } = Signs::of(text);
            [quote, carriage_return, suspect]
        };
        for before in 0..70 {
            let text = |sign: &str| format!("{}{sign}é;b\n", "a".repeat(before));
            assert_eq!(of(&text("")), [false; 3]);
            assert_eq!(of(&text("\"")), [true, false, false]);
            assert_eq!(of(&text("\r")), [false, true, false]);
            assert_eq!(of(&text("\0")), [false, false, true]);
            assert_eq!(of(&text(&LOST.to_string())), [false, false, true]);
        }
    }
}
