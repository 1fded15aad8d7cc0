//! `kill -9` at a spread of moments: no half file under a final name, and the next run ends as an undisturbed one.

use std::collections::BTreeMap;
use std::fs::{self, File};
use std::io::Read as _;
use std::thread::sleep;
use std::time::{Duration, Instant, SystemTime};

use passerelle::model::Digest;

use crate::company::{Company, EXPORT, IMPORT, people, users};

/// Kills at even steps over a whole run, and as many in the part that matters.
const KILLS: u32 = 8;

/// What a run leaves, without what differs from run to run.
#[derive(Debug, PartialEq)]
pub struct Outcome {
    users: Vec<String>,
    server: BTreeMap<String, String>,
    spool: Vec<String>,
    /// The lines of all files of operations.
    operations: Vec<String>,
    /// How far everything in the journal has come, and how much there is of it. What was held anew is there once.
    journal: Vec<String>,
}

pub fn outcome(company: &Company) -> Outcome {
    let text = |(name, bytes): (String, Vec<u8>)| {
        let text = String::from_utf8(bytes).expect("UTF-8");
        // A verdict says which run it was, and when.
        let passing = ["Run ", "  \"run\":", "  \"at\":"];
        let lasting = text.lines().filter(|line| !passing.iter().any(|start| line.starts_with(start)));
        (name, lasting.collect::<Vec<_>>().join("\n"))
    };
    let operations = company.files("operations").into_values().map(|file| String::from_utf8(file).expect("UTF-8"));
    let journal = company.ask(
        "SELECT 'delivery', file_name, status, count(*) FROM deliveries WHERE status <> 'discarded' GROUP BY 2, 3
         UNION ALL SELECT 'plan', path, status, count(*) FROM plans WHERE status <> 'discarded' GROUP BY 2, 3
         UNION ALL SELECT 'operation', path, operations.status, count(*) FROM operations
             JOIN plans ON plans.id = plan WHERE plans.status <> 'discarded' GROUP BY 2, 3
         UNION ALL SELECT 'pickup', path, status, count(*) FROM pickups GROUP BY 2, 3
         UNION ALL SELECT 'decision', decided, person, count(*) FROM decisions GROUP BY 2, 3
         UNION ALL SELECT 'exception', day, because, count(*) FROM exceptions GROUP BY 2, 3
         UNION ALL SELECT 'open row', path, who, count(*) FROM open_rows GROUP BY 2, 3
         UNION ALL SELECT DISTINCT 'roll', path, is_refused, unclear FROM rolls
         UNION ALL SELECT 'given', key, digest, part FROM given
         UNION ALL SELECT 'giving', key, digest, part FROM giving",
    );
    // Another company's folder is another one, and so is another run's id.
    let home = company.path("").display().to_string();
    let at_home = |line: &str| line.replace(&home, "");
    let mut operations: Vec<String> =
        operations.flat_map(|file| file.lines().map(at_home).collect::<Vec<_>>()).collect();
    // Of two runs in one second, the names of their files do not tell which was first.
    operations.sort();
    Outcome {
        users: company
            .ask("SELECT login, last_name, mail, department, coalesce(manager, '') FROM people ORDER BY login"),
        server: company.files("partner").into_iter().map(text).collect(),
        spool: company.names("spool").iter().filter_map(|name| name.splitn(4, '-').last()).map(String::from).collect(),
        operations,
        journal: journal.iter().map(|line| at_home(line)).collect(),
    }
}

/// Starts a night, and kills it some time after the moment has come.
fn kill(company: &Company, moment: impl Fn(&Company) -> bool, longer: Duration) {
    kill_during(&["run"], company, moment, longer);
}

fn kill_during(words: &[&str], company: &Company, moment: impl Fn(&Company) -> bool, longer: Duration) {
    let mut night = company.start(words);
    while !moment(company) && night.try_wait().expect("a child").is_none() {}
    sleep(longer);
    night.kill().expect("it dies, or is dead");
    night.wait().expect("it is dead");
}

