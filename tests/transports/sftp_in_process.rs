//! SFTP against a server inside the test, where faults can be had for the asking.

use std::fs;
use std::net::TcpListener;
use std::path::Path;

use passerelle::transport::{Error, Kind, Options, Replacement, Session, handover};

use crate::place::{Place, make_drop_folder, open_folder};
use crate::process::write_secret;
use crate::sftp_server::{Fault, LOST_FROM, Manners, PASSWORD, PosixRename, SftpServer};
use crate::suite;

/// A server with its folder, `drop`, and the secret beside it.
pub struct Fixture {
    pub base: tempfile::TempDir,
    server: SftpServer,
}

impl Fixture {
    pub fn start(manners: Manners) -> Fixture {
        let base = open_folder();
        make_drop_folder(&base.path().join("drop"));
        write_secret(base.path().join("password"), PASSWORD);
        let server = SftpServer::start(&base.path().join("drop"), manners);
        Fixture { base, server }
    }

    pub fn options(&self, rest: &str) -> Options {
        let port = self.server.address.port();
        let options = format!(
            "host = '127.0.0.1'\nport = {port}\nuser = 'acme'\npassword = 'file:password'\nfingerprint = '{}'\n{rest}",
            self.server.fingerprint
        );
        read(&options)
    }

    /// The same with a password that the server does not know.
    fn options_of_a_stranger(&self) -> Options {
        write_secret(self.base.path().join("wrong"), "battery staple");
        let (port, fingerprint) = (self.server.address.port(), &self.server.fingerprint);
        read(&format!(
            "host = '127.0.0.1'\nport = {port}\nuser = 'acme'\npassword = 'file:wrong'\nfingerprint = '{fingerprint}'"
        ))
    }

    fn try_with(&self, rest: &str) -> Result<Box<dyn Session>, Error> {
        self.options(rest).connect(self.base.path(), &suite::time_enough())
    }

    fn connect(&self) -> Box<dyn Session> {
        self.try_with("").unwrap_or_else(|error| panic!("{}", error.chain()))
    }

    pub fn drop_folder(&self) -> std::path::PathBuf {
        self.base.path().join("drop")
    }
}

fn connect(options: &str, base: &Path) -> Result<Box<dyn Session>, Error> {
    read(options).connect(base, &suite::time_enough())
}

fn read(options: &str) -> Options {
    toml::from_str(&format!("[sftp]\n{options}")).unwrap()
}

pub fn place(manners: Manners) -> Option<Place> {
    let fixture = Fixture::start(manners);
    Some(Place {
        options: fixture.options(""),
        stranger: fixture.options_of_a_stranger(),
        base: fixture.base.path().to_owned(),
        folder: fixture.drop_folder(),
        _running: Box::new(fixture),
    })
}

#[test]
fn a_replacement_says_whether_the_name_was_ever_absent() {
    for (posix_rename, rest, expected) in [
        (PosixRename::Announced, "", Replacement::Atomic),
        (PosixRename::Absent, "", Replacement::InTwoSteps),
        (PosixRename::Absent, "posix-rename = true", Replacement::InTwoSteps),
        (PosixRename::Unannounced, "", Replacement::InTwoSteps),
        (PosixRename::Unannounced, "posix-rename = true", Replacement::Atomic),
    ] {
        let fixture = Fixture::start(Manners { posix_rename, ..Manners::default() });
        let mut session = fixture.try_with(rest).unwrap();
        fs::write(fixture.drop_folder().join("a.csv"), "old").unwrap();
        for content in ["new", "newer"] {
            handover::upload(&mut *session, "", "a.csv", &mut content.as_bytes(), content.len() as u64).unwrap();
            assert_eq!(handover::publish(&mut *session, "", "a.csv").unwrap(), expected);
            assert_eq!(fs::read_to_string(fixture.drop_folder().join("a.csv")).unwrap(), content);
        }
        assert_eq!(session.rename("a.csv", "free.csv").unwrap(), Replacement::Atomic);
    }
}

