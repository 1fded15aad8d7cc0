//! Why a certificate is not accepted, in the words of whoever has to do something about it.

use chrono::{DateTime, Utc};
use rustls::CertificateError;

use super::certificate::{Certificate, Weakness, day, quoted};
use super::trust::{Pin, Trust};

/// What was refused, by which rule.
pub struct Refusal<'a> {
    pub host: &'a str,
    pub trust: &'a Trust,
    /// Whom the file of authorities holds, where there is one.
    pub authorities: &'a [String],
    /// What the server showed: its own certificate, and those that should link it to an authority.
    pub shown: &'a [Certificate],
    pub now: DateTime<Utc>,
}

enum Cause<'a> {
    OtherPin(Pin),
    ShortKey(usize),
    Ended(&'a Certificate),
    NotBegun(&'a Certificate),
    OtherName,
    ByItself,
    UnknownAuthority,
    OfAnAuthority,
    NotForServers,
    WeakSignature(&'a Certificate, &'static str),
    Other(String),
}

impl<'a> Refusal<'a> {
    /// The cause, what was shown, and what to write in the site if that is right all the same.
    pub fn told(&self, error: &CertificateError) -> String {
        let Some(own) = self.shown.first() else {
            return format!("its certificate is not understood ({error})");
        };
        let cause = self.cause(error, own);
        format!("{}. It showed {own}. {}", self.say(&cause, own), self.advise(&cause, own))
    }

    fn cause(&self, error: &CertificateError, own: &'a Certificate) -> Cause<'a> {
        let weakness = self.shown.iter().find_map(|one| Some((one, one.weakness?)));
        match (error, self.trust) {
            (_, Trust::Pinned(pin)) if *pin != own.pin => Cause::OtherPin(*pin),
            _ if let Some(Weakness::ShortKey(bits)) = own.weakness => Cause::ShortKey(bits),
            (CertificateError::Expired | CertificateError::ExpiredContext { .. }, _) => {
                Cause::Ended(self.shown.iter().find(|one| one.until < self.now).unwrap_or(own))
            }
            (CertificateError::NotValidYet | CertificateError::NotValidYetContext { .. }, _) => {
                Cause::NotBegun(self.shown.iter().find(|one| one.from > self.now).unwrap_or(own))
            }
            (CertificateError::NotValidForName | CertificateError::NotValidForNameContext { .. }, _) => {
                Cause::OtherName
            }
            (CertificateError::InvalidPurpose | CertificateError::InvalidPurposeContext { .. }, _) => {
                Cause::NotForServers
            }
            // One that is also that of an authority is refused for that, which helps nobody.
            _ if own.is_signed_by_itself => Cause::ByItself,
            (CertificateError::UnknownIssuer, _) => Cause::UnknownAuthority,
            _ if own.is_of_an_authority => Cause::OfAnAuthority,
            _ => match weakness {
                Some((one, Weakness::Signature(hash))) => Cause::WeakSignature(one, hash),
                _ => Cause::Other(error.to_string()),
            },
        }
    }

    fn say(&self, cause: &Cause<'_>, own: &Certificate) -> String {
        match cause {
            Cause::OtherPin(pin) => format!(
                "{pin} is pinned, and its certificate is {}: either the server has a new one or somebody stands between it \
                 and us",
                own.pin
            ),
            Cause::ShortKey(bits) => format!("its key is RSA of {bits} bits, which is too short to prove anything"),
            Cause::Ended(one) => format!("{} ended on {}", self.which(one), day(one.until)),
            Cause::NotBegun(one) => {
                let now = self.now.format("%Y-%m-%d %H:%M");
                format!("{} begins on {}, and this machine's clock says {now} UTC", self.which(one), day(one.from))
            }
            Cause::OtherName if own.names.is_empty() => {
                format!("its certificate names no host (its subject does not count), and `{}` was expected", self.host)
            }
            Cause::OtherName => format!("its certificate is for {}, and not for `{}`", quoted(&own.names), self.host),
            Cause::ByItself => "its certificate is signed by itself, and by no authority".to_owned(),
            Cause::UnknownAuthority => self.say_unknown_authority(own),
            Cause::OfAnAuthority => "its certificate is that of an authority, not of a server".to_owned(),
            Cause::NotForServers => "its certificate is not meant for servers".to_owned(),
            Cause::WeakSignature(one, hash) => {
                format!("{} is signed with {hash}, which can be forged", self.which(one))
            }
            Cause::Other(error) => format!("its certificate is not accepted ({error})"),
        }
    }

    fn say_unknown_authority(&self, own: &Certificate) -> String {
        let issuer = self.highest_issuer(own);
        let unknown = match self.trust {
            Trust::Ca(file) => format!("{} holds {}, and not `{issuer}`", file.display(), quoted(self.authorities)),
            _ => format!("this system does not trust `{issuer}`"),
        };
        match self.shown.len() {
            // The most usual mistake of servers.
            1 => format!(
                "{unknown}, who issued its certificate. The server sent no other one: if `{issuer}` has its certificate from \
                 an authority that is trusted, the server must send that one too"
            ),
            _ => format!("{unknown}, to whom its certificate goes back"),
        }
    }

    fn advise(&self, cause: &Cause<'_>, own: &Certificate) -> String {
        let issuer = self.highest_issuer(own);
        let first = match (cause, self.trust) {
            (Cause::ShortKey(_), _) => {
                return "Whoever runs the server must make a new key, and a certificate for it".to_owned();
            }
            (Cause::UnknownAuthority, Trust::Ca(file)) => format!(
                "If whoever runs the server says that `{issuer}` is right, add its certificate to {}. ",
                file.display()
            ),
            (Cause::UnknownAuthority, _) => format!(
                "If whoever runs the server says that `{issuer}` is right, write its certificate into a file, and \
                 `trust = {{ ca = \"FILE.pem\" }}`. "
            ),
            (Cause::OtherName, _) if !own.names.is_empty() => {
                "If one of these names is the server's, write it as `host`. ".to_owned()
            }
            _ => String::new(),
        };
        let only_if = "Only if whoever runs the server confirms that this very certificate is right, write";
        format!("{first}{only_if} `trust = {{ pinned = \"{}\" }}`", own.pin)
    }

    fn highest_issuer<'b>(&'b self, own: &'b Certificate) -> &'b str {
        &self.shown.last().unwrap_or(own).issuer
    }

    fn which(&self, one: &Certificate) -> String {
        match self.shown.first() == Some(one) {
            true => "its certificate".to_owned(),
            false => format!("the certificate of `{}`, between its own and its authority's,", one.subject),
        }
    }
}
