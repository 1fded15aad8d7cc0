//! `[export.NAME]`: a file that is made from people and handed to a partner.

use std::collections::{BTreeMap, BTreeSet};
use std::ops::Range;
use std::sync::Arc;

use serde::Deserialize;
use toml::Spanned;

use super::content::{self, Brakes};
use super::correspondence::{self, Correspondences};
use super::folder;
use super::photos::{self, Photos};
use super::reader::Reader;
use super::sensitive::{self, Approvals};
use super::tables::{self, Asked};
use super::within::Within;
use super::{Direction, Exchange, People, Server, Watch, endpoint, watch};
use crate::format::dialect::Formulas;
use crate::format::{Dialect, Form};
use crate::lucca::{Part, Wanted};
use crate::model::{Approval, Content, Event, Field, Language, RowsOf, Text};
use crate::profile::complaint::quoted;
use crate::profile::export::check_dialect;
use crate::profile::{Choice, Chosen, Contract, FileName, Level, TimeOfDay};
use crate::transport::openpgp::Sealing;

/// An export, with all that the site and the profile say about it.
#[derive(Debug)]
pub struct Export {
    pub people: Arc<People>,
    /// Of the server; empty for the server's own.
    pub folder: String,
    /// What each row is about.
    pub rows: RowsOf,
    /// The profile's name of this file, where the export has several tables; else empty.
    pub table: String,
    /// The other tables, whose files are of the same instant and delivered all or none with this one.
    pub beside: Vec<Export>,
    pub file_name: FileName,
    pub form: Form,
    pub dialect: Dialect,
    /// What its files tell, one file each; in order, and at least one.
    pub contents: Vec<Content>,
    /// Each file is one for each establishment.
    pub per_establishment: bool,
    pub when_nothing: WhenNothing,
    /// Told in a column of changes.
    pub events: BTreeSet<Event>,
    /// In the order of the file.
    pub columns: Vec<Chosen>,
    /// Headings of recommended columns that the site leaves out: a warning at every run.
    pub left_out: Vec<String>,
    /// The partner advises to be done by then.
    pub advised: Option<TimeOfDay>,
    pub empty_required: EmptyRequired,
    pub brakes: Brakes,
    pub population: Population,
    /// Of each sensitive column that is in the file, by the profile's heading.
    pub approvals: BTreeMap<String, Approval>,
    /// How its files are sealed with OpenPGP.
    pub openpgp: Option<Sealing>,
    /// Pictures that are delivered beside.
    pub photos: Option<Photos>,
    /// For whoever follows its people through the day.
    pub watch: Watch,
}

const ALWAYS_WANTED: [&str; 5] = ["login", "employee-number", "establishment", "contract-start", "contract-end"];

/// What becomes of a row with an empty required cell, which is an error in any case.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum EmptyRequired {
    #[default]
    LeaveOut,
    /// The whole file is held back.
    Hold,
}

/// What a partner gets for whom nothing has changed.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum WhenNothing {
    #[default]
    NoFile,
    /// The headings alone.
    EmptyFile,
}

/// Who is in the file; everybody, if nothing is said.
#[derive(Debug, Clone, Default, Deserialize)]
#[serde(rename_all = "kebab-case", deny_unknown_fields)]
pub struct Population {
    /// Only people of these establishments, as the people's data name them.
    pub establishments: Option<Vec<String>>,
    /// Whose contract ended more than so many days ago is not in the file.
    pub leavers: Option<u32>,
}