#[test]
fn a_new_file_that_is_not_there_never_costs_the_old_one() {
    for posix_rename in [PosixRename::Announced, PosixRename::Absent] {
        let fixture = Fixture::start(Manners { posix_rename, ..Manners::default() });
        fs::write(fixture.drop_folder().join("a.csv"), "old").unwrap();
        let error = handover::publish(&mut *fixture.connect(), "", "a.csv").unwrap_err();
        assert_eq!(error.kind, Kind::Missing, "{}", error.chain());
        assert_eq!(fs::read_to_string(fixture.drop_folder().join("a.csv")).unwrap(), "old");
    }
}

#[test]
fn the_password_answers_a_server_that_asks_by_keyboard() {
    let fixture = Fixture::start(Manners { questions: &["Password: "], ..Manners::default() });
    fixture.connect().list("").unwrap();
    write_secret(fixture.base.path().join("password"), "wrong horse");
    let error = fixture.try_with("").err().unwrap();
    assert_eq!(error.kind, Kind::Login);
    assert!(error.chain().contains("refuses this user with this password"), "{}", error.chain());
}

#[test]
fn a_server_that_asks_for_a_second_factor_is_quoted() {
    let fixture = Fixture::start(Manners { questions: &["Password: ", "Code by SMS: "], ..Manners::default() });
    let error = fixture.try_with("").err().unwrap();
    assert_eq!(error.kind, Kind::Login);
    assert!(error.chain().contains("asks for more than a password: `Code by SMS:`"), "{}", error.chain());
}

#[test]
fn a_server_that_takes_passwords_is_not_shown_an_agent() {
    let fixture = Fixture::start(Manners::default());
    let port = fixture.server.address.port();
    let fingerprint = &fixture.server.fingerprint;
    let options =
        format!("host = '127.0.0.1'\nport = {port}\nuser = 'acme'\nagent = true\nfingerprint = '{fingerprint}'");
    let error = connect(&options, fixture.base.path()).err().unwrap();
    assert_eq!(error.kind, Kind::Login);
    assert!(error.chain().contains("the server takes password, and not a key"), "{}", error.chain());
}

#[test]
fn a_file_that_ends_before_its_told_size_is_damaged() {
    let fixture = Fixture::start(Manners { fault: Some(Fault::ToldTooLong), ..Manners::default() });
    fs::write(fixture.drop_folder().join("a.csv"), "content").unwrap();
    let error = fixture.connect().fetch("a.csv", &mut Vec::new()).unwrap_err();
    assert_eq!(error.kind, Kind::Damaged);
    assert!(error.chain().contains("8 bytes were expected, there are 7"), "{}", error.chain());
    let error = fixture.connect().write("b.csv", &mut &b"content"[..], 7).unwrap_err();
    assert_eq!(error.kind, Kind::Damaged);
}

#[test]
fn a_connection_that_breaks_during_an_upload_may_hold_later() {
    let fixture = Fixture::start(Manners { fault: Some(Fault::CutWrite), ..Manners::default() });
    let content = vec![b'x'; 3 << 20];
    let mut session = fixture.try_with("answer-seconds = 1").unwrap();
    let error = handover::upload(&mut *session, "", "a.csv", &mut &content[..], content.len() as u64).unwrap_err();
    assert!(matches!(error.kind, Kind::Unreachable | Kind::TimedOut), "{}", error.chain());
    assert!(error.later_may_help());
    assert!(!fixture.drop_folder().join("a.csv").exists());
    assert_eq!(session.list("").unwrap_err().kind, Kind::Unreachable);
}

