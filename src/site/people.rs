//! `[people.NAME.…]`: a place where people's data are.

use std::collections::BTreeMap;
use std::path::{Path, PathBuf};
use std::sync::Arc;

use serde::Deserialize;
use toml::Spanned;

use super::reader::Reader;
use super::{Lists, Server};
use crate::format::dialect::Encoding;
use crate::lucca;
use crate::model::Field;
use crate::profile::complaint::quoted;
use crate::profile::{self, Contract, Profile};
use crate::rule::Default;

/// A place where people's data are, by the name that the site gives it.
#[derive(Debug)]
pub enum People {
    File(File),
    Directory(Arc<Directory>),
    Lucca(Arc<Lucca>),
}

/// The people that an import changes.
#[derive(Debug, Clone)]
pub enum Changed {
    Directory(Arc<Directory>),
    Lucca(Arc<Lucca>),
}

/// An instance of Lucca.
#[derive(Debug)]
pub struct Lucca {
    pub name: String,
    pub options: lucca::Options,
}

/// A CSV or XLSX file of HR data on a server.
#[derive(Debug)]
pub struct File {
    pub name: String,
    pub server: Arc<Server>,
    /// Its path on the server.
    pub file: String,
    /// Of a text file; without it, the file tells.
    pub encoding: Option<Encoding>,
    pub profile: Arc<Profile>,
    /// What the profile says about it.
    pub contract: profile::People,
}

/// Our own table of users.
#[derive(Debug)]
pub struct Directory {
    pub name: String,
    /// What holds for all imports.
    pub defaults: Vec<Spanned<Default>>,
    pub lists: Lists,
}

/// `[people.NAME]` as a site writes it: `[people.NAME.file]`, `[people.NAME.directory]` or `[people.NAME.lucca]`.
#[derive(Debug, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Section {
    File(FileSection),
    Directory(DirectorySection),
    Lucca(Box<lucca::Options>),
}

#[derive(Debug, Deserialize)]
#[serde(rename_all = "kebab-case", deny_unknown_fields)]
pub struct FileSection {
    server: Spanned<String>,
    file: String,
    encoding: Option<Encoding>,
    profile: Spanned<String>,
}

#[derive(Debug, Deserialize)]
#[serde(rename_all = "kebab-case", deny_unknown_fields)]
pub struct DirectorySection {
    #[serde(default)]
    defaults: Vec<Spanned<Default>>,
    #[serde(default)]
    lists: BTreeMap<Spanned<String>, Spanned<PathBuf>>,
}

impl Section {
    pub(super) fn read(self, name: &Spanned<String>, reader: &mut Reader) -> Option<People> {
        match self {
            Section::File(section) => section.read(name.get_ref(), reader).map(People::File),
            Section::Directory(section) => {
                if let Some(other) = reader.directory() {
                    let complaint = reader
                        .at(name.span(), format!("`{other}` is the directory of this site already"))
                        .help("a site has one directory; name it wherever it is meant");
                    reader.complain(complaint);
                }
                Some(People::Directory(Arc::new(section.read(name.get_ref(), reader))))
            }
            Section::Lucca(options) => {
                if options.is_unstated_production() {
                    let complaint = reader
                        .at(name.span(), format!("{} is an instance that people work with", options.url()))
                        .help("write `production = true` beside its `url`, or the URL of the test instance");
                    reader.complain(complaint);
                }
                if let Some((problem, help)) = options.problem() {
                    let complaint = reader.at(name.span(), format!("`{}` {problem}", name.get_ref())).help(help);
                    reader.complain(complaint);
                }
                Some(People::Lucca(Arc::new(Lucca { name: name.get_ref().clone(), options: *options })))
            }
        }
    }
}

impl FileSection {
    fn read(self, name: &str, reader: &mut Reader) -> Option<File> {
        let server = reader.place(&self.server);
        let profile = reader.profile(&self.profile, "people", |contract| match contract {
            Contract::People(people) => Some(people),
            _ => None,
        });
        let (server, (profile, contract)) = (server?, profile?);
        Some(File { name: name.into(), server, file: self.file, encoding: self.encoding, profile, contract })
    }
}

impl DirectorySection {
    fn read(self, name: &str, reader: &mut Reader) -> Directory {
        let lists = self.lists.into_iter().map(|(list, path)| {
            reader.check_list(&list);
            (list.into_inner(), Spanned::new(path.span(), reader.base.join(path.get_ref())))
        });
        let lists = lists.collect();
        let lists = Lists::new(reader.document.clone(), lists);
        Directory { name: name.into(), defaults: self.defaults, lists }
    }
}

impl People {
    pub fn name(&self) -> &str {
        match self {
            People::File(file) => &file.name,
            People::Directory(directory) => &directory.name,
            People::Lucca(lucca) => &lucca.name,
        }
    }

    /// Can they have the field at all? The directory can have every field: what is in it depends on what was imported.
    pub fn can_have(&self, field: &Field) -> bool {
        match self {
            People::File(file) => file.contract.can_have(field),
            People::Directory(_) => true,
            People::Lucca(lucca) => lucca.options.can_have(field),
        }
    }

    /// What of this machine they need, relative to the folder of the site file; but for a file, which needs its server.
    pub fn needs(&self) -> Vec<&Path> {
        match self {
            People::File(_) | People::Directory(_) => Vec::new(),
            People::Lucca(lucca) => lucca.options.needs(),
        }
    }

    /// What makes them have these fields.
    pub fn remedy(&self, fields: &[&Field]) -> String {
        let names = quoted(fields.iter().map(|field| field.name()));
        match self {
            People::File(file) => {
                format!("their profile `{}` has no heading for {names}; add one there", file.profile.name)
            }
            People::Directory(_) => format!("import {names}"),
            People::Lucca(lucca) => match fields.iter().find_map(|field| lucca.options.key_for(field)) {
                Some(key) => format!("Lucca does not say what {names} is; write `{key}` beside its `url`"),
                None => format!("v5 of Lucca's API does not tell {names}; use `generation = {{ people = \"v3\" }}`"),
            },
        }
    }
}

impl Changed {
    pub fn name(&self) -> &str {
        match self {
            Changed::Directory(directory) => &directory.name,
            Changed::Lucca(lucca) => &lucca.name,
        }
    }

    /// What holds for all imports.
    pub(super) fn defaults(&self) -> &[Spanned<Default>] {
        match self {
            Changed::Directory(directory) => &directory.defaults,
            Changed::Lucca(lucca) => lucca.options.defaults(),
        }
    }

    /// In a sentence.
    pub fn called(&self) -> &'static str {
        match self {
            Changed::Directory(_) => "the directory",
            Changed::Lucca(_) => "Lucca",
        }
    }

    /// Are they other people than those of the directory?
    pub fn are_elsewhere(&self) -> bool {
        matches!(self, Changed::Lucca(_))
    }

    /// Of the families of data, the members that can be written there as far as the site says so.
    pub fn also(&self) -> impl Iterator<Item = Field> {
        let also = match self {
            Changed::Directory(_) => None,
            Changed::Lucca(lucca) => Some(lucca.options.imports_also()),
        };
        also.into_iter().flatten().cloned()
    }

    /// Can the field be written there? The directory takes every field.
    pub fn takes(&self, field: &Field) -> bool {
        match self {
            Changed::Directory(_) => true,
            Changed::Lucca(lucca) => lucca.options.takes(field),
        }
    }
}
