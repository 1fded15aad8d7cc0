//! A story for people, at most 80 columns wide. Nights that say the same are told together.

use std::cmp::Reverse;

use anstyle::Style;

use crate::model::operation::{Act, Change, Mark};
use crate::model::{Field, Finding, Language, Place, Text};
use crate::report::page::{BAD, BOLD, GOOD, NOTABLE, PLAIN, Page};
use crate::report::story::{Decision, Event, Known, Outcome, Since, Story, What};
use crate::report::text::quoted;
use crate::text;

const NOT_THERE: Text = Text::of("Not in the directory.", "Absent de l'annuaire.");
const NOW: Text = Text::of("In the directory now", "Dans l'annuaire aujourd'hui");
const BEFORE: Text = Text::of("since before what the journal remembers", "depuis une date antérieure au journal");
const EVENTS: Text = Text::of(
    "What touched or spared this person, oldest first",
    "Ce qui a touché ou épargné cette personne, du plus ancien au plus récent",
);
const NOTHING: Text = Text::of("The journal knows of nothing.", "Le journal n'en sait rien.");

pub fn write(story: &Story, language: Language) -> String {
    let mut page = Page::styled(language);
    page.write(0, BOLD, &title(story));
    page.blank();
    page.person(story);
    page.blank();
    page.say(0, BOLD, &EVENTS);
    if story.events.is_empty() {
        page.say(2, PLAIN, &NOTHING);
    }
    for group in groups(&story.events) {
        page.blank();
        page.group(&group);
    }
    page.finish()
}

/// `Ada Lovelace · ada · Paris/0012`
fn title(story: &Story) -> String {
    let value = |name: &str| story.fields.iter().find(|known| known.field.is(name)).map_or("", |known| &known.value);
    let name = format!("{} {}", value("first-name"), value("last-name"));
    let number = format!("{}/{}", value("establishment"), value("employee-number"));
    let parts = [name.trim(), &story.name, number.trim_matches('/')];
    parts.into_iter().filter(|part| !part.is_empty()).collect::<Vec<_>>().join(" · ")
}

/// Events that differ only in when and where they happened.
struct Group<'a> {
    first: &'a Event,
    last: &'a Event,
    count: usize,
}

impl Page {
    fn person(&mut self, story: &Story) {
        if !story.is_in_directory {
            self.say(0, NOTABLE, &NOT_THERE);
            return;
        }
        self.say(0, BOLD, &NOW);
        // What came last stands first; what came together stands together.
        let mut fields: Vec<&Known> = story.fields.iter().collect();
        fields.sort_by_key(|known| Reverse(known.since.as_ref().map(|since| (since.at, &since.file, since.row))));
        for together in fields.chunk_by(|one, next| one.since == next.since) {
            self.say(2, PLAIN, &together[0].since.as_ref().map_or(BEFORE, since));
            for Known { field, value, .. } in together {
                let value = self.value(value);
                self.write(4, PLAIN, &format!("{field} {value}"));
            }
        }
    }

    fn group(&mut self, group: &Group<'_>) {
        let Group { first, last, count } = group;
        let files = match count {
            1 => Text::same(""),
            count => text!(" · {count} files", " · {count} fichiers"),
        };
        self.label(2, PLAIN, &when(first, last), &files);
        let (begin, end) = (place_of(first), place_of(last));
        let places = match begin == end {
            true => begin,
            false => text!("{begin} … {end}", "{begin} … {end}", begin, end),
        };
        let what = what(first);
        self.say(4, style(&first.what), &text!("{places}: {what}", "{places} : {what}", places, what));
        self.details(first);
    }

    fn details(&mut self, event: &Event) {
        if let What::Operation { operation, held, .. } = &event.what {
            self.values(&operation.act);
            held.iter().for_each(|reason| self.label(6, NOTABLE, &Text::of("held: ", "retenu : "), reason));
        }
        for finding in &event.findings {
            let style = if finding.is_error() { BAD } else { NOTABLE };
            let (severity, code) = (finding.severity.name(), &finding.code);
            let label = text!("{severity} {code}: ", "{severity} {code} : ", severity);
            self.label(6, style, &label, &Text::same(finding.sentence(self.language)));
        }
    }

