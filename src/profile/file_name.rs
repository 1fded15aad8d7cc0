//! The name of a file that we write: a pattern with `{date}`, `{time}`, `{kind}` and `{establishment}`.

use std::fmt;

use chrono::NaiveDateTime;
use serde::{Deserialize, Deserializer, de};
use unicode_normalization::UnicodeNormalization;
use unicode_normalization::char::is_combining_mark;

use crate::format::Form;
use crate::model::Content;
use crate::transport::handover;

/// What tells the files of one instant apart.
pub const KIND: &str = "{kind}";
pub const ESTABLISHMENT: &str = "{establishment}";

/// `{date}` is written as `YYYYMMDD`, `{time}` as `HHMMSS`, both in the site's time zone; `{kind}` as `full`, `new`, `changed`
/// or `left`; `{establishment}` in plain letters, digits and dashes.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct FileName(String);

impl FileName {
    /// Refused when no server could take it, or when a partner would skip it as a file that is not whole yet.
    pub fn parse(pattern: &str) -> Result<FileName, String> {
        let example = pattern.replace("{date}", "20260301").replace("{time}", "220000");
        let example = example.replace(KIND, "new").replace(ESTABLISHMENT, "Lyon");
        let problem = if example.trim().is_empty() {
            "is empty; write a name such as `staff_{date}.csv`"
        } else if example.contains(['{', '}']) {
            "has braces around something else; only `{date}`, `{time}`, `{kind}` and `{establishment}` are filled in"
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

    /// `at` is a moment in the site's time zone; `establishment` is as the people's data name it.
    pub fn write(&self, at: NaiveDateTime, kind: Content, establishment: &str) -> String {
        let date = at.format("%Y%m%d").to_string();
        let time = at.format("%H%M%S").to_string();
        let dated = self.0.replace("{date}", &date).replace("{time}", &time);
        dated.replace(KIND, kind.name()).replace(ESTABLISHMENT, &plain(establishment))
    }

    pub fn has(&self, word: &str) -> bool {
        self.0.contains(word)
    }

    /// Does another instant always give another name?
    pub fn is_of_one_instant(&self) -> bool {
        self.has("{date}") && self.has("{time}")
    }

    /// With the ending of the form in place of another form's.
    pub fn following(self, form: Form) -> FileName {
        const ENDINGS: [(Form, &[&str]); 3] = [
            (Form::Csv, &[".csv", ".txt", ".tsv"]),
            (Form::Xlsx, &[".xlsx"]),
            (Form::JsonLines, &[".jsonl", ".ndjson", ".json"]),
        ];
        let name = self.0.to_ascii_lowercase();
        let mut found = ENDINGS.iter().flat_map(|(form, endings)| endings.iter().map(move |ending| (*form, *ending)));
        let found = found.find(|(_, ending)| name.ends_with(ending));
        let own = ENDINGS.iter().find(|(other, _)| *other == form).map_or("", |(_, endings)| endings[0]);
        match found {
            Some((other, _)) if other == form => self,
            Some((_, ending)) => FileName(self.0[..self.0.len() - ending.len()].to_string() + own),
            None if form == Form::Csv => self,
            None => FileName(self.0 + own),
        }
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

/// Every server takes it, and no other file is meant by it: `Lyon Part-Dieu (siège)` is `Lyon-Part-Dieu-siege`.
pub fn plain(text: &str) -> String {
    let letters = text.nfd().filter(|letter| !is_combining_mark(*letter));
    let plain: String =
        letters.map(|letter| if letter.is_ascii_alphanumeric() || letter == '_' { letter } else { ' ' }).collect();
    plain.split_whitespace().collect::<Vec<_>>().join("-")
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
            assert_eq!(FileName::parse(pattern).expect(pattern).write(at, Content::Full, ""), name);
        }
        let both = FileName::parse("{establishment}_{kind}.csv").expect("a pattern");
        assert_eq!(both.write(at, Content::Left, "Lyon / Part-Dieu (siège)"), "Lyon-Part-Dieu-siege_left.csv");
    }

    #[test]
    fn the_ending_follows_the_form() {
        for (pattern, form, name) in [
            ("a.csv", Form::Xlsx, "a.xlsx"),
            ("a.CSV", Form::JsonLines, "a.jsonl"),
            ("a.json", Form::JsonLines, "a.json"),
            ("a.xlsx", Form::Csv, "a.csv"),
            ("a.dat", Form::Csv, "a.dat"),
            ("a.dat", Form::Xlsx, "a.dat.xlsx"),
        ] {
            assert_eq!(FileName::parse(pattern).expect(pattern).following(form).to_string(), name);
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
