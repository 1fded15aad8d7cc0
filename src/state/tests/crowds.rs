//! Everybody by hashes: kept or not, they are those of the directory as it is; and some of the users are as all of them are.

use proptest::collection::vec;
use proptest::prelude::*;
use proptest::sample::select;

use crate::model::mark::VERSION;
use crate::model::{Crowd, Digest, Field, Mark, Operation, People, Shape, Way};
use crate::state::tests::{apply, at, create, run_in, save, take, update, value};
use crate::state::{PlanId, State, schema};

/// As an import of few columns has it.
fn shape() -> Shape {
    let fields = ["login", "title", "manager", "hr-manager", "custom-a", "employee-number"].map(Field::of).to_vec();
    let [login, number] = ["login", "employee-number"].map(|field| Way::Fields(vec![Field::of(field)]));
    Shape { key: login.clone(), fields, ways: vec![login, number, Way::Names] }
}

/// Another import, by other data.
fn other_shape() -> Shape {
    let number = Way::Fields(["establishment", "employee-number"].map(Field::of).to_vec());
    Shape { key: number, fields: vec![Field::of("department"), Field::of("custom-b")], ways: Vec::new() }
}

fn crowd(state: &State, exchange: &str, shape: &Shape) -> Vec<Mark> {
    state.crowd(exchange, shape).expect("a crowd").marks()
}

fn expected(state: &State, shape: &Shape) -> Vec<Mark> {
    Crowd::of(&state.people().expect("the users"), shape.clone()).marks()
}

fn keep(state: &mut State, exchange: &str, shape: &Shape) {
    state.keep_crowd(exchange, shape).expect("they are kept");
}

fn number(state: &State, sql: &str) -> i64 {
    state.db.query_row(sql, (), |row| row.get(0)).expect("a number")
}

fn digest(state: &State) -> Digest {
    state.directory_digest().expect("a digest")
}

/// Enough of them for several pages, each led by the one before.
fn team(size: u32) -> Vec<Operation> {
    (1..=size)
        .map(|user| {
            create(&format!("user-{user}"), &[("title", "Ms"), ("manager", &format!("user-{}", user.max(2) - 1))])
        })
        .collect()
}

/// What may happen to a directory of few users in a night.
#[derive(Debug, Clone)]
enum Step {
    Take(Vec<Operation>),
    /// Half of the plan; the rest is lost, as in a crash.
    Crash(Vec<Operation>),
    Keep(&'static str),
    /// With `sqlite3`.
    ByHand(&'static str),
}

fn operation() -> impl Strategy<Value = Operation> {
    let login = || select(&["ada", "Bo", "cy", "0012", "élo"][..]);
    let field = select(&["title", "department", "establishment", "last-name", "custom-a", "custom-b"][..]);
    let text = || select(&["", "x", "Élodie", "12"][..]);
    let values = (text(), text(), select(&["", "ada", "Bo", "12"][..]));
    let creation = (login(), values).prop_map(|(login, (name, custom, manager))| {
        create(login, &[("first-name", name), ("last-name", "L"), ("custom-a", custom), ("manager", manager)])
    });
    prop_oneof![
        2 => creation,
        3 => (login(), field, text(), text()).prop_map(|(login, field, from, to)| update(login, &[(field, from, to)])),
        1 => (login(), login(), login()).prop_map(|(login, from, to)| update(login, &[("manager", from, to)])),
        1 => (login(), login()).prop_map(|(login, to)| update(login, &[("login", login, to)])),
    ]
}

fn step() -> impl Strategy<Value = Step> {
    let by_hand = [
        "UPDATE users SET title = 'by hand'",
        "UPDATE users SET login = login || 'x' WHERE id = 1",
        "UPDATE users SET manager_id = id, hr_manager_id = (SELECT min(id) FROM users) WHERE id = 2",
        "UPDATE OR REPLACE user_extras SET value = 'by hand'",
        "UPDATE OR IGNORE user_extras SET user_id = (SELECT min(id) FROM users)",
        "DELETE FROM user_extras WHERE user_id = 1",
        "INSERT OR IGNORE INTO users (id, login) VALUES (700, 'late'), (700, 'later')",
        "INSERT OR REPLACE INTO user_extras (user_id, field, value) SELECT id, 'custom-a', 'z' FROM users",
        "UPDATE users SET manager_id = NULL, hr_manager_id = NULL; DELETE FROM user_extras;
         UPDATE operations SET user = NULL; DELETE FROM users WHERE id = 1",
    ];
    prop_oneof![
        4 => vec(operation(), 0..6).prop_map(Step::Take),
        1 => vec(operation(), 0..6).prop_map(Step::Crash),
        2 => select(&["drop", "other"][..]).prop_map(Step::Keep),
        1 => select(by_hand.to_vec()).prop_map(Step::ByHand),
    ]
}

/// The same may be done again.
fn planned(state: &mut State, operations: &[Operation]) -> PlanId {
    let run = run_in(state);
    let content = number(state, "SELECT count(*) FROM plans").to_string();
    save(state, &run, &content, operations, &[])
}

fn go(state: &mut State, step: Step) {
    match step {
        Step::Take(operations) => {
            let plan = planned(state, &operations);
            apply(state, plan);
        }
        Step::Crash(operations) => {
            let plan = planned(state, &operations);
            state.apply_next(plan, operations.len() / 2, at(2)).expect("half of it");
            state.db.execute_batch("BEGIN").expect("a write");
            state.db.execute_batch("UPDATE users SET title = 'lost'; DELETE FROM user_extras").expect("half of it");
            state.db.execute_batch("ROLLBACK").expect("a crash");
        }
        Step::Keep(exchange) if exchange == "drop" => keep(state, exchange, &shape()),
        Step::Keep(exchange) => keep(state, exchange, &other_shape()),
        Step::ByHand(sql) => state.db.execute_batch(sql).expect("a statement"),
    }
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(96))]

