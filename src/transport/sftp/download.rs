//! Fetching a file: its pieces are under way side by side, and are written in their order.

use std::collections::VecDeque;
use std::io::Write;

use super::conversation::{Conversation, Ticket, unexpected};
use super::failure::Failure;
use super::reply::Reply;
use super::request::{Handle, Request};
use super::status::EOF;

/// A server that gives a few bytes once is not asked for so few from then on.
const SHORTEST: u32 = 4096;

/// Copies the bytes of a file; returns how many. They must be as many as the server tells before and after.
pub fn download(server: &mut Conversation, path: &[u8], into: &mut dyn Write) -> Result<u64, Failure> {
    let looked = server.ask(Request::LookAt { path })?;
    let opened = server.ask(Request::OpenToRead { path })?;
    let told = match server.answer(looked)? {
        Reply::Attributes(attributes) => attributes.size,
        // The server may open what it does not tell of.
        _ => None,
    };
    let handle = server.handle(opened)?;
    let mut download = Download { server, handle, told, asked: 0, under_way: VecDeque::new() };
    let outcome = download.fetch(into);
    let Download { server, handle, .. } = download;
    server.let_go(&handle, outcome)
}

struct Download<'a> {
    server: &'a mut Conversation,
    handle: Handle,
    /// The size that the server told.
    told: Option<u64>,
    /// Up to where it was asked to read.
    asked: u64,
    under_way: VecDeque<Piece>,
}

struct Piece {
    ticket: Ticket,
    offset: u64,
    length: u32,
}

impl Download<'_> {
    fn fetch(&mut self, into: &mut dyn Write) -> Result<u64, Failure> {
        let (mut fetched, mut looked) = (0, None);
        loop {
            self.ask_ahead()?;
            if looked.is_none() && self.is_asked_whole() {
                looked = Some(self.server.ask(Request::Look(&self.handle))?);
            }
            let Some(bytes) = self.next_piece()? else { break };
            into.write_all(&bytes).map_err(Failure::Local)?;
            fetched += bytes.len() as u64;
        }
        let looked = looked.map_or_else(|| self.server.ask(Request::Look(&self.handle)), Ok)?;
        let now = match self.server.answer(looked)? {
            Reply::Attributes(attributes) => attributes.size,
            _ => None,
        };
        match [self.told, now].into_iter().flatten().find(|size| *size != fetched) {
            Some(expected) => Err(Failure::OtherSize { expected, found: fetched }),
            None => Ok(fetched),
        }
    }

    /// Asks for as many pieces as may be under way. The last one begins where the file should end: no bytes of it prove
    /// that it does.
    fn ask_ahead(&mut self) -> Result<(), Failure> {
        let length = self.server.abilities.read;
        while self.under_way.len() < Conversation::most_pieces(length) && !self.is_asked_whole() {
            let offset = self.asked;
            let length = match self.told {
                Some(size) if offset < size => u64::from(length).min(size - offset) as u32,
                _ => length,
            };
            let piece = self.ask(offset, length)?;
            self.under_way.push_back(piece);
            self.asked = offset.saturating_add(length.into());
        }
        Ok(())
    }

    fn is_asked_whole(&self) -> bool {
        self.told.is_some_and(|size| self.asked > size)
    }

    fn ask(&mut self, offset: u64, length: u32) -> Result<Piece, Failure> {
        let ticket = self.server.ask(Request::Read { handle: &self.handle, offset, length })?;
        Ok(Piece { ticket, offset, length })
    }

    /// The bytes that come next, None at the end of the file.
    fn next_piece(&mut self) -> Result<Option<Vec<u8>>, Failure> {
        let Some(Piece { ticket, offset, length }) = self.under_way.pop_front() else { return Ok(None) };
        match self.server.answer(ticket)? {
            Reply::Data(bytes) if bytes.is_empty() || bytes.len() > length as usize => {
                Err(Failure::NotUnderstood(format!("{} bytes where {length} were asked for", bytes.len())))
            }
            Reply::Data(bytes) => {
                let (count, end) = (bytes.len() as u32, offset + bytes.len() as u64);
                if count < length && self.told.is_none_or(|size| end < size) {
                    // The server gives less at once than was asked for: the rest now, and less from now on.
                    self.server.abilities.read = count.max(SHORTEST);
                    let rest = self.ask(end, length - count)?;
                    self.under_way.push_front(rest);
                }
                Ok(Some(bytes))
            }
            Reply::Status(status) if status.code == EOF => {
                // What is further ahead is behind the end, too.
                for piece in self.under_way.drain(..) {
                    self.server.forget(piece.ticket);
                }
                Ok(None)
            }
            reply => Err(unexpected(reply)),
        }
    }
}
