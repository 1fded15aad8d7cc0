//! The words of the command line.

use std::path::PathBuf;

use clap::builder::{NonEmptyStringValueParser, PossibleValue};
use clap::{Args, Parser, Subcommand, ValueEnum};

use crate::job::reading;
use crate::model::Language;

/// The site that is meant where none is named.
pub const SITE: &str = "passerelle.toml";

/// The nightly exchange of HR files: exports for partners, imports of users, over FTP, FTPS and SFTP
#[derive(Debug, Parser)]
#[command(version, max_term_width = 80, after_help = EXIT_CODES)]
pub struct Arguments {
    /// The company's configuration
    #[arg(long, global = true, value_name = "FILE", default_value = SITE)]
    pub site: PathBuf,

    /// Say everything, touch nothing: no server, no state, no file
    #[arg(long, global = true)]
    pub dry_run: bool,

    /// The form of what is printed
    #[arg(long = "output", global = true, value_enum, default_value_t)]
    pub form: Form,

    /// The language of pages that are not about an exchange, which names its own; else that of the environment
    /// (LC_ALL, LC_MESSAGES, LANG)
    #[arg(long, global = true, value_enum)]
    pub language: Option<Language>,

    /// Write the report as one page into this file, too, for whoever is to read or approve it
    #[arg(long, global = true, value_name = "FILE")]
    pub html: Option<PathBuf>,

    /// The form of the log, on standard error; levels by PASSERELLE_LOG, such as `debug`
    #[arg(long, global = true, value_enum, default_value_t)]
    pub log: Log,

    #[command(subcommand)]
    pub verb: Verb,
}

#[derive(Debug, Subcommand)]
pub enum Verb {
    /// Run the night: all exchanges, or those named
    Run {
        #[arg(value_name = "EXCHANGE")]
        exchanges: Vec<String>,

        /// Write the sample site into a new directory and run its night there
        #[arg(long, conflicts_with = "exchanges")]
        sample: bool,
    },
    /// Write and deliver the file of one export
    Export { exchange: String },
    /// Follow the people of one export until stopped, and deliver what changes within the minute
    Watch { exchange: String },
    /// Take in a partner's files: what the server has, or the files named. With --dry-run, files can be tried without a
    /// site
    Import(Import),
    /// Say what a partner's file would do, and save that as a plan, if asked to
    Plan {
        exchange: String,
        file: PathBuf,

        /// Write the plan here, for `apply`; it holds personal data, and is for its owner alone
        #[arg(long, value_name = "PLAN")]
        save: Option<PathBuf>,

        /// Replace a plan that is there already
        #[arg(long, requires = "save")]
        overwrite: bool,
    },
    /// Do what a saved plan says, unless the file, the directory or the profile has changed since
    ///
    /// Whoever applies a plan that a brake would hold approves it.
    Apply {
        plan: PathBuf,
        /// Where the partner's file lies now, if not where it lay
        file: Option<PathBuf>,
    },
    /// Let through what a run held back
    Approve {
        #[arg(value_parser = NonEmptyStringValueParser::new())]
        run: String,
        /// Only this exchange
        exchange: Option<String>,
    },
    /// Make the plan that takes back what a run did to users; it waits for approval
    Undo {
        #[arg(value_parser = NonEmptyStringValueParser::new())]
        run: String,
        /// Only this exchange
        exchange: Option<String>,
    },
    /// Give up what a run held back: nothing of it is done
    Discard {
        #[arg(value_parser = NonEmptyStringValueParser::new())]
        run: String,
        /// Only this exchange
        exchange: Option<String>,
    },
    /// List what is held, since when and why
    Held,
    /// Check site and profiles, and say what the night would do; or try out the servers
    Check {
        /// Try out all servers and instances of Lucca, or those named, and look whether what the exchanges need is
        /// there. What is written to try servers out is taken away again; with --dry-run, nothing is written
        #[arg(long)]
        online: bool,

        #[arg(value_name = "NAME", requires = "online")]
        servers: Vec<String>,
    },
    /// List the profiles, or show the columns of one
    Profiles {
        name: Option<String>,

        /// Write a template and a sample of the file that the profile takes into this folder [default: the current one]
        #[arg(long, value_name = "FOLDER", num_args = 0..=1, default_missing_value = ".", requires = "name")]
        template: Option<PathBuf>,
    },
    /// List what can be found in a file, or explain one code: what it means, an example, what to do
    Rules {
        /// Such as `bad-date`
        code: Option<String>,
    },
    /// Print the record of processing: which data of people leave and come in, for whom, for what, since when, under
    /// whose approval; with `--output csv` as a file for whoever keeps the register
    Privacy,
    /// Tell a run again, the last one or the one named, with its operations
    Report {
        #[arg(value_parser = NonEmptyStringValueParser::new())]
        run: Option<String>,
    },
    /// List the runs, or show one
    History {
        #[arg(value_parser = NonEmptyStringValueParser::new())]
        run: Option<String>,
    },
    /// Tell for one person every file, row and operation that touched or spared them
    Why {
        /// A login, a mail, or an employee number: `0012`, or `Paris/0012`
        key: String,
    },
    /// Write manual pages and completions for shells into a folder, for packagers
    #[command(hide = true)]
    Manual { folder: PathBuf },
    /// Read a workbook for the process that started this one
    #[command(name = reading::VERB, hide = true)]
    ReadWorkbook,
}

