//! Logs go to standard error and hold neither people's data nor secrets, at any level.

use std::collections::BTreeSet;
use std::io::{BufRead, BufReader, Write};
use std::net::TcpListener;
use std::thread;

use crate::company::{Company, Said};

const TRACE: (&str, &str) = ("PASSERELLE_LOG", "trace");

/// What the sample's people are called, and what else is theirs alone.
fn personal_values(company: &Company) -> Vec<String> {
    let columns =
        ["Nom", "Prénom", "Email", "Login", "Téléphone", "Salaire brut annuel", "login", "lastName", "mail", "dtBirth"];
    let mut values = Vec::new();
    for file in [
        "drop/hr.csv",
        "drop/day-one/directory.csv",
        "skillup/from-skillup/dirty.csv",
        "skillup/from-skillup/clean.csv",
    ] {
        let bytes = &company.files("")[file];
        let text = String::from_utf8_lossy(bytes);
        let mut lines = text.trim_start_matches('\u{feff}').lines().map(|line| line.split(';').collect::<Vec<_>>());
        let heading = lines.next().expect("a heading");
        let wanted: Vec<usize> = (0..heading.len()).filter(|column| columns.contains(&heading[*column])).collect();
        for line in lines {
            values.extend(wanted.iter().filter_map(|column| line.get(*column)).map(|value| value.trim().to_string()));
        }
    }
    values.retain(|value| value.chars().count() > 2);
    values.sort();
    values.dedup();
    values
}

/// As a word of its own: "Rey" is not in "grey".
fn says(log: &str, value: &str) -> bool {
    log.match_indices(value).any(|(at, found)| {
        let before = log[..at].chars().next_back();
        let behind = log[at + found.len()..].chars().next();
        ![before, behind].into_iter().flatten().any(char::is_alphanumeric)
    })
}

#[test]
fn no_value_of_a_person_is_in_the_log_at_any_level() {
    let company = Company::sample(false);
    let values = personal_values(&company);
    assert!(values.len() > 300, "only {} values", values.len());
    company.write("skillup/from-skillup/no-table.csv", "victor.aubert@acme.example;Aubert\nNoémie;Barbier\n");
    let words: [&[&str]; 4] = [&["run", "--dry-run"], &["run"], &["run", "--log", "json"], &["history"]];
    for words in words {
        let Said { err, .. } = company.passerelle_with(words, &[TRACE]);
        let told: Vec<&String> = values.iter().filter(|value| says(&err, value)).collect();
        assert!(told.is_empty(), "{words:?} logs {told:?}\n{err}");
        assert!(words == ["history"] || !err.is_empty(), "{words:?} logs something");
    }
}

#[test]
fn standard_output_is_the_report_and_nothing_else() {
    let company = Company::sample(false);
    let said = company.passerelle_with(&["run", "--output", "json"], &[TRACE]);
    let report: serde_json::Value = serde_json::from_str(&said.out).expect("one document of JSON");
    assert_eq!(report["exit-code"], 4);
    let run = report["run"].as_str().expect("an id");
    let of_exchanges: Vec<&str> =
        said.err.lines().filter(|line| line.contains("delivered") || line.contains("applied")).collect();
    assert!(of_exchanges.len() >= 6, "{}", said.err);
    assert!(of_exchanges.iter().all(|line| line.contains(run)), "every line has the run's id: {of_exchanges:?}");

    let quiet = company.passerelle(&["export", "skillup"]);
    assert!(quiet.err.is_empty(), "{}", quiet.err);
}

#[test]
fn every_line_about_an_exchange_names_it_and_the_run_whatever_runs_beside_it() {
    let company = Company::sample(false);
    let said = company.passerelle(&["run", "--log", "json"]);
    let lines = said.err.lines().map(|line| serde_json::from_str::<serde_json::Value>(line).expect(line));
    let names: BTreeSet<String> = lines
        .map(|line| {
            assert_eq!(line["spans"][0]["id"], company.last_run(), "{line}");
            line["span"]["exchange"].as_str().unwrap_or_else(|| panic!("{line}")).to_string()
        })
        .collect();
    assert_eq!(names.len(), 5, "{names:?}");
}

#[test]
fn the_journal_can_be_read_as_json_lines() {
    let company = Company::sample(false);
    let said = company.passerelle(&["export", "skillup", "--log", "json"]);
    assert!(!said.err.is_empty());
    for line in said.err.lines() {
        serde_json::from_str::<serde_json::Value>(line).expect(line);
    }
}

/// An FTP server that knows a few sentences, and lets nobody in. Returns its port.
fn inhospitable() -> (u16, thread::JoinHandle<String>) {
    let listener = TcpListener::bind("127.0.0.1:0").expect("a port");
    let port = listener.local_addr().expect("an address").port();
    let heard = thread::spawn(move || {
        let (mut stream, _) = listener.accept().expect("a client");
        let mut heard = String::new();
        stream.write_all(b"220 Good evening\r\n").expect("a greeting");
        for line in BufReader::new(stream.try_clone().expect("a stream")).lines().map_while(Result::ok) {
            heard += &line;
            heard.push('\n');
            let answer: &[u8] = match line.split(' ').next() {
                Some("USER") => b"331 And the password?\r\n",
                Some("PASS") => b"530 No\r\n",
                _ => b"502 What?\r\n",
            };
            if stream.write_all(answer).is_err() {
                break;
            }
        }
        heard
    });
    (port, heard)
}

#[test]
fn no_password_is_in_the_log_or_the_report_at_any_level() {
    let company = Company::sample(false);
    let (port, heard) = inhospitable();
    company.change_site(
        "[server.skillup.directory]\npath = \"skillup\"",
        &format!(
            "[server.skillup.ftp]\nhost = \"127.0.0.1\"\nport = {port}\nuser = \"acme\"\npassword = \"env:SECRET\"\n\
             encryption = \"none\"\npath = \"/\""
        ),
    );
    let said = company.passerelle_with(&["export", "skillup"], &[TRACE, ("SECRET", "tr0mpette")]);
    assert_eq!(said.code, 6, "{}{}", said.out, said.err);
    assert!(said.out.contains("530"), "what the server answers is said: {}", said.out);
    assert!(!said.out.contains("tr0mpette") && !said.err.contains("tr0mpette"), "{}{}", said.out, said.err);
    assert!(said.out.contains("without encryption") || said.out.contains("encrypt"), "{}", said.out);
    let heard = heard.join().expect("a server");
    assert!(heard.contains("PASS tr0mpette"), "it was sent: {heard}");
    assert!(!company.files("").into_values().any(|file| String::from_utf8_lossy(&file).contains("tr0mpette")));
}
