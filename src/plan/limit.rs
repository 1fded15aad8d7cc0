//! A limit: a share, a count, or both, beyond which a brake holds.

use serde::{Deserialize, Deserializer, de};

use crate::model::Text;
use crate::text;

/// A share (`"10%"`), a count (`"200"`), or both (`"10%, 200"`): over either one, it brakes. The share comes first, so
/// that `"20,5%"` is not taken for a count and a share.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Limit {
    pub percent: Option<f64>,
    pub count: Option<usize>,
}

impl Limit {
    pub fn parse(text: &str) -> Result<Limit, String> {
        Limit::understood(text).ok_or_else(|| {
            format!("`{text}` is not a limit; write a share (`10%`), a count (`200`), or both (`10%, 200`)")
        })
    }

    fn understood(text: &str) -> Option<Limit> {
        let percent = |share: &str| {
            let percent = share.trim().strip_suffix('%')?.trim().parse().ok()?;
            (0.0..=100.0).contains(&percent).then_some(percent)
        };
        let count = |count: &str| count.trim().parse().ok();
        Some(match text.split_once(',') {
            Some((share, number)) => Limit { percent: Some(percent(share)?), count: Some(count(number)?) },
            None if text.contains('%') => Limit { percent: Some(percent(text)?), count: None },
            None => Limit { percent: None, count: Some(count(text)?) },
        })
    }

    /// Are `affected` of `total` over the limit?
    pub fn is_passed(self, affected: usize, total: usize) -> bool {
        let by_count = self.count.is_some_and(|count| affected > count);
        let by_share = self.percent.is_some_and(|percent| affected as f64 > total as f64 * percent / 100.0);
        by_count || by_share
    }

    /// Does it let through something that the other one would not?
    pub fn is_wider_than(self, other: Limit) -> bool {
        fn wider<T: PartialOrd>(one: Option<T>, other: Option<T>) -> bool {
            other.is_some_and(|other| one.is_none_or(|one| one > other))
        }
        wider(self.percent, other.percent) || wider(self.count, other.count)
    }

    pub fn text(self) -> Text {
        let percent = self.percent.map(|percent| text!("{percent}%", "{percent} %"));
        let count = self.count.map(|count| Text::same(count.to_string()));
        match (percent, count) {
            (Some(percent), Some(count)) => percent.then(&Text::of(", ", " ou ")).then(&count),
            (one, other) => one.or(other).unwrap_or(Text::of("", "")),
        }
    }
}

impl<'de> Deserialize<'de> for Limit {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Limit, D::Error> {
        Limit::parse(&String::deserialize(deserializer)?).map_err(de::Error::custom)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_limit_is_a_share_a_count_or_both() {
        for text in ["10%", "20.5%", "200", "10%, 200", "0%"] {
            assert_eq!(Limit::parse(text).expect(text).text().to_string(), text);
        }
        for wrong in ["", "ten", "110%", "10%, 20%", "5, 6", "-3", "10%,", "NaN%", "20,5%", "200, 10%"] {
            assert!(Limit::parse(wrong).is_err(), "{wrong}");
        }
        let both = Limit::parse("10%, 200").expect("a limit");
        assert!(!both.is_passed(10, 100));
        assert!(both.is_passed(11, 100));
        assert!(both.is_passed(201, 10_000));
        assert!(both.is_passed(1, 0));
    }

    #[test]
    fn a_wider_limit_lets_through_what_the_other_would_not() {
        for (one, other, is_wider) in [
            ("60%", "20%", true),
            ("20%", "20%", false),
            ("10%", "20%", false),
            ("60%", "200", true),
            ("10%, 300", "20%, 200", true),
            ("10%, 100", "20%, 200", false),
            ("20%", "20%, 200", true),
        ] {
            let limit = |text| Limit::parse(text).expect(text);
            assert_eq!(limit(one).is_wider_than(limit(other)), is_wider, "{one} than {other}");
        }
    }
}
