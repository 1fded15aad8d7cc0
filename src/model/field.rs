//! A field: a datum of a person in our vocabulary, possibly reached through another person; or one of a department or a cost
//! centre.
//!
//! `birth-date` is the person's own; `manager.mail` is the manager's; `manager.manager.mail` is the manager's manager's.
//! A family of data takes a key behind a dash: `cost-center-code-2`, `secondary-role-0`, `custom-bloodType`.

use std::fmt;
use std::sync::Arc;

use serde::{Deserialize, Deserializer, Serialize, Serializer, de};

/// What a value of a field looks like.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Kind {
    Text,
    /// Text that may look like a number: zeros in front are part of it.
    Identifier,
    Mail,
    Phone,
    /// Held as `YYYY-MM-DD`.
    Date,
    /// Held with a decimal point, without grouping.
    Amount,
    /// Another person, held as that person's login.
    Person,
}

/// How carefully a datum must be handled when it leaves.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Sensitivity {
    /// What a colleague may know: name, job, professional mail.
    Professional,
    /// What concerns the person alone: gender, nationality, personal mail.
    Personal,
    /// What does harm in wrong hands: pay, birth date, social security number, bank account. A site that exports it names
    /// who approved that, and why.
    Sensitive,
}

/// What a datum is a datum of.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Bearer {
    Person,
    Department,
    CostCenter,
}

/// An entry of the vocabulary.
#[derive(Debug)]
pub struct Datum {
    pub name: &'static str,
    pub bearer: Bearer,
    pub kind: Kind,
    pub sensitivity: Sensitivity,
    /// A family has members, told apart by a key behind a dash.
    pub family: bool,
    pub meaning: &'static str,
}

/// A way from one person to another.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum Relation {
    Manager,
    HrManager,
}

impl Relation {
    pub const ALL: [Relation; 2] = [Relation::Manager, Relation::HrManager];

    pub fn name(self) -> &'static str {
        match self {
            Relation::Manager => "manager",
            Relation::HrManager => "hr-manager",
        }
    }
}

use Kind::{Amount, Date, Identifier, Mail, Person, Phone, Text};
use Sensitivity::{Personal, Professional, Sensitive};

const fn datum(name: &'static str, kind: Kind, sensitivity: Sensitivity, meaning: &'static str) -> Datum {
    Datum { name, bearer: Bearer::Person, kind, sensitivity, family: false, meaning }
}

const fn family(name: &'static str, kind: Kind, sensitivity: Sensitivity, meaning: &'static str) -> Datum {
    Datum { name, bearer: Bearer::Person, kind, sensitivity, family: true, meaning }
}

const fn of_department(name: &'static str, kind: Kind, meaning: &'static str) -> Datum {
    Datum { name, bearer: Bearer::Department, kind, sensitivity: Professional, family: false, meaning }
}

const fn of_cost_center(name: &'static str, kind: Kind, meaning: &'static str) -> Datum {
    Datum { name, bearer: Bearer::CostCenter, kind, sensitivity: Professional, family: false, meaning }
}

/// The vocabulary of people.
pub static DATA: &[Datum] = &[
    datum("login", Identifier, Professional, "name under which the person signs in, unique"),
    datum("employee-number", Identifier, Professional, "payroll number, unique within the establishment"),
    datum("last-name", Text, Professional, "last name"),
    datum("first-name", Text, Professional, "first name"),
    datum("title", Text, Professional, "civil title"),
    datum("mail", Mail, Professional, "professional mail address"),
    datum("personal-mail", Mail, Personal, "personal mail address"),
    datum("phone", Phone, Professional, "professional phone"),
    datum("gender", Text, Personal, "gender"),
    datum("birth-date", Date, Sensitive, "date of birth"),
    datum("nationality", Text, Personal, "nationality, ISO 3166 alpha-2"),
    datum("contract-start", Date, Professional, "first day of the contract"),
    datum("contract-end", Date, Professional, "last day of the contract; empty while it is not known"),
    datum("seniority-date", Date, Professional, "day from which seniority counts"),
    datum("contract", Text, Professional, "contract, as the company names it"),
    datum("contract-type", Text, Professional, "type of contract: permanent, fixed-term, …"),
    datum("legal-entity", Text, Professional, "company that employs the person"),
    datum("establishment", Text, Professional, "establishment, by name or code"),
    datum("management", Text, Professional, "management the person belongs to"),
    datum("department", Text, Professional, "department, by name or code"),
    datum("service", Text, Professional, "service within the department"),
    datum("job-title", Text, Professional, "job title"),
    datum("manager", Person, Professional, "line manager (N+1)"),
    datum("hr-manager", Person, Professional, "HR manager"),
    datum("role", Text, Professional, "principal role in Lucca"),
    family("secondary-role", Text, Professional, "secondary role in Lucca, numbered from 0"),
    datum("culture", Text, Professional, "display language, such as fr-FR"),
    datum("second-manager", Person, Professional, "second approver"),
    datum("professional-category", Text, Professional, "socio-professional category"),
    datum("work-cycle", Text, Professional, "work cycle: which days and hours are worked"),
    datum("calendar", Text, Professional, "calendar of holidays"),
    datum("annual-gross-salary", Amount, Sensitive, "annual gross salary"),
    datum("gross-hourly-rate", Amount, Sensitive, "gross hourly rate"),
    datum("iban", Identifier, Sensitive, "bank account, as IBAN"),
    datum("bic", Identifier, Sensitive, "bank of that account, as BIC"),
    datum("social-security-number", Identifier, Sensitive, "social security number"),
    family("cost-center-code", Identifier, Professional, "code of the cost centre, by level from 1"),
    family("cost-center-label", Text, Professional, "label of the cost centre, by level from 1"),
    family("profile", Text, Professional, "profile in a Lucca application, by the application's name"),
    family("axis", Text, Professional, "value on an analytical axis, by the axis's id"),
    family("custom", Text, Personal, "extended data of an HR file, by its code without e_"),
];

