//! What a site adds to the files of an import: reference lists, defaults, correspondence codes, a word that empties.

use std::collections::HashMap;
use std::ops::Range;
use std::sync::Arc;

use toml::Spanned;

use super::lists;
use super::people::Changed;
use super::reader::Reader;
use crate::model::{Field, Organisation, Otherwise};
use crate::profile::{self, Complaints, Document, Profile};
use crate::rule::clear::unfit;
use crate::rule::recognised::column_of;
use crate::rule::{self, Codes, Column, Default, stated};

/// As the site writes them. Whether the reference lists have what they name is known once these are read.
#[derive(Debug)]
pub struct Additions {
    document: Arc<Document>,
    people: Changed,
    /// The import's own, then those of the people.
    defaults: Vec<Spanned<Default>>,
    codes: Vec<Spanned<Codes>>,
    clear: Option<Spanned<String>>,
}

const BETTER_CLEAR: &str = "choose a word that nobody writes for anything else, such as `#CLEAR`";

/// What `[import.NAME]` itself says.
pub(super) struct Own {
    pub defaults: Vec<Spanned<Default>>,
    pub codes: Vec<Spanned<Codes>>,
    pub clear: Option<Spanned<String>>,
}

impl Additions {
    /// Complains about what the profile does not allow.
    pub(super) fn new(
        Own { mut defaults, codes, clear }: Own,
        people: Changed,
        (profile, contract): (&Profile, &profile::Import),
        reader: &mut Reader,
    ) -> Additions {
        for default in &defaults {
            check_columns(default, profile, contract, reader);
        }
        defaults.extend(people.defaults().iter().cloned());
        defaults.iter().for_each(|default| check_default(default, profile, contract, reader));
        codes.iter().for_each(|codes| check_codes(codes, profile, contract, reader));
        if let Some(clear) = &clear {
            check_clear(clear, &codes, reader);
        }
        Additions { document: reader.document.clone(), people, defaults, codes, clear }
    }

    /// As they are now, with the reference lists; refused where a list cannot be used, or does not have what the site
    /// names. The lists of an instance of Lucca are its organisation; where that is not known, every value is taken.
    pub fn read(&self, columns: &[Column], organisation: Option<&Organisation>) -> Result<rule::Additions, Complaints> {
        let lists = match &self.people {
            Changed::Directory(directory) => directory.lists.read()?,
            Changed::Lucca(_) => organisation.map(lists::of).unwrap_or_default(),
        };
        let mut complaints = Complaints::default();
        for (span, field, text) in self.stated() {
            if let Err(fault) = stated::read(columns, &lists, &field, text) {
                let spot = self.document.find(&span, text);
                let complaint = self.document.complaint(spot, format!("`{text}` {}", fault.problem));
                complaints.push(match fault.expected {
                    Some(expected) => complaint.help(format!("expected {expected}")),
                    None => complaint,
                });
            }
        }
        if let Some(clear) = &self.clear
            && let Some(list) = lists.naming(clear.get_ref())
        {
            let problem = format!("`{}` is in the reference list `{list}` too", clear.get_ref());
            complaints.push(self.document.complaint(clear.span(), problem).help(BETTER_CLEAR));
        }
        complaints.or(rule::Additions {
            lists,
            defaults: self.defaults.iter().map(|default| default.get_ref().clone()).collect(),
            codes: self.codes.iter().map(|codes| codes.get_ref().clone()).collect(),
            clear: self.clear.as_ref().map(|clear| clear.get_ref().clone()),
        })
    }

    /// Every text that stands for a cell: near where it is written, and for which field.
    fn stated(&self) -> impl Iterator<Item = (Range<usize>, Field, &str)> {
        let of_defaults = self.defaults.iter().flat_map(|default| {
            let Default { establishment, department, set, .. } = default.get_ref();
            let set = set.iter().map(|(field, text)| (field.clone(), text.as_str()));
            scope(establishment, department).chain(set).map(|(field, text)| (default.span(), field, text))
        });
        let of_codes = self.codes.iter().flat_map(|codes| {
            let Codes { field, establishment, department, values, otherwise } = codes.get_ref();
            let rest = match otherwise {
                Otherwise::Default(default) => Some(default),
                Otherwise::PassOn | Otherwise::Refuse => None,
            };
            let meanings = values.values().chain(rest).map(|text| (field.clone(), text.as_str()));
            scope(establishment, department).chain(meanings).map(|(field, text)| (codes.span(), field, text))
        });
        of_defaults.chain(of_codes)
    }
}

