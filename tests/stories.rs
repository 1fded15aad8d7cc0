//! Each folder under `samples/` but the two companies, `acme` and `lucca-night`, is a story: a file that a partner dropped, what is known, and what is said.
//!
//! `file.csv` or `file.xlsx` is what came in, `directory.csv` who is known, `expected.txt` what a dry run says. The site
//! is the one below, unless the story brings its own `passerelle.toml`; `TODAY` in it is the day on which it is told.
//! `UPDATE_EXPECTED=1` rewrites the answers; the difference is the review.

use std::path::{Path, PathBuf};
use std::{env, fs};

use assert_cmd::Command;

const SITE: &str = r#"
[state]
path = "state.db"

[server.partner.directory]
path = "."

[people.users.directory]
lists = { LISTS }
defaults = [{ set = { culture = "fr-FR" } }]

[import.partner]
profile = "lucca-users"
people = "users"
server = "partner"
files = "file.*"
identify-by = "login"
ready = { stable-for = 0 }
brakes = { creations = "100%", updates = "100%", shrink = "100%", headings = "never", floor = 1000 }
"#;

#[test]
fn every_story_ends_as_it_is_written() {
    let mut told = 0;
    let mut wrong = Vec::new();
    for story in stories() {
        told += 1;
        let said = tell(&story);
        let expected = story.join("expected.txt");
        if env::var_os("UPDATE_EXPECTED").is_some() {
            fs::write(&expected, &said).expect("the answer is written");
        }
        let written = fs::read_to_string(&expected).unwrap_or_default();
        if written != said {
            wrong.push(format!("== {}\n-- expected\n{written}\n-- said\n{said}", story.display()));
        }
    }
    assert!(told >= 90, "only {told} stories");
    assert!(
        wrong.is_empty(),
        "{} stories end otherwise (UPDATE_EXPECTED=1 rewrites):\n{}",
        wrong.len(),
        wrong.join("\n")
    );
}

fn stories() -> Vec<PathBuf> {
    let samples = Path::new(env!("CARGO_MANIFEST_DIR")).join("samples");
    let mut stories: Vec<PathBuf> = fs::read_dir(samples)
        .expect("there are samples")
        .map(|entry| entry.expect("an entry").path())
        .filter(|path| path.is_dir() && !["acme", "lucca-night"].iter().any(|company| path.ends_with(company)))
        .collect();
    stories.sort();
    stories
}

/// What the dry run says, without what differs from run to run; behind it, the exit code.
fn tell(story: &Path) -> String {
    let folder = tempfile::tempdir().expect("a folder");
    let mut lists = Vec::new();
    for entry in fs::read_dir(story).expect("a story") {
        let path = entry.expect("an entry").path();
        let name = path.file_name().expect("a name").to_str().expect("UTF-8");
        fs::copy(&path, folder.path().join(name)).expect("a copy");
        if let Some(list @ ("calendars" | "departments" | "establishments" | "roles")) = name.strip_suffix(".csv") {
            lists.push(format!("{list} = \"{name}\""));
        }
    }
    lists.sort();
    let site = folder.path().join("passerelle.toml");
    let own = fs::read_to_string(&site).unwrap_or(SITE.replace("LISTS", &lists.join(", ")));
    let today = chrono::Utc::now().format("%Y-%m-%d").to_string();
    fs::write(&site, own.replace("TODAY", &today)).expect("a site");
    let passerelle = |words: &[&str]| {
        let mut command = Command::cargo_bin("passerelle").expect("the binary");
        command.current_dir(folder.path()).args(words).output().expect("it runs")
    };
    if folder.path().join("directory.csv").exists() {
        let known = passerelle(&["import", "partner", "directory.csv"]);
        assert!(known.status.success(), "{}: {}", story.display(), String::from_utf8_lossy(&known.stdout));
    }
    let output = passerelle(&["import", "partner", "--dry-run"]);
    let said = String::from_utf8(output.stdout).expect("UTF-8") + &String::from_utf8(output.stderr).expect("UTF-8");
    let (_, lasting) = said.split_once("passerelle.toml\n").unwrap_or(("", &said));
    let lasting = lasting.replace(&today, "TODAY");
    format!("{lasting}[exit code {}]\n", output.status.code().expect("a code"))
}
