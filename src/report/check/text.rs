//! The sheets of servers for people, with styles that `cli` takes off where there is no terminal.

use anstyle::Style;

use super::{Check, Place, Purpose, Server, shown};
use crate::model::sheet::{Change, Found, Trait};
use crate::model::{Language, Text};
use crate::report::Direction;
use crate::report::count::{self, counted};
use crate::report::page::{BAD, BOLD, GOOD, NOTABLE, PLAIN, Page, moment};
use crate::text;

/// The widest label, and a gap.
pub(super) const LABELS: usize = 26;

const BEFORE_DRY_RUN: Text = Text::of(
    "Dry run: nothing is written on any server, so much stays untried.",
    "Essai à blanc : rien n'est écrit sur aucun serveur, et bien des choses restent à essayer.",
);

const NOT_READ: Text =
    Text::of("What was known before could not be read:", "Ce qui était connu avant n'a pas pu être lu :");
const NOT_REMEMBERED: Text =
    Text::of("The sheets could not be remembered:", "Les fiches n'ont pas pu être gardées en mémoire :");

pub fn write(check: &Check, language: Language) -> String {
    let mut page = Page::styled(language);
    page.label(0, BOLD, &Text::same("Passerelle check --online · "), &moment(check.started));
    page.write(0, PLAIN, &check.site);
    if check.dry_run {
        page.say(0, NOTABLE, &BEFORE_DRY_RUN);
    }
    check.servers.iter().for_each(|server| page.server(server));
    check.instances.iter().for_each(|instance| page.instance(instance));
    page.places(&check.places);
    page.blank();
    if let Some(failure) = &check.failure {
        page.say(0, NOTABLE, &if check.dry_run { NOT_READ } else { NOT_REMEMBERED });
        page.failure(failure);
    }
    page.exit(check.exit_code, &check.exit_code.meaning());
    page.finish()
}

impl Page {
    fn server(&mut self, server: &Server) {
        self.blank();
        self.write(0, BOLD, &format!("{} · {}", server.name, server.server));
        if let Some(failure) = &server.failure {
            self.failure(failure);
        }
        if let Some(sheet) = &server.sheet {
            sheet.traits.iter().for_each(|(what, found)| self.one_trait(*what, found));
        }
        let warning = Text::of("warning: ", "attention : ");
        server.warnings.iter().for_each(|text| self.label(2, NOTABLE, &warning, text));
        if let Some(left) = &server.left {
            let what = "what was written to try the server out could not be taken away";
            let quoi = "ce qui a été écrit pour essayer le serveur n'a pas pu être enlevé";
            self.label(2, BAD, &warning, &Text::of(what, quoi));
            self.failure(left);
        }
        self.changes(server);
    }

    fn one_trait(&mut self, what: Trait, found: &Found) {
        let style = match found {
            Found::Value(_) => PLAIN,
            Found::No(_) | Found::Unknown(_) => NOTABLE,
        };
        self.row(2, LABELS, style, &shown::label(what), &shown::found(what, found));
    }

    fn changes(&mut self, server: &Server) {
        let Some(last) = server.last.map(moment) else { return };
        if server.changes.is_empty() && server.sheet.is_some() {
            let same = text!("as it was on {last}", "comme le {last}", last);
            return self.say(2, GOOD, &same);
        }
        for Change { what, before, now } in &server.changes {
            let name = Text::same(shown::label(*what).is(self.language).trim().to_owned());
            let (before, now) = (shown::found(*what, before), shown::found(*what, now));
            let since = text!(
                "changed since {last}: {name}, from `{before}` to `{now}`",
                "changé depuis le {last} : {name}, de `{before}` à `{now}`",
                last,
                name,
                before,
                now
            );
            self.say(2, NOTABLE, &since);
        }
    }

    fn places(&mut self, places: &[Place]) {
        let mut last = "";
        for place in places {
            if place.exchange != last {
                self.blank();
                let direction = match place.direction {
                    Direction::Export => "export",
                    Direction::Import => "import",
                };
                self.write(0, BOLD, &format!("{} · {direction}", place.exchange));
                last = &place.exchange;
            }
            self.place(place);
        }
    }

    fn place(&mut self, place: &Place) {
        let Place { path, server, .. } = place;
        let there = match path.as_str() {
            "." => text!("the folder of {server}", "le dossier de {server}"),
            path => text!("{path} on {server}", "{path} sur {server}"),
        };
        let what = match place.purpose {
            Purpose::Watched => text!("watches {there}", "surveille {there}", there),
            Purpose::Delivered => text!("delivers to {there}", "livre dans {there}", there),
            Purpose::Read => text!("reads people from {there}", "lit les personnes dans {there}", there),
        };
        let (style, said) = standing(place);
        self.label(2, style, &what.then(&Text::of(": ", " : ")), &said);
        if !place.to_be_made.is_empty() {
            let folders = place.to_be_made.join(", ");
            self.say(
                4,
                PLAIN,
                &text!("not there yet, and made when needed: {folders}", "absents, et créés au besoin : {folders}"),
            );
        }
        if let Some(failure) = &place.failure {
            self.failure(failure);
        }
    }
}

fn standing(place: &Place) -> (Style, Text) {
    if place.is_there == Some(false) {
        return (BAD, Text::of("it is not there", "absent"));
    }
    if place.failure.is_some() {
        let refused = Text::of("writing is refused", "écriture refusée");
        let unknown = Text::of("could not be looked at", "n'a pas pu être examiné");
        return (BAD, if place.is_writable == Some(false) { refused } else { unknown });
    }
    let mut said = vec![Text::of("there", "présent")];
    said.extend(place.is_writable.map(|_| Text::of("can be written to", "accessible en écriture")));
    said.extend(place.waiting.map(|waiting| counted(waiting, &count::WAITING)));
    (GOOD, count::list(&said))
}