fn size(company: &Company, name: &str) -> u64 {
    fs::metadata(company.path(name)).map_or(0, |file| file.len())
}

/// What a kill in the middle of a commit leaves to be rolled back. SQLite writes the first byte when the rest is safe.
fn has_hot_journal(company: &Company) -> bool {
    let mut first = [0];
    let read = File::open(company.path("state.db-journal")).and_then(|mut journal| journal.read_exact(&mut first));
    read.is_ok() && first != [0]
}

/// Kills a command at even steps over the time that it takes, as soon as each of these files is there, and in commits.
fn killed_everywhere(make: impl Fn() -> Company, words: &[&str], appearing: &[&str], mut check: impl FnMut(Company)) {
    let calm = make();
    let start = Instant::now();
    calm.passerelle(words);
    let whole = start.elapsed();
    let mut kill = |moment: &dyn Fn(&Company) -> bool, longer| {
        let killed = make();
        kill_during(words, &killed, moment, longer);
        check(killed);
    };
    for step in 0..KILLS {
        kill(&|_| true, Duration::from_millis(1) + whole * step / KILLS);
    }
    for name in appearing {
        kill(&|killed| killed.has(name), Duration::ZERO);
    }
    for _ in 0..KILLS {
        kill(&has_hot_journal, Duration::ZERO);
    }
}

/// Looks at what the kill left, lets the next run go over it, and compares.
fn recover(company: &Company, undisturbed: &Outcome) {
    if has_hot_journal(company) {
        let before = company.files("");
        let said = company.ends(&["run", "--dry-run"], 7);
        assert!(said.err.contains("the last run was cut off"), "{}", said.err);
        assert_eq!(company.files(""), before, "it only looked");
    }
    company.ends(&["run"], 0);
    assert_eq!(&outcome(company), undisturbed);

    let after = company.files("partner");
    company.ends(&["run"], 0);
    assert_eq!(company.files("partner"), after, "there is nothing more to do");
}

#[test]
fn an_upload_that_is_killed_leaves_no_half_file_and_is_finished_by_the_next_run() {
    let company = Company::new(EXPORT);
    company.write("hr/hr.csv", people(30, "Engineer"));
    company.ends(&["run"], 0);
    let old = company.read("partner/people.csv");
    company.write("hr/hr.csv", people(30, "Engineer of bridges ".repeat(1500).trim_end()));

    let calm = company.twin();
    let start = Instant::now();
    calm.ends(&["run"], 0);
    let whole = start.elapsed();
    let undisturbed = outcome(&calm);
    let new = calm.read("partner/people.csv");
    assert!(new.len() > 100 * old.len());

    let mut halves = 0;
    let mut check = |killed: Company| {
        let there = killed.read("partner/people.csv");
        assert!(there == old || there == new, "{} bytes of {} under the final name", there.len(), new.len());
        let others = killed.names("partner").into_iter().filter(|name| name != "people.csv");
        assert!(others.into_iter().all(|name| name == ".people.csv.part"));
        halves += usize::from(killed.has("partner/.people.csv.part"));
        recover(&killed, &undisturbed);
    };
    for step in 0..KILLS {
        let killed = company.twin();
        kill(&killed, |_| true, Duration::from_millis(1) + whole * step / KILLS);
        check(killed);
    }
    for step in 0..KILLS {
        let killed = company.twin();
        let so_far = new.len() as u64 * u64::from(step) / u64::from(KILLS);
        kill(&killed, |killed| size(killed, "partner/.people.csv.part") > so_far, Duration::ZERO);
        check(killed);
    }
    let killed = company.twin();
    kill(&killed, |killed| size(killed, "partner/people.csv") == new.len() as u64, Duration::ZERO);
    check(killed);
    assert!(halves > 0, "no kill fell into the upload");
}

