//! A text: one thing said in every language that we speak, so that who reads it decides late.

use std::borrow::Cow;
use std::fmt;

use serde::{Deserialize, Deserializer, Serialize};

use crate::model::Language;

/// One sentence or clause. [`text!`](crate::text) makes one with values in it, [`Text::of`] one without.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Text {
    en: Cow<'static, str>,
    fr: Cow<'static, str>,
}

impl Text {
    pub const fn of(english: &'static str, french: &'static str) -> Text {
        Text { en: Cow::Borrowed(english), fr: Cow::Borrowed(french) }
    }

    pub fn new(english: String, french: String) -> Text {
        Text { en: english.into(), fr: french.into() }
    }

    /// What needs no translation: a value, a name, a cause from the outside.
    pub fn same(text: impl Into<Cow<'static, str>>) -> Text {
        let text = text.into();
        Text { en: text.clone(), fr: text }
    }

    /// This text and another one behind it.
    pub fn then(&self, other: &Text) -> Text {
        Text::new(format!("{}{}", self.en, other.en), format!("{}{}", self.fr, other.fr))
    }

    /// With a capital in front and a full stop behind, where they are not there.
    pub fn sentence(&self) -> Text {
        let sentence = |clause: &str| {
            let mut letters = clause.chars();
            let first = letters.next().into_iter().flat_map(char::to_uppercase);
            let stop = if clause.ends_with(['.', '?', '!']) { "" } else { "." };
            first.chain(letters).chain(stop.chars()).collect()
        };
        Text::new(sentence(&self.en), sentence(&self.fr))
    }

    pub fn is(&self, language: Language) -> &str {
        match language {
            Language::English => &self.en,
            Language::French => &self.fr,
        }
    }
}

/// A text with values in it, ``text!("has {count} rows", "a {count} lignes")``. Values that are texts themselves are
/// named behind: ``text!("is {it} of another", "est {it} d'un autre", it)`` shows `it` in the language of each.
#[macro_export]
macro_rules! text {
    ($english:literal, $french:literal $(, $text:ident)* $(,)?) => {
        $crate::model::Text::new(
            { $(let $text = $text.is($crate::model::Language::English);)* format!($english) },
            { $(let $text = $text.is($crate::model::Language::French);)* format!($french) },
        )
    };
}

/// In English, as logs and developers read it.
impl fmt::Display for Text {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.en)
    }
}

/// A journal that an older Passerelle wrote has plain strings, in English.
impl<'de> Deserialize<'de> for Text {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Text, D::Error> {
        #[derive(Deserialize)]
        #[serde(untagged)]
        enum Stored {
            Plain(String),
            Both { en: String, fr: String },
        }
        Ok(match Stored::deserialize(deserializer)? {
            Stored::Plain(text) => Text::same(text),
            Stored::Both { en, fr } => Text::new(en, fr),
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_text_is_kept_in_both_languages_and_an_older_one_is_understood() {
        let count = 3;
        let text = text!("has {count} rows", "a {count} lignes");
        let stored = serde_json::to_string(&text).expect("it is plain");
        assert_eq!(stored, r#"{"en":"has 3 rows","fr":"a 3 lignes"}"#);
        assert_eq!(serde_json::from_str::<Text>(&stored).expect("it was written so"), text);
        let whole = text!("the file {text}", "le fichier {text}", text);
        assert_eq!(
            (whole.is(Language::English), whole.is(Language::French)),
            ("the file has 3 rows", "le fichier a 3 lignes")
        );
        assert_eq!(serde_json::from_str::<Text>(r#""old""#).expect("a string").is(Language::French), "old");
    }
}
