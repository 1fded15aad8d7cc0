//! The program is killed at each request of a night: the next one finishes it, and nothing is done twice.

use std::time::Instant;

use nix::sys::signal::{Signal, kill};
use nix::unistd::Pid;

use super::*;
use crate::lucca_server::{Fault, What};

/// Longer than any kill takes.
const HANGS: u64 = 2000;

#[test]
fn killed_at_any_request_before_or_after_lucca_has_acted_the_next_run_finishes_what_was_begun() {
    let calm = Night::new();
    calm.run();
    let requests = calm.server.requests().len();
    for at in 1..=requests {
        for what in [What::CutBefore, What::DoneSlow(HANGS)] {
            let night = Night::new();
            night.server.fault(Fault::at(at, what.clone()));
            let mut child = night.begin();
            night.wait_for_the_fault();
            child.kill().expect("it can be killed");
            child.wait().expect("it ends");
            let (code, said) = night.run();
            assert_eq!(code, 4, "{what:?} at {at}: {said}");
            let written = night.written().join("\n");
            assert!(night.company() == calm.company(), "{what:?} at {at}: {said}\n{written}");
        }
    }
}

#[test]
fn asked_to_stop_between_two_operations_it_ends_cleanly_and_the_next_run_goes_on() {
    let night = Night::new();
    night.server.fault(Fault::on("POST", "/api/v3/users", What::DoneSlow(500)));
    let child = night.begin();
    night.wait_for_the_fault();
    kill(Pid::from_raw(child.id().cast_signed()), Signal::SIGTERM).expect("it can be asked");
    let (code, said) = told(child.wait_with_output().expect("it ends"));
    assert_eq!(code, 75, "{said}");
    assert_eq!(night.written().len(), 1, "what was under way ended, nothing new began: {said}");
    let (code, said) = night.run();
    assert_eq!(code, 4, "{said}");
    assert!(said.contains("in/users.csv"), "{said}");
    night.is_as_undisturbed(&said);
}

impl Night {
    fn begin(&self) -> Child {
        let mut command = self.command(&["run"]);
        command.stdout(Stdio::piped()).stderr(Stdio::piped()).spawn().expect("it starts")
    }

    /// And until the stand-in has done what it does of the request.
    fn wait_for_the_fault(&self) {
        let start = Instant::now();
        while !self.server.faults().is_empty() {
            assert!(start.elapsed() < Duration::from_secs(30), "the request never came");
            thread::sleep(Duration::from_millis(2));
        }
        thread::sleep(Duration::from_millis(50));
    }
}