/// `[export.NAME]` as a site writes it.
#[derive(Debug, Deserialize)]
#[serde(rename_all = "kebab-case", deny_unknown_fields)]
pub struct Section {
    profile: Spanned<String>,
    people: Spanned<String>,
    server: Spanned<String>,
    folder: Option<Spanned<String>>,
    file_name: Option<Spanned<FileName>>,
    /// Where the profile has several files, by its names of them.
    #[serde(default)]
    file_names: BTreeMap<Spanned<String>, Spanned<FileName>>,
    deadline: Option<Spanned<TimeOfDay>>,
    #[serde(default)]
    within_minutes: Within,
    #[serde(default)]
    language: Language,
    /// What the data are for, in place of what the profile says.
    purpose: Option<String>,
    #[serde(default)]
    optional: Vec<Spanned<String>>,
    #[serde(default)]
    leave_out: Vec<Spanned<String>>,
    #[serde(default)]
    headings: BTreeMap<Spanned<String>, Spanned<String>>,
    #[serde(default)]
    correspondence: Correspondences,
    #[serde(default)]
    sensitive: Approvals,
    dialect: Option<Spanned<Dialect>>,
    #[serde(default)]
    empty_required: EmptyRequired,
    content: Option<Spanned<Content>>,
    files: Option<Spanned<Vec<Spanned<Content>>>>,
    #[serde(default)]
    per_establishment: bool,
    #[serde(default)]
    when_nothing: WhenNothing,
    events: Option<Spanned<BTreeSet<Event>>>,
    form: Option<Form>,
    brakes: Option<Spanned<Brakes>>,
    population: Option<Spanned<Population>>,
    openpgp: Option<Sealing>,
    photos: Option<Spanned<photos::Section>>,
    watch: Option<watch::Section>,
}

impl Section {
    pub(super) fn read(self, name: Spanned<String>, reader: &mut Reader) -> Option<Exchange> {
        let server = reader.server(&self.server);
        let people = reader.people(&self.people);
        let contents = content::read(&self.content, &self.files, reader);
        let folder = folder::read(self.folder.as_ref(), reader);
        let (profile, contract) = reader.profile(&self.profile, "exports", |contract| match contract {
            Contract::Export(export) => Some(export),
            _ => None,
        })?;
        let deadline = reader.deadline(&self.deadline, contract.deadline, &self.profile);
        if let Some(dialect) = &self.dialect {
            check_dialect(dialect, &reader.document, &mut reader.complaints);
        }
        let choice = Choice { optional: &self.optional, leave_out: &self.leave_out, headings: &self.headings };
        let columns = contract.choose(&profile.title, choice, &reader.document, &mut reader.complaints);
        let columns = correspondence::matched(&self.correspondence, columns, &profile.title, reader);
        let all: Vec<Chosen> = columns.concat();
        sensitive::check(&self.sensitive, &all, &self.profile, &self.optional, &profile.title, reader);
        let people = people?;
        self.check_people(&people, &all, reader);
        if self.per_establishment && !people.can_have(&Field::of("establishment")) {
            let problem = format!("the people `{}` cannot have an establishment", people.name());
            let complaint = reader
                .at(self.people.span(), problem)
                .help("`per-establishment` needs one: add a heading for it in their profile, or take the key out");
            reader.complain(complaint);
        }
        let asked = Asked {
            file_name: &self.file_name,
            file_names: &self.file_names,
            people: &self.people,
            profile: &self.profile,
            has_photos: self.photos.is_some(),
        };
        tables::check(&asked, &contract, &contents, self.per_establishment, &people, reader);
        let form = self.form(&name, server.as_deref(), contract.form, reader);
        endpoint::check(server.as_deref(), &self.profile, &all, (&contents, self.per_establishment), reader);
        let purpose = self.purpose.map(Text::same).or(profile.purpose.clone());
        let mut dialect = self.dialect.map_or(contract.dialect.clone(), Spanned::into_inner);
        if form == Form::Json {
            // No spreadsheet opens it.
            dialect.formulas = Formulas::AsTheyAre;
        }
        let tells_who_left = content::tells_who_left(&contents, &all);
        let brakes = content::brakes(self.brakes.as_ref(), &contents, tells_who_left, &name, reader);
        let names = asked.names(&contract, form);
        let span = self.file_name.as_ref().map_or(name.span(), Spanned::span);
        if form != Form::Json {
            names.iter().for_each(|file_name| {
                content::check_name(file_name, span.clone(), &contents, self.per_establishment, reader);
            });
        }
        let photos = self.photos.map(|photos| photos.get_ref().read(photos.span(), &people, server.as_deref(), reader));
        let events = content::events(self.events, &contents, &all, reader);
        let watch = self.watch.unwrap_or_default().read(&people, reader);
        let openpgp = self.openpgp.map(|openpgp| openpgp.below(&reader.base));
        let sealed = |name: FileName| match &openpgp {
            Some(openpgp) => name.ending_in(openpgp.ending()),
            None => name,
        };
        let (brakes, server) = (brakes?, server?);
        let left_out: Vec<String> = contract.left_out(&columns).map(String::from).collect();
        let population = self.population.map(Spanned::into_inner).unwrap_or_default();
        let tables = contract.files.iter().zip(columns).zip(names).map(|((file, columns), file_name)| Export {
            people: people.clone(),
            folder: folder.clone(),
            rows: file.rows,
            table: file.name.clone(),
            beside: Vec::new(),
            file_name: sealed(file_name),
            openpgp: openpgp.clone(),
            photos: None,
            form,
            contents: contents.clone(),
            per_establishment: self.per_establishment,
            when_nothing: self.when_nothing,
            events: events.clone(),
            watch: watch.clone(),
            dialect: dialect.clone(),
            left_out: left_out.clone(),
            columns,
            approvals: sensitive::by_heading(&self.sensitive),
            advised: contract.advised,
            empty_required: self.empty_required,
            brakes: brakes.clone(),
            population: if file.rows.is_of_people() { population.clone() } else { Population::default() },
        });
        let mut tables = tables.collect::<Vec<Export>>().into_iter();
        let first = tables.next().expect("a profile that was read has a file");
        let export = Export { beside: tables.collect(), photos, ..first };
        Some(Exchange {
            name: name.into_inner(),
            profile,
            server,
            deadline,
            within: self.within_minutes.into(),
            language: self.language,
            purpose,
            direction: Direction::Export(Box::new(export)),
        })
    }

