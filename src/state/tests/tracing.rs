//! One person's trace through the journal, also through one that an older Passerelle wrote.

use std::path::Path;

use rusqlite::Connection;

use crate::model::roll::{Seen, Stranger};
use crate::model::{Digest, Field, Finding, Place, Roll, Text};
use crate::state::tests::{apply, at, create, facts, run_in, take, update};
use crate::state::{Digests, NewPlan, NewRoll, OperationStatus, RunId, State, Subject, schema, settled};

/// Ada has come, was moved, and has another login since; somebody else was refused her old one.
const OLDER: &str = r#"
    INSERT INTO users (id, login, department) VALUES (1, 'ada2', 'Support'), (2, 'bo', 'Sales');
    INSERT INTO runs (id, verb, exchanges, started) VALUES ('20261122-220000-ab12', 'run', '["drop"]', '2026-11-22T22:00:00.000Z');
    INSERT INTO pickups VALUES ('drop', 'a.csv', 'd', '20261122-220000-ab12', 'done', 2, 9, 'login', '2026-11-22T22:00:00.000Z');
    INSERT INTO plans (id, run, exchange, path, file_digest, snapshot_digest, profile_digest, status, held, created, changed, verdict)
        VALUES (1, '20261122-220000-ab12', 'drop', 'a.csv', 'd', 'd', 'd', 'told', '["too many"]', '2026-11-22T22:00:00.000Z', '2026-11-22T22:00:01.000Z', x'');
    INSERT INTO operations (plan, position, operation, status, reason) VALUES
        (1, 0, '{"op":"create","user":{"login":"ada"},"fields":{"login":"ada"},"file":"a.csv","row":2}', 'done', NULL),
        (1, 1, '{"op":"update","user":{"login":"ada"},"changes":{"department":{"from":"","to":"Support"}},"file":"a.csv","row":3}', 'done', NULL),
        (1, 2, '{"op":"create","user":{"login":"bo"},"fields":{"login":"bo"},"file":"a.csv","row":4}', 'failed', 'the login `bo` is already taken'),
        (1, 3, '{"op":"update","user":{"login":"ada"},"changes":{"login":{"from":"ada","to":"ada2"}},"file":"a.csv","row":5}', 'done', NULL);
"#;

#[test]
fn a_journal_of_an_older_passerelle_tells_what_it_can() {
    let mut db = Connection::open_in_memory().and_then(settled).expect("a database");
    schema::migrate(&mut db, &schema::STEPS[..1]).expect("the first step");
    db.execute_batch(OLDER).expect("it was written so");
    schema::migrate(&mut db, schema::STEPS).expect("the steps since");
    let state = State::of(db, Path::new(":memory:"));

    let trace = state.trace(&Subject::User(1), &["ada2".into()], &[]).expect("a trace");
    let rows: Vec<u32> = trace.deeds.iter().map(|deed| deed.operation.row).collect();
    assert_eq!(rows, [2, 3, 5]);
    assert_eq!(trace.deeds[0].held, [Text::same("too many")]);
    assert!(trace.sightings.is_empty());
    assert_eq!(state.recall("ada").expect("a look"), [Subject::User(1), Subject::Stranger("ada".into())]);
    let bo = state.trace(&Subject::User(2), &[], &[]).expect("a trace");
    assert_eq!(bo.deeds.len(), 1);
    assert_eq!(bo.deeds[0].status, OperationStatus::Failed);
}

/// Ada in row 3 with a remark, Bo in row 4 with an error, a stranger in row 5.
fn see(state: &mut State, run: &RunId, content: &str, is_refused: bool) {
    let seen = |row, user, is_out| Seen { row, user, is_out };
    let stranger = Stranger { row: 5, keys: vec!["ghost".into(), "ghost@acme.fr".into()] };
    let roll = Roll { known: vec![seen(3, 1, false), seen(4, 2, true)], strangers: vec![stranger], unclear: 1 };
    let findings = [
        Finding::remark("outer-blanks", Place::row(3, 3), Text::same("has spaces")),
        Finding::error("bad-date", Place::row(4, 4), Text::same("is no date")),
        Finding::error("bad-date", Place::row(5, 5), Text::same("is no date")),
    ];
    let digest = Digest::of(content.as_bytes());
    let plan = NewPlan {
        run,
        exchange: "drop",
        path: content,
        digests: &Digests { file: digest.clone(), snapshot: digest.clone(), profile: digest },
        facts: &facts(content),
        operations: &[],
        is_elsewhere: false,
        held: &[],
        exceptions: &[],
        verdict: b"",
        corrections: None,
        spooled: None,
        roll: Some(NewRoll { roll: &roll, findings: &findings, is_refused }),
        at: at(3),
    };
    let plan = state.save_plan(&plan).expect("a plan is saved");
    apply(state, plan);
}

#[test]
fn a_row_is_found_again_with_its_findings_and_each_finding_is_kept_once() {
    let mut state = State::in_memory();
    take(&mut state, &[create("ada", &[]), create("bo", &[]), create("cy", &[])]);
    let run = run_in(&mut state);
    for content in ["monday", "tuesday"] {
        see(&mut state, &run, content, false);
    }
    let sightings = |subject: &Subject, keys: &[&str]| {
        let keys: Vec<String> = keys.iter().map(|key| key.to_string()).collect();
        let trace = state.trace(subject, &keys, &[]).expect("a trace");
        let told = trace.sightings.iter().map(|seen| {
            let codes: Vec<&str> = seen.findings.iter().map(|finding| &*finding.code).collect();
            (seen.path.clone(), seen.row, seen.is_out, codes.join(" "))
        });
        told.collect::<Vec<_>>()
    };
    let twice = |row: Option<u32>, is_out: bool, codes: &str| {
        ["monday", "tuesday"].map(|path| (path.to_string(), row, is_out, codes.to_string()))
    };
    assert_eq!(sightings(&Subject::User(1), &["ada"]), twice(Some(3), false, "outer-blanks"));
    assert_eq!(sightings(&Subject::User(2), &["bo"]), twice(Some(4), true, "bad-date"));
    assert_eq!(sightings(&Subject::User(3), &["cy"]), twice(None, false, ""));
    let ghost = Subject::Stranger("ghost".into());
    assert_eq!(state.recall("ghost@acme.fr").expect("a look"), std::slice::from_ref(&ghost));
    assert_eq!(sightings(&ghost, &["ghost"]), twice(Some(5), true, "bad-date"));
    let kept: usize = state.db.query_row("SELECT count(*) FROM findings", (), |row| row.get(0)).expect("a number");
    assert_eq!(kept, 2, "the same words on two nights and in two rows");
}

#[test]
fn an_operation_is_known_by_its_user_whatever_the_login() {
    let mut state = State::in_memory();
    take(&mut state, &[create("ada", &[]), update("ada", &[("login", "ada", "lovelace")]), create("ada", &[])]);
    take(&mut state, &[update("lovelace", &[("title", "", "Ms")]), update("ada", &[("title", "", "Mr")])]);
    let deeds = |user: u32| state.trace(&Subject::User(user), &[], &[]).expect("a trace").deeds;
    assert_eq!(deeds(1).len(), 3);
    assert_eq!(deeds(2).len(), 2);
    assert_eq!(deeds(2)[1].operation.sets("title"), Some("Mr"));
    let run = state.runs(1).expect("the runs").remove(0).id;
    assert_eq!(state.last_change(1, &Field::of("title")).expect("a look"), Some(run));
    assert_eq!(state.last_change(1, &Field::of("mail")).expect("a look"), None);
}
