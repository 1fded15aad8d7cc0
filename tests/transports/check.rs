//! `passerelle check --online` against real servers: killed in the middle, and told by an operator's eyes.

use std::fs;
use std::path::Path;
use std::process::{Command, Stdio};
use std::time::{Duration, Instant};

use assert_cmd::cargo::cargo_bin;

use crate::ftp_site::PLAIN;
use crate::vsftpd::{TLS, Vsftpd};

fn site(server: &Vsftpd, rest: &str) -> std::path::PathBuf {
    let file = server.site.path().join("passerelle.toml");
    let (port, base) = (server.port, server.site.path().display());
    let text = format!(
        "[state]\npath = 'state.db'\n\n[server.formation.ftp]\nhost = 'localhost'\nport = {port}\nuser = 'anonymous'\n\
         password = 'file:{base}/password'\npath = '/drop'\n{rest}\n"
    );
    fs::write(&file, text).unwrap();
    file
}

fn check(site: &Path) -> Command {
    let mut command = Command::new(cargo_bin("passerelle"));
    command.arg("--site").arg(site).args(["check", "--online", "--language", "en"]);
    command
}

fn names(folder: &Path) -> Vec<String> {
    let mut names: Vec<_> =
        fs::read_dir(folder).unwrap().map(|entry| entry.unwrap().file_name().into_string().unwrap()).collect();
    names.sort();
    names
}

#[test]
fn the_sheet_of_vsftpd_is_told_and_remembered() {
    let Some(server) = Vsftpd::start(TLS) else { return };
    let authority = server.site.path().join("authority.pem");
    let trust = format!("encryption = 'explicit'\ntrust = {{ ca = '{}' }}", authority.display());
    let site = site(&server, &trust);
    for told in ["Exit code 0: done.", "as it was on "] {
        let output = check(&site).output().unwrap();
        let said = String::from_utf8(output.stdout).unwrap();
        assert_eq!(output.status.code(), Some(0), "{said}{}", String::from_utf8_lossy(&output.stderr));
        assert!(said.contains(told), "{said}");
        let flat = said.split_whitespace().collect::<Vec<_>>().join(" ");
        for line in ["protocol FTPS (explicit)", "TLS 1.3", "TLS session reused yes", "SIZE yes", "listing LIST"] {
            assert!(flat.contains(line), "{line}: {said}");
        }
        assert!(names(&server.drop_folder()).is_empty());
    }
}

/// Wherever it is cut off, the next check finds what is left and takes it away.
#[test]
fn a_check_that_is_killed_leaves_nothing_behind_the_next_one() {
    let Some(server) = Vsftpd::start("") else { return };
    fs::write(server.drop_folder().join("users.csv"), "login\n").unwrap();
    let site = site(&server, PLAIN);
    for after in [0, 5, 20, 60] {
        let mut cut = check(&site).stdout(Stdio::null()).stderr(Stdio::null()).spawn().unwrap();
        let deadline = Instant::now() + Duration::from_secs(60);
        while names(&server.drop_folder()).len() < 2 && cut.try_wait().unwrap().is_none() {
            assert!(Instant::now() < deadline, "nothing was ever written");
            std::thread::yield_now();
        }
        std::thread::sleep(Duration::from_millis(after));
        cut.kill().unwrap();
        cut.wait().unwrap();
        let output = check(&site).output().unwrap();
        assert_eq!(output.status.code(), Some(0), "{}", String::from_utf8_lossy(&output.stdout));
        assert_eq!(names(&server.drop_folder()), ["users.csv"]);
    }
}

/// Asked to stop, it takes away what it wrote before it ends.
#[test]
fn a_check_that_is_stopped_leaves_nothing() {
    let Some(server) = Vsftpd::start("") else { return };
    let site = site(&server, PLAIN);
    let mut stopped = check(&site).stdout(Stdio::null()).stderr(Stdio::null()).spawn().unwrap();
    while names(&server.drop_folder()).is_empty() && stopped.try_wait().unwrap().is_none() {
        std::thread::yield_now();
    }
    // One that has ended by now needs no signal.
    let _ = Command::new("kill").args(["-TERM", &stopped.id().to_string()]).stderr(Stdio::null()).status();
    let code = stopped.wait().unwrap().code();
    assert!(matches!(code, Some(0 | 75)), "{code:?}");
    assert_eq!(names(&server.drop_folder()), [""; 0]);
}
