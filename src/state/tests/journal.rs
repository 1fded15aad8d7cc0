//! The journal: runs, pickups, plans and deliveries, from their first line to their last.

use std::fs;
use std::os::unix::fs::PermissionsExt;
use std::sync::LazyLock;

use serde_json::json;

use crate::model::{Bytes, Content, Digest, Field, Text};
use crate::state::tests::{apply, at, create, facts, run_in, save};
use crate::state::{
    DeliveryId, DeliveryStatus, Given, Giving, NewDelivery, NewPickup, NewSet, PickupStatus, PlanId, PlanStatus,
    Roster, RunId, Spool, State,
};

const PATH: &str = "from-acme/users.csv";

static PERSONAL: LazyLock<[Field; 2]> = LazyLock::new(|| [Field::of("birth-date"), Field::of("manager.personal-mail")]);

/// Whom a delivery is about.
static PEOPLE: LazyLock<Roster> = LazyLock::new(|| ["ada", "0042"].into_iter().collect());

fn prepare(state: &mut State, run: &RunId, content: &str, held: &[Text]) -> DeliveryId {
    prepare_set(state, run, &[file(content, &Digest::of(content.as_bytes()), held)], &[])
}

/// A file for each of these contents, and what they give together.
fn prepare_giving(state: &mut State, run: &RunId, contents: &[&str], giving: &[Giving]) -> DeliveryId {
    let digests: Vec<Digest> = contents.iter().map(|content| Digest::of(content.as_bytes())).collect();
    let files: Vec<NewDelivery<'_>> =
        contents.iter().zip(&digests).map(|(content, digest)| file(content, digest, &[])).collect();
    prepare_set(state, run, &files, giving)
}

fn file<'a>(content: &str, digest: &'a Digest, held: &'a [Text]) -> NewDelivery<'a> {
    NewDelivery {
        folder: "in",
        file_name: "users.csv",
        content: Content::Full,
        part: "",
        table: "",
        heading: "Login;Birth date",
        personal_fields: &*PERSONAL,
        digest,
        sealed: None,
        size: content.len() as u64,
        rows: 2,
        people: &PEOPLE,
        held,
        spooled: "skillup-1.csv",
    }
}

