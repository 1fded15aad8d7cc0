//! Disks that fill up, and disks on which nothing may be written: the night ends with 7 and one sentence, leaves no half
//! file under a final name, and the next one, with room, ends as an undisturbed one does.

use std::fs::{self, Permissions};
use std::os::unix::fs::{PermissionsExt, symlink};
use std::path::Path;
use std::process::Command;
use std::sync::LazyLock;

use assert_cmd::cargo::cargo_bin;
use rusqlite::Connection;

use crate::company::{Company, EXPORT, Files, IMPORT, Said, people, users};
use crate::kills::outcome;

/// In a namespace of its own: `var` on a disk of so many KiB, with what is in it; afterwards it is where it was.
const SMALL_DISK: &str = "
    set -e
    cp -a var kept
    mount -t tmpfs -o size=$1k none var
    shift
    cp -a kept/. var
    rm -rf kept
    code=0
    \"$@\" || code=$?
    cp -a var kept
    umount var
    rm -rf var
    mv kept var
    exit $code";

const READ_ONLY: &str = "mount -o bind var var && mount -o remount,bind,ro var && exec \"$@\"";

/// What lets us mount: as root, or as root of a namespace of users. None where the system lets nobody.
static MOUNTING: LazyLock<Option<&str>> = LazyLock::new(|| {
    let works = |how: &&str| {
        let tried = Command::new("unshare").args([how, "sh", "-c", "mount -t tmpfs none /mnt"]).output();
        tried.is_ok_and(|tried| tried.status.success())
    };
    let how = ["--mount", "--map-root-user"].into_iter().find(works);
    let all = std::env::var_os("PASSERELLE_ALL_SERVERS").is_some_and(|all| all == "1");
    assert!(how.is_some() || !all, "nothing can be mounted here");
    how
});

/// A company whose state, spool and operations are in `var`.
fn company(var: &Files) -> Company {
    let everything = IMPORT.replace("10%", "100%").replace("floor = 5", "floor = 9000");
    let company = Company::new(&format!("{EXPORT}{everything}"));
    company.change_site("\"state.db\"", "\"var/state.db\"");
    for folder in ["var/spool", "var/operations"] {
        fs::create_dir_all(company.path(folder)).expect("a folder");
    }
    for name in ["state.db", "spool", "operations"] {
        symlink(Path::new("var").join(name), company.path(name)).expect("a link");
    }
    for (name, bytes) in var {
        company.write(&format!("var/{name}"), bytes);
    }
    company.write("hr/hr.csv", people(30, "Engineer"));
    company.write("partner/people.csv", "the file of yesterday");
    company.write("partner/in/users.csv", users(0, 60, "Sales"));
    company
}

fn on_a_disk(how: &str, script: &str, first: &[&str], company: &Company, words: &[&str]) -> Said {
    let output = Command::new("unshare")
        .args([how, "--mount", "sh", "-c", script, "sh"])
        .args(first)
        .arg(cargo_bin("passerelle"))
        .args(words)
        .env_remove("PASSERELLE_LOG")
        .env_remove("JOURNAL_STREAM")
        .current_dir(company.path(""))
        .output()
        .expect("it runs");
    Said {
        code: output.status.code().expect("an exit code"),
        out: String::from_utf8(output.stdout).expect("UTF-8"),
        err: String::from_utf8(output.stderr).expect("UTF-8"),
    }
}

/// A night on a disk that has no room beyond what is on it, then on one with a little more, until it goes well.
fn on_ever_larger_disks(how: &str, before: &Files) -> usize {
    let calm = company(before);
    calm.ends(&["run"], 0);
    let undisturbed = outcome(&calm);
    let new = calm.read("partner/people.csv");

    let occupied = before.values().map(|bytes| bytes.len().div_ceil(4096) * 4).sum::<usize>();
    for more in (4..).step_by(8) {
        let company = company(before);
        let room = (occupied + more).to_string();
        let said = on_a_disk(how, SMALL_DISK, &[&room], &company, &["run", "--html", "var/page.html"]);
        let all = format!("{room} KiB: exit code {}\n{}{}", said.code, said.out, said.err);
        assert!([0, 7].contains(&said.code), "{all}");
        assert!(said.code == 0 || all.contains("full") || all.contains("No space left on device"), "{all}");

        let there = company.read("partner/people.csv");
        assert!(there == new || there == "the file of yesterday", "{} bytes of {}", there.len(), new.len());
        let page = company.files("var").remove("page.html");
        assert!(page.is_none_or(|page| page.trim_ascii_end().ends_with(b"</html>")), "half a page: {all}");
        let places = ["partner/in/users.csv", "partner/in/done/users.csv"];
        assert_eq!(places.iter().filter(|place| company.has(place)).count(), 1, "{all}");
        for backup in company.names("var").iter().filter(|name| name.contains(".backup")) {
            let whole = Connection::open(company.path("var").join(backup))
                .and_then(|db| db.query_row("PRAGMA integrity_check", (), |row| row.get::<_, String>(0)));
            assert_eq!(whole.as_deref(), Ok("ok"), "{backup}");
        }

        company.ends(&["run"], 0);
        assert_eq!(outcome(&company), undisturbed, "{all}");
        if said.code == 0 {
            return more / 8;
        }
    }
    unreachable!("some disk is large enough");
}