/// A file for each of three establishments, all at one instant.
const SET: &str = r#"
[export.out]
profile = "skillup"
people = "hr"
server = "partner"
file-name = "{establishment}.csv"
per-establishment = true
optional = ["Job title"]
brakes = { shrink = "20%" }
"#;

const PLACES: [&str; 3] = ["Lille", "Lyon", "Paris"];

fn people_in_three_places(count: usize, job_title: &str) -> String {
    let all = people(count, job_title);
    let place = |(number, line): (usize, &str)| match number {
        0 => format!("Établissement;{line}\n"),
        number => format!("{};{line}\n", PLACES[number % 3]),
    };
    all.lines().enumerate().map(place).collect()
}

#[test]
fn files_of_one_instant_that_are_killed_are_finished_together_and_none_is_left_under_a_temporary_name() {
    let company = Company::new(SET);
    company.write("hr/hr.csv", people_in_three_places(30, "Engineer"));
    company.ends(&["run"], 0);
    let files = |company: &Company| PLACES.map(|place| company.read(&format!("partner/{place}.csv")));
    let old = files(&company);
    company.write("hr/hr.csv", people_in_three_places(30, "Engineer of bridges ".repeat(500).trim_end()));

    let calm = company.twin();
    let start = Instant::now();
    calm.ends(&["run"], 0);
    let whole = start.elapsed();
    let undisturbed = outcome(&calm);
    let new = files(&calm);

    let (mut halves, mut mixed) = (0, 0);
    let mut check = |killed: Company| {
        let there = files(&killed);
        let is_new = [0, 1, 2].map(|place| there[place] == new[place]);
        assert!((0..3).all(|place| is_new[place] || there[place] == old[place]), "a half file under its final name");
        let others = killed.names("partner").into_iter().filter(|name| name.ends_with(".part")).count();
        halves += usize::from(others > 0);
        if is_new.contains(&true) && is_new.contains(&false) {
            mixed += 1;
            let waiting = (0..3).filter(|place| !is_new[*place]);
            let whole = |place: usize| killed.read(&format!("partner/.{}.csv.part", PLACES[place])) == new[place];
            assert!(waiting.clone().all(whole), "what has not its name yet is there whole");
            // What comes next does not make half of it forgotten.
            let later = killed.twin();
            later.write("hr/hr.csv", people_in_three_places(30, "Director"));
            later.ends(&["run"], 0);
            assert!(files(&later).iter().all(|file| file.contains("Director")));
            let delivered = later.ask("SELECT count(*) FROM deliveries WHERE status = 'delivered'");
            assert_eq!(delivered, ["9"], "the set that was begun was finished first");
        }
        recover(&killed, &undisturbed);
        assert!(killed.names("partner").iter().all(|name| !name.ends_with(".part")));
    };
    for step in 0..KILLS {
        let killed = company.twin();
        kill(&killed, |_| true, Duration::from_millis(1) + whole * step / KILLS);
        check(killed);
    }
    for place in PLACES {
        let (temporary, last) = (format!("partner/.{place}.csv.part"), format!("partner/{place}.csv"));
        let old_size = size(&company, &last);
        let killed = company.twin();
        kill(&killed, |killed| killed.has(&temporary), Duration::ZERO);
        check(killed);
        let killed = company.twin();
        kill(&killed, |killed| size(killed, &last) > old_size, Duration::ZERO);
        check(killed);
    }
    // Renaming takes no time in a directory: what a kill in the midst of it leaves is made by hand.
    let killed = company.twin();
    kill(&killed, |killed| killed.has("partner/.Paris.csv.part"), Duration::ZERO);
    if killed.has("partner/.Lille.csv.part") && killed.has("partner/.Lyon.csv.part") {
        killed.write("partner/.Paris.csv.part", &new[2]);
        fs::rename(killed.path("partner/.Lille.csv.part"), killed.path("partner/Lille.csv")).expect("renamed");
        killed.tamper("UPDATE deliveries SET status = 'renaming' WHERE status = 'uploading'");
        killed.ends(&["run", "--dry-run"], 0);
        check(killed);
    }
    assert!(halves > 0, "no kill fell into the uploads");
    assert!(mixed > 0, "no kill fell between two renamings");
}

