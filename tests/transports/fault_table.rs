//! What goes wrong while a file is delivered, over each transport, and what becomes of it: the table in `tests/faults.md`.

use std::fs;
use std::net::IpAddr;
use std::path::{Path, PathBuf};
use std::sync::Mutex;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::thread;
use std::time::Duration;

use crate::company::{Company, EXPORT, OLD};
use crate::document;
use crate::lies;
use crate::partner::{Partner, Protocol};
use crate::proxy::{Act, Fault, Proxy, When, new_address};

const INTRODUCTION: &str = "\
# Faults, as tried

Written by the tests (`UPDATE_EXPECTED=1 cargo test --test transports`), which fail where they see something else. A night
delivers `people.csv` in place of yesterday's, and this goes wrong; then comes a night in which nothing does. FTP and FTPS are
vsftpd, SFTP is OpenSSH. Each cell: the exit code, what the report says, what is under the final name then; and after the next
night, if the first did not deliver.

A server that is tried once (`tries = 1`) stands for one whose tries are used up. That the final name never holds a part of a
file, and that nothing is left, is also tried at every single step of the protocols: `tests/transports/interrupted.rs`.

| fault | directory | FTP | FTPS | SFTP |
|---|---|---|---|---|
";

/// A file that can be seen among flights that are encrypted.
const LONG: u64 = 4000;

const PLACES: usize = 4;

const PART: &str = ".people.csv.part";

