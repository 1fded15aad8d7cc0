//! Whose turn it is: the threads of a run use the state one after another, in the order in which they asked.
//!
//! SQLite would only let them try again until their patience is over, and a long import leaves the others hardly a moment
//! between two of its batches.

use std::sync::{Condvar, Mutex, MutexGuard, PoisonError};

/// As at a counter: whoever comes draws a number, and waits until it is called.
#[derive(Debug, Default)]
pub(super) struct Queue {
    numbers: Mutex<Numbers>,
    called: Condvar,
}

#[derive(Debug, Default)]
struct Numbers {
    next: u64,
    called: u64,
}

/// Lasts until it is dropped.
pub(super) struct Turn<'a>(&'a Queue);

impl Queue {
    pub(super) fn wait(&self) -> Turn<'_> {
        let mut numbers = self.numbers();
        let mine = numbers.next;
        numbers.next += 1;
        let waited = self.called.wait_while(numbers, |numbers| numbers.called != mine);
        drop(waited.unwrap_or_else(PoisonError::into_inner));
        Turn(self)
    }

    fn numbers(&self) -> MutexGuard<'_, Numbers> {
        self.numbers.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl Drop for Turn<'_> {
    fn drop(&mut self) {
        self.0.numbers().called += 1;
        self.0.called.notify_all();
    }
}

#[cfg(test)]
mod tests {
    use std::sync::mpsc;
    use std::thread;

    use super::*;

    #[test]
    fn whoever_asked_first_is_called_first_however_often_another_asks_again() {
        let queue = Queue::default();
        let (said, heard) = mpsc::channel();
        thread::scope(|scope| {
            let mine = queue.wait();
            let other = scope.spawn(|| {
                let _turn = queue.wait();
                said.send("the other").expect("it is heard");
            });
            while queue.numbers().next < 2 {
                thread::yield_now();
            }
            drop(mine);
            let again = queue.wait();
            said.send("again").expect("it is heard");
            drop(again);
            other.join().expect("no panic");
        });
        assert_eq!(heard.try_iter().collect::<Vec<_>>(), ["the other", "again"]);
    }

    #[test]
    fn a_turn_that_ends_in_a_panic_has_ended() {
        let queue = Queue::default();
        let panicked = thread::scope(|scope| {
            let turn = || {
                let _turn = queue.wait();
                panic!("in the middle");
            };
            scope.spawn(turn).join()
        });
        assert!(panicked.is_err());
        drop(queue.wait());
    }
}