#[test]
fn a_plan_whose_application_is_killed_is_finished_by_the_next_run_and_nothing_is_done_twice() {
    let company = Company::new(&IMPORT.replace("10%", "100%").replace("floor = 5", "floor = 9000"));
    company.write("partner/in/users.csv", users(0, 1200, "Sales"));
    company.ends(&["run"], 0);
    fs::remove_dir_all(company.path("partner/in/done")).expect("the partner tidies up");
    fs::remove_dir_all(company.path("operations")).expect("so does the company");
    let delivered = users(0, 2400, "Support");
    company.write("partner/in/users.csv", &delivered);

    let has_begun =
        |company: &Company| fs::read_dir(company.path("spool")).is_ok_and(|mut spool| spool.next().is_some());
    let calm = company.twin();
    let mut night = calm.start(&["run"]);
    let start = Instant::now();
    while !has_begun(&calm) {}
    let before = start.elapsed();
    assert!(night.wait().expect("it ends").success());
    let whole = start.elapsed();
    let undisturbed = outcome(&calm);
    assert_eq!(undisturbed.operations.len(), 2400);

    let (mut halves, mut hot) = (0, 0);
    let mut check = |killed: Company| {
        let places = ["partner/in/users.csv", "partner/in/done/users.csv"];
        let there: Vec<&str> = places.into_iter().filter(|place| killed.has(place)).collect();
        assert_eq!(there.len(), 1, "the partner's file is in one place, not in {there:?}");
        assert_eq!(killed.read(there[0]), delivered);
        let verdict = "partner/in/done/users.csv.verdict.txt";
        assert!(!killed.has(verdict) || killed.read(verdict).contains("SHA-256"), "a verdict is whole");

        hot += usize::from(has_hot_journal(&killed));
        let (repaired, plan) = (killed.twin(), "SELECT count(*) FROM plans WHERE id = 2 AND status = 'applying'");
        repaired.tamper("SELECT 1");
        halves += usize::from(repaired.ask(plan) == ["1"]);
        let is_planned = repaired.ask("SELECT count(*) FROM plans WHERE id = 2") == ["1"];
        let is_told = killed.has(verdict) || killed.has("partner/in/users.csv.receipt.txt");
        assert!(!is_planned || is_told, "a file that was taken in has its receipt or its verdict");
        recover(&killed, &undisturbed);
    };
    for step in 0..KILLS {
        let killed = company.twin();
        kill(&killed, |_| true, Duration::from_millis(1) + whole * step / KILLS);
        check(killed);
    }
    for step in 0..KILLS {
        let killed = company.twin();
        kill(&killed, has_begun, (whole - before) * step / KILLS);
        check(killed);
    }
    for step in 0..u64::from(KILLS) {
        let killed = company.twin();
        let is_committing =
            |killed: &Company| size(killed, "state.db-journal") > 10_000 * step && has_hot_journal(killed);
        kill(&killed, is_committing, Duration::ZERO);
        check(killed);
    }
    assert!(halves > 0, "no kill fell into the application");
    assert!(hot > 0, "no kill fell into a commit");
}

