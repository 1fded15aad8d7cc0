//! An SFTP server that does what a test tells it, byte by byte, to be as wrong as servers are.

use std::collections::BTreeMap;
use std::sync::{Arc, Mutex};

use tokio::io::{AsyncRead, AsyncReadExt, AsyncWrite, AsyncWriteExt};

// Of draft-ietf-secsh-filexfer-02.
pub const INIT: u8 = 1;
pub const OPEN: u8 = 3;
pub const CLOSE: u8 = 4;
pub const READ: u8 = 5;
pub const WRITE: u8 = 6;
pub const FSTAT: u8 = 8;
pub const OPENDIR: u8 = 11;
pub const READDIR: u8 = 12;
pub const REMOVE: u8 = 13;
pub const STAT: u8 = 17;
pub const RENAME: u8 = 18;
pub const EXTENDED: u8 = 200;

pub const OK: u32 = 0;
pub const EOF: u32 = 1;
pub const NO_SUCH_FILE: u32 = 2;
pub const PERMISSION_DENIED: u32 = 3;
pub const FAILURE: u32 = 4;
pub const OP_UNSUPPORTED: u32 = 8;

/// Answers a request; false leaves it to [`Talk::usual`].
type Answer = dyn Fn(&Asked, &mut Talk) -> bool + Send + Sync;

#[derive(Clone)]
pub struct Script {
    answer: Arc<Answer>,
    heard: Arc<Mutex<Heard>>,
}

#[derive(Default)]
struct Heard {
    /// The codes of the requests.
    requests: Vec<u8>,
    /// How often bytes came after which nothing came until some were answered.
    flights: usize,
}

/// A request, without its length.
pub struct Asked {
    pub code: u8,
    pub id: u32,
    fields: Vec<u8>,
}

/// One conversation: a server with one folder, all of whose files can be open.
pub struct Talk {
    files: BTreeMap<Vec<u8>, Vec<u8>>,
    /// What is said next.
    out: Vec<u8>,
    /// Whether it ends after that.
    hangs_up: bool,
}

impl Script {
    pub fn new(answer: impl Fn(&Asked, &mut Talk) -> bool + Send + Sync + 'static) -> Script {
        Script { answer: Arc::new(answer), heard: Arc::default() }
    }

    /// How often a request of this code was heard.
    pub fn heard(&self, code: u8) -> usize {
        self.heard.lock().unwrap().requests.iter().filter(|heard| **heard == code).count()
    }

    pub fn flights(&self) -> usize {
        self.heard.lock().unwrap().flights
    }

    pub async fn answer(self, mut stream: impl AsyncRead + AsyncWrite + Unpin) {
        let mut talk = Talk { files: BTreeMap::new(), out: Vec::new(), hangs_up: false };
        let (mut came, mut piece) = (Vec::new(), vec![0; 1 << 16]);
        while let Ok(count @ 1..) = stream.read(&mut piece).await {
            self.heard.lock().unwrap().flights += 1;
            came.extend_from_slice(&piece[..count]);
            while let Some(asked) = take_request(&mut came) {
                self.heard.lock().unwrap().requests.push(asked.code);
                if !(self.answer)(&asked, &mut talk) {
                    talk.usual(&asked);
                }
            }
            let out = std::mem::take(&mut talk.out);
            if stream.write_all(&out).await.is_err() || talk.hangs_up {
                break;
            }
        }
        let _ = stream.shutdown().await;
    }
}

fn take_request(came: &mut Vec<u8>) -> Option<Asked> {
    let length = u32::from_be_bytes(*came.first_chunk()?) as usize;
    if came.len() < 4 + length {
        return None;
    }
    let packet: Vec<u8> = came.drain(..4 + length).skip(4).collect();
    let id = packet[1..5].try_into().unwrap();
    Some(Asked { code: packet[0], id: u32::from_be_bytes(id), fields: packet[5..].to_vec() })
}

impl Asked {
    /// The strings that come first.
    pub fn strings<const N: usize>(&self) -> [&[u8]; N] {
        let mut rest = &self.fields[..];
        [(); N].map(|()| {
            let (length, after) = rest.split_first_chunk::<4>().unwrap();
            let (string, after) = after.split_at(u32::from_be_bytes(*length) as usize);
            rest = after;
            string
        })
    }

    /// What comes after the first string.
    fn rest(&self) -> &[u8] {
        &self.fields[4 + self.strings::<1>()[0].len()..]
    }

    pub fn offset(&self) -> usize {
        u64::from_be_bytes(*self.rest().first_chunk().unwrap()) as usize
    }

    pub fn length(&self) -> usize {
        u32::from_be_bytes(self.rest()[8..12].try_into().unwrap()) as usize
    }
}

