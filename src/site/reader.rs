//! What sections of a site may refer to by name, and where their complaints go.

use std::collections::{BTreeMap, BTreeSet};
use std::ops::Range;
use std::path::{Path, PathBuf};
use std::sync::Arc;

use chrono_tz::{TZ_VARIANTS, Tz};
use toml::Spanned;

use super::{Deadline, Direction, Exchange, Export, KeptHere, People, Server, Site, people, tables};
use crate::model::fold;
use crate::profile::{Complaint, Complaints, Contract, Document, Profile, Profiles, TimeOfDay};
use crate::rule::column::KEY;
use crate::transport::{self, Endpoint};

pub struct Reader {
    pub document: Arc<Document>,
    pub base: PathBuf,
    pub complaints: Complaints,
    profiles: Profiles,
    servers: BTreeMap<String, Arc<Server>>,
    /// None: they are there, but something is wrong with them, which has been complained about.
    people: BTreeMap<String, Option<Arc<People>>>,
    timezone: Option<Tz>,
}

/// An exchange's name where it is written, and the exchange if it can be read.
type Read = (Spanned<String>, Option<Exchange>);

impl Reader {
    pub fn new(
        document: Arc<Document>,
        base: &Path,
        profiles: Profiles,
        servers: BTreeMap<Spanned<String>, transport::Options>,
        timezone: Option<Spanned<String>>,
    ) -> Reader {
        let servers = servers.into_iter().map(|(name, options)| {
            let name = name.into_inner();
            (name.clone(), Arc::new(Server { name, options }))
        });
        let mut reader = Reader {
            document,
            base: base.into(),
            complaints: Complaints::default(),
            profiles,
            servers: servers.collect(),
            people: BTreeMap::new(),
            timezone: None,
        };
        reader.timezone = timezone.map(|name| reader.read_timezone(&name));
        reader
    }

    pub fn at(&self, span: Range<usize>, message: impl Into<String>) -> Complaint {
        self.document.complaint(span, message)
    }

    pub fn complain(&mut self, complaint: Complaint) {
        self.complaints.push(complaint);
    }

    /// A stand-in when there is no such time zone, so that nobody complains that none is named.
    fn read_timezone(&mut self, name: &Spanned<String>) -> Tz {
        name.get_ref().parse().unwrap_or_else(|_| {
            let complaint = self.at(name.span(), format!("there is no time zone `{}`", name.get_ref()));
            let zones = TZ_VARIANTS.iter().map(|zone| zone.name());
            self.complain(match fold::nearest(name.get_ref(), zones) {
                Some(near) => complaint.help(format!("did you mean `{near}`?")),
                None => complaint.help("expected: a region and a city, such as `Europe/Paris`"),
            });
            Tz::UTC
        })
    }

    pub fn read_people(&mut self, sections: BTreeMap<Spanned<String>, people::Section>) {
        let mut sections: Vec<_> = sections.into_iter().collect();
        sections.sort_by_key(|(name, _)| name.span().start);
        for (name, section) in sections {
            let people = section.read(&name, self).map(Arc::new);
            self.people.insert(name.into_inner(), people);
        }
    }

    /// The name of the directory, if there is one already.
    pub fn directory(&self) -> Option<&str> {
        self.people
            .values()
            .flatten()
            .find(|people| matches!(***people, People::Directory(_)))
            .map(|people| people.name())
    }

    pub fn server(&mut self, name: &Spanned<String>) -> Option<Arc<Server>> {
        let server = self.servers.get(name.get_ref()).cloned();
        if server.is_none() {
            let complaint = self.at(name.span(), format!("there is no server `{}`", name.get_ref()));
            self.complain(complaint.nearest(name.get_ref(), self.servers.keys().map(String::as_str)));
        }
        server
    }