#[test]
fn an_undo_that_is_killed_while_it_is_applied_is_finished_by_the_next_run() {
    let company = Company::new(&IMPORT.replace("10%", "100%").replace("floor = 5", "floor = 9000"));
    company.write("partner/in/users.csv", users(0, 1200, "Sales"));
    company.ends(&["run"], 0);
    let before = outcome(&company).users;
    company.write("partner/in/users.csv", users(0, 1200, "Support"));
    company.ends(&["run"], 0);
    company.ends(&["undo", &company.last_run()], 5);
    let undo = company.last_run();
    let approve = ["approve", &undo];

    let calm = company.twin();
    let start = Instant::now();
    calm.ends(&approve, 0);
    let whole = start.elapsed();
    let undisturbed = outcome(&calm);
    assert_eq!(undisturbed.users, before);

    let mut halves = 0;
    let mut check = |killed: Company| {
        let repaired = killed.twin();
        repaired.tamper("SELECT 1");
        match repaired.ask("SELECT status FROM plans ORDER BY id DESC LIMIT 1")[0].as_str() {
            // Killed before anything of it was certain: it still waits.
            "held" => drop(killed.ends(&approve, 0)),
            "applying" => halves += 1,
            _ => {}
        }
        recover(&killed, &undisturbed);
    };
    for step in 0..KILLS {
        let killed = company.twin();
        kill_during(&approve, &killed, |_| true, Duration::from_millis(1) + whole * step / KILLS);
        check(killed);
    }
    for step in 0..u64::from(KILLS) {
        let killed = company.twin();
        let is_committing =
            |killed: &Company| size(killed, "state.db-journal") > 10_000 * step && has_hot_journal(killed);
        kill_during(&approve, &killed, is_committing, Duration::ZERO);
        check(killed);
    }
    assert!(halves > 0, "no kill fell into the application");
}

/// Three files in one night: a row to correct that came back right, no table, and more people than a brake allows.
#[test]
fn a_night_that_is_killed_while_it_tells_partners_is_told_as_an_undisturbed_one() {
    let company = Company::new(IMPORT);
    company.write("partner/in/users.csv", users(0, 5, "Sales").replace("Byron3", "").replace("Byron4", ""));
    company.ends(&["run"], 4);
    fs::remove_dir_all(company.path("operations")).expect("the company tidies up");
    let rows = company.read("partner/in/done/users.csv.to-correct.csv");
    company.write("partner/in/back.csv", rows.replacen("Ada;;", "Ada;Byron3;", 1));
    company.write("partner/in/junk.csv", "no heading that anybody knows\n1\n");
    company.write("partner/in/many.csv", users(10, 9, "Sales"));

    let calm = company.twin();
    calm.ends(&["run"], 5);
    let undisturbed = outcome(&calm);
    let open: Vec<&String> = undisturbed.journal.iter().filter(|line| line.starts_with("open row")).collect();
    assert_eq!(open, ["open row;in/users.csv;user-4;1"]);
    let appearing = [
        "partner/in/back.csv.receipt.txt",
        "partner/in/done/back.csv.verdict.json",
        "partner/in/done/back.csv",
        "partner/in/junk.csv.receipt.txt",
        "partner/in/refused/junk.csv.verdict.json",
        "partner/in/refused/junk.csv",
        "partner/in/many.csv.receipt.txt",
        "partner/in/held/many.csv.verdict.json",
        "partner/in/held/many.csv.verdict.txt",
    ];
    killed_everywhere(
        || company.twin(),
        &["run"],
        &appearing,
        |killed| {
            killed.passerelle(&["run"]);
            assert_eq!(outcome(&killed), undisturbed);
        },
    );
}

#[test]
fn a_saved_plan_whose_application_is_killed_is_finished_when_it_is_applied_again() {
    let company = Company::new(IMPORT);
    company.write("users.csv", users(0, 300, "Sales"));
    let apply = ["apply", "plan.json"];
    let planned = || {
        let planned = company.twin();
        planned.ends(&["plan", "in", "users.csv", "--save", "plan.json"], 5);
        planned
    };

    let calm = planned();
    calm.ends(&apply, 0);
    let undisturbed = outcome(&calm);
    assert_eq!(undisturbed.users.len(), 300);
    killed_everywhere(planned, &apply, &["state.db", "spool"], |killed| {
        killed.ends(&apply, 0);
        assert_eq!(outcome(&killed), undisturbed);
    });
}

