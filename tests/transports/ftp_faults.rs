//! FTP servers that hang, lie, break off and refuse: each was met, and each ends in bounded time and in the right words.

use std::io::{self, Read, Write};
use std::net::TcpListener;
use std::sync::atomic::{AtomicBool, AtomicUsize, Ordering};
use std::sync::{Mutex, mpsc};
use std::time::Duration;

use passerelle::transport::{Error, Kind, Limit, Replacement, Session, Stop, handover};
use rustls::ProtocolVersion;

use crate::ftp_site::{EXPLICIT, IMPLICIT, PLAIN, Site};
use crate::scripted::{Scripted, Talk};
use crate::suite;

const SOON: &str = "connect-seconds = 1\nanswer-seconds = 1";

fn plainly() -> String {
    format!("{PLAIN}\n{SOON}")
}

fn connect(server: &Scripted) -> Box<dyn Session> {
    Site::new().connect(server.port, &plainly())
}

fn refusal(server: &Scripted) -> Error {
    Site::new().refusal(server.port, &plainly())
}

/// The failure of a request, after which the conversation must be over.
fn last_failure<T>(session: &mut dyn Session, outcome: Result<T, Error>) -> Error {
    let error = outcome.err().expect("this should have failed");
    let after = session.size("a.csv").unwrap_err();
    assert_eq!(after.kind, Kind::Unreachable);
    assert!(after.chain().contains("the conversation is over"), "{}", after.chain());
    error
}

#[test]
fn a_server_that_does_not_greet_is_given_up() {
    let (silent, site) = (TcpListener::bind("127.0.0.1:0").unwrap(), Site::new());
    let port = silent.local_addr().unwrap().port();
    for encryption in [PLAIN, EXPLICIT, IMPLICIT] {
        let error = site.refusal(port, &format!("{encryption}\n{SOON}"));
        assert_eq!(error.kind, Kind::TimedOut, "{}", error.chain());
    }
}

#[test]
fn a_server_that_greets_byte_by_byte_is_given_up() {
    let server = Scripted::start(|command, talk| {
        let slow = command.starts_with("FEAT");
        if slow {
            talk.say_slowly("211-this takes more time than anybody has, and is no reason to wait for ever");
        }
        slow
    });
    let (site, limit) = (Site::new(), Limit::new(Duration::from_secs(2), &Stop::default()));
    let error = site.options(server.port, &plainly()).connect(site.path(), &limit).err().unwrap();
    assert_eq!(error.kind, Kind::TimedOut);
    assert!(error.chain().contains("`within-minutes`"), "{}", error.chain());
}

#[test]
fn a_server_that_does_not_say_goodbye_is_left() {
    let server = Scripted::start(|command, _| command == "QUIT");
    drop(connect(&server));
    assert_eq!(server.heard("QUIT"), 1);
}

#[test]
fn a_server_that_is_full_of_users_may_be_tried_later() {
    let error = refusal(&Scripted::greeting("421 Too many connections, come back later"));
    assert_eq!(error.kind, Kind::Unreachable);
    assert!(error.chain().ends_with("the server answered `421 Too many connections, come back later`"));
}

#[test]
fn a_wrong_password_is_a_refused_login() {
    let server = Scripted::start(|command, talk| {
        let login = command.starts_with("PASS");
        if login {
            talk.say("530 Login incorrect.");
        }
        login
    });
    let error = refusal(&server);
    assert_eq!(error.kind, Kind::Login);
    assert!(!error.later_may_help());
    let refused =
        format!("log in as anonymous on localhost:{}: the server refuses this user with this password", server.port);
    assert!(error.chain().starts_with(&refused), "{}", error.chain());
    assert!(error.chain().ends_with("the server answered `530 Login incorrect.`"), "{}", error.chain());
}

#[test]
fn a_server_without_tls_gets_no_password() {
    let server = Scripted::start(|command, talk| {
        let tls = command.starts_with("AUTH");
        if tls {
            talk.say("502 Command not implemented.");
        }
        tls
    });
    let error = Site::new().refusal(server.port, EXPLICIT);
    assert_eq!(error.kind, Kind::Protocol);
    assert!(error.chain().starts_with("start TLS with localhost"), "{}", error.chain());
    assert_eq!(server.heard("USER") + server.heard("PASS"), 0);
}

