//! Questions and answers: any number of questions may be under way, and the answers come in any order.

use std::collections::HashMap;
use std::time::Duration;

use super::attributes::Attributes;
use super::failure::Failure;
use super::fields::Fields;
use super::packets::{LONGEST, Packets};
use super::pipe::Pipe;
use super::reply::{Greeting, Reply};
use super::request::{self, FSYNC, Handle, LIMITS, POSIX_RENAME, Request, VERSION};
use super::status::OK;
use crate::transport::{Kind, shown};

/// Questions are collected up to so many bytes, unless an answer is waited for: full packets are cheaper.
const SENT_AT_ONCE: usize = 256 * 1024;

/// What every server reads and writes at once, in bytes: draft-ietf-secsh-filexfer-02, section 3.
const USUAL_PIECE: u32 = 32 * 1024;

/// Leaves room in a packet for what stands before the bytes.
const LONGEST_PIECE: u32 = LONGEST as u32 - 1024;

/// What may be under way at once: as much as a server lets in ahead of its work, and more.
const MOST_QUESTIONS: usize = 128;
const MOST_BYTES: usize = 4 << 20;

pub struct Conversation {
    pipe: Pipe,
    /// Questions that are not sent yet.
    outgoing: Vec<u8>,
    incoming: Packets,
    last_id: u32,
    questions: HashMap<u32, Question>,
    /// The id of the question about the server's limits, until it is answered.
    limits: Option<u32>,
    pub abilities: Abilities,
    /// The names of what it says that it can do.
    pub extensions: Vec<String>,
}

/// What the server can do beyond its version.
#[derive(Debug, Clone, Copy)]
pub struct Abilities {
    pub posix_rename: bool,
    pub sync: bool,
    /// The most bytes of a file that it gives at once.
    pub read: u32,
    /// The most bytes of a file that it takes at once.
    pub write: u32,
}

enum Question {
    Asked,
    Answered(Reply),
    /// Its answer is of no interest.
    Forgotten,
}

/// Stands for an answer that is to come.
#[must_use = "an answer that nobody takes is kept for ever"]
pub struct Ticket(u32);

impl Conversation {
    /// Says who we are, and learns what the server can do.
    pub fn open(session: &ssh2::Session, patience: Duration) -> Result<Conversation, Failure> {
        Conversation::over(Pipe::open(session, patience)?)
    }

    /// One more with the same server.
    pub fn another(&self) -> Result<Conversation, Failure> {
        Conversation::over(self.pipe.another()?)
    }

    fn over(pipe: Pipe) -> Result<Conversation, Failure> {
        let mut conversation = Conversation {
            pipe,
            outgoing: request::greeting(),
            incoming: Packets::default(),
            last_id: 0,
            questions: HashMap::new(),
            limits: None,
            abilities: Abilities { posix_rename: false, sync: false, read: USUAL_PIECE, write: USUAL_PIECE },
            extensions: Vec::new(),
        };
        conversation.send()?;
        let greeting = conversation.greeting()?;
        conversation.abilities.posix_rename = greeting.announces(POSIX_RENAME);
        conversation.abilities.sync = greeting.announces(FSYNC);
        conversation.extensions = greeting.extensions.iter().map(|name| shown(name)).collect();
        if greeting.announces(LIMITS) {
            // It goes out with the first request, whose answer comes behind this one.
            conversation.limits = Some(conversation.put(Request::Limits));
        }
        Ok(conversation)
    }

    /// Asks something. It may be sent only when an answer is waited for.
    pub fn ask(&mut self, request: Request) -> Result<Ticket, Failure> {
        let id = self.put(request);
        self.questions.insert(id, Question::Asked);
        if self.outgoing.len() >= SENT_AT_ONCE {
            self.send()?;
        }
        Ok(Ticket(id))
    }

    fn put(&mut self, request: Request) -> u32 {
        self.last_id = self.last_id.wrapping_add(1);
        request.put(&mut self.outgoing, self.last_id);
        self.last_id
    }

    /// Waits for an answer.
    pub fn answer(&mut self, ticket: Ticket) -> Result<Reply, Failure> {
        loop {
            match self.questions.remove(&ticket.0) {
                Some(Question::Answered(reply)) => return Ok(reply),
                Some(question) => self.questions.insert(ticket.0, question),
                None => unreachable!("each answer is waited for once"),
            };
            self.send()?;
            self.receive()?;
        }
    }

    /// Waits for the server's word that it was done.
    pub fn done(&mut self, ticket: Ticket) -> Result<(), Failure> {
        match self.answer(ticket)? {
            Reply::Status(status) if status.code == OK => Ok(()),
            reply => Err(unexpected(reply)),
        }
    }

    pub fn handle(&mut self, ticket: Ticket) -> Result<Handle, Failure> {
        match self.answer(ticket)? {
            Reply::Handle(handle) => Ok(handle),
            reply => Err(unexpected(reply)),
        }
    }

