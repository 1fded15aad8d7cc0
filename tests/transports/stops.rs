//! A night that is told to stop: what is under way ends, nothing new begins, and the next night ends as an undisturbed one.

use std::net::TcpListener;
use std::os::unix::process::ExitStatusExt;
use std::sync::Mutex;
use std::sync::mpsc;

use rustix::process::Signal;

use crate::firm::{Firm, export, import, server, users};
use crate::process::free_port;
use crate::store::{self, Turn};

const HAS_BEGUN: &str = "SELECT count(*) FROM runs";

#[test]
fn an_upload_under_way_ends_and_the_next_one_does_not_begin() {
    let (reached, is_reached) = mpsc::channel();
    let (go_on, may_go_on) = mpsc::channel::<()>();
    let may_go_on = Mutex::new(may_go_on);
    let (slow, files) = store::start(&[], move |command, _, _| {
        if command.starts_with("STOR /.one.csv") {
            let _ = reached.send(());
            let _ = may_go_on.lock().unwrap().recv();
        }
        Turn::Usual
    });
    let firm = Firm::new(&[server("slow", slow.port), export("one", "slow"), export("two", "slow")].concat());
    let mut night = firm.start(&["run"]);
    is_reached.recv().unwrap();
    night.signal(Signal::TERM);
    night.wait_until(|| firm.read("err").contains("Stopping"));
    go_on.send(()).unwrap();
    let said = firm.end(night);
    assert_eq!(said.status.code(), Some(75), "{:#}", said.report);
    assert_eq!(files.names(), ["/one.csv"]);
    assert_eq!(said.exchange(0)["exports"][0]["outcome"], "delivered");
    assert_eq!(said.failure(1), "begin the exchange: this run was asked to stop");

    drop(go_on);
    firm.ends(&["run"], 0);
    assert_eq!(files.names(), ["/one.csv", "/two.csv"]);
    assert_eq!(slow.heard("STOR"), 2, "nothing is sent twice: {:?}", slow.commands());
}

#[test]
fn a_pause_between_two_tries_ends_at_once() {
    let firm = Firm::new(&[server("gone", free_port()), export("out", "gone")].concat());
    let mut night = firm.start(&["run"]);
    night.wait_until(|| firm.read("err").contains("could not connect"));
    night.signal(Signal::INT);
    let said = firm.end(night);
    assert_eq!(said.status.code(), Some(75), "{:#}", said.report);
    assert!(said.failure(0).starts_with("try again: this run was asked to stop: connect to"), "{}", said.failure(0));
    assert_eq!(said.err.matches("could not connect").count(), 1, "{}", said.err);
}

#[test]
fn the_wait_for_a_file_to_be_whole_ends_at_once() {
    let firm = Firm::new(&import("in", "partner", 600));
    firm.write("partner/in/users.csv", &users(3));
    let mut night = firm.start(&["run"]);
    night.wait_until(|| firm.count(HAS_BEGUN) == 1);
    night.signal(Signal::TERM);
    let said = firm.end(night);
    assert_eq!(said.status.code(), Some(75), "{:#}", said.report);
    assert!(said.failure(0).ends_with("this run was asked to stop"), "{}", said.failure(0));
    assert!(firm.has("partner/in/users.csv") && !firm.has("partner/in/users.csv.receipt.txt"));
}

#[test]
fn an_import_stops_between_two_batches_and_the_next_night_applies_the_rest() {
    let firm = Firm::new(&[import("in", "partner", 0), export("out", "hr")].concat());
    firm.write("partner/in/users.csv", &users(50_000));
    let mut night = firm.start(&["run"]);
    night.wait_until(|| firm.count("SELECT count(*) FROM users") > 0);
    night.signal(Signal::TERM);
    let said = firm.end(night);
    assert_eq!(said.status.code(), Some(75), "{:#}", said.report);
    assert_eq!(said.failure(1), "apply in/users.csv to the end: this run was asked to stop");
    assert_eq!(said.exchange(0)["exports"][0]["outcome"], "delivered", "busy as the state is, others use it too");
    let half = firm.count("SELECT count(*) FROM users");
    assert!(half < 50_000 && half % 10_000 == 0, "{half}");
    assert!(firm.has("partner/in/users.csv.receipt.txt"));

    let said = firm.ends(&["run"], 0);
    assert_eq!(said.exchange(1)["imports"][0]["created"], 50_000);
    assert_eq!(firm.count("SELECT count(*) FROM users"), 50_000);
    assert_eq!(firm.count("SELECT count(*) FROM operations WHERE status = 'done'"), 50_000);
    assert!(firm.has("partner/in/done/users.csv") && !firm.has("partner/in/users.csv.receipt.txt"));
}

#[test]
fn a_second_signal_ends_the_program_and_the_next_night_goes_on() {
    let silent = TcpListener::bind("127.0.0.1:0").unwrap();
    let port = silent.local_addr().unwrap().port();
    let firm = Firm::new(&[server("silent", port), export("out", "silent")].concat());
    let mut night = firm.start(&["run"]);
    let _client = night.wait_for_client(&silent);
    night.end_at_once(&firm);
    let said = firm.end(night);
    assert_eq!(said.status.signal(), Some(Signal::TERM.as_raw()), "{}", said.err);

    let (working, files) = store::start(&[], |_, _, _| Turn::Usual);
    let site = firm.read("passerelle.toml");
    firm.write("passerelle.toml", &site.replace(&format!("port = {port}"), &format!("port = {}", working.port)));
    firm.ends(&["run"], 0);
    assert_eq!(files.names(), ["/out.csv"]);
}
