//! The only room that prints: arguments, progress, the report on the terminal, exit codes.

mod arguments;
mod held;
mod import;
mod log;
mod manual;
mod progress;
mod record;
mod rules;
mod show;
mod signals;
mod table;

use std::io::{self, Write as _};
use std::path::Path;
use std::process::ExitCode;

use chrono::Utc;
use clap::Parser;

use crate::job::{self, Error, reading, retell, run, sample, template, watch, why};
use crate::model::Exit;
use crate::profile::Profiles;
use crate::report::{self, Report};
use crate::site::Site;
use crate::state::State;
use arguments::{Arguments, Form, Output, Verb};
use progress::Bars;

pub fn main() -> ExitCode {
    let arguments = Arguments::parse();
    log::start(arguments.log);
    let exit = std::panic::catch_unwind(|| perform(&arguments)).unwrap_or_else(|_| {
        complain(
            "This is a defect of Passerelle. What was being done is in the journal; the next run goes on from there.",
        );
        Exit::Defect
    });
    ExitCode::from(exit.code())
}

fn perform(arguments: &Arguments) -> Exit {
    let done = match &arguments.verb {
        verb if arguments.html.is_some() && !verb.reports() => Err(Error::Usage(
            "there is no report here that `--html` could write; `passerelle report RUN --html FILE` writes that of a run"
                .into(),
        )),
        verb if arguments.form == Form::Csv && !matches!(verb, Verb::Privacy) => {
            Err(Error::Usage("only `privacy` writes CSV; `--output json` is for machines".into()))
        }
        Verb::ReadWorkbook => Ok(read_workbook()),
        Verb::Manual { folder } => manual::write(folder).map(|()| Exit::Done),
        Verb::Run { sample: true, .. } => run_sample(arguments),
        Verb::Import(words) => import::import(arguments, words).and_then(|report| {
            let site = (!report.dry_run).then(|| load(&arguments.site)).transpose()?;
            tell(arguments, site.as_ref(), report)
        }),
        Verb::Profiles { name, template } => profiles(arguments, name.as_deref(), template.as_deref()),
        Verb::Rules { code } => rules::page(code.as_deref(), arguments.language(), arguments.output()).map(|page| {
            print(&page);
            Exit::Done
        }),
        Verb::Why { key } => load(&arguments.site).and_then(|site| tell_why(arguments, &site, key)),
        Verb::Check { online: false, .. } => load(&arguments.site).and_then(|site| check(arguments, &site)),
        Verb::Check { servers, .. } => load(&arguments.site).and_then(|site| check_online(arguments, &site, servers)),
        Verb::Privacy => load(&arguments.site).and_then(|site| privacy(arguments, &site)),
        Verb::Held => load(&arguments.site).and_then(|site| held(arguments, &site)),
        Verb::Report { run } => load(&arguments.site).and_then(|site| retell(arguments, &site, run.as_deref())),
        Verb::History { run } => load(&arguments.site).and_then(|site| history(arguments, &site, run.as_deref())),
        _ => load(&arguments.site).and_then(|site| execute(arguments, &site, &arguments.site)),
    };
    done.unwrap_or_else(|error| fail(&error))
}

/// The verbs that a run id is given to.
fn execute(arguments: &Arguments, site: &Site, site_file: &Path) -> Result<Exit, Error> {
    let bars = Bars::default();
    let order = run::Order {
        site,
        site_file,
        dry_run: arguments.dry_run,
        now: Utc::now(),
        progress: &bars,
        stop: signals::listen(),
    };
    let report = match &arguments.verb {
        Verb::Export { exchange } => run::export(&order, exchange)?,
        Verb::Plan { exchange, file, save, overwrite } => {
            return plan(arguments, order, exchange, file, save.as_deref(), *overwrite);
        }
        Verb::Apply { plan, file } => run::apply(&order, plan, file.as_deref())?,
        Verb::Approve { run, exchange } => run::approve(&order, run, exchange.as_deref())?,
        Verb::Discard { run, exchange } => run::discard(&order, run, exchange.as_deref())?,
        Verb::Undo { run, exchange } => run::undo(&order, run, exchange.as_deref())?,
        Verb::Run { exchanges, .. } => run::night(&order, exchanges)?,
        Verb::Watch { exchange } => {
            return watch::watch(&order, exchange, &mut |report| print(&written(report, arguments.output())));
        }
        Verb::Import(_)
        | Verb::Check { .. }
        | Verb::Profiles { .. }
        | Verb::Rules { .. }
        | Verb::Held
        | Verb::Privacy
        | Verb::Report { .. }
        | Verb::History { .. }
        | Verb::Why { .. }
        | Verb::Manual { .. }
        | Verb::ReadWorkbook => unreachable!("they are performed elsewhere"),
    };
    tell(arguments, Some(site), report)
}

/// On the terminal, and as a page where that was asked for, with all operations that the journal has.
fn tell(arguments: &Arguments, site: Option<&Site>, mut report: Report) -> Result<Exit, Error> {
    print(&written(&report, arguments.output()));
    if let Some(page) = &arguments.html {
        if let Some(site) = site.filter(|_| !report.dry_run) {
            retell::add_operations(&State::open_to_look(&site.state)?, &mut report)?;
        }
        save_page(page, &report)?;
    }
    Ok(report.exit_code)
}

