//! Tries files on without a site: nobody is known, nothing is held back, and nothing is kept.

use std::path::{Path, PathBuf};

use chrono::{DateTime, Utc};

use crate::format::workbook;
use crate::job::Error;
use crate::job::content::Here;
use crate::job::progress::Progress;
use crate::job::reading::Opened;
use crate::job::run::{Order, one, perform};
use crate::model::{Bytes, Language, Severity, Text, fold};
use crate::profile::complaint::quoted;
use crate::profile::{Contract, Profiles, import};
use crate::report::{Exchange, Report};
use crate::rule::{self, Recognised};
use crate::site::Site;
use crate::text;
use crate::transport::Stop;

/// The format that is meant where no profile is named.
const PROFILE: &str = "lucca-users";

/// How people are told apart where the file does not tell.
const WAY: &str = "login";

pub struct Trial<'a> {
    pub files: &'a [PathBuf],
    pub profile: Option<&'a str>,
    /// By default, what the file's own first columns fit.
    pub identify_by: Option<&'a str>,
    pub language: Language,
    pub now: DateTime<Utc>,
    pub progress: &'a dyn Progress,
}

/// The report of a dry run.
pub fn run(trial: &Trial<'_>) -> Result<Report, Error> {
    let name = trial.profile.unwrap_or(PROFILE);
    let profiles = Profiles::load(None)?;
    let contract = contract(&profiles, name)?;
    let ways = trial.files.iter().map(|file| way(trial, &contract, file)).collect::<Result<Vec<String>, Error>>()?;
    let mut all: Vec<&str> = ways.iter().map(String::as_str).collect();
    all.sort_unstable();
    all.dedup();
    let site = Site::trial(name, &all, trial.language)?;
    let order = Order {
        site: &site,
        site_file: Path::new(""),
        dry_run: true,
        now: trial.now,
        progress: trial.progress,
        stop: Stop::default(),
    };
    perform(&order, "import", &site.exchanges(trial.now), |job, exchange| {
        let way = exchange.name.trim_start_matches("by-");
        let files = trial.files.iter().zip(&ways).filter(|(_, its)| *its == way).map(|(file, _)| file.clone());
        let told = one(job, exchange, &files.collect::<Vec<PathBuf>>());
        let remarks = [vec![tried(way)], told.remarks].concat();
        Exchange { server: String::new(), remarks, ..told }
    })
}

fn tried(way: &str) -> Text {
    text!(
        "tried without a site: nobody is known, so that every row counts as a creation, also one without what a new user \
         needs, and managers are looked for in the file alone; people are told apart by `{way}`",
        "essai sans configuration : personne n'est connu, si bien que chaque ligne compte comme une création, même sans \
         ce qu'il faut à un nouvel utilisateur, et les managers ne sont cherchés que dans le fichier ; les personnes \
         sont distinguées par `{way}`",
    )
}

fn contract(profiles: &Profiles, name: &str) -> Result<import::Import, Error> {
    let of = |name: &str| match &profiles.get(name)?.contract {
        Contract::Import(import) => Some(import.clone()),
        _ => None,
    };
    of(name).ok_or_else(|| {
        let names: Vec<&str> = profiles.names().filter(|name| of(name).is_some()).collect();
        Error::Usage(format!("there is no profile `{name}` for imports; {}", choice(name, &names)))
    })
}

/// What the file's headings fit best: all columns of the way, the first of them where it must stand.
fn way(trial: &Trial<'_>, contract: &import::Import, file: &Path) -> Result<String, Error> {
    if let Some(way) = trial.identify_by {
        let names: Vec<&str> = contract.identify_by.keys().map(String::as_str).collect();
        return match names.contains(&way) {
            true => Ok(way.into()),
            false => Err(Error::Usage(format!("nobody is identified by `{way}`; {}", choice(way, &names)))),
        };
    }
    let Some(recognised) = headings(contract, file)? else { return Ok(WAY.into()) };
    let fit = |(name, way): &(&String, &import::Identification)| {
        let places: Vec<usize> = way.fields.iter().filter_map(|field| recognised.position(field)).collect();
        let stands = places.first() == Some(&(way.position - 1));
        (places.len() == way.fields.len(), stands, *name == WAY)
    };
    let best = contract.identify_by.iter().max_by_key(fit).filter(|best| fit(best).0);
    Ok(best.map_or(WAY, |(name, _)| name).into())
}

/// Of a text, so many bytes are looked at for its headings.
const TOP: usize = 1024 * 1024;

/// None where the file cannot be read or is no table, of which the report will have more to say, and where it is a pipe.
fn headings(contract: &import::Import, file: &Path) -> Result<Option<Recognised>, Error> {
    let Ok(here) = Here::open(file) else { return Ok(None) };
    let Ok(top) = here.top(TOP) else { return Ok(None) };
    let lines = match top.iter().rposition(|byte| *byte == b'\n') {
        Some(end) if here.len() > TOP as u64 => &top[..=end],
        _ => &top[..],
    };
    let content: &dyn Bytes = if workbook::is_one(&top) { &here } else { &lines };
    let contract =
        rule::Contract { columns: &contract.columns, identify_by: &[], creates: false, twins: Severity::Remark };
    let knows = rule::knows(&contract);
    let opened = Opened::of(content, None, &knows)?;
    Ok(opened.ok().map(|opened| rule::recognise(opened.heading(), &contract, &[])))
}

fn choice(wrong: &str, names: &[&str]) -> String {
    match fold::nearest(wrong, names.iter().copied()) {
        Some(near) => format!("did you mean `{near}`?"),
        None => format!("there are {}", quoted(names.iter().copied())),
    }
}
