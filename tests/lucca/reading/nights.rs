//! Nights whose people come from Lucca.

use std::fs;

use super::{Instance, private};
use crate::lucca_server::{Fault, Right, What};

impl Instance {
    fn delivered(&self) -> Vec<String> {
        let files = fs::read_dir(self.folder.path().join("partner")).unwrap();
        files.map(|file| fs::read_to_string(file.unwrap().path()).unwrap()).collect()
    }
}

#[test]
fn a_partner_is_given_the_people_of_lucca_once() {
    let instance = Instance::of_rights(Right::all());
    let said = instance.run(&[]);
    assert_eq!(said.code, 0, "{}", said.out);
    let delivered = instance.delivered();
    assert_eq!(delivered.len(), 1, "{}", said.out);
    assert!(delivered[0].lines().count() > 50 && delivered[0].contains("Exemple SAS"), "{}", delivered[0]);
    let again = instance.run(&["--language", "en"]);
    assert!(again.flat().contains("delivered before, nothing was sent"), "{}", again.out);
}

#[test]
fn a_right_that_is_lost_overnight_empties_no_column() {
    let instance = Instance::of_rights(Right::all());
    instance.run(&[]);
    let before = instance.delivered();
    let rights = Right::all().into_iter().filter(|right| *right != Right::HrFile("acces".into()));
    instance.server.set_rights(instance.server.key(), rights);
    let said = instance.run(&["--language", "en"]);
    assert_eq!(said.code, 5, "{}", said.out);
    let why = "Lucca (`core-hr`) says of nobody what `Contract` would be filled with; perhaps the key may not see it";
    assert!(said.flat().contains(why), "{}", said.out);
    assert_eq!(instance.delivered(), before);
}

#[test]
fn a_key_that_is_refused_and_a_service_that_is_away_are_told_apart() {
    let instance = Instance::of_rights(Right::all());
    instance.server.fault(Fault::on("GET", "/api/v3/users", What::Refuse(503)));
    let said = instance.run(&["--language", "en"]);
    assert_eq!(said.code, 75, "{}", said.out);
    private(&instance.folder, "key", "another");
    let said = instance.run(&["--language", "en"]);
    assert_eq!(said.code, 6, "{}", said.out);
    assert!(said.flat().contains("does not know the key"), "{}", said.out);
    assert!(instance.delivered().is_empty());
}

#[test]
fn a_dry_night_reads_and_changes_nothing() {
    let instance = Instance::of_rights(Right::all());
    let said = instance.run(&["--dry-run", "--language", "en"]);
    assert!(said.flat().contains("would be delivered"), "{}", said.out);
    assert!(instance.delivered().is_empty());
    assert!(instance.server.requests().iter().all(|request| request.method == "GET"));
}
