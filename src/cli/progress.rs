//! Progress on a terminal: rows read, bytes sent. In a pipe, nothing.

use std::io::{IsTerminal, stderr};
use std::sync::Mutex;

use indicatif::{ProgressBar, ProgressStyle};

use crate::job::progress::{Progress, Unit};

/// One bar at a time, on standard error.
#[derive(Default)]
pub struct Bar(Mutex<Option<ProgressBar>>);

impl Progress for Bar {
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
        *self.lock() = Some(bar);
    }

    fn advance(&self, by: u64) {
        if let Some(bar) = self.lock().as_ref() {
            bar.inc(by);
        }
    }

    fn end(&self) {
        if let Some(bar) = self.lock().take() {
            bar.finish_and_clear();
        }
    }
}

impl Bar {
    fn lock(&self) -> std::sync::MutexGuard<'_, Option<ProgressBar>> {
        self.0.lock().unwrap_or_else(std::sync::PoisonError::into_inner)
    }
}
