//! An outline: what the night would do, for people, without doing any of it.

use std::path::PathBuf;

use chrono::{DateTime, NaiveDate, Utc};

use super::{Direction, Exchange, Export, People, Site};
use crate::model::Text;
use crate::plan::Exception;
use crate::profile::complaint::quoted;
use crate::text;
use crate::transport::openpgp::{Opening, Sealing};

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
    /// Of an import, how its files are picked up, in a clause for each choice.
    pub pickup: Vec<String>,
    /// With the time zone.
    pub deadline: Option<String>,
    /// What must be said at every run, and what is not there yet.
    pub warnings: Vec<String>,
}

impl Site {
    /// Every exchange, in the order of the night.
    pub fn outline(&self, now: DateTime<Utc>) -> Vec<Outline> {
        let outline = |exchange: &Exchange| {
            let mut outline = exchange.outline();
            outline.warnings.extend(self.absent(exchange));
            outline.warnings.extend(exchange.outdated(self.local(now).date()));
            outline
        };
        self.exchanges(now).into_iter().map(outline).collect()
    }

    /// What an exchange needs of this machine and is not there, or not for whoever asks.
    fn absent(&self, exchange: &Exchange) -> Vec<String> {
        let mut servers = vec![&exchange.server];
        if let Direction::Export(export) = &exchange.direction
            && let People::File(file) = &*export.people
        {
            servers.insert(0, &file.server);
        }
        let key = match &exchange.direction {
            Direction::Export(export) => export.openpgp.as_ref().map(Sealing::needs),
            Direction::Import(import) => import.openpgp.as_ref().and_then(Opening::needs),
        };
        let (people, webhook) = match &exchange.direction {
            Direction::Export(export) => (export.people.needs(), export.watch.needs()),
            Direction::Import(_) => (Vec::new(), None),
        };
        let needed = servers.into_iter().flat_map(|server| server.options.needs()).chain(key);
        let needed = needed.chain(people).chain(webhook);
        let mut needed: Vec<PathBuf> = needed.map(|path| self.base.join(path)).collect();
        needed.dedup();
        needed.retain(|path| !path.exists());
        needed.into_iter().map(|path| format!("{} is not there", path.display())).collect()
    }
}

impl Export {
    /// `7 columns as skillup_{date}.csv`
    fn outline(&self) -> String {
        let mut outline = format!("{} columns as {}", self.columns.len(), self.path(&self.file_name.to_string()));
        if self.tells_changes() {
            let contents: Vec<&str> = self.contents.iter().map(|content| content.name()).collect();
            outline += &format!(" ({})", contents.join(", "));
        }
        if let Some(photos) = &self.photos {
            outline += &format!(", pictures as {photos}");
        }
        outline
    }
}

impl Exchange {
    /// Exceptions whose day is over; they do no harm, and no good.
    fn outdated(&self, today: NaiveDate) -> Vec<String> {
        let Direction::Import(import) = &self.direction else { return Vec::new() };
        let outdated = import.allow.iter().filter(|exception| exception.on < today);
        outdated
            .map(|exception| {
                let Exception { on, because, .. } = exception;
                format!("the exception for {on} ({because}) is over; take it out of `allow`")
            })
            .collect()
    }

    pub fn outline(&self) -> Outline {
        let (direction, what, pickup) = match &self.direction {
            Direction::Export(export) => {
                ("export", export.tables().map(Export::outline).collect::<Vec<_>>().join(", "), Vec::new())
            }
            Direction::Import(import) => {
                let keys = import.identify_by.columns.join(" and ");
                ("import", format!("{} by {keys}", import.files), import.pickup())
            }
        };
        Outline {
            exchange: self.name.clone(),
            direction,
            profile: self.profile.name.clone(),
            people: self.people().into(),
            server: format!("{} ({})", self.server.name, self.server.options.describe()),
            what,
            pickup,
            deadline: self.deadline.map(|deadline| deadline.to_string()),
            warnings: self.warnings().iter().map(ToString::to_string).collect(),
        }
    }

    /// What must be said at every run: nothing of it is wrong, and none of it is as it should be.
    pub fn warnings(&self) -> Vec<Text> {
        let mut warnings = self.server.options.remarks();
        if let Direction::Export(export) = &self.direction
            && !export.left_out.is_empty()
        {
            let (title, left_out) = (&self.profile.title, quoted(export.left_out.iter().map(String::as_str)));
            warnings.push(text!(
                "{title} recommends {left_out}, which the site leaves out",
                "{title} recommande {left_out}, que la configuration laisse de côté",
            ));
        }
        if let Direction::Import(import) = &self.direction
            && import.openpgp.as_ref().is_some_and(Opening::trusts_anybody)
        {
            warnings.push(Text::of(
                "files are decrypted, but their signatures are not verified: whoever has the public key can write one; \
                 and rows to correct are not written, since they cannot be encrypted to anybody",
                "les fichiers sont déchiffrés sans que leur signature soit vérifiée : quiconque a la clé publique peut en \
                 écrire un ; et les lignes à corriger ne sont pas écrites, faute de clé pour les chiffrer",
            ));
        }
        warnings
    }
}
