//! A file that is larger than the site takes: refused without being fetched.

use crate::job::import::{Taken, claim_first};
use crate::job::pickup::Dropped;
use crate::job::tell::{self, Telling};
use crate::job::{Error, Job};
use crate::model::{Example, Place, Rule, Severity, Text, Verdict};
use crate::report::{self, Findings};
use crate::site::{Exchange, Import};
use crate::text;
use crate::transport::inside;

pub const RULES: &[&Rule] = &[&TOO_LARGE_FILE];

static TOO_LARGE_FILE: Rule = Rule {
    code: "too-large-file",
    severity: Severity::Error,
    meaning: Text::of(
        "The file is larger than the company takes; it was not even fetched.",
        "Le fichier est plus gros que ce que l'entreprise accepte ; il n'a pas même été transféré.",
    ),
    correction: Text::of(
        "Check what was exported: a file of people has some hundred bytes a row. If it is right, drop it in several files.",
        "Vérifiez ce qui a été exporté : un fichier de personnes compte quelques centaines d'octets par ligne. S'il est \
         juste, déposez-le en plusieurs fichiers.",
    ),
    example: Example { wrong: "users.csv: 4 GB", right: "users-1.csv: 400 MB" },
};

/// The journal knows files by their digest, and this one has none: the report of the run tells of it.
pub fn refuse(job: &mut Job<'_>, exchange: &Exchange, import: &Import, dropped: &Dropped) -> Result<Taken, Error> {
    if !claim_first(job, exchange, import, dropped)? {
        return Ok(Taken::Gone);
    }
    let (size, largest) = (dropped.size, import.largest);
    let problem = text!("the file has {size} bytes", "le fichier compte {size} octets");
    let finding = TOO_LARGE_FILE.at(Place::FILE, problem).expected(text!("{largest} at most", "{largest} au plus"));
    let mut told = report::Import {
        file: inside(import.files.folder(), &dropped.name),
        size,
        verdict: Verdict::Refused,
        findings: Findings(vec![finding]),
        ..report::Import::default()
    };
    job.act(|context, _, _| {
        let telling = Telling { told: &mut told, name: &dropped.name, digest: None, corrections: None };
        tell::set_aside(context, exchange, import, telling)
    })?;
    Ok(Taken::In(Box::new(told)))
}