    /// A server that has files: an endpoint has none.
    pub fn place(&mut self, name: &Spanned<String>) -> Option<Arc<Server>> {
        let server = self.server(name)?;
        if server.options.endpoint().is_none() {
            return Some(server);
        }
        let complaint = self
            .at(name.span(), format!("`{}` is an endpoint: it takes what is exported, and has no files", server.name))
            .help("name a server with files: one of `[server.NAME.directory]`, `.ftp` or `.sftp`");
        self.complain(complaint);
        None
    }

    pub fn people(&mut self, name: &Spanned<String>) -> Option<Arc<People>> {
        let people = self.people.get(name.get_ref()).cloned();
        if people.is_none() {
            let complaint = self.at(name.span(), format!("there are no people `{}`", name.get_ref()));
            self.complain(complaint.nearest(name.get_ref(), self.people.keys().map(String::as_str)));
        }
        people.flatten()
    }

    /// The profile, and its contract if `kind` finds that it is of the kind that is needed, called `needed`.
    pub fn profile<T: Clone>(
        &mut self,
        name: &Spanned<String>,
        needed: &str,
        kind: fn(&Contract) -> Option<&T>,
    ) -> Option<(Arc<Profile>, T)> {
        let profile = self.profiles.get(name.get_ref());
        let contract = profile.and_then(|profile| Some((profile.clone(), kind(&profile.contract)?.clone())));
        if contract.is_none() {
            let complaint = match profile {
                Some(profile) => format!(
                    "`{}` is a profile for {}, and one for {needed} is needed here",
                    profile.name,
                    profile.kind()
                ),
                None => format!("there is no profile `{}`", name.get_ref()),
            };
            let suitable = self.profiles.iter().filter(|profile| kind(&profile.contract).is_some());
            let complaint = self.at(name.span(), complaint);
            self.complain(complaint.nearest(name.get_ref(), suitable.map(|profile| profile.name.as_str())));
        }
        contract
    }

    /// The site's own deadline, or else the profile's. `profile` is where the site names it.
    pub fn deadline(
        &mut self,
        own: &Option<Spanned<TimeOfDay>>,
        of_profile: Option<TimeOfDay>,
        profile: &Spanned<String>,
    ) -> Option<Deadline> {
        let time = own.as_ref().map(|time| *time.get_ref()).or(of_profile)?;
        let span = own.as_ref().map_or(profile.span(), Spanned::span);
        let zone = self.check_timezone(&span, &format!("a deadline at {time}"));
        Some(Deadline { time, zone })
    }

    /// What needs a time zone stands at `span`. A stand-in where none is named, so that it is complained about once.
    pub fn check_timezone(&mut self, span: &Range<usize>, what: &str) -> Tz {
        self.timezone.unwrap_or_else(|| {
            let complaint = self
                .at(span.clone(), format!("there is {what}, but the site names no time zone"))
                .help("write `timezone = \"Europe/Paris\"`, or yours, at the top of the file");
            self.complain(complaint);
            *self.timezone.insert(Tz::UTC)
        })
    }

    /// The name of an exchange is part of the names of files, of units and of commands.
    pub fn check_names(&mut self, exchanges: &[Read]) {
        let is_plain = |letter: char| letter.is_ascii_alphanumeric() || matches!(letter, '-' | '_' | '.');
        for (name, _) in exchanges {
            if !name.get_ref().chars().all(is_plain)
                || !name.get_ref().starts_with(|first: char| first.is_ascii_alphanumeric())
            {
                let complaint = self
                    .at(name.span(), format!("`{}` cannot be the name of an exchange", name.get_ref()))
                    .help("begin with a letter (without accent) or a digit, and use no others than those, `-`, `_` and `.`");
                self.complain(complaint);
            }
        }
    }

