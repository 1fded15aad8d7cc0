//! What differs from company to company: extended data and sections of analytical axes, where the site says so.

use super::*;

const ALSO: &str = r#"imports-also = ["custom-badge", "custom-transport", "axis-1"]"#;

const HEADING: &str = "login;e_badge;e_transport;userAxisValues_1";

#[test]
fn extended_data_and_sections_are_written_where_the_site_says_so() {
    let night = Night::with(Options::default(), ALSO);
    night.write("drop/in/users.csv", &format!("{HEADING}\nmeme;B-17;Vélo;Usinage\n"));
    let (code, said) = night.run();
    assert_eq!(code, 0, "{said}");
    assert_eq!(night.extended("meme"), [r#"e_badge "B-17""#, "e_transport Vélo"]);
    assert_eq!(night.section("meme"), "Usinage");

    night.write("drop/in/users.csv", &format!("{HEADING}\nmeme;B-18;;Informatique\n"));
    let (code, said) = night.run();
    assert_eq!(code, 0, "{said}");
    assert_eq!(night.extended("meme"), [r#"e_badge "B-18""#, "e_transport Vélo"], "changed by its id, none doubled");
    assert_eq!(night.section("meme"), "Informatique");

    night.server.forget_requests();
    night.write("drop/in/users.csv", &format!("{HEADING}\nmeme;B-18;Vélo;Informatique\n"));
    let (code, said) = night.run();
    assert_eq!((code, night.written().len()), (0, 0), "{said}");
}

#[test]
fn an_entry_that_is_in_no_list_fails_before_anything_of_its_row_is_sent() {
    let night = Night::with(Options::default(), ALSO);
    night.write("drop/in/users.csv", &format!("{HEADING}\nmeme;B-17;Tapis volant;Usinage\n"));
    let (code, said) = night.run();
    assert_eq!((code, night.written().len()), (4, 0), "{said}");
    assert!(said.contains("not applied: row 2: Lucca has no custom-transport `Tapis volant`"), "{said}");
}

#[test]
fn what_the_site_does_not_name_is_remarked_and_left_alone() {
    let night = Night::new();
    night.write("drop/in/users.csv", &format!("{HEADING};jobTitle\nmeme;B-17;Vélo;Usinage;Chef\n"));
    let (code, said) = night.run();
    assert_eq!(code, 0, "{said}");
    assert!(said.contains("unused-column (3)"), "{said}");
    assert_eq!(night.person("meme")["jobTitle"], "Chef");
    assert!(night.extended("meme").is_empty());
}

impl Night {
    /// Code and value of each datum; of a list, the name of the entry.
    fn extended(&self, login: &str) -> Vec<String> {
        let sql = "SELECT code || ' ' || coalesce(
                       (SELECT name FROM extensionEntries WHERE code = 'e_transport' AND CAST(id AS TEXT) = value), value)
                   FROM extendedData JOIN users ON users.id = userId WHERE login = ?1 ORDER BY code";
        self.server.database(|database| {
            let mut found = database.prepare(sql).expect("a query");
            let rows = found.query_map([login], |row| row.get(0)).expect("rows");
            rows.map(|row| row.expect("a row")).collect()
        })
    }

    fn section(&self, login: &str) -> String {
        let sql = "SELECT axisSections.name FROM userAxisValues
                   JOIN axisSections ON axisSections.id = sectionId JOIN users ON users.id = userId
                   WHERE login = ?1 AND userAxisValues.axisId = 1";
        self.server.database(|database| database.query_row(sql, [login], |row| row.get(0)).expect("a section"))
    }
}
