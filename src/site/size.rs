//! A size of a file, as people write it: `200 MB`, `1 GiB`.

use std::fmt;

use serde::{Deserialize, Deserializer, de};

/// In bytes.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub struct Size(pub u64);

const UNITS: [(&str, u64); 7] = [
    ("GiB", 1 << 30),
    ("MiB", 1 << 20),
    ("KiB", 1 << 10),
    ("GB", 1_000_000_000),
    ("MB", 1_000_000),
    ("kB", 1_000),
    ("bytes", 1),
];

impl Size {
    /// Refused without a unit: nobody could tell what is meant.
    pub fn parse(text: &str) -> Result<Size, String> {
        Size::understood(text).ok_or_else(|| {
            format!("`{text}` is not a size; write a whole number and a unit, such as `200 MB` or `1 GiB`")
        })
    }

    fn understood(text: &str) -> Option<Size> {
        let end = text.find(|letter: char| !letter.is_ascii_digit())?;
        let (number, unit) = (text[..end].parse::<u64>().ok()?, text[end..].trim());
        let (_, bytes) = UNITS.into_iter().find(|(name, _)| name.eq_ignore_ascii_case(unit))?;
        number.checked_mul(bytes).filter(|bytes| *bytes > 0).map(Size)
    }
}

/// In the largest unit in which it is a whole number.
impl fmt::Display for Size {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let fitting = UNITS.into_iter().filter(|(_, bytes)| self.0.is_multiple_of(*bytes));
        let (unit, bytes) = fitting.max_by_key(|(_, bytes)| *bytes).expect("every size is a number of bytes");
        write!(f, "{} {unit}", self.0 / bytes)
    }
}

impl<'de> Deserialize<'de> for Size {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Size, D::Error> {
        Size::parse(&String::deserialize(deserializer)?).map_err(de::Error::custom)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_size_is_a_number_and_a_unit() {
        for (text, bytes) in [("200 MB", 200_000_000), ("1 GiB", 1 << 30), ("5 kB", 5000), ("17 bytes", 17)] {
            let size = Size::parse(text).expect(text);
            assert_eq!((size.0, size.to_string().as_str()), (bytes, text));
        }
        assert_eq!(Size::parse("10mib"), Ok(Size(10 << 20)));
        for wrong in ["", "200", "MB", "0 MB", "1,5 MB", "-1 MB", "3 Mo", "99999999999999 GiB"] {
            assert!(Size::parse(wrong).is_err(), "{wrong}");
        }
    }
}
