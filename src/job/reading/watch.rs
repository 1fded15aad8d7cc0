//! The watch over a child: it is ended when all is said, or when we have waited for it too long.

use std::io;
use std::process::{Child, ExitStatus};
use std::sync::mpsc::{self, Receiver, RecvTimeoutError, Sender};
use std::thread::{self, JoinHandle};
use std::time::{Duration, Instant};

/// What we do with what it told takes time, too, which is not the child's.
pub struct Watch {
    time_at_most: Duration,
    /// Each sign ends a wait or a rest, by turns; the first is a wait. None when it is over.
    signs: Option<Sender<()>>,
    thread: Option<JoinHandle<(bool, io::Result<ExitStatus>)>>,
}

impl Watch {
    pub fn over(child: Child, time_at_most: Duration) -> io::Result<Watch> {
        let (signs, receiver) = mpsc::channel();
        let thread = thread::Builder::new().spawn(move || watch(child, time_at_most, &receiver))?;
        Ok(Watch { time_at_most, signs: Some(signs), thread: Some(thread) })
    }

    pub fn time_at_most(&self) -> Duration {
        self.time_at_most
    }

    /// We do not wait for it now.
    pub fn rest(&self) {
        self.sign();
    }

    /// We wait for it again.
    pub fn go_on(&self) {
        self.sign();
    }

    /// Ends the child; whether it was late, and how it ended.
    pub fn end(mut self) -> (bool, io::Result<ExitStatus>) {
        self.join().expect("it was not joined before")
    }

    fn sign(&self) {
        // Where nobody listens the child was ended.
        let _is_heard = self.signs.as_ref().map(|signs| signs.send(()));
    }

    fn join(&mut self) -> Option<(bool, io::Result<ExitStatus>)> {
        self.signs = None;
        let thread = self.thread.take()?;
        Some(thread.join().expect("watching does not panic"))
    }
}

impl Drop for Watch {
    fn drop(&mut self) {
        self.join();
    }
}

fn watch(mut child: Child, time_at_most: Duration, signs: &Receiver<()>) -> (bool, io::Result<ExitStatus>) {
    let is_late = is_late(time_at_most, signs);
    // What has come to its end by itself keeps its own status.
    child.kill().ok();
    (is_late, child.wait())
}

fn is_late(mut left: Duration, signs: &Receiver<()>) -> bool {
    loop {
        let since = Instant::now();
        match signs.recv_timeout(left) {
            Err(RecvTimeoutError::Timeout) => return true,
            Err(RecvTimeoutError::Disconnected) => return false,
            Ok(()) => left = left.saturating_sub(since.elapsed()),
        }
        if signs.recv().is_err() {
            return false;
        }
    }
}
