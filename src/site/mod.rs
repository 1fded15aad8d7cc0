//! One company's `passerelle.toml`: servers, people and exchanges, checked against the profiles.
//!
//! Each kind of section has its file: how it is written, and what it becomes once the names in it are resolved.

pub mod additions;
mod allow;
pub mod claim;
pub mod content;
mod correspondence;
mod deadline;
mod endpoint;
mod expected;
pub mod export;
pub mod files;
mod folder;
pub mod import;
mod keep;
pub mod lists;
pub mod outline;
pub mod people;
pub mod photos;
mod reader;
mod sensitive;
mod size;
pub mod tables;
mod trial;
pub mod watch;
mod within;

use std::collections::{BTreeMap, BTreeSet};
use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::time::Duration;

use chrono::{DateTime, NaiveDateTime, Utc};
use chrono_tz::Tz;
use serde::Deserialize;
use toml::Spanned;

pub use additions::Additions;
pub use deadline::Deadline;
pub use expected::Expected;
pub use export::Export;
pub use files::{Files, Ready};
pub use import::{Absent, Import};
pub use keep::{Days, KeptHere};
pub use lists::Lists;
pub use outline::Outline;
pub use people::People;
pub use watch::Watch;

use crate::lucca::Wanted;
use crate::model::{Field, Language, Text, fold};
use crate::profile::complaint::quoted;
use crate::profile::{Complaint, Complaints, Document, Profile, Profiles, parse};
use crate::transport;
use reader::Reader;

/// A company's configuration, whole and checked: nothing in it names what is not there.
#[derive(Debug)]
pub struct Site {
    /// The folder of the site file; the paths in a server's options are relative to it.
    pub base: PathBuf,
    /// The file in which we remember.
    pub state: PathBuf,
    /// How long what lies beside the state is kept.
    pub keep: KeptHere,
    /// Named wherever there is a deadline.
    pub timezone: Option<Tz>,
    pub profiles: Profiles,
    pub servers: BTreeMap<String, Arc<Server>>,
    pub people: BTreeMap<String, Arc<People>>,
    exchanges: BTreeMap<String, Exchange>,
    /// Nobody knows who is in the directory.
    pub is_trial: bool,
}

/// A place where files are, by the name that the site gives it.
#[derive(Debug)]
pub struct Server {
    pub name: String,
    pub options: transport::Options,
}

/// One export or one import.
#[derive(Debug)]
pub struct Exchange {
    pub name: String,
    pub profile: Arc<Profile>,
    pub server: Arc<Server>,
    pub deadline: Option<Deadline>,
    /// How long it may take, its servers' answers included.
    pub within: Duration,
    /// In which its reports and the partner's files are written.
    pub language: Language,
    /// What the data are for, where site or profile says it.
    pub purpose: Option<Text>,
    pub direction: Direction,
}

#[derive(Debug)]
pub enum Direction {
    Export(Box<Export>),
    Import(Box<Import>),
}

/// There is no exchange of that name.
#[derive(Debug, thiserror::Error, PartialEq, Eq)]
#[error("the site has no exchange `{name}`; {help}")]
pub struct NoExchange {
    name: String,
    help: String,
}

/// The site file as it is written.
#[derive(Debug, Deserialize)]
#[serde(rename_all = "kebab-case", deny_unknown_fields)]
struct Sections {
    timezone: Option<Spanned<String>>,
    profiles: Option<Spanned<PathBuf>>,
    state: Option<State>,
    #[serde(default)]
    server: BTreeMap<Spanned<String>, transport::Options>,
    #[serde(default)]
    people: BTreeMap<Spanned<String>, people::Section>,
    #[serde(default)]
    export: BTreeMap<Spanned<String>, export::Section>,
    #[serde(default)]
    import: BTreeMap<Spanned<String>, import::Section>,
}

#[derive(Debug, Deserialize)]
#[serde(rename_all = "kebab-case", deny_unknown_fields)]
struct State {
    path: PathBuf,
    #[serde(default)]
    keep_days: KeptHere,
}

impl Site {
    /// Reads the site file and the profiles, and collects all that is wrong with them.
    pub fn load(path: &Path) -> Result<Site, Complaints> {
        let document = Document::read(path).map_err(|complaint| match path.exists() {
            true => complaint,
            false => {
                complaint.help("name the site with `--site FILE`; `passerelle run --sample` writes one to begin with")
            }
        })?;
        Site::read(document, path.parent().unwrap_or(Path::new("")))
    }

    /// Reads a site whose paths are relative to `base`.
    pub fn read(document: Arc<Document>, base: &Path) -> Result<Site, Complaints> {
        let sections: Sections = parse(&document).map_err(with_choices)?;
        let profiles = read_profiles(sections.profiles, &document, base)?;
        let mut reader = Reader::new(document, base, profiles, sections.server, sections.timezone);
        reader.read_people(sections.people);
        let exports =
            sections.export.into_iter().map(|(name, section)| (name.clone(), section.read(name, &mut reader)));
        let exports: Vec<_> = exports.collect();
        let imports =
            sections.import.into_iter().map(|(name, section)| (name.clone(), section.read(name, &mut reader)));
        let imports: Vec<_> = imports.collect();
        reader.check_names(&exports);
        reader.check_names(&imports);
        reader.check_apart(&exports, &imports);
        let exchanges = exports.into_iter().chain(imports).filter_map(|(_, exchange)| exchange);
        let exchanges = exchanges.map(|exchange| (exchange.name.clone(), exchange)).collect();
        let keep = sections.state.as_ref().map(|state| state.keep_days).unwrap_or_default();
        let site = reader.finish(sections.state.map(|state| base.join(state.path)), exchanges)?;
        Ok(Site { keep, ..site })
    }

