//! What the partner reads beside the dropped file, and what comes of the rows to correct.

use std::fs;

use crate::company::{Company, IMPORT, users};

fn french() -> Company {
    Company::new(&IMPORT.replace("[import.in]", "[import.in]\nlanguage = \"fr\""))
}

/// Three rows of which the last two are wrong.
const WRONG: &str = "login;firstName;lastName;mail;legalEntity;dtContractStart;department;culture;rolePrincipal;manager\n\
                     ada;Ada;Byron;ada@acme.example;Lyon;01/02/2020;Sales;fr-FR;Employee;ada\n\
                     bo;Bo;Byron;bo.acme.example;Lyon;01/02/2020;Sales;fr-FR;Employee;ada\n\
                     cy;Cy;Byron;cy@acme.example;Lyon;31/02/2020;Sales;fr-FR;Employee;ada\n";

/// Without the breaks between lines.
fn flat(text: &str) -> String {
    text.split_whitespace().collect::<Vec<_>>().join(" ")
}

#[test]
fn a_receipt_stands_until_there_is_a_verdict() {
    let company = french();
    company.write("partner/in/users.csv", users(0, 3, "Ventes"));
    company.write("partner/in/done", "a file where a folder is needed");
    company.ends(&["run"], 7);
    assert_eq!(company.names("partner/in"), ["done", "users.csv", "users.csv.receipt.txt"]);
    let receipt = company.read("partner/in/users.csv.receipt.txt");
    let run = company.last_run();
    for part in ["Fichier : in/users.csv", "octets", "Un verdict\nremplacera", &format!("Exécution {run}"), "SHA-256"]
    {
        assert!(receipt.contains(part), "{part}: {receipt}");
    }

    fs::remove_file(company.path("partner/in/done")).expect("it goes");
    company.ends(&["run"], 0);
    assert_eq!(
        company.names("partner/in"),
        ["done/users.csv", "done/users.csv.verdict.json", "done/users.csv.verdict.txt"]
    );
}

#[test]
fn the_same_file_again_has_the_verdict_that_it_had() {
    let company = french();
    company.write("partner/in/users.csv", WRONG);
    company.ends(&["run"], 4);
    company.write("partner/in/users.csv", WRONG);
    company.ends(&["run"], 0);
    let texts = company.files("partner/in/done").into_iter().filter(|(name, _)| name.ends_with(".verdict.txt"));
    let verdicts: Vec<String> = texts.map(|(_, text)| flat(&String::from_utf8(text).expect("UTF-8"))).collect();
    assert_eq!(verdicts.len(), 2, "{verdicts:?}");
    assert!(verdicts.iter().all(|verdict| verdict.contains("Verdict : pris en partie")), "{verdicts:?}");
    let again = "Ce même fichier a déjà été pris ; rien n'a été appliqué de nouveau.";
    assert_eq!(verdicts.iter().filter(|verdict| verdict.contains(again)).count(), 1, "{verdicts:?}");
}

#[test]
fn what_we_write_is_never_taken_for_a_drop() {
    let company = french();
    company.change_site("in/*.csv", "in/*");
    company.write("partner/in/users.csv", users(0, 9, "Ventes"));
    for ours in ["receipt.txt", "verdict.txt", "verdict.json"] {
        company.write(&format!("partner/in/old.csv.{ours}"), "ours");
    }
    company.ends(&["run"], 5);
    let said = company.ends(&["run"], 5).out;
    assert!(said.contains("in/users.csv — retenu"), "{said}");
    assert!(!said.contains("old.csv"), "{said}");
    assert_eq!(company.names("partner/in").len(), 6, "the held file, its two verdicts, and the three");
}

#[test]
fn a_partner_reads_in_their_language_what_is_wrong_and_how_to_put_it_right() {
    let company = french();
    company.write("partner/in/users.csv", WRONG);
    let said = company.ends(&["run"], 4).out;
    for part in
        ["in/users.csv — pris en partie", "3 lignes : 1 création, 0 mise à jour", "2 écartées", "Code de sortie 4 :"]
    {
        assert!(said.contains(part), "{part}: {said}");
    }
    let verdict = company.read("partner/in/done/users.csv.verdict.txt");
    for part in
        ["Verdict : pris en partie", "Les lignes à corriger sont dans users.csv.to-correct.csv", "D3 mail : `bo"]
    {
        assert!(verdict.contains(part), "{part}: {verdict}");
    }
    let rows = company.read("partner/in/done/users.csv.to-correct.csv");
    let lines: Vec<&str> = rows.lines().collect();
    assert!(lines[0].starts_with("login;") && lines[0].contains(";manager;passerelle : ligne ("), "{rows}");
    assert!(lines[0].ends_with(");passerelle : motif"), "{rows}");
    assert!(lines[1].starts_with("bo;") && lines[1].contains(";Employee;ada;3;"), "{rows}");
    assert!(!rows.contains('\r') && !rows.starts_with('\u{feff}'), "as the file was: {rows:?}");
}

