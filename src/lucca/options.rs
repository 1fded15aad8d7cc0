//! `[people.NAME.lucca]`: which instance, with which key, and how carefully.

use std::num::NonZeroU32;
use std::path::Path;

use serde::Deserialize;

use crate::net::SecretName;
use crate::net::http::{Trust, Url};

/// As a site writes it.
#[derive(Debug, Clone, Deserialize)]
#[serde(rename_all = "kebab-case", deny_unknown_fields)]
pub struct Options {
    /// Of the instance: `https://acme.ilucca-test.net`.
    url: Url,
    /// The API key, by the name of the secret.
    key: SecretName,
    trust: Trust,
    /// Written out for an instance that people work with.
    #[serde(default)]
    production: bool,
    /// All integrations of a company share what Lucca allows.
    #[serde(default = "fifty")]
    requests_a_minute: NonZeroU32,
    /// Of each request, at least 1.
    #[serde(default = "six")]
    tries: NonZeroU32,
}

fn fifty() -> NonZeroU32 {
    NonZeroU32::new(50).expect("50 is not 0")
}

fn six() -> NonZeroU32 {
    NonZeroU32::new(6).expect("6 is not 0")
}

/// The ends of the hosts on which people work: those for tests and demonstrations have others.
const PRODUCTION: [&str; 2] = [".ilucca.net", ".ilucca.ch"];

impl Options {
    pub fn url(&self) -> &Url {
        &self.url
    }

    pub fn key(&self) -> &SecretName {
        &self.key
    }

    pub fn trust(&self) -> &Trust {
        &self.trust
    }

    /// Lucca states 50 for its newer API, shared by all integrations of a company; whether the older one counts too is not
    /// known, so it is assumed.
    pub fn requests_a_minute(&self) -> NonZeroU32 {
        self.requests_a_minute
    }

    pub fn tries(&self) -> u32 {
        self.tries.get()
    }

    /// Is this an instance that people work with, and the site does not say so?
    pub fn is_unstated_production(&self) -> bool {
        !self.production && PRODUCTION.iter().any(|end| self.url.host().ends_with(end))
    }

    /// What of this machine it needs, relative to the folder of the site file.
    pub fn needs(&self) -> Vec<&Path> {
        self.trust.needs().into_iter().chain(self.key.file()).collect()
    }

    /// In a few words without secrets, for people.
    pub fn describe(&self) -> String {
        format!("Lucca at {}", self.url)
    }
}
