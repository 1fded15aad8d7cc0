//! Exchanges side by side: nobody waits for another partner's server, and exchanges with one server share a conversation.

use std::net::TcpListener;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};

use rustix::process::Signal;

use crate::firm::{Firm, export, import, people, server, users};
use crate::store::{self, Turn};

#[test]
fn a_server_that_hangs_does_not_delay_another_partner() {
    let silent = TcpListener::bind("127.0.0.1:0").unwrap();
    let port = silent.local_addr().unwrap().port();
    let firm = Firm::new(&[server("silent", port), export("first", "silent"), export("second", "partner")].concat());
    let mut night = firm.start(&["run"]);
    // It is let in, and hears nothing from then on.
    let client = night.wait_for_client(&silent);
    night.wait_until(|| firm.has("partner/second.csv") && !firm.has("partner/.second.csv.part"));
    night.wait_until(|| firm.count("SELECT count(*) FROM deliveries WHERE status = 'delivered'") == 1);
    night.signal(Signal::TERM);
    drop(client);
    let said = firm.end(night);
    assert_eq!(said.status.code(), Some(75), "{:#}", said.report);
    assert_eq!(said.names(), ["first", "second"], "the report keeps the order of the night");
    assert_eq!(said.exchange(1)["exports"][0]["outcome"], "delivered");
    assert!(said.failure(0).contains("this run was asked to stop"), "{}", said.failure(0));
}

#[test]
fn exchanges_with_one_server_log_in_once() {
    let (server_of_all, files) = store::start(&[], |_, _, _| Turn::Usual);
    let exchanges = ["one", "two", "three"].map(|name| export(name, "all")).concat();
    let firm = Firm::new(&(server("all", server_of_all.port) + &exchanges));
    firm.ends(&["run"], 0);
    assert_eq!(files.names(), ["/one.csv", "/three.csv", "/two.csv"]);
    assert_eq!(server_of_all.heard("USER"), 1, "{:?}", server_of_all.commands());
}

#[test]
fn exports_read_the_people_that_they_share_in_one_conversation() {
    let (hr, _) = store::start(&[("/hr.csv", people(3).as_bytes())], |_, _, _| Turn::Usual);
    let [one, two] = ["a", "b"].map(|_| store::start(&[], |_, _, _| Turn::Usual));
    let sections = [server("a", one.0.port), server("b", two.0.port), export("one", "a"), export("two", "b")].concat();
    let firm = Firm::new(&sections);
    let site = firm.read("passerelle.toml");
    firm.write("passerelle.toml", &site.replace("[server.hr.directory]\npath = \"hr\"\n", &server("hr", hr.port)));
    firm.ends(&["run"], 0);
    assert_eq!([one.1.names(), two.1.names()], [["/one.csv"], ["/two.csv"]]);
    assert_eq!([hr.heard("RETR"), hr.heard("USER")], [2, 1], "{:?}", hr.commands());
}

#[test]
fn a_kept_conversation_that_the_server_ended_is_begun_again_in_silence() {
    let (forgetful, files) = store::start(&[], |command, _, _| match command {
        "RNTO /one.csv" => Turn::HangUpAfterAnswer,
        _ => Turn::Usual,
    });
    let firm = Firm::new(&[server("all", forgetful.port), export("one", "all"), export("two", "all")].concat());
    let said = firm.ends(&["run"], 0);
    assert_eq!(files.names(), ["/one.csv", "/two.csv"]);
    assert_eq!(forgetful.heard("USER"), 2, "{:?}", forgetful.commands());
    assert_eq!(said.err, "");
}

#[test]
fn an_export_has_the_people_of_the_import_before_it() {
    let exports = export("out", "hr").replace("people = 'hr'", "people = 'users'");
    let imports = import("in", "partner", 1).replace("ready", "deadline = '23:59'\nready");
    let firm = Firm::new(&(imports + &exports));
    firm.write("partner/in/users.csv", &users(3));
    firm.ends(&["run"], 0);
    assert_eq!(firm.read("hr/out.csv").lines().count(), 4, "{}", firm.read("hr/out.csv"));
}

#[test]
fn an_import_that_hangs_holds_up_only_who_reads_what_it_changes() {
    let is_asked = Arc::new(AtomicBool::new(false));
    let asked = Arc::clone(&is_asked);
    let (hanging, _) = store::start(&[("/in/users.csv", b"")], move |command, _, _| {
        if command == "MLSD" {
            asked.store(true, Ordering::SeqCst);
            return Turn::Answered;
        }
        Turn::Usual
    });
    let reads_users = export("reads", "hr").replace("people = 'hr'", "people = 'users'");
    let imports = import("in", "hanging", 0).replace("ready", "deadline = '23:59'\nready");
    let sections = [server("hanging", hanging.port), imports, reads_users, export("other", "partner")].concat();
    let firm = Firm::new(&sections);
    let mut night = firm.start(&["run"]);
    night.wait_until(|| is_asked.load(Ordering::SeqCst) && firm.has("partner/other.csv"));
    assert!(!firm.has("hr/reads.csv"), "who reads the directory waits for the import");
    night.end_at_once(&firm);
    firm.end(night);
}

#[test]
fn a_dry_run_runs_side_by_side_too() {
    let silent = TcpListener::bind("127.0.0.1:0").unwrap();
    let port = silent.local_addr().unwrap().port();
    let sections = [server("silent", port), import("in", "silent", 0), export("out", "partner")].concat();
    let firm = Firm::new(&sections);
    let mut night = firm.start(&["run", "--dry-run", "--log", "json"]);
    let client = night.wait_for_client(&silent);
    // There is nothing to see of it but its log.
    night.wait_until(|| firm.read("err").contains("\"exchange\":\"out\""));
    night.signal(Signal::TERM);
    drop(client);
    let said = firm.end(night);
    assert_eq!(said.status.code(), Some(75), "{:#}", said.report);
    assert_eq!(said.exchange(0)["exports"][0]["outcome"], "would-be-delivered");
}
