//! The report for people, at most 80 columns wide, with styles that `cli` takes off where there is no terminal.

use std::fmt::Write as _;

use anstyle::{AnsiColor, Style};

use crate::model::operation::{Act, Change, Mark};
use crate::model::{Exit, Field, Finding, Operation, Rule, Verdict};
use crate::report::{Delivered, Direction, Exchange, Export, Failure, Findings, Import, Report};

const WIDTH: usize = 80;
/// Findings of one code that are shown before the rest is only counted.
const SHOWN: usize = 12;

const BOLD: Style = Style::new().bold();
const GOOD: Style = AnsiColor::Green.on_default();
const NOTABLE: Style = AnsiColor::Yellow.on_default();
const BAD: Style = AnsiColor::Red.on_default();

pub fn write(report: &Report) -> String {
    let mut page = Page::default();
    let started = report.started.format("%Y-%m-%d %H:%M UTC");
    page.heading(&format!("Passerelle {} · run {} · {started}", report.verb, report.run));
    page.line(0, &report.site);
    if report.dry_run {
        page.styled(0, NOTABLE, "Dry run: nothing is changed, on no server, in no file, in no journal.");
    }
    for exchange in &report.exchanges {
        page.exchange(exchange);
    }
    page.blank();
    if report.dry_run {
        page.styled(0, NOTABLE, "This was a dry run: nothing was changed.");
    }
    page.end(report);
    page.text
}

/// The findings alone, without styles, and what their codes mean: the part of a verdict that a partner reads.
pub(super) fn findings(findings: &Findings, meaning: Meaning<'_>) -> String {
    let mut page = Page { plain: true, ..Page::default() };
    page.findings(0, findings, usize::MAX, meaning);
    page.text
}

/// What there is to know about a finding's code, where that is known.
pub type Meaning<'a> = &'a dyn Fn(&str) -> Option<&'static Rule>;

#[derive(Default)]
struct Page {
    text: String,
    plain: bool,
}

impl Page {
    fn exchange(&mut self, exchange: &Exchange) {
        self.blank();
        let way = match exchange.direction {
            Direction::Export => "export to",
            Direction::Import => "import from",
        };
        self.heading(&format!("{} · {way} {}", exchange.name, exchange.server));
        for remark in &exchange.remarks {
            self.styled(2, NOTABLE, remark.is(exchange.language));
        }
        exchange.exports.iter().for_each(|export| self.export(export));
        exchange.imports.iter().for_each(|import| self.import(import));
        match &exchange.failure {
            Some(failure) => self.failure(failure),
            None if exchange.exports.is_empty() && exchange.imports.is_empty() => self.line(2, "nothing to do"),
            None => {}
        }
    }

    fn export(&mut self, export: &Export) {
        let (style, outcome) = match export.outcome {
            Delivered::Delivered => (GOOD, "delivered"),
            Delivered::DeliveredInTwoSteps => {
                (GOOD, "delivered; the server cannot replace a file at once, so the name was absent for an instant")
            }
            Delivered::AlreadyDelivered => (GOOD, "delivered before, nothing was sent"),
            Delivered::WouldBeDelivered => (GOOD, "would be delivered"),
            Delivered::Held => (BAD, "held"),
            Delivered::Failed => (BAD, "not delivered"),
        };
        self.styled(2, style, &format!("{} — {outcome}", export.file));
        let mut counts = format!("{}, {}", count(export.rows, "row"), count(export.size as usize, "byte"));
        if export.left_out > 0 {
            write!(counts, "; {} left out", people(export.left_out)).expect("a string takes all");
        }
        self.line(4, &counts);
        export.held.iter().for_each(|reason| self.styled(4, BAD, &format!("held: {reason}")));
        self.findings(4, &export.findings, SHOWN, &|_| None);
    }

