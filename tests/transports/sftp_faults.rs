//! What SFTP servers do wrong, slowly or in another order, and what becomes of a file that was under way.

use std::sync::Mutex;
use std::thread;
use std::time::Duration;

use passerelle::transport::{Error, Kind, Options, Replacement, Session, handover};

use crate::process::write_secret;
use crate::sftp_script::{
    Asked, CLOSE, EOF, EXTENDED, FAILURE, FSTAT, INIT, OK, OP_UNSUPPORTED, OPEN, OPENDIR, PERMISSION_DENIED, READ,
    READDIR, REMOVE, RENAME, STAT, Script, Talk, WRITE,
};
use crate::sftp_server::{PASSWORD, SftpServer};
use crate::suite;

struct Fixture {
    base: tempfile::TempDir,
    server: SftpServer,
    script: Script,
}

fn server(answer: impl Fn(&Asked, &mut Talk) -> bool + Send + Sync + 'static) -> Fixture {
    let base = tempfile::tempdir().unwrap();
    write_secret(base.path().join("password"), PASSWORD);
    let script = Script::new(answer);
    Fixture { base, server: SftpServer::scripted(script.clone()), script }
}

impl Fixture {
    fn try_with(&self, rest: &str) -> Result<Box<dyn Session>, Error> {
        let (port, fingerprint) = (self.server.address.port(), &self.server.fingerprint);
        let options: Options = toml::from_str(&format!(
            "[sftp]\nhost = '127.0.0.1'\nport = {port}\nuser = 'acme'\npassword = 'file:password'\n\
             fingerprint = '{fingerprint}'\n{rest}"
        ))
        .unwrap();
        options.connect(self.base.path(), &suite::time_enough())
    }

    fn connect(&self) -> Box<dyn Session> {
        self.try_with("").unwrap_or_else(|error| panic!("{}", error.chain()))
    }
}

fn upload(session: &mut dyn Session, content: &[u8]) -> Result<(), Error> {
    handover::upload(session, "", "a.csv", &mut &content[..], content.len() as u64)
}

fn fetch(session: &mut dyn Session) -> Result<Vec<u8>, Error> {
    let mut content = Vec::new();
    session.fetch("a.csv", &mut content)?;
    Ok(content)
}

/// Bytes of which no two pieces are alike.
fn content(length: usize) -> Vec<u8> {
    (0..length).map(|number| (number.wrapping_mul(2_654_435_761) >> 11) as u8).collect()
}

#[test]
fn a_small_file_costs_two_round_trips_beyond_its_data() {
    let server = server(|_, _| false);
    let mut session = server.connect();
    let before = server.script.flights();
    for number in 0..50 {
        let name = format!("{number}.csv");
        handover::upload(&mut *session, "", &name, &mut &content(2000)[..], 2000).unwrap();
        assert_eq!(handover::publish(&mut *session, "", &name).unwrap(), Replacement::Atomic);
    }
    // Open; write, look and close; rename.
    assert_eq!(server.script.flights() - before, 50 * 3);

    let before = server.script.flights();
    for number in 0..50 {
        session.fetch(&format!("{number}.csv"), &mut Vec::new()).unwrap();
    }
    // Open; read and look; close, which is not waited for.
    session.size("0.csv").unwrap();
    assert!(server.script.flights() - before <= 50 * 3 + 1);
}

#[test]
fn answers_may_come_in_any_order() {
    let held = Mutex::new(Vec::<(u8, u32, usize, usize)>::new());
    let whole = content(200_000);
    let file = whole.clone();
    let server = server(move |asked, talk| {
        match asked.code {
            INIT => {
                talk.put("a.csv", &file);
                return false;
            }
            READ => held.lock().unwrap().push((READ, asked.id, asked.offset(), asked.length())),
            WRITE => held.lock().unwrap().push((WRITE, asked.id, 0, 0)),
            FSTAT => {
                for (code, id, offset, length) in held.lock().unwrap().drain(..).rev() {
                    let end = file.len().min(offset + length);
                    let string = |bytes: &[u8]| [&(bytes.len() as u32).to_be_bytes()[..], bytes].concat();
                    match code {
                        READ if offset < end => talk.answer(103, id, &string(&file[offset..end])),
                        READ => talk.answer(101, id, &EOF.to_be_bytes()),
                        _ => talk.answer(101, id, &OK.to_be_bytes()),
                    }
                }
                talk.file_of(asked, file.len() as u64);
            }
            _ => return false,
        }
        true
    });
    let mut session = server.connect();
    assert!(fetch(&mut *session).unwrap() == whole);
    upload(&mut *session, &whole).unwrap();
}

