//! A second channel to the same server, on which the half of a big file goes.

use super::conversation::Conversation;

/// How much may be under way on a channel is the server's choice: 2 MiB with OpenSSH, which is 100 MiB/s over 20 ms. From
/// this size on, in bytes, twice as much is worth the four round trips that another channel takes.
const BIG: u64 = 16 << 20;

/// Other servers may lock a file that is open, act on every closing of it, or keep it where two cannot write at once.
const KNOWN: &str = "SSH-2.0-OpenSSH_";

pub struct Beside {
    /// As far as is known: the server's operator may allow one channel only.
    is_borne: bool,
    opened: Option<Conversation>,
}

impl Beside {
    /// `ssh` has shaken hands with the server.
    pub fn new(ssh: &ssh2::Session) -> Beside {
        Beside { is_borne: ssh.banner().is_some_and(|banner| banner.starts_with(KNOWN)), opened: None }
    }

    /// For a file of so many bytes that is sent to the `first`; None where it is not worth it, or not to be had.
    pub fn for_file(&mut self, size: u64, first: &Conversation) -> Option<&mut Conversation> {
        if size < BIG {
            return None;
        }
        if self.is_borne && self.opened.is_none() {
            self.opened = first.another().ok();
            self.is_borne = self.opened.is_some();
        }
        self.opened.as_mut()
    }

    /// The answers to all that was asked so far are of no interest any more.
    pub fn forget_all(&mut self) {
        self.opened.iter_mut().for_each(Conversation::forget_all);
    }
}
