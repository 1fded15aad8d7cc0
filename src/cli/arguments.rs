//! The words of the command line.

use std::path::PathBuf;

use clap::{Parser, Subcommand, ValueEnum};

/// The nightly exchange of HR files: exports for partners, imports of users, over FTP, FTPS and SFTP
#[derive(Debug, Parser)]
#[command(version, max_term_width = 80, after_help = EXIT_CODES)]
pub struct Arguments {
    /// The company's configuration
    #[arg(long, global = true, value_name = "FILE", default_value = "passerelle.toml")]
    pub site: PathBuf,

    /// Say everything, touch nothing: no server, no state, no file
    #[arg(long, global = true)]
    pub dry_run: bool,

    /// The form of what is printed
    #[arg(long, global = true, value_enum, default_value_t)]
    pub output: Output,

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
    /// Take in a partner's files: what the server has, or the files named
    Import {
        exchange: String,
        #[arg(value_name = "FILE")]
        files: Vec<PathBuf>,
    },
    /// Let through what a run held back
    Approve {
        run: String,
        /// Only this exchange
        exchange: Option<String>,
    },
    /// Check site and profiles, and say what the night would do
    Check,
    /// List the profiles, or show the columns of one
    Profiles { name: Option<String> },
    /// List the runs, or show one
    History { run: Option<String> },
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, ValueEnum)]
pub enum Output {
    /// For people; may change
    #[default]
    Text,
    /// For machines; stable
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
  75  try later: unreachable, timed out, locked by another run";
