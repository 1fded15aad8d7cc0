//! The person who decides: the account that runs Passerelle, or the one that took its place by `sudo`.

use std::env;
use std::fs;
use std::os::unix::fs::MetadataExt as _;

/// As the environment has it, else as a number; it is told in the journal, and opens nothing.
pub fn name() -> String {
    let known = ["SUDO_USER", "USER", "LOGNAME"].into_iter().filter_map(|name| env::var(name).ok());
    known.into_iter().find(|name| !name.is_empty()).unwrap_or_else(|| match fs::metadata("/proc/self") {
        Ok(process) => format!("uid {}", process.uid()),
        Err(_) => "somebody".into(),
    })
}
