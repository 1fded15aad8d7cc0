//! One partner's published contract: what its files hold. To ship one more: a file in `profiles/`, and a line in `SHIPPED`.

pub mod choose;
mod columns;
pub mod complaint;
pub mod export;
pub mod file_name;
pub mod import;
mod parse;
pub mod people;
mod spot;
mod table;
pub mod time;

use std::collections::BTreeMap;
use std::path::Path;
use std::sync::{Arc, OnceLock};

use serde::Deserialize;
use toml::Spanned;

pub use choose::{Choice, Chosen};
pub use complaint::{Complaint, Complaints, Document};
pub use export::{Export, Level};
pub use file_name::FileName;
pub use import::Import;
pub use parse::parse;
pub use people::People;
pub use time::TimeOfDay;

use crate::model::{Digest, Text};

static SHIPPED: [Shipped; 10] = [
    Shipped::new("hr-file", include_str!("../../profiles/hr-file.toml")),
    Shipped::new("leapsome", include_str!("../../profiles/leapsome.toml")),
    Shipped::new("lucca-file", include_str!("../../profiles/lucca-file.toml")),
    Shipped::new("lucca-users", include_str!("../../profiles/lucca-users.toml")),
    Shipped::new("optima-hr", include_str!("../../profiles/optima-hr.toml")),
    Shipped::new("place-de-la-formation", include_str!("../../profiles/place-de-la-formation.toml")),
    Shipped::new("ploy", include_str!("../../profiles/ploy.toml")),
    Shipped::new("pyla", include_str!("../../profiles/pyla.toml")),
    Shipped::new("scim-users", include_str!("../../profiles/scim-users.toml")),
    Shipped::new("skillup", include_str!("../../profiles/skillup.toml")),
];

/// A profile that is built in. It is read when somebody asks for it: a night needs a few of them.
#[derive(Debug)]
struct Shipped {
    name: &'static str,
    text: &'static str,
    read: OnceLock<Arc<Profile>>,
}

/// One partner's contract, with where it comes from.
#[derive(Debug)]
pub struct Profile {
    /// The name of its file without `.toml`.
    pub name: String,
    /// The partner's name, for people.
    pub title: String,
    pub version: String,
    /// What the data are for, where the profile says it.
    pub purpose: Option<Text>,
    pub source: Vec<Source>,
    pub contract: Contract,
    document: Arc<Document>,
}

/// A page that the contract was taken from.
#[derive(Debug, Clone, Deserialize)]
#[serde(rename_all = "kebab-case", deny_unknown_fields)]
pub struct Source {
    /// Its address.
    pub page: String,
    /// The day on which the profile was last compared with the page, as `YYYY-MM-DD`.
    pub date: chrono::NaiveDate,
    pub note: Option<String>,
}

/// What kind of file the profile describes.
#[derive(Debug)]
pub enum Contract {
    /// A file that we write for a partner.
    Export(Export),
    /// A file that a partner drops, and that creates and updates users.
    Import(Import),
    /// A file of HR data that exports are made from.
    People(People),
}

/// The profiles that a site may name.
#[derive(Debug, Clone, Default)]
pub struct Profiles(BTreeMap<String, Kept>);

#[derive(Debug, Clone)]
enum Kept {
    Shipped(&'static Shipped),
    Own(Arc<Profile>),
}

#[derive(Debug, Deserialize)]
#[serde(rename_all = "kebab-case", deny_unknown_fields)]
struct Sections {
    title: String,
    version: String,
    purpose: Option<Purpose>,
    source: Vec<Source>,
    export: Option<Spanned<export::Section>>,
    import: Option<import::Section>,
    people: Option<people::Section>,
}

/// What the data are for, in each language that the record of processing may be asked for in.
#[derive(Debug, Deserialize)]
#[serde(rename_all = "kebab-case", deny_unknown_fields)]
struct Purpose {
    en: String,
    fr: String,
}

impl From<Purpose> for Text {
    fn from(Purpose { en, fr }: Purpose) -> Text {
        Text::new(en, fr)
    }
}

impl Profiles {
    /// Those that are built in, and those of a directory: a file there replaces the profile of its name, or adds one.
    pub fn load(directory: Option<&Path>) -> Result<Profiles, Complaints> {
        let own = match directory {
            Some(directory) => own_files(directory)?,
            None => Vec::new(),
        };
        let shipped = SHIPPED.iter().map(|shipped| (shipped.name.to_string(), Kept::Shipped(shipped)));
        let mut profiles = Profiles(shipped.collect());
        let mut complaints = Complaints::default();
        for (name, document) in own {
            let read = document.map_err(Complaints::from).and_then(|document| Profile::read(&name, document));
            match read {
                Ok(profile) => drop(profiles.0.insert(name, Kept::Own(Arc::new(profile)))),
                Err(wrong) => complaints.extend(wrong),
            }
        }
        complaints.or(profiles)
    }

