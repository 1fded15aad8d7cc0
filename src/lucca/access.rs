//! How an instance is asked: with its key, with a token, once, or page by page.

use std::path::Path;

use secrecy::ExposeSecret;
use serde_json::Value;

use super::Door;
use super::oauth::Tokens;
use super::options::Options;
use super::resource::Resource;
use crate::model::Language;
use crate::net::http::{Answer, Budget, Client, Request, encoded};
use crate::net::{Error, Kind, Limit};

/// The version that the newest generation has to be asked for.
const VERSION: &str = "2024-11-01";

/// Of the newest generation; the most that employees allow.
const PAGE: usize = 100;

/// More than there can be.
const PAGES: usize = 100_000;

impl Door {
    /// Reads key and secret; nothing is sent yet. Paths in the options are relative to `base`.
    pub fn open(options: &Options, base: &Path) -> Result<Door, Error> {
        let budget = Budget::new(options.requests_a_minute());
        let client = Client::new(options.url(), options.trust(), budget, options.tries(), base)?
            .with_patience(options.patience());
        let key = options.key().map(|key| key.read_line(base)).transpose()?;
        let authorization = key.map(|key| format!("lucca application={}", key.expose_secret()).into());
        let tokens = options.oauth().map(|oauth| Tokens::open(oauth, options, base)).transpose()?;
        Ok(Door { client, options: options.clone(), authorization, tokens })
    }

    /// With the key of this instance, for v3 and v4.
    pub(super) fn keyed(&self, request: Request) -> Request {
        match &self.authorization {
            Some(authorization) => request.header("Authorization", authorization.expose_secret()),
            None => request,
        }
    }

    /// With a token, for the newest generation.
    pub(super) fn signed(&self, request: Request, limit: &Limit) -> Result<Request, Error> {
        let tokens = self.tokens.as_ref().ok_or_else(|| {
            Error::new(Kind::Setup, "ask the newest generation of the API").caused_by("the site has no `oauth` for it")
        })?;
        let token = tokens.token(limit)?;
        Ok(request.header("Authorization", format!("Bearer {}", token.expose_secret())).header("Api-Version", VERSION))
    }

    /// A success, or why not.
    pub(super) fn get(&self, request: &Request, resource: Resource, limit: &Limit) -> Result<Answer, Error> {
        let answer = self.client.ask(request, limit)?;
        self.allowed(request, answer, resource)
    }

    /// The answer, if it is a success.
    pub(super) fn allowed(&self, request: &Request, answer: Answer, resource: Resource) -> Result<Answer, Error> {
        // What is wrong with the question is no lack of a right.
        let is_question = matches!(answer.status, 400 | 405..=499);
        self.accepted(request, answer, &tried(resource), resource.right().is(Language::English)).map_err(|mut error| {
            error.kind = if is_question { Kind::Protocol } else { error.kind };
            error
        })
    }

    /// From page to page of a list of the newest generation: `include=links` says where the next one is. `filter` begins
    /// with `&`, or is empty.
    pub(super) fn cursor(
        &self,
        resource: Resource,
        path: &str,
        filter: &str,
        limit: &Limit,
        mut each: impl FnMut(&Value) -> Result<(), Error>,
    ) -> Result<(), Error> {
        let mut cursor = String::new();
        for _ in 0..PAGES {
            let path = format!("{path}?include=links,embedded,totalCount&limit={PAGE}{filter}{cursor}");
            let answer: Value = self.get_signed(&path, resource, limit)?.json("a page of the newest generation")?;
            each(&answer)?;
            let next = answer.pointer("/links/next/href").and_then(Value::as_str).and_then(page_of);
            match next {
                Some(next) => cursor = format!("&page={}", encoded(&next)),
                None => return Ok(()),
            }
        }
        Err(Error::new(Kind::Protocol, "read a list page by page").caused_by("it has no end"))
    }

    /// A token may be taken back before its end; then another one is tried, once.
    pub(super) fn get_signed(&self, path: &str, resource: Resource, limit: &Limit) -> Result<Answer, Error> {
        let request = self.signed(Request::get(path), limit)?;
        let answer = self.client.ask(&request, limit)?;
        if answer.status != 401 {
            return self.allowed(&request, answer, resource);
        }
        self.tokens.iter().for_each(Tokens::forget);
        let request = self.signed(Request::get(path), limit)?;
        let answer = self.client.ask(&request, limit)?;
        if answer.status == 401 {
            let cause = format!("{} does not take the token; check `oauth`", self.client.shown(&request));
            return Err(Error::new(Kind::Login, tried(resource)).caused_by(cause));
        }
        self.allowed(&request, answer, resource)
    }
}

fn tried(resource: Resource) -> String {
    format!("read the {}", resource.name().is(Language::English))
}

/// Only the cursor is taken from the address of the next page: whoever is sent elsewhere would bring the token there.
fn page_of(address: &str) -> Option<String> {
    let (_, query) = address.split_once('?')?;
    let page = query.split('&').find_map(|pair| pair.strip_prefix("page="))?;
    Some(decoded(page))
}

fn decoded(text: &str) -> String {
    let bytes = text.as_bytes();
    let mut plain = Vec::with_capacity(bytes.len());
    let mut at = 0;
    while at < bytes.len() {
        let hexadecimal = bytes.get(at + 1..at + 3).and_then(|digits| str::from_utf8(digits).ok());
        match hexadecimal.filter(|_| bytes[at] == b'%').and_then(|digits| u8::from_str_radix(digits, 16).ok()) {
            Some(byte) => {
                plain.push(byte);
                at += 3;
            }
            None => {
                plain.push(bytes[at]);
                at += 1;
            }
        }
    }
    String::from_utf8_lossy(&plain).into_owned()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_cursor_is_taken_from_the_next_page() {
        let next = |text: &str| page_of(text);
        assert_eq!(next("https://a.net/lucca-api/employees?page=!sdk%2B87&limit=25").as_deref(), Some("!sdk+87"));
        assert_eq!(next("https://a.net/lucca-api/employees?limit=25"), None);
        assert_eq!(next("https://a.net/lucca-api/employees"), None);
    }
}
