//! What every target does with a file: it is read, recognised and checked as one that a partner dropped.

use std::sync::LazyLock;

use passerelle::format;
use passerelle::model::{People, Severity};
use passerelle::profile::{self, Profiles};
use passerelle::rule::{self, Additions, Surroundings};

static IMPORT: LazyLock<profile::Import> = LazyLock::new(|| {
    let profiles = Profiles::load(None).expect("the profiles are shipped");
    match &profiles.get("lucca-users").expect("it is shipped").contract {
        profile::Contract::Import(import) => import.clone(),
        _ => panic!("lucca-users is an import"),
    }
});

/// Takes the file in as far as no directory is needed.
pub fn take_in(bytes: &[u8]) {
    let identify_by = &IMPORT.identify_by["login"].fields;
    let contract = rule::Contract { columns: &IMPORT.columns, identify_by, creates: true, twins: Severity::Remark };
    let Ok(reading) = format::read(bytes, &rule::knows(&contract)) else { return };
    let around = Surroundings { known: &People::default(), additions: &Additions::default(), absent_on: None };
    let recognised = rule::recognise(&reading.heading, &contract, &[]);
    let checked = rule::check(&recognised, &reading.table, &reading.findings, &contract, &around);
    assert!(checked.left_out.len() <= checked.rows);
    assert!(checked.delivered.table.len() + checked.left_out.len() <= checked.rows);
    for finding in reading.findings.iter().chain(&recognised.findings).chain(&checked.findings) {
        assert!(!finding.to_string().is_empty());
    }
}
