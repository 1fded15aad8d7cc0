//! A renaming whose answer was lost has happened or not: whichever it is, it happens once.

use std::sync::atomic::{AtomicBool, Ordering};

use crate::firm::{Firm, export, import, server, users};
use crate::store::{self, Store, Turn};

/// Does something the first time only.
fn once(whim: impl Fn(&str) -> Option<Turn> + Send + Sync) -> impl Fn(&str) -> Turn + Send + Sync {
    let is_done = AtomicBool::new(false);
    move |command| match whim(command) {
        Some(turn) if !is_done.swap(true, Ordering::SeqCst) => turn,
        _ => Turn::Usual,
    }
}

#[test]
fn a_delivery_whose_last_answer_is_lost_was_delivered() {
    let lost = once(|command| (command == "RNTO /out.csv").then_some(Turn::HangUpAfter));
    let (server_, files) = store::start(&[], move |command, _, _| lost(command));
    let firm = Firm::new(&[server("ftp", server_.port), export("out", "ftp")].concat());
    let said = firm.ends(&["run"], 0);
    assert_eq!(said.exchange(0)["exports"][0]["outcome"], "delivered");
    assert_eq!(files.names(), ["/out.csv"]);
    assert_eq!([server_.heard("STOR"), server_.heard("RNTO")], [1, 1], "{:?}", server_.commands());
}

#[test]
fn a_delivery_that_the_server_did_not_rename_is_renamed_and_not_sent_again() {
    let lost = once(|command| (command == "RNTO /out.csv").then_some(Turn::HangUp));
    let (server_, files) = store::start(&[], move |command, _, _| lost(command));
    let firm = Firm::new(&[server("ftp", server_.port), export("out", "ftp")].concat());
    firm.ends(&["run"], 0);
    assert_eq!(files.names(), ["/out.csv"]);
    assert_eq!([server_.heard("STOR"), server_.heard("RNTO")], [1, 2], "{:?}", server_.commands());
}

#[test]
fn a_delivery_that_the_server_renames_late_was_delivered() {
    let lost = once(|command| (command == "RNTO /out.csv").then_some(Turn::HangUp));
    let late = AtomicBool::new(false);
    let whim = move |command: &str, files: &Store| {
        // Asked for a second time, it has just done what it was asked for first.
        if command == "RNFR /.out.csv.part" && late.swap(true, Ordering::SeqCst) {
            files.rename("/.out.csv.part", "/out.csv");
        }
        lost(command)
    };
    let (server_, files) = store::start(&[], move |command, _, files| whim(command, files));
    let firm = Firm::new(&[server("ftp", server_.port), export("out", "ftp")].concat());
    let said = firm.ends(&["run"], 0);
    assert_eq!(said.exchange(0)["exports"][0]["outcome"], "delivered");
    assert_eq!(files.names(), ["/out.csv"]);
}

#[test]
fn a_file_whose_setting_aside_lost_its_answer_is_set_aside_once() {
    let lost = once(|command| (command == "RNTO /in/done/users.csv").then_some(Turn::HangUpAfter));
    let dropped = users(3);
    let (server_, files) = store::start(&[("/in/users.csv", dropped.as_bytes())], move |command, _, _| lost(command));
    let firm = Firm::new(&[server("ftp", server_.port), import("in", "ftp", 0)].concat());
    let said = firm.ends(&["run"], 0);
    let set_aside = ["/in/done/users.csv", "/in/done/users.csv.verdict.json", "/in/done/users.csv.verdict.txt"];
    assert_eq!(files.names(), set_aside);
    assert_eq!(said.exchange(0)["imports"][0]["set-aside"], "in/done/users.csv");
}

#[test]
fn a_file_that_was_dropped_after_one_of_its_name_was_set_aside_is_left_for_the_next_night() {
    let lost = once(|command| (command == "RNTO /in/done/users.csv").then_some(Turn::HangUpAfter));
    let (first, second) = (users(3), users(4));
    let is_dropped = AtomicBool::new(false);
    let whim = {
        let second = second.clone();
        move |command: &str, files: &Store| {
            let is_away = files.files().contains_key("/in/done/users.csv");
            if is_away && !is_dropped.swap(true, Ordering::SeqCst) {
                files.files().insert("/in/users.csv".into(), second.clone().into_bytes());
            }
            lost(command)
        }
    };
    let (server_, files) =
        store::start(&[("/in/users.csv", first.as_bytes())], move |command, _, files| whim(command, files));
    let firm = Firm::new(&[server("ftp", server_.port), import("in", "ftp", 0)].concat());
    firm.ends(&["run"], 0);
    assert_eq!(files.files()["/in/done/users.csv"], first.as_bytes());
    assert_eq!(files.files()["/in/users.csv"], second.as_bytes());

    firm.ends(&["run"], 0);
    assert_eq!(files.files()["/in/done/users-2.csv"], second.as_bytes());
    assert_eq!(firm.count("SELECT count(*) FROM users"), 4);
}
