//! The log: plain or JSON on standard error, or journald when systemd started us.

use std::io::{IsTerminal, stderr};

use tracing_subscriber::filter::{EnvFilter, LevelFilter};
use tracing_subscriber::layer::SubscriberExt;
use tracing_subscriber::util::SubscriberInitExt;
use tracing_subscriber::{Layer, fmt};

use crate::cli::arguments::Log;

/// Where journald listens, systemd says so.
const JOURNAL: &str = "JOURNAL_STREAM";
const LEVELS: &str = "PASSERELLE_LOG";

pub fn start(log: Log) {
    let log = match log {
        Log::Auto if std::env::var_os(JOURNAL).is_some() => Log::Journald,
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

fn plain<S>() -> Box<dyn Layer<S> + Send + Sync>
where
    S: tracing::Subscriber + for<'span> tracing_subscriber::registry::LookupSpan<'span>,
{
    fmt::layer().with_writer(stderr).with_target(false).with_ansi(stderr().is_terminal()).boxed()
}

fn filter(usual: LevelFilter) -> EnvFilter {
    let levels = std::env::var(LEVELS).unwrap_or_default();
    EnvFilter::builder().with_default_directive(usual.into()).parse_lossy(levels)
}
