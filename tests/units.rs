//! The systemd units: they verify, they are hardened to 1.5 or lower, and nothing but "try later" is tried again.

use std::collections::BTreeSet;
use std::fs;
use std::io::Write as _;
use std::path::{Path, PathBuf};
use std::process::{Command, Output};

/// In tenths, as `systemd-analyze security` counts; a bare unit has 96.
const EXPOSURE: &str = "15";

#[test]
fn every_unit_verifies() {
    let Some(units) = Units::installed() else { return };
    let faults: Vec<String> = units.paths().iter().filter_map(|unit| units.fault(&["verify"], unit)).collect();
    assert!(faults.is_empty(), "\n{}", faults.join("\n"));

    let misspelt = units.folder.path().join("misspelt.service");
    fs::write(&misspelt, "[Service]\nType=oneshot\nExecStrat=/bin/true\n").unwrap();
    assert!(units.fault(&["verify"], &misspelt).is_some(), "a misspelt key would be seen");
}

#[test]
fn every_service_is_hardened() {
    let Some(units) = Units::installed() else { return };
    let threshold = format!("--threshold={EXPOSURE}");
    let security = ["security", "--no-pager", "--offline=true", &threshold];
    let services = units.paths().into_iter().filter(|unit| unit.extension().is_some_and(|ending| ending == "service"));
    let faults: Vec<String> = services.filter_map(|service| units.failure(&security, &service)).collect();
    assert!(faults.is_empty(), "\n{}", faults.join("\n"));

    let bare = units.folder.path().join("bare.service");
    fs::write(&bare, "[Service]\nType=oneshot\nExecStart=/bin/true\n").unwrap();
    assert!(units.failure(&security, &bare).is_some(), "a bare unit would be seen");
}

#[test]
fn only_try_later_is_tried_again() {
    let readme = include_str!("../README.md");
    let codes = readme.lines().filter_map(|line| line.strip_prefix("| ")?.split(' ').next());
    let codes: BTreeSet<&str> = codes.filter(|code| code.parse::<u8>().is_ok()).collect();
    assert!(codes.contains("0") && codes.contains("75"), "the README lists the exit codes: {codes:?}");
    // 101 is how a program in Rust panics.
    let for_good: BTreeSet<&str> =
        codes.into_iter().filter(|code| !["0", "75"].contains(code)).chain(["101"]).collect();
    for (name, kind) in
        [("passerelle.service", "oneshot"), ("passerelle@.service", "oneshot"), ("passerelle-watch@.service", "notify")]
    {
        let unit = fs::read_to_string(shipped().join(name)).unwrap();
        assert_eq!(values(&unit, "Type"), [kind], "{name}");
        assert_eq!(values(&unit, "Restart"), ["on-failure"], "{name}");
        let prevented = values(&unit, "RestartPreventExitStatus").join(" ");
        assert_eq!(prevented.split(' ').collect::<BTreeSet<_>>(), for_good, "{name}");
        assert_eq!(values(&unit, "OnFailure"), ["passerelle-failure@%n.service"], "{name}");
    }
}

#[test]
fn the_unit_of_one_exchange_differs_only_in_what_it_runs() {
    let night = fs::read_to_string(shipped().join("passerelle.service")).unwrap();
    let alone = fs::read_to_string(shipped().join("passerelle@.service")).unwrap();
    let rest = |unit: &str| -> Vec<String> {
        let named = |line: &str| line.starts_with("Description=") || line.starts_with("ExecStart=");
        unit.lines().filter(|line| !named(line)).map(String::from).collect()
    };
    assert_eq!(rest(&night), rest(&alone));
    assert_eq!(values(&alone, "ExecStart"), [format!("{} %i", values(&night, "ExecStart").join(""))]);
}

#[test]
fn a_watch_says_that_it_is_alive_and_is_as_confined_as_the_night() {
    let night = fs::read_to_string(shipped().join("passerelle@.service")).unwrap();
    let watch = fs::read_to_string(shipped().join("passerelle-watch@.service")).unwrap();
    assert_eq!(values(&watch, "WatchdogSec"), ["2min"]);
    assert_eq!(values(&watch, "ExecStart"), [values(&night, "ExecStart").join("").replace(" run ", " watch ")]);
    let confined = |unit: &str| -> Vec<String> {
        let secrets = unit.lines().skip_while(|line| !line.starts_with("# One line a secret"));
        secrets.take_while(|line| *line != "[Install]").filter(|line| !line.is_empty()).map(String::from).collect()
    };
    assert!(confined(&night).len() > 30);
    assert_eq!(confined(&night), confined(&watch));
}

/// What stands behind `key=`, in order.
fn values<'a>(unit: &'a str, key: &str) -> Vec<&'a str> {
    unit.lines().filter_map(|line| line.strip_prefix(key)?.strip_prefix('=')).collect()
}

fn shipped() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("systemd")
}

/// Copies of the units that run the program under test, because a unit whose program is missing does not verify.
struct Units {
    folder: tempfile::TempDir,
}

impl Units {
    /// None, and said so, where systemd is not installed, unless `PASSERELLE_ALL_SERVERS=1` asks for everything.
    fn installed() -> Option<Units> {
        if Command::new("systemd-analyze").arg("--version").output().is_err() {
            let required = std::env::var_os("PASSERELLE_ALL_SERVERS").is_some_and(|all| all == "1");
            assert!(!required, "systemd-analyze is not installed");
            // Past the capture of the test's output: this must be seen when the test passes, too.
            let _ =
                writeln!(std::io::stderr(), "SKIPPED: systemd-analyze is not installed, the units were not verified");
            return None;
        }
        let folder = tempfile::tempdir().unwrap();
        for entry in fs::read_dir(shipped()).unwrap() {
            let path = entry.unwrap().path();
            let unit = fs::read_to_string(&path).unwrap();
            let unit = unit.replace("/usr/bin/passerelle", env!("CARGO_BIN_EXE_passerelle"));
            fs::write(folder.path().join(path.file_name().unwrap()), unit).unwrap();
        }
        Some(Units { folder })
    }

    fn paths(&self) -> Vec<PathBuf> {
        let entries = fs::read_dir(self.folder.path()).unwrap().map(|entry| entry.unwrap().path());
        let units =
            entries.filter(|path| path.extension().is_some_and(|ending| ending == "service" || ending == "timer"));
        let units: Vec<PathBuf> = units.collect();
        assert_eq!(units.len(), 6, "three services, two timers, and the word of a failure");
        units
    }

    /// What the tool said, if it said anything at all.
    fn fault(&self, arguments: &[&str], unit: &Path) -> Option<String> {
        let said = self.analyze(arguments, unit);
        let text = format!("{}{}", String::from_utf8_lossy(&said.stdout), String::from_utf8_lossy(&said.stderr));
        (!said.status.success() || !text.trim().is_empty()).then(|| format!("{}:\n{text}", unit.display()))
    }

    /// What the tool said, if it was not content.
    fn failure(&self, arguments: &[&str], unit: &Path) -> Option<String> {
        let said = self.analyze(arguments, unit);
        let text = String::from_utf8_lossy(&said.stdout);
        (!said.status.success()).then(|| format!("{}:\n{text}", unit.display()))
    }

    fn analyze(&self, arguments: &[&str], unit: &Path) -> Output {
        Command::new("systemd-analyze").args(arguments).arg(unit).output().unwrap()
    }
}
