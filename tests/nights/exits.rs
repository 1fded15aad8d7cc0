//! Exit codes: each one is seen, and with several exchanges the gravest one counts.

use std::fs::{self, File};
use std::net::TcpListener;

use rusqlite::Connection;

use crate::company::{Company, EXPORT, IMPORT, people, users};

/// Everything goes well.
fn good() -> Company {
    let company = Company::new(&format!("{EXPORT}{IMPORT}"));
    company.write("hr/hr.csv", people(9, "Engineer"));
    company
}

#[test]
fn zero_is_done_and_nothing_to_do_is_done_too() {
    let company = good();
    company.write("partner/in/users.csv", users(0, 5, "Sales"));
    let said = company.ends(&["run"], 0);
    assert!(said.out.contains("Exit code 0: done."), "{}", said.out);
    let said = company.ends(&["run"], 0);
    assert!(said.out.contains("nothing to do") && said.out.contains("delivered before"), "{}", said.out);
    let empty = Company::new("");
    empty.ends(&["run"], 0);
}

#[test]
fn two_is_wrong_usage() {
    let company = good();
    for (words, said) in [
        (&["run", "outt"][..], "the site has no exchange `outt`; did you mean `out`?"),
        (&["export", "in"], "`in` is an import; write `passerelle import in`"),
        (&["import", "out"], "`out` is an export; write `passerelle export out`"),
        (&["import", "in", "nowhere.csv"], "nowhere.csv cannot be read"),
        (&["approve", "20261122"], "nothing is held"),
        (&["approve", ""], "a value is required for '<RUN>'"),
        (&["history", "1999"], "there was no run `1999`"),
        (&["held", "--html", "page.html"], "`passerelle report RUN --html FILE` writes that of a run"),
        (&["profiles", "skilup"], "did you mean `skillup`?"),
        (&["fly"], "unrecognized subcommand"),
        (&["run", "--dry-run", "--sample"], "a dry run writes nothing"),
    ] {
        let heard = company.ends(words, 2);
        assert!((heard.out.clone() + &heard.err).contains(said), "{words:?}: {}{}", heard.out, heard.err);
    }
}

#[test]
fn three_is_a_site_or_profile_that_is_refused() {
    let company = good();
    company.change_site("brakes = { shrink", "breaks = { shrink");
    let said = company.ends(&["run"], 3);
    assert!(said.err.contains("breaks"), "{}", said.err);
    assert!(!company.has("state.db"), "nothing was begun");
    company.ends(&["--site", "nowhere.toml", "check"], 3);
}

#[test]
fn four_is_data_refused() {
    let company = good();
    company.write("partner/in/a.csv", "no heading that anybody knows\n1\n");
    let said = company.ends(&["import", "in"], 4);
    assert!(said.out.contains("refused"), "{}", said.out);
    company.write("partner/in/b.csv", users(0, 5, "Sales").replace("01/02/2020", "31/02/2020"));
    company.ends(&["import", "in"], 4);
    company.write("hr/hr.csv", people(9, "Engineer").replace("00007;Byron7", "00007;"));
    let said = company.ends(&["export", "out"], 4);
    assert!(said.out.contains("1 person left out"), "{}", said.out);
    company.write("hr/hr.csv", people(0, "Engineer"));
    let said = company.ends(&["export", "out"], 4);
    assert!(said.out.contains("failed: use hr.csv"), "{}", said.out);
}

#[test]
fn five_is_held() {
    let company = good();
    company.write("partner/in/users.csv", users(0, 6, "Sales"));
    let said = company.ends(&["run"], 5);
    assert!(said.out.contains(&format!("passerelle approve {}", company.last_run())), "{}", said.out);
    assert!(company.has("partner/people.csv"), "the other exchange is done");
}

#[test]
fn six_is_a_server_that_refuses_for_good() {
    let company = good();
    fs::remove_dir_all(company.path("partner")).expect("it goes");
    let said = company.ends(&["run"], 6);
    assert!(said.out.contains("make it, or correct `path`"), "{}", said.out);
    let history = company.ends(&["history", &company.last_run()], 0).out;
    assert_eq!(history.matches("open the directory partner").count(), 2, "{history}");
}

