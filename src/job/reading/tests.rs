//! Children that are not ours, by the words of a shell: what becomes of a file when they end badly.

use std::io::{self, Write};

use super::frame::Tag;
use super::*;
use crate::format::Kind;
use crate::model::table::Chunk;
use crate::model::{Place, Text};

const FILE: &[u8] = b"PK\x03\x04";

fn shell(script: &str) -> Command {
    let mut shell = Command::new("sh");
    shell.arg("-c").arg(script);
    shell
}

/// All that a shell tells of a file.
fn read_by(script: &str, is_heading: &dyn Fn(&str) -> bool) -> Result<Result<Reading, Finding>, Error> {
    match Workbook::open_by(shell(script), &FILE, is_heading)? {
        Ok(workbook) => Opened::Workbook(Box::new(workbook)).whole(),
        Err(refusal) => Ok(Err(refusal)),
    }
}

fn end_of(script: &str) -> String {
    let refusal = read_by(script, &|_| true).expect("there is a shell").expect_err("it reads nothing");
    assert_eq!(refusal.code, "workbook-unreadable");
    refusal.problem.to_string()
}

#[test]
fn every_bad_end_of_the_child_is_one_finding() {
    let memory = "the workbook cannot be read in 1 GiB of memory";
    let failure = "the program that reads workbooks fails on this one";
    for (script, problem) in [
        ("cat > /dev/null & kill -ABRT $$", memory),
        ("kill -KILL $$", memory),
        ("kill -XCPU $$", "the workbook cannot be read in 60 seconds"),
        ("exit 0", failure),
        ("exit 1", failure),
        ("kill -SEGV $$", failure),
        ("echo 'Dear parent, all is well.'; exec sleep 60", failure),
        ("printf '\\005\\0\\0\\0\\0'; exec sleep 60", failure),
        ("printf '\\001\\002\\0\\0\\0[1'; exec sleep 60", failure),
        ("printf '\\003\\001\\0\\0\\0x'; exec sleep 60", failure),
        ("exec yes", failure),
    ] {
        assert_eq!(end_of(script), problem, "{script}");
    }
}

#[test]
fn a_child_that_says_nothing_is_late_and_one_that_we_let_wait_is_not() {
    let late = |script: &str| {
        let mut command = shell(script);
        let child = command.spawn().expect("there is a shell");
        watch::Watch::over(child, Duration::from_millis(500)).expect("there is a thread")
    };
    let watch = late("exec sleep 60");
    std::thread::sleep(Duration::from_secs(1));
    assert!(watch.end().0);
    let watch = late("exec sleep 60");
    watch.rest();
    std::thread::sleep(Duration::from_secs(1));
    watch.go_on();
    assert!(!watch.end().0);
}

#[test]
fn a_question_for_a_heading_is_answered() {
    let script =
        "head -c 12 > /dev/null; printf '\\0\\005\\0\\0\\0login'; test $(head -c 1 | od -An -tu1) = 1 && kill -ABRT $$";
    let read = read_by(script, &|heading| heading == "login");
    let refusal = read.expect("there is a shell").expect_err("it reads nothing");
    assert_eq!(refusal.problem.to_string(), "the workbook cannot be read in 1 GiB of memory");
}

#[test]
fn where_no_process_can_be_started_or_confined_nothing_is_said_of_the_file() {
    for command in [Command::new("/nowhere/passerelle"), shell("exit 7")] {
        let error = Workbook::open_by(command, &FILE, &|_| true).err().expect("there is no such process");
        assert_eq!(error.to_string(), "read a workbook in a process of its own");
        assert_eq!(error.exit(), Exit::Disk);
    }
    assert_eq!(Error::Process(io::ErrorKind::WouldBlock.into()).exit(), Exit::TryLater);
}

