//! What a site writes about a SCIM service provider.

use std::num::NonZeroU32;
use std::time::Instant;

use serde::Deserialize;

use super::Provider;
use crate::model::Sheet;
use crate::model::sheet::Trait;
use crate::net::http::{Trust, Url};
use crate::net::{Error, Limit, SecretName, Tries};
use crate::transport::endpoint::{Key, Way, sheet};

/// `[server.NAME.scim]`
#[derive(Debug, Clone, Deserialize)]
#[serde(try_from = "Written")]
pub struct Options {
    /// Of the service, as its version ends: `https://partner.example/scim/v2`.
    url: Url,
    key: Key,
    trust: Trust,
    tries: Tries,
    requests_a_minute: NonZeroU32,
}

impl Options {
    pub fn needs(&self) -> Vec<&std::path::Path> {
        self.trust.needs().into_iter().chain(self.key.secret().file()).collect()
    }

    pub fn describe(&self) -> String {
        format!("SCIM at {}", self.url)
    }

    pub fn tries(&self) -> u32 {
        self.tries.get()
    }

    pub(in crate::transport::endpoint) fn examine(
        &self,
        base: &std::path::Path,
        limit: &Limit,
    ) -> Result<Sheet, Error> {
        let start = Instant::now();
        let provider = Provider::open(self, base, limit)?;
        let told = sheet(self.describe(), "SCIM 2.0", start, [(Trait::Features, provider.features().into())]);
        provider.try_reading(limit)?;
        Ok(told)
    }

    pub(super) fn way(&self) -> Way<'_> {
        let Options { url, key, trust, tries, requests_a_minute } = self;
        Way { url, key, trust, requests_a_minute: *requests_a_minute, tries: *tries }
    }
}

/// The keys of the section, before it is known that they fit together.
#[derive(Deserialize)]
#[serde(rename_all = "kebab-case", deny_unknown_fields)]
struct Written {
    url: Url,
    key: SecretName,
    authorization: Option<String>,
    header: Option<String>,
    trust: Trust,
    #[serde(default)]
    tries: Tries,
    #[serde(default = "six_hundred")]
    requests_a_minute: NonZeroU32,
}

fn six_hundred() -> NonZeroU32 {
    NonZeroU32::new(600).expect("600 is not 0")
}

impl TryFrom<Written> for Options {
    type Error = &'static str;

    fn try_from(written: Written) -> Result<Options, &'static str> {
        Ok(Options {
            url: written.url,
            key: Key::new(written.key, written.authorization, written.header)?,
            trust: written.trust,
            tries: written.tries,
            requests_a_minute: written.requests_a_minute,
        })
    }
}