impl Talk {
    /// What a server says that works. The handle of a file is its name.
    pub fn usual(&mut self, asked: &Asked) {
        let name = || asked.strings::<1>()[0].to_vec();
        match asked.code {
            INIT => self.introduce(&["posix-rename@openssh.com"]),
            OPEN => {
                const CREATE: u8 = 8;
                if asked.rest()[3] & CREATE != 0 {
                    self.files.insert(name(), Vec::new());
                }
                match self.files.contains_key(&name()) {
                    true => self.handle(asked, &name()),
                    false => self.status(asked, NO_SUCH_FILE),
                }
            }
            WRITE => {
                let bytes = asked.rest()[12..].to_vec();
                let file = self.files.get_mut(&name()).unwrap();
                file.resize(file.len().max(asked.offset() + bytes.len()), 0);
                file[asked.offset()..][..bytes.len()].copy_from_slice(&bytes);
                self.status(asked, OK);
            }
            READ => {
                let file = self.files[&name()].clone();
                match file.get(asked.offset()..).filter(|rest| !rest.is_empty()) {
                    Some(rest) => self.data(asked, &rest[..rest.len().min(asked.length())]),
                    None => self.status(asked, EOF),
                }
            }
            STAT | FSTAT => match self.files.get(&name()).map(Vec::len) {
                Some(size) => self.file_of(asked, size as u64),
                None => self.status(asked, NO_SUCH_FILE),
            },
            REMOVE => {
                let removed = self.files.remove(&name());
                self.status(asked, if removed.is_some() { OK } else { NO_SUCH_FILE });
            }
            EXTENDED => {
                let [_, from, to] = asked.strings();
                self.rename(asked, from, to);
            }
            RENAME => {
                let [from, to] = asked.strings();
                match self.files.contains_key(to) {
                    true => self.status(asked, FAILURE),
                    false => self.rename(asked, from, to),
                }
            }
            _ => self.status(asked, OK),
        }
    }

    fn rename(&mut self, asked: &Asked, from: &[u8], to: &[u8]) {
        match self.files.remove(from) {
            Some(file) => {
                self.files.insert(to.to_vec(), file);
                self.status(asked, OK);
            }
            None => self.status(asked, NO_SUCH_FILE),
        }
    }

    pub fn introduce(&mut self, extensions: &[&str]) {
        let pairs: Vec<u8> =
            extensions.iter().flat_map(|name| [string(name.as_bytes()), string(b"1")].concat()).collect();
        self.packet(2, &[&3_u32.to_be_bytes()[..], &pairs].concat());
    }

    pub fn put(&mut self, name: &str, content: &[u8]) {
        self.files.insert(name.into(), content.to_vec());
    }

    pub fn has(&self, name: &str) -> bool {
        self.files.contains_key(name.as_bytes())
    }

    pub fn status(&mut self, asked: &Asked, code: u32) {
        self.answer(101, asked.id, &[&code.to_be_bytes()[..], &string(b"so be it"), &string(b"en")].concat());
    }

    pub fn handle(&mut self, asked: &Asked, handle: &[u8]) {
        self.answer(102, asked.id, &string(handle));
    }

    pub fn data(&mut self, asked: &Asked, bytes: &[u8]) {
        self.answer(103, asked.id, &string(bytes));
    }

    /// Names alone: no attributes.
    pub fn names(&mut self, asked: &Asked, names: &[&[u8]]) {
        let entries: Vec<u8> = names.iter().flat_map(|name| [string(name), string(b""), vec![0; 4]].concat()).collect();
        self.answer(104, asked.id, &[&(names.len() as u32).to_be_bytes()[..], &entries].concat());
    }

    pub fn file_of(&mut self, asked: &Asked, size: u64) {
        let attributes = [&5_u32.to_be_bytes()[..], &size.to_be_bytes(), &0o100_644_u32.to_be_bytes()].concat();
        self.answer(105, asked.id, &attributes);
    }

    pub fn answer(&mut self, code: u8, id: u32, fields: &[u8]) {
        self.packet(code, &[&id.to_be_bytes()[..], fields].concat());
    }

    fn packet(&mut self, code: u8, body: &[u8]) {
        self.say(&(body.len() as u32 + 1).to_be_bytes());
        self.say(&[code]);
        self.say(body);
    }

    /// Whatever bytes.
    pub fn say(&mut self, bytes: &[u8]) {
        self.out.extend_from_slice(bytes);
    }

    pub fn hang_up(&mut self) {
        self.hangs_up = true;
    }
}

fn string(bytes: &[u8]) -> Vec<u8> {
    [&(bytes.len() as u32).to_be_bytes()[..], bytes].concat()
}
