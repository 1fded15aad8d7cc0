//! Hostile workbooks cost one finding each, in bounded memory, and the files beside them nothing.

use std::fs;
use std::io::{Cursor, Write};
use std::path::Path;

use assert_cmd::Command;
use serde_json::Value;
use tempfile::TempDir;
use zip::ZipWriter;
use zip::write::SimpleFileOptions;

const SITE: &str = r#"
[state]
path = "state.db"

[server.partner.directory]
path = "drop"

[people.users.directory]

[import.partner]
profile = "lucca-users"
people = "users"
server = "partner"
files = "*"
identify-by = "login"
ready = { stable-for = 0 }
brakes = { creations = "100%", updates = "100%", shrink = "100%", floor = 1000 }
"#;

/// For the parent, in KiB; the child may have less, by what it sets itself.
const ADDRESS_SPACE: u32 = 1_500_000;

const XLSX: [(&str, &str); 4] = [
    (
        "[Content_Types].xml",
        r#"<Types xmlns="http://schemas.openxmlformats.org/package/2006/content-types"><Default Extension="xml" ContentType="application/xml"/></Types>"#,
    ),
    (
        "_rels/.rels",
        r#"<Relationships xmlns="http://schemas.openxmlformats.org/package/2006/relationships"><Relationship Id="rId1" Type="http://schemas.openxmlformats.org/officeDocument/2006/relationships/officeDocument" Target="xl/workbook.xml"/></Relationships>"#,
    ),
    (
        "xl/workbook.xml",
        r#"<workbook xmlns:r="r"><sheets><sheet name="Users" sheetId="1" r:id="rId1"/></sheets></workbook>"#,
    ),
    (
        "xl/_rels/workbook.xml.rels",
        r#"<Relationships><Relationship Id="rId1" Type="http://schemas.openxmlformats.org/officeDocument/2006/relationships/worksheet" Target="worksheets/sheet1.xml"/><Relationship Id="rId2" Type="http://schemas.openxmlformats.org/officeDocument/2006/relationships/sharedStrings" Target="sharedStrings.xml"/></Relationships>"#,
    ),
];

const HEADING: &str = r#"<row r="1"><c r="A1" t="inlineStr"><is><t>login</t></is></c></row>"#;

/// Ten times ten times ten, and so on, were it believed.
const LAUGHS: &str = r#"<!DOCTYPE x [<!ENTITY a "ha"><!ENTITY b "&a;&a;&a;&a;&a;&a;&a;&a;&a;&a;"><!ENTITY c "&b;&b;&b;&b;&b;&b;&b;&b;&b;&b;"><!ENTITY d "&d;&c;">]>"#;

const ODS: [(&str, &str); 2] = [
    ("mimetype", "application/vnd.oasis.opendocument.spreadsheet"),
    ("META-INF/manifest.xml", "<manifest:manifest></manifest:manifest>"),
];

#[test]
fn a_hostile_workbook_costs_one_finding_and_nothing_else() {
    for (name, bytes, code) in hostile() {
        assert_eq!(codes(&bytes), [code], "{name}");
    }
}

