//! Nights on which files leave and come sealed with OpenPGP.

use std::fs;

use crate::company::{Company, EXPORT, IMPORT, count, people, users};
use crate::gnupg::{Gnupg, PASSPHRASE};

const SEALED_EXPORT: &str = "
[export.out.openpgp]
encrypt-to = 'partner.asc'
sign-with = 'file:ours.key'
passphrase = 'file:passphrase'
";

const SEALED_IMPORT: &str = "
[import.in.openpgp]
decrypt-with = 'file:ours.key'
passphrase = 'file:passphrase'
verify = 'partner.asc'
";

fn company(gpg: &Gnupg) -> Company {
    let import = IMPORT.replace("in/*.csv", "in/*.pgp");
    let company = Company::new(&format!("{EXPORT}{SEALED_EXPORT}{import}{SEALED_IMPORT}"));
    gpg.hand_out(&company.path(""), "partner@partner.example");
    company.write("hr/hr.csv", people(9, "Engineer"));
    company
}

fn sealed(company: &Company) -> Vec<u8> {
    fs::read(company.path("partner/people.csv.pgp")).expect("a delivered file")
}

/// Of the fourth of five people.
fn with_a_mistake() -> String {
    users(0, 5, "Sales").replace("user-3@acme.example;Lyon;01", "user-3@acme.example;Lyon;31")
}

#[test]
fn a_sealed_export_is_delivered_once_and_again_when_its_content_changes() {
    let Some(gpg) = Gnupg::of_two() else { return };
    let company = company(&gpg);
    company.ends(&["run", "out", "--dry-run"], 0);
    let said = company.ends(&["run", "out"], 0);
    assert!(said.out.contains("people.csv.pgp — delivered"), "{}", said.out);
    assert_eq!(company.names("partner"), ["people.csv.pgp"]);
    let first = sealed(&company);
    let (content, status) = gpg.open(&first, "");
    assert!(status.contains("GOODSIG"), "{status}");
    assert!(String::from_utf8_lossy(&content).contains("Byron7"));

    assert!(company.ends(&["run", "out"], 0).out.contains("delivered before"));
    assert!(sealed(&company) == first, "it was not sealed anew");
    company.write("hr/hr.csv", people(9, "Architect"));
    company.ends(&["run", "out"], 0);
    assert!(String::from_utf8_lossy(&gpg.open(&sealed(&company), "").0).contains("Architect"));

    // Without its seal it is another file, even on the same day.
    company.change_site(SEALED_EXPORT, "");
    assert!(company.ends(&["run", "out"], 0).out.contains("people.csv — delivered"));
}

#[test]
fn what_was_sealed_is_what_a_later_run_delivers() {
    let Some(gpg) = Gnupg::of_two() else { return };
    let company = company(&gpg);
    fs::rename(company.path("partner"), company.path("away")).expect("it goes");
    company.ends(&["run", "out"], 6);
    let spooled = company.files("spool").into_values().next().expect("a file waits");
    assert!(!String::from_utf8_lossy(&spooled).contains("Byron"), "it waits sealed");
    fs::rename(company.path("away"), company.path("partner")).expect("it comes back");
    company.ends(&["run", "out"], 0);
    assert!(sealed(&company) == spooled);

    company.write("hr/hr.csv", people(2, "Engineer"));
    company.ends(&["run", "out"], 5);
    let run = company.last_run();
    company.change_site(SEALED_EXPORT, "");
    let said = company.ends(&["approve", &run], 5);
    assert!(said.flat().contains("to another place now, or sealed otherwise"), "{}", said.out);
}

#[test]
fn a_sealed_import_is_taken_in_once() {
    let Some(gpg) = Gnupg::of_two() else { return };
    let company = company(&gpg);
    let file = gpg.seal(users(0, 5, "Sales").as_bytes());
    company.write("partner/in/users.csv.pgp", &file);
    let said = company.ends(&["run", "in"], 0);
    assert!(said.out.contains("in/users.csv.pgp — accepted"), "{}", said.out);
    assert_eq!(count(&company), "5");
    assert!(company.files("partner/in/done")["users.csv.pgp"] == file, "it is set aside as it came");
    company.write("partner/in/users.csv.pgp", &file);
    assert!(company.ends(&["run", "in"], 0).flat().contains("taken before"));
}

#[test]
fn a_held_plan_of_a_sealed_file_waits_sealed_and_can_be_approved() {
    let Some(gpg) = Gnupg::of_two() else { return };
    let company = company(&gpg);
    company.write("partner/in/users.csv.pgp", gpg.seal(users(0, 10, "Sales").as_bytes()));
    company.ends(&["run", "in"], 5);
    assert!(company.files("spool").values().all(|file| !String::from_utf8_lossy(file).contains("Byron")));
    company.ends(&["approve", &company.last_run()], 0);
    assert_eq!(count(&company), "10");
}