    pub fn get(&self, name: &str) -> Option<&Arc<Profile>> {
        self.0.get(name).map(Kept::profile)
    }

    pub fn names(&self) -> impl Iterator<Item = &str> {
        self.0.keys().map(String::as_str)
    }

    pub fn iter(&self) -> impl Iterator<Item = &Arc<Profile>> {
        self.0.values().map(Kept::profile)
    }
}

impl Kept {
    fn profile(&self) -> &Arc<Profile> {
        match self {
            Kept::Shipped(shipped) => shipped.profile(),
            Kept::Own(profile) => profile,
        }
    }
}

impl Shipped {
    const fn new(name: &'static str, text: &'static str) -> Shipped {
        Shipped { name, text, read: OnceLock::new() }
    }

    fn profile(&self) -> &Arc<Profile> {
        self.read.get_or_init(|| {
            let document = Document::new(format!("profiles/{}.toml (built in)", self.name), self.text);
            Arc::new(Profile::read(self.name, document).expect("tests read every profile that is built in"))
        })
    }
}

/// A profile's name and its file, if it can be read.
type NamedFile = (String, Result<Arc<Document>, Complaint>);

/// The `.toml` files of a directory, by name.
fn own_files(directory: &Path) -> Result<Vec<NamedFile>, Complaint> {
    let unreadable = |error: std::io::Error| {
        Document::new(directory.display().to_string(), "")
            .complaint(None, format!("this folder of profiles cannot be read: {error}"))
    };
    let entries = std::fs::read_dir(directory).map_err(unreadable)?;
    let mut files = Vec::new();
    for entry in entries {
        let path = entry.map_err(unreadable)?.path();
        let is_profile = path.extension().is_some_and(|extension| extension == "toml");
        if let (true, Some(name)) = (is_profile, path.file_stem().and_then(|stem| stem.to_str())) {
            files.push((name.to_string(), Document::read(&path)));
        }
    }
    files.sort_by(|(left, _), (right, _)| left.cmp(right));
    Ok(files)
}

impl Profile {
    /// Reads one profile, and checks what no single key can.
    pub fn read(name: &str, document: Arc<Document>) -> Result<Profile, Complaints> {
        let sections: Sections = parse(&document)?;
        let mut complaints = Complaints::default();
        let contract = match (sections.export, sections.import, sections.people) {
            (Some(export), None, None) => {
                let span = export.span();
                Contract::Export(export.into_inner().check(span, &document, &mut complaints))
            }
            (None, Some(import), None) => Contract::Import(import.check(&document, &mut complaints)),
            (None, None, Some(people)) => Contract::People(people.check(&document, &mut complaints)),
            (None, None, None) => {
                return Err(document.complaint(None, "this profile describes no file").help(ONE_OF).into());
            }
            _ => return Err(document.complaint(None, "this profile describes several files").help(ONE_OF).into()),
        };
        complaints.or(Profile {
            name: name.into(),
            title: sections.title,
            version: sections.version,
            purpose: sections.purpose.map(Text::from),
            source: sections.source,
            contract,
            document,
        })
    }

    /// Changes when anything in the profile's file changes.
    pub fn digest(&self) -> Digest {
        Digest::of(self.document.text.as_bytes())
    }

    /// What the profile is for: `exports`, `imports` or `people`.
    pub fn kind(&self) -> &'static str {
        match self.contract {
            Contract::Export(_) => "exports",
            Contract::Import(_) => "imports",
            Contract::People(_) => "people",
        }
    }
}

const ONE_OF: &str = "exactly one of the tables `[export]`, `[import]` and `[people]` belongs here";
