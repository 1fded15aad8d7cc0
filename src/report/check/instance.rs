//! What a key lets see of an instance of Lucca, for people.

use anstyle::Style;

use super::text::LABELS;
use super::{Instance, Right, Untold};
use crate::model::Text;
use crate::report::count::grouped;
use crate::report::page::{BAD, BOLD, GOOD, NOTABLE, PLAIN, Page};
use crate::text;

impl Page {
    pub(super) fn instance(&mut self, instance: &Instance) {
        self.blank();
        self.write(0, BOLD, &format!("{} · {}", instance.name, instance.instance));
        if let Some(people) = instance.people {
            self.row(2, LABELS, PLAIN, &Text::of("people", "personnes"), &grouped(people));
        }
        instance.rights.iter().for_each(|right| self.right(right));
        instance.untold.iter().for_each(|untold| self.untold(untold));
        if let Some(failure) = &instance.failure {
            self.failure(failure);
        }
    }

    fn right(&mut self, right: &Right) {
        let (style, said) = standing(right);
        self.row(2, LABELS, style, &right.resource, &said);
        if let Some(failure) = &right.failure {
            self.failure(failure);
        }
    }

    fn untold(&mut self, untold: &Untold) {
        let (field, exchanges) = (&untold.field, named(&untold.exchanges));
        let said = text!(
            "`{field}`, needed for {exchanges}, is told of none of the first people: perhaps the key may not see it",
            "`{field}`, nécessaire à {exchanges}, n'est dit d'aucune des premières personnes : la clé n'y a peut-être pas \
             droit",
            exchanges
        );
        self.label(2, NOTABLE, &Text::of("warning: ", "attention : "), &said);
    }
}

fn standing(right: &Right) -> (Style, Text) {
    let exchanges = named(&right.exchanges);
    let what = &right.right;
    match (right.is_there, right.exchanges.is_empty()) {
        (Some(true), true) => (GOOD, Text::of("the key may see them", "la clé y a droit")),
        (Some(true), false) => {
            (GOOD, text!("the key may see them, for {exchanges}", "la clé y a droit, pour {exchanges}", exchanges))
        }
        (Some(false), true) => {
            (BAD, text!("the key lacks the right {what}", "il manque à la clé le droit suivant : {what}", what))
        }
        (Some(false), false) => (
            BAD,
            text!(
                "the key lacks the right {what}, which {exchanges} needs",
                "il manque à la clé le droit suivant, nécessaire à {exchanges} : {what}",
                what,
                exchanges
            ),
        ),
        (None, _) => (BAD, Text::of("could not be looked at", "n'ont pas pu être examinés")),
    }
}

/// `skillup and ploy`
fn named(exchanges: &[String]) -> Text {
    let list = |and: &str| match exchanges {
        [before @ .., last] if !before.is_empty() => format!("{} {and} {last}", before.join(", ")),
        other => other.join(", "),
    };
    Text::new(list("and"), list("et"))
}
