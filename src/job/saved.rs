//! A plan in a file of its own: what `plan --save` writes and `apply` reads.

use std::fs::{self, File};
use std::io::{self, BufWriter, ErrorKind, Write};
use std::path::Path;

use chrono::{DateTime, Utc};
use serde::{Deserialize, Serialize};

use crate::job::Error;
use crate::model::digest::Digester;
use crate::model::{Digest, Operation};
use crate::report;
use crate::state::{Announced, Digests};

/// The shape of the file. An older shape is read, a newer one is refused.
const VERSION: u32 = 1;

/// What was decided about a file, and from what.
#[derive(Debug, Clone, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case", deny_unknown_fields)]
pub struct Saved {
    /// The site file, as an absolute path.
    pub site: String,
    pub exchange: String,
    /// The partner's file, as an absolute path: under this name the journal will know it, wherever it lies then.
    pub file: String,
    pub made: DateTime<Utc>,
    /// The name of the account.
    pub by: String,
    pub digests: Digests,
    /// What was said of the file, its brakes among it; without the operations.
    pub report: report::Import,
    /// The announced exceptions that it needs.
    pub exceptions: Vec<Announced>,
    /// In the order in which they are to be applied.
    pub operations: Vec<Operation>,
}

/// The whole file.
#[derive(Debug, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
struct Sealed<T> {
    passerelle_plan: u32,
    plan: T,
    /// SHA-256 of the plan. It shows that no byte of what is read from the file was changed by a slip of a hand or of a
    /// disk. It does not show who wrote the file: whoever wants to can make a new one. That is why `apply` decides
    /// about the partner's file once more, and does nothing that it does not find again.
    seal: Digest,
}

/// Enough to know a file of a newer Passerelle.
#[derive(Deserialize)]
#[serde(rename_all = "kebab-case")]
struct Versioned {
    passerelle_plan: u32,
}

impl Saved {
    /// Writes the file for its owner alone, whole or not at all; `overwrites` says that one of that name may go.
    pub fn write(&self, path: &Path, overwrites: bool) -> Result<(), Error> {
        if overwrites && path.exists() {
            // Nothing but a plan gives way to one: by a slip, the partner's file may be named twice.
            Saved::read(path).map_err(|_| {
                Error::Usage(format!(
                    "{} is there, and is no plan that may be replaced; name another file",
                    path.display()
                ))
            })?;
        }
        let sealed = Sealed { passerelle_plan: VERSION, plan: self, seal: self.seal() };
        // A temporary file is for its owner alone, and is removed when anything below fails.
        let folder = path.parent().filter(|folder| !folder.as_os_str().is_empty()).unwrap_or(Path::new("."));
        let written = || -> io::Result<_> {
            let mut file = tempfile::Builder::new().prefix(".plan-").tempfile_in(folder)?;
            let mut writer = BufWriter::new(&mut file);
            serde_json::to_writer_pretty(&mut writer, &sealed)?;
            writer.write_all(b"\n")?;
            writer.flush()?;
            drop(writer);
            file.as_file().sync_all()?;
            Ok(file)
        };
        let file = written().map_err(|cause| Error::disk("write", path, cause))?;
        let kept = if overwrites { file.persist(path) } else { file.persist_noclobber(path) };
        match kept {
            Err(failed) if failed.error.kind() == ErrorKind::AlreadyExists => Err(Error::Usage(format!(
                "{} is there already; name another file, or write `--overwrite` too",
                path.display()
            ))),
            kept => kept
                .map_err(|failed| failed.error)
                .and_then(|_| File::open(folder)?.sync_all())
                .map_err(|cause| Error::disk("write", path, cause)),
        }
    }

    pub fn read(path: &Path) -> Result<Saved, Error> {
        let wrong = |problem: &str| Error::Usage(format!("{} {problem}", path.display()));
        let bytes = fs::read(path).map_err(|cause| wrong(&format!("cannot be read: {cause}")))?;
        match serde_json::from_slice::<Versioned>(&bytes) {
            Ok(Versioned { passerelle_plan: 0..=VERSION }) => {}
            Ok(_) => return Err(wrong("was written by a newer Passerelle; apply it with that one")),
            Err(_) => return Err(wrong("is not a plan that `passerelle plan --save` wrote")),
        }
        match serde_json::from_slice::<Sealed<Saved>>(&bytes) {
            Ok(Sealed { plan, seal, .. }) if plan.seal() == seal => Ok(plan),
            _ => Err(wrong("was changed after it was written; a plan is applied as it is, so make it anew")),
        }
    }

    /// Of the plan without its layout.
    fn seal(&self) -> Digest {
        let mut sealing = Digester::default();
        serde_json::to_writer(&mut sealing, self).expect("a plan is made of plain values");
        sealing.finish()
    }
}