    /// An endpoint takes JSON. Complains about what only files have.
    fn form(&self, name: &Spanned<String>, server: Option<&Server>, of_profile: Form, reader: &mut Reader) -> Form {
        let Some(server) = server.filter(|server| server.options.endpoint().is_some()) else {
            return self.form.unwrap_or(of_profile);
        };
        if let Some(folder) = &self.folder {
            let complaint = reader
                .at(folder.span(), format!("`{}` is an endpoint, which has no folders", server.name))
                .help("leave `folder` out; the whole address is the server's `url`");
            reader.complain(complaint);
        }
        for (key, is_there) in [("form", self.form.is_some()), ("openpgp", self.openpgp.is_some())] {
            if is_there {
                let complaint = reader
                    .at(name.span(), format!("`{}` is an endpoint, which takes JSON and nothing sealed", server.name))
                    .help(format!("leave `{key}` out; HTTPS protects what is sent on the way"));
                reader.complain(complaint);
            }
        }
        Form::Json
    }

    /// Complains about what is asked of people who cannot have it.
    fn check_people(&self, people: &People, columns: &[Chosen], reader: &mut Reader) {
        let is_missing = |field: &Field| RowsOf::People.have(field) && !people.can_have(field);
        let missing = |chosen: &&Chosen| chosen.source().is_some_and(is_missing);
        let (optional, others): (Vec<&Chosen>, Vec<&Chosen>) =
            columns.iter().filter(missing).partition(|chosen| chosen.column.level == Level::Optional);
        let mut complain = |span: Range<usize>, headings: &[&Chosen], way_out: &str| {
            let names = quoted(headings.iter().map(|chosen| chosen.column.heading.as_str()));
            let fields: Vec<&Field> = headings.iter().filter_map(|chosen| chosen.column.field.as_ref()).collect();
            let complaint = reader
                .at(span, format!("the people `{}` cannot have {names}", people.name()))
                .help(format!("{}{way_out}", people.remedy(&fields)));
            reader.complain(complaint);
        };
        for chosen in optional {
            let named = self.optional.iter().find(|name| *name.get_ref() == chosen.column.heading);
            let span = named.map_or(self.people.span(), Spanned::span);
            complain(span, &[chosen], ", or do not choose the column");
        }
        if !others.is_empty() {
            let all_recommended = others.iter().all(|chosen| chosen.column.level == Level::Recommended);
            complain(self.people.span(), &others, if all_recommended { ", or use `leave-out`" } else { "" });
        }
        self.check_population(people, reader);
    }

