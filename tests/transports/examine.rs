//! A server's character sheet: what each server is found to be, and that its folder is afterwards as it was before.

use std::collections::BTreeMap;
use std::fs;
use std::path::{Path, PathBuf};
use std::time::Duration;

use passerelle::model::Sheet;
use passerelle::model::sheet::{Found, Trait, Value};
use passerelle::transport::examine::{Examined, Examiner};
use passerelle::transport::{Limit, Options, Stop};

use crate::ftp_in_process::InProcess;
use crate::ftp_site::{EXPLICIT, PLAIN, Site};
use crate::openssh_server::{OpenSsh, SSHD, me};
use crate::process::installed;
use crate::scripted::{Scripted, Talk};
use crate::sftp_in_process::Fixture;
use crate::sftp_server::{Manners, PosixRename};
use crate::suite;
use crate::vsftpd::{TLS, Vsftpd};

fn examine(options: &Options, base: &Path, folders: &[&str]) -> Examined {
    let limit = suite::time_enough();
    let mut examiner = Examiner::connect(options, base, &limit).unwrap_or_else(|error| panic!("{}", error.chain()));
    examiner.look();
    examiner.try_out(folders);
    examiner.finish()
}

/// Looks at everything in a folder before and after.
fn leaves_nothing(options: &Options, base: &Path, drop: &Path) -> Sheet {
    fs::write(drop.join("users.csv"), "login;mail\n").unwrap();
    let before = everything_in(drop);
    let examined = examine(options, base, &[""]);
    assert!(examined.left.is_none(), "{}", examined.left.unwrap().chain());
    assert_eq!(everything_in(drop), before);
    examined.sheet
}

fn everything_in(folder: &Path) -> BTreeMap<PathBuf, Option<Vec<u8>>> {
    let mut found = BTreeMap::new();
    for entry in fs::read_dir(folder).unwrap() {
        let path = entry.unwrap().path();
        if path.is_dir() {
            found.extend(everything_in(&path));
        }
        found.insert(path.clone(), path.is_file().then(|| fs::read(&path).unwrap()));
    }
    found
}

/// What every good server can.
fn is_good(sheet: &Sheet) {
    for what in
        [Trait::Writing, Trait::Removing, Trait::Sizes, Trait::Resume, Trait::Accents, Trait::Blanks, Trait::LongNames]
    {
        assert_eq!(sheet.is(what), Some(true), "{what:?}: {:?}", sheet.traits.get(&what));
    }
    for what in [Trait::RoundTrip, Trait::Upload, Trait::Download] {
        assert!(sheet.number(what).is_some_and(|number| number > 0.0), "{what:?}: {:?}", sheet.traits.get(&what));
    }
    assert_eq!(sheet.number(Trait::Clock), Some(0.0), "{:?}", sheet.traits.get(&Trait::Clock));
    let unknown: Vec<_> = sheet.traits.iter().filter(|(_, found)| matches!(found, Found::Unknown(_))).collect();
    assert!(unknown.is_empty(), "{unknown:?}");
}

fn list(sheet: &Sheet, what: Trait) -> Vec<String> {
    match sheet.traits.get(&what) {
        Some(Found::Value(Value::List(list))) => list.clone(),
        other => panic!("{what:?}: {other:?}"),
    }
}

#[test]
fn a_directory_is_examined_and_left_as_it_was() {
    let base = tempfile::tempdir().unwrap();
    fs::create_dir(base.path().join("drop")).unwrap();
    let options: Options = toml::from_str("directory.path = 'drop'").unwrap();
    let sheet = leaves_nothing(&options, base.path(), &base.path().join("drop"));
    is_good(&sheet);
    assert_eq!(sheet.text(Trait::Protocol), Some("directory"));
    assert_eq!(sheet.text(Trait::Replacing), Some("at-once"));
    assert!(sheet.number(Trait::FreeSpace).unwrap() > 0.0);
    assert_eq!(sheet.traits.get(&Trait::Tls), None, "a directory has none");
}

#[test]
fn openssh_is_examined_and_left_as_it_was() {
    if !installed(SSHD) {
        return;
    }
    let server = OpenSsh::start("");
    let options = server.options(&me(), "key = 'id'\nknown-hosts = 'known_hosts'");
    let sheet = leaves_nothing(&options, server.base(), &server.at("drop"));
    is_good(&sheet);
    assert_eq!(sheet.text(Trait::Protocol), Some("SFTP 3"));
    assert!(sheet.text(Trait::Greeting).unwrap().starts_with("SSH-2.0-OpenSSH"));
    let host_key = format!("ssh-ed25519 {}", server.fingerprint("host_ed25519"));
    assert_eq!(sheet.text(Trait::HostKey), Some(host_key.as_str()));
    assert!(list(&sheet, Trait::Authentication).contains(&"publickey".to_string()));
    for extension in ["posix-rename@openssh.com", "fsync@openssh.com", "statvfs@openssh.com", "limits@openssh.com"] {
        assert!(list(&sheet, Trait::Features).iter().any(|name| name == extension), "{extension}");
    }
    assert_eq!(sheet.text(Trait::Replacing), Some("at-once"));
    assert!(sheet.number(Trait::FreeSpace).unwrap() > 0.0);
}

