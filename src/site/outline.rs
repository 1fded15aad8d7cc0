//! An outline: what the night would do, for people, without doing any of it.

use chrono::{DateTime, Utc};

use super::{Direction, Exchange, Site};
use crate::profile::complaint::quoted;

/// What one exchange would do.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Outline {
    pub exchange: String,
    /// `export` or `import`.
    pub direction: &'static str,
    pub profile: String,
    pub people: String,
    /// Its name, and what it is in a few words without secrets.
    pub server: String,
    /// What travels: `7 columns as skillup_{date}.csv`, `from-skillup/*.csv by login`.
    pub what: String,
    /// With the time zone.
    pub deadline: Option<String>,
    /// What must be said at every run.
    pub warnings: Vec<String>,
}

impl Site {
    /// Every exchange, in the order of the night.
    pub fn outline(&self, now: DateTime<Utc>) -> Vec<Outline> {
        self.exchanges(now).into_iter().map(Exchange::outline).collect()
    }
}

impl Exchange {
    pub fn outline(&self) -> Outline {
        let (direction, what) = match &self.direction {
            Direction::Export(export) => (
                "export",
                format!("{} columns as {}", export.columns.len(), export.path(&export.file_name.to_string())),
            ),
            Direction::Import(import) => {
                let keys = import.identify_by.columns.join(" and ");
                ("import", format!("{} by {keys}", import.files))
            }
        };
        Outline {
            exchange: self.name.clone(),
            direction,
            profile: self.profile.name.clone(),
            people: self.people().into(),
            server: format!("{} ({})", self.server.name, self.server.options.describe()),
            what,
            deadline: self.deadline.map(|deadline| deadline.to_string()),
            warnings: self.warnings(),
        }
    }

    /// What must be said at every run: nothing of it is wrong, and none of it is as it should be.
    pub fn warnings(&self) -> Vec<String> {
        let mut warnings = self.server.options.remarks();
        if let Direction::Export(export) = &self.direction
            && !export.left_out.is_empty()
        {
            let left_out = quoted(export.left_out.iter().map(String::as_str));
            warnings.push(format!("{} recommends {left_out}, which the site leaves out", self.profile.title));
        }
        warnings
    }
}