#[test]
fn a_disk_that_fills_up_at_any_instant_of_a_first_night_costs_nothing_but_that_night() {
    let Some(how) = *MOUNTING else { return };
    let fulls = on_ever_larger_disks(how, &Files::new());
    assert!(fulls > 10, "{fulls}");
}

#[test]
fn a_disk_that_fills_up_at_any_instant_of_a_later_night_costs_nothing_but_that_night() {
    let Some(how) = *MOUNTING else { return };
    let earlier = company(&Files::new());
    earlier.write("hr/hr.csv", people(30, "Apprentice"));
    earlier.write("partner/in/users.csv", users(0, 60, "Support"));
    earlier.ends(&["run"], 0);
    let fulls = on_ever_larger_disks(how, &earlier.files("var"));
    assert!(fulls > 20, "{fulls}");
}

#[test]
fn without_room_for_the_backup_nothing_is_begun() {
    let Some(how) = *MOUNTING else { return };
    let earlier = company(&Files::new());
    earlier.ends(&["run"], 0);
    let state = earlier.files("var");
    let company = company(&state);
    let before = company.files("partner");
    let room = (state["state.db"].len() * 3 / 2 / 1024).to_string();
    let said = on_a_disk(how, SMALL_DISK, &[&room], &company, &["run"]);
    assert_eq!(said.code, 7, "{}{}", said.out, said.err);
    assert!(said.err.contains("state.db.backup\n  because: the disk is full; make room (SQLite: "), "{}", said.err);
    assert_eq!(company.files("partner"), before);
    assert_eq!(company.names("var").len(), state.len(), "what was written of it is gone again");
}

#[test]
fn a_disk_that_is_mounted_read_only_is_said_in_one_sentence() {
    let Some(how) = *MOUNTING else { return };
    let company = company(&Files::new());
    company.ends(&["run"], 0);
    let said = on_a_disk(how, READ_ONLY, &[], &company, &["run"]);
    assert_eq!(said.code, 7, "{}{}", said.out, said.err);
    assert!(said.err.contains("state.db.lock") && said.err.contains("Read-only file system"), "{}", said.err);
    assert_eq!(on_a_disk(how, READ_ONLY, &[], &company, &["run", "--dry-run"]).code, 0, "it may be looked at");
}

/// Root may write everywhere; without that privilege, it is like anybody else.
fn unprivileged(company: &Company) -> Said {
    let is_root = rustix::process::geteuid().is_root();
    let program = cargo_bin("passerelle");
    let mut command = match is_root {
        true => Command::new("setpriv"),
        false => Command::new(&program),
    };
    if is_root {
        command.args(["--bounding-set", "-dac_override,-dac_read_search"]).arg(&program);
    }
    let output = command.arg("run").current_dir(company.path("")).env_remove("JOURNAL_STREAM").output().expect("it");
    Said {
        code: output.status.code().expect("an exit code"),
        out: String::from_utf8(output.stdout).expect("UTF-8"),
        err: String::from_utf8(output.stderr).expect("UTF-8"),
    }
}

#[test]
fn a_state_that_may_not_be_written_is_said_in_one_sentence_and_nothing_is_begun() {
    for (name, mode, sentence) in [
        ("var/state.db", 0o400, "it may only be read; check owner and rights of the file and its folder"),
        ("var/state.db", 0o000, "the system does not allow it (SQLite: unable to open database file"),
        ("var/state.db.lock", 0o400, "take the lock"),
        ("var", 0o500, "Permission denied"),
        ("var", 0o000, "Permission denied"),
    ] {
        let company = company(&Files::new());
        company.ends(&["run"], 0);
        let before = company.files("partner");
        let usual = fs::metadata(company.path(name)).expect("it is there").permissions();
        fs::set_permissions(company.path(name), Permissions::from_mode(mode)).expect("a mode");
        let said = unprivileged(&company);
        fs::set_permissions(company.path(name), usual).expect("the usual mode");
        assert_eq!(said.code, 7, "{name} {mode:o}: {}{}", said.out, said.err);
        assert!(said.err.contains(sentence), "{name} {mode:o}: {}", said.err);
        assert_eq!(company.files("partner"), before, "{name} {mode:o}");
    }
}

#[test]
fn a_state_in_which_somebody_writes_by_hand_is_tried_again_later() {
    let company = company(&Files::new());
    company.ends(&["run"], 0);
    let before = company.files("partner");
    let by_hand = Connection::open(company.path("state.db")).expect("a state");
    by_hand.execute_batch("BEGIN EXCLUSIVE").expect("sqlite3, so to say");
    let said = company.ends(&["run"], 75);
    assert!(said.err.contains("another process is using it"), "{}", said.err);
    assert_eq!(company.files("partner"), before);
}
