//! What systemd is told.

use std::os::unix::net::UnixDatagram;
use std::time::Duration;

use rustix::process::Signal;

use super::company::{Company, until};

/// Where systemd would listen.
struct Manager(UnixDatagram);

impl Manager {
    fn of(company: &Company) -> Manager {
        let socket = UnixDatagram::bind(company.path("notify")).expect("a socket");
        socket.set_read_timeout(Some(Duration::from_secs(60))).expect("a socket waits");
        Manager(socket)
    }

    fn hear(&self) -> String {
        let mut bytes = [0; 4096];
        let length = self.0.recv(&mut bytes).expect("a word in time");
        String::from_utf8(bytes[..length].to_vec()).expect("UTF-8")
    }

    fn hear_until(&self, word: &str) -> Vec<String> {
        let mut heard = vec![self.hear()];
        while !heard.last().is_some_and(|last| last.contains(word)) {
            heard.push(self.hear());
        }
        heard
    }
}

#[test]
fn systemd_is_told_when_the_partner_has_everything_that_it_is_alive_and_that_it_stops() {
    let company = Company::new("watch = { every-seconds = 1, quiet-seconds = 0 }");
    let manager = Manager::of(&company);
    let socket = company.path("notify").display().to_string();
    let watch = company.watch_with(&[("NOTIFY_SOCKET", &socket), ("WATCHDOG_USEC", "300000")]);
    let before = manager.hear_until("READY=1");
    assert_eq!(company.rows().len(), 60, "whoever is ready has delivered");
    assert!(!before.iter().any(|word| word.contains("WATCHDOG=1")), "{before:?}");
    manager.hear_until("WATCHDOG=1");
    let status = manager.hear_until("STATUS=the partner has everything; looked last at ");
    assert!(!status.concat().contains("@exemple.fr"), "{status:?}");
    manager.hear_until("WATCHDOG=1");
    watch.signal(Signal::TERM);
    manager.hear_until("STOPPING=1");
    assert_eq!(watch.end(), Some(0));
}

#[test]
fn a_watch_that_hangs_is_not_alive() {
    let company = Company::new("watch = { every-seconds = 1, quiet-seconds = 0 }");
    let manager = Manager::of(&company);
    let socket = company.path("notify").display().to_string();
    let watch = company.watch_with(&[("NOTIFY_SOCKET", &socket), ("WATCHDOG_USEC", "300000")]);
    manager.hear_until("READY=1");
    watch.signal(Signal::STOP);
    manager.0.set_read_timeout(Some(Duration::from_secs(2))).expect("a socket waits");
    let mut bytes = [0; 4096];
    until("nobody says anything any more", || manager.0.recv(&mut bytes).is_err());
    watch.kill();
}
