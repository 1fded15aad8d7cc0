//! What verbs print beside a report, for people or as JSON: `check`, `profiles`, `plan` and `history`.

use std::path::{Path, PathBuf};

use chrono::{DateTime, Utc};
use serde_json::json;

use crate::cli::arguments::Output;
use crate::cli::table;
use crate::job::saved::Saved;
use crate::job::{Error, run};
use crate::model::{Content, Language, Text, fold};
use crate::profile::{Profile, Profiles};
use crate::site::Site;
use crate::state::{Announced, Decision, Delivery, History, Run, State};
use crate::text;

/// Runs that `history` lists.
const RUNS: usize = 30;

/// What the night would do.
pub fn outline(site: &Site, now: DateTime<Utc>, output: Output) -> String {
    let outlines = site.outline(now);
    if output == Output::Json {
        let exchanges: Vec<_> = outlines
            .iter()
            .map(|outline| {
                json!({
                    "exchange": outline.exchange, "direction": outline.direction, "profile": outline.profile,
                    "people": outline.people, "server": outline.server, "what": outline.what,
                    "pickup": outline.pickup, "deadline": outline.deadline, "warnings": outline.warnings,
                })
            })
            .collect();
        return document(&json!({ "exchanges": exchanges }));
    }
    let mut page = "The site is right. The night would do, in this order:\n".to_string();
    for outline in outlines {
        let way = if outline.direction == "export" { "to" } else { "from" };
        page += &format!("\n{} · {} {way} {}\n", outline.exchange, outline.direction, outline.server);
        let mut rows = vec![("  what", outline.what), ("  profile", outline.profile), ("  people", outline.people)];
        rows.extend(outline.pickup.into_iter().map(|choice| ("  pickup", choice)));
        rows.extend(outline.deadline.map(|deadline| ("  deadline", deadline)));
        rows.extend(outline.warnings.into_iter().map(|warning| ("  warning", warning)));
        let rows: Vec<[String; 2]> = rows.into_iter().map(|(name, value)| [name.into(), value]).collect();
        page += &table::write(&rows);
    }
    page
}

/// All profiles, or the columns of one.
pub fn profiles(profiles: &Profiles, name: Option<&str>, output: Output) -> Result<String, Error> {
    let Some(name) = name else { return Ok(list(profiles, output)) };
    let profile = profile(profiles, name)?;
    Ok(match output {
        Output::Text => columns(profile),
        Output::Json => document(&json!({
            "name": profile.name, "title": profile.title, "version": profile.version, "kind": profile.kind(),
            "source": profile.source.iter().map(|source| json!({ "page": source.page, "date": source.date })).collect::<Vec<_>>(),
            "columns": profile.table().into_iter().map(|[heading, level, field, sensitivity, origin]| json!({
                "heading": heading, "level": level, "field": field, "sensitivity": sensitivity, "origin": origin,
            })).collect::<Vec<_>>(),
        })),
    })
}

/// # Errors
/// There is none of that name.
pub fn profile<'a>(profiles: &'a Profiles, name: &str) -> Result<&'a Profile, Error> {
    profiles.get(name).map(|profile| &**profile).ok_or_else(|| {
        let help = match fold::nearest(name, profiles.names()) {
            Some(near) => format!("did you mean `{near}`?"),
            None => "`passerelle profiles` lists them".into(),
        };
        Error::Usage(format!("there is no profile `{name}`; {help}"))
    })
}

/// Which files were written, or would be.
pub fn written(paths: &[PathBuf], dry_run: bool, output: Output) -> String {
    let paths: Vec<String> = paths.iter().map(|path| path.display().to_string()).collect();
    match output {
        Output::Json => document(&json!({ "dry-run": dry_run, "files": paths })),
        Output::Text if dry_run => format!("Would be written: {}\n", paths.join(", ")),
        Output::Text => format!("Written: {}\n", paths.join(", ")),
    }
}

fn list(profiles: &Profiles, output: Output) -> String {
    if output == Output::Json {
        let all: Vec<_> = profiles
            .iter()
            .map(|profile| json!({ "name": profile.name, "title": profile.title, "kind": profile.kind() }))
            .collect();
        return document(&json!({ "profiles": all }));
    }
    let mut rows = vec![["profile", "kind", "for"].map(String::from)];
    rows.extend(profiles.iter().map(|profile| [profile.name.clone(), profile.kind().into(), profile.title.clone()]));
    table::write(&rows)
}

