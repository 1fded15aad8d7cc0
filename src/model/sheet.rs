//! A server's character sheet: what is known of it, trait by trait, because it was tried.

use std::collections::BTreeMap;

use chrono::{DateTime, Utc};
use serde::{Deserialize, Serialize};

use crate::model::Text;

/// What one examination of a server found.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Sheet {
    /// In a few words without secrets, as the site had it then. Of a server at another place it says nothing.
    pub server: String,
    pub at: DateTime<Utc>,
    /// Those that this kind of server has.
    pub traits: BTreeMap<Trait, Found>,
}

/// Something that servers differ in. They are told in this order.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Trait {
    Protocol,
    /// What it says before anyone has logged in.
    Greeting,
    System,
    /// The type and the fingerprint.
    HostKey,
    Tls,
    Cipher,
    /// Whether a connection for a file resumes the session of the conversation.
    SessionReuse,
    /// The data connections of TLS 1.3 were refused, those of TLS 1.2 were not.
    NeedsOldTls,
    /// The fingerprint.
    Certificate,
    CertificateSubject,
    CertificateIssuer,
    CertificateEnd,
    Authentication,
    Features,
    /// How the connections for files are opened.
    DataConnections,
    Listing,
    SizeCommand,
    TimeCommand,
    /// Where the traits below were tried out, relative to the server's own folder.
    Folder,
    Writing,
    Removing,
    /// Whether a file has the size that was written.
    Sizes,
    /// Reading a file from its middle.
    Resume,
    /// `at-once` or `in-two-steps`.
    Replacing,
    Accents,
    Blanks,
    LongNames,
    /// Seconds that the server's clock is ahead of ours.
    Clock,
    /// Seconds.
    TimePrecision,
    /// Bytes.
    FreeSpace,
    /// Milliseconds.
    RoundTrip,
    /// Bytes a second.
    Upload,
    /// Bytes a second.
    Download,
}

/// What became of the attempt to find a trait out.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Found {
    Value(Value),
    /// The server cannot do that, or does not allow it, and what it said.
    No(Text),
    /// It could not be found out, and why.
    Unknown(Text),
}

/// The unit is the trait's.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(untagged)]
pub enum Value {
    Yes(bool),
    Number(f64),
    Moment(DateTime<Utc>),
    Text(String),
    List(Vec<String>),
}

/// A trait that is another one than it was.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct Change {
    #[serde(rename = "trait")]
    pub what: Trait,
    pub before: Found,
    pub now: Found,
}

pub const AT_ONCE: &str = "at-once";
pub const IN_TWO_STEPS: &str = "in-two-steps";

impl Trait {
    /// One that stays as it is while nobody changes the server.
    fn is_lasting(self) -> bool {
        !matches!(self, Trait::Clock | Trait::FreeSpace | Trait::RoundTrip | Trait::Upload | Trait::Download)
    }
}

impl Sheet {
    pub fn text(&self, what: Trait) -> Option<&str> {
        match self.traits.get(&what) {
            Some(Found::Value(Value::Text(text))) => Some(text),
            _ => None,
        }
    }

    pub fn number(&self, what: Trait) -> Option<f64> {
        match self.traits.get(&what) {
            Some(Found::Value(Value::Number(number))) => Some(*number),
            _ => None,
        }
    }

    pub fn moment(&self, what: Trait) -> Option<DateTime<Utc>> {
        match self.traits.get(&what) {
            Some(Found::Value(Value::Moment(moment))) => Some(*moment),
            _ => None,
        }
    }

    /// None where it is not known, or no question of yes and no.
    pub fn is(&self, what: Trait) -> Option<bool> {
        match self.traits.get(&what) {
            Some(Found::Value(Value::Yes(yes))) => Some(*yes),
            Some(Found::No(_)) => Some(false),
            _ => None,
        }
    }

    /// What is another one than in an earlier sheet. What either of them does not know is no change, nor is another
    /// wording of the same refusal.
    pub fn changes_since(&self, before: &Sheet) -> Vec<Change> {
        let change = |(what, now): (&Trait, &Found)| {
            let before = before.traits.get(what)?;
            let is_same = match (before, now) {
                (Found::Unknown(_), _) | (_, Found::Unknown(_)) | (Found::No(_), Found::No(_)) => true,
                (before, now) => before == now,
            };
            (what.is_lasting() && !is_same).then(|| Change { what: *what, before: before.clone(), now: now.clone() })
        };
        self.traits.iter().filter_map(change).collect()
    }
}

impl From<Value> for Found {
    fn from(value: Value) -> Found {
        Found::Value(value)
    }
}

impl From<bool> for Found {
    fn from(yes: bool) -> Found {
        Found::Value(Value::Yes(yes))
    }
}

impl From<f64> for Found {
    fn from(number: f64) -> Found {
        Found::Value(Value::Number(number))
    }
}

impl From<DateTime<Utc>> for Found {
    fn from(moment: DateTime<Utc>) -> Found {
        Found::Value(Value::Moment(moment))
    }
}

impl From<String> for Found {
    fn from(text: String) -> Found {
        Found::Value(Value::Text(text))
    }
}

impl From<&str> for Found {
    fn from(text: &str) -> Found {
        text.to_owned().into()
    }
}

impl From<Vec<String>> for Found {
    fn from(list: Vec<String>) -> Found {
        Found::Value(Value::List(list))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn sheet(traits: &[(Trait, Found)]) -> Sheet {
        Sheet { server: "ftp h:21".into(), at: DateTime::UNIX_EPOCH, traits: traits.iter().cloned().collect() }
    }

    #[test]
    fn a_sheet_is_the_same_after_it_was_kept_as_json() {
        let told = sheet(&[
            (Trait::Tls, "1.3".into()),
            (Trait::CertificateEnd, DateTime::UNIX_EPOCH.into()),
            (Trait::Features, vec!["MLST".to_string()].into()),
            (Trait::Writing, true.into()),
            (Trait::Resume, Found::No(Text::same("502 no"))),
            (Trait::Replacing, Found::Unknown(Text::of("the check was stopped", "le contrôle a été arrêté"))),
            (Trait::RoundTrip, 12.5.into()),
        ]);
        let kept = serde_json::to_string(&told).expect("it is plain");
        assert!(
            kept.contains(r#""tls":{"value":"1.3"}"#) && kept.contains(r#""resume":{"no":{"en":"502 no""#),
            "{kept}"
        );
        assert_eq!(serde_json::from_str::<Sheet>(&kept).expect("it was written so"), told);
    }

    #[test]
    fn only_what_lasts_and_is_known_both_times_can_change() {
        let unknown = || Found::Unknown(Text::same("?"));
        let before = sheet(&[
            (Trait::Tls, "1.3".into()),
            (Trait::Listing, unknown()),
            (Trait::SizeCommand, Found::No(Text::same("500"))),
            (Trait::TimeCommand, true.into()),
            (Trait::RoundTrip, 10.0.into()),
        ]);
        let now = sheet(&[
            (Trait::Tls, "1.2".into()),
            (Trait::Listing, "LIST".into()),
            (Trait::SizeCommand, Found::No(Text::same("502 not here"))),
            (Trait::TimeCommand, Found::No(Text::same("500"))),
            (Trait::RoundTrip, 90.0.into()),
            (Trait::Blanks, true.into()),
        ]);
        let changed: Vec<Trait> = now.changes_since(&before).into_iter().map(|change| change.what).collect();
        assert_eq!(changed, [Trait::Tls, Trait::TimeCommand]);
        assert!(now.changes_since(&now).is_empty());
    }
}
