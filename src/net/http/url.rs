//! The address of a web service, as a site writes it.

use std::fmt;

use serde::Deserialize;
use ureq::http::Uri;

/// `https://host`, with a port and a path where there are some; without a slash at its end. `http://` is for this machine
/// only: elsewhere nothing would protect the data on the way, nor the key.
#[derive(Debug, Clone, PartialEq, Eq, Deserialize)]
#[serde(try_from = "String")]
pub struct Url(String);

/// Why what was written is no such address.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("`{text}` {problem}: write `https://host/path`")]
pub struct NotAUrl {
    text: String,
    problem: &'static str,
}

const THIS_MACHINE: [&str; 3] = ["localhost", "127.0.0.1", "[::1]"];

impl TryFrom<String> for Url {
    type Error = NotAUrl;

    fn try_from(text: String) -> Result<Url, NotAUrl> {
        let wrong = |problem| NotAUrl { text: without_user(&text), problem };
        let uri: Uri = text.parse().map_err(|_| wrong("is not an address of the web"))?;
        let (Some(scheme), Some(host), Some(authority)) = (uri.scheme_str(), uri.host(), uri.authority()) else {
            return Err(wrong("is not a whole address of the web"));
        };
        match scheme {
            "https" => {}
            "http" if THIS_MACHINE.contains(&host) => {}
            "http" => return Err(wrong("is not protected on the way; `http://` is for this machine only")),
            _ => return Err(wrong("is not an address of the web")),
        }
        if authority.as_str().contains('@') {
            return Err(wrong("names a user; who asks is said by the key"));
        }
        if uri.query().is_some() || text.contains('#') {
            return Err(wrong("says more than host and path"));
        }
        Ok(Url(text.trim_end_matches('/').to_owned()))
    }
}

/// A password may stand before the host.
fn without_user(text: &str) -> String {
    match (text.split_once("://"), text.rsplit_once('@')) {
        (Some((scheme, _)), Some((_, host))) => format!("{scheme}://***@{host}"),
        _ => text.to_owned(),
    }
}

impl Url {
    pub fn as_str(&self) -> &str {
        &self.0
    }

    /// Without the port.
    pub fn host(&self) -> &str {
        let (_, rest) = self.0.split_once("://").expect("a URL has a scheme");
        let authority = rest.split('/').next().expect("a split has a first part");
        match authority.rsplit_once(':') {
            Some((host, port)) if port.bytes().all(|byte| byte.is_ascii_digit()) => host,
            _ => authority,
        }
    }

    pub fn is_this_machine(&self) -> bool {
        THIS_MACHINE.contains(&self.host())
    }
}

impl fmt::Display for Url {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_address_is_taken_without_the_slash_at_its_end() {
        for (text, url, host) in [
            ("https://acme.ilucca.net", "https://acme.ilucca.net", "acme.ilucca.net"),
            ("https://acme.ilucca.net/", "https://acme.ilucca.net", "acme.ilucca.net"),
            ("https://api.pyla.example:8443/v1/", "https://api.pyla.example:8443/v1", "api.pyla.example"),
            ("http://127.0.0.1:8080", "http://127.0.0.1:8080", "127.0.0.1"),
            ("http://[::1]:8080/x", "http://[::1]:8080/x", "[::1]"),
        ] {
            let read = Url::try_from(text.to_string()).unwrap();
            assert_eq!((read.as_str(), read.host()), (url, host), "{text}");
        }
    }

    #[test]
    fn what_is_unsafe_or_no_address_is_refused_without_repeating_a_password() {
        for (text, problem) in [
            ("acme.ilucca.net", "is not a whole address"),
            ("ftp://acme.ilucca.net", "is not an address of the web"),
            ("http://acme.ilucca.net", "is not protected on the way"),
            ("https://ada:secret@acme.ilucca.net", "names a user"),
            ("https://acme.ilucca.net/?key=1", "says more than host and path"),
            ("https://acme.ilucca.net/#a", "says more than host and path"),
            ("https://", "is not an address"),
        ] {
            let wrong = Url::try_from(text.to_string()).unwrap_err().to_string();
            assert!(wrong.contains(problem) && !wrong.contains("secret"), "{text}: {wrong}");
        }
    }
}