struct Row {
    fault: &'static str,
    what: What,
    /// What the report says, for each place; None where it says nothing.
    says: [Option<&'static str>; 4],
}

/// What goes wrong.
#[derive(Clone, Copy)]
enum What {
    /// On the way to the server; there is none to a directory.
    Way(fn() -> Fault, &'static str),
    /// Nobody listens.
    Nobody,
    /// The program is killed.
    Kill,
    /// In the partner's folder, until the next night.
    Folder(fn(&Path)),
}

fn once(act: Act) -> Fault {
    Fault { when: When::Within(LONG), act, refuses: false }
}

const NOT_ON_THE_WAY: &str = "nothing is on a way";
const TOO_FAST: &str = "too fast to be hit; `tests/nights/kills.rs` tries many moments";
const GONE: &str = "a later try may help";
const FOR_GOOD: &str = "a server refused for good";
const SILENT: &str = "no answer in time";

const ROWS: [Row; 12] = [
    Row {
        fault: "nobody listens",
        what: What::Nobody,
        says: [Some("it is not there"), Some(GONE), Some(GONE), Some(GONE)],
    },
    Row {
        fault: "the server accepts the connection and says nothing",
        what: What::Way(
            || Fault { when: When::At(1, 0), act: Act::Stall, refuses: false },
            "tries = 1\nconnect-seconds = 3",
        ),
        says: [None, Some(GONE), Some(GONE), Some(GONE)],
    },
    Row {
        fault: "the connection breaks in the midst of the file, once",
        what: What::Way(|| once(Act::Reset), ""),
        says: [None; 4],
    },
    Row {
        fault: "the file's connection ends in good order before its end, once",
        what: What::Way(|| once(Act::EndThis), ""),
        says: [None; 4],
    },
    Row {
        fault: "the connection breaks in the midst of the file, and the server is gone for good",
        what: What::Way(|| Fault { refuses: true, ..once(Act::Reset) }, "tries = 1"),
        says: [None, Some(GONE), Some(GONE), Some(GONE)],
    },
    Row {
        fault: "nothing passes any more in the midst of the file",
        what: What::Way(|| once(Act::Stall), "tries = 1\nanswer-seconds = 5"),
        says: [None, Some(SILENT), Some(SILENT), Some(SILENT)],
    },
    Row {
        fault: "the way becomes slow, and stays within the time that the site gives",
        what: What::Way(|| once(Act::Slow(20_000)), ""),
        says: [None; 4],
    },
    Row {
        fault: "a byte of the file is changed on the way",
        what: What::Way(|| once(Act::Corrupt), ""),
        says: [None; 4],
    },
    Row { fault: "the program is killed in the midst of the file", what: What::Kill, says: [None; 4] },
    Row {
        fault: "the name is that of a folder: the server refuses to rename",
        what: What::Folder(|folder| {
            fs::remove_file(folder.join("people.csv")).unwrap();
            fs::create_dir_all(folder.join("people.csv/full")).unwrap();
        }),
        says: [Some(FOR_GOOD); 4],
    },
    Row {
        fault: "the temporary name is that of a folder: the server refuses the file",
        what: What::Folder(|folder| fs::create_dir_all(folder.join(".people.csv.part/full")).unwrap()),
        says: [Some(FOR_GOOD); 4],
    },
    Row {
        fault: "an earlier attempt left a part of another file",
        what: What::Folder(|folder| fs::write(folder.join(".people.csv.part"), "x".repeat(50_000)).unwrap()),
        says: [None; 4],
    },
];

/// One night that goes wrong, with the partner's folder on disk.
struct Night<'a> {
    company: Company,
    folder: PathBuf,
    way: Option<(&'a Partner, IpAddr)>,
}

/// What lies under the final name.
#[derive(Debug, PartialEq, Clone, Copy)]
enum There {
    Old,
    New,
    Changed,
    Part,
    Other,
}

impl Night<'_> {
    fn new<'a>(partner: Option<&'a Partner>, name: &str, more: &str, base: &Path) -> Night<'a> {
        let (folder, section, way) = match partner {
            Some(partner) => {
                let (folder, address) = (partner.new_folder(name), new_address());
                (folder, partner.section(address, name, more), Some((partner, address)))
            }
            None => {
                let folder = base.join(name);
                fs::create_dir(&folder).unwrap();
                let section = format!("[server.partner.directory]\npath = '{}'\n", folder.display());
                (folder, section, None)
            }
        };
        fs::write(folder.join("people.csv"), OLD).unwrap();
        let night = Night { company: Company::new(&section, EXPORT), folder, way };
        night.give();
        night
    }

    fn give(&self) {
        if let Some((partner, _)) = self.way {
            partner.give(&self.folder);
        }
    }

    fn proxy(&self, fault: Option<Fault>) -> Option<Proxy> {
        self.way.map(|(partner, address)| Proxy::start(address, &partner.ports, fault))
    }

    /// The exit code, none where it was killed, and all that it said on one line.
    fn go_wrong(&self, what: &What) -> (Option<i32>, String) {
        let away = self.folder.with_extension("away");
        match what {
            What::Nobody if self.way.is_none() => fs::rename(&self.folder, &away).unwrap(),
            What::Folder(spoil) => {
                spoil(&self.folder);
                self.give();
            }
            _ => {}
        }
        let proxy = match what {
            What::Nobody => None,
            What::Way(fault, _) => self.proxy(Some(fault())),
            What::Kill => self.proxy(Some(once(Act::Stall))),
            What::Folder(_) => self.proxy(None),
        };
        let is_killed = matches!(what, What::Kill);
        let mut child = self.company.start();
        let has_struck = || proxy.as_ref().is_some_and(Proxy::has_struck);
        while is_killed && !has_struck() && child.try_wait().unwrap().is_none() {
            thread::sleep(Duration::from_millis(1));
        }
        if is_killed {
            child.kill().unwrap();
        }
        let code = child.wait().unwrap().code();
        if matches!(what, What::Way(..)) {
            assert!(proxy.is_some_and(|proxy| proxy.has_struck()), "nothing went wrong: {}", self.company.said());
        }
        if away.exists() {
            fs::rename(&away, &self.folder).unwrap();
        }
        let said = self.company.said();
        (code, said.split_whitespace().collect::<Vec<_>>().join(" "))
    }

    fn there(&self, new: &str) -> There {
        match fs::read_to_string(self.folder.join("people.csv")) {
            Ok(text) if text == OLD => There::Old,
            Ok(text) if text == new => There::New,
            Ok(text) if text.len() == new.len() => There::Changed,
            Ok(_) => There::Part,
            Err(_) => There::Other,
        }
    }

    /// Takes away what stood in the way, and runs another night.
    fn again(&self) -> Option<i32> {
        for name in ["people.csv", PART] {
            let path = self.folder.join(name);
            if path.is_dir() {
                fs::remove_dir_all(&path).unwrap();
            }
        }
        let _proxy = self.proxy(None);
        self.company.run().status.code()
    }
}