#[test]
fn a_server_may_give_fewer_bytes_than_it_is_asked_for() {
    let whole = content(50_000);
    let file = whole.clone();
    let server = server(move |asked, talk| {
        match asked.code {
            INIT => talk.put("a.csv", &file),
            READ if asked.offset() < file.len() => {
                let end = file.len().min(asked.offset() + asked.length().min(5000));
                talk.data(asked, &file[asked.offset()..end]);
                return true;
            }
            _ => {}
        }
        false
    });
    let mut session = server.connect();
    for _ in 0..2 {
        assert!(fetch(&mut *session).unwrap() == whole);
    }
}

#[test]
fn a_file_whose_size_is_not_told_is_fetched_to_its_end() {
    let whole = content(300_000);
    let file = whole.clone();
    let server = server(move |asked, talk| {
        match asked.code {
            INIT => talk.put("a.csv", &file),
            STAT | FSTAT => {
                talk.status(asked, OP_UNSUPPORTED);
                return true;
            }
            _ => {}
        }
        false
    });
    assert!(fetch(&mut *server.connect()).unwrap() == whole);
}

#[test]
fn a_file_that_grows_or_shrinks_while_it_is_fetched_is_damaged() {
    for told in [999, 1001] {
        let server = server(move |asked, talk| {
            match asked.code {
                INIT => talk.put("a.csv", &content(1000)),
                STAT => {
                    talk.file_of(asked, told);
                    return true;
                }
                _ => {}
            }
            false
        });
        let error = fetch(&mut *server.connect()).unwrap_err();
        assert_eq!(error.kind, Kind::Damaged, "{}", error.chain());
        assert!(error.chain().contains(&format!("{told} bytes were expected, there are ")), "{}", error.chain());
    }
}

/// Refuses the last piece, the closing, or the syncing of a file, long after the others were sent.
#[test]
fn a_piece_that_is_refused_late_fails_the_upload() {
    const SYNC: &str = "fsync@openssh.com";
    for late in [WRITE, CLOSE, EXTENDED] {
        let server = server(move |asked, talk| {
            let fails = match asked.code {
                INIT => {
                    talk.introduce(&["posix-rename@openssh.com", SYNC]);
                    return true;
                }
                WRITE => late == WRITE && asked.offset() > 1_000_000,
                EXTENDED if asked.strings::<1>()[0] == SYNC.as_bytes() => {
                    talk.status(asked, if late == EXTENDED { FAILURE } else { OK });
                    return true;
                }
                code => code == late && code == CLOSE,
            };
            if fails {
                talk.status(asked, FAILURE);
            }
            fails
        });
        let mut session = server.connect();
        let error = upload(&mut *session, &content(1_100_000)).unwrap_err();
        assert_eq!(error.kind, Kind::Full, "{late}: {}", error.chain());
        // Whoever goes on all the same is told that it is over.
        assert_eq!(handover::publish(&mut *session, "", "a.csv").unwrap_err().kind, Kind::Unreachable);
    }
}

#[test]
fn a_file_that_is_stored_shorter_than_it_was_sent_is_damaged() {
    let server = server(|asked, talk| {
        let lies = asked.code == FSTAT || asked.code == STAT;
        if lies {
            talk.file_of(asked, 0);
        }
        lies
    });
    let error = upload(&mut *server.connect(), b"content").unwrap_err();
    assert_eq!(error.kind, Kind::Damaged, "{}", error.chain());
    assert!(error.chain().contains("7 bytes were expected, there are 0"), "{}", error.chain());
}

#[test]
fn a_size_that_is_told_only_after_the_closing_is_good_enough() {
    let server = server(|asked, talk| {
        let is_early = asked.code == FSTAT;
        if is_early {
            talk.file_of(asked, 0);
        }
        is_early
    });
    upload(&mut *server.connect(), b"content").unwrap();
}