/// It looks, and changes nothing but the file that it was asked for.
fn plan(
    arguments: &Arguments,
    order: run::Order<'_>,
    exchange: &str,
    file: &Path,
    save: Option<&Path>,
    overwrites: bool,
) -> Result<Exit, Error> {
    if order.dry_run && save.is_some() {
        return Err(Error::Usage("`--save` writes a plan, and a dry run writes nothing; leave out one of them".into()));
    }
    let (report, saved) = run::plan(&run::Order { dry_run: true, ..order }, exchange, file)?;
    if let (Some(path), Some(saved)) = (save, &saved) {
        saved.write(path, overwrites)?;
    }
    let language = report.language();
    let exit = tell(arguments, None, report)?;
    if let (Some(path), Output::Text) = (save, arguments.output()) {
        print(&show::saved(path, saved.as_ref(), order.site_file, language));
    }
    Ok(exit)
}

fn retell(arguments: &Arguments, site: &Site, run: Option<&str>) -> Result<Exit, Error> {
    let report = retell::retell(&State::open_to_look(&site.state)?, run)?;
    match &arguments.html {
        Some(page) => save_page(page, &report)?,
        None => print(&written(&report, arguments.output())),
    }
    Ok(Exit::Done)
}

/// Whole or not at all, and for the eyes of who asked: it holds what people's data are.
fn save_page(path: &Path, report: &Report) -> Result<(), Error> {
    let failed = |cause: std::io::Error| Error::disk("write", path, cause);
    let folder = path.parent().filter(|folder| !folder.as_os_str().is_empty()).unwrap_or(Path::new("."));
    let mut file = tempfile::NamedTempFile::new_in(folder).map_err(failed)?;
    file.write_all(report::html::write(report, &job::rules::of).as_bytes()).map_err(failed)?;
    file.persist(path).map_err(|error| failed(error.error))?;
    Ok(())
}

fn written(report: &Report, output: Output) -> String {
    match output {
        Output::Text => report::text::write(report),
        Output::Json => report::json::write(report),
    }
}

fn run_sample(arguments: &Arguments) -> Result<Exit, Error> {
    if arguments.dry_run {
        return Err(Error::Usage(
            "`--sample` writes a new site, and a dry run writes nothing; leave out one of them".into(),
        ));
    }
    let site_file = sample::write(Path::new(""))?;
    let exit = execute(arguments, &load(&site_file)?, &site_file)?;
    if arguments.output() == Output::Text {
        print(&show::sample(&site_file));
    }
    Ok(exit)
}

fn check(arguments: &Arguments, site: &Site) -> Result<Exit, Error> {
    site.check_lists()?;
    print(&show::outline(site, Utc::now(), arguments.output()));
    Ok(Exit::Done)
}

fn check_online(arguments: &Arguments, site: &Site, servers: &[String]) -> Result<Exit, Error> {
    site.check_lists()?;
    let order = job::check::Order {
        site,
        site_file: &arguments.site,
        dry_run: arguments.dry_run,
        now: Utc::now(),
        stop: signals::listen(),
    };
    let told = job::check::check(&order, servers)?;
    print(&match arguments.output() {
        Output::Text => report::check::text::write(&told, arguments.language()),
        Output::Json => show::document(&serde_json::to_value(&told).expect("a check is made of plain values")),
    });
    Ok(told.exit_code)
}

/// Those of the site, where there is one; else those that are built in.
fn profiles(arguments: &Arguments, name: Option<&str>, template: Option<&Path>) -> Result<Exit, Error> {
    let profiles = match arguments.site.exists() {
        true => load(&arguments.site)?.profiles,
        false => Profiles::load(None)?,
    };
    match (name, template) {
        (Some(name), Some(folder)) => {
            let template = template::template(show::profile(&profiles, name)?)?;
            let paths = if arguments.dry_run { template.paths(folder) } else { template.save(folder)? };
            print(&show::written(&paths, arguments.dry_run, arguments.output()));
        }
        _ => print(&show::profiles(&profiles, name, arguments.output())?),
    }
    Ok(Exit::Done)
}

fn held(arguments: &Arguments, site: &Site) -> Result<Exit, Error> {
    let held = job::held::all(&State::open_to_look(&site.state)?)?;
    print(&held::list(&held, &arguments.site, arguments.language(), arguments.output()));
    Ok(Exit::Done)
}

fn privacy(arguments: &Arguments, site: &Site) -> Result<Exit, Error> {
    let state = State::open_to_look(&site.state)?;
    let record = job::privacy::record(site, arguments.site.display().to_string(), &state, Utc::now())?;
    print(&record::page(&record, arguments.form, arguments.language()));
    Ok(Exit::Done)
}

fn history(arguments: &Arguments, site: &Site, run: Option<&str>) -> Result<Exit, Error> {
    let state = State::open_to_look(&site.state)?;
    print(&show::history(&state, run, arguments.output())?);
    Ok(Exit::Done)
}

fn tell_why(arguments: &Arguments, site: &Site, key: &str) -> Result<Exit, Error> {
    let story = why::why(site, key)?;
    print(&match arguments.output() {
        Output::Text => report::story::text::write(&story, arguments.language()),
        Output::Json => show::document(&serde_json::to_value(&story).expect("a story is made of plain values")),
    });
    Ok(Exit::Done)
}

/// To nobody but the process that started us: it tells by our end what to say.
fn read_workbook() -> Exit {
    reading::serve(io::stdin(), io::stdout()).map_or(reading::UNCONFINED, |()| Exit::Done)
}

fn load(site: &Path) -> Result<Site, Error> {
    Ok(Site::load(site)?)
}

fn fail(error: &Error) -> Exit {
    let failure = error.failure();
    let mut lines = failure.chain.iter();
    if let Some(tried) = lines.next() {
        complain(tried);
    }
    lines.for_each(|cause| complain(&format!("  because: {cause}")));
    failure.exit_code
}

/// A pipe that nobody reads any more is no error of ours.
fn print(text: &str) {
    anstream::stdout().write_all(text.as_bytes()).ok();
}

fn complain(text: &str) {
    writeln!(anstream::stderr(), "{text}").ok();
}