    /// Lets an answer come when it comes, and does nothing with it.
    pub fn forget(&mut self, ticket: Ticket) {
        if let Some(Question::Asked) = self.questions.remove(&ticket.0) {
            self.questions.insert(ticket.0, Question::Forgotten);
        }
    }

    /// The answers to all that was asked so far are of no interest any more.
    pub fn forget_all(&mut self) {
        self.questions.retain(|_, question| !matches!(question, Question::Answered(_)));
        self.questions.values_mut().for_each(|question| *question = Question::Forgotten);
    }

    /// What a name means, after links; None where it means nothing.
    pub fn look_at(&mut self, path: &[u8]) -> Result<Option<Attributes>, Failure> {
        let looked = self.ask(Request::LookAt { path })?;
        self.attributes(looked)
    }

    /// The attributes that were asked for; None where nothing has that name.
    pub fn attributes(&mut self, ticket: Ticket) -> Result<Option<Attributes>, Failure> {
        match self.answer(ticket)? {
            Reply::Attributes(attributes) => Ok(Some(attributes)),
            Reply::Status(status) if status.kind() == Kind::Missing => Ok(None),
            reply => Err(unexpected(reply)),
        }
    }

    /// Closes what was only read, if the conversation goes on after this outcome; waits for nothing.
    pub fn let_go<T>(&mut self, handle: &Handle, outcome: Result<T, Failure>) -> Result<T, Failure> {
        if outcome.as_ref().err().is_none_or(Failure::leaves_a_conversation) {
            let closed = self.ask(Request::Close(handle))?;
            self.forget(closed);
            self.send()?;
        }
        outcome
    }

    /// How many pieces of a file, each so many bytes long, may be under way at once.
    pub fn most_pieces(length: u32) -> usize {
        (MOST_BYTES / length.max(1) as usize).clamp(1, MOST_QUESTIONS)
    }

    fn greeting(&mut self) -> Result<Greeting, Failure> {
        let packet = loop {
            match self.incoming.next().map_err(|no_packet| no_packet_of_sftp(no_packet.length))? {
                Some(packet) => break packet.to_vec(),
                None => self.fill()?,
            }
        };
        match Greeting::read(&packet) {
            Some(greeting) if greeting.version == VERSION => Ok(greeting),
            Some(greeting) => Err(Failure::NotUnderstood(format!(
                "it speaks version {} of SFTP, and version {VERSION} is needed",
                greeting.version
            ))),
            None => Err(Failure::NotUnderstood("it does not begin as SFTP does".to_owned())),
        }
    }

    fn send(&mut self) -> Result<(), Failure> {
        self.pipe.send(&self.outgoing)?;
        self.outgoing.clear();
        Ok(())
    }

    /// Waits for bytes, and keeps the answers among them.
    fn receive(&mut self) -> Result<(), Failure> {
        self.fill()?;
        while let Some(packet) = self.incoming.next().map_err(|no_packet| no_packet_of_sftp(no_packet.length))? {
            let Some((id, reply)) = Reply::read(packet) else {
                let start = shown(&packet[..packet.len().min(16)]);
                return Err(Failure::NotUnderstood(format!("{} bytes that begin with `{start}`", packet.len())));
            };
            if self.limits == Some(id) {
                self.limits = None;
                self.abilities.learn_limits(&reply);
                continue;
            }
            match self.questions.remove(&id) {
                Some(Question::Asked) => self.questions.insert(id, Question::Answered(reply)),
                Some(Question::Forgotten) => None,
                Some(Question::Answered(_)) | None => {
                    return Err(Failure::NotUnderstood("it answers what was not asked".to_owned()));
                }
            };
        }
        Ok(())
    }

    fn fill(&mut self) -> Result<(), Failure> {
        let count = self.pipe.receive(self.incoming.room())?;
        self.incoming.came(count);
        Ok(())
    }
}

impl Abilities {
    /// A server that announces its limits and does not tell them has the usual ones.
    fn learn_limits(&mut self, reply: &Reply) {
        let Reply::Extended(told) = reply else { return };
        let mut told = Fields(told);
        let (_packet, read, write) = (told.long_number(), told.long_number(), told.long_number());
        self.read = piece(read);
        self.write = piece(write);
    }
}

/// An answer of another kind than the question has: a refusal, as a rule.
pub fn unexpected(reply: Reply) -> Failure {
    match reply {
        Reply::Status(status) if status.code != OK => Failure::Refused(status),
        reply => Failure::NotUnderstood(format!("{} where something else was asked for", reply.what())),
    }
}

/// What a server calls its limit, within our own; 0 is for none.
fn piece(limit: Option<u64>) -> u32 {
    match limit {
        None => USUAL_PIECE,
        Some(0) => LONGEST_PIECE,
        Some(limit) => limit.min(LONGEST_PIECE.into()) as u32,
    }
}

/// A program of the login that prints something is the usual reason.
fn no_packet_of_sftp(length: [u8; 4]) -> Failure {
    let told = u32::from_be_bytes(length);
    Failure::NotUnderstood(format!(
        "it announces a packet of {told} bytes, or prints `{}` where a packet is expected",
        shown(&length)
    ))
}
