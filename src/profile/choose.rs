//! The columns of a file that we write: what a site makes of a profile's required, recommended and optional ones.

use std::collections::{BTreeMap, HashMap, HashSet};
use std::sync::Arc;

use toml::Spanned;

use super::complaint::{Complaint, Complaints, Document, quoted};
use super::export::{Column, Counts, Export, File, Level};
use crate::model::Field;
use crate::model::field::CHANGE;
use crate::model::fold::fold;
use crate::rule::column::KEY;

/// What a site says about the columns of an export.
#[derive(Debug, Clone, Copy)]
pub struct Choice<'a> {
    /// Headings of optional columns that are wanted.
    pub optional: &'a [Spanned<String>],
    /// Headings of recommended columns that are not wanted.
    pub leave_out: &'a [Spanned<String>],
    /// What the partner's headings are called here.
    pub headings: &'a BTreeMap<Spanned<String>, Spanned<String>>,
}

/// A column that is in the file.
#[derive(Debug, Clone)]
pub struct Chosen {
    /// As it is written in the file.
    pub heading: String,
    /// Its own heading is the profile's.
    pub column: Column,
}

impl Chosen {
    /// The field that fills it; None where the profile has something to write for everybody, or the export itself has.
    pub fn source(&self) -> Option<&Field> {
        let form = &self.column.form;
        let is_from_people = form.constant.is_none() && form.default.is_none() && !self.is_change();
        self.column.field.as_ref().filter(|_| is_from_people)
    }

    /// Does it say what happened to the person since the partner was last told?
    pub fn is_change(&self) -> bool {
        // It is asked of every cell: by the name, and without making the field.
        self.column.field.as_ref().is_some_and(|field| field.is(CHANGE))
    }
}

impl Export {
    /// The columns of each file, in the profile's order. `title` is the partner's name; complaints mark the site's words.
    pub fn choose(
        &self,
        title: &str,
        choice: Choice,
        document: &Arc<Document>,
        complaints: &mut Complaints,
    ) -> Vec<Vec<Chosen>> {
        let files: Vec<Vec<Column>> = self.files.iter().map(|file| file.with_members(choice.optional)).collect();
        let columns: Vec<&Column> = files.iter().flatten().collect();
        let mut chooser = Chooser { columns, cap: self.optional_cap, title, document, complaints };
        chooser.check_optional(choice.optional);
        chooser.check_leave_out(choice.leave_out);
        chooser.check_cap(choice.optional);
        let files: Vec<Vec<&Column>> = files.iter().map(|columns| choice.of(columns)).collect();
        chooser.check_headings(choice.headings, &files.concat());
        files.iter().for_each(|columns| chooser.check_collisions(choice.headings, columns));
        files.into_iter().map(|columns| columns.into_iter().map(|column| choice.chosen(column)).collect()).collect()
    }

    /// Headings of the recommended columns that are not among the chosen, which are those of each file.
    pub fn left_out<'a>(&'a self, chosen: &'a [Vec<Chosen>]) -> impl Iterator<Item = &'a str> {
        self.files.iter().zip(chosen).flat_map(|(file, chosen)| {
            let recommended = file.columns.iter().filter(|column| column.level == Level::Recommended);
            recommended
                .map(|column| column.heading.as_str())
                .filter(|heading| chosen.iter().all(|chosen| chosen.column.heading != *heading))
        })
    }
}

impl File {
    /// Its columns, with the members that are wanted in the place of each family.
    fn with_members(&self, wanted: &[Spanned<String>]) -> Vec<Column> {
        let is_plain = |name: &str| self.columns.iter().any(|column| column.heading == name);
        let mut wanted: Vec<&str> = wanted.iter().map(|name| name.get_ref().as_str()).collect();
        wanted.retain(|name| !is_plain(name));
        wanted.dedup();
        let mut columns = Vec::new();
        for column in &self.columns {
            let members: Vec<Column> = wanted.iter().filter_map(|name| column.member(name)).collect();
            wanted.retain(|name| members.iter().all(|member| member.heading != *name));
            match members.is_empty() {
                true => columns.push(column.clone()),
                false => columns.extend(members),
            }
        }
        columns
    }
}