#[test]
fn a_workbook_of_many_pieces_is_read_to_its_last_row() {
    let rows = format!("{HEADING}{}{}", people(30_000), r#"<row r="30002"><c r="A30002" t="e"><v>#N/A</v></c></row>"#);
    let folder = folder(&archive(&XLSX, &[("xl/worksheets/sheet1.xml", &sheet(&rows))]));
    let report = import(folder.path());
    let told = &report["exchanges"][0]["imports"][0];
    assert_eq!(told["rows"], 30_001);
    let errors = told["findings"].as_array().expect("findings").iter().filter(|it| it["code"] == "spreadsheet-error");
    assert_eq!(errors.map(|error| error["row"].as_u64()).collect::<Vec<_>>(), [Some(30_002)]);
}

/// Rows from the second on, of 60 bytes each.
fn people(count: u32) -> String {
    let row = |row| {
        let login = format!("{row:0>60}");
        format!(r#"<row r="{row}"><c r="A{row}" t="inlineStr"><is><t>{login}</t></is></c></row>"#)
    };
    (2..count + 2).map(row).collect()
}

fn hostile() -> Vec<(&'static str, Vec<u8>, &'static str)> {
    let rows = |cells: &str| sheet(&format!("{HEADING}{cells}"));
    let blanks = " ".repeat(300 << 20);
    let text = format!("<sst><si><t>{}</t></si></sst>", "x".repeat(32_000));
    let everywhere: String =
        (2..=20_000).map(|row| format!(r#"<row r="{row}"><c r="A{row}" t="s"><v>0</v></c></row>"#)).collect();
    let many: Vec<String> = (0..11_000).map(|part| format!("xl/media/{part}")).collect();
    let many: Vec<(&str, &str)> = many.iter().map(|name| (name.as_str(), "")).collect();
    let table = |content: &str| {
        format!(
            "<office:document-content><table:table table:name=\"Users\">{content}</table:table></office:document-content>"
        )
    };
    let login = "<table:table-row><table:table-cell office:value-type=\"string\"><text:p>login</text:p></table:table-cell></table:table-row>";
    let repeated = |rows: u32| {
        format!(
            "{login}<table:table-row table:number-rows-repeated=\"{rows}\"><table:table-cell office:value-type=\"float\" office:value=\"1\" table:number-columns-repeated=\"16384\"/></table:table-row>"
        )
    };
    let old = include_bytes!("../samples/an-old-excel-workbook/file.xls");
    vec![
        (
            "300 MiB of blanks in a part that is held in memory",
            archive(&XLSX, &[("xl/worksheets/sheet1.xml", &rows("")), ("xl/sharedStrings.xml", &blanks)]),
            "workbook-too-large",
        ),
        (
            "300 MiB of blanks in place of a sheet",
            archive(&XLSX, &[("xl/worksheets/sheet1.xml", &blanks)]),
            "workbook-damaged",
        ),
        (
            "an end among the rows, after some were told",
            archive(
                &XLSX,
                &[("xl/worksheets/sheet1.xml", &format!("<worksheet><sheetData>{HEADING}{}", people(30_000)))],
            ),
            "workbook-damaged",
        ),
        ("11,000 parts", archive(&XLSX, &many), "workbook-too-large"),
        (
            "one text in 20,000 cells",
            archive(&XLSX, &[("xl/worksheets/sheet1.xml", &rows(&everywhere)), ("xl/sharedStrings.xml", &text)]),
            "workbook-too-large",
        ),
        (
            "more texts claimed than there is memory",
            archive(
                &XLSX,
                &[("xl/worksheets/sheet1.xml", &rows("")), ("xl/sharedStrings.xml", "<sst uniqueCount='99999999999'>")],
            ),
            "workbook-too-large",
        ),
        (
            "entities in entities",
            archive(
                &XLSX,
                &[
                    ("xl/worksheets/sheet1.xml", &rows("")),
                    ("xl/sharedStrings.xml", &format!("{LAUGHS}<sst><si><t>&d;</t></si></sst>")),
                ],
            ),
            "workbook-damaged",
        ),
        (
            "an impossible address",
            archive(&XLSX, &[("xl/worksheets/sheet1.xml", &rows(r#"<row r="2"><c r="ZZZZZZZZ2"><v>1</v></c></row>"#))]),
            "workbook-damaged",
        ),
        (
            "a row behind the last",
            archive(
                &XLSX,
                &[("xl/worksheets/sheet1.xml", &rows(r#"<row r="4294967295"><c r="A4294967295"><v>1</v></c></row>"#))],
            ),
            "workbook-damaged",
        ),
        (
            "a cell repeated over the whole sheet",
            archive(&ODS, &[("content.xml", &table(&repeated(1_048_575)))]),
            "workbook-too-large",
        ),
        (
            "a cell repeated as often as the library lets it",
            archive(&ODS, &[("content.xml", &table(&repeated(6_000)))]),
            "workbook-unreadable",
        ),
        (
            "laughs in a table",
            archive(&ODS, &[("content.xml", &format!("{LAUGHS}{}", table(&login.replace("login", "&d;"))))]),
            "workbook-damaged",
        ),
        ("a chain of sectors that bites its tail", circular(old), "workbook-unreadable"),
        ("a sheet as large as it gets", claimed(old), "workbook-unreadable"),
    ]
}

/// A site with a file from a partner, and a sound one beside it.
fn folder(bytes: &[u8]) -> TempDir {
    let folder = tempfile::tempdir().expect("a folder");
    fs::write(folder.path().join("passerelle.toml"), SITE).expect("a site");
    fs::create_dir(folder.path().join("drop")).expect("a folder");
    let drop = |name: &str, bytes: &[u8]| fs::write(folder.path().join("drop").join(name), bytes).expect("a file");
    drop("a-file", bytes);
    drop("a-sound.csv", b"login;lastName\nada;Renard\n");
    folder
}

/// The codes of what is said about the file, when the one beside it is taken as ever.
fn codes(bytes: &[u8]) -> Vec<String> {
    let folder = folder(bytes);
    let report = import(folder.path());
    let imports = report["exchanges"][0]["imports"].as_array().expect("imports");
    assert_eq!(imports.len(), 2, "{report}");
    assert_eq!(imports[1]["rows"], 1, "{report}");
    let findings = imports[0]["findings"].as_array().expect("findings");
    findings.iter().map(|finding| finding["code"].as_str().expect("a code").into()).collect()
}

fn import(folder: &Path) -> Value {
    let script = format!("ulimit -v {ADDRESS_SPACE}; exec \"$0\" import partner --dry-run --output json");
    let program = env!("CARGO_BIN_EXE_passerelle");
    let output = Command::new("sh").current_dir(folder).args(["-c", &script, program]).output().expect("it runs");
    assert_eq!(output.status.code(), Some(4), "{}", String::from_utf8_lossy(&output.stderr));
    serde_json::from_slice(&output.stdout).expect("a report")
}

fn sheet(rows: &str) -> String {
    format!("<worksheet><sheetData>{rows}</sheetData></worksheet>")
}

fn archive(frame: &[(&str, &str)], parts: &[(&str, &str)]) -> Vec<u8> {
    let mut writer = ZipWriter::new(Cursor::new(Vec::new()));
    for (name, content) in frame.iter().chain(parts) {
        writer.start_file(*name, SimpleFileOptions::default()).expect("a part");
        writer.write_all(content.as_bytes()).expect("its content");
    }
    writer.finish().expect("an archive").into_inner()
}

/// The next sector of the folder of streams is itself.
fn circular(container: &[u8]) -> Vec<u8> {
    let number = |at: usize| u32::from_le_bytes(container[at..at + 4].try_into().expect("four bytes"));
    let (folder, table) = (number(48), number(76));
    let mut bytes = container.to_vec();
    let at = 512 + 512 * table as usize + 4 * folder as usize;
    bytes[at..at + 4].copy_from_slice(&folder.to_le_bytes());
    bytes
}

/// The record of the sheet's size says 4 thousand million rows and 65,535 columns.
fn claimed(container: &[u8]) -> Vec<u8> {
    let record = [0x00, 0x02, 0x0e, 0x00];
    let at = container.windows(4).position(|bytes| bytes == record).expect("a sheet says its size") + 4;
    let mut bytes = container.to_vec();
    bytes[at..at + 12].copy_from_slice(&[0, 0, 0, 0, 0xff, 0xff, 0xff, 0xff, 0, 0, 0xff, 0xff]);
    bytes
}
