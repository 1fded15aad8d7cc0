//! What the words behind `import` mean: an exchange of the site and files, or files alone, which are tried without a site.

use std::path::{Path, PathBuf};

use chrono::Utc;

use crate::cli::arguments::{Arguments, Import, SITE};
use crate::cli::progress::Bars;
use crate::cli::signals;
use crate::job::trial::{self, Trial};
use crate::job::{Error, run};
use crate::profile::complaint::quoted;
use crate::report::Report;
use crate::site::Site;

/// A profile that is named takes the place of the site, and so do files where there is no site.
pub fn import(arguments: &Arguments, import: &Import) -> Result<Report, Error> {
    let has_no_site = arguments.site == Path::new(SITE) && !arguments.site.exists();
    match import.profile.is_some() || import.identify_by.is_some() || has_no_site {
        true => try_on(arguments, import),
        false => of_site(arguments, import),
    }
}

fn try_on(arguments: &Arguments, import: &Import) -> Result<Report, Error> {
    let files: Vec<PathBuf> = import.words.iter().map(PathBuf::from).collect();
    let Some(first) = files.first() else {
        return Err(usage("name the file to try: `passerelle import --dry-run FILE`"));
    };
    if let Some(missing) = files.iter().find(|file| !file.is_file()) {
        let missing = missing.display();
        return Err(Error::Usage(match arguments.site.exists() {
            true => format!("there is no file `{missing}`; with `--profile` or `--identify-by` all words are files"),
            false => {
                format!("there is no file `{missing}`, and no site `{SITE}` that may have an exchange of that name")
            }
        }));
    }
    if !arguments.dry_run {
        let file = first.display();
        return Err(Error::Usage(format!(
            "without a site a file can only be tried: `passerelle import --dry-run {file}`; `--site FILE` names a site"
        )));
    }
    trial::run(&Trial {
        files: &files,
        profile: import.profile.as_deref(),
        identify_by: import.identify_by.as_deref(),
        language: arguments.language(),
        now: Utc::now(),
        progress: &Bars::default(),
    })
}

fn of_site(arguments: &Arguments, import: &Import) -> Result<Report, Error> {
    let site = Site::load(&arguments.site)?;
    let now = Utc::now();
    let imports: Vec<&str> =
        site.exchanges(now).iter().filter(|it| !it.is_export()).map(|it| it.name.as_str()).collect();
    let Some((exchange, files)) = import.words.split_first() else {
        return Err(Error::Usage(format!("name one of the site's imports: {}", quoted(imports))));
    };
    if site.exchange(exchange).is_err() && Path::new(exchange).is_file() {
        return Err(Error::Usage(format!(
            "`{exchange}` is a file; name the import that takes it in front, one of {}, or add `--profile lucca-users` to \
             try it without the site",
            quoted(imports)
        )));
    }
    let files: Vec<PathBuf> = files.iter().map(PathBuf::from).collect();
    let progress = Bars::default();
    let order = run::Order {
        site: &site,
        site_file: &arguments.site,
        dry_run: arguments.dry_run,
        now,
        progress: &progress,
        stop: signals::listen(),
    };
    run::import(&order, exchange, &files)
}

fn usage(problem: &str) -> Error {
    Error::Usage(problem.into())
}