    fn import(&mut self, import: &Import) {
        let style = match import.verdict {
            Verdict::Accepted => GOOD,
            Verdict::AcceptedWithRemarks => NOTABLE,
            Verdict::TakenInPart | Verdict::Held | Verdict::Refused => BAD,
        };
        self.styled(2, style, &format!("{} — {}", import.file, import.verdict));
        if import.resumed {
            self.line(4, "an interrupted run had begun to apply it; this run finished it");
        }
        match import.already_taken {
            true => self.line(4, "this very file was taken before; nothing was applied again"),
            false => self.line(4, &counts(import)),
        }
        import.held.iter().for_each(|reason| self.styled(4, BAD, &format!("held: {reason}")));
        import.failed.iter().for_each(|reason| self.styled(4, BAD, &format!("not applied: {reason}")));
        if let Some(place) = &import.set_aside {
            self.line(4, &format!("set aside as {place}"));
        }
        if let Some(place) = &import.corrections {
            self.line(4, &format!("rows to correct in {place}"));
        }
        if let Some(file) = &import.operations_file {
            self.line(4, &format!("what was done to users is in {file}"));
        }
        self.findings(4, &import.findings, SHOWN, &|_| None);
        self.operations(4, &import.operations);
    }

    fn operations(&mut self, indent: usize, operations: &[Operation]) {
        operations.iter().take(SHOWN).for_each(|operation| self.line(indent, &would(operation)));
        if operations.len() > SHOWN {
            let rest = operations.len() - SHOWN;
            self.line(indent, &format!("… and {rest} more operations; `--output json` shows them all"));
        }
    }

    fn findings(&mut self, indent: usize, findings: &Findings, shown: usize, meaning: Meaning<'_>) {
        for (code, group) in findings.by_code() {
            let (style, severity) = match group[0].is_error() {
                true => (BAD, "error"),
                false => (NOTABLE, "remark"),
            };
            self.styled(indent, style, &format!("{severity} {code} ({})", group.len()));
            if let Some(rule) = meaning(code) {
                self.line(indent + 2, format!("{} {}", rule.meaning, rule.correction).trim_end());
            }
            group.iter().take(shown).for_each(|finding| self.finding(indent + 2, finding));
            if group.len() > shown {
                let rest = group.len() - shown;
                self.line(indent + 2, &format!("… and {rest} more; `--output json` shows them all"));
            }
        }
    }

    fn finding(&mut self, indent: usize, finding: &Finding) {
        self.line(indent, &finding.to_string());
    }

    fn failure(&mut self, failure: &Failure) {
        let mut chain = failure.chain.iter();
        if let Some(tried) = chain.next() {
            self.styled(2, BAD, &format!("failed: {tried}"));
        }
        chain.for_each(|cause| self.line(4, &format!("because: {cause}")));
        if failure.later_may_help {
            self.line(4, "a later try may help");
        }
    }

    fn end(&mut self, report: &Report) {
        let exit = report.exit_code;
        let style = if exit == Exit::Done { GOOD } else { BAD };
        self.styled(0, style, &format!("Exit code {}: {}.", exit.code(), exit.meaning()));
        let holds = report.exchanges.iter().any(Exchange::holds);
        // A dry run leaves nothing that could be approved.
        if holds && !report.dry_run {
            let site = match report.site.as_str() {
                "passerelle.toml" => String::new(),
                site => format!("--site {site} "),
            };
            self.line(0, "To let through what is held:");
            self.line(2, &format!("passerelle {site}approve {}", report.run));
        }
    }

    fn heading(&mut self, text: &str) {
        self.styled(0, BOLD, text);
    }

    fn line(&mut self, indent: usize, text: &str) {
        self.styled(indent, Style::new(), text);
    }

