//! The tally: findings about the form of a file, all of them counted, and so many kept that those of any file fit in memory.

use crate::model::{Example, Finding, Place, Rule, Severity, Text};
use crate::text;

pub(super) static NO_ROWS: Rule = Rule {
    code: "no-rows",
    severity: Severity::Error,
    meaning: Text::of(
        "The file has headings, and nobody below them.",
        "Le fichier a des en-têtes, mais personne en dessous.",
    ),
    correction: Text::of(
        "Look why the export was empty, and send no file when there is nobody to tell about.",
        "Cherchez pourquoi l'export était vide, et n'envoyez pas de fichier s'il n'y a personne à y mettre.",
    ),
    example: Example { wrong: "login;firstName\n", right: "login;firstName\nada;Ada\n" },
};

pub(super) static TOO_MANY_ERRORS: Rule = Rule {
    code: "too-many-errors",
    severity: Severity::Error,
    meaning: Text::of(
        "So many rows cannot be read that the file as a whole is not what it should be; it is refused.",
        "Tant de lignes sont illisibles que le fichier entier n'est pas ce qu'il devrait être ; il est refusé.",
    ),
    correction: Text::of(
        "Correct what the first errors say, most often in the export itself, and send the file again.",
        "Corrigez ce que disent les premières erreurs, le plus souvent dans l'export même, et renvoyez le fichier.",
    ),
    example: Example { wrong: "login;firstName\nada\nbo\n…", right: "login;firstName\nada;Ada\nbo;Bo\n…" },
};

pub(super) static MORE_REMARKS: Rule = Rule {
    code: "more-remarks",
    severity: Severity::Remark,
    meaning: Text::of(
        "Not all remarks about the form of the file are listed, because there are too many.",
        "Les remarques sur la forme du fichier ne sont pas toutes affichées, car il y en a trop.",
    ),
    correction: Text::of(
        "Follow those that are listed: the others are alike.",
        "Suivez celles qui sont affichées : les autres leur ressemblent.",
    ),
    example: Example {
        wrong: "login;firstName\n\nada;Ada\n\nbo;Bo\n\n…", right: "login;firstName\nada;Ada\nbo;Bo\n…"
    },
};

/// With more errors than this a file is refused.
const ERRORS_AT_MOST: usize = 50_000;

/// In a part that is read ahead of its turn. The fewer, the less memory; the more, the fewer parts are read twice.
const ERRORS_AHEAD_AT_MOST: usize = 5_000;

/// Who reads more than this?
const REMARKS_AT_MOST: usize = 1_000;

#[derive(Debug, Default)]
pub(super) struct Tally {
    /// In the order of the file.
    pub findings: Vec<Finding>,
    /// Those before are among them.
    errors: usize,
    before: usize,
    remarks: usize,
}

impl Tally {
    /// Of a part that is read before it is known how many errors there are before it. Few are kept, because many such parts
    /// may be in memory; one that has more is hopeless, and to be read once more when its turn has come.
    pub fn ahead() -> Tally {
        Tally::behind(ERRORS_AT_MOST - ERRORS_AHEAD_AT_MOST)
    }

    /// Goes on where there were so many errors.
    pub fn behind(errors: usize) -> Tally {
        Tally { errors, before: errors, ..Tally::default() }
    }

    /// Gives back the findings that were taken out of it.
    pub fn with(self, findings: Vec<Finding>) -> Tally {
        Tally { findings, ..self }
    }

    pub fn report(&mut self, finding: Finding) {
        let (count, at_most) = match finding.is_error() {
            true => (&mut self.errors, ERRORS_AT_MOST),
            false => (&mut self.remarks, REMARKS_AT_MOST),
        };
        *count += 1;
        if *count <= at_most {
            self.findings.push(finding);
        }
    }

    /// There are so many errors that the file is refused, whatever follows.
    pub fn is_hopeless(&self) -> bool {
        self.errors > ERRORS_AT_MOST
    }

    /// With the errors of the next part there are too many, or it is not known how many that part has.
    pub fn is_hopeless_with(&self, next: &Tally) -> bool {
        next.is_hopeless() || self.errors + next.errors - next.before > ERRORS_AT_MOST
    }

    pub fn errors(&self) -> usize {
        self.errors
    }

    /// Adds the findings of the next part.
    pub fn append(&mut self, next: Tally) {
        let kept = REMARKS_AT_MOST.saturating_sub(self.remarks);
        let mut remarks = 0;
        self.findings.extend(next.findings.into_iter().filter(|finding| {
            remarks += usize::from(!finding.is_error());
            finding.is_error() || remarks <= kept
        }));
        self.errors += next.errors - next.before;
        self.remarks += next.remarks;
    }

    /// All that is said of the rows; what is about all of them is in front.
    pub fn finish(self, is_empty: bool) -> Vec<Finding> {
        let mut findings = self.of_file(is_empty);
        findings.extend(self.findings);
        findings
    }

    /// What is said of all rows.
    pub fn of_file(&self, is_empty: bool) -> Vec<Finding> {
        let mut findings = Vec::new();
        if is_empty {
            let problem = Text::of(
                "the file has headings, and no row below them",
                "le fichier a des en-têtes, mais aucune ligne en dessous",
            );
            findings.push(NO_ROWS.at(Place::FILE, problem));
        }
        if self.is_hopeless() {
            let problem = text!(
                "more than {ERRORS_AT_MOST} errors make the rows of the file unreadable; what follows was not read",
                "plus de {ERRORS_AT_MOST} erreurs rendent illisibles les lignes du fichier ; la suite n'a pas été lue",
            );
            findings.push(TOO_MANY_ERRORS.at(Place::FILE, problem));
        }
        if self.remarks > REMARKS_AT_MOST {
            let more = self.remarks - REMARKS_AT_MOST;
            let problem = text!(
                "there are {more} more remarks about the form of the rows",
                "il y a encore {more} remarques sur la forme des lignes",
            );
            findings.push(MORE_REMARKS.at(Place::FILE, problem));
        }
        findings
    }
}
