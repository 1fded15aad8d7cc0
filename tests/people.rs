//! Where people come from: the same people from a CSV file, from a workbook, and from the directory.

use std::fs;
use std::path::{Path, PathBuf};

use assert_cmd::Command;
use rust_xlsxwriter::{ExcelDateTime, Format, Workbook};
use tempfile::TempDir;

/// The sample site in a folder of its own, with its site file changed.
fn acme(change: impl Fn(&str) -> String) -> TempDir {
    let folder = tempfile::tempdir().expect("a folder");
    copy(&Path::new(env!("CARGO_MANIFEST_DIR")).join("samples/acme"), folder.path());
    let site = folder.path().join("passerelle.toml");
    let text = fs::read_to_string(&site).expect("the sample site");
    fs::write(&site, change(&text)).expect("a changed site");
    folder
}

fn copy(from: &Path, to: &Path) {
    fs::create_dir_all(to).expect("a folder");
    for entry in fs::read_dir(from).expect("a folder") {
        let path = entry.expect("an entry").path();
        let target = to.join(path.file_name().expect("a name"));
        match path.is_dir() {
            true => copy(&path, &target),
            false => drop(fs::copy(&path, &target).expect("a copy")),
        }
    }
}

fn passerelle(folder: &Path, words: &[&str]) -> String {
    let output = Command::cargo_bin("passerelle").expect("the binary").current_dir(folder).args(words).output();
    let output = output.expect("it runs");
    let said = String::from_utf8(output.stdout).expect("UTF-8") + &String::from_utf8_lossy(&output.stderr);
    assert!(matches!(output.status.code(), Some(0 | 4)), "{said}");
    said
}

/// The one file in a partner's folder.
fn delivered(folder: &Path) -> Vec<u8> {
    let files: Vec<PathBuf> = fs::read_dir(folder)
        .expect("a folder")
        .map(|entry| entry.expect("an entry").path())
        .filter(|path| path.is_file())
        .collect();
    assert_eq!(files.len(), 1, "{files:?}");
    fs::read(&files[0]).expect("a file")
}

#[test]
fn a_workbook_of_hr_data_gives_the_same_file_as_a_csv() {
    let csv = acme(str::to_string);
    let xlsx = acme(|site| site.replace("hr.csv", "hr.xlsx"));
    let drop = xlsx.path().join("drop");
    write_workbook(&fs::read_to_string(drop.join("hr.csv")).expect("HR data"), &drop.join("hr.xlsx"));
    fs::remove_file(drop.join("hr.csv")).expect("only the workbook is left");
    for folder in [&csv, &xlsx] {
        passerelle(folder.path(), &["run", "skillup", "place-de-la-formation"]);
    }
    for partner in ["skillup", "formation"] {
        let (one, other) = (delivered(&csv.path().join(partner)), delivered(&xlsx.path().join(partner)));
        assert_eq!(String::from_utf8_lossy(&one), String::from_utf8_lossy(&other), "{partner}");
    }
}

/// Dates become dates of the workbook, everything else stays text.
fn write_workbook(csv: &str, path: &Path) {
    let mut workbook = Workbook::new();
    let day = Format::new().set_num_format("dd/mm/yyyy");
    let sheet = workbook.add_worksheet();
    let mut reader = csv::ReaderBuilder::new().delimiter(b';').has_headers(false).from_reader(csv.as_bytes());
    for (row, record) in (0..).zip(reader.records()) {
        for (column, cell) in (0..).zip(&record.expect("a record")) {
            let parts: Vec<u16> = cell.split('/').filter_map(|part| part.parse().ok()).collect();
            let written = match parts.as_slice() {
                [date, month, year] if cell.len() == 10 => {
                    let date = ExcelDateTime::from_ymd(*year, *month as u8, *date as u8).expect("a day");
                    sheet.write_datetime_with_format(row, column, &date, &day)
                }
                _ => sheet.write_string(row, column, cell),
            };
            written.expect("a cell");
        }
    }
    workbook.save(path).expect("a workbook");
}

#[test]
fn the_directory_gives_managers_and_their_managers() {
    let folder = acme(|site| {
        let site = site.replace(r#"people = "hr""#, r#"people = "users""#);
        site.replace(r#", "Manager Email", "Mail N+2"]"#, r#", "Manager Email", "Mail N+2", "Department"]"#)
    });
    passerelle(folder.path(), &["import", "day-one"]);
    passerelle(folder.path(), &["export", "skillup"]);
    let text = String::from_utf8(delivered(&folder.path().join("skillup"))).expect("UTF-8");
    let mut lines = text.lines();
    let headings: Vec<&str> = lines.next().expect("headings").split(';').collect();
    let rows: Vec<Vec<&str>> = lines.map(|line| line.split(';').collect()).collect();
    let column = |heading: &str| headings.iter().position(|other| *other == heading).expect(heading);
    let row = |number: &str| rows.iter().find(|row| row[column("Employee Number")] == number);
    let somebody =
        rows.iter().find(|row| !row[column("Mail N+2")].is_empty()).expect("somebody has a manager who has a manager");
    let manager = row(somebody[column("Manager Number")]).expect("the manager is in the file");
    assert_eq!(somebody[column("Mail N+2")], manager[column("Manager Email")]);
    assert!(rows.iter().all(|row| !row[column("Manager Number")].is_empty()));
}

#[test]
fn somebody_who_stands_twice_in_the_hr_data_is_remarked() {
    let folder = acme(str::to_string);
    let file = folder.path().join("drop/hr.csv");
    let text = fs::read_to_string(&file).expect("HR data");
    let second = text.lines().nth(1).expect("somebody");
    fs::write(&file, format!("{text}{second}\r\n")).expect("HR data with somebody twice");
    let said = passerelle(folder.path(), &["export", "place-de-la-formation", "--dry-run"]);
    let number = second.split(';').next().expect("a number");
    assert!(said.contains("remark person-twice (1)"), "{said}");
    assert!(said.contains(&format!("is about {number}, as row 2 is; the partner is sent both")), "{said}");
}
