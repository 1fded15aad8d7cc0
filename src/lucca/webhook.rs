//! `[export.NAME.watch.webhook]`: Lucca calls when something has changed, and signs what it says.
//!
//! What it says is a hint to read, and nothing else: the body is never looked at, so that it does not matter whether hints
//! come twice, late or in any order. A hint that is lost costs time until the next look, not a change.
//!
//! Source: `documentation/webhooks/get-started` of the newer API. The form of `Lucca-Timestamp` is not told there: seconds
//! since 1970 are assumed; milliseconds and a moment in words (RFC 3339) are understood, too.

use std::net::SocketAddr;
use std::path::Path;

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use chrono::{DateTime, TimeDelta, Utc};
use hmac::{Hmac, KeyInit, Mac};
use secrecy::{ExposeSecret, SecretString};
use serde::Deserialize;
use sha2::Sha256;

use crate::net::listener::{Received, Reply};
use crate::net::{Error, SecretName};

/// As a site writes it.
#[derive(Debug, Clone, Deserialize)]
#[serde(rename_all = "kebab-case", deny_unknown_fields)]
pub struct Options {
    /// Where to listen. Lucca calls by HTTPS only: a reverse proxy of this machine does TLS, and calls this address.
    #[serde(default = "loopback")]
    pub listen: SocketAddr,
    /// With which Lucca signs, as it showed it when the webhook was made.
    pub secret: SecretName,
}

fn loopback() -> SocketAddr {
    SocketAddr::from(([127, 0, 0, 1], 8474))
}

/// Tells who calls.
#[derive(Debug)]
pub struct Webhook(SecretString);

/// What a call comes to.
#[derive(Debug, PartialEq, Eq)]
pub enum Call {
    /// Lucca makes sure that we are who is meant, and is answered.
    Handshake(Reply),
    /// Something has changed.
    Hint,
    /// Not by Lucca, or not for now: why, in words without any of theirs.
    Refused(&'static str, Reply),
}

/// How old a hint may be, or how far ahead its clock.
const TOLERANCE: TimeDelta = TimeDelta::minutes(5);

/// Of what is echoed, in bytes.
const LONGEST_ECHO: usize = 1024;

impl Webhook {
    /// Reads the secret, which may be in a file relative to `base`.
    pub fn open(options: &Options, base: &Path) -> Result<Webhook, Error> {
        options.secret.read_line(base).map(Webhook)
    }

    pub fn hear(&self, call: &Received, now: DateTime<Utc>) -> Call {
        match call.method.as_str() {
            "GET" => handshake(&call.query),
            "POST" => self.signed(call, now),
            _ => Call::Refused("neither a handshake nor a hint", Reply::new(405, "GET or POST")),
        }
    }

    fn signed(&self, call: &Received, now: DateTime<Utc>) -> Call {
        // To everybody alike: who guesses learns nothing.
        let refused = |why| Call::Refused(why, Reply::new(401, "the signature is not accepted"));
        let (Some(signature), Some(timestamp)) = (call.header("Lucca-Signature"), call.header("Lucca-Timestamp"))
        else {
            return refused("it is not signed");
        };
        if !self.has_signed(signature, timestamp, &call.body) {
            return refused("its signature is wrong; is the `secret` that of this webhook?");
        }
        match moment(timestamp) {
            Some(signed) if (now - signed).abs() <= TOLERANCE => Call::Hint,
            Some(_) => refused("it was signed more than five minutes from now; is the clock of this machine right?"),
            None => refused("the moment of its signature is not understood"),
        }
    }

