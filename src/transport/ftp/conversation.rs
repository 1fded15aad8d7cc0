//! A conversation with an FTP server: each thing that can be asked of it, in the commands of the protocol.

use std::io::{self, Write};
use std::path::Path;
use std::time::Duration;

use chrono::{DateTime, Utc};
use secrecy::SecretString;
use suppaftp::{FtpError, Mode as DataMode};

use super::certificate::Certificate;
use super::content::Content;
use super::failure::Failure;
use super::line::{self, Found, Line, What};
use super::login::{self, Protected};
use super::options::{Mode, Options};
use super::reply::Reply;
use super::tls::Handshake;
use super::transfer::{Client, Transfer};
use crate::transport::watchdog::Watchdog;
use crate::transport::{Error, Kind, Limit, Listing, Replacement, UnusableName, handover, shown, usable};

/// A piece of a file. Bigger than the usual 8 KiB: over TLS that is half as fast again.
const PIECE: usize = 256 << 10;

/// How long the server may take to answer our good-bye, which decides nothing.
const GOODBYE: Duration = Duration::from_secs(2);

pub struct Conversation {
    client: Client,
    watchdog: Watchdog,
    /// None for plain FTP.
    protected: Option<Protected>,
    timeout: Duration,
    /// Where all paths start, as an absolute path.
    root: String,
    /// The server has `MLSD`, whose form is defined; that of `LIST` is not.
    pub(super) has_mlsd: bool,
    /// How the connections for files are opened: by `EPSV`, by `PASV`, or by the server.
    pub(super) data_connections: &'static str,
    /// What TLS a connection for a listing had, once that was looked at.
    pub(super) seen: Option<(&'static str, Option<Handshake>)>,
}

impl Conversation {
    /// Connects, logs in, and finds out what the server can.
    pub fn open(options: &Options, password: &SecretString, base: &Path, limit: &Limit) -> Result<Conversation, Error> {
        let protected = Protected::new(options, base)?;
        let watchdog = Watchdog::start(limit);
        let client = login::log_in(options, password, protected.as_ref(), limit, &watchdog);
        let client = client.map_err(|error| watchdog.explain(error))?;
        let mut conversation = Conversation {
            client,
            watchdog,
            protected,
            timeout: options.timeouts.answer,
            root: String::new(),
            has_mlsd: false,
            data_connections: "active",
            seen: None,
        };
        conversation.settle(options)?;
        Ok(conversation)
    }

    fn settle(&mut self, options: &Options) -> Result<(), Error> {
        let on = options.address();
        self.protect(options).map_err(|failure| self.explain(failure, format!("protect the files sent to {on}")))?;
        self.ask_for_features(options).map_err(|failure| self.explain(failure, format!("ask {on} what it can do")))?;
        self.enter(&options.path)
            .map_err(|failure| self.explain(failure, format!("enter the folder `{}` on {on}", options.path)))
    }

    /// Says what failed, and that there was no time left where that is why.
    pub fn explain(&self, failure: Failure, tried: String) -> Error {
        let is_last_word = match &failure {
            Failure::Refused(reply) => reply.is_last_word(),
            // The same in the midst of TLS, to which its last words do not keep.
            Failure::Tls(cause) => matches!(cause, rustls::Error::InvalidMessage(_)),
            _ => false,
        };
        let mut error = match &self.protected {
            Some(protected) => protected.explain(failure, tried),
            None => failure.while_trying_to(tried),
        };
        if is_last_word {
            error.kind = Kind::Unreachable;
        }
        self.watchdog.explain(self.watchdog.explain_end(error))
    }

    pub fn bind(&self, limit: &Limit) {
        self.watchdog.bind(limit);
    }

    /// The server's own certificate, where it has one.
    pub fn certificate(&self) -> Option<Certificate> {
        self.protected.as_ref().and_then(Protected::certificate)
    }

    /// Implicit FTPS does not imply that files are protected too.
    fn protect(&mut self, options: &Options) -> Result<(), Failure> {
        if options.is_implicit() {
            for command in ["PBSZ 0", "PROT P"] {
                self.order(command)?;
            }
        }
        Ok(())
    }

