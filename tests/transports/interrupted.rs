//! A night that is cut after every step of the protocol, and at a spread of bytes: whatever is left, the same run or the
//! next one ends as an undisturbed night does.

use std::fs;
use std::net::IpAddr;
use std::panic::{self, AssertUnwindSafe};
use std::path::{Path, PathBuf};
use std::sync::Mutex;
use std::sync::atomic::{AtomicBool, AtomicUsize, Ordering};
use std::thread;
use std::time::Duration;

use crate::company::{Company, EXPORT, IMPORT, Outcome, ROWS_LEFT_OUT, furnish, glance};
use crate::partner::{Partner, Protocol};
use crate::proxy::{Act, Fault, Flight, Proxy, When, new_address};

/// How many nights go on side by side. Most of their time they wait.
const SIDE_BY_SIDE: usize = 6;

/// A flight from this length on is cut in its midst too.
const LONG: u64 = 4000;

const TRY_LATER: i32 = 75;

/// What happens in the midst of a night.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Mishap {
    /// A connection ends; the same run makes a new one, and goes on.
    Hitch,
    /// Every connection breaks, and nobody is let in until the next run.
    Outage,
    /// `kill -9`; the next run goes on.
    Kill,
}

/// One company, and its own folder on the partner's server.
struct Night<'a> {
    partner: &'a Partner,
    company: Company,
    folder: PathBuf,
    address: IpAddr,
}

/// What an undisturbed night passes and leaves.
struct Calm {
    flights: Vec<Flight>,
    outcome: Outcome,
    new: String,
}

impl Night<'_> {
    fn new(partner: &Partner, tries: u32) -> Night<'_> {
        static NIGHTS: AtomicUsize = AtomicUsize::new(0);
        let name = format!("night-{}", NIGHTS.fetch_add(1, Ordering::Relaxed));
        let (folder, address) = (partner.new_folder(&name), new_address());
        furnish(&folder);
        partner.give(&folder);
        let more = format!("tries = {tries}\nconnect-seconds = 60\nanswer-seconds = 60");
        Night {
            partner,
            company: Company::new(&partner.section(address, &name, &more), &[EXPORT, IMPORT].concat()),
            folder,
            address,
        }
    }

    fn proxy(&self, fault: Option<Fault>) -> Proxy {
        Proxy::start(self.address, &self.partner.ports, fault)
    }

    /// Without any fault: what was left is made good.
    fn finish_late(&self) {
        let _proxy = self.proxy(None);
        let output = self.company.run();
        let said = String::from_utf8_lossy(&output.stdout);
        let code = output.status.code();
        assert!(matches!(code, Some(0 | ROWS_LEFT_OUT)), "{code:?} {said}{}", String::from_utf8_lossy(&output.stderr));
    }

    /// Without any fault.
    fn finish(&self) -> Vec<Flight> {
        let proxy = self.proxy(None);
        let output = self.company.run();
        let said = String::from_utf8_lossy(&output.stdout);
        assert_eq!(output.status.code(), Some(ROWS_LEFT_OUT), "{said}{}", String::from_utf8_lossy(&output.stderr));
        proxy.flights()
    }

    /// With a fault; the exit code, None when the night was killed. Also whether it came to that.
    fn suffer(&self, fault: Fault) -> (Ended, bool) {
        let (kills, proxy) = (fault.act == Act::Stall, self.proxy(Some(fault)));
        let mut child = self.company.start();
        loop {
            if let Some(status) = child.try_wait().unwrap() {
                return (Ended { code: status.code(), said: self.company.said() }, proxy.has_struck());
            }
            if kills && proxy.has_struck() {
                child.kill().unwrap();
                child.wait().unwrap();
                proxy.end_all();
                return (Ended { code: None, said: String::new() }, true);
            }
            thread::sleep(Duration::from_millis(2));
        }
    }
}

/// How a night ended; without a code it was killed.
struct Ended {
    code: Option<i32>,
    said: String,
}

impl Calm {
    fn of(partner: &Partner) -> Calm {
        let night = Night::new(partner, 1);
        let flights = night.finish();
        let new = fs::read_to_string(night.folder.join("people.csv")).unwrap();
        Calm { flights, outcome: night.company.outcome(&night.folder), new }
    }

    /// Before each flight, and in long ones before the second byte, in the middle and before the last one.
    fn moments(&self) -> Vec<(usize, u64)> {
        let inside = |length: u64| if length < LONG { vec![0] } else { vec![0, 1, length / 2, length - 1] };
        let flights = self.flights.iter().enumerate();
        flights.flat_map(|(number, flight)| inside(flight.length).into_iter().map(move |byte| (number, byte))).collect()
    }
}

