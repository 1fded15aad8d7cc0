//! Applying a plan: every value arrives, and what the directory does not take fails alone.

use proptest::prelude::{ProptestConfig, prop_assert_eq, proptest};

use crate::model::field::DATA;
use crate::model::{Field, Text};
use crate::state::tests::{apply, at, create, run_in, save, take, update, value};
use crate::state::{OperationStatus, PlanStatus, State};

#[test]
fn every_datum_of_the_vocabulary_is_kept_and_read_again() {
    let mut state = State::in_memory();
    take(&mut state, &[create("zoe", &[])]);
    let names: Vec<String> =
        DATA.iter().map(|datum| if datum.family { format!("{}-1", datum.name) } else { datum.name.into() }).collect();
    let given = |name: &'static str| match name {
        "login" => "bo",
        "manager" | "second-manager" => "zoe",
        "hr-manager" => "bo",
        other => other,
    };
    let fields: Vec<(&str, &str)> =
        names.iter().zip(DATA).map(|(name, datum)| (name.as_str(), given(datum.name))).collect();
    assert_eq!(take(&mut state, &[create("bo", &fields)]).done, 1);

    let people = state.people().expect("the users");
    assert_eq!(state.count().expect("a number"), 2);
    assert_eq!(people.fields().len(), DATA.len());
    for (field, expected) in &fields {
        assert_eq!(value(&people, "bo", field), *expected, "{field}");
        assert!(people.has(&Field::of(field)));
    }
    assert_eq!(value(&people, "zoe", "custom-1"), "");
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(64))]

    #[test]
    fn every_text_is_kept_as_it_is(texts in proptest::array::uniform3("\\PC{0,9}|[\0-\x7f]{0,9}")) {
        let fields = ["title", "department", "custom-a"];
        let mut state = State::in_memory();
        let given: Vec<(&str, &str)> = fields.into_iter().zip(&texts).map(|(field, text)| (field, text.as_str())).collect();
        take(&mut state, &[create("ada", &[]), create("bo", &given)]);
        let cleared: Vec<(&str, &str, &str)> = given.iter().map(|(field, text)| (*field, *text, "")).collect();

        let people = state.people().expect("the users");
        prop_assert_eq!(fields.map(|field| value(&people, "bo", field)), [&texts[0], &texts[1], &texts[2]]);
        prop_assert_eq!(take(&mut state, &[update("bo", &cleared)]).done, 1);
        let people = state.people().expect("the users");
        prop_assert_eq!(fields.map(|field| value(&people, "bo", field)), ["", "", ""]);
    }
}

#[test]
fn values_of_families_stay_with_their_user_and_their_field() {
    let mut state = State::in_memory();
    let operations = [
        create("ada", &[("custom-b", "ada's b")]),
        create("bo", &[]),
        create("cy", &[("custom-a", "cy's a"), ("secondary-role-10", "ten"), ("secondary-role-2", "two")]),
    ];
    take(&mut state, &operations);
    let people = state.people().expect("the users");
    let rows: Vec<Vec<&str>> = ["ada", "bo", "cy"]
        .map(|login| {
            ["custom-a", "custom-b", "secondary-role-2", "secondary-role-10"]
                .map(|field| value(&people, login, field))
                .into()
        })
        .into();
    assert_eq!(rows, [vec!["", "ada's b", "", ""], vec!["", "", "", ""], vec!["cy's a", "", "two", "ten"]]);

    take(&mut state, &[update("cy", &[("custom-a", "cy's a", ""), ("custom-b", "", "new")])]);
    let people = state.people().expect("the users");
    assert_eq!(value(&people, "cy", "custom-b"), "new");
    assert!(!people.has(&Field::of("custom-a")), "nobody has it any more");
}

#[test]
fn an_update_changes_its_fields_and_no_others() {
    let mut state = State::in_memory();
    take(&mut state, &[create("ada", &[("manager", "ada"), ("mail", "ada@acme.example"), ("department", "Sales")])]);
    take(&mut state, &[update("ADA", &[("department", "Sales", "Support"), ("manager", "ada", "")])]);
    let people = state.people().expect("the users");
    assert_eq!(value(&people, "ada", "department"), "Support");
    assert_eq!(value(&people, "ada", "manager"), "");
    assert_eq!(value(&people, "ada", "mail"), "ada@acme.example");
}

