//! What a process costs: time on the clock, time of the processor, peak memory.
//!
//! The system tells these of all children together, so each measured process gets a parent of its own: this program,
//! started again with [`ALONE`] in front of the command.

#[path = "alone.rs"]
mod alone;

use std::path::Path;
use std::process::Command;
use std::time::Duration;

use alone::ALONE;
pub use alone::alone;

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