#[test]
fn seven_is_a_state_that_cannot_be_used_and_one_sentence_says_why() {
    let company = good();
    company.ends(&["run"], 0);
    let whole = fs::read(company.path("state.db")).expect("a state");
    let newer = || company.tamper("PRAGMA user_version = 99");
    let damaged = || company.write("state.db", [&whole[..4096], &vec![0x5a; whole.len() - 4096][..]].concat());
    let foreign = || company.write("state.db", "people = [\"Ada\", \"Grace\"]\n".repeat(100));
    let cases: [(&dyn Fn(), &str); 3] = [
        (&newer, "a newer Passerelle has used it (its version is 99"),
        (&damaged, "it is damaged, or no state of Passerelle; check the path"),
        (&foreign, "no state of Passerelle; check the path"),
    ];
    for (spoil, sentence) in cases {
        company.write("state.db", &whole);
        spoil();
        let before = fs::read(company.path("state.db")).expect("a state");
        for words in [&["run"][..], &["run", "--dry-run"], &["history"]] {
            let said = company.ends(words, 7);
            let all = said.out.clone() + &said.err;
            assert_eq!(all.matches("state.db").count(), all.matches(sentence).count(), "{words:?}: {all}");
            assert!(all.contains(sentence), "{words:?}: {all}");
        }
        assert!(fs::read(company.path("state.db")).expect("a state") == before, "{sentence}: it is left as it was");
    }

    let company = good();
    company.change_site("path = \"state.db\"", "path = \"nowhere/state.db\"");
    let said = company.ends(&["run"], 7);
    assert!(said.err.contains("nowhere/state.db.lock") && said.err.contains("No such file"), "{}", said.err);
}

#[test]
fn seventy_five_is_another_run_that_holds_the_lock() {
    let company = good();
    let lock = File::create(company.path("state.db.lock")).expect("a lock");
    lock.lock().expect("it is free");
    let said = company.ends(&["run"], 75);
    assert!(said.err.contains("another run holds it"), "{}", said.err);
    assert!(!company.has("state.db") && !company.has("partner/people.csv"), "nothing was begun");
    company.ends(&["run", "--dry-run"], 0);
    drop(lock);
    company.ends(&["run"], 0);
}

#[test]
fn seventy_five_is_a_server_that_is_out_of_reach_and_it_stops_nobody_else() {
    let company = good();
    let port = TcpListener::bind("127.0.0.1:0").and_then(|free| free.local_addr()).expect("a port").port();
    company.write(
        "passerelle.toml",
        company.read("passerelle.toml")
            + &format!(
                "[server.far.ftp]\nhost = \"127.0.0.1\"\nport = {port}\nuser = \"acme\"\npassword = \"env:SECRET\"\n\
                 encryption = \"none\"\npath = \"/\"\n"
            )
            + &EXPORT.replace("export.out", "export.again").replace("\"partner\"", "\"far\""),
    );
    let said = company.passerelle_with(&["run"], &[("SECRET", "x")]);
    assert_eq!(said.code, 75, "{}{}", said.out, said.err);
    assert!(said.out.contains("a later try may help"), "{}", said.out);
    assert!(said.out.contains(&format!("127.0.0.1:{port}")), "{}", said.out);
    assert!(company.has("partner/people.csv"), "the others are done");
}

#[test]
fn the_gravest_of_several_counts_and_each_is_done_as_far_as_it_can() {
    let refused = IMPORT.replace("import.in", "import.refused").replace("in/", "refused/");
    let away = EXPORT.replace("export.out", "export.away").replace("\"partner\"", "\"away\"");
    let server = "[server.away.directory]\npath = \"away\"\n";
    let company = Company::new(&format!("{EXPORT}{IMPORT}{refused}{away}{server}"));
    company.write("hr/hr.csv", people(9, "Engineer"));
    company.write("partner/in/users.csv", users(0, 6, "Sales"));
    fs::create_dir(company.path("partner/refused")).expect("a folder");
    company.write("partner/refused/users.csv", "no heading that anybody knows\n1\n");

    let said = company.passerelle(&["run", "--output", "json"]);
    let report: serde_json::Value = serde_json::from_str(&said.out).expect("a report");
    assert_eq!(said.code, 6);
    assert_eq!(report["exit-code"], 6);
    let exchanges = report["exchanges"].as_array().expect("a list");
    let one = |name: &str| exchanges.iter().find(|exchange| exchange["name"] == name).expect(name);
    assert_eq!(one("away")["failure"]["exit-code"], 6);
    assert_eq!(one("in")["imports"][0]["verdict"], "held");
    assert_eq!(one("refused")["imports"][0]["verdict"], "refused");
    assert_eq!(one("out")["exports"][0]["outcome"], "delivered");
    assert_eq!(
        Connection::open(company.path("state.db"))
            .and_then(|db| db.query_row("SELECT exit_code FROM runs", (), |row| row.get::<_, i64>(0)))
            .expect("a code"),
        6
    );

    // Held is graver than refused, and a server away is graver than both.
    fs::create_dir(company.path("away")).expect("it comes back");
    company.write("partner/refused/users.csv", "no heading that anybody knows\n2\n");
    company.ends(&["run"], 5);
    fs::remove_file(company.path("partner/in/users.csv")).expect("it goes");
    company.write("partner/refused/users.csv", "no heading that anybody knows\n3\n");
    company.ends(&["run"], 4);
}