    fn values(&mut self, act: &Act) {
        let lines: Vec<String> = match act {
            Act::Create { fields, .. } => {
                fields.0.iter().map(|(field, value)| format!("{field} {}", self.value(value))).collect()
            }
            Act::Update { changes, .. } => {
                let change = |(field, Change { from, to }): &(Field, Change)| {
                    format!("{field} {} → {}", self.value(from), self.value(to))
                };
                changes.0.iter().map(change).collect()
            }
        };
        lines.iter().for_each(|line| self.write(6, PLAIN, line));
    }

    fn value(&self, value: &str) -> String {
        quoted(value).is(self.language).into()
    }
}

fn when(first: &Event, last: &Event) -> Text {
    let (exchange, run, until) = (&first.exchange, &first.run, &last.run);
    let (day, jour) = (first.at.format("%Y-%m-%d %H:%M"), first.at.format("%d/%m/%Y à %H:%M"));
    match run == until {
        true => text!("{day} UTC · {exchange} · run {run}", "{jour} UTC · {exchange} · exécution {run}"),
        false => {
            let (end, fin) = (last.at.format("%Y-%m-%d"), last.at.format("%d/%m/%Y"));
            text!(
                "{day} UTC to {end} · {exchange} · runs {run} to {until}",
                "{jour} UTC, jusqu'au {fin} · {exchange} · exécutions {run} à {until}"
            )
        }
    }
}

/// Whatever changes the person begins a new chapter: only within one are nights told together.
fn groups(events: &[Event]) -> Vec<Group<'_>> {
    let mut groups: Vec<Group<'_>> = Vec::new();
    let mut chapter = 0;
    for event in events {
        let changes = matches!(event.what, What::Operation { outcome: Outcome::Applied, .. });
        match groups[chapter..].iter_mut().find(|group| !changes && is_alike(group.first, event)) {
            Some(group) => {
                group.last = event;
                group.count += 1;
            }
            None => groups.push(Group { first: event, last: event, count: 1 }),
        }
        if changes {
            chapter = groups.len();
        }
    }
    groups
}

fn is_alike(one: &Event, other: &Event) -> bool {
    let is_alike = |(one, other): (&Finding, &Finding)| {
        let nowhere =
            |finding: &Finding| Finding { place: Place { row: None, ..finding.place.clone() }, ..finding.clone() };
        nowhere(one) == nowhere(other)
    };
    let (before, now) = (&one.findings, &other.findings);
    one.exchange == other.exchange
        && one.row.is_some() == other.row.is_some()
        && is_same(&one.what, &other.what)
        && before.len() == now.len()
        && before.iter().zip(now).all(is_alike)
}

/// The same operation may be planned from another row of another file.
fn is_same(one: &What, other: &What) -> bool {
    match (one, other) {
        (
            What::Operation { operation, outcome, held, reason, .. },
            What::Operation { operation: again, outcome: became, held: anew, reason: why, .. },
        ) => operation.act == again.act && (outcome, held, reason) == (became, anew, why),
        _ => one == other,
    }
}

fn style(what: &What) -> Style {
    match what {
        What::NothingNew | What::NotInFile { .. } | What::Export { .. } => PLAIN,
        What::LeftOut | What::FileRefused => BAD,
        What::Operation { outcome: Outcome::Applied, .. } => GOOD,
        What::Operation { outcome: Outcome::Failed, .. } => BAD,
        What::Operation { .. } => NOTABLE,
    }
}

/// Behind an undo there is no file but that whose change it takes back.
fn place_of(event: &Event) -> Text {
    match &event.what {
        What::Operation { operation, is_undo: true, .. } => undo_of(&place(&operation.file, Some(operation.row))),
        _ => place(&event.file, event.row),
    }
}

fn undo_of(place: &Text) -> Text {
    text!("undo of {place}", "annulation de {place}", place)
}

fn place(file: &str, row: Option<u32>) -> Text {
    match row {
        Some(row) => text!("{file}, row {row}", "{file}, ligne {row}"),
        None => Text::same(file.to_string()),
    }
}

