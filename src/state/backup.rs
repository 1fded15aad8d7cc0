//! Backups: whole copies of the state, beside it, and the command that restores the newest of them.
//!
//! `state.db.backup` is made when a run begins and the last is older than a day; `state.db.before-4`, before the fourth
//! step of the schema. Of each, the one before it is kept as well, with `.1` at its end.

use std::fs::{self, File, OpenOptions};
use std::io::{self, ErrorKind};
use std::os::unix::ffi::OsStrExt;
use std::os::unix::fs::{OpenOptionsExt, PermissionsExt};
use std::path::{Path, PathBuf};
use std::time::{Duration, SystemTime};

use chrono::{DateTime, Utc};
use rusqlite::types::{ToSqlOutput, ValueRef};
use rusqlite::{Connection, OpenFlags};

use crate::state::{Error, Kind, connect, schema};

/// A night that begins some hours earlier than the last has its backup, too.
const AGE: Duration = Duration::from_hours(20);
const DAILY: &str = "backup";
const BEFORE: &str = "before-";

/// The kind of backup that is due, if one is, of a state that has taken so many of the steps.
pub(super) fn due(path: &Path, taken: usize, steps: usize) -> Option<String> {
    match taken {
        0 => None,
        _ if taken < steps => Some(format!("{BEFORE}{steps}")),
        _ if is_recent(&beside(path, DAILY)) => None,
        _ => Some(DAILY.into()),
    }
}

/// Makes a backup of this kind, of a state that was found whole.
pub(super) fn make(db: &Connection, path: &Path, kind: &str) -> Result<(), Error> {
    let backup = beside(path, kind);
    copy(db, path, &backup)?;
    if kind != DAILY {
        forget_earlier_steps(path, &backup)?;
    }
    tracing::info!("the state is copied to {}", backup.display());
    Ok(())
}

/// The same failure; with the command that restores the newest whole backup, where that is what helps.
pub(super) fn advise(error: Error, path: &Path) -> Error {
    let or = match error.kind {
        Kind::Damaged => "",
        Kind::Newer => "or ",
        Kind::Locked | Kind::HeldBriefly | Kind::Behind | Kind::Disk => return error,
    };
    let all = all(path);
    if all.is_empty() {
        return error;
    }
    let advice = match all.iter().find(|(_, backup)| is_whole(backup)) {
        Some((made, backup)) => {
            let made = DateTime::<Utc>::from(*made).format("%Y-%m-%d %H:%M UTC");
            format!("{or}restore the backup of {made}: {}", command(path, backup))
        }
        None => "none of the backups beside it is whole".into(),
    };
    error.and(&advice)
}

/// A state that is not there, or empty, is a new one; unless there are backups: then it was lost.
pub(super) fn check_none(path: &Path) -> Result<(), Error> {
    if all(path).is_empty() {
        return Ok(());
    }
    let lost = Error::new(Kind::Damaged, format!("open {}", path.display())).caused_by("it is gone or empty");
    Err(advise(lost, path).and("or, to begin anew, move its backups away"))
}

/// The file with the name of the state and such an end.
pub(super) fn beside(path: &Path, end: &str) -> PathBuf {
    let mut name = path.as_os_str().to_owned();
    name.push(".");
    name.push(end);
    name.into()
}

/// One of tomorrow is none: the clock was wrong, then or now.
fn is_recent(backup: &Path) -> bool {
    let made = fs::metadata(backup).and_then(|file| file.modified());
    made.is_ok_and(|made| made.elapsed().is_ok_and(|age| age < AGE))
}

