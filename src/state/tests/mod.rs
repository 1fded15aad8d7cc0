//! The stories that the state must tell right, and what they share: a day, a run, users and plans made of few words.

mod applying;
mod backups;
mod crowds;
mod journal;
mod killed;
mod opening;
mod taking;
mod tracing;

use std::error::Error as StdError;

use chrono::{DateTime, TimeZone, Utc};

use crate::model::operation::{Act, Change, Changes, Identity, Values};
use crate::model::{Digest, Field, Operation, People, Text};
use crate::state::{Applied, Digests, Facts, NewPlan, PlanId, RunId, State};

/// The second of a certain day.
fn at(second: u32) -> DateTime<Utc> {
    Utc.with_ymd_and_hms(2026, 11, 22, 22, second / 60, second % 60).single().expect("a time that exists")
}

fn run_in(state: &mut State) -> RunId {
    let run = RunId::new(at(0));
    state.start_run(&run, "run", &["drop".into()], at(0)).expect("a run starts");
    run
}

fn create(login: &str, fields: &[(&str, &str)]) -> Operation {
    let values = fields.iter().map(|(field, value)| (Field::of(field), value.to_string())).collect();
    operation(Act::Create { user: identity(login), fields: Values(values) })
}

fn update(login: &str, changes: &[(&str, &str, &str)]) -> Operation {
    let change = |from: &str, to: &str| Change { from: from.into(), to: to.into() };
    let changes = changes.iter().map(|(field, from, to)| (Field::of(field), change(from, to))).collect();
    operation(Act::Update { user: identity(login), changes: Changes(changes) })
}

fn identity(login: &str) -> Identity {
    Identity { login: login.into(), employee_number: String::new() }
}

fn operation(act: Act) -> Operation {
    Operation { act, mark: None, file: "users.csv".into(), row: 2 }
}

/// Saves a plan for the file `content`, held for these reasons.
fn save(state: &mut State, run: &RunId, content: &str, operations: &[Operation], held: &[Text]) -> PlanId {
    let digest = Digest::of(content.as_bytes());
    let plan = NewPlan {
        run,
        exchange: "drop",
        path: "from-acme/users.csv",
        digests: &Digests { file: digest.clone(), snapshot: Digest::of(b"users"), profile: Digest::of(b"profile") },
        facts: &facts(content),
        operations,
        is_elsewhere: false,
        held,
        exceptions: &[],
        verdict: b"Accepted.",
        corrections: None,
        spooled: Some("users-1.csv"),
        roll: None,
        at: at(1),
    };
    state.save_plan(&plan).expect("a plan is saved")
}

fn facts(content: &str) -> Facts {
    Facts { rows: content.lines().count(), size: content.len() as u64, heading: "login;mail".into() }
}

/// Applies a whole plan, in batches of two.
fn apply(state: &mut State, plan: PlanId) -> Applied {
    let mut all = Applied::default();
    loop {
        let batch = state.apply_next(plan, 2, at(2)).expect("a batch is applied");
        all.done += batch.done;
        all.failures.extend(batch.failures);
        if !batch.remain {
            return all;
        }
    }
}

/// Runs one plan of these operations from beginning to end.
fn take(state: &mut State, operations: &[Operation]) -> Applied {
    let run = run_in(state);
    let content = serde_json::to_string(operations).expect("operations serialise");
    let plan = save(state, &run, &content, operations, &[]);
    apply(state, plan)
}

fn value<'a>(people: &'a People, login: &str, field: &str) -> &'a str {
    let login_column = people.column(&Field::of("login"));
    let person = (0..people.len()).find(|person| people.value(*person, &login_column) == login).expect(login);
    people.value(person, &people.column(&Field::of(field)))
}

/// The error and its causes as a person reads them.
fn read_aloud(error: &(dyn StdError + 'static)) -> String {
    match error.source() {
        Some(cause) => format!("{error}: {}", read_aloud(cause)),
        None => error.to_string(),
    }
}
