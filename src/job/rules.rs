//! The rules: everything that can be found, whichever room finds it.

use crate::job::{account_rules, picture_rules, row_rules, too_large};
use crate::model::{Rule, Text};
use crate::report::corrections;
use crate::{format, rule};

/// By what they are about.
pub fn groups() -> Vec<(Text, &'static [&'static Rule])> {
    let mut groups = [format::RULES, rule::RULES].concat();
    groups.push((Text::of("A file before it is read", "Un fichier avant sa lecture"), too_large::RULES));
    let come_back = Text::of("Rows to correct that come back", "Des lignes à corriger qui reviennent");
    groups.push((come_back, corrections::RULES));
    groups.push((Text::of("A file for a partner", "Un fichier pour un partenaire"), row_rules::RULES));
    groups.push((Text::of("A picture for a partner", "Une photo pour un partenaire"), picture_rules::RULES));
    groups.push((Text::of("Accounts at a partner", "Des comptes chez un partenaire"), account_rules::RULES));
    groups
}

pub fn all() -> impl Iterator<Item = &'static Rule> {
    groups().into_iter().flat_map(|(_, rules)| rules).copied()
}

pub fn of(code: &str) -> Option<&'static Rule> {
    all().find(|rule| rule.code == code)
}
