//! A column as an import profile or a people profile describes it: its headings, its field, its checks.

use serde::Deserialize;

use crate::model::Field;

/// What stands for the key of a family in headings, fields and lists.
pub const KEY: &str = "{key}";

/// `heading` and `field` of a family hold `{key}`: `habilitedRoles_{key}` is `secondary-role-{key}`.
#[derive(Debug, Clone, Deserialize)]
#[serde(rename_all = "kebab-case", deny_unknown_fields)]
pub struct Column {
    /// The canonical heading.
    pub heading: String,
    /// Other headings that are seen for it. Case, spaces, accents and punctuation make no difference.
    #[serde(default)]
    pub aliases: Vec<String>,
    /// A name of the vocabulary, or with `{key}` of a family.
    pub field: String,
    /// The keys of the family are numbers from 0, without a gap.
    #[serde(default)]
    pub numbered: bool,
    /// What it takes to create a user.
    #[serde(default)]
    pub creation: Creation,
    /// May a site's default stand in for an empty cell or an absent column?
    #[serde(default)]
    pub default: bool,
    #[serde(default)]
    pub check: Check,
    /// What people of a sample have here, one after the other; the first is the one in the template, and is never
    /// imported. Without examples the column is in neither.
    #[serde(default)]
    pub examples: Vec<String>,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Creation {
    Required,
    #[default]
    Optional,
}

/// What a cell must be; an empty cell is never checked. Several keys all hold.
#[derive(Debug, Clone, Default, Deserialize)]
#[serde(rename_all = "kebab-case", deny_unknown_fields, default)]
pub struct Check {
    /// A day, day first.
    pub date: bool,
    pub mail: bool,
    /// A phone number: it is told where a spreadsheet took its plus or its zero.
    pub phone: bool,
    /// An amount, with a decimal comma or point.
    pub amount: bool,
    /// One of these, whatever its case.
    pub one_of: Option<Vec<String>>,
    /// A name or code of the site's reference list of this name, where the site has one: `departments`. In a family,
    /// `{key}` stands for the key: `axis-{key}`.
    pub list: Option<String>,
    /// A person: by login, mail, employee number within the entity, or first and last name.
    pub person: bool,
    /// At most so many characters.
    pub length: Option<usize>,
    /// No two rows of the file, and no other user, may have the same.
    pub unique: Option<Unique>,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Unique {
    Everywhere,
    InEstablishment,
}

impl Check {
    /// Is the cell plain text, of which no form is asked? A phone number is.
    pub fn is_text(&self) -> bool {
        let has_form = self.date || self.mail || self.amount || self.person;
        !has_form && self.one_of.is_none() && self.list.is_none()
    }
}

impl Column {
    /// The key that the field has in the family of this column; empty where the column is of no family. None: it is the
    /// field of another column.
    pub fn key<'f>(&self, field: &'f Field) -> Option<&'f str> {
        match self.field.split_once(KEY) {
            None => field.is(&self.field).then_some(""),
            Some((before, after)) => field.name().strip_prefix(before)?.strip_suffix(after),
        }
    }

    /// Can a correspondence code stand in its cells? Not for a day, an amount or a person, nor for what only one may have.
    pub fn takes_codes(&self) -> bool {
        let check = &self.check;
        !(check.date || check.amount || check.mail || check.person || check.unique.is_some())
    }

    /// The name of the reference list that says what may stand below the heading of a field.
    pub fn list(&self, field: &Field) -> Option<String> {
        let (list, key) = (self.check.list.as_ref()?, self.key(field)?);
        Some(list.replace(KEY, key))
    }
}