#[test]
fn a_process_that_is_stopped_from_outside_says_nothing_of_the_file() {
    for signal in ["TERM", "INT"] {
        // Whoever runs the tests in the background may ignore the signal, and what they start does too.
        let stopped = format!("exec env --default-signal={signal} sh -c 'kill -{signal} $$'");
        let error = read_by(&stopped, &|_| true).expect_err("nothing was read");
        assert_eq!(error.exit(), Exit::TryLater, "{signal}");
    }
}

/// What a child says of a sheet with one column, up to its end.
fn told() -> Vec<u8> {
    let finding = |code: &'static str, row| {
        Finding::error(code, Place { row, ..Place::FILE }, Text::of("is wrong", "est fausse"))
    };
    let head = Head {
        kind: Kind::Xlsx,
        heading_row: 1,
        heading: vec!["login".into()],
        findings: vec![finding("of-the-sheet", None)],
    };
    let mut wire = Vec::new();
    frame::send_json(&mut wire, Tag::Head, &head).expect("a vector takes all");
    for row in [2, 3] {
        let mut chunk = Chunk::default();
        chunk.cell("ada");
        chunk.end_row(row, row);
        let mut bytes = Vec::new();
        frame::rows(&chunk.into(), &mut bytes);
        frame::send_json(&mut wire, Tag::Finding, &finding("of-a-row", Some(row))).expect("a vector takes all");
        frame::send(&mut wire, Tag::Rows, &bytes).expect("a vector takes all");
    }
    frame::send_json(&mut wire, Tag::Finding, &finding("of-the-file", None)).expect("a vector takes all");
    wire
}

/// A child that tells what is in a file, and then does what a script says.
fn teller(file: &tempfile::NamedTempFile, script: &str) -> Command {
    shell(&format!("cat {}; {script}", file.path().display()))
}

#[test]
fn rows_come_in_pieces_and_as_often_as_they_are_asked_for() {
    let mut file = tempfile::NamedTempFile::new().expect("a file");
    file.write_all(&told()).expect("it can be written");
    frame::send(&mut file, Tag::End, b"").expect("it can be written");
    let workbook = Workbook::open_by(teller(&file, "exit"), &FILE, &|_| true);
    let mut workbook = workbook.expect("there is a shell").expect("a workbook");
    assert_eq!((workbook.heading[0].as_str(), workbook.findings[0].code.as_ref()), ("login", "of-the-sheet"));
    for _ in 0..2 {
        let mut pieces = Vec::new();
        let at_end = workbook.pieces(&mut |piece| pieces.push(piece)).expect("there is a shell").expect("rows");
        let of_rows = |piece: &Piece| (piece.table.row(0).number(), piece.findings[0].place.row);
        assert_eq!(pieces.iter().map(of_rows).collect::<Vec<_>>(), [(2, Some(2)), (3, Some(3))]);
        assert_eq!(at_end.len(), 1);
    }
    let codes: Vec<String> = Opened::Workbook(Box::new(workbook))
        .whole()
        .expect("there is a shell")
        .expect("rows")
        .findings
        .iter()
        .map(|finding| finding.code.to_string())
        .collect();
    assert_eq!(codes, ["of-the-sheet", "of-the-file", "of-a-row", "of-a-row"]);
}

#[test]
fn a_child_that_dies_among_its_rows_takes_them_with_it() {
    let whole = told();
    let mut file = tempfile::NamedTempFile::new().expect("a file");
    file.write_all(&whole).expect("it can be written");
    for script in ["kill -ABRT $$", "exit 0", "printf '\\003\\010\\0\\0\\0\\0\\0\\0\\0HTTP'; exec sleep 60"] {
        let opened = Workbook::open_by(teller(&file, script), &FILE, &|_| true);
        let mut workbook = opened.expect("there is a shell").expect("it tells its headings");
        let mut rows = 0;
        let told = workbook.pieces(&mut |piece| rows += piece.table.len()).expect("there is a shell");
        assert_eq!((told.expect_err("it died").code.as_ref(), rows), ("workbook-unreadable", 2), "{script}");
    }
}