    /// Complains about reference lists that cannot be used, or do not have what the site names. They are read anew for
    /// each import, and may be other ones then.
    pub fn check_lists(&self) -> Result<(), Complaints> {
        let mut complaints = Complaints::default();
        for exchange in self.exchanges.values() {
            if let Direction::Import(import) = &exchange.direction {
                complaints.extend(import.additions.read(&import.contract.columns, None).err().unwrap_or_default());
            }
        }
        for people in self.people.values() {
            if let People::Directory(directory) = &**people {
                complaints.extend(directory.lists.read().err().unwrap_or_default());
            }
        }
        complaints.or(())
    }

    /// All exchanges in the order of the night.
    ///
    /// Those whose deadline is nearest after `now` come first. Without a deadline, imports come before exports, so that
    /// exports see the users of today; an import that must come before an export with a deadline gets a deadline of its
    /// own. What is equal so far goes by name.
    pub fn exchanges(&self, now: DateTime<Utc>) -> Vec<&Exchange> {
        let mut exchanges: Vec<&Exchange> = self.exchanges.values().collect();
        exchanges.sort_by_key(|exchange| {
            let deadline = exchange.deadline.map(|deadline| deadline.after(now));
            (deadline.is_none(), deadline, exchange.is_export())
        });
        exchanges
    }

    /// The exchange of that name.
    pub fn exchange(&self, name: &str) -> Result<&Exchange, NoExchange> {
        self.exchanges.get(name).ok_or_else(|| {
            let names = self.exchanges.keys().map(String::as_str);
            let help = match fold::nearest(name, names.clone()) {
                Some(near) => format!("did you mean `{near}`?"),
                None => format!("its exchanges: {}", quoted(names)),
            };
            NoExchange { name: name.into(), help }
        })
    }

    /// What the exports of these people send.
    pub fn wanted(&self, people: &str) -> Wanted {
        let exports = self.exchanges.values().filter_map(|exchange| match &exchange.direction {
            Direction::Export(export) if export.people.name() == people => Some(export),
            Direction::Export(_) | Direction::Import(_) => None,
        });
        exports.map(|export| export.wanted_of_lucca()).collect()
    }

    /// The fields that the imports of these people may set.
    pub fn written(&self, people: &str) -> BTreeSet<Field> {
        let imports = self.exchanges.values().filter_map(|exchange| match &exchange.direction {
            Direction::Import(import) if import.people.name() == people => Some(import),
            Direction::Export(_) | Direction::Import(_) => None,
        });
        imports.flat_map(|import| import.fields()).collect()
    }

    /// The folder in which each import writes down what it did.
    pub fn operations(&self) -> PathBuf {
        self.state.with_file_name("operations")
    }

    /// What a clock on the wall of the company shows; of a site without a time zone, what it shows in UTC.
    pub fn local(&self, now: DateTime<Utc>) -> NaiveDateTime {
        self.timezone.map_or(now.naive_utc(), |zone| now.with_timezone(&zone).naive_local())
    }
}

fn read_profiles(
    folder: Option<Spanned<PathBuf>>,
    document: &Arc<Document>,
    base: &Path,
) -> Result<Profiles, Complaints> {
    let Some(folder) = folder else { return Profiles::load(None) };
    let path = base.join(folder.get_ref());
    match path.is_dir() {
        true => Profiles::load(Some(&path)),
        false => Err(document
            .complaint(folder.span(), format!("there is no folder `{}`", folder.get_ref().display()))
            .help("paths are relative to the folder of this file")
            .into()),
    }
}

/// The TOML reader knows that one key is needed in a table, but not which ones there are.
fn with_choices(complaint: Complaint) -> Complaint {
    let line = complaint.line().unwrap_or_default();
    let is_about_choice = complaint.message.ends_with("chosen here");
    let choices = [
        ("[server.", "write exactly one of `[server.NAME.directory]`, `[server.NAME.ftp]` and `[server.NAME.sftp]`"),
        ("[people.", "write exactly one of `[people.NAME.file]`, `[people.NAME.directory]` and `[people.NAME.lucca]`"),
    ];
    match choices.iter().find(|(heading, _)| is_about_choice && line.starts_with(heading)) {
        Some((_, help)) => complaint.help(*help),
        None => complaint,
    }
}

impl Exchange {
    pub fn is_export(&self) -> bool {
        matches!(self.direction, Direction::Export(_))
    }

    /// The people that it reads or changes, by the name that the site gives them.
    pub fn people(&self) -> &str {
        match &self.direction {
            Direction::Export(export) => export.people.name(),
            Direction::Import(import) => import.people.name(),
        }
    }
}