    /// Takes as long for a wrong signature as for the right one.
    fn has_signed(&self, signature: &str, timestamp: &str, body: &[u8]) -> bool {
        let Ok(signature) = STANDARD.decode(signature) else { return false };
        let key = self.0.expose_secret().as_bytes();
        let signing = Hmac::<Sha256>::new_from_slice(key).expect("a key of this kind may have any length");
        signing.chain_update(timestamp).chain_update(".").chain_update(body).verify_slice(&signature).is_ok()
    }
}

fn handshake(query: &str) -> Call {
    let echo = query.split('&').find_map(|pair| pair.strip_prefix("echo="));
    match echo.filter(|echo| echo.len() <= LONGEST_ECHO).and_then(decoded) {
        Some(echo) => Call::Handshake(Reply::new(200, echo)),
        None => Call::Refused("a handshake without `echo`", Reply::new(400, "`echo` is missing")),
    }
}

/// `%41` is `A`, and `+` a blank. None where that does not come to a text.
fn decoded(text: &str) -> Option<String> {
    let mut bytes = Vec::with_capacity(text.len());
    let mut rest = text.bytes();
    while let Some(byte) = rest.next() {
        bytes.push(match byte {
            b'+' => b' ',
            b'%' => {
                let [high, low] = [rest.next()?, rest.next()?].map(|digit| char::from(digit).to_digit(16));
                u8::try_from(high? * 16 + low?).expect("two hexadecimal digits are a byte")
            }
            other => other,
        });
    }
    String::from_utf8(bytes).ok()
}

fn moment(timestamp: &str) -> Option<DateTime<Utc>> {
    match timestamp.parse::<i64>() {
        // In seconds, so many are thousands of years away.
        Ok(number) if number.abs() >= 100_000_000_000 => DateTime::from_timestamp_millis(number),
        Ok(number) => DateTime::from_timestamp(number, 0),
        Err(_) => timestamp.parse().ok(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const BODY: &[u8] = br#"{"topic":"employee.updated"}"#;
    const NOW: i64 = 1_795_392_000;

    fn webhook() -> Webhook {
        Webhook("a secret that is shown once".into())
    }

    fn signature(timestamp: &str, body: &[u8]) -> String {
        let mut signing = Hmac::<Sha256>::new_from_slice(b"a secret that is shown once").unwrap();
        signing.update(&[timestamp.as_bytes(), b".", body].concat());
        STANDARD.encode(signing.finalize().into_bytes())
    }

    fn call(method: &str, query: &str, headers: &[(&'static str, &str)]) -> Received {
        let headers = headers.iter().map(|(name, value)| (name.parse().unwrap(), value.parse().unwrap()));
        Received { method: method.into(), query: query.into(), headers: headers.collect(), body: BODY.into() }
    }

    fn hear(method: &str, query: &str, headers: &[(&'static str, &str)]) -> Call {
        webhook().hear(&call(method, query, headers), DateTime::from_timestamp(NOW, 0).unwrap())
    }

    fn hear_signed(timestamp: &str, signature: &str) -> Call {
        hear("POST", "", &[("Lucca-Timestamp", timestamp), ("Lucca-Signature", signature)])
    }

    #[test]
    fn what_is_signed_within_five_minutes_is_a_hint() {
        for timestamp in ["1795392000", "1795391701", "1795392299", "1795392000123", "2026-11-23T00:00:00Z"] {
            assert_eq!(hear_signed(timestamp, &signature(timestamp, BODY)), Call::Hint, "{timestamp}");
        }
    }

    #[test]
    fn a_hint_whose_signature_is_wrong_missing_or_old_is_refused_with_401() {
        let right = signature("1795392000", BODY);
        let (old, ahead, none) = ("1795391699", "1795392301", "soon");
        for (heard, said) in [
            (hear_signed("1795392000", &signature("1795392000", b"{}")), "wrong"),
            (hear_signed("1795392001", &right), "wrong"),
            (hear_signed("1795392000", "%%%"), "wrong"),
            (hear_signed("1795392000", ""), "wrong"),
            (hear_signed(old, &signature(old, BODY)), "five minutes"),
            (hear_signed(ahead, &signature(ahead, BODY)), "five minutes"),
            (hear_signed(none, &signature(none, BODY)), "not understood"),
            (hear("POST", "", &[("Lucca-Signature", &right)]), "not signed"),
            (hear("POST", "", &[("Lucca-Timestamp", "1795392000")]), "not signed"),
        ] {
            let Call::Refused(why, reply) = heard else { panic!("{said}") };
            assert!(why.contains(said) && reply.status == 401, "{why}");
        }
    }

    #[test]
    fn a_handshake_gets_its_echo_back() {
        for (query, echo) in [("echo=a1-b2", "a1-b2"), ("x=1&echo=a%2Bb+%C3%A9", "a+b é"), ("echo=", "")] {
            assert_eq!(hear("GET", query, &[]), Call::Handshake(Reply::new(200, echo)), "{query}");
        }
        for query in ["", "echo", "x=1", "echo=%E9", "echo=%4", &format!("echo={}", "x".repeat(1025))] {
            assert!(matches!(hear("GET", query, &[]), Call::Refused(_, Reply { status: 400, .. })), "{query}");
        }
        assert!(matches!(hear("PUT", "", &[]), Call::Refused(_, Reply { status: 405, .. })));
    }
}