fn columns(profile: &Profile) -> String {
    let mut page = format!("{} · {}, version {}\n", profile.title, profile.kind(), profile.version);
    for source in &profile.source {
        page += &format!("source of {}: {}\n", source.date, source.page);
        for line in source.note.iter().flat_map(|note| textwrap::wrap(note, 76)) {
            page += &format!("    {line}\n");
        }
    }
    let mut rows = vec![["heading", "level", "field", "sensitivity", "comes from"].map(String::from)];
    rows.extend(profile.table());
    page += "\n";
    page += &table::write(&rows);
    page
}

/// The last runs, or one with what it did.
pub fn history(state: &State, run: Option<&str>, output: Output) -> Result<String, Error> {
    let Some(prefix) = run else {
        let runs = state.runs(RUNS)?;
        return Ok(match output {
            Output::Text => runs_as_text(&runs),
            Output::Json => document(&json!({ "runs": runs })),
        });
    };
    let run = run::one_like(state, prefix)?;
    let history = state.history(&run.id)?.expect("the run was found");
    Ok(match output {
        Output::Text => one_run(&history),
        Output::Json => document(&serde_json::to_value(&history).expect("a history is made of plain values")),
    })
}

fn runs_as_text(runs: &[Run]) -> String {
    if runs.is_empty() {
        return "Nothing has run yet.\n".into();
    }
    let mut rows = vec![["run", "verb", "exit", "exchanges"].map(String::from)];
    rows.extend(runs.iter().map(|run| [run.id.to_string(), run.verb.clone(), exit(run), run.exchanges.join(", ")]));
    table::write(&rows)
}

fn exit(run: &Run) -> String {
    run.exit_code.map_or("not ended".into(), |code| code.to_string())
}

fn one_run(history: &History) -> String {
    let run = &history.run;
    let label = if run.exit_code.is_some() { "exit code " } else { "" };
    let mut page = format!("run {} · {} · {label}{}\n", run.id, run.verb, exit(run));
    let started = run.started.format("%Y-%m-%d %H:%M:%S UTC");
    page += &format!("started {started}");
    if let Some(finished) = run.finished {
        page += &format!(", took {:.1} s", (finished - run.started).num_milliseconds() as f64 / 1000.0);
    }
    page += "\n";
    for exchange in &run.exchanges {
        page += &format!("\n{exchange}\n");
        page += &table::write(&done(history, exchange));
    }
    page
}

/// What an exchange did in a run: a file, and what became of it.
fn done(history: &History, exchange: &str) -> Vec<[String; 2]> {
    let line = |file: &str, what: String| [format!("  {file}"), what];
    let held = |reasons: &[Text]| -> Vec<_> { reasons.iter().map(|it| line("", format!("held: {it}"))).collect() };
    let mut rows = Vec::new();
    let deliveries = history.deliveries.iter().filter(|delivery| delivery.exchange == exchange);
    let (pictures, tables): (Vec<&Delivery>, Vec<&Delivery>) =
        deliveries.partition(|delivery| delivery.content == Content::Picture);
    for delivery in tables {
        let kind = match delivery.content {
            Content::Full => String::new(),
            other => format!(" ({})", other.name()),
        };
        let what = format!("delivery of {}{kind}, {}", rows_of(delivery.rows), delivery.status);
        rows.push(line(&delivery.file_name, what));
        rows.extend(held(&delivery.held));
        rows.extend(delivery.decision.iter().map(|decision| line("", decided(decision))));
    }
    // They come by the thousand.
    for of_status in pictures.chunk_by(|one, other| one.status == other.status) {
        let (count, status) = (of_status.len(), of_status[0].status);
        let pictures = if count == 1 { "picture" } else { "pictures" };
        rows.push(line(&of_status[0].folder, format!("delivery of {count} {pictures}, {status}")));
    }
    for pickup in history.pickups.iter().filter(|pickup| pickup.exchange == exchange) {
        rows.push(line(&pickup.path, format!("pickup of {}, {}", rows_of(pickup.facts.rows), pickup.status)));
        for plan in history.plans.iter().filter(|plan| plan.exchange == exchange && plan.path == pickup.path) {
            let operations = plan.operations;
            let counts =
                format!("{} done, {} to do, {} failed", operations.done, operations.pending, operations.failed);
            rows.push(line("", format!("operations: {counts}")));
            rows.extend(held(&plan.held));
            rows.extend(plan.exceptions.iter().map(|Announced { on, because }| {
                line("", format!("let through by the exception for {on}: {because}"))
            }));
            rows.extend(plan.decision.iter().map(|decision| line("", decided(decision))));
        }
    }
    rows.extend(told(&history.run, exchange, rows.is_empty()));
    rows
}