    #[test]
    fn whatever_happens_the_crowd_is_that_of_the_directory(steps in vec(step(), 0..14)) {
        let mut state = State::in_memory();
        for step in steps {
            go(&mut state, step);
            prop_assert_eq!(crowd(&state, "drop", &shape()), expected(&state, &shape()));
            prop_assert_eq!(crowd(&state, "other", &other_shape()), expected(&state, &other_shape()));
        }
        // And once more, with all of them kept.
        keep(&mut state, "drop", &shape());
        prop_assert_eq!(crowd(&state, "drop", &shape()), expected(&state, &shape()));
    }

    #[test]
    fn some_users_are_as_all_of_them_are(steps in vec(step(), 0..6), numbers in vec(0..9u32, 0..9)) {
        let mut state = State::in_memory();
        steps.into_iter().for_each(|step| go(&mut state, step));
        let all = state.people().expect("the users");
        let some = state.people_of(&numbers).expect("some users");
        let names = state.people_with(&[Field::of("custom-a"), Field::of("login")]).expect("the users");
        let rows = |people: &People, numbers: &dyn Fn(u32) -> bool, fields: &[Field]| -> Vec<(u32, Vec<String>)> {
            let columns: Vec<_> = fields.iter().map(|field| people.column(field)).collect();
            let asked = (0..people.len()).filter(|person| numbers(people.number(*person)));
            let of = |person| columns.iter().map(|column| people.value(person, column).to_owned()).collect();
            asked.map(|person| (people.number(person), of(person))).collect()
        };
        prop_assert_eq!(
            rows(&some, &|_| true, all.fields()),
            rows(&all, &|number| numbers.contains(&number), all.fields())
        );
        prop_assert_eq!(rows(&names, &|_| true, names.fields()), rows(&all, &|_| true, names.fields()));
    }
}

#[test]
fn what_is_kept_is_read_and_only_what_changed_is_made_anew() {
    let mut state = State::in_memory();
    take(&mut state, &team(600));
    keep(&mut state, "drop", &shape());
    assert_eq!(number(&state, "SELECT count(*) FROM crowd_pages"), 3);
    assert_eq!(number(&state, "SELECT count(*) FROM changes"), 1);
    assert_eq!(crowd(&state, "drop", &shape()), expected(&state, &shape()));

    take(&mut state, &[update("user-300", &[("title", "Ms", "Dr")]), create("new", &[])]);
    assert_eq!(crowd(&state, "drop", &shape()), expected(&state, &shape()));
    state.db.execute_batch("UPDATE crowd_pages SET marks = x'' WHERE page = 0").expect("a page that is not looked at");
    keep(&mut state, "drop", &shape());
    let [kept, now] = [crowd(&state, "drop", &shape()), expected(&state, &shape())];
    assert_eq!(kept, now[255..], "the first page stays as it was");
    assert_eq!(number(&state, "SELECT count(*) FROM changes"), 1);
}

#[test]
fn a_login_that_changes_is_that_of_the_manager_of_others() {
    let mut state = State::in_memory();
    take(&mut state, &team(3));
    keep(&mut state, "drop", &shape());
    let before = crowd(&state, "drop", &shape());
    take(&mut state, &[update("user-1", &[("login", "user-1", "ada")])]);
    let after = crowd(&state, "drop", &shape());
    assert_eq!(after, expected(&state, &shape()));
    let is_other: Vec<bool> = before.iter().zip(&after).map(|(before, after)| before.row != after.row).collect();
    assert_eq!(is_other, [true, true, false]);
    assert_eq!(value(&state.people().expect("the users"), "user-2", "manager"), "ada");
}

