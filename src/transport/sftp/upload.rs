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

/// Writes `size` bytes in place of what the file held, and makes sure that the server has them.
pub fn upload(server: &mut Conversation, path: &[u8], content: &mut dyn Read, size: u64) -> Result<(), Failure> {
    let opened = server.ask(Request::OpenToWrite { path, permissions: PERMISSIONS })?;
    let handle = server.handle(opened)?;
    let mut upload = Upload { server, handle, sent: 0, under_way: VecDeque::new() };
    let outcome = upload.send(content).and_then(|()| upload.finish());
    let Upload { server, handle, sent, .. } = upload;
    let stored = match outcome {
        Err(failure) => return server.let_go(&handle, Err(failure)),
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
    server: &'a mut Conversation,
    handle: Handle,
    /// How many bytes were sent.
    sent: u64,
    /// The pieces that the server has not confirmed.
    under_way: VecDeque<Ticket>,
}

impl Upload<'_> {
    fn send(&mut self, content: &mut dyn Read) -> Result<(), Failure> {
        let length = self.server.abilities.write;
        let mut piece = Vec::with_capacity(length as usize);
        loop {
            piece.clear();
            (&mut *content).take(length.into()).read_to_end(&mut piece).map_err(Failure::Local)?;
            if piece.is_empty() {
                return Ok(());
            }
            if self.under_way.len() == Conversation::most_pieces(length) {
                self.confirm_one()?;
            }
            let request = Request::Write { handle: &self.handle, offset: self.sent, bytes: &piece };
            self.under_way.push_back(self.server.ask(request)?);
            self.sent += piece.len() as u64;
        }
    }

    /// Returns the size that the server tells, if it does.
    ///
    /// All of it goes out behind the last piece without waiting: a server has to do what concerns one file in the order
    /// in which it was asked ("Request Synchronization and Reordering" in draft-ietf-secsh-filexfer-02).
    fn finish(&mut self) -> Result<Option<u64>, Failure> {
        let sync = self.server.abilities.sync.then(|| self.server.ask(Request::Sync(&self.handle))).transpose()?;
        let looked = self.server.ask(Request::Look(&self.handle))?;
        let closed = self.server.ask(Request::Close(&self.handle))?;
        while !self.under_way.is_empty() {
            self.confirm_one()?;
        }
        if let Some(synced) = sync {
            self.confirm_sync(synced)?;
        }
        let stored = match self.server.answer(looked)? {
            Reply::Attributes(attributes) => attributes.size,
            _ => None,
        };
        self.server.done(closed).map_err(not_taken)?;
        Ok(stored)
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
