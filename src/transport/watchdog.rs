//! The end of a conversation's time: its sockets are shut, so that whatever waits on them returns.

use std::io;
use std::net::{Shutdown, TcpStream};
use std::sync::mpsc::{self, RecvTimeoutError};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::thread;
use std::time::Duration;

use rustix::io::Errno;
use rustix::net::RecvFlags;

use super::{Error, Kind};
use crate::net::{LOOK, Limit};

/// Timeouts of a socket bound one read or one write; a server that sends a byte now and then would hold us for ever.
pub struct Watchdog {
    watched: Arc<Mutex<Watched>>,
    _ends_the_watch: mpsc::Sender<()>,
}

struct Watched {
    limit: Limit,
    control: Option<TcpStream>,
    data: Option<TcpStream>,
    over: bool,
}

impl Watchdog {
    pub fn start(limit: &Limit) -> Watchdog {
        let watched = Watched { limit: limit.clone(), control: None, data: None, over: false };
        let watched = Arc::new(Mutex::new(watched));
        let (_ends_the_watch, ended) = mpsc::channel();
        let watcher = Arc::clone(&watched);
        thread::spawn(move || {
            while ended.recv_timeout(LOOK) == Err(RecvTimeoutError::Timeout) {
                lock(&watcher).look();
            }
        });
        Watchdog { watched, _ends_the_watch }
    }

    /// Another limit from now on. Where the one before ended the conversation, that is no lack of time of this one.
    pub fn bind(&self, limit: &Limit) {
        let mut watched = lock(&self.watched);
        watched.limit = limit.clone();
        watched.over = false;
    }

    /// Tells at any time how much there is left of it.
    pub fn time_left(&self) -> impl Fn() -> Duration + Send + Sync + 'static {
        let watched = Arc::clone(&self.watched);
        move || lock(&watched).limit.left()
    }

    pub fn watch_control(&self, socket: &TcpStream) -> io::Result<()> {
        let copy = socket.try_clone()?;
        lock(&self.watched).keep(|watched| watched.control = Some(copy));
        Ok(())
    }

    pub fn watch_data(&self, socket: &TcpStream) -> io::Result<()> {
        let copy = socket.try_clone()?;
        lock(&self.watched).keep(|watched| watched.data = Some(copy));
        Ok(())
    }

    /// Lets go of the data connection: while a copy of it is kept here, closing it would not reach the server.
    pub fn release_data(&self) {
        lock(&self.watched).data = None;
    }

    /// Ends the conversation now.
    pub fn shut(&self) {
        lock(&self.watched).shut();
    }

    /// The failure itself, or a broken connection where the server has ended it: what a library makes of such an end, and
    /// what a server says last of all, does not mean that it will be so the next time.
    pub fn explain_end(&self, mut error: Error) -> Error {
        let is_ended = lock(&self.watched).control.as_ref().is_some_and(is_ended);
        if error.kind == Kind::Protocol && is_ended {
            error.kind = Kind::Unreachable;
        }
        error
    }

    /// The failure itself, or that there was no time left where that is why.
    pub fn explain(&self, error: Error) -> Error {
        let watched = lock(&self.watched);
        let is_cut = matches!(error.kind, Kind::Unreachable | Kind::TimedOut | Kind::Protocol);
        match watched.over && is_cut {
            true => watched.limit.overrun(error.to_string()),
            false => error,
        }
    }
}

/// Whether the other side has ended this connection. Bytes that have come in and were not read yet say that it has not.
fn is_ended(socket: &TcpStream) -> bool {
    match rustix::net::recv(socket, &mut [0_u8; 1], RecvFlags::PEEK | RecvFlags::DONTWAIT) {
        Ok((_, count)) => count == 0,
        Err(error) => !matches!(error, Errno::AGAIN | Errno::INTR),
    }
}

impl Watched {
    fn look(&mut self) {
        if self.limit.is_over() {
            self.over = true;
            self.shut();
        }
    }

    fn keep(&mut self, put: impl FnOnce(&mut Watched)) {
        put(self);
        if self.over {
            self.shut();
        }
    }

    fn shut(&mut self) {
        for socket in [self.data.take(), self.control.take()].into_iter().flatten() {
            // One that is already closed is what is wanted.
            let _ = socket.shutdown(Shutdown::Both);
        }
    }
}

fn lock(watched: &Mutex<Watched>) -> MutexGuard<'_, Watched> {
    watched.lock().unwrap_or_else(PoisonError::into_inner)
}