fn prepare_set(state: &mut State, run: &RunId, files: &[NewDelivery<'_>], giving: &[Giving]) -> DeliveryId {
    let set = NewSet {
        run,
        exchange: "skillup",
        server: "sftp acme@sftp.skillup.example:22",
        profile: &Digest::of(b"profile"),
        held: &[],
        files,
        giving,
        at: at(1),
    };
    state.prepare_set(&set).expect("deliveries are prepared")
}

fn pickup_status(state: &State, content: &str) -> Option<PickupStatus> {
    let pickup = state.pickup("drop", PATH, &Digest::of(content.as_bytes())).expect("a read");
    pickup.map(|pickup| pickup.status)
}

fn plan_status(state: &State, plan: PlanId) -> PlanStatus {
    state.plan(plan).expect("a read").expect("the plan").status
}

#[test]
fn a_run_is_found_by_what_a_person_types_of_its_id() {
    let mut state = State::in_memory();
    let ids = [at(0), at(61)].map(RunId::new);
    for id in &ids {
        state.start_run(id, "run", &["drop".into(), "skillup".into()], at(0)).expect("a run starts");
    }
    state.finish_run(&ids[0], 4, &json!({"refused": 3}), at(9)).expect("a run ends");

    let found = |prefix: &str| -> Vec<RunId> {
        state.runs_like(prefix).expect("the runs").into_iter().map(|run| run.id).collect()
    };
    assert_eq!(found("20261122-2200"), [ids[0].clone()]);
    assert_eq!(found("20261122"), [ids[1].clone(), ids[0].clone()]);
    assert_eq!(found("2026%"), []);
    let last = state.runs(1).expect("the runs");
    assert_eq!((&last[0].id, last[0].finished, last[0].exit_code), (&ids[1], None, None));
    let whole = state.history(&ids[0]).expect("a read").expect("the run").run;
    assert_eq!(whole.report, Some(json!({"refused": 3})));
    assert_eq!((whole.exit_code, whole.finished, whole.started), (Some(4), Some(at(9)), at(0)));
    assert_eq!(state.history(&RunId::new(at(5))).expect("a read"), None);
}

#[test]
fn an_id_of_a_run_has_one_form() {
    let id = RunId::new(at(1));
    assert!(id.to_string().starts_with("20261122-220001-"), "{id}");
    assert_eq!(RunId::parse(&id.to_string()), Some(id));
    for wrong in ["", "20261122-220001", "20261122-220001-AB12", "20261122-220001-ab123", "2026112é-220001-ab1"] {
        assert_eq!(RunId::parse(wrong), None, "{wrong}");
    }
}

#[test]
fn a_pickup_follows_its_plan() {
    let mut state = State::in_memory();
    let run = run_in(&mut state);
    assert_eq!(pickup_status(&state, "a"), None);
    let plan =
        save(&mut state, &run, "a", &[create("ada", &[])], &[Text::of("too many creations", "trop de créations")]);
    assert_eq!(pickup_status(&state, "a"), Some(PickupStatus::Held));
    assert_eq!(state.held_plans().expect("a read")[0].held, [Text::of("too many creations", "trop de créations")]);
    assert!(state.unfinished_plans("drop").expect("a read").is_empty());

    state.set_plan_status(plan, PlanStatus::Applying, at(3)).expect("approved");
    assert_eq!(pickup_status(&state, "a"), Some(PickupStatus::Taken));
    assert!(state.held_plans().expect("a read").is_empty());
    assert_eq!(state.unfinished_plans("drop").expect("a read").len(), 1);

    apply(&mut state, plan);
    assert_eq!(state.last_good("drop").expect("a read"), None, "the partner is not told yet");
    assert_eq!(state.unfinished_plans("drop").expect("a read")[0].status, PlanStatus::Applied);

    state.set_plan_status(plan, PlanStatus::Told, at(4)).expect("told");
    assert_eq!(pickup_status(&state, "a"), Some(PickupStatus::Done));
    assert_eq!(state.last_good("drop").expect("a read"), Some(facts("a")));
    assert!(state.unfinished_plans("drop").expect("a read").is_empty());
    let told = state.plan(plan).expect("a read").expect("the plan");
    assert_eq!((told.verdict.as_slice(), told.corrections, told.changed), (b"Accepted.".as_slice(), None, at(4)));
}

#[test]
fn a_held_plan_can_be_discarded_and_its_file_planned_anew() {
    let mut state = State::in_memory();
    let run = run_in(&mut state);
    let first = save(&mut state, &run, "a", &[], &[Text::same("shrunk")]);
    state.set_plan_status(first, PlanStatus::Discarded, at(3)).expect("discarded");
    assert_eq!(pickup_status(&state, "a"), Some(PickupStatus::Refused));
    let second = save(&mut state, &run, "a", &[], &[]);
    assert_eq!(
        (plan_status(&state, first), plan_status(&state, second)),
        (PlanStatus::Discarded, PlanStatus::Applying)
    );
    assert_eq!(pickup_status(&state, "a"), Some(PickupStatus::Taken));
}

#[test]
#[should_panic(expected = "a file that was taken is never taken again")]
fn the_same_file_is_never_applied_twice() {
    let mut state = State::in_memory();
    let run = run_in(&mut state);
    save(&mut state, &run, "a", &[], &[]);
    save(&mut state, &run, "a", &[], &[]);
}

#[test]
#[should_panic(expected = "only a plan that is applied becomes told")]
fn a_plan_is_told_after_it_was_applied() {
    let mut state = State::in_memory();
    let run = run_in(&mut state);
    let plan = save(&mut state, &run, "a", &[], &[]);
    drop(state.set_plan_status(plan, PlanStatus::Told, at(3)));
}

#[test]
fn a_refused_file_is_known_again_and_is_no_good_file() {
    let mut state = State::in_memory();
    let run = run_in(&mut state);
    let (digest, facts) = (&Digest::of(b"bad"), &facts("bad"));
    let refused = NewPickup {
        run: &run,
        exchange: "drop",
        path: PATH,
        digest,
        facts,
        status: PickupStatus::Refused,
        roll: None,
        at: at(1),
    };
    state.save_pickup(&refused).expect("saved");
    assert_eq!(pickup_status(&state, "bad"), Some(PickupStatus::Refused));
    assert_eq!(state.pickup("drop", "elsewhere.csv", digest).expect("a read"), None);
    assert_eq!(state.last_good("drop").expect("a read"), None);
}

#[test]
fn a_delivery_is_unfinished_until_it_is_delivered() {
    let mut state = State::in_memory();
    let run = run_in(&mut state);
    let id = prepare(&mut state, &run, "content", &[]);
    let digest = Digest::of(b"content");
    for status in [DeliveryStatus::Uploading, DeliveryStatus::Renaming, DeliveryStatus::Uploading] {
        state.advance(&[id], status, at(2)).expect("a step");
        let unfinished = state.unfinished_sets("skillup").expect("a read");
        assert_eq!(unfinished.iter().map(|set| set.first().status).collect::<Vec<_>>(), [status]);
    }
    state.advance(&[id], DeliveryStatus::Delivered, at(3)).expect("the last step");
    assert!(state.unfinished_sets("skillup").expect("a read").is_empty());
    let last = state.last_delivered("skillup").expect("a read").expect("a delivery").first().clone();
    assert_eq!(Some(&last), state.delivery(id).expect("a read").as_ref());
    assert_eq!((last.digest, last.rows, last.people_count, last.changed), (digest, 2, 2, at(3)));
    assert_eq!(last.personal_fields, [Field::of("birth-date"), Field::of("manager.personal-mail")]);
}

#[test]
fn a_held_delivery_leaves_only_by_a_decision() {
    let mut state = State::in_memory();
    let run = run_in(&mut state);
    let id = prepare(&mut state, &run, "content", &[Text::same("the heading line changed")]);
    assert!(state.unfinished_sets("skillup").expect("a read").is_empty());
    assert_eq!(state.held_sets().expect("a read")[0].id(), id);
    state.advance(&[id], DeliveryStatus::Prepared, at(2)).expect("approved");
    assert_eq!(state.unfinished_sets("skillup").expect("a read")[0].id(), id);
}

#[test]
#[should_panic(expected = "a delivery that is held never becomes uploading")]
fn a_held_delivery_is_never_uploaded() {
    let mut state = State::in_memory();
    let run = run_in(&mut state);
    let id = prepare(&mut state, &run, "content", &[Text::same("smaller")]);
    drop(state.advance(&[id], DeliveryStatus::Uploading, at(2)));
}

#[test]
fn the_history_of_a_run_says_what_left_and_for_whom() {
    let mut state = State::in_memory();
    let run = run_in(&mut state);
    let plan = save(&mut state, &run, "a", &[create("ada", &[])], &[]);
    apply(&mut state, plan);
    prepare(&mut state, &run, "content", &[]);

    let history = state.history(&run).expect("a read").expect("the run");
    let json = serde_json::to_value(&history).expect("it serialises");
    assert_eq!(json["run"]["id"], run.to_string());
    assert_eq!(json["run"]["started"], "2026-11-22T22:00:00Z");
    assert_eq!(json["pickups"][0]["status"], "taken");
    assert_eq!(json["plans"][0]["operations"], json!({"pending": 0, "done": 1, "failed": 0}));
    assert_eq!(json["deliveries"][0]["personal-fields"], json!(["birth-date", "manager.personal-mail"]));
    assert_eq!(json["deliveries"][0]["people"], json!(["ada", "0042"]));
    assert_eq!(json["deliveries"][0]["status"], "prepared");
}

#[test]
fn the_spool_keeps_what_the_journal_still_needs() {
    let folder = tempfile::tempdir().expect("a folder");
    let spool = Spool::at(&folder.path().join("spool"));
    spool.keep_only(&[].into()).expect("an empty spool is no error");
    for name in ["users-1.csv", "skillup-1.csv", "left behind.csv"] {
        spool.put(name, b"old").expect("a file");
        let path = spool.put(name, name.as_bytes()).expect("a newer file");
        assert_eq!(fs::metadata(&path).expect("a file").permissions().mode() & 0o777, 0o600);
    }
    assert_eq!(fs::metadata(folder.path().join("spool")).expect("a folder").permissions().mode() & 0o777, 0o700);
    fs::write(folder.path().join("spool/.new-cut"), "half").expect("what a crash leaves");

    let mut state = State::in_memory();
    let run = run_in(&mut state);
    let plan = save(&mut state, &run, "a", &[], &[]);
    let delivery = prepare(&mut state, &run, "content", &[]);
    spool.keep_only(&state.spooled().expect("names")).expect("the others go");
    assert_eq!(fs::read_dir(folder.path().join("spool")).expect("a folder").count(), 2);
    let kept = spool.open("users-1.csv").expect("a file");
    assert_eq!(kept.top(usize::MAX).expect("it is there"), b"users-1.csv");

    apply(&mut state, plan);
    state.set_plan_status(plan, PlanStatus::Told, at(3)).expect("told");
    state.advance(&[delivery], DeliveryStatus::Delivered, at(3)).expect("delivered");
    assert!(state.spooled().expect("names").is_empty());
    spool.remove("users-1.csv").expect("removed");
    spool.remove("users-1.csv").expect("it is not there: no error");
    assert!(spool.open("users-1.csv").is_err() && spool.find("users-1.csv").expect("it is not there").is_none());
    assert_eq!(kept.top(5).expect("who has it open reads on"), b"users");
}

#[test]
#[should_panic(expected = "no name for a file in the spool")]
fn nothing_is_written_outside_the_spool() {
    let folder = tempfile::tempdir().expect("a folder");
    drop(Spool::at(folder.path()).put("../elsewhere", b""));
}

#[test]
fn what_a_set_gives_is_given_when_all_of_it_is_delivered_and_not_before() {
    let mut state = State::in_memory();
    let run = run_in(&mut state);
    let given = |who: &str| Given {
        who: who.into(),
        digest: Some(Digest::of(who.as_bytes())),
        part: "Lyon".into(),
        contract_start: None,
        contract_end: at(0).date_naive().into(),
        picture: None,
        values: vec![who.into(), String::new()],
    };
    let give = |key: &str, given: Option<Given>| Giving { key: key.into(), given };
    let mut deliver = |giving: &[Giving], end: DeliveryStatus| {
        let set = prepare_giving(&mut state, &run, &["a", "b"], giving);
        assert_eq!(state.set(set).expect("a read").files().len(), 2);
        let ids = state.set(set).expect("a read").ids();
        state.advance(&ids, end, at(2)).expect("the end");
        state.given("skillup").expect("a read")
    };
    let first = deliver(&[give("1", Some(given("ada"))), give("2", Some(given("bo")))], DeliveryStatus::Delivered);
    assert_eq!(first.into_values().collect::<Vec<_>>(), [given("ada"), given("bo")]);
    let second = deliver(&[give("1", None), give("3", Some(given("cy")))], DeliveryStatus::Discarded);
    assert_eq!(second.into_keys().collect::<Vec<_>>(), ["1", "2"], "nothing of it was delivered");
    let third = deliver(&[give("1", None), give("2", Some(given("bob")))], DeliveryStatus::Delivered);
    assert_eq!(third.into_iter().collect::<Vec<_>>(), [("2".to_string(), given("bob"))]);
    assert!(state.given("another").expect("a read").is_empty());
}
