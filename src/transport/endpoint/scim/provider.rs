//! The requests to a SCIM service provider. Each may be sent again: what a lost answer has left is found before anything is
//! created.

use std::path::Path as FilePath;

use serde::Deserialize;
use serde_json::Value;

use super::account::{self, Account, Change, User};
use super::options::Options;
use crate::net::http::{Answer, Request};
use crate::net::{Error, Kind, Limit};
use crate::transport::endpoint::Service;

const JSON: &str = "application/scim+json";

/// Users of one page; a provider may give fewer.
const PAGE: usize = 100;

/// A provider with which we speak.
pub struct Provider {
    service: Service,
    tries: u32,
    can: Can,
}

/// What its `/ServiceProviderConfig` says (RFC 7643, 5).
#[derive(Debug, Clone, Copy, Default, Deserialize)]
#[serde(default)]
struct Can {
    patch: Supported,
    filter: Supported,
}

#[derive(Debug, Clone, Copy, Default, Deserialize)]
#[serde(default)]
struct Supported {
    supported: bool,
}

/// `ListResponse` (RFC 7644, 3.4.2).
#[derive(Debug, Deserialize)]
#[serde(rename_all = "camelCase")]
struct Page {
    total_results: usize,
    #[serde(rename = "Resources", default)]
    resources: Vec<Value>,
}

/// Why one account is not as it is to be.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Refused {
    /// `400 Bad Request`
    pub status: String,
    /// The provider's words, which may quote what it was sent.
    pub told: Option<String>,
}

/// What keeps one account, or all of them, from being as they are to be.
#[derive(Debug)]
pub enum Trouble {
    One(Refused),
    All(Error),
}

impl From<Error> for Trouble {
    fn from(error: Error) -> Trouble {
        Trouble::All(error)
    }
}

impl Provider {
    /// Asks what it can do. Paths in the options are relative to `base`.
    pub fn open(options: &Options, base: &FilePath, limit: &Limit) -> Result<Provider, Error> {
        let service = Service::open(&options.way(), base)?;
        let request = service.keyed(Request::get("/ServiceProviderConfig"));
        let answer = service.ask(&request, limit)?;
        let can = match answer.status {
            _ if answer.is_success() => answer.json("what the SCIM provider can do")?,
            // It need not tell (RFC 7644, 4): then it is asked for what all can.
            403 | 404 | 501 => Can::default(),
            _ => return Err(service.refused(&request, &answer)),
        };
        Ok(Provider { service, tries: options.tries(), can })
    }

    /// What it says that it can, of what we use.
    pub fn features(&self) -> Vec<String> {
        let all = [("patch", self.can.patch), ("filter", self.can.filter)];
        all.into_iter().filter(|(_, can)| can.supported).map(|(name, _)| name.to_owned()).collect()
    }

    /// Whether our key may read users.
    pub fn try_reading(&self, limit: &Limit) -> Result<(), Error> {
        self.page("startIndex=1&count=1", limit).map(drop)
    }

    /// Every user, if that takes no more than so many requests; None where asking for each is cheaper.
    pub fn list(&self, most: usize, limit: &Limit) -> Result<Option<Vec<User>>, Error> {
        let mut users = Vec::new();
        let mut read = 0;
        loop {
            let page = self.page(&format!("startIndex={}&count={PAGE}", read + 1), limit)?;
            if self.can.filter.supported && page.total_results.div_ceil(PAGE) > most.max(1) {
                return Ok(None);
            }
            let found = page.resources.len();
            users.extend(page.resources.into_iter().filter_map(User::of));
            read += found;
            if found == 0 || read >= page.total_results {
                return Ok(Some(users));
            }
        }
    }

    /// The account of a person: by what we call the person, or else by the name to sign in by.
    pub fn find(&self, account: &Account, limit: &Limit) -> Result<Option<User>, Error> {
        if let Some(user) = self.find_who(&account.who, limit)? {
            return Ok(Some(user));
        }
        let named = self.search("userName", &account.user_name, limit)?;
        Ok(named.into_iter().find(|user| is_named(user, &account.user_name)))
    }

    /// The account of a person, by what we call the person.
    pub fn find_who(&self, who: &str, limit: &Limit) -> Result<Option<User>, Error> {
        let found = self.search("externalId", who, limit)?;
        Ok(found.into_iter().find(|user| user.who() == Some(who)))
    }

