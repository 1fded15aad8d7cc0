//! `[people.NAME.lucca]`: which instance, with which key, how carefully, and where Lucca has what has no sure place.

use std::collections::{BTreeMap, BTreeSet};
use std::num::{NonZeroU32, NonZeroUsize};
use std::path::Path;
use std::time::Duration;

use serde::Deserialize;
use toml::Spanned;

use super::generation::{Generations, OfPeople};
use super::oauth;
use super::path::Path as PropertyPath;
use super::written::of_family;
use crate::model::Field;
use crate::model::defaults;
use crate::net::http::{Trust, Url};
use crate::net::{SecretName, Tries};

/// As a site writes it.
#[derive(Debug, Clone, Deserialize)]
#[serde(rename_all = "kebab-case", deny_unknown_fields)]
pub struct Options {
    /// Of the instance: `https://acme.ilucca-test.net`.
    url: Url,
    /// The API key, by the name of the secret. For everything but the newest generation.
    key: Option<SecretName>,
    /// Whom the newest generation of the API knows.
    oauth: Option<oauth::Options>,
    trust: Trust,
    /// Written out for an instance that people work with.
    #[serde(default)]
    production: bool,
    /// Which generation of the API is used for what.
    #[serde(default)]
    pub generation: Generations,
    /// Where fields are in a user of v3, instead of the usual places: `phone = "directLine"`,
    /// `second-manager = "applicationData.manager2.login"`, `contract = "extendedData.e_contract"`.
    #[serde(default)]
    pub properties: BTreeMap<Field, PropertyPath>,
    /// What departments are called in people's data.
    #[serde(default)]
    pub departments_by: By,
    /// What establishments are called in people's data.
    #[serde(default)]
    pub establishments_by: By,
    /// `management`, `department` and `service` as levels of the department tree. Without it, `department` is the one
    /// that the person belongs to, and the others are not known.
    #[serde(default)]
    pub department_levels: Levels,
    /// The analytical axis whose sections are the cost centres: Lucca does not say which one it is.
    pub cost_center_axis: Option<NonZeroU32>,
    /// Users of a page, 1000 at most.
    #[serde(default = "page")]
    page_size: PageSize,
    /// Requests that are under way at the same time.
    #[serde(default = "four")]
    at_once: NonZeroUsize,
    /// All integrations of a company share what Lucca allows.
    #[serde(default = "fifty")]
    requests_a_minute: NonZeroU32,
    /// Of each request.
    #[serde(default)]
    tries: Tries,
    /// For one answer.
    #[serde(default = "sixty")]
    answer_within_seconds: NonZeroU32,
    #[serde(default)]
    put_body: PutBody,
    /// What imports may set besides what all companies have: extended data (`custom-badge`) and sections of analytical axes
    /// (`axis-2`), by the names of our fields.
    #[serde(default)]
    imports_also: Also,
    /// What holds for all imports.
    #[serde(default)]
    defaults: Vec<Spanned<defaults::Default>>,
}

/// The form in which changes of a user are sent. The pages of `PUT /api/v3/users/{id}` disagree: most show the bare object,
/// which is assumed, and one does not. A new user is sent bare, as all pages show it.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum PutBody {
    /// `{"mail": …}`
    #[default]
    Bare,
    /// `{"data": {"mail": …}}`
    InData,
}

#[derive(Debug, Clone, Default, Deserialize)]
#[serde(try_from = "BTreeSet<Field>")]
struct Also(BTreeSet<Field>);

impl TryFrom<BTreeSet<Field>> for Also {
    type Error = String;

    fn try_from(fields: BTreeSet<Field>) -> Result<Also, String> {
        match fields.iter().find(|field| of_family(field).is_none()) {
            None => Ok(Also(fields)),
            Some(other) => {
                Err(format!("`{other}` cannot be added to what imports may set: write `custom-…` or `axis-…`"))
            }
        }
    }
}

/// By what a unit of the organisation is called.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum By {
    #[default]
    Name,
    Code,
}

/// Levels of the department tree, from 1 at the top.
#[derive(Debug, Clone, Default, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "kebab-case", deny_unknown_fields)]
pub struct Levels {
    pub management: Option<NonZeroUsize>,
    pub department: Option<NonZeroUsize>,
    pub service: Option<NonZeroUsize>,
}

#[derive(Debug, Clone, Copy, Deserialize)]
#[serde(try_from = "usize")]
struct PageSize(usize);

impl TryFrom<usize> for PageSize {
    type Error = String;

    fn try_from(size: usize) -> Result<PageSize, String> {
        match size {
            2..=1000 => Ok(PageSize(size)),
            other => Err(format!("{other} cannot be the size of a page: write 2 to 1000")),
        }
    }
}

