//! Killed while it applies a plan, again and again: the next run ends where an undisturbed one does.

use std::io::{BufRead, BufReader};
use std::path::Path;
use std::process::{Child, Command, Stdio};
use std::thread::sleep;
use std::time::Duration;

use crate::model::Operation;
use crate::state::tests::{at, create, run_in, save, update, value};
use crate::state::{PlanId, PlanStatus, Progress, RunId, State};

const STATE: &str = "PASSERELLE_TEST_STATE";
const STEPS: usize = 800;
const BATCH: usize = 7;
/// How often it is killed before it may come to its end.
const KILLS: usize = 8;

/// Every other operation counts one further: lost or repeated, it breaks the chain for all that follow.
fn operations() -> Vec<Operation> {
    let counter = |step: usize| if step == 0 { String::new() } else { step.to_string() };
    let steps = (0..STEPS).flat_map(|step| {
        let newcomer = create(&format!("user-{step}"), &[("manager", "counter"), ("custom-a", "x")]);
        [newcomer, update("counter", &[("title", &counter(step), &counter(step + 1))])]
    });
    std::iter::once(create("counter", &[])).chain(steps).collect()
}

fn planned(path: &Path) -> PlanId {
    let mut state = State::open(path).expect("a new state");
    let run = run_in(&mut state);
    save(&mut state, &run, "chain", &operations(), &[])
}

/// What every run does with a plan that was left behind.
fn resume(path: &Path) {
    let mut state = State::open(path).expect("the state");
    for plan in state.unfinished_plans("drop").expect("the plans") {
        while plan.status == PlanStatus::Applying && state.apply_next(plan.id, BATCH, at(2)).expect("a batch").remain {
            println!("batch");
        }
    }
}

#[test]
#[ignore = "the process that the test below kills"]
fn process_to_kill() {
    if let Some(path) = std::env::var_os(STATE) {
        resume(Path::new(&path));
    }
}

fn process(path: &Path) -> Child {
    Command::new(std::env::current_exe().expect("this test"))
        .args(["--exact", "state::tests::killed::process_to_kill", "--ignored", "--nocapture"])
        .env(STATE, path)
        .stdout(Stdio::piped())
        .spawn()
        .expect("a process")
}

/// Waits until it is at work, then somewhat longer, then kills it where it stands.
fn kill_at_work(mut process: Child, longer: Duration) {
    let mut said = BufReader::new(process.stdout.take().expect("its output")).lines();
    let at_work = said.any(|line| line.expect("a line") == "batch");
    assert!(at_work, "it came to its end before it was killed");
    sleep(longer);
    process.kill().expect("it takes no longer to die");
    process.wait().expect("it died");
}

#[test]
fn a_plan_whose_application_is_killed_ends_as_an_undisturbed_one() {
    let folder = tempfile::tempdir().expect("a folder");
    let (calm, disturbed) = (folder.path().join("calm.db"), folder.path().join("disturbed.db"));
    planned(&calm);
    resume(&calm);
    let plan = planned(&disturbed);

    let mut done = 0;
    for _kill in 0..KILLS {
        let chance = u64::from_str_radix(RunId::new(at(0)).to_string().rsplit('-').next().expect("digits"), 16);
        kill_at_work(process(&disturbed), Duration::from_micros(chance.expect("a number") % 4_000));
        let state = State::open(&disturbed).expect("the state, repaired");
        let progress = state.plan(plan).expect("a read").expect("the plan").operations;
        assert_eq!(progress.failed, 0);
        assert_eq!(progress.done % BATCH, 0, "only whole batches count");
        assert!(progress.done > done, "each run gets further");
        assert_eq!(state.count().expect("a number"), 1 + progress.done / 2, "what is marked is what was done");
        done = progress.done;
    }
    resume(&disturbed);

    let (calm, disturbed) = (State::open(&calm).expect("calm"), State::open(&disturbed).expect("disturbed"));
    let total = 1 + 2 * STEPS;
    let finished = disturbed.plan(plan).expect("a read").expect("the plan");
    assert_eq!(finished.status, PlanStatus::Applied);
    assert_eq!(finished.operations, Progress { pending: 0, done: total, failed: 0 });
    let (calm, disturbed) = (calm.people().expect("the users"), disturbed.people().expect("the users"));
    assert_eq!(value(&disturbed, "counter", "title"), STEPS.to_string());
    assert_eq!(disturbed.digest(), calm.digest());
}