#[test]
fn rows_to_correct_come_in_the_form_that_the_file_had() {
    let company = Company::new(IMPORT);
    let (windows, _, _) = encoding_rs::WINDOWS_1252.encode("\"login\",\"dtBirth\"\r\n\"zoé\",\"31/02/1990\"\r\n");
    company.write("partner/in/users.csv", &windows);
    company.ends(&["run"], 4);
    let rows = company.files("partner/in")["refused/users.csv.to-correct.csv"].clone();
    let (text, _, is_damaged) = encoding_rs::WINDOWS_1252.decode(&rows);
    assert!(!is_damaged && text.starts_with("\"login\",\"dtBirth\",\"passerelle: row ("), "{text}");
    assert!(text.contains("\r\n\"zoé\",\"31/02/1990\",\"2\",\""), "{text}");
}

#[test]
fn rows_that_come_back_are_known_again_by_their_numbers() {
    let company = french();
    company.write("partner/in/users.csv", WRONG);
    company.ends(&["run"], 4);
    let rows = company.read("partner/in/done/users.csv.to-correct.csv");
    let [heading, bo, cy] = rows.lines().collect::<Vec<_>>()[..] else { panic!("{rows}") };
    let (bo, _) = bo.split_once(";\"mail : ").expect("a reason");
    let corrected = format!("{heading}\n{cy}\n{};\n", bo.replace("bo.acme", "bo@acme"));
    company.write("partner/in/corrected.csv", corrected);
    let said = company.ends(&["run"], 4).out;
    let told = "lignes à corriger de in/users.csv : 1 désormais juste (3) ; 1 encore à corriger (4)";
    assert!(flat(&said).contains(told), "{said}");
    assert!(!said.contains("unknown-heading"), "our columns are no surprise: {said}");
    let verdict = company.read("partner/in/done/corrected.csv.verdict.txt");
    assert!(flat(&verdict).contains("Lignes à corriger de in/users.csv : 1 désormais juste (3)"), "{verdict}");
    let json: serde_json::Value =
        serde_json::from_str(&company.read("partner/in/done/corrected.csv.verdict.json")).expect("JSON");
    assert_eq!(json["returned"][0]["right"], serde_json::json!([3]));
    assert_eq!(json["returned"][0]["open"], serde_json::json!([4]));

    let rows = company.read("partner/in/done/corrected.csv.to-correct.csv");
    assert!(rows.starts_with(heading) && rows.contains("\ncy;") && rows.contains(";ada;4;"), "{rows}");
    company.write("partner/in/last.csv", rows.replace("31/02/2020", "29/02/2020"));
    let said = company.ends(&["run"], 0).out;
    assert!(flat(&said).contains("lignes à corriger de in/users.csv : 1 désormais juste (4)"), "{said}");
    assert!(company.ask("SELECT row FROM open_rows").is_empty());
}

#[test]
fn rows_that_nobody_corrects_are_told_every_night_until_they_come_right_in_another_file() {
    let company = Company::new(IMPORT);
    company.write("partner/in/users.csv", WRONG);
    company.ends(&["run"], 4);
    let said = company.ends(&["run"], 0).out;
    assert!(flat(&said).contains("2 rows are still to be corrected of 1 earlier file"), "{said}");

    company.write("partner/in/next.csv", WRONG.replace("bo.acme", "bo@acme"));
    let said = company.ends(&["run"], 4).out;
    assert!(flat(&said).contains("rows to correct of in/users.csv: 1 right now (3); 1 still open (4)"), "{said}");
    company.write("partner/in/whole.csv", WRONG.replace("bo.acme", "bo@acme").replace("31/02", "29/02"));
    let said = company.ends(&["run"], 0).out;
    assert!(flat(&said).contains("rows to correct of in/next.csv: 1 right now (4)"), "{said}");
    assert!(!company.ends(&["run"], 0).out.contains("still to be corrected"));
}

#[test]
fn a_file_that_is_held_closes_no_row_until_it_is_approved() {
    let company = Company::new(&IMPORT.replace("floor = 5", "floor = 1"));
    company.write("partner/in/users.csv", WRONG);
    company.ends(&["run"], 4);
    company.write("partner/in/whole.csv", WRONG.replace("bo.acme", "bo@acme").replace("31/02", "29/02"));
    company.ends(&["run"], 5);
    assert_eq!(company.ask("SELECT row FROM open_rows"), ["3", "4"]);
    company.ends(&["approve", &company.last_run()], 0);
    assert!(company.ask("SELECT row FROM open_rows").is_empty());
}
