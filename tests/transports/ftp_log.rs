//! What a log may hold of a conversation with an FTP server, whatever the level that is asked for.

use std::sync::Mutex;

use log::{LevelFilter, Log, Metadata, Record};

use crate::ftp_site::{PASSWORD, PLAIN, Site};
use crate::scripted::Scripted;

/// Keeps what the library says.
struct Kept(Mutex<Vec<String>>);

static KEPT: Kept = Kept(Mutex::new(Vec::new()));

impl Log for Kept {
    fn enabled(&self, metadata: &Metadata) -> bool {
        metadata.target().starts_with("suppaftp")
    }

    fn log(&self, record: &Record) {
        if self.enabled(record.metadata()) {
            self.0.lock().unwrap().push(record.args().to_string());
        }
    }

    fn flush(&self) {}
}

#[test]
fn a_password_never_reaches_a_log() {
    log::set_logger(&KEPT).unwrap();
    log::set_max_level(LevelFilter::Trace);
    Site::new().connect(Scripted::start(|_, _| false).port, PLAIN).list("").unwrap_err();
    let lines = KEPT.0.lock().unwrap();
    assert!(lines.iter().any(|line| line.contains("anonymous")), "the library logs nothing of a login any more");
    assert!(!lines.iter().any(|line| line.contains(PASSWORD)), "the password was logged");
}