#[test]
fn vsftpd_with_tls_is_examined_and_left_as_it_was() {
    let Some(server) = Vsftpd::start(TLS) else { return };
    for version in ["1.2", "1.3"] {
        let options = server.site.options(server.port, &format!("{EXPLICIT}\npath = '/drop'\ntls = '{version}'"));
        let sheet = leaves_nothing(&options, server.site.path(), &server.drop_folder());
        is_good(&sheet);
        assert_eq!(sheet.text(Trait::Protocol), Some("FTPS (explicit)"));
        assert!(sheet.text(Trait::Greeting).unwrap().contains("vsFTPd"));
        assert_eq!(sheet.text(Trait::System), Some("UNIX Type: L8"));
        assert_eq!(sheet.text(Trait::Tls), Some(version));
        assert!(sheet.text(Trait::Cipher).unwrap().starts_with("TLS"));
        assert_eq!(sheet.is(Trait::SessionReuse), Some(true), "it insists on that");
        assert_eq!(sheet.text(Trait::DataConnections), Some("EPSV"));
        assert_eq!(sheet.text(Trait::Listing), Some("LIST"));
        assert_eq!(sheet.is(Trait::SizeCommand), Some(true));
        assert_eq!(sheet.is(Trait::TimeCommand), Some(true));
        assert_eq!(sheet.text(Trait::Replacing), Some("at-once"));
        assert!(list(&sheet, Trait::Features).contains(&"EPSV".to_string()));
        assert!(sheet.moment(Trait::CertificateEnd).unwrap() > sheet.at);
        assert!(sheet.text(Trait::Certificate).unwrap().starts_with("SHA256:"));
        assert!(sheet.traits.contains_key(&Trait::CertificateIssuer));
    }
}

#[test]
fn the_servers_inside_the_test_are_examined_and_left_as_they_were() {
    let site = Site::new();
    let plain = InProcess::start(None);
    let sheet = leaves_nothing(&site.options(plain.port, PLAIN), site.path(), &plain.drop_folder());
    is_good(&sheet);
    assert_eq!((sheet.text(Trait::Protocol), sheet.text(Trait::Tls)), (Some("FTP"), None));

    let tls = InProcess::start(Some(site.authority.certificate_for("localhost")));
    let sheet = leaves_nothing(&site.options(tls.port, EXPLICIT), site.path(), &tls.drop_folder());
    is_good(&sheet);
    assert_eq!(sheet.text(Trait::Tls), Some("1.3"));

    for (posix_rename, replacing) in [(PosixRename::Announced, "at-once"), (PosixRename::Absent, "in-two-steps")] {
        let fixture = Fixture::start(Manners { posix_rename, ..Manners::default() });
        let sheet = leaves_nothing(&fixture.options(""), fixture.base.path(), &fixture.drop_folder());
        assert_eq!(sheet.text(Trait::Replacing), Some(replacing));
        assert_eq!(sheet.is(Trait::Writing), Some(true));
    }
}

#[test]
fn what_a_killed_check_left_is_taken_away() {
    let base = tempfile::tempdir().unwrap();
    let drop = base.path().join("drop");
    fs::create_dir_all(drop.join(".passerelle-check.part")).unwrap();
    fs::write(drop.join(".passerelle-check.part/one.part"), "half").unwrap();
    fs::write(drop.join(".passerelle-check.part/é 日本.part"), "half").unwrap();
    let options: Options = toml::from_str("directory.path = 'drop'").unwrap();
    let examined = examine(&options, base.path(), &[""]);
    assert!(examined.left.is_none());
    assert!(everything_in(&drop).is_empty());
}

#[test]
fn a_check_that_is_stopped_takes_everything_away() {
    let base = tempfile::tempdir().unwrap();
    let drop = base.path().join("drop");
    fs::create_dir(&drop).unwrap();
    let options: Options = toml::from_str("directory.path = 'drop'").unwrap();
    let stop = Stop::default();
    let limit = Limit::new(Duration::from_secs(60), &stop);
    let mut examiner = Examiner::connect(&options, base.path(), &limit).unwrap();
    let asking = std::thread::spawn({
        let drop = drop.clone();
        move || {
            while !drop.join(".passerelle-check.part").exists() {
                std::thread::yield_now();
            }
            stop.ask(Duration::from_secs(30));
        }
    });
    examiner.try_out(&[""]);
    asking.join().unwrap();
    assert!(examiner.finish().left.is_none());
    assert!(everything_in(&drop).is_empty());
}