    /// No two exchanges may have one name, write one file, or take the same files.
    pub fn check_apart(&mut self, exports: &[Read], imports: &[Read]) {
        for (name, _) in imports {
            if exports.iter().any(|(other, _)| other == name) {
                let complaint = self.at(name.span(), format!("there is an export `{}` already", name.get_ref())).help(
                    format!("exchanges are called by their names alone; call this one `from-{}`", name.get_ref()),
                );
                self.complain(complaint);
            }
        }
        for exchanges in [exports, imports] {
            for (index, (name, exchange)) in exchanges.iter().enumerate() {
                let Some(exchange) = exchange else { continue };
                let mut others = exchanges[..index].iter().filter_map(|(_, other)| other.as_ref());
                if let Some(other) = others.find(|other| meet(other, exchange)) {
                    let complaint = self.at(name.span(), met(other, exchange)).help(match exchange.direction {
                        Direction::Export(_) if is_provider(&exchange.server) => "make one export of both",
                        Direction::Export(_) => "give one of them another `file-name` or `folder`",
                        Direction::Import(_) => "give them `files` that differ",
                    });
                    self.complain(complaint);
                }
            }
        }
    }

    /// Complains about a reference list that neither a column of an import profile nor the organisation asks for.
    pub fn check_list(&mut self, name: &Spanned<String>) {
        let contracts = self.profiles.iter().filter_map(|profile| match &profile.contract {
            Contract::Import(import) => Some(import),
            Contract::Export(_) | Contract::People(_) => None,
        });
        let asked = contracts.flat_map(|import| &import.columns).filter_map(|column| column.check.list.as_deref());
        let asked: BTreeSet<&str> = asked.chain([tables::DEPARTMENTS, tables::COST_CENTERS]).collect();
        let is_asked = |list: &&str| match list.split_once(KEY) {
            None => name.get_ref() == list,
            Some((before, after)) => {
                let key = name.get_ref().strip_prefix(before).and_then(|rest| rest.strip_suffix(after));
                key.is_some_and(|key| !key.is_empty())
            }
        };
        if !asked.iter().any(is_asked) {
            let complaint = self
                .at(name.span(), format!("nothing asks for the reference list `{}`", name.get_ref()))
                .nearest(name.get_ref(), asked);
            self.complain(complaint);
        }
    }

    pub fn finish(mut self, state: Option<PathBuf>, exchanges: BTreeMap<String, Exchange>) -> Result<Site, Complaints> {
        if state.is_none() {
            let complaint = self
                .document
                .complaint(None, "the site does not say in which file to remember what was done")
                .help("add `[state]` and `path = \"state.db\"`");
            self.complain(complaint);
        }
        let people = self.people.into_iter().filter_map(|(name, people)| Some((name, people?))).collect();
        self.complaints.or(Site {
            base: self.base,
            state: state.unwrap_or_default(),
            keep: KeptHere::default(),
            timezone: self.timezone,
            profiles: self.profiles,
            servers: self.servers,
            people,
            exchanges,
            is_trial: false,
        })
    }
}

fn meet(one: &Exchange, other: &Exchange) -> bool {
    let same_files = match (&one.direction, &other.direction) {
        // Each would switch off whom only the other one has.
        (Direction::Export(_), Direction::Export(_)) if is_provider(&one.server) => true,
        (Direction::Export(one), Direction::Export(other)) => {
            let is_like = |one: &Export| other.tables().any(|other| one.file_name.is_like(&other.file_name));
            one.folder == other.folder && one.tables().any(is_like)
        }
        (Direction::Import(one), Direction::Import(other)) => one.files == other.files,
        _ => false,
    };
    same_files && one.server.name == other.server.name
}

fn is_provider(server: &Server) -> bool {
    matches!(server.options.endpoint(), Some(Endpoint::Scim(_)))
}

fn met(other: &Exchange, exchange: &Exchange) -> String {
    match &exchange.direction {
        Direction::Export(_) if is_provider(&exchange.server) => {
            format!(
                "the export `{}` keeps accounts on the same server, and each would switch off the other's",
                other.name
            )
        }
        Direction::Export(export) => {
            format!("the export `{}` writes `{}` on the same server", other.name, export.file_name)
        }
        Direction::Import(import) => {
            format!("the import `{}` takes `{}` from the same server", other.name, import.files)
        }
    }
}