#[test]
fn an_upload_that_is_never_confirmed_times_out() {
    let server = Scripted::start(|command, talk| {
        let upload = command.starts_with("STOR");
        if upload {
            assert_eq!(talk.take().unwrap(), b"content");
        }
        upload
    });
    let mut session = connect(&server);
    let outcome = session.write("a.csv", &mut &b"content"[..], 7);
    assert_eq!(last_failure(&mut *session, outcome).kind, Kind::TimedOut);
}

#[test]
fn an_upload_that_nobody_reads_times_out() {
    let server = Scripted::start(|command, talk| {
        if command.starts_with("STOR") {
            talk.say("150 send it");
            let _held = talk.accept_data().unwrap();
            std::thread::sleep(std::time::Duration::from_secs(600));
        }
        false
    });
    let mut session = connect(&server);
    let size = 64 << 20;
    let outcome = session.write("a.csv", &mut io::repeat(b'x').take(size), size);
    assert_eq!(last_failure(&mut *session, outcome).kind, Kind::TimedOut);
}

#[test]
fn an_upload_that_is_stored_in_part_is_damaged() {
    let server = Scripted::start(|command, talk| {
        match command.split(' ').next() {
            Some("STOR") => {
                talk.take().unwrap();
                talk.say("226 stored");
            }
            Some("SIZE") => talk.say("213 4"),
            _ => return false,
        }
        true
    });
    let mut session = connect(&server);
    let outcome = session.write("a.csv", &mut &b"content"[..], 7);
    let error = last_failure(&mut *session, outcome);
    assert_eq!(error.kind, Kind::Damaged);
    assert!(error.chain().ends_with("7 bytes were sent, and the server has 4"), "{}", error.chain());
}

#[test]
fn a_server_without_room_may_be_tried_later() {
    let server = Scripted::start(|command, talk| {
        let upload = command.starts_with("STOR");
        if upload {
            let _ = talk.take();
            talk.say("452 Insufficient storage space");
        }
        upload
    });
    let mut session = connect(&server);
    let outcome = session.write("a.csv", &mut &b"content"[..], 7);
    let error = last_failure(&mut *session, outcome);
    assert_eq!(error.kind, Kind::Full);
    assert!(error.later_may_help());
}

#[test]
fn an_upload_whose_file_breaks_off_does_not_look_whole_to_the_server() {
    struct Breaks(usize);
    impl Read for Breaks {
        fn read(&mut self, buffer: &mut [u8]) -> io::Result<usize> {
            if self.0 == 0 {
                return Err(io::Error::other("the disk is gone"));
            }
            self.0 -= 1;
            buffer.fill(b'x');
            Ok(buffer.len())
        }
    }
    let site = Site::new();
    let certificate = site.authority.certificate_for("localhost");
    for encryption in [PLAIN, EXPLICIT] {
        let (ended, end) = mpsc::channel();
        let ended = Mutex::new(ended);
        let server = Scripted::with_tls(&certificate, move |command, talk| {
            let upload = command.starts_with("STOR");
            if upload {
                ended.lock().unwrap().send(talk.take().map(|bytes| bytes.len())).unwrap();
            }
            upload
        });
        let mut session = site.connect(server.port, &format!("{encryption}\n{SOON}"));
        let outcome = session.write("a.csv", &mut Breaks(3), 10 << 20);
        assert_eq!(last_failure(&mut *session, outcome).kind, Kind::Local);
        let seen = end.recv().unwrap();
        assert!(seen.is_err(), "the server saw a whole file of {seen:?} bytes");
    }
}

