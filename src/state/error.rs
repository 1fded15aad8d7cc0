//! A failure of the state: what was tried on what, and whether trying later may help.

use std::error::Error as StdError;

use rusqlite::ErrorCode;
use rusqlite::ffi::SQLITE_READONLY_ROLLBACK;

/// What kind of failure it is, for whoever decides what to do next.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Kind {
    /// Another process has it.
    Locked,
    /// Another process has it, and gives it back soon.
    HeldBriefly,
    /// It is not what Passerelle wrote.
    Damaged,
    /// A newer Passerelle wrote it.
    Newer,
    /// It can be read only after a run has repaired it or brought it up to date.
    Behind,
    /// The system does not let us: no room, no permission, no such folder.
    Disk,
}

/// Says what was tried on what; the cause is the source.
#[derive(Debug, thiserror::Error)]
#[error("{tried}")]
pub struct Error {
    pub kind: Kind,
    tried: String,
    #[source]
    cause: Option<Box<dyn StdError + Send + Sync>>,
}

impl Error {
    /// `tried` is a clause such as "open /var/lib/passerelle/state.db", without its cause.
    pub(super) fn new(kind: Kind, tried: impl Into<String>) -> Error {
        Error { kind, tried: tried.into(), cause: None }
    }

    pub(super) fn caused_by(self, cause: impl Into<Box<dyn StdError + Send + Sync>>) -> Error {
        Error { cause: Some(cause.into()), ..self }
    }

    /// The same, with more to say about its cause.
    pub(super) fn and(self, more: &str) -> Error {
        let cause = self.cause.as_ref().map(|cause| format!("{cause}; {more}"));
        self.caused_by(cause.unwrap_or_else(|| more.into()))
    }

    pub(super) fn from_sqlite(tried: impl Into<String>, cause: rusqlite::Error) -> Error {
        let kind = kind(&cause);
        let meaning = match kind {
            Kind::Locked | Kind::HeldBriefly => "another process is using it",
            Kind::Behind => "the last run was cut off; run once without --dry-run, which repairs it",
            Kind::Damaged | Kind::Newer => "it is damaged, or no state of Passerelle; check the path",
            Kind::Disk => match cause.sqlite_error_code() {
                Some(ErrorCode::DiskFull) => "the disk is full; make room",
                Some(ErrorCode::ReadOnly) => "it may only be read; check owner and rights of the file and its folder",
                _ => "the system does not allow it",
            },
        };
        // In one text: as a source of its own, the error of `rusqlite` says everything twice.
        Error::new(kind, tried).caused_by(format!("{meaning} (SQLite: {cause})"))
    }

    pub fn later_may_help(&self) -> bool {
        match self.kind {
            Kind::Locked | Kind::HeldBriefly => true,
            Kind::Damaged | Kind::Newer | Kind::Behind | Kind::Disk => false,
        }
    }
}

fn kind(cause: &rusqlite::Error) -> Kind {
    let rusqlite::Error::SqliteFailure(failure, _) = cause else {
        return Kind::Damaged;
    };
    match failure.code {
        ErrorCode::DatabaseBusy | ErrorCode::DatabaseLocked => Kind::Locked,
        _ if failure.extended_code == SQLITE_READONLY_ROLLBACK => Kind::Behind,
        ErrorCode::CannotOpen
        | ErrorCode::DiskFull
        | ErrorCode::SystemIoFailure
        | ErrorCode::PermissionDenied
        | ErrorCode::ReadOnly
        | ErrorCode::OutOfMemory
        | ErrorCode::FileLockingProtocolFailed
        | ErrorCode::NoLargeFileSupport => Kind::Disk,
        _ => Kind::Damaged,
    }
}