#[test]
fn a_server_that_refuses_writing_is_examined_as_far_as_that_goes() {
    let Some(server) = Vsftpd::start("write_enable=NO") else { return };
    let options = server.site.options(server.port, &format!("{PLAIN}\npath = '/drop'"));
    let sheet = leaves_nothing(&options, server.site.path(), &server.drop_folder());
    assert_eq!(sheet.is(Trait::Writing), Some(false));
    assert_eq!(sheet.text(Trait::DataConnections), Some("EPSV"));
    assert!(sheet.number(Trait::RoundTrip).is_some());
    assert!(matches!(sheet.traits[&Trait::Replacing], Found::Unknown(_)));
}

#[test]
fn another_folder_serves_where_the_first_allows_nothing() {
    let Some(server) = Vsftpd::start("") else { return };
    let options = server.site.options(server.port, PLAIN);
    let sheet = examine(&options, server.site.path(), &["", "drop"]).sheet;
    assert_eq!(sheet.text(Trait::Folder), Some("drop"));
    assert_eq!(sheet.is(Trait::Writing), Some(true));
    assert!(everything_in(&server.drop_folder()).is_empty());
}

/// Keeps one file at a time, makes no folders, has neither `EPSV` nor `MLSD`, and lies about sizes and times.
fn liar() -> Scripted {
    Scripted::start(|command, talk: &mut Talk| {
        let is_of_scratch = command.starts_with("CWD ") && command.contains(".passerelle-check.part");
        let is_mine = command.split(' ').next().is_some_and(|word| {
            ["FEAT", "EPSV", "PASV", "LIST", "MKD", "STOR", "SIZE", "MDTM", "RETR", "REST", "RNFR"].contains(&word)
        });
        match command.split(' ').next().unwrap_or_default() {
            "FEAT" => talk.say("500 what?"),
            "EPSV" => talk.say("502 not here"),
            "PASV" => {
                let port = talk.open_data();
                talk.say(&format!("227 Entering Passive Mode (127,0,0,1,{},{})", port / 256, port % 256));
            }
            "LIST" => talk.send(b""),
            "MKD" => talk.say("550 no folders"),
            "CWD" if is_of_scratch => talk.say("550 no such folder"),
            "STOR" => {
                let _ = talk.take();
                talk.say("226 thank you");
            }
            "SIZE" => talk.say("213 4"),
            "MDTM" => {
                let told = chrono::Utc::now() + chrono::TimeDelta::hours(1);
                talk.say(&format!("213 {}", told.format("%Y%m%d%H%M%S")));
            }
            "RETR" => talk.send(b"four"),
            "REST" => talk.say("502 from the beginning, please"),
            "RNFR" => talk.say("550 as you named it, so it stays"),
            _ => {}
        }
        is_mine || is_of_scratch
    })
}

#[test]
fn a_server_that_lies_is_seen_through_trait_by_trait() {
    let (server, site) = (liar(), Site::new());
    let examined = examine(&site.options(server.port, PLAIN), site.path(), &[""]);
    let sheet = examined.sheet;
    assert_eq!(sheet.text(Trait::DataConnections), Some("PASV"));
    assert_eq!(sheet.text(Trait::Listing), Some("LIST"));
    assert_eq!(sheet.is(Trait::Features), Some(false));
    assert_eq!(sheet.is(Trait::Sizes), Some(false));
    let Found::No(told) = &sheet.traits[&Trait::Sizes] else { panic!("{sheet:?}") };
    assert_eq!(told.to_string(), "70 bytes were sent, and the server has 4");
    assert_eq!(sheet.is(Trait::Resume), Some(false));
    assert_eq!(sheet.is(Trait::Replacing), Some(false));
    let ahead = sheet.number(Trait::Clock).unwrap();
    assert!((3590.0..3610.0).contains(&ahead), "{ahead}");
    let Found::Unknown(told) = &sheet.traits[&Trait::Accents] else { panic!("{sheet:?}") };
    assert!(told.to_string().contains("begin with a dot"), "{told}");
    assert_eq!(sheet.is(Trait::Download), Some(false));
    // As many files as were written were removed.
    let names = |verb: &str| -> std::collections::BTreeSet<String> {
        let commands = server.commands();
        commands.iter().filter_map(|command| Some(command.strip_prefix(verb)?.to_owned())).collect()
    };
    assert!(names("STOR ").is_subset(&names("DELE ")), "{:?}", server.commands());
}
