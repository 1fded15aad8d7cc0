//! The report as one page that needs nothing else: no network, no script; to be read on a phone, by keyboard, on paper.

mod plan;
mod sentence;

use std::collections::BTreeMap;

use maud::{DOCTYPE, Markup, PreEscaped, html};

use crate::model::{Content, Exit, Finding, Language, Severity, Text, Verdict};
use crate::report::page::{moment, visible};
use crate::report::text::{ALREADY_TAKEN, DISCARDED, Meaning, RESUMED, outcome};
use crate::report::{Delivered, Direction, Exchange, Export, Group, Import, Report, count};

/// Findings of one code that are listed; the rest is only counted.
const FINDINGS: usize = 100;
/// Characters of a cell that are shown.
const CELL: usize = 100;

const STYLE: &str = include_str!("html.css");

/// `codes` tells what a finding's code means.
pub fn write(report: &Report, codes: Meaning<'_>) -> String {
    let page = Page { report, language: report.language(), codes };
    page.document().into_string()
}

/// What is written in one language.
#[derive(Clone, Copy)]
struct Page<'a> {
    report: &'a Report,
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

    fn document(self) -> Markup {
        let report = self.report;
        let title = format!("Passerelle {} · {} {}", report.verb, self.is("run", "exécution"), report.run);
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
                        p {
                            (moment(report.started).is(self.language))
                            @if !report.site.is_empty() { " · " (visible(&report.site)) }
                        }
                        @if report.dry_run {
                            p.notice { (self.is(
                                "Dry run: nothing was changed, on no server, in no file, in no journal.",
                                "Essai à blanc : rien n'a été changé, ni sur un serveur, ni dans un fichier, ni dans \
                                 le journal.",
                            )) }
                        }
                        p { strong.(tone(report.exit_code == Exit::Done)) {
                            (self.is("Exit code", "Code de sortie")) " " (report.exit_code.code())
                        } " — " (self.sentence(report.meaning().is(self.language))) }
                    }
                    main {
                        (self.overview())
                        @for (index, exchange) in report.exchanges.iter().enumerate() {
                            (Page { language: exchange.language, ..self }.exchange(exchange, index + 1))
                        }
                    }
                }
            }
        }
    }

    /// Where to look, when there is more than one exchange.
    fn overview(self) -> Markup {
        let report = self.report;
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
                p { (exchange.profile) @if !exchange.server.is_empty() { " · " (way) " " (exchange.server) } }
                @for alert in &exchange.alerts { p.problem { (self.said(alert)) } }
                @for remark in &exchange.remarks { p.notice { (self.said(remark)) } }
                @for export in &exchange.exports { (self.export(export, &exchange.name)) }
                @for (index, import) in exchange.imports.iter().enumerate() {
                    (self.import(import, &exchange.name, &format!("e{number}i{}", index + 1)))
                }
                @for removed in &exchange.removed { p { (self.said(&removed.sentence(self.report.dry_run))) } }
                @if let Some(failure) = &exchange.failure {
                    div.problem role="note" {
                        @for (depth, cause) in failure.chain.iter().enumerate() {
                            p { @if depth > 0 { (self.is("because: ", "cause : ")) } (visible(cause)) }
                        }
                        @if let Some(known) = &failure.known { p { (known.sentence().is(self.language)) } }
                        @if failure.later_may_help { p { (self.is("A later try may help.", "Un nouvel essai peut aboutir.")) } }
                    }
                }
                @if exchange.failure.is_none() && exchange.is_idle() {
                    p { (self.is("Nothing to do.", "Rien à faire.")) }
                }
            }
        }
    }

    fn export(self, export: &Export, exchange: &str) -> Markup {
        let is_good = !matches!(export.outcome, Delivered::Held | Delivered::Failed | Delivered::Discarded);
        html! {
            article {
                h3 { (visible(&export.file)) " " span.badge.(tone(is_good)) { (outcome(export.outcome).1.is(self.language)) } }
                @if let Some(tells) = export.tells() { p { (self.said(&tells)) } }
                (self.held(&export.held, exchange, export.outcome == Delivered::Held, None))
                dl.counts {
                    @if export.kind == Content::Picture {
                        (self.count(self.is("pictures", "photos"), export.rows))
                    } @else {
                        (self.count(self.is("rows", "lignes"), export.rows))
                        (self.count(self.is("left out", "écartées"), export.left_out))
                    }
                    (self.count(self.is("bytes", "octets"), export.size as usize))
                    @if let Some(accounts) = &export.accounts {
                        (self.count(self.is("accounts created", "comptes créés"), accounts.created))
                        (self.count(self.is("changed", "modifiés"), accounts.changed))
                        (self.count(self.is("switched off", "désactivés"), accounts.switched_off))
                        (self.count(self.is("unchanged", "inchangés"), accounts.unchanged))
                        (self.count(self.is("refused by the partner", "refusés par le partenaire"), accounts.refused))
                    }
                }
                (self.findings(&export.findings.by_code(&BTreeMap::new()), "", &|_| None))
            }
        }
    }

    fn import(self, import: &Import, exchange: &str, id: &str) -> Markup {
        let is_good = matches!(import.verdict, Verdict::Accepted | Verdict::AcceptedWithRemarks);
        let in_excerpt = |finding: &Finding| {
            let shown = import.excerpt.rows.iter().any(|row| Some(row.row) == finding.place.row);
            finding.place.address().filter(|_| shown).map(|address| format!("#{id}-{address}"))
        };
        html! {
            article aria-labelledby=(id) {
                h3 id=(id) { (visible(&import.file)) " " span.badge.(tone(is_good)) { (import.verdict.name().is(self.language)) } }
                @for (is_so, text) in [
                    (import.resumed, &RESUMED), (import.discarded, &DISCARDED), (import.already_taken, &ALREADY_TAKEN),
                ] {
                    @if is_so { p { (self.said(text)) } }
                }
                (self.held(&import.held, exchange, import.verdict == Verdict::Held && !import.discarded, Some(id)))
                @for (label, texts) in [
                    (self.is("Let through: ", "Laissé passer : "), &import.let_through),
                    (self.is("Left as it is: ", "Laissé tel quel : "), &import.kept),
                ] {
                    @for text in texts { p.notice { (self.bound(label)) (self.sentence(text.is(self.language))) } }
                }
                @for returned in &import.returned { p { (self.said(&returned.sentence())) } }
                @for reason in &import.failed {
                    p.problem { (self.bound(self.is("Not applied: ", "Non appliqué : "))) (self.sentence(reason.is(self.language))) }
                }
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
                    (self.is("What was done to users is in", "Les opérations faites sont dans"), &import.operations_file),
                ] {
                    @if let Some(place) = place { p { (what) " " code { (visible(place)) } } }
                }
                (self.findings(&import.findings.by_code(&import.unlisted), id, &in_excerpt))
                (self.excerpt(import, id))
                (self.plan(&import.operations, import.verdict == Verdict::Held, id))
            }
        }
    }

    /// Why it is held, and how a person decides. A dry run leaves nothing to decide on.
    fn held(self, reasons: &[Text], exchange: &str, is_open: bool, plan: Option<&str>) -> Markup {
        let is_dry = self.report.dry_run;
        let title = match is_dry {
            true => {
                self.is("Would be held until a person approves:", "Serait retenu jusqu'à ce qu'une personne approuve :")
            }
            false => self.is("Held until a person approves:", "Retenu jusqu'à ce qu'une personne approuve :"),
        };
        let ways = [
            ("approve", self.is("To let it through:", "Pour le laisser passer :")),
            ("discard", self.is("To give it up:", "Pour y renoncer :")),
        ];
        html! {
            @if !reasons.is_empty() {
                div.problem role="note" {
                    p { strong { (self.bound(title)) } }
                    ul { @for reason in reasons { li { (self.sentence(reason.is(self.language))) } } }
                    @if let Some(id) = plan {
                        p { a href=(format!("#{id}-plan")) { (self.is("What would be done, before and after", "Ce qui serait fait, avant et après")) } }
                    }
                    @if is_open && !is_dry {
                        dl.ways {
                            @for (verb, label) in ways {
                                dt { (self.bound(label)) }
                                dd { code { (visible(&self.report.command(verb))) " " (exchange) } }
                            }
                        }
                    }
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
                        p.meaning { (self.sentence(rule.meaning.is(self.language))) " " (self.sentence(rule.correction.is(self.language))) }
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
        let sentence = finding.sentence(self.language);
        let address = finding.place.address().unwrap_or_default();
        let (place, problem) = sentence.split_once(": ").unwrap_or(("", &sentence));
        html! {
            @match cell {
                Some(target) => {
                    a id=(format!("{id}-{address}-{}", finding.code)) href=(target) { (self.bound(&format!("{place}:"))) }
                    " " (self.sentence(problem))
                }
                None => (self.said(&Text::same(sentence.clone()))),
            }
        }
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

    fn more(self, number: usize) -> Markup {
        let number = self.number(number);
        let rest = match self.language {
            Language::English => format!("… and {number} more; `--output json` shows them all"),
            Language::French => format!("… et {number} de plus ; `--output json` les montre tous"),
        };
        html! { p { (self.sentence(&rest)) } }
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