#[test]
fn hashes_of_another_shape_or_another_making_are_not_read() {
    let mut state = State::in_memory();
    take(&mut state, &team(3));
    keep(&mut state, "drop", &shape());
    assert_eq!(crowd(&state, "drop", &other_shape()), expected(&state, &other_shape()));
    keep(&mut state, "drop", &other_shape());
    assert_eq!(crowd(&state, "drop", &other_shape()), expected(&state, &other_shape()));

    let earlier = format!("UPDATE crowds SET shape = replace(shape, '[{VERSION},', '[0,')");
    state.db.execute_batch(&format!("{earlier}; UPDATE crowd_pages SET marks = x'00'")).expect("an older Passerelle");
    assert_eq!(crowd(&state, "drop", &other_shape()), expected(&state, &other_shape()));
    keep(&mut state, "drop", &other_shape());
    assert_eq!(crowd(&state, "drop", &other_shape()), expected(&state, &other_shape()));
}

#[test]
fn who_changed_is_remembered_until_every_exchange_knows_it_or_is_imported_no_more() {
    let mut state = State::in_memory();
    let changes = |state: &State| number(state, "SELECT count(*) FROM changes");
    take(&mut state, &team(3));
    keep(&mut state, "drop", &shape());
    keep(&mut state, "other", &other_shape());
    assert_eq!(changes(&state), 1, "the last one stays");
    take(&mut state, &[update("user-2", &[("title", "Ms", "Dr")]), update("user-3", &[("department", "", "Sales")])]);
    keep(&mut state, "drop", &shape());
    assert_eq!(changes(&state), 2);
    assert_eq!(crowd(&state, "other", &other_shape()), expected(&state, &other_shape()));
    keep(&mut state, "other", &other_shape());
    assert_eq!(changes(&state), 1);

    for (from, to) in [("Dr", "a"), ("a", "b"), ("b", "c"), ("c", "d")] {
        take(&mut state, &[update("user-2", &[("title", from, to)])]);
        keep(&mut state, "drop", &shape());
    }
    assert_eq!(changes(&state), 1);
    assert_eq!(number(&state, "SELECT count(*) FROM crowds"), 1);
    assert_eq!(number(&state, "SELECT count(*) FROM crowd_pages"), 1);
    assert_eq!(crowd(&state, "other", &other_shape()), expected(&state, &other_shape()));
}

#[test]
fn a_page_that_is_cut_off_is_told_and_not_believed() {
    let mut state = State::in_memory();
    take(&mut state, &team(3));
    keep(&mut state, "drop", &shape());
    state.db.execute_batch("UPDATE crowd_pages SET marks = substr(marks, 1, 40)").expect("a cut");
    state.crowd("drop", &shape()).expect_err("a page is not whole");
}

#[test]
fn the_digest_of_the_directory_changes_with_every_change_and_with_nothing_else() {
    let mut state = State::in_memory();
    assert_eq!(digest(&state), digest(&State::in_memory()), "where nobody ever was");
    let mut seen = vec![digest(&state)];
    let mut changes = |state: &mut State, operations: &[Operation]| {
        take(state, operations);
        let is_new = !seen.contains(&digest(state));
        seen.push(digest(state));
        is_new
    };
    assert!(changes(&mut state, &[create("ada", &[])]));
    assert!(changes(&mut state, &[update("ada", &[("title", "", "Ms")])]));
    assert!(changes(&mut state, &[update("ada", &[("custom-a", "", "x")])]));
    assert!(changes(&mut state, &[update("ada", &[("custom-a", "x", "")])]));
    assert!(!changes(&mut state, &[create("ada", &[("title", "Dr")])]), "it fails, and leaves no trace");
    let before = digest(&state);
    keep(&mut state, "drop", &shape());
    run_in(&mut state);
    assert_eq!(digest(&state), before);
}

#[test]
fn a_directory_of_an_older_passerelle_is_counted_from_now_on() {
    let mut db = rusqlite::Connection::open_in_memory().expect("a database");
    schema::migrate(&mut db, &schema::STEPS[..5]).expect("the steps of then");
    db.execute_batch("INSERT INTO users (login) VALUES ('ada'), ('bo')").expect("users");
    schema::migrate(&mut db, schema::STEPS).expect("the steps since");
    let mut state = State::of(db, std::path::Path::new(":memory:"));
    let before = digest(&state);
    assert_ne!(before, digest(&State::in_memory()));
    keep(&mut state, "drop", &shape());
    take(&mut state, &[update("ada", &[("title", "", "Ms")])]);
    assert_ne!(digest(&state), before);
    assert_eq!(crowd(&state, "drop", &shape()), expected(&state, &shape()));
}

#[test]
fn a_plan_that_is_begun_counts_from_its_first_batch() {
    let mut state = State::in_memory();
    take(&mut state, &team(3));
    keep(&mut state, "drop", &shape());
    let before = digest(&state);
    let run = run_in(&mut state);
    let operations = [1, 2, 3].map(|user| update(&format!("user-{user}"), &[("title", "Ms", "Dr")]));
    let plan = save(&mut state, &run, "three", &operations, &[]);
    state.apply_next(plan, 2, at(2)).expect("a batch");
    assert_ne!(digest(&state), before);
    assert_eq!(crowd(&state, "drop", &shape()), expected(&state, &shape()));
    apply(&mut state, plan);
    assert_eq!(crowd(&state, "drop", &shape()), expected(&state, &shape()));
}
