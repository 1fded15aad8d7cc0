//! The name of a file that we write: a pattern with `{date}` and `{time}`.

use std::fmt;

use chrono::NaiveDateTime;
use serde::{Deserialize, Deserializer, de};

use crate::transport::handover;

/// `{date}` is written as `YYYYMMDD`, `{time}` as `HHMMSS`, both in the site's time zone.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct FileName(String);

impl FileName {
    /// Refused when no server could take it, or when a partner would skip it as a file that is not whole yet.
    pub fn parse(pattern: &str) -> Result<FileName, String> {
        let example = pattern.replace("{date}", "20260301").replace("{time}", "220000");
        let problem = if example.trim().is_empty() {
            "is empty; write a name such as `staff_{date}.csv`"
        } else if example.contains(['{', '}']) {
            "has braces around something else; only `{date}` and `{time}` are filled in"
        } else if example.contains(['/', '\\']) {
            "has a folder in it; a site names the folder with `folder`"
        } else if example.trim() != example || example.chars().any(char::is_control) {
            "has a blank at an end, or a control character; such names get lost on servers"
        } else if handover::is_partial(&example) {
            "looks like a file that is not whole yet, which partners skip; choose another ending"
        } else {
            return Ok(FileName(pattern.into()));
        };
        Err(format!("the file name `{pattern}` {problem}"))
    }

    /// `at` is a moment in the site's time zone.
    pub fn write(&self, at: NaiveDateTime) -> String {
        let date = at.format("%Y%m%d").to_string();
        let time = at.format("%H%M%S").to_string();
        self.0.replace("{date}", &date).replace("{time}", &time)
    }

    /// With this at its end, unless it says already that it is sealed.
    pub fn ending_in(self, ending: &str) -> FileName {
        let name = self.0.to_ascii_lowercase();
        match [".pgp", ".gpg", ".asc"].iter().any(|sealed| name.ends_with(sealed)) {
            true => self,
            false => FileName(self.0 + ending),
        }
    }

    /// With this ending instead of its own.
    pub fn of_kind(self, ending: &str) -> FileName {
        let stem = self.0.rsplit_once('.').map_or(self.0.as_str(), |(stem, _)| stem);
        FileName(format!("{stem}.{ending}"))
    }

    /// Could both give the same name on the same day?
    pub fn is_like(&self, other: &FileName) -> bool {
        self.0.eq_ignore_ascii_case(&other.0)
    }
}

impl fmt::Display for FileName {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

impl<'de> Deserialize<'de> for FileName {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<FileName, D::Error> {
        FileName::parse(&String::deserialize(deserializer)?).map_err(de::Error::custom)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_pattern_is_filled_in_with_date_and_time() {
        let at =
            chrono::NaiveDate::from_ymd_opt(2026, 3, 1).and_then(|day| day.and_hms_opt(22, 5, 9)).expect("a moment");
        for (pattern, name) in
            [("staff.csv", "staff.csv"), ("s_{date}.csv", "s_20260301.csv"), ("{date}{time}.txt", "20260301220509.txt")]
        {
            assert_eq!(FileName::parse(pattern).expect(pattern).write(at), name);
        }
    }

    #[test]
    fn a_name_that_would_get_lost_is_refused() {
        for wrong in ["", " ", "{day}.csv", "in/staff.csv", "staff.csv ", "staff\n.csv", ".staff.csv", "staff.csv.PART"]
        {
            assert!(FileName::parse(wrong).is_err(), "{wrong:?}");
        }
    }
}
