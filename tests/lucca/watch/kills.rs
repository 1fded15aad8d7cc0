//! `kill -9` at each step of a watch: every change arrives, and none arrives twice.

use std::collections::BTreeMap;
use std::fs::{self, File};
use std::io::Read as _;
use std::thread::sleep;
use std::time::{Duration, Instant};

use super::company::{Company, Watch, until};

const EVERY_SECOND: &str = "watch = { every-seconds = 1, quiet-seconds = 0 }";

/// Kills at even steps between a change and its arrival.
const KILLS: u32 = 12;

/// One change after another, each with a name of its own.
struct Changes {
    company: Company,
    watch: Option<Watch>,
    made: Vec<String>,
}

impl Changes {
    fn new() -> Changes {
        let company = Company::fed(EVERY_SECOND);
        Changes { company, watch: None, made: Vec::new() }
    }

    /// A watch that is at work, and a change that it has to deliver.
    fn make(&mut self) -> String {
        self.watch.get_or_insert_with(|| self.company.watched());
        let change = format!("Astronaute {:03}", self.made.len());
        self.company.lucca.change("cgauthier1", "jobTitle", change.as_str());
        self.made.push(change.clone());
        change
    }

    fn has_arrived(&self, change: &str) -> bool {
        !self.company.rows_with(change).is_empty()
    }

    fn kill(&mut self) {
        self.watch.take().expect("it runs").kill();
    }

    /// What was on its way arrives by the next watch.
    fn recover(&mut self, change: &str) {
        self.watch = Some(self.company.watch());
        until("what was on its way arrives", || self.has_arrived(change));
    }

    fn check(mut self) {
        // What came of the last kill is over once a later change has arrived.
        let last = self.make();
        until("the last change arrives", || self.has_arrived(&last));
        assert_eq!(self.watch.take().expect("it runs").stop(), Some(0));
        let mut arrived: BTreeMap<String, usize> = BTreeMap::new();
        for row in self.company.rows_with("Astronaute") {
            let change = row.split(';').nth(2).expect("a job").to_string();
            *arrived.entry(change).or_default() += 1;
        }
        let made: BTreeMap<String, usize> = self.made.iter().map(|change| (change.clone(), 1)).collect();
        assert_eq!(arrived, made, "each change arrived once");
        let halves = fs::read_dir(self.company.path("partner")).expect("a folder");
        let halves =
            halves.filter(|file| file.as_ref().expect("a file").file_name().to_string_lossy().starts_with('.'));
        assert_eq!(halves.count(), 0, "nothing is left half");
        assert_eq!(fs::read_dir(self.company.path("spool")).expect("a folder").count(), 0, "the spool is empty");
        let unfinished = "SELECT count(*) FROM deliveries WHERE status NOT IN ('delivered', 'discarded')";
        assert_eq!(self.company.count(unfinished), 0);
    }
}

fn has_any(company: &Company, folder: &str, is_meant: impl Fn(&str) -> bool) -> bool {
    let names = fs::read_dir(company.path(folder)).into_iter().flatten().flatten();
    names.map(|entry| entry.file_name()).any(|name| is_meant(&name.to_string_lossy()))
}

/// What a kill in the middle of a commit leaves to be rolled back. SQLite writes the first byte when the rest is safe.
fn has_hot_journal(company: &Company) -> bool {
    let mut first = [0];
    let read = File::open(company.path("state.db-journal")).and_then(|mut journal| journal.read_exact(&mut first));
    read.is_ok() && first != [0]
}

#[test]
fn a_watch_that_is_killed_at_any_moment_after_a_change_loses_and_repeats_nothing() {
    let mut changes = Changes::new();
    let first = changes.make();
    let start = Instant::now();
    until("the first change arrives", || changes.has_arrived(&first));
    let whole = start.elapsed() + Duration::from_millis(100);
    for step in 0..KILLS {
        let change = changes.make();
        sleep(whole * step / KILLS);
        changes.kill();
        changes.recover(&change);
    }
    changes.check();
}

#[test]
fn a_watch_that_is_killed_at_each_step_of_a_delivery_loses_and_repeats_nothing() {
    type Step = (&'static str, fn(&Company, usize) -> bool);
    let steps: [Step; 5] = [
        ("the spool", |company, _| has_any(company, "spool", |_| true)),
        ("the upload", |company, _| has_any(company, "partner", |name| name.starts_with('.'))),
        ("the renaming", |company, files| company.files().len() > files),
        ("a commit", |company, _| has_hot_journal(company)),
        ("a later commit", |company, _| has_any(company, "spool", |_| true) && has_hot_journal(company)),
    ];
    let mut changes = Changes::new();
    let mut caught = 0;
    for (what, has_come) in steps.into_iter().cycle().take(3 * steps.len()) {
        let files = changes.company.files().len();
        let change = changes.make();
        while !has_come(&changes.company, files) && !changes.has_arrived(&change) {}
        changes.kill();
        caught += usize::from(!changes.has_arrived(&change));
        println!("killed at {what}; arrived: {}", changes.has_arrived(&change));
        changes.recover(&change);
    }
    assert!(caught > 0, "no kill fell into a delivery");
    changes.check();
}

#[test]
fn a_watch_that_is_killed_again_and_again_while_it_begins_still_delivers() {
    let mut changes = Changes::new();
    let change = changes.make();
    changes.kill();
    let calm = Instant::now();
    changes.recover(&change);
    let whole = calm.elapsed();
    for step in 0..KILLS {
        changes.kill();
        let change = format!("Astronaute {:03}", changes.made.len());
        changes.company.lucca.change("cgauthier1", "jobTitle", change.as_str());
        changes.made.push(change.clone());
        changes.watch = Some(changes.company.watch());
        sleep(whole * step / KILLS);
        changes.kill();
        changes.recover(&change);
    }
    changes.check();
}
