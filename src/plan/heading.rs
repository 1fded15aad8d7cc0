//! What became of a heading line since the last good file.

use serde::Deserialize;

/// Which change of the heading line holds a file, from the narrowest to the widest.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Default, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Headings {
    /// Any heading is gone or new. Another order of the same ones is no change.
    Changed,
    /// A column that was understood is no longer there: its data would stay as they are from then on, unseen.
    #[default]
    Lost,
    Never,
}

/// A heading as it is written, and what makes two of them the same.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Heading {
    pub text: String,
    pub key: String,
    /// Is its column understood?
    pub is_known: bool,
}

/// What two heading lines do not have in common, as it is written.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Change {
    pub gone: Vec<String>,
    pub new: Vec<String>,
    /// One of those that are gone was understood.
    pub is_loss: bool,
}

impl Heading {
    /// Of a file of ours: no other writing of it is the same.
    pub fn as_written(text: &str) -> Heading {
        Heading { text: text.into(), key: text.into(), is_known: true }
    }
}

impl Change {
    pub fn between(before: &[Heading], now: &[Heading]) -> Change {
        let missing = |from: &[Heading], there: &[Heading]| -> Vec<Heading> {
            from.iter().filter(|one| there.iter().all(|other| other.key != one.key)).cloned().collect()
        };
        let texts = |headings: Vec<Heading>| headings.into_iter().map(|heading| heading.text).collect();
        let gone = missing(before, now);
        let is_loss = gone.iter().any(|heading| heading.is_known);
        Change { gone: texts(gone), new: texts(missing(now, before)), is_loss }
    }

    pub fn is_held(&self, by: Headings) -> bool {
        match by {
            Headings::Lost => self.is_loss,
            Headings::Changed => !self.gone.is_empty() || !self.new.is_empty(),
            Headings::Never => false,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// A capital letter stands for a column that is understood.
    fn line(headings: &[&str]) -> Vec<Heading> {
        let heading = |text: &&str| Heading {
            text: text.to_string(),
            key: text.to_lowercase(),
            is_known: text.starts_with(char::is_uppercase),
        };
        headings.iter().map(heading).collect()
    }

    #[test]
    fn what_holds_is_the_choice_of_the_site() {
        let before = ["Login", "Manager", "note"];
        for (now, lost, changed) in [
            (&["Manager", "note", "Login"][..], false, false),
            (&["LOGIN", "Manager", "note"], false, false),
            (&["Login", "Manager"], false, true),
            (&["Login", "Manager", "note", "extra"], false, true),
            (&["Login", "Manger", "note"], true, true),
        ] {
            let change = Change::between(&line(&before), &line(now));
            let held = [Headings::Lost, Headings::Changed, Headings::Never].map(|by| change.is_held(by));
            assert_eq!(held, [lost, changed, false], "{now:?}");
        }
        let change = Change::between(&line(&before), &line(&["Login", "Manger", "note"]));
        assert_eq!((change.gone, change.new), (vec!["Manager".to_string()], vec!["Manger".to_string()]));
    }
}