#[test]
fn a_download_that_ends_early_with_a_lying_answer_is_damaged() {
    let server = Scripted::start(|command, talk| {
        match command.split(' ').next() {
            Some("SIZE") => talk.say("213 1000"),
            Some("RETR") => talk.send(b"only this"),
            _ => return false,
        }
        true
    });
    let mut session = connect(&server);
    let outcome = session.fetch("a.csv", &mut Vec::new());
    let error = last_failure(&mut *session, outcome);
    assert_eq!(error.kind, Kind::Damaged);
    assert!(error.chain().ends_with("the server announced 1000 bytes, and sent 9"), "{}", error.chain());
}

#[test]
fn a_download_that_stalls_times_out() {
    let server = Scripted::start(|command, talk| {
        match command.split(' ').next() {
            Some("SIZE") => talk.say("213 1000"),
            Some("RETR") => {
                talk.say("150 here it comes");
                let mut data = talk.accept_data().unwrap();
                data.write_all(b"only this").unwrap();
                std::thread::sleep(std::time::Duration::from_secs(600));
            }
            _ => return false,
        }
        true
    });
    let mut session = connect(&server);
    let outcome = session.fetch("a.csv", &mut Vec::new());
    assert_eq!(last_failure(&mut *session, outcome).kind, Kind::TimedOut);
}

#[test]
fn a_size_with_words_after_it_is_understood() {
    let server = Scripted::start(|command, talk| {
        match command.split(' ').next() {
            Some("SIZE") => talk.say("213 9 bytes"),
            Some("RETR") => talk.send(b"only this"),
            _ => return false,
        }
        true
    });
    let mut content = Vec::new();
    assert_eq!(connect(&server).fetch("a.csv", &mut content).unwrap(), 9);
    assert_eq!(content, b"only this");
}

#[test]
fn a_server_that_tells_no_sizes_tells_them_in_its_listing() {
    let server = Scripted::start(|command, talk| {
        match command.split(' ').next() {
            Some("SIZE") => talk.say("502 Command not implemented."),
            Some("MLSD") => talk.send(b"type=file;size=9; a.csv\r\n"),
            Some("RETR") => talk.send(b"only this"),
            _ => return false,
        }
        true
    });
    let mut session = connect(&server);
    assert_eq!(session.size("b.csv").unwrap(), None);
    assert_eq!(session.fetch("a.csv", &mut Vec::new()).unwrap(), 9);
}

#[test]
fn a_listing_that_fails_is_never_an_empty_folder() {
    let refuse: fn(&mut Talk) = |talk| talk.say("450 No files found");
    let break_off: fn(&mut Talk) = |talk| {
        talk.say("150 here it comes");
        drop(talk.accept_data().unwrap());
        talk.say("426 Connection closed; transfer aborted.");
    };
    for (act, code) in [(refuse, "450"), (break_off, "426")] {
        let server = Scripted::start(move |command, talk| {
            let listing = command.starts_with("MLSD") || command.starts_with("LIST");
            if listing {
                act(talk);
            }
            listing
        });
        let mut session = connect(&server);
        let outcome = session.list("");
        let error = last_failure(&mut *session, outcome);
        assert_eq!(error.kind, Kind::Unreachable);
        assert!(error.chain().contains(code), "{}", error.chain());
    }
}

/// Without TLS the end of a connection says nothing about whether it was all.
#[test]
fn an_empty_listing_in_the_clear_is_asked_for_once_more() {
    for (cut, found) in [(1, 1), (2, 0)] {
        let asked = AtomicUsize::new(0);
        let server = Scripted::start(move |command, talk| {
            let listing = command.starts_with("MLSD");
            if listing {
                let is_cut = asked.fetch_add(1, Ordering::Relaxed) < cut;
                talk.send(if is_cut { b"" } else { b"type=file;size=9; a.csv\r\n" });
            }
            listing
        });
        assert_eq!(connect(&server).list("").unwrap().files.len(), found);
        assert_eq!(server.heard("MLSD"), 2);
    }
}

#[test]
fn a_file_that_a_cut_listing_leaves_out_keeps_its_name() {
    let server = Scripted::start(|command, talk| {
        match command {
            "MLSD" => talk.send(b"type=file;size=9; b.csv\r\n"),
            "SIZE /done/a.csv" => talk.say("213 9"),
            _ => return false,
        }
        true
    });
    assert_eq!(handover::free_name(&mut *connect(&server), "done", "a.csv").unwrap(), "a-2.csv");
}