#[test]
fn what_is_told_beside_a_sealed_file_shows_nothing_of_it() {
    let Some(gpg) = Gnupg::of_two() else { return };
    let company = company(&gpg);
    let file = with_a_mistake();
    company.write("partner/in/users.csv.pgp", gpg.seal(file.as_bytes()));
    let said = company.ends(&["run", "in"], 4);
    assert!(said.out.contains("31/02/2020"), "the operator sees it: {}", said.out);

    let done = company.files("partner/in/done");
    for (name, bytes) in &done {
        let text = String::from_utf8_lossy(bytes);
        assert!(
            !["Byron", "31/02", "user-", "acme.example"].iter().any(|value| text.contains(value)),
            "{name}: {text}"
        );
    }
    let verdict = String::from_utf8_lossy(&done["users.csv.pgp.verdict.txt"]);
    assert!(verdict.contains("bad-date") && verdict.contains("F5"), "{verdict}");
    assert!(verdict.contains("users.csv.pgp.to-correct.csv.pgp"), "{verdict}");
    let rows = gpg.open(&done["users.csv.pgp.to-correct.csv.pgp"], "").0;
    let rows = String::from_utf8(rows).expect("UTF-8");
    assert!(rows.contains("31/02/2020"), "{rows}");

    company.write("partner/in/again.csv.pgp", gpg.seal(rows.replace("31/02/2020", "01/02/2020").as_bytes()));
    company.ends(&["run", "in"], 0);
    assert_eq!(count(&company), "5");
}

#[test]
fn rows_to_correct_are_not_written_where_nobody_can_be_sealed_for() {
    let Some(gpg) = Gnupg::of_two() else { return };
    let company = company(&gpg);
    company.change_site("verify = 'partner.asc'", "verify = 'none'");
    let file = with_a_mistake();
    company.write("partner/in/users.csv.pgp", gpg.seal(file.as_bytes()));
    let said = company.ends(&["run", "in"], 4);
    assert!(said.flat().contains("their signatures are not verified"), "{}", said.out);
    assert!(said.flat().contains("rows to correct are not written"), "{}", said.out);
    let done = company.names("partner/in/done");
    assert_eq!(done, ["users.csv.pgp", "users.csv.pgp.verdict.json", "users.csv.pgp.verdict.txt"]);
}

#[test]
fn a_file_that_cannot_be_opened_is_refused_and_its_partner_told_why() {
    let Some(gpg) = Gnupg::of_two() else { return };
    let company = company(&gpg);
    company.change_site("identify-by = \"login\"", "identify-by = \"login\"\nlanguage = \"fr\"");
    let unsigned = gpg.run(&["-r", "ours@acme.example", "--encrypt"], users(0, 5, "Sales").as_bytes());
    company.write("partner/in/unsigned.csv.pgp", unsigned);
    company.write("partner/in/plain.csv.pgp", users(0, 5, "Sales"));
    company.ends(&["run", "in"], 4);
    assert_eq!(count(&company), "0");
    let refused = company.files("partner/in/refused");
    let verdict = |name: &str| String::from_utf8_lossy(&refused[name]).into_owned();
    let unsigned = verdict("unsigned.csv.pgp.verdict.txt");
    assert!(unsigned.contains("bad-signature") && unsigned.contains("n'est pas signé"), "{unsigned}");
    let plain = verdict("plain.csv.pgp.verdict.txt");
    assert!(plain.contains("not-decrypted") && plain.contains("n'est pas un fichier OpenPGP"), "{plain}");
}

#[test]
fn a_key_that_cannot_be_used_stops_its_exchange_and_touches_nothing() {
    let Some(gpg) = Gnupg::of_two() else { return };
    let company = company(&gpg);
    company.write("partner/in/users.csv.pgp", gpg.seal(users(0, 5, "Sales").as_bytes()));
    company.write("passphrase", format!("not {PASSPHRASE}"));
    for words in [&["run", "--dry-run"][..], &["run"]] {
        let said = company.ends(words, 3);
        assert_eq!(said.flat().matches("`file:passphrase` is not its passphrase").count(), 2, "{}", said.out);
        assert!(!said.out.contains("chevaux"), "{}", said.out);
    }
    assert_eq!(company.names("partner"), ["in/users.csv.pgp"]);
    company.write("passphrase", PASSPHRASE);
    company.ends(&["run"], 0);
    assert_eq!(count(&company), "5");
}