    fn ask_for_features(&mut self, options: &Options) -> Result<(), Failure> {
        let features = self.ask("FEAT")?.text.to_ascii_uppercase();
        let has = |name: &str| features.lines().any(|line| line.split_ascii_whitespace().next() == Some(name));
        // A server that has MLST has MLSD (RFC 3659, 7.8).
        self.has_mlsd = has("MLST") || has("MLSD");
        if has("UTF8") {
            // Some refuse the option and speak UTF-8 all the same.
            self.ask("OPTS UTF8 ON")?;
        }
        if options.mode == Mode::Passive {
            let extended = self.ask("EPSV")?;
            let understood = extended.code == 229 && extended.text.contains("(|||");
            self.client.set_mode(if understood { DataMode::ExtendedPassive } else { DataMode::Passive });
            self.data_connections = if understood { "EPSV" } else { "PASV" };
        }
        Ok(())
    }

    fn enter(&mut self, folder: &str) -> Result<(), Failure> {
        if !folder.is_empty() {
            self.change_folder(folder)?;
        }
        let here = self.order("PWD")?;
        self.root = here.quoted().ok_or_else(|| Failure::NotUnderstood(here.text))?;
        Ok(())
    }

    /// The folder of the options, as the server knows it: where all paths start.
    pub fn root(&self) -> &str {
        &self.root
    }

    pub fn list(&mut self, folder: &str, now: DateTime<Utc>) -> Result<Listing, Failure> {
        // Some servers list a missing folder as an empty one.
        self.change_folder(folder)?;
        let mut bytes = self.list_here()?;
        if bytes.is_empty() && self.protected.is_none() {
            // Without TLS a connection that ended before its first byte looks like an empty folder.
            bytes = self.list_here()?;
        }
        let mut listing = Listing::default();
        for text in bytes.split(|byte| *byte == b'\n') {
            let text = text.strip_suffix(b"\r").unwrap_or(text);
            let line = if self.has_mlsd { line::mlsd(text) } else { line::list(text, now) };
            self.keep(text, line, folder, &mut listing)?;
        }
        Ok(listing)
    }

    pub(super) fn list_here(&mut self) -> Result<Vec<u8>, Failure> {
        if self.has_mlsd {
            match self.receive_listing("MLSD") {
                Err(Failure::Refused(reply)) if matches!(reply.code, 500 | 502) => self.has_mlsd = false,
                outcome => return outcome,
            }
        }
        self.receive_listing("LIST")
    }

    fn receive_listing(&mut self, command: &str) -> Result<Vec<u8>, Failure> {
        self.transfer(command.to_owned())?.whole_listing()
    }

    /// Sorts one line of a listing: folders are left out, and what cannot be handled is kept apart.
    fn keep(&mut self, text: &[u8], line: Line, folder: &str, listing: &mut Listing) -> Result<(), Failure> {
        let Found { name, what, modified } = match line {
            Line::Nothing => return Ok(()),
            Line::NotUnderstood => {
                listing
                    .unusable
                    .push(UnusableName { shown: shown(text), reason: "is in a line that is not understood" });
                return Ok(());
            }
            Line::Found(found) => found,
        };
        let size = match (what, usable(name)) {
            (What::NoFile, _) => None,
            (What::File(size), _) => Some(size),
            (What::Unsure, Ok(name)) => self.size(&inside(folder, name))?,
            (What::Unsure, Err(_)) => Some(0),
        };
        if let Some(size) = size {
            listing.add(name, size, modified);
        }
        Ok(())
    }

    pub fn fetch(&mut self, path: &str, into: &mut dyn Write) -> Result<u64, Failure> {
        let announced = self.size(path)?.ok_or(Failure::Absent)?;
        let mut received = 0;
        match self.receive(path, into, &mut received) {
            Ok(()) if received == announced => Ok(received),
            Ok(()) => Err(Failure::ReceivedOther { announced, received }),
            // What went out already cannot be taken back.
            Err(Failure::DataTls(reply)) if received > 0 => Err(Failure::DataTlsTooLate(reply)),
            Err(failure) => Err(failure),
        }
    }

    /// Fetches what is behind so many bytes.
    pub(super) fn receive_from(&mut self, offset: usize, path: &str, into: &mut dyn Write) -> Result<(), Failure> {
        self.client.resume_transfer(offset)?;
        self.receive(path, into, &mut 0)
    }

