//! The README's TOML is understood as it stands there.

use std::collections::BTreeMap;
use std::path::Path;

use passerelle::profile::Document;
use passerelle::site::files::Marker;
use passerelle::site::{Ready, Site};

const README: &str = include_str!("../README.md");

/// What a snippet leaves out of a site.
const REST: &str = "timezone = 'Europe/Paris'\nstate.path = 'state.db'\n";

#[test]
fn a_site_is_written_as_the_readme_shows_them() {
    let blocks: Vec<&str> = README.split("```toml\n").skip(1).filter_map(|rest| rest.split("```").next()).collect();
    let [sftp, ftps, lucca, export, import, pickup] = blocks[..] else {
        panic!("for SFTP, FTPS, Lucca, an export, an import and its pickups")
    };
    let import = import.replacen("files =", &format!("{pickup}files ="), 1);
    let document = Document::new("README.md", [REST, sftp, ftps, lucca, export, &import].concat());
    let site = Site::read(document, Path::new("")).unwrap_or_else(|complaints| panic!("{complaints}"));
    let servers: Vec<String> = site.servers.values().map(|server| server.options.describe()).collect();
    assert_eq!(
        servers,
        ["ftps (explicit) acme@ftps.formation.example:21/in", "sftp acme@sftp.skillup.example:22/acme"]
    );
}

#[test]
fn a_file_is_whole_when_the_readme_says_so() {
    for (written, ready) in [
        ("{ stable-for = 60 }", Ready::StableFor(60)),
        ("{ marker = \"{name}.done\" }", Ready::Marker(Marker::parse("{name}.done").expect("a marker"))),
    ] {
        assert!(README.contains(&format!("| `{written}` |")));
        let keys: BTreeMap<String, Ready> = toml::from_str(&format!("ready = {written}")).expect("it is understood");
        assert_eq!(keys["ready"], ready);
    }
    assert_eq!(Ready::default(), Ready::StableFor(5));
}
