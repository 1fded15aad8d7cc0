//! The report for people, with styles that `cli` takes off where there is no terminal.
//!
//! What is said of an exchange is in its language; the frame around all of them is in the one that they share.

use std::collections::BTreeMap;

use anstyle::Style;

use crate::model::operation::{Act, Change, Mark};
use crate::model::{Content, Exit, Field, Operation, Rule, Severity, Text, Verdict};
use crate::report::count::{self, counted, grouped};
use crate::report::page::{BAD, BOLD, GOOD, NOTABLE, PLAIN, Page, moment};
use crate::report::{Accounts, Delivered, Direction, Exchange, Export, Failure, Findings, Group, Import, Report};
use crate::text;

/// Findings of one code that are shown before the rest is only counted.
const SHOWN: usize = 12;

const BEFORE_DRY_RUN: Text = Text::of(
    "Dry run: nothing is changed, on no server, in no file, in no journal.",
    "Essai à blanc : rien n'est changé, ni sur un serveur, ni dans un fichier, ni dans le journal.",
);
const AFTER_DRY_RUN: Text =
    Text::of("This was a dry run: nothing was changed.", "C'était un essai à blanc : rien n'a été changé.");

pub fn write(report: &Report) -> String {
    let mut page = Page::styled(report.language());
    let (verb, run) = (&report.verb, &report.run);
    let what = text!("Passerelle {verb} · run {run} · ", "Passerelle {verb} · exécution {run} · ");
    page.label(0, BOLD, &what, &moment(report.started));
    if !report.site.is_empty() {
        page.write(0, PLAIN, &report.site);
    }
    if report.dry_run {
        page.say(0, NOTABLE, &BEFORE_DRY_RUN);
    }
    for exchange in &report.exchanges {
        page.language = exchange.language;
        page.exchange(exchange, report.dry_run);
    }
    page.language = report.language();
    page.blank();
    if report.dry_run {
        page.say(0, NOTABLE, &AFTER_DRY_RUN);
    }
    page.end(report);
    page.finish()
}

/// What there is to know about a finding's code, where that is known.
pub type Meaning<'a> = &'a dyn Fn(&str) -> Option<&'static Rule>;

impl Page {
    fn exchange(&mut self, exchange: &Exchange, dry_run: bool) {
        self.blank();
        let (name, server, profile) = (&exchange.name, &exchange.server, &exchange.profile);
        self.say(
            0,
            BOLD,
            &match exchange.direction {
                _ if server.is_empty() => Text::same(format!("{profile} · {name}")),
                Direction::Export => text!("{name} · export to {server}", "{name} · export vers {server}"),
                Direction::Import => text!("{name} · import from {server}", "{name} · import depuis {server}"),
            },
        );
        exchange.alerts.iter().for_each(|alert| self.say(2, BAD, alert));
        exchange.remarks.iter().for_each(|remark| self.say(2, NOTABLE, remark));
        exchange.exports.iter().for_each(|export| self.export(export));
        exchange.imports.iter().for_each(|import| self.import(import, dry_run));
        exchange.removed.iter().for_each(|removed| self.say(2, PLAIN, &removed.sentence(dry_run)));
        match &exchange.failure {
            Some(failure) => self.failure(failure),
            None if exchange.is_idle() => {
                self.say(2, PLAIN, &Text::of("nothing to do", "rien à faire"));
            }
            None => {}
        }
    }

    fn export(&mut self, export: &Export) {
        let (style, outcome) = outcome(export.outcome);
        self.label(2, style, &Text::same(format!("{} — ", export.file)), &outcome);
        let noun = if export.kind == Content::Picture { &count::PICTURES } else { &count::ROWS };
        let counts = count::list(&[counted(export.rows, noun), counted(export.size as usize, &count::BYTES)]);
        let counts = match export.tells() {
            Some(tells) => tells.then(&Text::of(": ", " : ")).then(&counts),
            None => counts,
        };
        match export.left_out {
            0 => self.say(4, PLAIN, &counts),
            left_out => {
                let left_out = counted(left_out, &count::PEOPLE_LEFT_OUT);
                self.label(4, PLAIN, &counts.then(&Text::of("; ", " ; ")), &left_out);
            }
        }
        export.accounts.iter().for_each(|accounts| self.accounts(accounts));
        self.held(&export.held);
        self.findings(4, &Listing::for_operator(&export.findings, &BTreeMap::new()));
    }