    fn receive(&mut self, path: &str, into: &mut dyn Write, received: &mut u64) -> Result<(), Failure> {
        let mut transfer = self.transfer(format!("RETR {path}"))?;
        let mut piece = vec![0; PIECE];
        loop {
            let count = match transfer.read(&mut piece) {
                Ok(0) => break,
                Ok(count) => count,
                // Some servers leave TLS without a farewell. Whether the file is whole, its size says.
                Err(error) if error.kind() == io::ErrorKind::UnexpectedEof => break,
                Err(error) => return Err(transfer.explain(error)),
            };
            *received += count as u64;
            if let Err(error) = into.write_all(&piece[..count]) {
                return Err(transfer.abandon(Failure::Local(error)));
            }
        }
        transfer.complete()
    }

    pub fn write(&mut self, path: &str, content: &mut Content) -> Result<(), Failure> {
        match self.send(path, content) {
            Ok(()) => {}
            // Refused for its name, or because its folder is not there: the answers are the same.
            Err(Failure::Refused(reply)) => return Err(self.denied_or_missing(reply, path)?),
            Err(Failure::DataTls(reply)) if !content.rewind() => return Err(Failure::DataTlsTooLate(reply)),
            Err(failure) => return Err(failure),
        }
        match self.size(path)? {
            Some(found) if found == content.size() => Ok(()),
            found => Err(Failure::StoredOther { sent: content.size(), found }),
        }
    }

    fn send(&mut self, path: &str, content: &mut Content) -> Result<(), Failure> {
        let mut transfer = self.transfer(format!("STOR {path}"))?;
        let mut piece = vec![0; PIECE];
        loop {
            match content.next(&mut piece) {
                Ok(0) => break,
                Ok(count) => {
                    if let Err(error) = transfer.write_all(&piece[..count]) {
                        return Err(transfer.explain(error));
                    }
                }
                Err(failure) => return Err(transfer.abandon(failure)),
            }
        }
        match transfer.finish_sending() {
            Ok(()) => transfer.complete(),
            Err(error) => Err(transfer.explain(error)),
        }
    }

    /// None where there is no file: nothing, or a folder.
    pub fn size(&mut self, path: &str) -> Result<Option<u64>, Failure> {
        let reply = self.ask(&format!("SIZE {path}"))?;
        match (reply.code, reply.argument().and_then(|size| size.parse().ok())) {
            (213, Some(size)) => Ok(Some(size)),
            (550, _) => Ok(None),
            (500 | 502, _) => self.size_in_listing(path),
            (213, None) => Err(Failure::NotUnderstood(reply.text)),
            _ => Err(Failure::Refused(reply)),
        }
    }

    fn size_in_listing(&mut self, path: &str) -> Result<Option<u64>, Failure> {
        let (folder, name) = folder_and_name(path);
        match self.list(folder, Utc::now()) {
            Ok(listing) => Ok(listing.files.iter().find(|entry| entry.name == name).map(|entry| entry.size)),
            Err(Failure::Missing(_)) => Ok(None),
            // Only a listing that was asked for as such may be asked for again.
            Err(Failure::CutShort(error)) => Err(Failure::Lost(error)),
            Err(Failure::DataTls(reply)) => Err(Failure::Refused(reply)),
            Err(failure) => Err(failure),
        }
    }

    pub fn rename(&mut self, from: &str, to: &str) -> Result<Replacement, Failure> {
        let Some(refused) = self.try_to_rename(from, to)? else {
            return Ok(Replacement::Atomic);
        };
        if !matches!(refused.code, 550 | 553) || self.size(to)?.is_none() {
            return Err(self.denied_or_missing(refused, to)?);
        }
        self.replace(from, to)
    }

    /// The old file goes aside, the new one takes its name, and the old one is removed; or it comes back.
    fn replace(&mut self, from: &str, to: &str) -> Result<Replacement, Failure> {
        let aside = handover::aside(to);
        // What an attempt left that was cut off; there is none as a rule.
        self.ask(&format!("DELE {aside}"))?;
        if let Some(refused) = self.try_to_rename(to, &aside)? {
            return Err(Failure::Refused(refused));
        }
        if let Some(refused) = self.try_to_rename(from, to)? {
            self.try_to_rename(&aside, to)?;
            return Err(Failure::Refused(refused));
        }
        match self.remove(&aside) {
            Err(Failure::Refused(reply)) => {
                tracing::warn!("the old file stays on the server under a name of ours: {reply}");
            }
            outcome => outcome?,
        }
        Ok(Replacement::InTwoSteps)
    }

