//! The log: plain or JSON on standard error, or journald when systemd started us.

use std::fs::File;
use std::io::{IsTerminal, stderr};
use std::os::fd::AsFd;
use std::os::unix::fs::MetadataExt;

use tracing_subscriber::filter::{EnvFilter, LevelFilter};
use tracing_subscriber::layer::SubscriberExt;
use tracing_subscriber::util::SubscriberInitExt;
use tracing_subscriber::{Layer, fmt};

use crate::cli::arguments::Log;

/// The device and inode of the stream that systemd has put journald behind.
const JOURNAL: &str = "JOURNAL_STREAM";
const LEVELS: &str = "PASSERELLE_LOG";
/// They quote keys, and the names of people in them, at any level.
const SILENT: &str = "pgp=off,rpgpie=off";

pub fn start(log: Log) {
    let log = match log {
        Log::Auto if is_read_by_journald() => Log::Journald,
        Log::Auto => Log::Plain,
        named => named,
    };
    let (layer, usual) = match log {
        Log::Journald => match tracing_journald::layer() {
            Ok(journald) => (journald.boxed(), LevelFilter::INFO),
            Err(_) => (plain(), LevelFilter::INFO),
        },
        Log::Json => (fmt::layer().json().with_writer(stderr).boxed(), LevelFilter::INFO),
        Log::Plain | Log::Auto => (plain(), LevelFilter::WARN),
    };
    tracing_subscriber::registry().with(layer).with(filter(usual)).init();
}

/// The variable alone proves nothing: whatever a service of systemd starts inherits it, a terminal among them.
fn is_read_by_journald() -> bool {
    let Ok(journal) = std::env::var(JOURNAL) else { return false };
    let ours = stderr().as_fd().try_clone_to_owned().and_then(|ours| File::from(ours).metadata());
    ours.is_ok_and(|ours| journal == format!("{}:{}", ours.dev(), ours.ino()))
}

fn plain<S>() -> Box<dyn Layer<S> + Send + Sync>
where
    S: tracing::Subscriber + for<'span> tracing_subscriber::registry::LookupSpan<'span>,
{
    fmt::layer().with_writer(stderr).with_target(false).with_ansi(stderr().is_terminal()).boxed()
}

fn filter(usual: LevelFilter) -> EnvFilter {
    let levels = std::env::var(LEVELS).unwrap_or_default();
    // Of two words on the same thing, the last counts.
    EnvFilter::builder().parse_lossy(format!("{usual},{SILENT},{levels}"))
}