impl Row {
    fn cell(&self, place: usize, partner: Option<&Partner>, new: &str, base: &Path) -> String {
        if partner.is_none() && matches!(self.what, What::Way(..)) {
            return NOT_ON_THE_WAY.to_owned();
        }
        if partner.is_none() && matches!(self.what, What::Kill) {
            return TOO_FAST.to_owned();
        }
        static NIGHTS: AtomicUsize = AtomicUsize::new(0);
        let more = if let What::Way(_, more) = self.what { more } else { "tries = 1" };
        let night = Night::new(partner, &format!("fault-{}", NIGHTS.fetch_add(1, Ordering::Relaxed)), more, base);
        let (code, said) = night.go_wrong(&self.what);
        let told = self.says[place].map(|says| {
            assert!(said.contains(says), "{}: {says:?} is not in {said}", self.fault);
            format!(", “{says}”")
        });
        let there = night.there(new);
        let code_told = code.map_or("killed".to_owned(), |code| code.to_string());
        let first = format!("{code_told}{}; {}", told.unwrap_or_default(), there.in_words());
        let again = night.again();
        let after = night.there(new);
        let left: Vec<_> = fs::read_dir(&night.folder).unwrap().map(|entry| entry.unwrap().file_name()).collect();
        assert!(left.iter().all(|name| name == "people.csv" || name == "in"), "{}: {left:?} are left", self.fault);
        match (there, after) {
            (There::New, There::New) => first,
            _ => format!("{first}; then {}, {}", again.unwrap(), after.in_words()),
        }
    }
}

impl There {
    fn in_words(self) -> &'static str {
        match self {
            There::Old => "the old file",
            There::New => "the new file",
            There::Changed => "the new file with the changed byte",
            There::Part => "A PART OF A FILE",
            There::Other => "what was there",
        }
    }
}

#[test]
fn what_becomes_of_each_fault_over_each_transport_is_as_written() {
    let partners = [Protocol::Ftp, Protocol::Ftps, Protocol::Sftp].map(Partner::start);
    if partners.iter().any(Option::is_none) {
        return;
    }
    let places: Vec<Option<&Partner>> = std::iter::once(None).chain(partners.iter().map(Option::as_ref)).collect();
    let base = tempfile::tempdir().unwrap();
    let calm = Night::new(None, "calm", "", base.path());
    assert_eq!(calm.again(), Some(0));
    let new = fs::read_to_string(calm.folder.join("people.csv")).unwrap();
    let cells = Mutex::new(vec![[const { String::new() }; PLACES]; ROWS.len()]);
    thread::scope(|scope| {
        for (number, row) in ROWS.iter().enumerate() {
            let (places, cells, new, base) = (&places, &cells, &new, base.path());
            scope.spawn(move || {
                for (place, partner) in places.iter().enumerate() {
                    let cell = row.cell(place, *partner, new, base);
                    cells.lock().unwrap()[number][place] = cell;
                }
            });
        }
    });
    let cells = cells.into_inner().unwrap();
    let rows = ROWS.iter().zip(&cells).map(|(row, cells)| format!("| {} | {} |\n", row.fault, cells.join(" | ")));
    document::compare("faults.md", &format!("{INTRODUCTION}{}{}", rows.collect::<String>(), lies::tables(&new)));
}
