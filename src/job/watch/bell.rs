//! The bell that a webhook rings: somebody should look.

use std::sync::{Condvar, Mutex, MutexGuard, PoisonError};
use std::time::Duration;

/// However often it is rung before anybody comes, it is answered once.
#[derive(Debug, Default)]
pub struct Bell {
    is_rung: Mutex<bool>,
    rung: Condvar,
}

impl Bell {
    pub fn ring(&self) {
        *self.lock() = true;
        self.rung.notify_all();
    }

    /// Has it been rung since somebody asked last? Waits for it, but no longer than this.
    pub fn wait(&self, at_most: Duration) -> bool {
        let waited = self.rung.wait_timeout_while(self.lock(), at_most, |is_rung| !*is_rung);
        let (mut is_rung, _) = waited.unwrap_or_else(PoisonError::into_inner);
        std::mem::take(&mut *is_rung)
    }

    fn lock(&self) -> MutexGuard<'_, bool> {
        self.is_rung.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_bell_that_is_rung_often_is_answered_once() {
        let bell = Bell::default();
        assert!(!bell.wait(Duration::ZERO));
        bell.ring();
        bell.ring();
        assert!(bell.wait(Duration::from_secs(3600)));
        assert!(!bell.wait(Duration::ZERO));
    }
}