/// Each says something that is no answer to what was asked.
#[test]
fn an_answer_that_is_not_understood_ends_the_conversation() {
    type Says = fn(&Asked, &mut Talk);
    let sayings: [(&str, Says); 6] = [
        ("it answers what was not asked", |asked, talk| talk.answer(101, asked.id + 7, &OK.to_be_bytes())),
        ("it announces a packet of 4294967295 bytes", |_, talk| talk.say(&[0xFF; 200])),
        ("it announces a packet of 0 bytes", |_, talk| talk.say(&[0; 4])),
        ("that begin with `\u{FFFD}", |asked, talk| talk.answer(199, asked.id, b"what?")),
        ("that begin with `g", |asked, talk| talk.answer(103, asked.id, &[0xFF, 0, 0, 0, 1])),
        ("data where something else was asked for", |asked, talk| talk.data(asked, b"data")),
    ];
    for (said, says) in sayings {
        let server = server(move |asked, talk| {
            let is_open = asked.code == OPEN;
            if is_open {
                says(asked, talk);
            }
            is_open
        });
        let mut session = server.connect();
        let error = upload(&mut *session, b"content").unwrap_err();
        assert_eq!(error.kind, Kind::Protocol, "{}", error.chain());
        assert!(error.chain().contains(said), "{}", error.chain());
        assert_eq!(session.list("").unwrap_err().kind, Kind::Unreachable);
    }
}

#[test]
fn a_text_that_is_printed_at_login_is_quoted() {
    let server = server(|asked, talk| {
        if asked.code == INIT {
            talk.say(b"Welcome to acme!\n");
        }
        false
    });
    let error = server.try_with("").err().unwrap();
    assert_eq!(error.kind, Kind::Protocol);
    assert!(error.chain().contains("or prints `Welc` where a packet is expected"), "{}", error.chain());
}

#[test]
fn a_server_of_another_version_is_refused() {
    let server = server(|asked, talk| {
        if asked.code == INIT {
            talk.say(&[0, 0, 0, 5, 2, 0, 0, 0, 2]);
        }
        asked.code == INIT
    });
    let error = server.try_with("").err().unwrap();
    assert!(error.chain().contains("version 2 of SFTP, and version 3 is needed"), "{}", error.chain());
}

#[test]
fn a_server_that_leaves_in_the_middle_may_come_back() {
    let server = server(|asked, talk| {
        if asked.code == WRITE {
            talk.hang_up();
        }
        asked.code == WRITE
    });
    let error = upload(&mut *server.connect(), &content(20_000_000)).unwrap_err();
    assert_eq!(error.kind, Kind::Unreachable, "{}", error.chain());
}

/// As a server that looks for viruses before it says that a file is closed.
#[test]
fn the_last_answer_is_waited_for_as_long_as_the_site_says_and_no_longer() {
    let server = server(|asked, _| {
        if asked.code == CLOSE {
            thread::sleep(Duration::from_millis(2500));
        }
        false
    });
    upload(&mut *server.try_with("answer-seconds = 30").unwrap(), b"content").unwrap();
    let error = upload(&mut *server.try_with("answer-seconds = 1").unwrap(), b"content").unwrap_err();
    assert_eq!(error.kind, Kind::TimedOut, "{}", error.chain());
    assert!(error.chain().contains("no answer in time"), "{}", error.chain());
}

#[test]
fn what_was_left_is_removed_where_it_cannot_be_written_to() {
    let server = server(|asked, talk| {
        let is_others = asked.code == OPEN && asked.strings::<1>()[0] == b".a.csv.part";
        if asked.code == INIT {
            talk.put(".a.csv.part", b"of another user");
        } else if is_others && talk.has(".a.csv.part") {
            talk.status(asked, PERMISSION_DENIED);
            return true;
        }
        false
    });
    let mut session = server.connect();
    upload(&mut *session, b"content").unwrap();
    assert_eq!(server.script.heard(REMOVE), 1);
    handover::publish(&mut *session, "", "a.csv").unwrap();
    assert_eq!(fetch(&mut *session).unwrap(), b"content");
}

#[test]
fn a_folder_in_which_nothing_may_be_written_is_told_as_it_is() {
    let server = server(|asked, talk| {
        if asked.code == OPEN {
            talk.status(asked, PERMISSION_DENIED);
        }
        asked.code == OPEN
    });
    let mut session = server.connect();
    let error = upload(&mut *session, b"content").unwrap_err();
    assert_eq!(error.kind, Kind::Denied, "{}", error.chain());
    assert!(error.chain().contains("write .a.csv.part on 127.0.0.1"), "{}", error.chain());
    assert!(error.chain().ends_with("so be it (SFTP status 3)"), "{}", error.chain());
    session.size("a.csv").unwrap();
}