    /// Wraps; what goes over the line is set in by two more.
    fn styled(&mut self, indent: usize, style: Style, text: &str) {
        let first = " ".repeat(indent);
        let more = " ".repeat(indent + 2);
        let options = textwrap::Options::new(WIDTH)
            .initial_indent(&first)
            .subsequent_indent(&more)
            .break_words(false)
            .word_splitter(textwrap::WordSplitter::NoHyphenation);
        let style = if self.plain { Style::new() } else { style };
        for line in textwrap::wrap(&visible(text), options) {
            writeln!(self.text, "{style}{line}{style:#}").expect("a string takes all");
        }
    }

    fn blank(&mut self) {
        self.text.push('\n');
    }
}

/// What became of the rows, in one line; the same for the operator and the partner.
pub(super) fn counts(import: &Import) -> String {
    match (import.verdict, import.rows) {
        (Verdict::Refused, 0) => return "nothing was taken".into(),
        (Verdict::Refused, 1) => return "1 row, which was not taken".into(),
        (Verdict::Refused, rows) => return format!("{}, none of them taken", count(rows, "row")),
        _ => {}
    }
    let mut parts = vec![
        format!("{} created", import.created),
        format!("{} updated", import.updated),
        format!("{} unchanged", import.unchanged),
    ];
    if import.left_out > 0 {
        parts.push(format!("{} left out", import.left_out));
    }
    if !import.failed.is_empty() {
        parts.push(format!("{} not applied", import.failed.len()));
    }
    format!("{}: {}", count(import.rows, "row"), parts.join(", "))
}

/// A partner's file must not write to the operator's terminal: control characters are shown as their pictures.
fn visible(text: &str) -> String {
    let picture = |letter: char| match letter {
        '\u{0}'..='\u{1f}' => char::from_u32(0x2400 + letter as u32).unwrap_or('\u{fffd}'),
        '\u{7f}' => '\u{2421}',
        _ if letter.is_control() => '\u{fffd}',
        _ => letter,
    };
    text.chars().map(picture).collect()
}

/// ``would update `nils` (row 17): department `Sales` → `Support` ``
fn would(operation: &Operation) -> String {
    let (verb, data): (&str, Vec<String>) = match &operation.act {
        Act::Create { fields, .. } => {
            ("create", fields.0.iter().map(|(field, value)| format!("{field} `{value}`")).collect())
        }
        Act::Update { changes, .. } => {
            let change = |(field, change): &(Field, Change)| {
                format!("{field} {} → {}", quoted(&change.from), quoted(&change.to))
            };
            ("update", changes.0.iter().map(change).collect())
        }
    };
    let mark = match operation.mark {
        Some(Mark::Departure) => ", a departure",
        Some(Mark::Return) => ", a return",
        Some(Mark::Arrival) | None => "",
    };
    format!("would {verb} `{}` (row {}{mark}): {}", operation.user().login, operation.row, data.join(", "))
}

fn quoted(value: &str) -> String {
    if value.is_empty() { "(empty)".into() } else { format!("`{value}`") }
}

fn count(number: usize, noun: &str) -> String {
    match number {
        1 => format!("1 {noun}"),
        _ => format!("{} {noun}s", grouped(number)),
    }
}

fn people(number: usize) -> String {
    match number {
        1 => "1 person".into(),
        _ => format!("{} people", grouped(number)),
    }
}

/// `1234567` is `1,234,567`.
fn grouped(number: usize) -> String {
    let digits = number.to_string();
    let mut grouped = String::new();
    for (index, digit) in digits.chars().enumerate() {
        if index > 0 && (digits.len() - index).is_multiple_of(3) {
            grouped.push(',');
        }
        grouped.push(digit);
    }
    grouped
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_control_character_of_a_partner_never_reaches_the_terminal() {
        assert_eq!(visible("a\u{7}\u{1b}[31m\u{7f}\u{9b}é"), "a␇␛[31m␡\u{fffd}é");
    }

    #[test]
    fn numbers_are_grouped_by_threes() {
        for (number, text) in [(0, "0"), (999, "999"), (1000, "1,000"), (1234567, "1,234,567")] {
            assert_eq!(grouped(number), text);
        }
    }
}