/// The vocabulary of the organisation.
static UNIT_DATA: &[Datum] = &[
    of_department("department-code", Identifier, "code of the department"),
    of_department("department-name", Text, "name of the department"),
    of_department("department-parent", Identifier, "code of the department above, or its name where it has none"),
    of_department("department-path", Text, "names from the top of the tree down to the department"),
    of_department("department-level", Amount, "how deep the department stands in the tree, from 1 at the top"),
    of_department("department-head", Person, "who heads the department"),
    of_department("department-active", Text, "whether the department is in use: true or false"),
    of_cost_center("cost-center-axis", Text, "analytical axis that the cost centre is of"),
    of_cost_center("cost-center-code", Identifier, "code of the cost centre"),
    of_cost_center("cost-center-name", Text, "name of the cost centre"),
    of_cost_center("cost-center-parent", Identifier, "code of the cost centre above, or its name where it has none"),
    of_cost_center("cost-center-path", Text, "names from the top down to the cost centre"),
    of_cost_center("cost-center-level", Amount, "how deep the cost centre stands below others, from 1 at the top"),
    of_cost_center("cost-center-active", Text, "whether the cost centre is in use: true or false"),
];

/// The name of [`Field::change`].
pub const CHANGE: &str = "change";

/// What a file says of its own rows: what happened to the person since the partner was last told. Nobody has it, so that
/// it is no part of the vocabulary.
static CHANGED: Datum = datum(CHANGE, Text, Professional, "what happened since the partner was last told");

/// The picture of a person: a file of its own, and in no column.
static PICTURE: Datum = datum("picture", Text, Personal, "picture of the person");

/// A datum of a person, possibly reached through other people. Cheap to clone, and small: each operation has many.
#[derive(Clone)]
pub struct Field(Arc<Named>);

struct Named {
    name: Box<str>,
    datum: &'static Datum,
    /// Where the person's own name of the datum starts, behind the relations.
    own: usize,
}

/// A name that is in no vocabulary.
#[derive(Debug, thiserror::Error, PartialEq, Eq)]
#[error("`{name}` is not a field{}", .nearest.as_ref().map(|near| format!("; did you mean `{near}`?")).unwrap_or_default())]
pub struct Unknown {
    pub name: String,
    pub nearest: Option<String>,
}

impl Field {
    /// Reads a name as a profile writes it.
    pub fn parse(name: &str) -> Result<Field, Unknown> {
        let own = name.rfind('.').map_or(0, |dot| dot + 1);
        let relations_known =
            name[..own].split_terminator('.').all(|step| Relation::ALL.iter().any(|relation| relation.name() == step));
        let datum = vocabulary().find(|datum| datum.holds(&name[own..]));
        match datum {
            // No way leads from a person to the data of a unit.
            Some(datum) if relations_known && (own == 0 || datum.bearer == Bearer::Person) => {
                Ok(Field::new(name, datum, own))
            }
            _ => Err(Unknown { name: name.into(), nearest: nearest(name, &[Bearer::Person]) }),
        }
    }

    /// The same, for rows that have the data of these alone.
    pub fn parse_of(name: &str, bearers: &[Bearer]) -> Result<Field, Unknown> {
        match Field::parse(name) {
            Ok(field) if bearers.contains(&field.datum().bearer) => Ok(field),
            _ => Err(Unknown { name: name.into(), nearest: nearest(name, bearers) }),
        }
    }