/// The most that the pages of users allow.
fn page() -> PageSize {
    PageSize(1000)
}

fn four() -> NonZeroUsize {
    NonZeroUsize::new(4).expect("4 is not 0")
}

fn fifty() -> NonZeroU32 {
    NonZeroU32::new(50).expect("50 is not 0")
}

fn sixty() -> NonZeroU32 {
    NonZeroU32::new(60).expect("60 is not 0")
}

/// The ends of the hosts for tests and demonstrations, of Europe and of Switzerland, and of sandboxes. Whatever is none of
/// them is taken for one that people work with.
const NOT_PRODUCTION: [&str; 5] =
    [".ilucca-test.net", ".ilucca-test.ch", ".ilucca-demo.net", ".ilucca-demo.ch", ".luccasoftware.com"];

impl Options {
    pub fn url(&self) -> &Url {
        &self.url
    }

    pub fn key(&self) -> Option<&SecretName> {
        self.key.as_ref()
    }

    pub fn oauth(&self) -> Option<&oauth::Options> {
        self.oauth.as_ref()
    }

    pub fn trust(&self) -> &Trust {
        &self.trust
    }

    /// Can this instance be asked who has changed?
    pub fn tells_changes(&self) -> bool {
        self.generation.people == OfPeople::V3
    }

    pub fn page_size(&self) -> usize {
        self.page_size.0
    }

    pub fn at_once(&self) -> usize {
        self.at_once.get()
    }

    /// Lucca states 50 for its newer API, shared by all integrations of a company; whether the older one counts too is not
    /// known, so it is assumed.
    pub fn requests_a_minute(&self) -> NonZeroU32 {
        self.requests_a_minute
    }

    pub fn tries(&self) -> u32 {
        self.tries.get()
    }

    /// How long one answer may take, its body included.
    pub fn patience(&self) -> Duration {
        Duration::from_secs(self.answer_within_seconds.get().into())
    }

    pub fn put_body(&self) -> PutBody {
        self.put_body
    }

    pub fn imports_also(&self) -> &BTreeSet<Field> {
        &self.imports_also.0
    }

    pub fn defaults(&self) -> &[Spanned<defaults::Default>] {
        &self.defaults
    }

    /// Is this an instance that people work with, and the site does not say so?
    pub fn is_unstated_production(&self) -> bool {
        let host = self.url.host().to_lowercase();
        let is_sandbox = |end: &str| end != ".luccasoftware.com" || host.contains(".sandbox.");
        let is_for_trials = NOT_PRODUCTION.iter().any(|end| host.ends_with(end) && is_sandbox(end));
        !self.production && !is_for_trials && !self.url.is_this_machine()
    }

    /// What no single key can tell: a problem, and what helps.
    pub fn problem(&self) -> Option<(&'static str, &'static str)> {
        if self.properties.keys().any(|field| field.relations().next().is_some()) {
            let help = "`properties` says where a person's own data are; managers' data are found through `manager`";
            return Some(("looks for data of another person", help));
        }
        match (&self.key, &self.oauth) {
            (None, None) => Some((
                "says neither `key` nor `oauth`",
                "write `key = \"credential:lucca\"`, the name of the secret that is the API key",
            )),
            (_, None) if self.generation.uses_v5() => Some((
                "uses v5 of the API without `oauth`",
                "add `oauth = { client = \"…\", secret = \"credential:lucca-client\" }`, or use v3 and v4",
            )),
            (None, _) if self.generation.uses_key() => Some((
                "uses v3 or v4 of the API without `key`",
                "add `key = \"credential:lucca\"`, or write \
                 `generation = { people = \"v5\", departments = \"v5\", establishments = \"v5\" }`",
            )),
            _ => None,
        }
    }

    /// The key of the section that would say where a field is; None where no key would help.
    pub fn key_for(&self, field: &Field) -> Option<String> {
        let name = field.own().name().to_owned();
        let family = field.datum().name;
        match family {
            "management" | "service" => Some(format!("department-levels = {{ {name} = 1 }}")),
            "cost-center-code" | "cost-center-label" => Some("cost-center-axis = 1".into()),
            _ if self.generation.people == OfPeople::V5 => None,
            _ => Some(format!("properties = {{ {name} = \"extendedData.e_…\" }}")),
        }
    }

    /// What of this machine it needs, relative to the folder of the site file.
    pub fn needs(&self) -> Vec<&Path> {
        let secrets = self.key.iter().chain(self.oauth.iter().map(oauth::Options::secret));
        self.trust.needs().into_iter().chain(secrets.filter_map(SecretName::file)).collect()
    }

    /// In a few words without secrets, for people.
    pub fn describe(&self) -> String {
        format!("Lucca at {}", self.url)
    }
}
