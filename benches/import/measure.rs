//! What a process costs: time on the clock, time of the processor, peak memory.
//!
//! The system tells these of all children together, so each measured process gets a parent of its own: this program,
//! started again with [`ALONE`] in front of the command.

use std::path::Path;
use std::process::{Command, ExitCode, Stdio};
use std::time::{Duration, Instant};

use nix::sys::resource::{UsageWho, getrusage};
use nix::sys::time::TimeValLike;

const ALONE: &str = "--measure-alone";

pub struct Cost {
    pub wall: Duration,
    /// User and system.
    pub cpu: Duration,
    /// In KiB.
    pub memory: u64,
}

/// Runs a command in a folder, and insists on its exit code.
pub fn cost_of(folder: &Path, command: &[&str], exit_code: i32) -> Cost {
    let ourselves = std::env::current_exe().expect("the system knows which program runs");
    let output = Command::new(ourselves).arg(ALONE).args(command).current_dir(folder).output().expect("it starts");
    let said = String::from_utf8_lossy(&output.stdout);
    let complaints = String::from_utf8_lossy(&output.stderr);
    let numbers: Vec<u64> = said.split_whitespace().filter_map(|number| number.parse().ok()).collect();
    let [code, wall, cpu, memory] = numbers[..] else { panic!("{command:?} could not be measured: {complaints}") };
    assert!(code as i32 == exit_code, "{command:?} ends with {code}, not {exit_code}: {complaints}");
    Cost { wall: Duration::from_micros(wall), cpu: Duration::from_micros(cpu), memory }
}

/// The part of the program that runs alone; None when it was started for something else.
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