#[test]
fn the_last_word_of_a_server_that_fails_by_itself_is_no_refusal() {
    let server = Scripted::start(|command, talk| {
        let removal = command.starts_with("DELE");
        if removal {
            talk.say("500 OOPS: vsf_sysutil_bind");
        }
        removal
    });
    let mut session = connect(&server);
    let outcome = session.remove("a.csv");
    let error = last_failure(&mut *session, outcome);
    assert_eq!(error.kind, Kind::Unreachable, "{}", error.chain());
}

#[test]
fn a_listing_that_tls_cannot_tell_from_a_cut_one_is_asked_for_once_more() {
    let site = Site::new();
    let certificate = site.authority.certificate_for("localhost");
    for cut in [1, 2] {
        let asked = AtomicUsize::new(0);
        let server = Scripted::with_tls(&certificate, move |command, talk| {
            let listing = command.starts_with("MLSD");
            if listing {
                if asked.fetch_add(1, Ordering::Relaxed) < cut {
                    talk.say("150 here it comes");
                    drop(talk.accept_data().unwrap());
                    talk.say("226 that was it");
                } else {
                    talk.send(b"type=file;size=9; a.csv\r\n");
                }
            }
            listing
        });
        let outcome = site.connect(server.port, &format!("{EXPLICIT}\n{SOON}")).list("");
        match cut {
            1 => assert_eq!(outcome.unwrap().files.len(), 1),
            _ => assert!(outcome.unwrap_err().chain().contains("the listing was cut short")),
        }
        assert_eq!(server.heard("MLSD"), 2);
    }
}

#[test]
fn names_that_a_server_should_not_give_are_reported() {
    let server = Scripted::start(|command, talk| {
        let listing = command.starts_with("MLSD");
        if listing {
            talk.send(
                b"type=cdir; .\r\ntype=pdir; ..\r\ntype=file;size=1; ../../etc/passwd\r\ntype=file;size=1; caf\xE9.csv\r\n\
                  type=file;size=1;  lead.csv\r\ntype=file;size=1; trail.csv \r\ntype=file;size=1; ..\r\n\
                  type=file;size=1; a\x1Bb.csv\r\nnonsense\r\ntype=file;size=1; good.csv\r\n",
            );
        }
        listing
    });
    let listing = connect(&server).list("").unwrap();
    assert_eq!(listing.files.iter().map(|entry| entry.name.as_str()).collect::<Vec<_>>(), ["good.csv"]);
    let unusable: Vec<_> = listing.unusable.iter().map(|name| (name.shown.as_str(), name.reason)).collect();
    assert_eq!(
        unusable,
        [
            ("../../etc/passwd", "has a slash"),
            ("caf\u{FFFD}.csv", "is not UTF-8"),
            (" lead.csv", "has blanks at an end"),
            ("trail.csv ", "has blanks at an end"),
            ("..", "means a folder"),
            ("a\\u{1b}b.csv", "has a control character"),
            ("nonsense", "is in a line that is not understood"),
        ]
    );
}

#[test]
fn an_address_that_a_firewall_rewrote_is_not_followed() {
    let server = Scripted::start(|command, talk| {
        match command.split(' ').next() {
            Some("EPSV") => talk.say("500 what?"),
            Some("PASV") => {
                let port = talk.open_data();
                talk.say(&format!("227 Entering Passive Mode (10,99,99,99,{},{}).", port >> 8, port & 0xff));
            }
            Some("MLSD") => talk.send(b"type=file;size=9; a.csv\r\n"),
            _ => return false,
        }
        true
    });
    assert_eq!(connect(&server).list("").unwrap().files.len(), 1);
}