#[test]
fn a_big_file_goes_over_one_channel_where_it_cannot_go_over_two() {
    for fault in [None, Some(Fault::OneWriter)] {
        for is_openssh in [true, false] {
            let fixture = Fixture::start(Manners { fault, is_openssh, ..Manners::default() });
            let mut session = fixture.connect();
            for size in [BIG, BIG + 1] {
                let content: Vec<u8> = (0..size).map(|number| (number % 251) as u8).collect();
                session.write("a.csv", &mut &content[..], size).unwrap_or_else(|error| panic!("{}", error.chain()));
                assert!(fs::read(fixture.drop_folder().join("a.csv")).unwrap() == content);
            }
            let error = session.write("a.csv", &mut &vec![0; BIG as usize][..], BIG + 1).unwrap_err();
            assert_eq!(error.kind, Kind::Damaged, "{}", error.chain());
        }
    }
}

/// What is known of a file after a cut is its size.
#[test]
fn a_big_file_with_a_hole_has_not_its_whole_size() {
    let fixture = Fixture::start(Manners { fault: Some(Fault::LostBeside), is_openssh: true, ..Manners::default() });
    let mut session = fixture.try_with("answer-seconds = 2").unwrap();
    // The last piece belongs to the first channel, and is one with which all that was collected for it is sent.
    let size = 527 * (32 << 10);
    let error = session.write("a.csv", &mut &vec![b'x'; size][..], size as u64).unwrap_err();
    assert_eq!(error.kind, Kind::TimedOut, "{}", error.chain());
    let stored = fs::read(fixture.drop_folder().join("a.csv")).unwrap();
    assert!(stored[LOST_FROM as usize..].contains(&0), "there is no hole in {} bytes", stored.len());
    assert!(stored.len() < size);
}

/// From this size on, a file goes over two channels.
const BIG: u64 = 16 << 20;

#[test]
fn a_rename_that_is_never_answered_times_out() {
    let fixture = Fixture::start(Manners { fault: Some(Fault::SilentRename), ..Manners::default() });
    let mut session = fixture.try_with("answer-seconds = 1").unwrap();
    handover::upload(&mut *session, "", "a.csv", &mut &b"content"[..], 7).unwrap();
    let error = handover::publish(&mut *session, "", "a.csv").unwrap_err();
    assert_eq!(error.kind, Kind::TimedOut, "{}", error.chain());
    assert_eq!(handover::leftover(&mut *fixture.connect(), "", "a.csv").unwrap(), Some(7));
}

#[test]
fn a_server_that_never_speaks_times_out() {
    let base = tempfile::tempdir().unwrap();
    write_secret(base.path().join("password"), PASSWORD);
    let silent = TcpListener::bind("127.0.0.1:0").unwrap();
    let port = silent.local_addr().unwrap().port();
    let options = format!(
        "host = '127.0.0.1'\nport = {port}\nuser = 'acme'\npassword = 'file:password'\nconnect-seconds = 1\n\
         fingerprint = 'SHA256:uNiVztksCsDhcc0u9e8BrZtlG4AZuHLHvTHIv0A7s4U'"
    );
    let error = connect(&options, base.path()).err().unwrap();
    assert_eq!(error.kind, Kind::TimedOut, "{}", error.chain());
}

#[test]
fn a_port_on_which_nobody_listens_and_a_name_that_nobody_has_are_unreachable() {
    let base = tempfile::tempdir().unwrap();
    write_secret(base.path().join("password"), PASSWORD);
    let port = crate::process::free_port();
    for host in ["127.0.0.1", "no-such-host.invalid"] {
        let options = format!(
            "host = '{host}'\nport = {port}\nuser = 'acme'\npassword = 'file:password'\n\
             fingerprint = 'SHA256:uNiVztksCsDhcc0u9e8BrZtlG4AZuHLHvTHIv0A7s4U'"
        );
        let error = connect(&options, base.path()).err().unwrap();
        assert_eq!(error.kind, Kind::Unreachable, "{}", error.chain());
        assert!(error.to_string().contains(host), "{error}");
    }
}