fn since(since: &Since) -> Text {
    let Since { run, at, file, row, is_undo } = since;
    let (day, jour, place) = (at.format("%Y-%m-%d"), at.format("%d/%m/%Y"), place(file, Some(*row)));
    let place = if *is_undo { undo_of(&place) } else { place };
    text!("since {day}, run {run}, {place}", "depuis le {jour}, exécution {run}, {place}", place)
}

fn what(event: &Event) -> Text {
    match &event.what {
        What::NothingNew => Text::of("nothing new", "rien de nouveau"),
        What::NotInFile { unclear } => not_in_file(*unclear),
        What::LeftOut => Text::of("the row was left out", "la ligne a été écartée"),
        What::FileRefused => Text::of("the whole file was refused", "le fichier entier a été refusé"),
        What::Export { server, status, known_as } => export(server, status, known_as),
        What::Operation { operation, outcome, decision, reason, is_undo, .. } => {
            let act = match (&operation.act, is_undo) {
                (Act::Create { .. }, _) => Text::of("creation", "création"),
                (Act::Update { .. }, true) => Text::of("a change taken back", "changement annulé"),
                (Act::Update { .. }, false) => Text::of("update", "mise à jour"),
            };
            let mark = match operation.mark {
                Some(Mark::Departure) => Text::of(", a departure", ", un départ"),
                Some(Mark::Return) => Text::of(", a return", ", un retour"),
                Some(Mark::Arrival) | None => Text::same(""),
            };
            let became = became(*outcome, decision.as_ref(), reason.as_deref());
            text!("{act}{mark}, {became}", "{act}{mark}, {became}", act, mark, became)
        }
    }
}

fn not_in_file(unclear: usize) -> Text {
    match unclear {
        0 => Text::of("not in the file: left alone", "absent du fichier : laissé tel quel"),
        1 => Text::of(
            "in no row that says whom it is about (1 does not): left alone",
            "dans aucune ligne qui dise de qui elle parle (1 ne le dit pas) : laissé tel quel",
        ),
        _ => text!(
            "in no row that says whom it is about ({unclear} do not): left alone",
            "dans aucune ligne qui dise de qui elle parle ({unclear} ne le disent pas) : laissé tel quel"
        ),
    }
}

fn export(server: &str, status: &str, known_as: &str) -> Text {
    match status {
        "delivered" => {
            text!(
                "in the file delivered to {server}, as `{known_as}`",
                "dans le fichier livré à {server}, sous `{known_as}`"
            )
        }
        "discarded" => text!(
            "in a file for {server} that was never delivered, as `{known_as}`",
            "dans un fichier pour {server} qui n'a jamais été livré, sous `{known_as}`"
        ),
        "held" => text!(
            "in a file for {server} that is held, as `{known_as}`",
            "dans un fichier pour {server} qui est retenu, sous `{known_as}`"
        ),
        _ => text!(
            "in a file for {server} whose delivery was cut off, as `{known_as}`",
            "dans un fichier pour {server} dont la livraison a été interrompue, sous `{known_as}`"
        ),
    }
}

fn became(outcome: Outcome, decision: Option<&Decision>, reason: Option<&str>) -> Text {
    let reason = reason.unwrap_or_default();
    let became = match outcome {
        Outcome::Applied => Text::of("applied", "appliquée"),
        Outcome::Failed => text!("not applied: {reason}", "non appliquée : {reason}"),
        Outcome::Waiting => Text::of("held, not approved so far", "retenue, pas encore approuvée"),
        Outcome::Discarded => Text::of("held, never approved, given up", "retenue, jamais approuvée, abandonnée"),
        Outcome::Interrupted => {
            Text::of("cut off; the next run goes on", "interrompue ; la prochaine exécution la reprend")
        }
    };
    match (outcome, decision) {
        (_, None) => became,
        (Outcome::Discarded, Some(Decision { person, .. })) => {
            text!("held, given up by {person}", "retenue, abandonnée par {person}")
        }
        (_, Some(Decision { person, at, .. })) => {
            let (day, jour) = (at.format("%Y-%m-%d"), at.format("%d/%m/%Y"));
            text!("approved by {person} on {day}, {became}", "approuvée par {person} le {jour}, {became}", became)
        }
    }
}