fn scope<'a>(
    establishment: &'a Option<String>,
    department: &'a Option<String>,
) -> impl Iterator<Item = (Field, &'a str)> {
    let scope = [("establishment", establishment), ("department", department)];
    scope.into_iter().filter_map(|(field, text)| Some((Field::of(field), text.as_deref()?)))
}

/// What one import sets must be in its profile; what the people set may be for another one.
fn check_columns(default: &Spanned<Default>, profile: &Profile, contract: &profile::Import, reader: &mut Reader) {
    for field in default.get_ref().set.keys().filter(|field| column_of(&contract.columns, field).is_none()) {
        complain_of_no_column(&default.span(), field, profile, reader);
    }
}

/// Complains about defaults for what the profile wants to be told of every user.
fn check_default(default: &Spanned<Default>, profile: &Profile, contract: &profile::Import, reader: &mut Reader) {
    let is_refused = |field: &&Field| column_of(&contract.columns, field).is_some_and(|column| !column.default);
    for field in default.get_ref().set.keys().filter(is_refused) {
        let span = reader.document.find(&default.span(), field.name());
        let complaint = reader
            .at(span, format!("the profile `{}` allows no default for `{field}`", profile.name))
            .help("take it out; every new user needs a value of their own in the file");
        reader.complain(complaint);
    }
}

fn check_codes(codes: &Spanned<Codes>, profile: &Profile, contract: &profile::Import, reader: &mut Reader) {
    let Codes { field, establishment, department, values, .. } = codes.get_ref();
    let span = codes.span();
    let mut complain = |part: &str, message: String, help: &str| {
        let complaint = reader.at(reader.document.find(&span, part), message).help(help);
        reader.complain(complaint);
    };
    match column_of(&contract.columns, field) {
        None => return complain_of_no_column(&span, field, profile, reader),
        Some(column) if !column.takes_codes() => complain(
            field.name(),
            format!("`{field}` takes no correspondence codes"),
            "a day, an amount, a person and what only one may have stand for themselves",
        ),
        Some(_) => {}
    }
    for (name, filter) in [("establishment", establishment), ("department", department)] {
        let comes_first = field.is("establishment") || field.is(name);
        if let Some(filter) = filter.as_ref().filter(|_| comes_first) {
            complain(
                filter,
                format!("codes for `{field}` cannot depend on the {name}, which is not known before"),
                "leave the filter out",
            );
        }
    }
    let mut seen: HashMap<String, &str> = HashMap::new();
    for code in values.keys() {
        if let Some(other) = seen.insert(code.to_lowercase(), code) {
            complain(
                code,
                format!("`{code}` and `{other}` are the same code"),
                "the case of a code makes no difference; leave one of them out",
            );
        }
    }
}

fn check_clear(clear: &Spanned<String>, codes: &[Spanned<Codes>], reader: &mut Reader) {
    let word = clear.get_ref();
    let is_word = |code: &String| code.to_lowercase() == word.to_lowercase();
    let is_code = codes.iter().any(|codes| codes.get_ref().values.keys().any(is_word));
    if let Some(problem) = unfit(word).or(is_code.then_some("is a correspondence code too")) {
        let complaint = reader.at(clear.span(), format!("`{word}` {problem}")).help(BETTER_CLEAR);
        reader.complain(complaint);
    }
}

fn complain_of_no_column(span: &Range<usize>, field: &Field, profile: &Profile, reader: &mut Reader) {
    let span = reader.document.find(span, field.name());
    let complaint = reader
        .at(span, format!("the profile `{}` has no column for `{field}`", profile.name))
        .help(format!("`passerelle profiles {}` shows its columns", profile.name));
    reader.complain(complaint);
}