impl Choice<'_> {
    /// Those of the columns that are in the file.
    fn of<'c>(&self, columns: &'c [Column]) -> Vec<&'c Column> {
        let is_in =
            |list: &[Spanned<String>], column: &Column| list.iter().any(|name| *name.get_ref() == column.heading);
        let is_chosen = |column: &&Column| match column.level {
            Level::Required => true,
            Level::Recommended => !is_in(self.leave_out, column),
            Level::Optional => is_in(self.optional, column),
        };
        columns.iter().filter(is_chosen).collect()
    }

    fn chosen(&self, column: &Column) -> Chosen {
        let renamed = self.headings.iter().find(|(name, _)| *name.get_ref() == column.heading);
        let heading = renamed.map_or(&column.heading, |(_, heading)| heading.get_ref()).clone();
        Chosen { heading, column: column.clone() }
    }
}

impl Column {
    /// The member of this family that a heading names.
    fn member(&self, heading: &str) -> Option<Column> {
        let (before, after) = self.heading.split_once(KEY)?;
        let key = heading.strip_prefix(before)?.strip_suffix(after).filter(|key| !key.is_empty())?;
        let field = Field::parse(&self.field.as_ref()?.name().replace(KEY, key)).ok()?;
        Some(Column { heading: heading.into(), field: Some(field), ..self.clone() })
    }
}

struct Chooser<'a> {
    /// Of all files.
    columns: Vec<&'a Column>,
    /// At most so many optional ones.
    cap: Option<usize>,
    title: &'a str,
    document: &'a Arc<Document>,
    complaints: &'a mut Complaints,
}