    fn accounts(&mut self, accounts: &Accounts) {
        let done = count::list(&[
            counted(accounts.created, &count::ACCOUNTS_CREATED),
            counted(accounts.changed, &count::ACCOUNTS_CHANGED),
            counted(accounts.switched_off, &count::SWITCHED_OFF),
            counted(accounts.unchanged, &count::ACCOUNTS_UNCHANGED),
        ]);
        match accounts.refused {
            0 => self.say(4, PLAIN, &done),
            refused => self.label(4, PLAIN, &done.then(&Text::of("; ", " ; ")), &counted(refused, &count::REFUSED)),
        }
    }

    fn import(&mut self, import: &Import, dry_run: bool) {
        let style = match import.verdict {
            Verdict::Accepted => GOOD,
            Verdict::AcceptedWithRemarks => NOTABLE,
            Verdict::TakenInPart | Verdict::Held | Verdict::Refused => BAD,
        };
        self.label(2, style, &Text::same(format!("{} — ", import.file)), &import.verdict.name());
        if import.resumed {
            self.say(4, PLAIN, &RESUMED);
        }
        if import.discarded {
            self.say(4, PLAIN, &DISCARDED);
        }
        match import.already_taken {
            true => self.say(4, PLAIN, &ALREADY_TAKEN),
            false => self.say(4, PLAIN, &counts(import)),
        }
        import.returned.iter().for_each(|returned| self.say(4, PLAIN, &returned.sentence()));
        self.held(&import.held);
        let let_through = Text::of("let through: ", "laissé passer : ");
        import.let_through.iter().for_each(|reason| self.label(4, NOTABLE, &let_through, reason));
        let not_applied = Text::of("not applied: ", "non appliqué : ");
        import.failed.iter().for_each(|reason| self.label(4, BAD, &not_applied, reason));
        let kept = Text::of("left as it is: ", "laissé tel quel : ");
        import.kept.iter().take(SHOWN).for_each(|what| self.label(4, NOTABLE, &kept, what));
        if import.kept.len() > SHOWN {
            self.more(4, &counted(import.kept.len() - SHOWN, &count::MORE), &all_in(JSON));
        }
        if let Some(place) = &import.set_aside {
            self.say(4, PLAIN, &text!("set aside as {place}", "rangé sous {place}"));
        }
        if let Some(place) = &import.corrections {
            self.say(4, PLAIN, &text!("rows to correct in {place}", "lignes à corriger dans {place}"));
        }
        if let Some(file) = &import.operations_file {
            self.say(4, PLAIN, &text!("what was done to users is in {file}", "les opérations faites sont dans {file}"));
        }
        self.findings(4, &Listing::for_operator(&import.findings, &import.unlisted));
        let are_done = !dry_run && import.verdict != Verdict::Held;
        self.operations(4, &import.operations, are_done);
    }

    fn held(&mut self, reasons: &[Text]) {
        reasons.iter().for_each(|reason| self.label(4, BAD, &Text::of("held: ", "retenu : "), reason));
    }

    fn operations(&mut self, indent: usize, operations: &[Operation], are_done: bool) {
        operations.iter().take(SHOWN).for_each(|operation| self.say(indent, PLAIN, &told(operation, are_done)));
        if operations.len() > SHOWN {
            self.more(indent, &counted(operations.len() - SHOWN, &count::MORE_OPERATIONS), &all_in(JSON));
        }
    }

