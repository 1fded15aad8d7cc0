//! Where a set of deliveries would go: a site may have been corrected since it was made.

use crate::format::Form;
use crate::job::Error;
use crate::model::Content;
use crate::site::{Direction, Exchange, Export};
use crate::state::Set;

/// Would it still go to the same place, and sealed or not as it is?
pub fn is_for(exchange: &Exchange, earlier: &Set) -> bool {
    let Direction::Export(export) = &exchange.direction else { return false };
    let first = earlier.first();
    let leaves_otherwise = export.openpgp.is_some() || export.form == Form::Json;
    let is_sealed_alike = first.sealed.is_some() == leaves_otherwise;
    is_sealed_alike
        && first.server == exchange.server.options.describe()
        && first.folder == folder_of(export, first.content)
}

fn folder_of(export: &Export, content: Content) -> &str {
    match (content, &export.photos) {
        (Content::Picture, Some(photos)) => &photos.folder,
        _ => &export.folder,
    }
}

pub fn check(exchange: &Exchange, earlier: &Set) -> Result<(), Error> {
    match is_for(exchange, earlier) {
        true => Ok(()),
        false => Err(Error::Moved(format!(
            "the site sends `{0}` to another place now, or sealed otherwise; `passerelle run {0}` makes a file for it",
            exchange.name
        ))),
    }
}