impl Mishap {
    fn at(self, (flight, byte): (usize, u64)) -> Fault {
        let (act, refuses) = match self {
            Mishap::Hitch => (Act::EndThis, false),
            Mishap::Outage => (Act::Reset, true),
            Mishap::Kill => (Act::Stall, false),
        };
        Fault { when: When::At(flight, byte), act, refuses }
    }
}

/// The night of the mishap, and the next one where it takes one. False when the mishap did not happen.
fn survive(partner: &Partner, calm: &Calm, mishap: Mishap, moment: (usize, u64)) -> bool {
    let night = Night::new(partner, if mishap == Mishap::Hitch { 5 } else { 1 });
    let happened = watch(&night.folder, &calm.new, || {
        let (Ended { code, said }, happened) = night.suffer(mishap.at(moment));
        match mishap {
            Mishap::Hitch => assert_eq!(code, Some(ROWS_LEFT_OUT), "{said}"),
            Mishap::Outage => assert!(matches!(code, Some(TRY_LATER | ROWS_LEFT_OUT)), "{code:?} {said}"),
            Mishap::Kill => {}
        }
        if !happened || code == Some(ROWS_LEFT_OUT) {
            return happened;
        }
        night.finish_late();
        happened
    });
    assert_eq!(night.company.outcome(&night.folder), calm.outcome);
    happened
}

/// Looks behind the server's back at what the partner sees, while something goes on.
fn watch<T>(folder: &Path, new: &str, act: impl FnOnce() -> T) -> T {
    let done = AtomicBool::new(false);
    thread::scope(|scope| {
        let watcher = scope.spawn(|| {
            while !done.load(Ordering::Relaxed) {
                if let Some(wrong) = glance(folder, new) {
                    return Some(wrong);
                }
                thread::sleep(Duration::from_millis(1));
            }
            None
        });
        let acted = panic::catch_unwind(AssertUnwindSafe(act));
        done.store(true, Ordering::Relaxed);
        assert_eq!(watcher.join().unwrap(), None, "a partner saw this");
        acted.unwrap_or_else(|panic| panic::resume_unwind(panic))
    })
}

/// At every moment a hitch or an outage, in turn for the two flights of a question and its answer; and a kill, if asked
/// for. Several nights go on side by side.
fn survives(protocol: Protocol, kills: bool) {
    let Some(partner) = Partner::start(protocol) else { return };
    let calm = Calm::of(&partner);
    let moments = calm.moments();
    let cut = |number| if number / 2 % 2 == 0 { Mishap::Hitch } else { Mishap::Outage };
    let mut all: Vec<_> = moments.iter().enumerate().map(|(number, moment)| (cut(number), *moment)).collect();
    all.extend(moments.iter().filter(|_| kills).map(|moment| (Mishap::Kill, *moment)));
    let (next, happened, broken) = (AtomicUsize::new(0), AtomicUsize::new(0), Mutex::new(Vec::new()));
    thread::scope(|scope| {
        for _ in 0..SIDE_BY_SIDE {
            scope.spawn(|| {
                while let Some((mishap, moment)) = all.get(next.fetch_add(1, Ordering::Relaxed)) {
                    let survived = panic::catch_unwind(AssertUnwindSafe(|| survive(&partner, &calm, *mishap, *moment)));
                    match survived {
                        Ok(has_happened) => drop(happened.fetch_add(has_happened.into(), Ordering::Relaxed)),
                        Err(_) => broken.lock().unwrap().push((*mishap, *moment)),
                    }
                }
            });
        }
    });
    let tell = |(mishap, (flight, byte)): &(Mishap, (usize, u64))| {
        format!("{mishap:?} before byte {byte} of flight {flight}: {}", calm.flights[*flight])
    };
    let broken: Vec<_> = broken.into_inner().unwrap().iter().map(tell).collect();
    assert!(broken.is_empty(), "these nights did not end well:\n{}", broken.join("\n"));
    // Encrypted flights join now and then, and then there are fewer of them.
    let happened = happened.into_inner();
    assert!(happened * 10 > all.len() * 9, "only {happened} of {} mishaps happened", all.len());
}

#[test]
fn a_night_over_ftp_survives_a_cut_and_a_kill_at_every_step() {
    survives(Protocol::Ftp, true);
}

#[test]
fn a_night_over_ftps_survives_a_cut_at_every_step() {
    survives(Protocol::Ftps, false);
}

#[test]
fn a_night_over_sftp_survives_a_cut_and_a_kill_at_every_step() {
    survives(Protocol::Sftp, true);
}
