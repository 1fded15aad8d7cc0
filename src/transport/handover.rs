//! A file handed over whole or not at all, and names that harm no other file.

use std::io::{self, Read};

use super::{Error, Kind, Replacement, Session, inside};

/// The name that a file has until it is whole. It is the same at every attempt, so that an attempt finds what the one
/// before it left; its dot and its ending keep it out of every partner's pattern and of our own pickup.
pub fn temporary_name(name: &str) -> String {
    format!(".{name}.part")
}

/// Whether a name tells that its file is still being written, or belongs to a program and not to a person.
pub fn is_partial(name: &str) -> bool {
    const ENDINGS: [&str; 5] = [".part", ".tmp", ".filepart", ".partial", ".crdownload"];
    const BEGINNINGS: [&str; 2] = [".", "~$"];
    let name = name.to_lowercase();
    BEGINNINGS.iter().any(|beginning| name.starts_with(beginning))
        || ENDINGS.iter().any(|ending| name.ends_with(ending))
}

/// Writes a file under its temporary name, in place of what an interrupted attempt left. `size` is in bytes and is
/// compared with what the server has.
pub fn upload(
    session: &mut dyn Session,
    folder: &str,
    name: &str,
    content: &mut dyn Read,
    size: u64,
) -> Result<(), Error> {
    let temporary = inside(folder, &temporary_name(name));
    let mut content = Untouched { content, is_touched: false };
    match session.write(&temporary, &mut content, size) {
        // What was left may be another user's, who lets nobody write to it; it may still be removed.
        Err(refused) if refused.kind == Kind::Denied && !content.is_touched => {
            session.remove(&temporary).map_err(|error| if error.kind == Kind::Denied { refused } else { error })?;
            session.write(&temporary, &mut content, size)
        }
        written => written,
    }
}

/// Remembers whether anything was read, after which it is too late to begin again.
struct Untouched<'a> {
    content: &'a mut dyn Read,
    is_touched: bool,
}

impl Read for Untouched<'_> {
    fn read(&mut self, buffer: &mut [u8]) -> io::Result<usize> {
        self.is_touched = true;
        self.content.read(buffer)
    }
}

/// Gives an uploaded file its name, in place of the file that had it.
///
/// After [`Kind::TimedOut`](super::Kind::TimedOut) nobody knows whether it happened: it did not if there is a [`leftover`].
pub fn publish(session: &mut dyn Session, folder: &str, name: &str) -> Result<Replacement, Error> {
    session.rename(&inside(folder, &temporary_name(name)), &inside(folder, name))
}

/// Where the old file waits while a server that cannot replace it gives its name to the new one: were it removed, and the
/// new name refused, there would be none.
pub fn aside(path: &str) -> String {
    match path.rsplit_once('/') {
        Some((folder, name)) => format!("{folder}/.{name}.old"),
        None => format!(".{path}.old"),
    }
}

/// The size of what an interrupted attempt left under the temporary name, None where there is nothing.
pub fn leftover(session: &mut dyn Session, folder: &str, name: &str) -> Result<Option<u64>, Error> {
    session.size(&inside(folder, &temporary_name(name)))
}

/// The name, if no file of the folder has it; else `name-2.csv`, or the next number that is free.
pub fn free_name(session: &mut dyn Session, folder: &str, name: &str) -> Result<String, Error> {
    // A server may hold `A.csv` and `a.csv` for the same name.
    let taken: Vec<_> = session.list(folder)?.files.iter().map(|entry| entry.name.to_lowercase()).collect();
    let candidates = std::iter::once(name.to_owned()).chain((2_u32..).map(|number| numbered(name, number)));
    for candidate in candidates.filter(|candidate| !taken.contains(&candidate.to_lowercase())) {
        // A listing that was cut between two lines looks whole, and no file is to be replaced because of that.
        if session.size(&inside(folder, &candidate))?.is_none() {
            return Ok(candidate);
        }
    }
    unreachable!("a folder has fewer files than there are numbers")
}

fn numbered(name: &str, number: u32) -> String {
    match name.rsplit_once('.') {
        Some((stem, ending)) if !stem.is_empty() => format!("{stem}-{number}.{ending}"),
        _ => format!("{name}-{number}"),
    }
}

#[cfg(test)]
mod tests {
    use super::{is_partial, numbered, temporary_name};

    #[test]
    fn a_name_that_is_still_being_written_is_partial() {
        for name in
            ["a.csv.part", "a.TMP", "a.csv.filepart", "a.partial", ".a.csv", "~$hr.xlsx", &temporary_name("a.csv")]
        {
            assert!(is_partial(name), "{name}");
        }
        for name in ["a.csv", "part.csv", "tmp", "a.part.csv", "hr.xlsx"] {
            assert!(!is_partial(name), "{name}");
        }
    }

    #[test]
    fn a_number_goes_before_the_ending() {
        for (name, second) in [("a.csv", "a-2.csv"), ("a.b.csv", "a.b-2.csv"), ("a", "a-2"), (".a", ".a-2")] {
            assert_eq!(numbered(name, 2), second);
        }
    }
}
