//! Progress on a terminal: rows read, bytes sent. In a pipe, nothing.

use std::collections::HashMap;
use std::io::{IsTerminal, stderr};
use std::sync::{Mutex, MutexGuard, PoisonError};
use std::thread::{self, ThreadId};

use indicatif::{MultiProgress, ProgressBar, ProgressStyle};

use crate::job::progress::{Progress, Unit};

/// A bar for each thread that has something to show, on standard error.
#[derive(Default)]
pub struct Bars {
    all: MultiProgress,
    shown: Mutex<HashMap<ThreadId, ProgressBar>>,
}

impl Progress for Bars {
    fn begin(&self, what: &str, total: u64, unit: Unit) {
        if !stderr().is_terminal() {
            return;
        }
        let template = match unit {
            Unit::Bytes => "{msg:40!} {bar:20} {bytes}/{total_bytes}",
            Unit::Rows => "{msg:40!} {bar:20} {human_pos}/{human_len}",
        };
        let style = ProgressStyle::with_template(template).expect("the template is well formed");
        let bar = ProgressBar::new(total).with_style(style).with_message(what.to_string());
        // What an earlier try of the same thread left ends with it.
        self.end();
        self.shown().insert(thread::current().id(), self.all.add(bar));
    }

    fn advance(&self, by: u64) {
        if let Some(bar) = self.shown().get(&thread::current().id()) {
            bar.inc(by);
        }
    }

    fn end(&self) {
        if let Some(bar) = self.shown().remove(&thread::current().id()) {
            bar.finish_and_clear();
            self.all.remove(&bar);
        }
    }
}

impl Bars {
    fn shown(&self) -> MutexGuard<'_, HashMap<ThreadId, ProgressBar>> {
        self.shown.lock().unwrap_or_else(PoisonError::into_inner)
    }
}
