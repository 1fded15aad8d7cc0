//! Sending a file: its pieces are under way side by side, and it is not sent before the server confirmed each of them.

use std::collections::VecDeque;
use std::io::Read;

use super::conversation::{Conversation, Ticket};
use super::failure::Failure;
use super::reply::Reply;
use super::request::{Handle, Request};
use super::status::{FAILURE, OP_UNSUPPORTED};

/// The partner's programs may run as another user, so the server's own rules decide who reads the file.
const PERMISSIONS: u32 = 0o644;

/// Writes `size` bytes in place of what the file held, and makes sure that the server has them. Where there is a second
/// conversation, every other piece goes over that.
pub fn upload(
    server: &mut Conversation,
    beside: Option<&mut Conversation>,
    path: &[u8],
    content: &mut dyn Read,
    size: u64,
) -> Result<(), Failure> {
    let opened = server.ask(Request::OpenToWrite { path, permissions: PERMISSIONS })?;
    let first = Lane::new(server, opened)?;
    let second = beside.map(|server| Lane::beside(server, path)).transpose()?.flatten();
    let mut upload = Upload { size, sent: 0, first, second };
    let outcome = upload.send(content).and_then(|()| upload.finish());
    let Upload { sent, first: Lane { server, handle, .. }, second, .. } = upload;
    let stored = match outcome {
        Err(failure) => {
            let mut failed = Err(failure);
            if let Some(Lane { server, handle, .. }) = second {
                failed = server.let_go(&handle, failed);
            }
            return server.let_go(&handle, failed);
        }
        Ok(stored) => stored,
    };
    compare(size, sent)?;
    if stored == Some(size) {
        return Ok(());
    }
    // Some servers tell the size of a file only once it is closed.
    let attributes = server.look_at(path)?;
    compare(size, attributes.and_then(|attributes| attributes.size).unwrap_or_default())
}

struct Upload<'a> {
    /// How many bytes were announced.
    size: u64,
    /// How many bytes were sent.
    sent: u64,
    first: Lane<'a>,
    second: Option<Lane<'a>>,
}

/// A conversation in which the file is open.
struct Lane<'a> {
    server: &'a mut Conversation,
    handle: Handle,
    /// The pieces that the server has not confirmed.
    under_way: VecDeque<Ticket>,
}

impl Upload<'_> {
    fn send(&mut self, content: &mut dyn Read) -> Result<(), Failure> {
        let length = self.first.server.abilities.write;
        let mut piece = Vec::with_capacity(length as usize);
        loop {
            piece.clear();
            (&mut *content).take(length.into()).read_to_end(&mut piece).map_err(Failure::Local)?;
            if piece.is_empty() {
                return Ok(());
            }
            let offset = self.sent;
            self.sent += piece.len() as u64;
            // A file that has its size may have no hole, wherever we are cut off: its end is written when all else is.
            if self.sent >= self.size {
                self.close_second()?;
            }
            let lane = match &mut self.second {
                Some(second) if !(offset / u64::from(length)).is_multiple_of(2) => second,
                _ => &mut self.first,
            };
            lane.send(offset, &piece, Conversation::most_pieces(length))?;
        }
    }

    fn close_second(&mut self) -> Result<(), Failure> {
        self.second.take().map_or(Ok(()), Lane::close)
    }

    /// Returns the size that the server tells, if it does.
    ///
    /// All of it goes out behind the last piece without waiting: a server has to do what concerns one file in the order
    /// in which it was asked ("Request Synchronization and Reordering" in draft-ietf-secsh-filexfer-02).
    fn finish(&mut self) -> Result<Option<u64>, Failure> {
        self.close_second()?;
        let Lane { server, handle, .. } = &mut self.first;
        let sync = server.abilities.sync.then(|| server.ask(Request::Sync(handle))).transpose()?;
        let looked = server.ask(Request::Look(handle))?;
        let closed = server.ask(Request::Close(handle))?;
        self.first.confirm_all()?;
        if let Some(synced) = sync {
            self.first.confirm_sync(synced)?;
        }
        let server = &mut self.first.server;
        let stored = match server.answer(looked)? {
            Reply::Attributes(attributes) => attributes.size,
            _ => None,
        };
        server.done(closed).map_err(not_taken)?;
        Ok(stored)
    }
}

impl Lane<'_> {
    fn new(server: &mut Conversation, opened: Ticket) -> Result<Lane<'_>, Failure> {
        let handle = server.handle(opened)?;
        Ok(Lane { server, handle, under_way: VecDeque::new() })
    }

    /// None where the server does not open the file once more.
    fn beside<'a>(server: &'a mut Conversation, path: &[u8]) -> Result<Option<Lane<'a>>, Failure> {
        let opened = server.ask(Request::OpenToWriteMore { path })?;
        match Lane::new(server, opened) {
            Ok(lane) => Ok(Some(lane)),
            Err(Failure::Refused(_)) => Ok(None),
            Err(failure) => Err(failure),
        }
    }

    fn send(&mut self, offset: u64, bytes: &[u8], most_under_way: usize) -> Result<(), Failure> {
        if self.under_way.len() == most_under_way {
            self.confirm_one()?;
        }
        let request = Request::Write { handle: &self.handle, offset, bytes };
        self.under_way.push_back(self.server.ask(request)?);
        Ok(())
    }

    fn close(mut self) -> Result<(), Failure> {
        let closed = self.server.ask(Request::Close(&self.handle))?;
        self.confirm_all()?;
        self.server.done(closed).map_err(not_taken)
    }

    fn confirm_all(&mut self) -> Result<(), Failure> {
        while !self.under_way.is_empty() {
            self.confirm_one()?;
        }
        Ok(())
    }

    fn confirm_one(&mut self) -> Result<(), Failure> {
        let first = self.under_way.pop_front().expect("the caller saw that a piece is under way");
        self.server.done(first).map_err(not_taken)
    }

    /// A disk or a network behind the server may fail only now. One that knows no syncing is no failure.
    fn confirm_sync(&mut self, synced: Ticket) -> Result<(), Failure> {
        match self.server.done(synced).map_err(not_taken) {
            Err(Failure::Refused(status)) => {
                if status.code == OP_UNSUPPORTED {
                    self.server.abilities.sync = false;
                }
                Ok(())
            }
            outcome => outcome,
        }
    }
}

/// Servers have no code of version 3 for a full disk but this one, which they have for much else.
fn not_taken(failure: Failure) -> Failure {
    match failure {
        Failure::Refused(status) if status.code == FAILURE => Failure::NotTaken(status),
        failure => failure,
    }
}

fn compare(expected: u64, found: u64) -> Result<(), Failure> {
    if expected == found { Ok(()) } else { Err(Failure::OtherSize { expected, found }) }
}