impl Chooser<'_> {
    fn check_optional(&mut self, optional: &[Spanned<String>]) {
        let mut seen = HashSet::new();
        for name in optional {
            let heading = name.get_ref();
            let complaint = match self.level(heading) {
                None => self.unknown(name, Level::Optional),
                Some(Level::Required) => self
                    .at(name, format!("`{heading}` is required, and in the file anyway"))
                    .help("take it out of `optional`"),
                Some(Level::Recommended) => self
                    .at(name, format!("`{heading}` is recommended, and in the file unless `leave-out` names it"))
                    .help("take it out of `optional`"),
                Some(Level::Optional) if !seen.insert(heading) => {
                    self.at(name, format!("`{heading}` is chosen twice")).help("once is enough")
                }
                Some(Level::Optional) => continue,
            };
            self.complaints.push(complaint);
        }
    }

    fn check_leave_out(&mut self, leave_out: &[Spanned<String>]) {
        for name in leave_out {
            let heading = name.get_ref();
            let complaint = match self.level(heading) {
                None => self.unknown(name, Level::Recommended),
                Some(Level::Required) => {
                    let recommended: Vec<&str> = self.headings(Level::Recommended).collect();
                    self.at(name, format!("{} requires `{heading}`, which cannot be left out", self.title)).help(
                        match recommended.as_slice() {
                            [] => "take it out of `leave-out`; all columns of this partner are required or optional"
                                .into(),
                            _ => format!("only recommended columns can be: {}", quoted(recommended)),
                        },
                    )
                }
                Some(Level::Optional) => self
                    .at(name, format!("`{heading}` is optional, and in the file only if `optional` names it"))
                    .help("take it out of `leave-out`"),
                Some(Level::Recommended) => continue,
            };
            self.complaints.push(complaint);
        }
    }

    /// The first one over the cap is marked.
    fn check_cap(&mut self, optional: &[Spanned<String>]) {
        let Some(cap) = self.cap else { return };
        let mut counted: Vec<&str> = Vec::new();
        let mut over = None;
        for name in optional {
            let column = self.columns.iter().find(|column| column.heading == *name.get_ref());
            let counts_as = match column.and_then(|column| column.repetition.as_ref()) {
                Some(repetition) if repetition.counts == Counts::Once => &*repetition.pattern,
                _ => name.get_ref().as_str(),
            };
            if !counted.contains(&counts_as) {
                counted.push(counts_as);
                over = over.or((counted.len() > cap).then_some(name));
            }
        }
        if let Some(name) = over {
            let complaint = self
                .at(
                    name,
                    format!("{} takes at most {cap} optional columns, and here are {}", self.title, counted.len()),
                )
                .help(format!("choose {cap} of {}", quoted(counted)));
            self.complaints.push(complaint);
        }
    }

    /// `chosen` are the columns of all files.
    fn check_headings(&mut self, headings: &BTreeMap<Spanned<String>, Spanned<String>>, chosen: &[&Column]) {
        for (name, heading) in headings {
            if chosen.iter().all(|column| column.heading != *name.get_ref()) {
                let complaint = match self.level(name.get_ref()) {
                    None => self
                        .at(name, format!("`{}` is not a column of {}", name.get_ref(), self.title))
                        .nearest(name.get_ref(), chosen.iter().map(|column| column.heading.as_str())),
                    Some(_) => self
                        .at(name, format!("`{}` is not in the file, so it needs no heading", name.get_ref()))
                        .help("choose it in `optional`, or take it out here"),
                };
                self.complaints.push(complaint);
            } else if heading.get_ref().trim().is_empty() {
                let complaint = self.at(heading, "a heading cannot be empty".into());
                self.complaints.push(complaint);
            }
        }
    }

    /// `chosen` are the columns of one file.
    fn check_collisions(&mut self, headings: &BTreeMap<Spanned<String>, Spanned<String>>, chosen: &[&Column]) {
        let is_there = |name: &Spanned<String>| chosen.iter().any(|column| column.heading == *name.get_ref());
        let mut spoken: Vec<_> = headings.iter().filter(|(name, _)| is_there(name)).collect();
        spoken.retain(|(_, heading)| !heading.get_ref().trim().is_empty());
        spoken.sort_by_key(|(name, _)| name.span().start);
        let mut written: HashMap<String, &str> = chosen
            .iter()
            .filter(|column| spoken.iter().all(|(name, _)| *name.get_ref() != column.heading))
            .map(|column| (fold(&column.heading), column.heading.as_str()))
            .collect();
        for (name, heading) in spoken {
            if let Some(other) = written.insert(fold(heading.get_ref()), name.get_ref()) {
                let complaint = self
                    .at(
                        heading,
                        format!("`{}` would stand over two columns: `{other}` is called so too", heading.get_ref()),
                    )
                    .help("headings must differ in more than case, spaces, accents and punctuation");
                self.complaints.push(complaint);
            }
        }
    }

    fn unknown(&self, name: &Spanned<String>, level: Level) -> Complaint {
        self.at(name, format!("{} has no {} column `{}`", self.title, level.name(), name.get_ref()))
            .nearest(name.get_ref(), self.headings(level))
    }

    fn level(&self, heading: &str) -> Option<Level> {
        self.columns.iter().find(|column| column.heading == heading).map(|column| column.level)
    }

    fn headings(&self, level: Level) -> impl Iterator<Item = &str> {
        self.columns.iter().filter(move |column| column.level == level).map(|column| column.heading.as_str())
    }

    fn at(&self, name: &Spanned<String>, message: String) -> Complaint {
        self.document.complaint(name.span(), message)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::profile::{Contract, Profile};

    /// What is complained about when `optional` is chosen of a profile that takes one optional column.
    fn complaints(counts: &str, optional: &[&str]) -> Vec<String> {
        let text = include_str!("../../profiles/place-de-la-formation.toml")
            .replace("optional-cap = 5", "optional-cap = 1")
            .replace("counts = \"each\"", &format!("counts = \"{counts}\""));
        let profile = Profile::read("capped", Document::new("capped.toml", text)).expect("a profile");
        let Contract::Export(export) = &profile.contract else { panic!("{}", profile.kind()) };
        let optional: Vec<Spanned<String>> = optional.iter().map(|name| Spanned::new(0..0, name.to_string())).collect();
        let choice = Choice { optional: &optional, leave_out: &[], headings: &BTreeMap::new() };
        let mut complaints = Complaints::default();
        export.choose("Capped", choice, &Document::new("site.toml", ""), &mut complaints);
        complaints.iter().map(|complaint| complaint.message.clone()).collect()
    }

    #[test]
    fn what_a_repeated_column_counts_for_is_the_profiles_to_say() {
        let levels = ["Cost Center Code level 1", "Cost Center Code level 2"];
        assert_eq!(complaints("each", &levels), ["Capped takes at most 1 optional columns, and here are 2"]);
        assert!(complaints("once", &levels).is_empty());
        assert_eq!(complaints("once", &[levels[0], "Phone"]).len(), 1);
    }
}
