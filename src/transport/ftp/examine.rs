//! What FTP servers differ in, and how each of it is found out.

use chrono::{DateTime, NaiveDateTime, Utc};

use super::conversation::Conversation;
use super::failure::Failure;
use super::reply::Reply;
use super::tls::Handshake;
use crate::model::Text;
use crate::model::sheet::{Found, Trait};
use crate::transport::examine::{CONTENT, MIDDLE};

impl Conversation {
    /// `file` holds [`CONTENT`].
    pub fn probe(&mut self, what: Trait, file: &str) -> Result<Option<Found>, Failure> {
        Ok(match what {
            Trait::Greeting => self.greeting().map(Into::into),
            Trait::System => Some(self.answer_to("SYST")?),
            Trait::Features => Some(self.features()?),
            Trait::DataConnections => Some(self.data_connections.into()),
            Trait::Listing => Some(self.listing()?.0.into()),
            Trait::TimePrecision => Some(if self.listing()?.0 == "MLSD" { 1.0 } else { 60.0 }.into()),
            Trait::Tls => self.handshake()?.map(|handshake| handshake.version.into()),
            Trait::Cipher => self.handshake()?.map(|handshake| handshake.cipher.into()),
            Trait::SessionReuse => self.handshake()?.map(|handshake| handshake.is_resumed.into()),
            Trait::SizeCommand => Some(done_or_no(self.ask(&format!("SIZE {file}"))?)),
            Trait::TimeCommand => Some(done_or_no(self.ask(&format!("MDTM {file}"))?)),
            Trait::Clock => moment(&self.ask(&format!("MDTM {file}"))?).map(Into::into),
            Trait::Resume => Some(self.read_from_the_middle(file)?),
            _ => None,
        })
    }

    fn answer_to(&mut self, command: &str) -> Result<Found, Failure> {
        let reply = self.ask(command)?;
        Ok(if reply.is_done() { reply.words().into() } else { no(&reply) })
    }

    fn features(&mut self) -> Result<Found, Failure> {
        let reply = self.ask("FEAT")?;
        // The first line and the last one stand around them (RFC 2389, 3.2).
        let features = || reply.text.lines().filter(|line| line.starts_with(' ')).map(|line| line.trim().to_owned());
        Ok(if reply.is_done() { features().collect::<Vec<_>>().into() } else { no(&reply) })
    }

    /// The command by which folders are listed, and the TLS of the connection on which that was answered.
    fn listing(&mut self) -> Result<(&'static str, Option<Handshake>), Failure> {
        if let Some(seen) = &self.seen {
            return Ok(seen.clone());
        }
        let root = self.root().to_owned();
        self.change_folder(&root)?;
        // The first time decides whether there is `MLSD`.
        self.list_here()?;
        let command = if self.has_mlsd { "MLSD" } else { "LIST" };
        let transfer = self.transfer(command.to_owned())?;
        let seen = (command, transfer.handshake());
        transfer.whole_listing()?;
        self.seen = Some(seen.clone());
        Ok(seen)
    }

    fn handshake(&mut self) -> Result<Option<Handshake>, Failure> {
        self.listing().map(|(_, handshake)| handshake)
    }

    fn read_from_the_middle(&mut self, file: &str) -> Result<Found, Failure> {
        let mut read = Vec::new();
        match self.receive_from(MIDDLE, file, &mut read) {
            Ok(()) => Ok((read == CONTENT[MIDDLE..]).into()),
            Err(Failure::Refused(reply)) => Ok(no(&reply)),
            Err(failure) => Err(failure),
        }
    }
}

fn done_or_no(reply: Reply) -> Found {
    if reply.is_done() { true.into() } else { no(&reply) }
}

fn no(reply: &Reply) -> Found {
    Found::No(Text::same(reply.to_string()))
}

/// RFC 3659, 2.3: in universal time, perhaps with a fraction of a second.
fn moment(reply: &Reply) -> Option<DateTime<Utc>> {
    let digits = reply.argument().filter(|_| reply.is_done())?;
    Some(NaiveDateTime::parse_from_str(digits, "%Y%m%d%H%M%S%.f").ok()?.and_utc())
}

#[cfg(test)]
mod tests {
    use suppaftp::Status;
    use suppaftp::types::Response;

    use super::{Reply, moment};

    #[test]
    fn a_time_is_universal_and_may_have_a_fraction() {
        let told = |text: &str| {
            moment(&Reply::from(Response::new(Status::Unknown, text.as_bytes().to_vec()))).map(|at| at.to_rfc3339())
        };
        assert_eq!(told("213 20261122213000\r\n").unwrap(), "2026-11-22T21:30:00+00:00");
        assert_eq!(told("213 20261122213000.125\r\n").unwrap(), "2026-11-22T21:30:00.125+00:00");
        for text in ["550 no\r\n", "213 yesterday\r\n", "213\r\n"] {
            assert_eq!(told(text), None, "{text}");
        }
    }
}