#[derive(Debug, Args)]
#[command(override_usage = "passerelle import EXCHANGE [FILE]...\n       passerelle import --dry-run FILE...")]
pub struct Import {
    /// An exchange of the site, then files of this machine; where there is no site, files
    #[arg(value_name = "EXCHANGE|FILE")]
    pub words: Vec<String>,

    /// The format of the files, which are then tried without the site [default: lucca-users]
    #[arg(long)]
    pub profile: Option<String>,

    /// How users are told apart, without the site: login, mail, … [default: what the file's first columns fit]
    #[arg(long, value_name = "WAY")]
    pub identify_by: Option<String>,
}

/// What may be asked for.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, ValueEnum)]
pub enum Form {
    /// For people; may change
    #[default]
    Text,
    /// For machines; stable
    Json,
    /// For spreadsheets; of `privacy` alone
    Csv,
}

/// What every verb can write.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Output {
    Text,
    Json,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, ValueEnum)]
pub enum Log {
    /// journald when started by systemd, else plain
    #[default]
    Auto,
    Plain,
    Json,
    Journald,
}

impl ValueEnum for Language {
    fn value_variants<'a>() -> &'a [Language] {
        &[Language::English, Language::French]
    }

    fn to_possible_value(&self) -> Option<PossibleValue> {
        Some(PossibleValue::new(match self {
            Language::English => "en",
            Language::French => "fr",
        }))
    }
}

impl Verb {
    /// Does it end with a report, which can be written as a page, too?
    pub fn reports(&self) -> bool {
        match self {
            Verb::Run { .. }
            | Verb::Export { .. }
            | Verb::Import(_)
            | Verb::Plan { .. }
            | Verb::Apply { .. }
            | Verb::Approve { .. }
            | Verb::Undo { .. }
            | Verb::Discard { .. }
            | Verb::Report { .. } => true,
            Verb::Watch { .. }
            | Verb::Held
            | Verb::Check { .. }
            | Verb::Profiles { .. }
            | Verb::Rules { .. }
            | Verb::History { .. }
            | Verb::Privacy
            | Verb::Why { .. }
            | Verb::Manual { .. }
            | Verb::ReadWorkbook => false,
        }
    }
}

impl Arguments {
    /// The form of what the verbs print alike; CSV is refused before.
    pub fn output(&self) -> Output {
        match self.form {
            Form::Json => Output::Json,
            Form::Text | Form::Csv => Output::Text,
        }
    }

    /// For pages that are not about an exchange: the language asked for, else that of the environment.
    pub fn language(&self) -> Language {
        self.language.unwrap_or_else(|| language_of(|name| std::env::var(name).ok()))
    }
}

/// The first of the variables that is set decides; an empty one is not set, says POSIX.
fn language_of(variable: impl Fn(&str) -> Option<String>) -> Language {
    let locale = ["LC_ALL", "LC_MESSAGES", "LANG"].into_iter().filter_map(variable).find(|locale| !locale.is_empty());
    match locale.is_some_and(|locale| locale.starts_with("fr")) {
        true => Language::French,
        false => Language::English,
    }
}

const EXIT_CODES: &str = "\
Exit codes:
   0  done; nothing to do is done too
   1  a defect of Passerelle
   2  wrong usage
   3  site or profile refused
   4  data refused: a file was refused, or rows were left out
   5  held by a brake, waits for approval
   6  a server refused for good
   7  the journal or the disk failed
  75  try later: unreachable, timed out, stopped, locked by another run";

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_first_locale_that_is_set_decides_the_language() {
        let cases: [(&[(&str, &str)], Language); 6] = [
            (&[], Language::English),
            (&[("LANG", "fr_FR.UTF-8")], Language::French),
            (&[("LANG", "fr_FR.UTF-8"), ("LC_MESSAGES", "C")], Language::English),
            (&[("LANG", "en_GB.UTF-8"), ("LC_MESSAGES", "fr")], Language::French),
            (&[("LC_ALL", "fr_CA"), ("LC_MESSAGES", "de_DE")], Language::French),
            (&[("LC_ALL", ""), ("LANG", "fr_BE")], Language::French),
        ];
        for (set, expected) in cases {
            let variable = |wanted: &str| Some(set.iter().find(|(name, _)| *name == wanted)?.1.to_string());
            assert_eq!(language_of(variable), expected, "{set:?}");
        }
    }
}
