//! Signals: the first `SIGINT` or `SIGTERM` asks the run to stop, the second one ends the program as if nobody listened.

use std::io;
use std::thread;
use std::time::Duration;

use signal_hook::consts::{SIGINT, SIGTERM};
use signal_hook::iterator::Signals;
use signal_hook::low_level::emulate_default_handler;

use crate::cli::complain;
use crate::transport::Stop;

/// What is under way may end within it. The systemd units allow a little more.
const GRACE: Duration = Duration::from_secs(20);

/// The wish of whoever sends a signal from now on. Where nobody can listen, a signal ends the program, which every run
/// bears.
pub fn listen() -> Stop {
    let stop = Stop::default();
    if let Err(cause) = hand_over(&stop) {
        tracing::warn!("signals end this run at once: {cause}");
    }
    stop
}

fn hand_over(stop: &Stop) -> io::Result<()> {
    let mut signals = Signals::new([SIGINT, SIGTERM])?;
    let stop = stop.clone();
    thread::Builder::new().spawn(move || {
        for signal in signals.forever() {
            match stop.is_asked() {
                false => {
                    stop.ask(GRACE);
                    let seconds = GRACE.as_secs();
                    complain(&format!("Stopping: what is under way may end within {seconds} seconds."));
                }
                // Nothing is left to do where even that fails.
                true => drop(emulate_default_handler(signal)),
            }
        }
    })?;
    Ok(())
}
