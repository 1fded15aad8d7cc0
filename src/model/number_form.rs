//! The form of a number by which people are told apart: how many digits, and whether the first is a zero.

/// As a hash is held, so that it can stand among a person's hashes.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct NumberForm {
    /// In digits; None where there is something else in it.
    pub width: Option<usize>,
    pub starts_with_zero: bool,
}

impl NumberForm {
    pub fn of(number: &str) -> NumberForm {
        let is_digits = number.bytes().all(|byte| byte.is_ascii_digit());
        NumberForm { width: is_digits.then_some(number.len()), starts_with_zero: is_digits && number.starts_with('0') }
    }

    /// None where there is no number.
    pub fn read(written: u32) -> Option<NumberForm> {
        let width = (written >> 2) as usize;
        (written > 0).then(|| NumberForm { width: (width > 0).then_some(width), starts_with_zero: written & 2 > 0 })
    }

    pub fn written(self) -> u32 {
        1 | u32::from(self.starts_with_zero) << 1 | (self.width.unwrap_or_default() as u32) << 2
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_written_is_read_again() {
        for number in ["0012", "12", "A12", "0A", "7"] {
            let form = NumberForm::of(number);
            assert_eq!(NumberForm::read(form.written()), Some(form), "{number}");
        }
        assert_eq!(NumberForm::of("0012"), NumberForm { width: Some(4), starts_with_zero: true });
        assert_eq!(NumberForm::read(0), None);
    }
}