#[test]
fn a_server_that_knows_no_features_is_listed_in_the_old_way() {
    for answer in ["211 no features", "500 what?"] {
        let server = Scripted::start(move |command, talk| {
            match command.split(' ').next() {
                Some("FEAT") => talk.say(answer),
                Some("LIST") => talk.send(b"total 1\r\n-rw-r--r-- 1 acme hr 9 Jan 31 2024 a.csv\r\n"),
                _ => return false,
            }
            true
        });
        let listing = connect(&server).list("").unwrap();
        assert_eq!((listing.files[0].name.as_str(), listing.files[0].size), ("a.csv", 9));
        assert_eq!(server.heard("MLSD"), 0);
    }
}

#[test]
fn a_server_that_does_not_rename_over_a_file_has_it_moved_aside_first() {
    let old_is_there = AtomicBool::new(true);
    let server = Scripted::start(move |command, talk| {
        match command {
            "SIZE /old.csv" => talk.say("213 3"),
            "RNTO /old.csv" if old_is_there.load(Ordering::Relaxed) => talk.say("553 File exists"),
            "RNTO /.old.csv.old" => {
                old_is_there.store(false, Ordering::Relaxed);
                talk.say("250 done");
            }
            _ => return false,
        }
        true
    });
    let mut session = connect(&server);
    assert_eq!(session.rename("new.csv", "old.csv").unwrap(), Replacement::InTwoSteps);
    assert_eq!(session.rename("new.csv", "free.csv").unwrap(), Replacement::Atomic);
    let removed: Vec<String> = server.commands().into_iter().filter(|command| command.starts_with("DELE")).collect();
    assert_eq!(removed, ["DELE /.old.csv.old"; 2], "before and after, and never the file itself");
}

/// Like vsftpd and ProFTPD towards a client whose TLS 1.3 tickets are used up.
fn refuses_tls_1_3(refuse_always: bool) -> impl Fn(&str, &mut Talk) -> bool {
    let stored = Mutex::new(0);
    move |command, talk| {
        match command.split(' ').next() {
            Some("STOR") => {
                talk.say("150 send it");
                let mut data = talk.accept_data().unwrap();
                if refuse_always || data.version() == Some(ProtocolVersion::TLSv1_3) {
                    drop(data);
                    talk.say("522 SSL connection failed: session reuse required");
                } else {
                    let mut bytes = Vec::new();
                    data.read_to_end(&mut bytes).unwrap();
                    *stored.lock().unwrap() = bytes.len();
                    talk.say("226 stored");
                }
            }
            Some("SIZE") => talk.say(&format!("213 {}", stored.lock().unwrap())),
            _ => return false,
        }
        true
    }
}

#[test]
fn a_server_that_refuses_tls_1_3_gets_tls_1_2_and_all_of_the_file() {
    let site = Site::new();
    let server = Scripted::with_tls(&site.authority.certificate_for("localhost"), refuses_tls_1_3(false));
    let options = site.options(server.port, &format!("{EXPLICIT}\n{SOON}"));
    let content = vec![b'x'; 1 << 20];
    for size in [7, content.len(), 0] {
        let mut session = options.connect(site.path(), &suite::time_enough()).unwrap();
        session.write("a.csv", &mut &content[..size], size as u64).unwrap();
        assert_eq!(session.size("a.csv").unwrap(), Some(size as u64));
    }
    // The first conversation, the one that took its place, and one for each further file.
    assert_eq!(server.heard("PASS"), 4);
    assert_eq!(server.heard("STOR"), 4);
}

#[test]
fn a_download_too_gets_tls_1_2_where_tls_1_3_is_refused() {
    let site = Site::new();
    let server = Scripted::with_tls(&site.authority.certificate_for("localhost"), |command, talk| {
        match command.split(' ').next() {
            Some("SIZE") => talk.say("213 9"),
            Some("RETR") => {
                talk.say("150 here it comes");
                let mut data = talk.accept_data().unwrap();
                if data.version() == Some(ProtocolVersion::TLSv1_3) {
                    drop(data);
                    talk.say("425 Unable to build data connection: Operation not permitted");
                } else {
                    data.write_all(b"only this").unwrap();
                    data.end();
                    talk.say("226 that was it");
                }
            }
            _ => return false,
        }
        true
    });
    let mut content = Vec::new();
    site.connect(server.port, &format!("{EXPLICIT}\n{SOON}")).fetch("a.csv", &mut content).unwrap();
    assert_eq!(content, b"only this");
    assert_eq!(server.heard("RETR"), 2);
}

