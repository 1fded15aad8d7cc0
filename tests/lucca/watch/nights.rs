//! A watch beside the night, beside those who approve, and beside another watch.

use super::company::{Company, until};

const EVERY_SECOND: &str = "watch = { every-seconds = 1, quiet-seconds = 0 }";

/// Twenty-nine of sixty are not half of them.
fn reorganise(company: &Company, job: &str) {
    let sql = format!("UPDATE users SET jobTitle = '{job}' WHERE id <= 140");
    company.lucca.database(|db| db.execute(&sql, ())).expect("they work there");
}

fn held_run(company: &Company) -> String {
    until("it is told", || company.read("watch.out").contains("  passerelle approve "));
    let printed = company.read("watch.out");
    let words = printed.rsplit_once("  passerelle approve ").expect("a command").1;
    words.lines().next().expect("a run").to_string()
}

fn held(company: &Company) -> usize {
    company.count("SELECT count(*) FROM deliveries WHERE status = 'held'")
}

#[test]
fn a_mass_change_is_held_and_told_once_and_goes_out_when_it_is_approved() {
    let company = Company::fed(EVERY_SECOND);
    let watch = company.watched();
    reorganise(&company, "Astronaute");
    until("it is held", || held(&company) == 1);
    // One more beside it is decided about, and waits.
    company.lucca.hire("zoe", "Zoé", "Faÿ", serde_json::json!({}));
    company.lucca.forget_requests();
    until("it has looked again", || company.lucca.requests().len() > 3);
    assert_eq!((held(&company), company.rows().len()), (1, 60));
    assert_eq!(company.read("watch.out").matches("— held").count(), 1);

    company.ends(&["approve", &held_run(&company)], 0);
    until("what waited beside it is sent", || !company.rows_with("zoe").is_empty());
    assert_eq!(company.rows_with("Astronaute").len(), 40);
    assert_eq!(watch.stop(), Some(0));
}

#[test]
fn what_is_discarded_is_not_asked_again_before_something_changes() {
    let company = Company::fed(EVERY_SECOND);
    let watch = company.watched();
    reorganise(&company, "Astronaute");
    until("it is held", || held(&company) == 1);
    company.ends(&["discard", &held_run(&company)], 0);
    company.lucca.forget_requests();
    until("it has looked again", || company.lucca.requests().len() > 3);
    assert_eq!((held(&company), company.rows().len()), (0, 60));

    reorganise(&company, "Cosmonaute");
    until("it is held again", || held(&company) == 1);
    assert_eq!(watch.stop(), Some(0));
}

#[test]
fn what_is_corrected_while_it_is_held_needs_nobody() {
    let company = Company::fed(EVERY_SECOND);
    let jobs: Vec<(i64, String)> = company.lucca.database(|db| {
        let mut read = db.prepare("SELECT id, jobTitle FROM users").expect("a table");
        read.query_map((), |row| Ok((row.get(0)?, row.get(1)?))).and_then(Iterator::collect).expect("rows")
    });
    let watch = company.watched();
    reorganise(&company, "Astronaute");
    until("it is held", || held(&company) == 1);
    company.lucca.database(|db| {
        for (id, job) in &jobs {
            db.execute("UPDATE users SET jobTitle = ?2 WHERE id = ?1", (id, job)).expect("it is corrected");
        }
    });
    until("nothing is held", || held(&company) == 0);
    assert_eq!(company.rows().len(), 60);
    assert_eq!(watch.stop(), Some(0));
}

#[test]
fn nights_beside_a_watch_succeed_and_nothing_is_sent_twice() {
    let company = Company::fed(EVERY_SECOND);
    let watch = company.watched();
    for number in 0..6 {
        company.lucca.change("cgauthier1", "jobTitle", format!("Astronaute {number}"));
        company.ends(&["run"], 0);
    }
    until("the last change is there", || !company.rows_with("Astronaute 5").is_empty());
    assert_eq!(watch.stop(), Some(0));
    let mut rows = company.rows_with("Astronaute");
    let count = rows.len();
    rows.dedup();
    assert_eq!(rows.len(), count, "{rows:?}");
}

#[test]
fn a_watch_waits_for_a_run_that_has_the_lock_and_says_so() {
    let company = Company::fed(EVERY_SECOND);
    let watch = company.watched();
    let lock = std::fs::File::options().write(true).open(company.path("state.db.lock")).expect("a lock");
    lock.lock().expect("it is free");
    lock.set_len(0).expect("it is ours");
    company.lucca.change("cgauthier1", "jobTitle", "Astronaute");
    until("it says so", || company.read("watch.err").contains("waiting: take the lock"));
    assert_eq!(company.rows().len(), 60);
    drop(lock);
    until("the row is there", || !company.rows_with("Astronaute").is_empty());
    assert_eq!(watch.stop(), Some(0));
    assert_eq!(company.read("watch.err").matches("waiting: ").count(), 1);
}

#[test]
fn a_second_watch_of_the_same_exchange_is_refused() {
    let company = Company::fed(EVERY_SECOND);
    let watch = company.watched();
    let said = company.ends(&["watch", "pyla"], 75);
    assert!(said.contains("state.db.watch-pyla.lock") && said.contains("holds it (process"), "{said}");
    assert_eq!(watch.stop(), Some(0));
}

#[test]
fn what_cannot_be_watched_is_said_at_once() {
    let company = Company::new("");
    for (words, said) in [
        (&["watch", "pylla"][..], "did you mean `pyla`?"),
        (&["watch", "pyla", "--dry-run"], "`passerelle export pyla --dry-run` says what would leave now"),
        (&["watch", "pyla", "--html", "page.html"], "there is no report here"),
    ] {
        let printed = company.ends(words, 2);
        assert!(printed.contains(said), "{printed}");
    }
}
