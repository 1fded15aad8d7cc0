//! The report as one page that needs nothing else: no network, no script; to be read on a phone, by keyboard, on paper.

use std::collections::BTreeMap;

use maud::{DOCTYPE, Markup, PreEscaped, html};

use crate::model::operation::{Act, Mark};
use crate::model::{Exit, Finding, Language, Operation, Severity, Text, Verdict};
use crate::report::page::visible;
use crate::report::text::{Meaning, outcome};
use crate::report::{Delivered, Direction, Exchange, Export, Group, Import, Report, count};

/// Findings of one code that are listed; the rest is only counted.
const FINDINGS: usize = 100;
/// Operations that are listed; the rest is only counted.
const OPERATIONS: usize = 500;
/// Characters of a cell that are shown.
const CELL: usize = 100;

const STYLE: &str = include_str!("html.css");

/// `codes` tells what a finding's code means.
pub fn write(report: &Report, codes: Meaning<'_>) -> String {
    let page = Page { language: report.language(), codes };
    page.document(report).into_string()
}

/// What is written in one language.
#[derive(Clone, Copy)]
struct Page<'a> {
    language: Language,
    codes: Meaning<'a>,
}

impl Page<'_> {
    fn is(self, english: &'static str, french: &'static str) -> &'static str {
        match self.language {
            Language::English => english,
            Language::French => french,
        }
    }

    fn document(self, report: &Report) -> Markup {
        let title = format!("Passerelle · {} · {}", report.verb, report.run);
        html! {
            (DOCTYPE)
            html lang=(self.is("en", "fr")) {
                head {
                    meta charset="utf-8";
                    meta name="viewport" content="width=device-width, initial-scale=1";
                    meta name="color-scheme" content="light dark";
                    meta name="referrer" content="no-referrer";
                    // Whatever a partner's cell holds, nothing is run and nothing is fetched.
                    meta http-equiv="Content-Security-Policy" content="default-src 'none'; style-src 'unsafe-inline'";
                    title { (title) }
                    style { (PreEscaped(STYLE)) }
                }
                body {
                    header {
                        h1 { (title) }
                        p { (report.started.format("%Y-%m-%d %H:%M UTC")) " · " (visible(&report.site)) }
                        @if report.dry_run {
                            p.notice { (self.is(
                                "Dry run: nothing was changed, on no server, in no file, in no journal.",
                                "Essai à blanc : rien n'a été changé, ni sur un serveur, ni dans un fichier, ni dans \
                                 le journal.",
                            )) }
                        }
                        p { strong.(tone(report.exit_code == Exit::Done)) {
                            (self.is("Exit code", "Code de sortie")) " " (report.exit_code.code())
                        } " — " (report.exit_code.meaning().is(self.language)) }
                    }
                    main {
                        (self.overview(report))
                        @for (index, exchange) in report.exchanges.iter().enumerate() {
                            (Page { language: exchange.language, ..self }.exchange(exchange, index + 1))
                        }
                    }
                }
            }
        }
    }

    /// Where to look, when there is more than one exchange.
    fn overview(self, report: &Report) -> Markup {
        html! {
            @if report.exchanges.len() > 1 {
                nav aria-label=(self.is("Exchanges", "Échanges")) {
                    ul.overview {
                        @for (index, exchange) in report.exchanges.iter().enumerate() {
                            @let exit = exchange.exit();
                            li {
                                span.badge.(tone(exit == Exit::Done)) { (exit.code()) } " "
                                a href=(format!("#e{}", index + 1)) { (exchange.name) }
                            }
                        }
                    }
                }
            }
        }
    }

    fn exchange(self, exchange: &Exchange, number: usize) -> Markup {
        let way = match exchange.direction {
            Direction::Export => self.is("export to", "export vers"),
            Direction::Import => self.is("import from", "import depuis"),
        };
        html! {
            section lang=(self.is("en", "fr")) aria-labelledby=(format!("e{number}")) {
                h2 id=(format!("e{number}")) { (exchange.name) }
                p { (exchange.profile) " · " (way) " " (exchange.server) }
                @for remark in &exchange.remarks { p.notice { (visible(remark.is(self.language))) } }
                @for export in &exchange.exports { (self.export(export)) }
                @for (index, import) in exchange.imports.iter().enumerate() {
                    (self.import(import, &format!("e{number}i{}", index + 1)))
                }
                @if let Some(failure) = &exchange.failure {
                    div.problem role="note" {
                        @for (depth, cause) in failure.chain.iter().enumerate() {
                            p { @if depth > 0 { (self.is("because: ", "cause : ")) } (visible(cause)) }
                        }
                        @if failure.later_may_help { p { (self.is("A later try may help.", "Un nouvel essai peut aboutir.")) } }
                    }
                }
                @if exchange.failure.is_none() && exchange.exports.is_empty() && exchange.imports.is_empty() {
                    p { (self.is("Nothing to do.", "Rien à faire.")) }
                }
            }
        }
    }

    fn export(self, export: &Export) -> Markup {
        let is_good = !matches!(export.outcome, Delivered::Held | Delivered::Failed | Delivered::Discarded);
        html! {
            article {
                h3 { (visible(&export.file)) " " span.badge.(tone(is_good)) { (outcome(export.outcome).1.is(self.language)) } }
                (self.held(&export.held))
                dl.counts {
                    (self.count(self.is("rows", "lignes"), export.rows))
                    (self.count(self.is("left out", "écartées"), export.left_out))
                    (self.count(self.is("bytes", "octets"), export.size as usize))
                }
                (self.findings(&export.findings.by_code(&BTreeMap::new()), "", &|_| None))
            }
        }
    }

    fn import(self, import: &Import, id: &str) -> Markup {
        let is_good = matches!(import.verdict, Verdict::Accepted | Verdict::AcceptedWithRemarks);
        let in_excerpt = |finding: &Finding| {
            let shown = import.excerpt.rows.iter().any(|row| Some(row.row) == finding.place.row);
            finding.place.address().filter(|_| shown).map(|address| format!("#{id}-{address}"))
        };
        html! {
            article aria-labelledby=(id) {
                h3 id=(id) { (visible(&import.file)) " " span.badge.(tone(is_good)) { (import.verdict.name().is(self.language)) } }
                @if import.already_taken {
                    p { (self.is(
                        "This very file was taken before; nothing was applied again.",
                        "Ce même fichier a déjà été pris ; rien n'a été appliqué de nouveau.",
                    )) }
                }
                (self.held(&import.held))
                @for (label, texts) in [
                    (self.is("Let through: ", "Laissé passer : "), &import.let_through),
                    (self.is("Left as it is: ", "Laissé tel quel : "), &import.kept),
                ] {
                    @for text in texts { p.notice { (label) (visible(text.is(self.language))) } }
                }
                @for returned in &import.returned { p { (visible(returned.sentence().is(self.language))) } }
                @for reason in &import.failed { p.problem { (self.is("Not applied: ", "Non appliqué : ")) (visible(reason.is(self.language))) } }
                dl.counts {
                    (self.count(self.is("rows", "lignes"), import.rows))
                    (self.count(self.is("created", "créations"), import.created))
                    (self.count(self.is("updated", "mises à jour"), import.updated))
                    (self.count(self.is("unchanged", "inchangées"), import.unchanged))
                    (self.count(self.is("left out", "écartées"), import.left_out))
                }
                @for (what, place) in [
                    (self.is("Set aside as", "Rangé sous"), &import.set_aside),
                    (self.is("Rows to correct in", "Lignes à corriger dans"), &import.corrections),
                ] {
                    @if let Some(place) = place { p { (what) " " code { (visible(place)) } } }
                }
                (self.findings(&import.findings.by_code(&import.unlisted), id, &in_excerpt))
                (self.excerpt(import, id))
                (self.plan(&import.operations))
            }
        }
    }

    fn held(self, reasons: &[Text]) -> Markup {
        html! {
            @if !reasons.is_empty() {
                div.problem role="note" {
                    p { strong { (self.is("Held until a person approves:", "Retenu jusqu'à ce qu'une personne approuve :")) } }
                    ul { @for reason in reasons { li { (visible(reason.is(self.language))) } } }
                }
            }
        }
    }

    fn count(self, name: &str, number: usize) -> Markup {
        html! { div { dt { (name) } dd { (self.number(number)) } } }
    }

    /// One group for each code; a finding leads to its cell, where the cell is shown.
    fn findings(self, groups: &[Group<'_>], id: &str, cell: &dyn Fn(&Finding) -> Option<String>) -> Markup {
        html! {
            @if !groups.is_empty() { h4 { (self.is("Findings", "Constats")) } }
            @for Group { code, severity, findings, count } in groups {
                details open[findings.len() <= 20] {
                    summary {
                        span.badge.(if *severity == Severity::Error { "bad" } else { "notable" }) {
                            (severity.name().is(self.language))
                        }
                        " " code { (code) } " (" (self.number(*count)) ")"
                    }
                    @if let Some(rule) = (self.codes)(code) {
                        p.meaning { (rule.meaning.is(self.language)) " " (rule.correction.is(self.language)) }
                    }
                    ul {
                        @for finding in findings.iter().take(FINDINGS) {
                            li { (self.finding(finding, id, cell(finding))) }
                        }
                    }
                    @let rest = count - findings.len().min(FINDINGS);
                    @if rest > 0 { (self.more(rest)) }
                }
            }
        }
    }

    /// Its place leads to the cell.
    fn finding(self, finding: &Finding, id: &str, cell: Option<String>) -> Markup {
        let sentence = self.bound(&visible(&finding.sentence(self.language)));
        let address = finding.place.address().unwrap_or_default();
        let (place, problem) = sentence.split_once(": ").unwrap_or(("", &sentence));
        html! {
            @match cell {
                Some(target) => {
                    a id=(format!("{id}-{address}-{}", finding.code)) href=(target) { (place) ":" } " " (problem)
                }
                None => (sentence),
            }
        }
    }

    /// French signs of two parts stay on the line of their word. What the partner wrote stays as it is.
    fn bound(self, text: &str) -> String {
        if self.language == Language::English {
            return text.into();
        }
        let bind = |part: &str| {
            [";", ":", "?", "!", "»"]
                .iter()
                .fold(part.to_string(), |part, sign| part.replace(&format!(" {sign}"), &format!("\u{a0}{sign}")))
        };
        let parts =
            text.split('`').enumerate().map(|(index, part)| if index % 2 == 0 { bind(part) } else { part.into() });
        parts.collect::<Vec<String>>().join("`")
    }

    /// The partner's rows, with the cells marked about which there is something to say.
    fn excerpt(self, import: &Import, id: &str) -> Markup {
        let excerpt = &import.excerpt;
        let title = self.is("Rows as the partner wrote them", "Lignes telles que le partenaire les a écrites");
        html! {
            @if !excerpt.rows.is_empty() {
                h4 { (title) }
                div.wide tabindex="0" role="region" aria-label=(title) {
                    table {
                        thead { tr {
                            th scope="col" { (self.is("row", "ligne")) }
                            @for heading in &excerpt.headings { th scope="col" { (visible(heading)) } }
                        } }
                        tbody {
                            @for row in &excerpt.rows {
                                @let found: Vec<&Finding> =
                                    import.findings.0.iter().filter(|finding| finding.place.row == Some(row.row)).collect();
                                tr {
                                    th.(mark(found.iter().copied().filter(|finding| finding.place.column.is_none())))
                                        scope="row" id=(format!("{id}-{}", row.row)) { (row.row) }
                                    @for (column, cell) in row.cells.iter().enumerate() {
                                        @let here: Vec<&Finding> = found
                                            .iter()
                                            .copied()
                                            .filter(|finding| finding.place.column == Some(column as u32))
                                            .collect();
                                        (self.cell(cell, &here, id))
                                    }
                                }
                            }
                        }
                    }
                }
            }
        }
    }

    fn cell(self, cell: &str, findings: &[&Finding], id: &str) -> Markup {
        let shown = visible(&shortened(cell));
        let Some(first) = findings.first() else { return html! { td { (shown) } } };
        let address = first.place.address().unwrap_or_default();
        let sentences: Vec<String> = findings.iter().map(|finding| visible(&finding.sentence(self.language))).collect();
        html! {
            td.(mark(findings.iter().copied())) id=(format!("{id}-{address}")) title=(sentences.join("\n")) {
                a href=(format!("#{id}-{address}-{}", first.code)) {
                    (if shown.is_empty() { self.is("(empty)", "(vide)") } else { &shown })
                }
            }
        }
    }

    fn plan(self, operations: &[Operation]) -> Markup {
        let title = self.is("Plan: before and after", "Plan : avant et après");
        html! {
            @if !operations.is_empty() {
                details open[operations.len() <= 50] {
                summary { (title) " (" (self.number(operations.len())) ")" }
                div.wide tabindex="0" role="region" aria-label=(title) {
                    table {
                        thead { tr {
                            th scope="col" { (self.is("row", "ligne")) }
                            th scope="col" { (self.is("user", "utilisateur")) }
                            th scope="col" { (self.is("operation", "opération")) }
                            th scope="col" { (self.is("fields", "champs")) }
                        } }
                        tbody { @for operation in operations.iter().take(OPERATIONS) { (self.operation(operation)) } }
                    }
                }
                @if operations.len() > OPERATIONS { (self.more(operations.len() - OPERATIONS)) }
                }
            }
        }
    }

    fn operation(self, operation: &Operation) -> Markup {
        let what = match operation.mark {
            Some(Mark::Arrival) => self.is("creation, an arrival", "création, une arrivée"),
            Some(Mark::Departure) => self.is("update, a departure", "mise à jour, un départ"),
            Some(Mark::Return) => self.is("update, a return", "mise à jour, un retour"),
            None if operation.is_creation() => self.is("creation", "création"),
            None => self.is("update", "mise à jour"),
        };
        html! {
            tr {
                td { (operation.row) }
                th scope="row" { (visible(&operation.user().login)) }
                td { (what) }
                td { ul.fields.inline[operation.is_creation()] {
                    @match &operation.act {
                        Act::Create { fields, .. } => {
                            @for (field, value) in &fields.0 { li { code { (field) } " " ins { (visible(value)) } } }
                        }
                        Act::Update { changes, .. } => {
                            @for (field, change) in &changes.0 {
                                li { code { (field) } " " del { (self.value(&change.from)) } " → " ins { (self.value(&change.to)) } }
                            }
                        }
                    }
                } }
            }
        }
    }

    fn value(self, value: &str) -> String {
        if value.is_empty() { self.is("(empty)", "(vide)").into() } else { visible(value) }
    }

    fn more(self, number: usize) -> Markup {
        let number = self.number(number);
        html! { p { "… " (self.is("and", "et")) " " (number) " " (self.is("more; `--output json` shows them all", "de plus ; `--output json` les montre tous")) } }
    }

    fn number(self, number: usize) -> String {
        count::grouped(number).is(self.language).into()
    }
}

fn tone(is_good: bool) -> &'static str {
    if is_good { "good" } else { "bad" }
}

/// How a cell looks about which there are findings.
fn mark<'a>(mut findings: impl Iterator<Item = &'a Finding> + Clone) -> &'static str {
    match (findings.clone().any(Finding::is_error), findings.next().is_some()) {
        (true, _) => "bad",
        (false, true) => "notable",
        (false, false) => "plain",
    }
}

fn shortened(cell: &str) -> String {
    match cell.char_indices().nth(CELL) {
        Some((end, _)) => format!("{}…", &cell[..end]),
        None => cell.into(),
    }
}
