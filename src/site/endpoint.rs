//! What an export must be like that goes to an endpoint.

use toml::Spanned;

use super::Server;
use super::reader::Reader;
use crate::model::Content;
use crate::profile::Chosen;
use crate::profile::complaint::quoted;
use crate::transport::Endpoint;
use crate::transport::endpoint::scim::Path;

const NEEDED_TO_FIND: [&str; 2] = ["externalId", "userName"];

/// Complains about what the endpoint cannot take as a whole, or cannot make accounts of.
pub fn check(
    server: Option<&Server>,
    profile: &Spanned<String>,
    columns: &[Chosen],
    (contents, per_establishment): (&[Content], bool),
    reader: &mut Reader,
) {
    let files = (contents, per_establishment);
    match server.and_then(|server| server.options.endpoint()) {
        Some(Endpoint::Https(_)) => check_posted(profile, files, reader),
        Some(Endpoint::Scim(_)) => check_accounts(profile, columns, files, reader),
        None => {}
    }
}

fn check_posted(profile: &Spanned<String>, (contents, per_establishment): (&[Content], bool), reader: &mut Reader) {
    if contents.len() > 1 || per_establishment {
        let complaint = reader
            .at(profile.span(), "an endpoint is sent one request at once, and this export makes several files")
            .help("name one kind of `content`: of several requests, some could be taken and others refused");
        reader.complain(complaint);
    }
}

fn check_accounts(
    profile: &Spanned<String>,
    columns: &[Chosen],
    (contents, per_establishment): (&[Content], bool),
    reader: &mut Reader,
) {
    if contents != [Content::Full] || per_establishment {
        let complaint = reader
            .at(profile.span(), "accounts are kept of everybody, and this export makes other files")
            .help("leave out `content`, `files` and `per-establishment`; only what differs is changed anyway");
        reader.complain(complaint);
    }
    let headings = || columns.iter().map(|chosen| chosen.heading.as_str());
    let paths: Vec<Path> = headings().filter_map(Path::parse).collect();
    if paths.len() < columns.len() {
        let others = quoted(headings().filter(|heading| Path::parse(heading).is_none()));
        let complaint = reader
            .at(profile.span(), format!("headings that are no path of an attribute of SCIM: {others}"))
            .help("take the profile `scim-users`, or one with headings such as `userName` and `name.familyName`");
        return reader.complain(complaint);
    }
    for needed in NEEDED_TO_FIND.iter().filter(|needed| !paths.iter().any(|path| path.is(needed))) {
        let complaint = reader
            .at(profile.span(), format!("no column is the attribute `{needed}`, by which accounts are found"))
            .help("an account needs both: `externalId`, which never changes, and `userName`");
        reader.complain(complaint);
    }
}