#[test]
fn a_discard_that_is_killed_is_made_up_for_by_the_next() {
    let company = Company::new(IMPORT);
    company.write("partner/in/users.csv", users(0, 10, "Sales"));
    company.ends(&["run"], 5);
    let discard = ["discard", &company.last_run()];

    let calm = company.twin();
    calm.ends(&discard, 0);
    calm.ends(&["run"], 0);
    let undisturbed = outcome(&calm);
    let appearing = ["partner/in/refused/users.csv.verdict.json", "partner/in/refused/users.csv"];
    killed_everywhere(
        || company.twin(),
        &discard,
        &appearing,
        |killed| {
            killed.passerelle(&discard);
            // Once it is decided, there is nothing left to discard; what is spooled goes with the next night.
            killed.ends(&["run"], 0);
            assert_eq!(outcome(&killed), undisturbed);
        },
    );
}

/// A host that claims its files is killed at every step, and finds its own again.
#[test]
fn a_pickup_that_is_killed_after_its_claim_is_taken_up_by_the_next_run() {
    let company = Company::new(
        &IMPORT
            .replace("ready = { stable-for = 0 }", "ready = { manifest = \"{name}.sha256\" }")
            .replace("[import.in]", "[import.in]\nclaim = { again-after-hours = 24 }\nexpected = { by = \"00:00\" }"),
    );
    for (name, file) in [("users.csv", users(0, 5, "Sales")), ("junk.csv", "no heading that anybody knows\n1\n".into())]
    {
        company.write(&format!("partner/in/{name}"), &file);
        company.write(&format!("partner/in/{name}.sha256"), Digest::of(file.as_bytes()).to_string());
    }
    let calm = company.twin();
    calm.ends(&["run"], 4);
    let undisturbed = outcome(&calm);
    assert_eq!(undisturbed.server.len(), 6, "{:?}", undisturbed.server.keys());
    let appearing = [
        "partner/in/taken",
        "partner/in/users.csv.receipt.txt",
        "partner/in/done/users.csv.verdict.json",
        "partner/in/done/users.csv.verdict.txt",
        "partner/in/done/users.csv",
        "partner/in/junk.csv.receipt.txt",
        "partner/in/refused/junk.csv.verdict.txt",
        "partner/in/refused/junk.csv",
    ];
    killed_everywhere(
        || company.twin(),
        &["run"],
        &appearing,
        |killed| {
            let lie = |name: &str| killed.names("partner").iter().filter(|path| path.ends_with(name)).count();
            assert_eq!((lie("users.csv"), lie("junk.csv")), (1, 1), "each file is in one place");
            killed.passerelle(&["run"]);
            assert_eq!(outcome(&killed), undisturbed);
            assert!(killed.ask("SELECT came FROM expectations")[0] != "-", "its file has come");
        },
    );
}

/// What is removed goes together: what a kill leaves of it is known, and goes with the next run.
#[test]
fn a_removal_that_is_killed_is_finished_by_the_next_run() {
    let company = Company::new(&IMPORT.replace("ready =", "keep-days = { done = 90 }\nready ="));
    for number in 0..5 {
        company.write(&format!("partner/in/{number}.csv"), users(number, 1, "Sales"));
    }
    company.ends(&["run"], 0);
    let old = SystemTime::now() - Duration::from_secs(100 * 24 * 3600);
    let aged = || {
        let twin = company.twin();
        for name in twin.names("partner/in/done") {
            let file = File::options().write(true).open(twin.path(&format!("partner/in/done/{name}")));
            file.and_then(|file| file.set_modified(old)).expect("it is old");
        }
        twin
    };
    killed_everywhere(aged, &["run"], &[], |killed| {
        killed.passerelle(&["run"]);
        killed.ends(&["run"], 0);
        assert_eq!(killed.names("partner"), Vec::<String>::new());
    });
}