    /// Creates an account that was just looked for and is not there. Where somebody, perhaps we, was faster, that one is
    /// returned. The second value tells whether it is new.
    pub fn create(&self, account: &Account, limit: &Limit) -> Result<(User, bool), Trouble> {
        let request = self.with_body("POST", "/Users".into(), &account.resource());
        for tried in 1.. {
            if tried > 1
                && let Some(user) = self.find(account, limit)?
            {
                return Ok((user, false));
            }
            match self.service.ask(&request, limit) {
                Ok(answer) if answer.status == 409 => {
                    let user = self.find(account, limit)?.ok_or_else(|| self.trouble(&request, &answer))?;
                    return Ok((user, false));
                }
                Ok(answer) => return Ok((self.user(&request, answer)?, true)),
                // It may have been created all the same.
                Err(error) if error.later_may_help() && tried < self.tries && limit.allows_more() => {
                    tracing::warn!(try = tried, of = self.tries, kind = ?error.kind, "could not {}", error.logged());
                }
                Err(error) => return Err(error.into()),
            }
        }
        unreachable!("the last of all tries returns")
    }

    /// Says how the attributes are to be, which may be said twice.
    pub fn change(&self, user: &User, changes: &[Change], limit: &Limit) -> Result<(), Trouble> {
        let path = format!("/Users/{}", encoded(&user.id));
        let request = match self.can.patch.supported {
            true => self.with_body("PATCH", path, &account::patch(user, changes)).repeatable(),
            false => self.with_body("PUT", path, &account::put(user, changes)),
        };
        let answer = self.service.ask(&request, limit)?;
        match answer.is_success() {
            true => Ok(()),
            false => Err(self.trouble(&request, &answer)),
        }
    }

    fn user(&self, request: &Request, answer: Answer) -> Result<User, Trouble> {
        if !answer.is_success() {
            return Err(self.trouble(request, &answer));
        }
        let user = User::of(answer.json("the account that was created")?);
        let nameless = || Error::new(Kind::Protocol, "create an account").caused_by("the provider gave it no `id`");
        Ok(user.ok_or_else(nameless)?)
    }

    /// Refusals that are about the person leave the others to be served.
    fn trouble(&self, request: &Request, answer: &Answer) -> Trouble {
        match answer.status {
            400 | 404 | 409 | 412 | 413 | 422 => {
                Trouble::One(Refused { status: answer.status_line(), told: answer.told() })
            }
            _ => Trouble::All(self.service.refused(request, answer)),
        }
    }

    fn search(&self, attribute: &str, value: &str, limit: &Limit) -> Result<Vec<User>, Error> {
        if !self.can.filter.supported {
            return Ok(self.list(usize::MAX, limit)?.unwrap_or_default());
        }
        let quoted = Value::from(value);
        let page = self.page(&format!("filter={}", encoded(&format!("{attribute} eq {quoted}"))), limit)?;
        Ok(page.resources.into_iter().filter_map(User::of).collect())
    }

    fn page(&self, query: &str, limit: &Limit) -> Result<Page, Error> {
        let request = self.service.keyed(Request::get(format!("/Users?{query}"))).header("Accept", JSON);
        let answer = self.service.ask(&request, limit)?;
        match answer.is_success() {
            true => answer.json("the users of the SCIM provider"),
            false => Err(self.service.refused(&request, &answer)),
        }
    }

    fn with_body(&self, method: &'static str, path: String, body: &Value) -> Request {
        let body = serde_json::to_vec(body).expect("a user is made of plain values");
        self.service.keyed(Request::new(method, path)).header("Accept", JSON).body(JSON, body)
    }
}

fn is_named(user: &User, name: &str) -> bool {
    user.user_name().is_some_and(|other| other.to_lowercase() == name.to_lowercase())
}

/// For a part of a URL (RFC 3986, 2.1).
fn encoded(text: &str) -> String {
    let one = |byte: u8| match byte {
        b'A'..=b'Z' | b'a'..=b'z' | b'0'..=b'9' | b'-' | b'.' | b'_' | b'~' => char::from(byte).to_string(),
        _ => format!("%{byte:02X}"),
    };
    text.bytes().map(one).collect()
}
