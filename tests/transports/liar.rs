//! What a server under test says that is not so, or refuses, and how often it still does.

use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};

use crate::scripted::Talk;
use crate::store::{Store, Turn};

#[derive(Clone, Copy, PartialEq)]
pub enum Lie {
    Full,
    OverQuota,
    /// Of a file it stores one half, and says that all is well.
    StoresHalf,
    /// A name must be free before a file gets it.
    OnlyFreeNames,
    NoRename,
    /// As where a name is taken; only that it never is free enough.
    NoNameIsFree,
    SilentUpload,
    SilentRename,
    IdleIsCut,
    Garbage,
    WrongAnswer,
    NoListing,
    HalfListing,
    CutsFetch,
    /// Of a file it sends one half, and says that this was all.
    SendsHalf,
}

/// Tells one lie, or none.
#[derive(Clone, Default)]
pub struct Liar {
    lie: Option<Lie>,
    left: Arc<AtomicUsize>,
    told: Arc<AtomicUsize>,
}

impl Liar {
    pub fn new(lie: Lie, times: usize) -> Liar {
        Liar { lie: Some(lie), left: Arc::new(times.into()), told: Arc::default() }
    }

    /// Whether it is told now; then it has been.
    pub fn tells(&self, lie: Lie) -> bool {
        let count = |left: usize| left.checked_sub(1);
        let tells = self.lie == Some(lie) && self.left.fetch_update(Ordering::SeqCst, Ordering::SeqCst, count).is_ok();
        self.told.fetch_add(tells.into(), Ordering::SeqCst);
        tells
    }

    /// Lies no more. Says how often it has.
    pub fn mends(&self) -> usize {
        self.left.store(0, Ordering::SeqCst);
        self.told.load(Ordering::SeqCst)
    }

    /// The lie, in the words of FTP.
    pub fn over_ftp(self) -> impl Fn(&str, &mut Talk, &Store) -> Turn + Send + Sync {
        move |command, talk, store| {
            let (word, path) = command.split_once(' ').unwrap_or((command, ""));
            let half = |bytes: &[u8]| bytes[..bytes.len() / 2].to_vec();
            let keep = |bytes| drop(store.files().insert(path.to_owned(), bytes));
            let part = |talk: &mut Talk, bytes: &[u8], end| {
                talk.send_and_say(bytes, end);
                Turn::Answered
            };
            match word {
                "STOR" if self.tells(Lie::Full) => answer_upload(talk, drop, "452 Insufficient storage space"),
                "STOR" if self.tells(Lie::OverQuota) => answer_upload(talk, drop, "552 Quota exceeded"),
                "STOR" if self.tells(Lie::StoresHalf) => answer_upload(talk, |all| keep(half(&all)), "226 stored"),
                "STOR" if self.tells(Lie::WrongAnswer) => answer_upload(talk, keep, "350 and?"),
                "STOR" if self.tells(Lie::SilentUpload) => {
                    keep(talk.take().unwrap());
                    Turn::Answered
                }
                "RNFR" if self.tells(Lie::IdleIsCut) => Turn::HangUp,
                "RNTO" if self.tells(Lie::SilentRename) => {
                    talk.silence();
                    Turn::Usual
                }
                "RNTO" if store.files().contains_key(path) && self.tells(Lie::OnlyFreeNames) => {
                    answer(talk, "550 Cannot create a file when that file already exists.")
                }
                "RNFR" if self.tells(Lie::NoRename) => answer(talk, "550 Permission denied"),
                "RNTO" if self.tells(Lie::NoNameIsFree) => answer(talk, "550 Permission denied"),
                "RNTO" if self.tells(Lie::Garbage) => answer(talk, "<html>Come back later</html>"),
                "MLSD" if self.tells(Lie::NoListing) => answer(talk, "451 Local error in processing"),
                "MLSD" if self.tells(Lie::HalfListing) => part(talk, b"type=file;size=1", "426 Connection broken"),
                "RETR" if self.tells(Lie::CutsFetch) => {
                    part(talk, &half(&store.files()[path]), "426 Connection broken")
                }
                "RETR" if self.tells(Lie::SendsHalf) => part(talk, &half(&store.files()[path]), "226 that was it"),
                _ => Turn::Usual,
            }
        }
    }
}

fn answer(talk: &mut Talk, line: &str) -> Turn {
    talk.say(line);
    Turn::Answered
}

fn answer_upload(talk: &mut Talk, keep: impl FnOnce(Vec<u8>), line: &str) -> Turn {
    keep(talk.take().unwrap());
    answer(talk, line)
}