    /// Findings by code, the first ones of each.
    pub(super) fn findings(&mut self, indent: usize, listing: &Listing<'_>) {
        for Group { code, severity, findings, count: all } in listing.findings.by_code(listing.unlisted) {
            let style = match severity {
                Severity::Error => BAD,
                Severity::Remark => NOTABLE,
            };
            let listed = findings.len();
            let count = grouped(all);
            let code_of = Text::same(format!(" {code} (")).then(&count).then(&Text::same(")"));
            self.label(indent, style, &severity.name(), &code_of);
            if let Some(rule) = (listing.codes)(code) {
                let sentences = [&rule.meaning, &rule.correction].map(|text| text.is(self.language));
                self.write(indent + 2, PLAIN, sentences.join(" ").trim());
            }
            for finding in findings.iter().take(listing.shown) {
                self.write(indent + 2, PLAIN, &finding.sentence(self.language));
            }
            let shown = listed.min(listing.shown);
            let rest = counted(all - shown, &count::MORE);
            match (all > shown, all > listed) {
                (true, true) => self.more(indent + 2, &rest, &part_in(listed, listing.whole)),
                (true, false) => self.more(indent + 2, &rest, &all_in(listing.whole)),
                (false, _) => {}
            }
        }
    }

    fn more(&mut self, indent: usize, rest: &Text, place: &Text) {
        self.label(indent, PLAIN, &Text::of("… and ", "… et ").then(rest), place);
    }

    /// What was tried is told in English: it is for whoever looks after the servers, and to be searched for.
    pub(super) fn failure(&mut self, failure: &Failure) {
        let mut chain = failure.chain.iter().map(|link| Text::same(link.clone()));
        if let Some(tried) = chain.next() {
            self.label(2, BAD, &Text::of("failed: ", "échec : "), &tried);
        }
        chain.for_each(|cause| self.label(4, PLAIN, &Text::of("because: ", "cause : "), &cause));
        if let Some(known) = &failure.known {
            self.say(4, PLAIN, known);
        }
        if failure.later_may_help {
            self.say(4, PLAIN, &Text::of("a later try may help", "un nouvel essai peut aboutir plus tard"));
        }
    }

    fn end(&mut self, report: &Report) {
        self.exit(report.exit_code, &report.meaning());
        let holds = report.exchanges.iter().any(Exchange::holds);
        // A dry run leaves nothing that could be approved.
        if holds && !report.dry_run {
            self.say(0, PLAIN, &Text::of("To let through what is held:", "Pour laisser passer ce qui est retenu :"));
            self.write(2, PLAIN, &report.command("approve"));
        }
    }

    pub(super) fn exit(&mut self, exit: Exit, meaning: &Text) {
        let style = if exit == Exit::Done { GOOD } else { BAD };
        let code = exit.code();
        let label = text!("Exit code {code}: ", "Code de sortie {code} : ");
        self.label(0, style, &label, &meaning.then(&Text::same(".")));
    }
}

/// Findings, and how much of them is told.
pub(super) struct Listing<'a> {
    pub findings: &'a Findings,
    /// How many there are of a code beyond those.
    pub unlisted: &'a BTreeMap<String, usize>,
    /// Of each code.
    pub shown: usize,
    /// Where more of them are.
    pub whole: &'a str,
    pub codes: Meaning<'a>,
}

impl<'a> Listing<'a> {
    fn for_operator(findings: &'a Findings, unlisted: &'a BTreeMap<String, usize>) -> Listing<'a> {
        Listing { findings, unlisted, shown: SHOWN, whole: JSON, codes: &|_| None }
    }
}

const JSON: &str = "`--output json`";

fn all_in(place: &str) -> Text {
    text!("; {place} shows them all", " ; {place} montre tout")
}

fn part_in(listed: usize, place: &str) -> Text {
    let listed = grouped(listed);
    text!("; {place} shows the first {listed}", " ; {place} montre les {listed} premiers", listed)
}

pub(super) const RESUMED: Text = Text::of(
    "an interrupted run had begun to apply it; this run finished it",
    "une exécution interrompue avait commencé à l'appliquer ; celle-ci l'a achevé",
);
pub(super) const DISCARDED: Text =
    Text::of("its plan was held, and is given up", "son plan était retenu ; il est abandonné");
pub(super) const ALREADY_TAKEN: Text = Text::of(
    "this very file was taken before; nothing was applied again",
    "ce même fichier a déjà été pris ; rien n'a été appliqué de nouveau",
);

