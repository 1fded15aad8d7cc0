//! Our key for an endpoint, and the header in which it is sent.

use std::path::Path;

use secrecy::{ExposeSecret, SecretString};

use crate::net::http::is_header_name;
use crate::net::{Error, SecretName};

/// `key`, with `authorization` or `header`.
#[derive(Debug, Clone)]
pub struct Key {
    secret: SecretName,
    sent: Sent,
}

#[derive(Debug, Clone)]
enum Sent {
    /// As `Authorization`, behind this word.
    Authorization(String),
    /// As it is, in a header of this name.
    Header(String),
}

impl Key {
    /// Refused when it is not said how the key is sent, or in two ways, or in one that HTTP does not have. What was written
    /// is not repeated: it may have the key itself in it.
    pub fn new(secret: SecretName, authorization: Option<String>, header: Option<String>) -> Result<Key, &'static str> {
        let sent = match (authorization, header) {
            (Some(scheme), None) if is_header_name(&scheme) => Sent::Authorization(scheme),
            (Some(_), None) => return Err("`authorization` is not one word: write the scheme alone, such as `Bearer`"),
            (None, Some(header)) if is_header_name(&header) => Sent::Header(header),
            (None, Some(_)) => {
                return Err("`header` is not the name of a header: write the name alone, such as `X-Api-Key`");
            }
            _ => return Err("say how the `key` is sent: `authorization = \"Bearer\"` or `header = \"X-Api-Key\"`"),
        };
        Ok(Key { secret, sent })
    }

    pub fn secret(&self) -> &SecretName {
        &self.secret
    }

    pub(super) fn header(&self) -> &str {
        match &self.sent {
            Sent::Authorization(_) => "Authorization",
            Sent::Header(name) => name,
        }
    }

    /// As it stands in the header.
    pub(super) fn read(&self, base: &Path) -> Result<SecretString, Error> {
        let key = self.secret.read_line(base)?;
        Ok(match &self.sent {
            Sent::Authorization(scheme) => format!("{scheme} {}", key.expose_secret()).into(),
            Sent::Header(_) => key,
        })
    }
}
