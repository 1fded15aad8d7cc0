//! The relay: parts of a file are worked on side by side, each is told by the one before where it starts, and what
//! becomes of them is taken in the order of the file.

use std::collections::BTreeMap;
use std::num::NonZero;
use std::ops::ControlFlow;
use std::sync::{Condvar, Mutex, MutexGuard};
use std::thread;

/// For each thread, so many parts may be begun and not taken: whoever takes slowly is waited for.
const AHEAD: usize = 2;

/// What goes from one part to the next.
pub(super) struct Baton<'a, B, T> {
    relay: &'a Relay<B, T>,
    part: usize,
}

struct Relay<B, T> {
    parts: usize,
    ahead: usize,
    state: Mutex<State<B, T>>,
    changed: Condvar,
}

struct State<B, T> {
    /// So many parts were begun.
    begun: usize,
    /// So many were taken.
    taken: usize,
    /// The part that may start, and where.
    start: (usize, B),
    done: BTreeMap<usize, T>,
    is_over: bool,
}

/// Works on all parts. `work` has a `W` of its own on each thread, and gives nothing where its baton gave nothing; `take`
/// stays on the thread of the caller, and may end it all.
pub(super) fn run<W: Default, B: Clone + Send, T: Send>(
    parts: usize,
    threads: NonZero<usize>,
    start: B,
    work: impl Fn(&mut W, Baton<'_, B, T>) -> Option<T> + Sync,
    mut take: impl FnMut(usize, T) -> ControlFlow<()>,
) {
    let threads = threads.get().min(parts);
    let state = State { begun: 0, taken: 0, start: (0, start), done: BTreeMap::new(), is_over: false };
    let relay = Relay { parts, ahead: threads * AHEAD, state: Mutex::new(state), changed: Condvar::new() };
    if threads <= 1 {
        let mut own = W::default();
        for part in 0..parts {
            match work(&mut own, Baton { relay: &relay, part }).map(|done| take(part, done)) {
                Some(ControlFlow::Continue(())) => {}
                _ => return,
            }
        }
        return;
    }
    thread::scope(|scope| {
        let _end = End { relay: &relay, always: true };
        for _ in 0..threads {
            scope.spawn(|| relay.work(&work));
        }
        relay.take(&mut take);
    });
}

impl<B: Clone, T> Baton<'_, B, T> {
    pub fn part(&self) -> usize {
        self.part
    }

    /// Is there nobody else, so that the start is known at once?
    pub fn is_alone(&self) -> bool {
        self.relay.ahead <= AHEAD
    }

    /// Where the part starts, once that is known; nothing when all is over.
    pub fn receive(&self) -> Option<B> {
        let state = self.relay.wait_until(|state| state.start.0 == self.part);
        (!state.is_over).then(|| state.start.1.clone())
    }

    /// Says where the next part starts.
    pub fn pass_on(self, next: B) {
        self.relay.lock().start = (self.part + 1, next);
        self.relay.changed.notify_all();
    }
}

impl<B: Clone, T> Relay<B, T> {
    fn work<W: Default>(&self, work: &impl Fn(&mut W, Baton<'_, B, T>) -> Option<T>) {
        let _end = End { relay: self, always: false };
        let mut own = W::default();
        while let Some(part) = self.begin() {
            let Some(done) = work(&mut own, Baton { relay: self, part }) else { return };
            self.lock().done.insert(part, done);
            self.changed.notify_all();
        }
    }

    fn begin(&self) -> Option<usize> {
        let is_free = |state: &State<B, T>| state.begun == self.parts || state.begun < state.taken + self.ahead;
        let mut state = self.wait_until(is_free);
        let part = state.begun;
        let is_left = part < self.parts && !state.is_over;
        is_left.then(|| {
            state.begun += 1;
            part
        })
    }

    fn take(&self, take: &mut impl FnMut(usize, T) -> ControlFlow<()>) {
        for part in 0..self.parts {
            let Some(done) = self.wait_until(|state| state.done.contains_key(&part)).done.remove(&part) else { return };
            if take(part, done).is_break() {
                return;
            }
            self.lock().taken += 1;
            self.changed.notify_all();
        }
    }

    /// Or until all is over.
    fn wait_until(&self, holds: impl Fn(&State<B, T>) -> bool) -> MutexGuard<'_, State<B, T>> {
        let waiting = self.changed.wait_while(self.lock(), |state| !holds(state) && !state.is_over);
        waiting.expect("nobody panics while holding it")
    }

    fn lock(&self) -> MutexGuard<'_, State<B, T>> {
        self.state.lock().expect("nobody panics while holding it")
    }
}

/// Ends it all for everybody, also where a panic comes by: who waits would wait for ever.
struct End<'a, B: Clone, T> {
    relay: &'a Relay<B, T>,
    always: bool,
}

impl<B: Clone, T> Drop for End<'_, B, T> {
    fn drop(&mut self) {
        if self.always || thread::panicking() {
            self.relay.lock().is_over = true;
            self.relay.changed.notify_all();
        }
    }
}

#[cfg(test)]
mod tests {
    use std::sync::atomic::{AtomicUsize, Ordering};

    use super::*;

    /// Each part adds its number to what it was told.
    fn sums(parts: usize, threads: usize, mut take: impl FnMut(usize) -> ControlFlow<()>) {
        let threads = NonZero::new(threads).expect("some");
        let work = |_: &mut (), baton: Baton<'_, usize, usize>| {
            let sum = baton.receive()? + baton.part();
            baton.pass_on(sum);
            Some(sum)
        };
        run(parts, threads, 0, work, |_, sum| take(sum));
    }

    #[test]
    fn parts_are_taken_in_order_whatever_the_number_of_threads() {
        for threads in 1..=4 {
            let mut taken = Vec::new();
            sums(50, threads, |sum| {
                taken.push(sum);
                ControlFlow::Continue(())
            });
            let expected: Vec<usize> = (0..50).map(|part| part * (part + 1) / 2).collect();
            assert_eq!(taken, expected);
        }
    }

    #[test]
    fn who_takes_may_end_it() {
        for threads in 1..=4 {
            let mut taken = 0;
            sums(1_000, threads, |sum| {
                taken += 1;
                if sum > 5 { ControlFlow::Break(()) } else { ControlFlow::Continue(()) }
            });
            assert_eq!(taken, 4);
        }
    }

    #[test]
    fn who_takes_slowly_is_waited_for() {
        let (begun, threads) = (AtomicUsize::new(0), 3);
        let work = |_: &mut (), baton: Baton<'_, (), ()>| {
            begun.fetch_add(1, Ordering::SeqCst);
            baton.receive()?;
            baton.pass_on(());
            Some(())
        };
        run(100, NonZero::new(threads).expect("some"), (), work, |part, ()| {
            assert!(begun.load(Ordering::SeqCst) <= part + threads * AHEAD);
            ControlFlow::Continue(())
        });
    }

    #[test]
    #[should_panic(expected = "a scoped thread panicked")]
    fn a_panic_ends_it_for_all() {
        let work = |_: &mut (), baton: Baton<'_, (), ()>| {
            baton.receive()?;
            assert!(baton.part() < 10, "as is tried here");
            baton.pass_on(());
            Some(())
        };
        run(100, NonZero::new(3).expect("some"), (), work, |_, ()| ControlFlow::Continue(()));
    }
}