    /// The refusal of the new name, where there was one; an old name that is not there fails.
    fn try_to_rename(&mut self, from: &str, to: &str) -> Result<Option<Reply>, Failure> {
        let reply = self.ask(&format!("RNFR {from}"))?;
        match reply.code {
            350 => {}
            550 if self.size(from)?.is_none() => return Err(Failure::Missing(reply)),
            _ => return Err(Failure::Refused(reply)),
        }
        let reply = self.ask(&format!("RNTO {to}"))?;
        Ok(if reply.is_done() { None } else { Some(reply) })
    }

    pub fn remove(&mut self, path: &str) -> Result<(), Failure> {
        let reply = self.ask(&format!("DELE {path}"))?;
        if reply.is_done() || (reply.kind() == Kind::Denied && self.size(path)?.is_none()) {
            return Ok(());
        }
        Err(Failure::Refused(reply))
    }

    pub fn make_folder(&mut self, path: &str) -> Result<(), Failure> {
        let reply = self.ask(&format!("MKD {path}"))?;
        if reply.is_done() || self.has_folder(path)? {
            return Ok(());
        }
        Err(self.denied_or_missing(reply, path)?)
    }

    pub fn remove_folder(&mut self, path: &str) -> Result<(), Failure> {
        // No server removes the folder that it is in.
        let root = self.root.clone();
        self.change_folder(&root)?;
        self.order(&format!("RMD {path}")).map(drop)
    }

    /// What a refusal means for a path: without its folder it can only be missing.
    fn denied_or_missing(&mut self, reply: Reply, path: &str) -> Result<Failure, Failure> {
        let may_be_missing = matches!(reply.code, 450 | 451 | 550 | 551 | 553);
        let missing = may_be_missing && !self.has_folder(folder_and_name(path).0)?;
        Ok(if missing { Failure::Missing(reply) } else { Failure::Refused(reply) })
    }

    fn has_folder(&mut self, path: &str) -> Result<bool, Failure> {
        match self.change_folder(path) {
            Ok(()) => Ok(true),
            Err(Failure::Missing(_)) => Ok(false),
            Err(failure) => Err(failure),
        }
    }

    pub(super) fn change_folder(&mut self, folder: &str) -> Result<(), Failure> {
        let reply = self.ask(&format!("CWD {folder}"))?;
        match reply.code {
            _ if reply.is_done() => Ok(()),
            550 => Err(Failure::Missing(reply)),
            _ => Err(Failure::Refused(reply)),
        }
    }

    /// What the server said before anyone had logged in.
    pub(super) fn greeting(&self) -> Option<&str> {
        self.client.get_welcome_msg().map(|text| text.trim_start_matches("220").trim_start_matches([' ', '-']))
    }

    pub(super) fn transfer(&mut self, command: String) -> Result<Transfer<'_>, Failure> {
        Transfer::open(&mut self.client, command, &self.watchdog, self.timeout)
    }

    /// Asks for something that must be done.
    fn order(&mut self, command: &str) -> Result<Reply, Failure> {
        let reply = self.ask(command)?;
        if reply.is_done() { Ok(reply) } else { Err(Failure::Refused(reply)) }
    }

    pub(super) fn ask(&mut self, command: &str) -> Result<Reply, Failure> {
        // Where no answer is expected, the library hands out each as it came.
        match self.client.custom_command(command, &[]) {
            Ok(response) | Err(FtpError::UnexpectedResponse(response)) => Ok(response.into()),
            Err(error) => Err(error.into()),
        }
    }

    pub fn say_goodbye(mut self) {
        // The answer decides nothing, and some servers give none.
        let bounded = self.client.get_ref().set_read_timeout(Some(GOODBYE));
        if bounded.is_ok() {
            let _ = self.ask("QUIT");
        }
    }

    /// Ends without a word, because it is not known any more which answer belongs to which question.
    pub fn hang_up(self) {
        self.watchdog.shut();
    }
}

fn folder_and_name(path: &str) -> (&str, &str) {
    match path.rsplit_once('/') {
        Some(("", name)) => ("/", name),
        Some((folder, name)) => (folder, name),
        None => ("", path),
    }
}

fn inside(folder: &str, name: &str) -> String {
    format!("{}/{name}", folder.trim_end_matches('/'))
}
