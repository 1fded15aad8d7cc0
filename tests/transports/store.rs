//! An FTP server that holds files, and that a test may make stop, forget or hang up at any command.

use std::collections::{BTreeMap, BTreeSet};
use std::sync::{Arc, Mutex, MutexGuard};

use crate::certificate::Certificate;
use crate::scripted::{Scripted, Talk};

/// What a test does with a command.
pub enum Turn {
    Usual,
    /// Nothing is done and nothing is answered: the connection ends.
    HangUp,
    /// It is done, and the connection ends before the answer.
    HangUpAfter,
    /// It is done and answered, and the connection ends.
    HangUpAfterAnswer,
    /// It was answered by the test, or never is.
    Answered,
}

type Whim = dyn Fn(&str, &mut Talk, &Store) -> Turn + Send + Sync;

pub struct Store {
    files: Mutex<BTreeMap<String, Vec<u8>>>,
    folders: Mutex<BTreeSet<String>>,
}

/// Starts a server with these files, whose folders are there.
pub fn start(
    files: &[(&str, &[u8])],
    whim: impl Fn(&str, &mut Talk, &Store) -> Turn + Send + Sync + 'static,
) -> (Scripted, Arc<Store>) {
    start_with(None, files, whim)
}

/// The same, with TLS where there is a certificate to show.
pub fn start_with(
    certificate: Option<&Certificate>,
    files: &[(&str, &[u8])],
    whim: impl Fn(&str, &mut Talk, &Store) -> Turn + Send + Sync + 'static,
) -> (Scripted, Arc<Store>) {
    let files: BTreeMap<_, _> = files.iter().map(|(path, bytes)| (path.to_string(), bytes.to_vec())).collect();
    let folders = files.keys().map(|path| folder_of(path).to_owned()).chain(["/".to_owned()]).collect();
    let store = Arc::new(Store { files: Mutex::new(files), folders: Mutex::new(folders) });
    let (whim, kept): (Arc<Whim>, _) = (Arc::new(whim), Arc::clone(&store));
    let script = move |command: &str, talk: &mut Talk| {
        match whim(command, talk, &store) {
            Turn::Usual => return store.perform(command, talk),
            Turn::HangUp => talk.hang_up(),
            Turn::HangUpAfter => {
                talk.silence();
                store.perform(command, talk);
                talk.hang_up();
            }
            Turn::HangUpAfterAnswer => {
                store.perform(command, talk);
                talk.hang_up();
            }
            Turn::Answered => {}
        }
        true
    };
    let scripted = match certificate {
        Some(certificate) => Scripted::with_tls(certificate, script),
        None => Scripted::start(script),
    };
    (scripted, kept)
}

impl Store {
    pub fn files(&self) -> MutexGuard<'_, BTreeMap<String, Vec<u8>>> {
        self.files.lock().unwrap()
    }

    pub fn names(&self) -> Vec<String> {
        self.files().keys().cloned().collect()
    }

    /// False for what every server says alike.
    fn perform(&self, command: &str, talk: &mut Talk) -> bool {
        let (word, path) = command.split_once(' ').unwrap_or((command, ""));
        match word {
            "CWD" | "PWD" => return self.walk(word, path, talk),
            "MLSD" => self.list(talk),
            "SIZE" => match self.files().get(path) {
                Some(bytes) => talk.say(&format!("213 {}", bytes.len())),
                None => talk.say("550 no such file"),
            },
            "RETR" => {
                let bytes = self.files()[path].clone();
                talk.send(&bytes);
            }
            "STOR" => {
                let bytes = talk.take().unwrap();
                self.files().insert(path.to_owned(), bytes);
                talk.say("226 stored");
            }
            "DELE" => match self.files().remove(path) {
                Some(_) => talk.say("250 removed"),
                None => talk.say("550 no such file"),
            },
            "MKD" => {
                self.folders.lock().unwrap().insert(path.to_owned());
                talk.say("257 made");
            }
            "RNFR" => match self.files().contains_key(path) {
                true => {
                    talk.remembered = path.to_owned();
                    talk.say("350 and?");
                }
                false => talk.say("550 no such file"),
            },
            "RNTO" => {
                self.rename(&talk.remembered, path);
                talk.say("250 renamed");
            }
            _ => return false,
        }
        true
    }

    pub fn rename(&self, from: &str, to: &str) {
        let mut files = self.files();
        let bytes = files.remove(from).unwrap();
        files.insert(to.to_owned(), bytes);
    }

    fn walk(&self, word: &str, path: &str, talk: &mut Talk) -> bool {
        if word == "PWD" {
            return false;
        }
        match self.folders.lock().unwrap().contains(path) {
            true => {
                talk.folder = path.to_owned();
                talk.say("250 here");
            }
            false => talk.say("550 no such folder"),
        }
        true
    }

    fn list(&self, talk: &mut Talk) {
        let line = |(path, bytes): (&String, &Vec<u8>)| {
            let name = path.rsplit('/').next().unwrap();
            format!("type=file;size={};modify=20261122220000; {name}\r\n", bytes.len())
        };
        let here = talk.folder.clone();
        let listing: String = self.files().iter().filter(|(path, _)| folder_of(path) == here).map(line).collect();
        talk.send(listing.as_bytes());
    }
}

fn folder_of(path: &str) -> &str {
    match path.rsplit_once('/') {
        Some(("", _)) | None => "/",
        Some((folder, _)) => folder,
    }
}
