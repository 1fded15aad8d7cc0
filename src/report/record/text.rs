//! The record of processing for people, at most 80 columns wide.

use chrono::{DateTime, Utc};

use super::{Datum, Processing, Record, named};
use crate::model::field::Sensitivity;
use crate::model::{Approval, Language, Text};
use crate::report::Direction;
use crate::report::page::{BOLD, NOTABLE, PLAIN, Page, moment};
use crate::text;

/// The widest label, and a gap.
const LABELS: usize = 17;

const TITLE: Text = Text::of("Record of processing · ", "Registre des traitements · ");
const NOTHING: Text = Text::of("The site has no exchanges.", "La configuration n'a aucun échange.");
const NO_PURPOSE: Text = Text::of(
    "not stated: write `purpose = \"…\"` in the exchange",
    "non précisée : écrivez `purpose = \"…\"` dans l'échange",
);

pub fn write(record: &Record, language: Language) -> String {
    let mut page = Page::styled(language);
    page.label(0, BOLD, &TITLE, &moment(record.as_of));
    page.write(0, PLAIN, &record.site);
    if record.exchanges.is_empty() {
        page.say(0, PLAIN, &NOTHING);
    }
    record.exchanges.iter().for_each(|processing| page.processing(processing));
    page.finish()
}

impl Page {
    fn processing(&mut self, processing: &Processing) {
        let Processing { exchange, direction, partner, server, .. } = processing;
        let (kind, place) = match direction {
            Direction::Export => ("export", Text::of("to", "vers")),
            Direction::Import => ("import", Text::of("from", "depuis")),
        };
        self.blank();
        self.write(0, BOLD, &format!("{exchange} · {kind} · {partner}"));
        let purpose = Text::of("purpose", "finalité");
        match &processing.purpose {
            Some(stated) => self.row(2, LABELS, PLAIN, &purpose, stated),
            None => self.row(2, LABELS, NOTABLE, &purpose, &NO_PURPOSE),
        }
        self.row(2, LABELS, PLAIN, &place, &Text::same(server.clone()));
        self.row(2, LABELS, PLAIN, &Text::of("people", "personnes"), &people(processing));
        self.row(2, LABELS, PLAIN, &Text::of("when", "quand"), &when(processing));
        for sensitivity in [Sensitivity::Professional, Sensitivity::Personal, Sensitivity::Sensitive] {
            let data: Vec<&Datum> = processing.data.iter().filter(|datum| datum.sensitivity == sensitivity).collect();
            self.data(sensitivity, &data);
        }
    }

    fn data(&mut self, sensitivity: Sensitivity, data: &[&Datum]) {
        let style = if sensitivity == Sensitivity::Sensitive { NOTABLE } else { PLAIN };
        let (approved, others): (Vec<&Datum>, Vec<&Datum>) = data.iter().partition(|datum| datum.approval.is_some());
        let mut lines: Vec<Text> = approved.iter().filter_map(|datum| approval(datum)).collect();
        if !others.is_empty() {
            let headings: Vec<&str> = others.iter().map(|datum| datum.heading.as_str()).collect();
            lines.insert(0, Text::same(headings.join(", ")));
        }
        let mut label = named(sensitivity);
        for line in lines {
            self.row(2, LABELS, style, &label, &line);
            label = Text::same("");
        }
    }
}

fn people(processing: &Processing) -> Text {
    let whom = &processing.whom;
    match (processing.people, processing.direction) {
        (None, _) => whom.clone(),
        (Some(people), Direction::Export) => {
            text!("{people} at the last delivery: {whom}", "{people} à la dernière livraison : {whom}", whom)
        }
        (Some(rows), Direction::Import) => {
            let (row, ligne) = (if rows == 1 { "row" } else { "rows" }, if rows < 2 { "ligne" } else { "lignes" });
            text!("{rows} {row} in the last file: {whom}", "{rows} {ligne} dans le dernier fichier : {whom}", whom)
        }
    }
}

fn when(processing: &Processing) -> Text {
    let Some((since, last)) = processing.since.zip(processing.last) else {
        return match processing.direction {
            Direction::Export => Text::of("nothing was delivered yet", "rien n'a encore été livré"),
            Direction::Import => Text::of("nothing came in yet", "rien n'est encore arrivé"),
        };
    };
    between(since, last)
}

fn between(since: DateTime<Utc>, last: DateTime<Utc>) -> Text {
    let (since, last) = (moment(since), moment(last));
    text!("since {since}, last on {last}", "depuis le {since}, dernière fois le {last}", since, last)
}

/// None: it has none.
fn approval(datum: &Datum) -> Option<Text> {
    let Approval { because, approved_by, on } = datum.approval.as_ref()?;
    let (heading, le) = (&datum.heading, on.format("%d/%m/%Y"));
    Some(text!(
        "{heading}: approved by {approved_by} on {on}, because {because}",
        "{heading} : approuvée par {approved_by} le {le}, motif : {because}",
    ))
}
