//! What systemd is told of a watch: that it is ready, what it is doing, and that it is alive. By hand, nobody is told.

use std::sync::mpsc::{self, RecvTimeoutError, Sender};
use std::sync::{Arc, Mutex, PoisonError};
use std::thread;
use std::time::{Duration, Instant};

use sd_notify::NotifyState;

/// How often it says so where systemd does not say how often it listens: while the service starts.
const BEAT: Duration = Duration::from_secs(10);

/// A heart that beats as long as whoever has it keeps what it promises: to be back by some moment, and promise again. One
/// that hangs does not come back; then the heart stops, and systemd starts the service anew.
pub struct Service {
    promise: Arc<Mutex<Promise>>,
    /// Dropped, it ends the thread of the heart.
    _end: Sender<()>,
}

struct Promise {
    until: Instant,
    is_ready: bool,
}

impl Service {
    pub fn start() -> Service {
        let promise = Arc::new(Mutex::new(Promise { until: Instant::now() + BEAT, is_ready: false }));
        let (end, ended) = mpsc::channel();
        if std::env::var_os("NOTIFY_SOCKET").is_some() {
            let promise = Arc::clone(&promise);
            let interval = sd_notify::watchdog_enabled().map_or(BEAT, |longest| longest / 3);
            thread::spawn(move || {
                while ended.recv_timeout(interval) == Err(RecvTimeoutError::Timeout) {
                    beat(&promise.lock().unwrap_or_else(PoisonError::into_inner), interval);
                }
            });
        }
        Service { promise, _end: end }
    }

    /// Whoever says so is back, and says so again, within this time.
    pub fn promise(&self, time: Duration) {
        self.update(|promise| promise.until = Instant::now() + time);
    }

    /// Everything that has happened so far is done.
    pub fn is_ready(&self) {
        self.update(|promise| promise.is_ready = true);
        notify(&[NotifyState::Ready]);
    }

    /// One line for `systemctl status`.
    pub fn is_doing(&self, what: &str) {
        notify(&[NotifyState::Status(what)]);
    }

    pub fn is_stopping(&self) {
        notify(&[NotifyState::Stopping]);
    }

    fn update(&self, change: impl FnOnce(&mut Promise)) {
        change(&mut self.promise.lock().unwrap_or_else(PoisonError::into_inner));
    }
}

/// A service that is not ready yet has no watchdog, but a time in which it must start.
fn beat(promise: &Promise, interval: Duration) {
    if Instant::now() > promise.until {
        return;
    }
    match promise.is_ready {
        true => notify(&[NotifyState::Watchdog]),
        false => {
            let longer = u32::try_from((interval * 3).as_micros()).unwrap_or(u32::MAX);
            notify(&[NotifyState::ExtendTimeoutUsec(longer)]);
        }
    }
}

fn notify(state: &[NotifyState<'_>]) {
    if let Err(cause) = sd_notify::notify(state) {
        tracing::debug!("systemd is not told: {cause}");
    }
}