fn decided(Decision { run, decided, person, at }: &Decision) -> String {
    format!("{decided} by {person}, {} (run {run})", at.format("%Y-%m-%d %H:%M UTC"))
}

fn rows_of(count: usize) -> String {
    format!("{count} row{}", if count == 1 { "" } else { "s" })
}

/// What only the run's report knows: why the exchange failed, and what it found to be done already.
fn told(run: &Run, exchange: &str, is_all: bool) -> Vec<[String; 2]> {
    let text = |value: &serde_json::Value| value.as_str().unwrap_or_default().to_string();
    let list = |value: &serde_json::Value| value.as_array().cloned().unwrap_or_default();
    let report = run.report.as_ref().map(|report| list(&report["exchanges"])).unwrap_or_default();
    let Some(report) = report.iter().find(|report| report["name"] == exchange) else {
        return Vec::new();
    };
    let mut rows = Vec::new();
    for resumed in list(&report["imports"]).iter().filter(|import| import["resumed"] == true) {
        rows.push([format!("  {}", text(&resumed["file"])), "finished what an interrupted run had begun".into()]);
    }
    if is_all && rows.is_empty() {
        let files = [(&report["exports"], "outcome"), (&report["imports"], "verdict")];
        rows.extend(files.into_iter().flat_map(|(files, became)| {
            list(files).into_iter().map(move |file| [format!("  {}", text(&file["file"])), text(&file[became])])
        }));
    }
    let causes: Vec<String> = list(&report["failure"]["chain"]).iter().map(text).collect();
    match (causes.is_empty(), rows.is_empty() && is_all) {
        (false, _) => rows.push(["  failed".into(), causes.join(": ")]),
        (true, true) => rows.push(["  nothing to do".into(), String::new()]),
        (true, false) => {}
    }
    rows
}

/// What became of the plan that was to be saved, and what to do with it. `site` is the site file as it was named.
pub fn saved(plan: &Path, saved: Option<&Saved>, site: &Path, language: Language) -> String {
    let plan = plan.display();
    let text = match (saved, site_option(site)) {
        (None, _) => text!(
            "There is nothing to apply, so {plan} is not written.\n",
            "Il n'y a rien à appliquer : {plan} n'est pas écrit.\n"
        ),
        (Some(_), site) => text!(
            "The plan is in {plan}. To do exactly that:\n  passerelle {site}apply {plan}\n",
            "Le plan est dans {plan}. Pour faire exactement cela :\n  passerelle {site}apply {plan}\n"
        ),
    };
    text.is(language).into()
}

/// What a command needs to be about the same site: nothing for the usual name.
pub fn site_option(site: &Path) -> String {
    match site.display().to_string() {
        site if site == "passerelle.toml" => String::new(),
        site => format!("--site {site} "),
    }
}

/// What the sample's night left, and where to look.
pub fn sample(site_file: &Path) -> String {
    let folder = site_file.parent().unwrap_or(Path::new("")).display();
    format!(
        "
This was the night of Acme, a company of 80 people, in {folder}/:
  passerelle.toml               the site: servers, people, exchanges
  skillup/, formation/          the partners' servers, with the files delivered
  skillup/from-skillup/done/    what a partner dropped, with the verdict and the
                                rows to correct beside it
  state.db, operations/         the directory and the journal; what was done to
                                users, as JSON Lines
Exit code 4 is right here: one of the dropped files has mistakes planted in it,
and their rows were left out. Next:
  passerelle --site {folder}/passerelle.toml history
"
    )
}

pub fn document(value: &serde_json::Value) -> String {
    format!("{value:#}\n")
}