#[test]
fn the_old_file_stays_where_the_server_refuses_renaming() {
    for code in [PERMISSION_DENIED, OP_UNSUPPORTED] {
        let server = server(move |asked, talk| {
            match asked.code {
                INIT => talk.put("a.csv", b"old"),
                RENAME | EXTENDED => {
                    talk.status(asked, code);
                    return true;
                }
                _ => {}
            }
            false
        });
        let mut session = server.connect();
        upload(&mut *session, b"new").unwrap();
        let error = handover::publish(&mut *session, "", "a.csv").unwrap_err();
        assert_eq!(error.kind, Kind::Denied, "{}", error.chain());
        assert_eq!(fetch(&mut *session).unwrap(), b"old");
        assert_eq!(server.script.heard(REMOVE), 0);
    }
}

#[test]
fn an_extension_that_is_announced_and_not_known_is_done_without() {
    let server = server(|asked, talk| {
        match asked.code {
            INIT => talk.introduce(&["posix-rename@openssh.com", "fsync@openssh.com", "limits@openssh.com"]),
            EXTENDED => talk.status(asked, OP_UNSUPPORTED),
            _ => return false,
        }
        true
    });
    let mut session = server.connect();
    for (content, expected) in [("first", Replacement::Atomic), ("second", Replacement::InTwoSteps)] {
        upload(&mut *session, content.as_bytes()).unwrap();
        assert_eq!(handover::publish(&mut *session, "", "a.csv").unwrap(), expected);
        assert_eq!(fetch(&mut *session).unwrap(), content.as_bytes());
    }
    // The limits, and one try each of the others.
    assert_eq!(server.script.heard(EXTENDED), 3);
}

#[test]
fn the_server_s_own_limits_are_kept() {
    let server = server(|asked, talk| {
        match asked.code {
            INIT => talk.introduce(&["posix-rename@openssh.com", "limits@openssh.com"]),
            EXTENDED if asked.strings::<1>()[0] == b"limits@openssh.com" => {
                let limits = [1100_u64, 1000, 700, 0].map(u64::to_be_bytes).concat();
                talk.answer(201, asked.id, &limits);
            }
            READ if asked.length() > 1000 => talk.status(asked, FAILURE),
            WRITE if asked.length() > 700 => talk.status(asked, FAILURE),
            _ => return false,
        }
        true
    });
    let mut session = server.connect();
    upload(&mut *session, &content(30_000)).unwrap();
    handover::publish(&mut *session, "", "a.csv").unwrap();
    assert!(fetch(&mut *session).unwrap() == content(30_000));
    assert_eq!(server.script.heard(WRITE), 30_000_usize.div_ceil(700));
}

#[test]
fn a_server_that_lists_names_only_is_asked_for_the_rest() {
    let server = server(|asked, talk| {
        match asked.code {
            INIT => {
                talk.put("drop/a.csv", b"content");
                talk.put("drop/caf\u{e9}.csv", b"");
                return false;
            }
            OPENDIR => talk.handle(asked, b"folder"),
            READDIR => {
                let is_first = !talk.has("listed");
                talk.put("listed", b"");
                match is_first {
                    true => talk.names(asked, &[b"a.csv", b"gone.csv", "caf\u{e9}.csv".as_bytes(), b"caf\xE9.csv"]),
                    false => talk.status(asked, EOF),
                }
            }
            STAT if asked.strings::<1>()[0] == b"drop/caf\xE9.csv" => talk.file_of(asked, 3),
            _ => return false,
        }
        true
    });
    let listing = server.connect().list("drop").unwrap();
    let files: Vec<_> = listing.files.iter().map(|file| (file.name.as_str(), file.size)).collect();
    assert_eq!(files, [("a.csv", 7), ("caf\u{e9}.csv", 0)]);
    assert_eq!(listing.unusable.len(), 1);
    assert_eq!(listing.unusable[0].reason, "is not UTF-8");
}

#[test]
fn a_listing_that_breaks_off_is_not_a_short_one() {
    let server = server(|asked, talk| {
        match asked.code {
            OPENDIR => talk.handle(asked, b"folder"),
            READDIR => talk.status(asked, FAILURE),
            _ => return false,
        }
        true
    });
    assert_eq!(server.connect().list("").unwrap_err().kind, Kind::Denied);
}
