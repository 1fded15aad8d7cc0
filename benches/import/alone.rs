//! The part of a program that runs alone, as the parent of one command, and says what that one cost.

use std::process::{Command, ExitCode, Stdio};
use std::time::Instant;

use nix::sys::resource::{UsageWho, getrusage};
use nix::sys::time::TimeValLike;

/// The word in front of the command.
pub const ALONE: &str = "--measure-alone";

/// Prints exit code, time on the clock and of the processor in µs, and peak memory in KiB. None when the program was
/// started for something else.
pub fn alone() -> Option<ExitCode> {
    let arguments: Vec<String> = std::env::args().skip(1).collect();
    let [first, program, rest @ ..] = &arguments[..] else { return None };
    (first == ALONE).then(|| {
        let start = Instant::now();
        let status = Command::new(program).args(rest).stdout(Stdio::null()).status().expect("it starts");
        let wall = start.elapsed().as_micros();
        let used = getrusage(UsageWho::RUSAGE_CHILDREN).expect("the system counts");
        let cpu = used.user_time().num_microseconds() + used.system_time().num_microseconds();
        println!("{} {wall} {cpu} {}", status.code().unwrap_or(-1), used.max_rss());
        ExitCode::SUCCESS
    })
}