#[test]
fn a_value_that_moved_fails_only_its_own_operation_and_all_of_it() {
    let mut state = State::in_memory();
    take(&mut state, &[create("ada", &[("department", "Sales")]), create("bo", &[]), create("cy", &[])]);
    let run = run_in(&mut state);
    let operations = [
        update("bo", &[("title", "", "Mr")]),
        update("ada", &[("title", "", "Ms"), ("department", "Logistics", "Support")]),
        update("cy", &[("title", "", "Dr")]),
    ];
    let plan = save(&mut state, &run, "moved", &operations, &[]);
    let applied = apply(&mut state, plan);

    assert_eq!(applied.done, 2);
    let [failure] = applied.failures.as_slice() else { panic!("{:?}", applied.failures) };
    assert_eq!(failure.operation, operations[1]);
    assert_eq!(failure.reason.to_string(), "`department` changed meanwhile, from `Logistics` to `Sales`");
    let people = state.people().expect("the users");
    assert_eq!(["ada", "bo", "cy"].map(|login| value(&people, login, "title")), ["", "Mr", "Dr"]);

    let recorded = state.operations(plan).expect("the operations");
    let statuses: Vec<OperationStatus> = recorded.iter().map(|recorded| recorded.status).collect();
    assert_eq!(statuses, [OperationStatus::Done, OperationStatus::Failed, OperationStatus::Done]);
    assert_eq!(state.failures(plan).expect("the failures"), applied.failures);
    assert_eq!(state.plan(plan).expect("a read").expect("a plan").status, PlanStatus::Applied);
}

#[test]
fn what_the_directory_cannot_take_is_refused_with_its_reason_and_leaves_no_trace() {
    let mut state = State::in_memory();
    take(&mut state, &[create("ada", &[]), create("bo", &[])]);
    let before = state.people().expect("the users").digest();
    let cases = [
        (create("Ada", &[("title", "Ms")]), "the login `Ada` is already taken"),
        (create("cy", &[("custom-a", "x"), ("manager", "nobody")]), "no user has the login `nobody`, the manager"),
        (
            update("ada", &[("title", "", "Ms"), ("hr-manager", "", "who")]),
            "no user has the login `who`, the hr-manager",
        ),
        (update("gone", &[("title", "", "Mr")]), "no user has the login `gone` any more"),
        (update("ada", &[("custom-a", "", "x"), ("login", "ada", "BO")]), "the login `BO` is already taken"),
    ];
    for (operation, reason) in cases {
        let applied = take(&mut state, &[operation]);
        assert_eq!(applied.failures[0].reason.to_string(), reason);
        assert_eq!(state.people().expect("the users").digest(), before, "{reason}");
    }
}

#[test]
fn a_user_may_get_another_login_and_the_team_follows() {
    let mut state = State::in_memory();
    take(&mut state, &[create("ada", &[]), create("bo", &[("manager", "ada")])]);
    take(&mut state, &[update("ada", &[("login", "ada", "Ada.L")]), update("ADA.l", &[("login", "Ada.L", "ada.l")])]);
    assert_eq!(value(&state.people().expect("the users"), "bo", "manager"), "ada.l");
}

#[test]
fn who_gets_another_login_may_lead_themselves_by_either() {
    for named in ["ada", "Ada.L"] {
        let mut state = State::in_memory();
        take(&mut state, &[create("ada", &[])]);
        let changes = [("manager", "", named), ("login", "ada", "ada.l"), ("title", "", "Ms")];
        assert_eq!(take(&mut state, &[update("ada", &changes)]).done, 1, "{named}");
        assert_eq!(value(&state.people().expect("the users"), "ada.l", "manager"), "ada.l");
    }
}

#[test]
fn an_update_is_one_change_however_many_its_fields_are() {
    let mut state = State::in_memory();
    take(&mut state, &[create("ada", &[]), create("bo", &[])]);
    let changes = |state: &State| -> u32 {
        state.db.query_row("SELECT count(*) FROM changes", (), |row| row.get(0)).expect("a number")
    };
    let before = changes(&state);
    take(&mut state, &[update("bo", &[("title", "", "Mr"), ("manager", "", "ada"), ("department", "", "Sales")])]);
    assert_eq!(changes(&state), before + 1);
}

#[test]
fn a_plan_without_operations_is_applied_at_once() {
    let mut state = State::in_memory();
    let run = run_in(&mut state);
    let plan = save(&mut state, &run, "nothing new", &[], &[]);
    assert!(!state.apply_next(plan, 1000, at(2)).expect("a batch").remain);
    assert_eq!(state.plan(plan).expect("a read").expect("a plan").status, PlanStatus::Applied);
}

#[test]
#[should_panic(expected = "not one that is held")]
fn a_held_plan_is_never_applied() {
    let mut state = State::in_memory();
    let run = run_in(&mut state);
    let plan = save(&mut state, &run, "much", &[create("ada", &[])], &[Text::same("too many creations")]);
    drop(state.apply_next(plan, 1000, at(2)));
}
