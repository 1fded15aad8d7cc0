//! What an export must be like that keeps accounts at a SCIM provider.

use toml::Spanned;

use super::Server;
use super::reader::Reader;
use crate::model::Content;
use crate::profile::Chosen;
use crate::profile::complaint::quoted;
use crate::transport::Endpoint;
use crate::transport::endpoint::scim::Path;

const NEEDED_TO_FIND: [&str; 2] = ["externalId", "userName"];

/// Complains about columns of which no attribute of an account can be made, and about files that do not tell of everybody.
pub fn check(
    server: Option<&Server>,
    profile: &Spanned<String>,
    columns: &[Chosen],
    (contents, per_establishment): (&[Content], bool),
    reader: &mut Reader,
) {
    let Some(Endpoint::Scim(_)) = server.and_then(|server| server.options.endpoint()) else { return };
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
