//! `[import.NAME]`: files that a partner drops, and that create and update users, of the directory or of Lucca.

use std::collections::BTreeSet;
use std::num::NonZeroUsize;

use serde::Deserialize;
use toml::Spanned;

use super::additions::Own;
use super::claim::Claim;
use super::expected::{self, Expected};
use super::files::{Files, Ready};
use super::keep::Kept;
use super::people::{Changed, People};
use super::reader::Reader;
use super::size::Size;
use super::within::Within;
use super::{Additions, Direction, Exchange, allow};
use crate::format::dialect::Encoding;
use crate::model::{Field, Language, Severity, Text};
use crate::plan::{Brakes, Exception};
use crate::profile::import::Identification;
use crate::profile::{self, Contract, TimeOfDay};
use crate::rule::recognised::column_of;
use crate::rule::{Codes, Default};
use crate::transport::openpgp::Opening;

/// What is added to a file's name for its rows to correct, in clear and sealed.
pub const CORRECTIONS: &str = ".to-correct.csv";
pub const SEALED_CORRECTIONS: &str = ".to-correct.csv.pgp";

/// An import, with all that the site and the profile say about it.
#[derive(Debug)]
pub struct Import {
    pub people: Changed,
    /// What the profile says about the files.
    pub contract: profile::Import,
    pub identify_by: Identification,
    pub files: Files,
    /// Of text files; without it, each file tells.
    pub encoding: Option<Encoding>,
    pub ready: Ready,
    /// A larger file is refused without being fetched.
    pub largest: Size,
    /// Files of one run; the others wait for the next one.
    pub at_most: usize,
    /// Where several hosts pick up.
    pub claim: Option<Claim>,
    /// How long what was set aside stays on the server.
    pub keep: Kept,
    pub expected: Option<Expected>,
    pub brakes: Brakes,
    /// Announced exceptions from the brakes.
    pub allow: Vec<Exception>,
    /// What it is when a new user may be somebody who is known already: a remark, or an error that leaves the row out.
    pub twins: Severity,
    pub additions: Additions,
    pub absent: Absent,
    /// How its files are opened with OpenPGP.
    pub openpgp: Option<Opening>,
}

/// What becomes of people who are known, have not left, and are not in the file. Nothing changes for them in any case.
#[derive(Debug, Clone, Copy, PartialEq, Eq, std::default::Default, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Absent {
    #[default]
    LeaveAlone,
    /// They are left alone, and remarked.
    Remark,
}

/// `[import.NAME]` as a site writes it.
#[derive(Debug, Deserialize)]
#[serde(rename_all = "kebab-case", deny_unknown_fields)]
pub struct Section {
    profile: Spanned<String>,
    people: Spanned<String>,
    server: Spanned<String>,
    files: Files,
    encoding: Option<Encoding>,
    #[serde(default)]
    ready: Ready,
    #[serde(default = "largest")]
    largest: Size,
    #[serde(default = "at_most")]
    at_most: NonZeroUsize,
    claim: Option<Claim>,
    #[serde(default)]
    keep_days: Kept,
    expected: Option<expected::Section>,
    identify_by: Spanned<String>,
    deadline: Option<Spanned<TimeOfDay>>,
    #[serde(default)]
    within_minutes: Within,
    #[serde(default)]
    language: Language,
    /// What the data are for, in place of what the profile says.
    purpose: Option<String>,
    brakes: Option<Brakes>,
    #[serde(default)]
    allow: Vec<Spanned<Exception>>,
    #[serde(default = "remark")]
    twins: Severity,
    #[serde(default)]
    defaults: Vec<Spanned<Default>>,
    #[serde(default)]
    codes: Vec<Spanned<Codes>>,
    clear: Option<Spanned<String>>,
    #[serde(default)]
    absent: Absent,
    openpgp: Option<Opening>,
}

fn remark() -> Severity {
    Severity::Remark
}

fn largest() -> Size {
    Size(1 << 30)
}

fn at_most() -> NonZeroUsize {
    NonZeroUsize::new(1000).expect("1000 is not 0")
}