    /// A field of the vocabulary that the program itself speaks of.
    ///
    /// # Panics
    /// When the name is not in the vocabulary.
    pub fn of(name: &str) -> Field {
        Field::parse(name).expect("the program names fields of the vocabulary")
    }

    /// The one that an export fills in by itself: see [`crate::model::Change`].
    pub fn change() -> Field {
        Field::new(CHANGE, &CHANGED, 0)
    }

    /// That a person's picture leaves, as a file.
    pub fn picture() -> Field {
        Field::new(PICTURE.name, &PICTURE, 0)
    }

    fn new(name: &str, datum: &'static Datum, own: usize) -> Field {
        Field(Arc::new(Named { name: name.into(), datum, own }))
    }

    pub fn name(&self) -> &str {
        &self.0.name
    }

    pub fn kind(&self) -> Kind {
        self.0.datum.kind
    }

    pub fn datum(&self) -> &'static Datum {
        self.0.datum
    }

    pub fn sensitivity(&self) -> Sensitivity {
        self.0.datum.sensitivity
    }

    /// The people on the way, nearest first; none for a datum of the person's own.
    pub fn relations(&self) -> impl Iterator<Item = Relation> {
        self.0.name[..self.0.own]
            .split_terminator('.')
            .filter_map(|step| Relation::ALL.into_iter().find(|relation| relation.name() == step))
    }

    /// The same datum as the last person on the way has it.
    pub fn own(&self) -> Field {
        Field::new(&self.0.name[self.0.own..], self.0.datum, 0)
    }

    /// Is this field the plain datum of that name?
    pub fn is(&self, name: &str) -> bool {
        &*self.0.name == name
    }
}

impl Datum {
    fn holds(&self, name: &str) -> bool {
        match name.strip_prefix(self.name) {
            Some("") => !self.family,
            Some(key) => self.family && key.len() > 1 && key.starts_with('-'),
            None => false,
        }
    }
}

fn vocabulary() -> impl Iterator<Item = &'static Datum> {
    DATA.iter().chain(UNIT_DATA)
}

fn nearest(name: &str, bearers: &[Bearer]) -> Option<String> {
    let own = name.rsplit('.').next().unwrap_or(name);
    vocabulary()
        .filter(|datum| bearers.contains(&datum.bearer))
        .map(|datum| (strsim::damerau_levenshtein(own, datum.name), datum))
        .min_by_key(|(distance, _)| *distance)
        .filter(|(distance, near)| *distance <= near.name.len() / 3 + 1)
        .map(|(_, near)| if near.family { format!("{}-…", near.name) } else { near.name.to_string() })
}

impl PartialEq for Field {
    fn eq(&self, other: &Field) -> bool {
        self.0.name == other.0.name
    }
}

impl Eq for Field {}

impl std::hash::Hash for Field {
    fn hash<H: std::hash::Hasher>(&self, state: &mut H) {
        self.0.name.hash(state);
    }
}

impl PartialOrd for Field {
    fn partial_cmp(&self, other: &Field) -> Option<std::cmp::Ordering> {
        Some(self.cmp(other))
    }
}

impl Ord for Field {
    fn cmp(&self, other: &Field) -> std::cmp::Ordering {
        self.0.name.cmp(&other.0.name)
    }
}

impl fmt::Display for Field {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0.name)
    }
}

impl fmt::Debug for Field {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0.name)
    }
}

impl Serialize for Field {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.serialize_str(&self.0.name)
    }
}

impl<'de> Deserialize<'de> for Field {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Field, D::Error> {
        let name = String::deserialize(deserializer)?;
        match name == PICTURE.name {
            true => Ok(Field::picture()),
            false => Field::parse(&name).map_err(de::Error::custom),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_name_is_read_with_its_relations_and_key() {
        let field = Field::of("manager.manager.mail");
        assert_eq!(field.relations().collect::<Vec<_>>(), [Relation::Manager, Relation::Manager]);
        assert_eq!(field.own(), Field::of("mail"));
        assert_eq!(Field::of("cost-center-code-2").kind(), Kind::Identifier);
        assert_eq!(Field::of("hr-manager.last-name").kind(), Kind::Text);
    }

    #[test]
    fn a_name_outside_the_vocabulary_is_refused_with_the_nearest() {
        for (wrong, near) in [
            ("employe-number", Some("employee-number")),
            ("manager.mial", Some("mail")),
            ("boss.mail", Some("mail")),
            ("cost-center-code", Some("cost-center-code-…")),
            ("cost-center-code-", Some("cost-center-code-…")),
            ("shoe-size-of-the-person", None),
        ] {
            let unknown = Field::parse_of(wrong, &[Bearer::Person]).expect_err(wrong);
            assert_eq!(unknown.nearest.as_deref(), near, "{wrong}");
        }
    }
}
