//! The record of processing as a table: a row for each datum of each exchange.

use chrono::{DateTime, Utc};

use super::{Datum, Processing, Record, named};
use crate::model::{Language, Text};
use crate::report::Direction;

const HEADINGS: [Text; 15] = [
    Text::of("exchange", "échange"),
    Text::of("direction", "sens"),
    Text::of("partner", "partenaire"),
    Text::of("purpose", "finalité"),
    Text::of("server", "serveur"),
    Text::of("whose data", "personnes concernées"),
    Text::of("people at the last delivery", "personnes à la dernière livraison"),
    Text::of("since", "depuis"),
    Text::of("last", "dernière fois"),
    Text::of("heading", "en-tête"),
    Text::of("field", "champ"),
    Text::of("sensitivity", "sensibilité"),
    Text::of("because", "motif"),
    Text::of("approved by", "approuvé par"),
    Text::of("approved on", "approuvé le"),
];

/// The headings, then the rows.
pub fn write(record: &Record, language: Language) -> Vec<Vec<String>> {
    let mut rows = vec![HEADINGS.iter().map(|heading| heading.is(language).to_string()).collect()];
    rows.extend(record.exchanges.iter().flat_map(|processing| processing.rows(language)));
    rows
}

impl Processing {
    /// One at least, so that no exchange is missing.
    fn rows(&self, language: Language) -> Vec<Vec<String>> {
        let moment =
            |at: Option<DateTime<Utc>>| at.map(|at| at.format("%Y-%m-%d %H:%M UTC").to_string()).unwrap_or_default();
        let direction = match self.direction {
            Direction::Export => "export",
            Direction::Import => "import",
        };
        let common = vec![
            self.exchange.clone(),
            direction.into(),
            self.partner.clone(),
            self.purpose.as_ref().map(|purpose| purpose.is(language).to_string()).unwrap_or_default(),
            self.server.clone(),
            self.whom.is(language).into(),
            self.people.map(|people| people.to_string()).unwrap_or_default(),
            moment(self.since),
            moment(self.last),
        ];
        let of_datum = |datum: &Datum| {
            let approval = datum.approval.as_ref();
            let own = vec![
                datum.heading.clone(),
                datum.field.to_string(),
                named(datum.sensitivity).is(language).to_string(),
                approval.map(|approval| approval.because.clone()).unwrap_or_default(),
                approval.map(|approval| approval.approved_by.clone()).unwrap_or_default(),
                approval.map(|approval| approval.on.to_string()).unwrap_or_default(),
            ];
            [common.clone(), own].concat()
        };
        match self.data.is_empty() {
            true => vec![[common.clone(), vec![String::new(); HEADINGS.len() - common.len()]].concat()],
            false => self.data.iter().map(of_datum).collect(),
        }
    }
}
