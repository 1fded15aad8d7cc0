//! Names under which a server is tried out. None of them is taken for a partner's file, and all of them go again.
//!
//! They are the same at every check, so that one finds what another left that was killed.

use super::{Error, Kind, Session, inside};

/// A dot first, and an ending that no pattern takes.
pub const NAME: &str = ".passerelle-check.part";

pub const ONE: &str = "one";
pub const OTHER: &str = "other";
pub const LARGE: &str = "large";
pub const ACCENTS: &str = "é 日本";
pub const BLANKS: &str = "two  blanks";
/// Many file systems end at 255 bytes.
pub const LONG: &str = "a-name-of-about-two-hundred-letters--with-nothing-but-more-of-the-same-with-nothing-b\
                        ut-more-of-the-same-with-nothing-but-more-of-the-same-with-nothing-but-more-of-the-same-with";

const ALL: [&str; 6] = [ONE, OTHER, LARGE, ACCENTS, BLANKS, LONG];

/// A place for trials.
pub struct Scratch {
    folder: String,
    /// The folder is ours. Many servers hide names that begin with a dot, so files in it have none.
    is_own: bool,
}

impl Scratch {
    /// A folder of our own in this one.
    pub fn within(folder: &str) -> Scratch {
        Scratch { folder: inside(folder, NAME), is_own: true }
    }

    /// Files in this very folder.
    pub fn beside(folder: &str) -> Scratch {
        Scratch { folder: folder.to_owned(), is_own: false }
    }

    pub fn folder(&self) -> &str {
        &self.folder
    }

    pub fn is_own(&self) -> bool {
        self.is_own
    }

    pub fn path(&self, name: &str) -> String {
        inside(&self.folder, &self.name(name))
    }

    /// In the folder.
    pub fn name(&self, name: &str) -> String {
        if self.is_own { format!("{name}.part") } else { format!(".passerelle-check-{name}.part") }
    }

    /// Takes everything away, of this check or of one that was killed.
    pub fn clear(&self, session: &mut dyn Session) -> Result<(), Error> {
        if !self.is_own {
            return self.remove_known(session);
        }
        let listing = match session.list(&self.folder) {
            Err(missing) if missing.kind == Kind::Missing => return Ok(()),
            listing => listing?,
        };
        for entry in &listing.files {
            session.remove(&inside(&self.folder, &entry.name))?;
        }
        // A name that came back as another one may only be removed by the one that it was given.
        if !listing.unusable.is_empty() {
            self.remove_known(session)?;
        }
        session.remove_folder(&self.folder)
    }

    fn remove_known(&self, session: &mut dyn Session) -> Result<(), Error> {
        ALL.iter().try_for_each(|name| session.remove(&self.path(name)))
    }
}

#[cfg(test)]
mod tests {
    use super::{ALL, LONG, NAME, Scratch};
    use crate::transport::handover;

    #[test]
    fn no_name_is_a_partners_file() {
        assert!(handover::is_partial(NAME) && NAME.starts_with('.'));
        for name in ALL {
            let (within, beside) = (Scratch::within("in").path(name), Scratch::beside("in").path(name));
            assert!(handover::is_partial(&within) && within.starts_with("in/.passerelle-check.part/"), "{within}");
            assert!(handover::is_partial(&beside) && beside.starts_with("in/.passerelle-check-"), "{beside}");
        }
        assert_eq!(Scratch::beside("").name(LONG).len(), 200);
    }
}