#[test]
fn a_download_that_ends_without_the_farewell_of_tls_is_measured() {
    let site = Site::new();
    let certificate = site.authority.certificate_for("localhost");
    for (announced, whole) in [("213 9", true), ("213 10", false)] {
        let server = Scripted::with_tls(&certificate, move |command, talk| {
            match command.split(' ').next() {
                Some("SIZE") => talk.say(announced),
                Some("RETR") => {
                    talk.say("150 here it comes");
                    talk.accept_data().unwrap().write_all(b"only this").unwrap();
                    talk.say("226 that was it");
                }
                _ => return false,
            }
            true
        });
        let outcome = site.connect(server.port, &format!("{EXPLICIT}\n{SOON}")).fetch("a.csv", &mut Vec::new());
        assert_eq!(outcome.map_err(|error| error.kind), if whole { Ok(9) } else { Err(Kind::Damaged) });
    }
}

#[test]
fn a_server_that_does_not_begin_with_tls_is_told_from_one_that_does() {
    let server = Scripted::start(|_, _| false);
    let error = Site::new().refusal(server.port, &format!("{IMPLICIT}\n{SOON}"));
    assert_eq!(error.kind, Kind::Protocol, "{}", error.chain());
    assert!(error.chain().contains("`encryption = \"explicit\"` may be right"), "{}", error.chain());
}

#[test]
fn a_server_that_refuses_every_tls_is_not_asked_for_ever() {
    let site = Site::new();
    let server = Scripted::with_tls(&site.authority.certificate_for("localhost"), refuses_tls_1_3(true));
    let mut session = site.connect(server.port, &format!("{EXPLICIT}\n{SOON}"));
    let outcome = session.write("a.csv", &mut &b"content"[..], 7);
    let error = last_failure(&mut *session, outcome);
    assert!(error.chain().contains("522 SSL connection failed: session reuse required"), "{}", error.chain());
    assert_eq!(server.heard("STOR"), 2);
}

#[test]
fn a_site_that_insists_on_tls_1_3_is_told_what_may_help() {
    let site = Site::new();
    let server = Scripted::with_tls(&site.authority.certificate_for("localhost"), refuses_tls_1_3(false));
    let mut session = site.connect(server.port, &format!("{EXPLICIT}\n{SOON}\ntls = '1.3'"));
    let outcome = session.write("a.csv", &mut &b"content"[..], 7);
    let error = last_failure(&mut *session, outcome);
    assert!(error.chain().contains("`tls = \"1.2\"` may help"), "{}", error.chain());
    assert_eq!(server.heard("STOR"), 1);
}

#[test]
fn a_file_too_long_to_be_sent_again_is_left_to_the_next_attempt() {
    let site = Site::new();
    let server = Scripted::with_tls(&site.authority.certificate_for("localhost"), |command, talk| {
        if command.starts_with("STOR") {
            talk.say("150 send it");
            let mut data = talk.accept_data().unwrap();
            if data.version() == Some(ProtocolVersion::TLSv1_3) {
                data.read_exact(&mut vec![0; 6 << 20]).unwrap();
                drop(data);
                talk.say("522 SSL connection failed: session reuse required");
                return true;
            }
        }
        false
    });
    let options = site.options(server.port, &format!("{EXPLICIT}\n{SOON}"));
    let mut session = options.connect(site.path(), &suite::time_enough()).unwrap();
    let size = 64 << 20;
    let outcome = session.write("a.csv", &mut io::repeat(b'x').take(size), size);
    let error = last_failure(&mut *session, outcome);
    assert!(error.later_may_help());
    assert!(error.chain().contains("from now on TLS 1.2 is used"), "{}", error.chain());
    assert_eq!(server.heard("STOR"), 1);
}
