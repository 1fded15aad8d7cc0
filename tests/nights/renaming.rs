//! A renaming that was cut off: what lies on the server tells whether it happened.

use std::fs;

use crate::company::{Company, EXPORT, people};

const FINAL: &str = "partner/people.csv";
const PART: &str = "partner/.people.csv.part";

/// A file was delivered, and the journal thinks that its renaming was cut off. Returns the file.
fn cut_off() -> (Company, String) {
    let company = Company::new(EXPORT);
    company.write("hr/hr.csv", people(9, "Engineer"));
    company.ends(&["run"], 0);
    let file = company.read(FINAL);
    let spooled = company.ask("SELECT spooled FROM deliveries").remove(0);
    company.write(&format!("spool/{spooled}"), &file);
    company.tamper("UPDATE deliveries SET status = 'renaming'");
    (company, file)
}

fn statuses(company: &Company) -> Vec<String> {
    company.ask("SELECT status FROM deliveries ORDER BY id")
}

#[test]
fn a_renaming_that_happened_is_not_done_again() {
    let (company, _) = cut_off();
    fs::set_permissions(company.path(FINAL), std::os::unix::fs::PermissionsExt::from_mode(0o640)).expect("a mark");
    let before = fs::metadata(company.path(FINAL)).expect("a file");
    company.ends(&["run"], 0);
    let after = fs::metadata(company.path(FINAL)).expect("a file");
    assert_eq!(before.permissions(), after.permissions(), "it is the same file");
    assert_eq!(before.modified().expect("a time"), after.modified().expect("a time"));
    assert_eq!(statuses(&company), ["delivered"]);
    assert!(company.names("spool").is_empty());
}

#[test]
fn a_renaming_that_did_not_happen_is_done() {
    let (company, file) = cut_off();
    fs::rename(company.path(FINAL), company.path(PART)).expect("as before the renaming");
    company.ends(&["run"], 0);
    assert_eq!(company.read(FINAL), file);
    assert!(!company.has(PART));
    assert_eq!(statuses(&company), ["delivered"]);
}

#[test]
fn a_file_that_the_partner_took_at_once_is_not_sent_again() {
    let (company, _) = cut_off();
    fs::remove_file(company.path(FINAL)).expect("the partner takes it");
    company.ends(&["run"], 0);
    assert!(company.names("partner").is_empty());
    assert_eq!(statuses(&company), ["delivered"]);
}

#[test]
fn a_part_that_is_not_whole_is_sent_again_and_the_old_file_stays_until_then() {
    let (company, file) = cut_off();
    company.write(FINAL, "the file of yesterday");
    company.write(PART, &file[..file.len() / 2]);
    company.ends(&["run"], 0);
    assert_eq!(company.read(FINAL), file);
    assert!(!company.has(PART));
    assert_eq!(statuses(&company), ["delivered"]);
}

#[test]
fn a_file_that_was_renamed_before_another_took_its_place_counts_as_delivered() {
    let (company, _) = cut_off();
    company.change_site("people.csv", "staff.csv");
    company.ends(&["run"], 0);
    assert_eq!(statuses(&company), ["delivered", "delivered"]);
    assert_eq!(company.names("partner"), ["people.csv", "staff.csv"]);
}

#[test]
fn a_file_that_was_not_renamed_before_another_took_its_place_is_removed() {
    let (company, _) = cut_off();
    fs::rename(company.path(FINAL), company.path(PART)).expect("as before the renaming");
    company.change_site("people.csv", "staff.csv");
    company.ends(&["run"], 0);
    assert_eq!(statuses(&company), ["discarded", "delivered"]);
    assert_eq!(company.names("partner"), ["staff.csv"]);
    assert!(company.names("spool").is_empty());
}

#[test]
fn a_place_that_was_left_is_not_searched_for_what_lies_in_the_new_one() {
    let (company, file) = cut_off();
    fs::create_dir(company.path("elsewhere")).expect("a server");
    company.change_site("path = \"partner\"", "path = \"elsewhere\"");
    company.ends(&["run"], 0);
    assert_eq!(company.read("elsewhere/people.csv"), file);
    assert_eq!(statuses(&company), ["discarded", "delivered"]);
}

#[test]
fn data_that_go_back_and_forth_on_one_day_are_delivered_each_time() {
    let company = Company::new(EXPORT);
    for title in ["Engineer", "Pilot", "Engineer"] {
        company.write("hr/hr.csv", people(9, title));
        company.ends(&["run"], 0);
        assert!(company.read(FINAL).contains(title), "{title}");
    }
    let before = fs::metadata(company.path(FINAL)).expect("a file").modified().expect("a time");
    let said = company.ends(&["run"], 0);
    assert!(said.out.contains("delivered before, nothing was sent"), "{}", said.out);
    assert_eq!(fs::metadata(company.path(FINAL)).expect("a file").modified().expect("a time"), before);
}
