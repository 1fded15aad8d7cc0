//! Cultures: Lucca numbers them as Windows does (LCID), and files call them by language and country.

use crate::model::organisation::Unit;

/// The documentation shows 1036, 1033, 1031 and 1034; the others are Windows' numbers of the languages that the import file
/// takes, and of their neighbours.
const CULTURES: [(u32, &str); 19] = [
    (1031, "de-DE"),
    (1033, "en-US"),
    (1034, "es-ES"),
    (1036, "fr-FR"),
    (1040, "it-IT"),
    (1043, "nl-NL"),
    (1045, "pl-PL"),
    (2055, "de-CH"),
    (2057, "en-GB"),
    (2060, "fr-BE"),
    (2064, "it-CH"),
    (2067, "nl-BE"),
    (2070, "pt-PT"),
    // Another way to order words makes another number.
    (3082, "es-ES"),
    (3084, "fr-CA"),
    (3079, "de-AT"),
    (4105, "en-CA"),
    (4108, "fr-CH"),
    (5132, "fr-LU"),
];

/// `fr-FR` of 1036; None for a number that is not known here.
pub fn name(lcid: u32) -> Option<&'static str> {
    CULTURES.iter().find(|(number, _)| *number == lcid).map(|(_, name)| *name)
}

/// All that are known; Lucca is not asked.
pub fn all() -> Vec<Unit> {
    let unit = |(lcid, name): &(u32, &str)| Unit {
        id: lcid.to_string(),
        code: name.to_string(),
        name: name.to_string(),
        is_active: true,
        ..Unit::default()
    };
    CULTURES.iter().map(unit).collect()
}