    fn check_population(&self, people: &People, reader: &mut Reader) {
        let Some(population) = &self.population else { return };
        let Population { establishments, leavers } = population.get_ref();
        for (key, is_asked, field) in [
            ("establishments", establishments.is_some(), Field::of("establishment")),
            ("leavers", leavers.is_some(), Field::of("contract-end")),
        ] {
            if is_asked && !people.can_have(&field) {
                let span = reader.document.find(&population.span(), key);
                let complaint = reader
                    .at(
                        span,
                        format!("`{key}` needs the field `{field}`, which the people `{}` cannot have", people.name()),
                    )
                    .help(people.remedy(&[&field]));
                reader.complain(complaint);
            }
        }
    }
}

impl Export {
    /// This one, and those beside it.
    pub fn tables(&self) -> impl Iterator<Item = &Export> {
        std::iter::once(self).chain(&self.beside)
    }

    pub fn has_rows_of(&self, rows: RowsOf) -> bool {
        self.tables().any(|table| table.rows == rows)
    }

    /// Is anything in it a datum of the organisation?
    pub fn needs_organisation(&self) -> bool {
        self.tables().any(|table| table.rows != RowsOf::People)
    }

    /// Is the partner told who is no longer of the population?
    pub fn tells_who_left(&self) -> bool {
        content::tells_who_left(&self.contents, &self.columns)
    }

    /// Is any of its files only about what happened since the last one?
    pub fn tells_changes(&self) -> bool {
        self.contents.iter().any(|content| content.is_of_changes())
    }

    /// Does anything in it depend on what the partner was last given?
    pub fn asks_for_the_past(&self) -> bool {
        self.tells_changes() || self.photos.is_some() || self.columns.iter().any(Chosen::is_change)
    }

    /// Is it remembered what the partner is given? That can be known where it is one table of people.
    pub fn remembers(&self) -> bool {
        self.rows == RowsOf::People && self.beside.is_empty() && self.asks_for_the_past()
    }

    /// The same of an instance of Lucca, with the pictures, and the parts of the organisation that it sends.
    pub fn wanted_of_lucca(&self) -> Wanted {
        let fields: BTreeSet<Field> = self.wanted().collect();
        Wanted { pictures: self.photos.is_some(), parts: self.parts(), ..Wanted::from(fields) }
    }

    fn parts(&self) -> BTreeSet<Part> {
        let axis = match &*self.people {
            People::Lucca(lucca) => lucca.options.cost_center_axis,
            People::File(_) | People::Directory(_) => None,
        };
        let part = |rows| match rows {
            RowsOf::People => None,
            RowsOf::Departments | RowsOf::Memberships => Some(Part::Departments),
            RowsOf::CostCenters => axis.map(|axis| Part::Axis(axis.get())),
        };
        self.tables().filter_map(|table| part(table.rows)).collect()
    }

    /// Those of the server that it writes to.
    pub fn folders(&self) -> Vec<&str> {
        let mut folders = vec![self.folder.as_str()];
        folders.extend(self.photos.as_ref().map(|photos| photos.folder.as_str()));
        folders.dedup();
        folders
    }

    /// The fields that it needs of people: for its columns, for its population, and to say whom it is about.
    pub fn wanted(&self) -> impl Iterator<Item = Field> {
        let columns = self.tables().flat_map(|table| &table.columns);
        let of_people = columns.filter_map(|chosen| chosen.source()).filter(|field| RowsOf::People.have(field));
        let membership = self.has_rows_of(RowsOf::Memberships).then(|| Field::of("department"));
        of_people.cloned().chain(membership).chain(ALWAYS_WANTED.map(Field::of))
    }

    /// The path on the server of a file of that name.
    pub fn path(&self, name: &str) -> String {
        match self.folder.as_str() {
            "" => name.into(),
            folder => format!("{folder}/{name}"),
        }
    }
}
