//! The end of a conversation's time: its sockets are shut, so that whatever waits on them returns.

use std::io;
use std::net::{Shutdown, TcpStream};
use std::sync::mpsc::{self, RecvTimeoutError};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::thread;
use std::time::Duration;

/// Timeouts of a socket bound one read or one write; a server that sends a byte now and then would hold us for ever.
pub struct Deadline {
    watched: Arc<Mutex<Watched>>,
    _ends_the_watch: mpsc::Sender<()>,
}

#[derive(Default)]
struct Watched {
    control: Option<TcpStream>,
    data: Option<TcpStream>,
    over: bool,
}

impl Deadline {
    pub fn start(limit: Duration) -> Deadline {
        let watched = Arc::<Mutex<Watched>>::default();
        let (_ends_the_watch, ended) = mpsc::channel();
        let watcher = Arc::clone(&watched);
        thread::spawn(move || {
            if ended.recv_timeout(limit) == Err(RecvTimeoutError::Timeout) {
                let mut watched = lock(&watcher);
                watched.over = true;
                watched.shut();
            }
        });
        Deadline { watched, _ends_the_watch }
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

    pub fn is_over(&self) -> bool {
        lock(&self.watched).over
    }
}

impl Watched {
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