pub(super) fn outcome(outcome: Delivered) -> (Style, Text) {
    match outcome {
        Delivered::Delivered => (GOOD, Text::of("delivered", "livré")),
        Delivered::DeliveredInTwoSteps => (
            GOOD,
            Text::of(
                "delivered; the server cannot replace a file at once, so the name was absent for an instant",
                "livré ; le serveur ne sait pas remplacer un fichier d'un seul coup : rien ne portait ce nom pendant \
                 un instant",
            ),
        ),
        Delivered::AlreadyDelivered => {
            (GOOD, Text::of("delivered before, nothing was sent", "déjà livré, rien n'a été envoyé"))
        }
        Delivered::Unchanged => {
            (GOOD, Text::of("nothing has changed, nothing was sent", "rien n'a changé, rien n'a été envoyé"))
        }
        Delivered::WouldBeDelivered => (GOOD, Text::of("would be delivered", "serait livré")),
        Delivered::Held => (BAD, Text::of("held", "retenu")),
        Delivered::Discarded => (
            NOTABLE,
            Text::of(
                "discarded; the next run writes it anew",
                "abandonné ; la prochaine exécution l'écrira de nouveau",
            ),
        ),
        Delivered::Failed => (BAD, Text::of("not delivered", "non livré")),
    }
}

/// What became of the rows, in one line; the same for the operator and the partner.
pub(super) fn counts(import: &Import) -> Text {
    let rows = counted(import.rows, &count::ROWS);
    match (import.verdict, import.rows) {
        (Verdict::Refused, 0) => return Text::of("nothing was taken", "rien n'a été pris"),
        (Verdict::Refused, 1) => return Text::of("1 row, which was not taken", "1 ligne, qui n'a pas été prise"),
        (Verdict::Refused, _) => return rows.then(&Text::of(", none of them taken", ", dont aucune n'a été prise")),
        _ => {}
    }
    let mut parts = vec![
        counted(import.created, &count::CREATED),
        counted(import.updated, &count::UPDATED),
        counted(import.unchanged, &count::UNCHANGED),
    ];
    if import.left_out > 0 {
        parts.push(counted(import.left_out, &count::LEFT_OUT));
    }
    if !import.failed.is_empty() {
        parts.push(counted(import.failed.len(), &count::NOT_APPLIED));
    }
    rows.then(&Text::of(": ", " : ")).then(&count::list(&parts))
}

/// ``would update `nils` (row 17): department `Sales` → `Support` ``; once it is done, `updated`.
fn told(operation: &Operation, is_done: bool) -> Text {
    let (verb, data): (Text, Vec<Text>) = match &operation.act {
        Act::Create { fields, .. } => {
            let values = fields.0.iter().map(|(field, value)| Text::same(format!("{field} `{value}`")));
            let verb = if is_done { Text::of("created", "créé :") } else { Text::of("would create", "créerait") };
            (verb, values.collect())
        }
        Act::Update { changes, .. } => {
            let change = |(field, change): &(Field, Change)| {
                let field = Text::same(format!("{field} "));
                field.then(&quoted(&change.from)).then(&Text::same(" → ")).then(&quoted(&change.to))
            };
            let verb = match is_done {
                true => Text::of("updated", "mis à jour :"),
                false => Text::of("would update", "mettrait à jour"),
            };
            (verb, changes.0.iter().map(change).collect())
        }
    };
    let mark = match operation.mark {
        Some(Mark::Departure) => Text::of(", a departure", ", un départ"),
        Some(Mark::Return) => Text::of(", a return", ", un retour"),
        Some(Mark::Arrival) | None => Text::of("", ""),
    };
    let (login, row) = (&operation.user().login, operation.row);
    let login = if login.is_empty() { String::new() } else { format!(" `{login}`") };
    let who = text!("{login} (row {row}", "{login} (ligne {row}");
    verb.then(&who).then(&mark).then(&Text::of("): ", ") : ")).then(&count::list(&data))
}

/// A value of a field.
pub(super) fn quoted(value: &str) -> Text {
    match value {
        "" => Text::of("(empty)", "(vide)"),
        _ => Text::same(format!("`{value}`")),
    }
}