impl Section {
    pub(super) fn read(self, name: Spanned<String>, reader: &mut Reader) -> Option<Exchange> {
        let server = reader.place(&self.server);
        let people = self.changed(reader);
        if self.brakes.is_none() {
            let complaint = reader.at(name.span(), format!("the import `{}` has no `brakes`", name.get_ref())).help(
                "say how much one file may do: `brakes = { creations = \"10%\", updates = \"30%\", shrink = \"20%\" }`",
            );
            reader.complain(complaint);
        }
        let (profile, contract) = reader.profile(&self.profile, "imports", |contract| match contract {
            Contract::Import(import) => Some(import),
            _ => None,
        })?;
        let deadline = reader.deadline(&self.deadline, None, &self.profile);
        let expected = self.expected.map(|expected| expected.read(reader));
        let identify_by = contract.identify_by.get(self.identify_by.get_ref()).cloned();
        if identify_by.is_none() {
            let way = &self.identify_by;
            let complaint = reader
                .at(way.span(), format!("the profile `{}` identifies nobody by `{}`", profile.name, way.get_ref()))
                .nearest(way.get_ref(), contract.identify_by.keys().map(String::as_str));
            reader.complain(complaint);
        }
        let profile_purpose = profile.purpose.clone();
        let people = people?;
        let own = Own { defaults: self.defaults, codes: self.codes, clear: self.clear };
        let additions = Additions::new(own, people.clone(), (&profile, &contract), reader);
        let brakes = self.brakes?;
        let allow = allow::check(self.allow, &brakes, reader);
        let import = Import {
            people,
            contract,
            identify_by: identify_by?,
            files: self.files,
            encoding: self.encoding,
            ready: self.ready,
            largest: self.largest,
            at_most: self.at_most.get(),
            claim: self.claim,
            keep: self.keep_days,
            expected,
            brakes,
            allow,
            twins: self.twins,
            additions,
            absent: self.absent,
            openpgp: self.openpgp.map(|openpgp| openpgp.below(&reader.base)),
        };
        Some(Exchange {
            name: name.into_inner(),
            profile,
            server: server?,
            deadline,
            within: self.within_minutes.into(),
            language: self.language,
            purpose: self.purpose.map(Text::same).or(profile_purpose),
            direction: Direction::Import(Box::new(import)),
        })
    }

    fn changed(&self, reader: &mut Reader) -> Option<Changed> {
        match &*reader.people(&self.people)? {
            People::Directory(directory) => Some(Changed::Directory(directory.clone())),
            People::Lucca(lucca) if lucca.options.key().is_none() => {
                let message = format!("`{}` has no `key`, and only with one can people be changed", lucca.name);
                let complaint = reader
                    .at(self.people.span(), message)
                    .help("add `key = \"credential:lucca\"` to it: the newest generation of the API changes nobody");
                reader.complain(complaint);
                None
            }
            People::Lucca(lucca) => Some(Changed::Lucca(lucca.clone())),
            People::File(file) => {
                let message = format!("`{}` is a file, and an import changes the directory or Lucca", file.name);
                let complaint = reader.at(self.people.span(), message).help(match reader.directory() {
                    Some(directory) => format!("write `people = \"{directory}\"`"),
                    None => "add `[people.users.directory]`, and write `people = \"users\"`".into(),
                });
                reader.complain(complaint);
                None
            }
        }
    }
}

impl Import {
    /// How files are picked up, in a clause for each choice.
    pub(super) fn pickup(&self) -> Vec<String> {
        let mut clauses = vec![self.ready.to_string(), format!("{} at most, {} a run", self.largest, self.at_most)];
        clauses.extend(self.claim.map(|claim| claim.to_string()));
        clauses.extend(self.expected.as_ref().map(|expected| format!("expected {expected}")));
        clauses
            .extend(Some(self.keep.to_string()).filter(|kept| !kept.is_empty()).map(|kept| format!("kept in {kept}")));
        clauses
    }

    /// What its columns may set.
    pub fn fields(&self) -> BTreeSet<Field> {
        let columns = &self.contract.columns;
        let plain = columns.iter().filter_map(|column| Field::parse(&column.field).ok());
        let also = self.people.also().filter(|field| column_of(columns, field).is_some());
        plain.filter(|field| self.people.takes(field)).chain(also).collect()
    }

    /// Is it a file to take, once it is whole? `name` is its name in the folder.
    pub fn takes(&self, name: &str) -> bool {
        self.files.matches(name) && !self.ready.is_marker(name)
    }

    /// What is added to a file's name for its rows to correct; those of a sealed file are sealed.
    pub fn corrections_ending(&self) -> &'static str {
        match self.openpgp {
            Some(_) => SEALED_CORRECTIONS,
            None => CORRECTIONS,
        }
    }
}