/// Whole, for its owner alone and safe from a power cut; what had the name is kept as the one before.
fn copy(db: &Connection, path: &Path, backup: &Path) -> Result<(), Error> {
    let tried = || format!("copy {} to {}", path.display(), backup.display());
    let failed = |cause: io::Error| Error::new(Kind::Disk, tried()).caused_by(cause);
    // Always the same name: what a killed run left is written over.
    let new = beside(path, "new-backup");
    let written = || -> Result<(), Error> {
        let file = OpenOptions::new().write(true).create(true).truncate(true).mode(0o600).open(&new).map_err(failed)?;
        file.set_permissions(fs::Permissions::from_mode(0o600)).map_err(failed)?;
        let name = ToSqlOutput::Borrowed(ValueRef::Text(new.as_os_str().as_bytes()));
        db.execute("VACUUM INTO ?1", [name]).map_err(|cause| Error::from_sqlite(tried(), cause))?;
        file.sync_all().map_err(failed)
    };
    if let Err(error) = written() {
        // It may be the last room that there was.
        fs::remove_file(&new).ok();
        return Err(error);
    }
    let renamed = || -> io::Result<()> {
        match fs::rename(backup, one_before(backup)) {
            Err(cause) if cause.kind() != ErrorKind::NotFound => return Err(cause),
            _ => fs::rename(&new, backup)?,
        }
        File::open(folder(path))?.sync_all()
    };
    renamed().map_err(failed)
}

fn one_before(backup: &Path) -> PathBuf {
    beside(backup, "1")
}

/// They hold personal data, and no Passerelle that is still in use wants them.
fn forget_earlier_steps(path: &Path, latest: &Path) -> Result<(), Error> {
    let before = beside(path, BEFORE);
    let is_earlier = |backup: &Path| {
        let is_before = backup.as_os_str().as_bytes().starts_with(before.as_os_str().as_bytes());
        is_before && backup != latest && backup != one_before(latest)
    };
    let mut earlier = all(path).into_iter().map(|(_, backup)| backup).filter(|backup| is_earlier(backup));
    earlier.try_for_each(|backup| {
        fs::remove_file(&backup)
            .map_err(|cause| Error::new(Kind::Disk, format!("remove {}", backup.display())).caused_by(cause))
    })
}

/// With the time at which each was made, the newest first. What cannot be looked at is no backup.
fn all(path: &Path) -> Vec<(SystemTime, PathBuf)> {
    let is_ours = |end: &str| {
        let name = end.strip_suffix(".1").unwrap_or(end);
        let steps = name.strip_prefix(BEFORE).unwrap_or_default();
        name == DAILY || (!steps.is_empty() && steps.bytes().all(|digit| digit.is_ascii_digit()))
    };
    let start = [path.file_name().unwrap_or_default().as_bytes(), b"."].concat();
    let entries = fs::read_dir(folder(path)).into_iter().flatten().flatten();
    let mut all: Vec<_> = entries
        .filter(|entry| {
            let name = entry.file_name();
            let end = name.as_bytes().strip_prefix(&start[..]).and_then(|end| str::from_utf8(end).ok());
            end.is_some_and(is_ours)
        })
        .filter_map(|entry| Some((entry.metadata().ok()?.modified().ok()?, folder(path).join(entry.file_name()))))
        .collect();
    all.sort();
    all.reverse();
    all
}

fn folder(path: &Path) -> &Path {
    path.parent().filter(|folder| !folder.as_os_str().is_empty()).unwrap_or(Path::new("."))
}

fn is_whole(backup: &Path) -> bool {
    let steps_taken = || -> Result<usize, schema::Obstacle> {
        let db = connect(backup, OpenFlags::SQLITE_OPEN_READ_ONLY)?;
        schema::check_whole(&db, "integrity_check")?;
        schema::taken(&db, schema::STEPS)
    };
    steps_taken().is_ok_and(|taken| taken > 0)
}

/// For a shell. The journal goes first: SQLite would write what is in it over the backup. What was there is kept.
fn command(path: &Path, backup: &Path) -> String {
    let mut journal = path.as_os_str().to_owned();
    journal.push("-journal");
    let (state, journal) = (quoted(path), quoted(Path::new(&journal)));
    let aside = match fs::symlink_metadata(path) {
        Ok(_) => format!("mv -f {state} {} && ", quoted(&beside(path, "damaged"))),
        Err(_) => String::new(),
    };
    format!("rm -f {journal} && {aside}cp -p {} {state}", quoted(backup))
}

/// As a shell reads it as one word.
fn quoted(path: &Path) -> String {
    let name = path.display().to_string();
    let is_plain = |letter: char| letter.is_ascii_alphanumeric() || "/._-".contains(letter);
    match name.chars().all(is_plain) {
        true => name,
        false => format!("'{}'", name.replace('\'', r"'\''")),
    }
}
