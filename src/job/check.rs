//! Tries out the servers of a site and its instances of Lucca, and looks whether what the exchanges need is there: the evening before the first night.
//!
//! It writes scratch names only and takes them away again; in a dry run it writes nothing at all.

mod instance;

use std::collections::BTreeMap;
use std::path::Path;
use std::sync::Arc;
use std::time::Duration;

use chrono::{DateTime, Utc};

use crate::job::tell::SET_ASIDE;
use crate::job::{Error, claim, explain, pickup};
use crate::model::{Exit, Sheet, fold};
use crate::net::side_by_side;
use crate::report::check::{self, Check, Place, Purpose};
use crate::report::{Direction, Failure};
use crate::site::people::Lucca;
use crate::site::{self, Exchange, People, Server, Site};
use crate::state::{self, Lock, State};
use crate::transport::examine::{Examined, Examiner};
use crate::transport::{self, Kind, Limit, Listing, Stop, inside};

/// Servers that are tried out at the same time.
const SIDE_BY_SIDE: usize = 8;

const TIME: Duration = Duration::from_secs(300);
const OVER: &str = "a check gives each server and each instance 5 minutes";

/// How a check is asked for.
pub struct Order<'a> {
    pub site: &'a Site,
    /// As it was named.
    pub site_file: &'a Path,
    pub dry_run: bool,
    pub now: DateTime<Utc>,
    /// Asked for by a signal, for example.
    pub stop: Stop,
}

/// All servers and instances of the site, or those named.
pub fn check(order: &Order<'_>, names: &[String]) -> Result<Check, Error> {
    let (servers, instances) = chosen(order.site, names)?;
    // Two checks on this machine would take each other's files away.
    let _alone = match order.dry_run {
        true => None,
        false => Some(Lock::take(&order.site.state.with_extension("check"))?),
    };
    let exchanges = order.site.exchanges(order.now);
    let examined = side_by_side(&servers, SIDE_BY_SIDE, |server| examine(order, server, &exchanges));
    let looked = side_by_side(&instances, SIDE_BY_SIDE, |lucca| {
        instance::look(order, lucca, &exchanges, &Limit::new(TIME, &order.stop).that_means(OVER))
    });
    let (last, failure) = remember(order, &servers, &examined);
    let mut told = Check {
        site: order.site_file.display().to_string(),
        dry_run: order.dry_run,
        started: order.now,
        finished: Utc::now(),
        exit_code: Exit::Done,
        servers: Vec::new(),
        instances: looked,
        places: Vec::new(),
        failure,
    };
    for (server, (examined, places)) in servers.iter().zip(examined) {
        told.servers.push(tell(server, examined, explain::sheet_of(server, &last)));
        told.places.extend(places);
    }
    let position = |place: &Place| exchanges.iter().position(|exchange| exchange.name == place.exchange);
    told.places.sort_by_key(position);
    told.exit_code = told.judge();
    Ok(told)
}

type Chosen<'a> = (Vec<&'a Arc<Server>>, Vec<&'a Lucca>);

fn chosen<'a>(site: &'a Site, names: &[String]) -> Result<Chosen<'a>, Error> {
    let instances = site.people.values().filter_map(|people| match &**people {
        People::Lucca(lucca) => Some(&**lucca),
        People::File(_) | People::Directory(_) => None,
    });
    let instances: Vec<&Lucca> = instances.collect();
    let known = || site.servers.keys().map(String::as_str).chain(instances.iter().map(|lucca| lucca.name.as_str()));
    if let Some(name) = names.iter().find(|name| known().all(|known| known != name.as_str())) {
        let help = match fold::nearest(name, known()) {
            Some(near) => format!("did you mean `{near}`?"),
            None => format!("there are {}", known().collect::<Vec<_>>().join(", ")),
        };
        let what = if instances.is_empty() { "server" } else { "server or instance of Lucca" };
        return Err(Error::Usage(format!("the site has no {what} `{name}`; {help}")));
    }
    let is_chosen = |name: &String| names.is_empty() || names.contains(name);
    let servers = site.servers.values().filter(|server| is_chosen(&server.name)).collect();
    Ok((servers, instances.into_iter().filter(|lucca| is_chosen(&lucca.name)).collect()))
}

type Outcome = Result<Examined, transport::Error>;

fn examine(order: &Order<'_>, server: &Server, exchanges: &[&Exchange]) -> (Outcome, Vec<Place>) {
    let limit = Limit::new(TIME, &order.stop).that_means(OVER);
    if let Some(endpoint) = server.options.endpoint() {
        let examined = endpoint.examine(&order.site.base, &limit).map(|sheet| Examined { sheet, left: None });
        return (examined, Vec::new());
    }
    let mut examiner = match Examiner::connect(&server.options, &order.site.base, &limit) {
        Ok(examiner) => examiner,
        Err(error) => return (Err(error), Vec::new()),
    };
    examiner.look();
    if !order.dry_run {
        examiner.try_out(&folders(server, exchanges));
    }
    let places = exchanges.iter().flat_map(|exchange| places(order, server, exchange, &mut examiner)).collect();
    (Ok(examiner.finish()), places)
}

/// The server's own, then those that exchanges write to: many servers allow writing only in some.
fn folders<'a>(server: &Server, exchanges: &[&'a Exchange]) -> Vec<&'a str> {
    let ours = exchanges.iter().filter(|exchange| exchange.server.name == server.name);
    let mut folders = vec![""];
    folders.extend(ours.flat_map(|exchange| match &exchange.direction {
        site::Direction::Export(export) => export.folders(),
        site::Direction::Import(import) => vec![import.files.folder()],
    }));
    folders
}

/// What an exchange needs of this server.
fn places(order: &Order<'_>, server: &Server, exchange: &Exchange, examiner: &mut Examiner<'_>) -> Vec<Place> {
    let is_here = exchange.server.name == server.name;
    let mut places = Vec::new();
    match &exchange.direction {
        site::Direction::Import(import) if is_here => {
            places.push(watched(order, exchange, import, examiner));
        }
        site::Direction::Import(_) => {}
        site::Direction::Export(export) => {
            if let People::File(file) = &*export.people
                && file.server.name == server.name
            {
                let place = blank(exchange, &server.name, &file.file, Purpose::Read);
                places.push(match examiner.size(&file.file) {
                    Ok(size) => Place { is_there: Some(size.is_some()), ..place },
                    Err(error) => failed(place, error),
                });
            }
            if is_here {
                for folder in export.folders() {
                    let place = blank(exchange, &server.name, folder, Purpose::Delivered);
                    let listed = examiner.list(folder);
                    places.push(with_writing(order, place, folder, listed.map(drop), examiner));
                }
            }
        }
    }
    places
}

fn watched(order: &Order<'_>, exchange: &Exchange, import: &site::Import, examiner: &mut Examiner<'_>) -> Place {
    let folder = import.files.folder();
    let place = blank(exchange, &exchange.server.name, folder, Purpose::Watched);
    let (waiting, listed) = match examiner.list(folder) {
        Ok(listing) => (Some(waiting(import, &listing)), Ok(())),
        Err(error) => (None, Err(error)),
    };
    let is_there = listed.is_ok();
    let place = with_writing(order, Place { waiting, ..place }, folder, listed, examiner);
    let mut is_missing = |path: &String| examiner.list(path).is_err_and(|error| error.kind == Kind::Missing);
    let claimed = import.claim.is_some().then(|| claim::folder(import));
    let needed = SET_ASIDE.iter().map(|name| inside(folder, name)).chain(claimed);
    let to_be_made = needed.filter(|path| is_there && is_missing(path)).collect();
    Place { to_be_made, ..place }
}

fn waiting(import: &site::Import, listing: &Listing) -> usize {
    listing.files.iter().filter(|entry| pickup::is_candidate(import, &entry.name)).count()
}

/// Whether a folder that was listed can be written to.
fn with_writing(
    order: &Order<'_>,
    place: Place,
    folder: &str,
    listed: Result<(), transport::Error>,
    examiner: &mut Examiner<'_>,
) -> Place {
    let place = match listed {
        Ok(()) => Place { is_there: Some(true), ..place },
        Err(error) => return failed(place, error),
    };
    if order.dry_run {
        return place;
    }
    match examiner.try_to_write(folder) {
        Ok(()) => Place { is_writable: Some(true), ..place },
        Err(error) => {
            let is_writable = (!error.later_may_help()).then_some(false);
            Place { is_writable, ..failed(place, error) }
        }
    }
}

fn failed(place: Place, error: transport::Error) -> Place {
    let is_there = if error.kind == Kind::Missing { Some(false) } else { place.is_there };
    Place { is_there, failure: Some(failure(error)), ..place }
}

fn blank(exchange: &Exchange, server: &str, path: &str, purpose: Purpose) -> Place {
    Place {
        exchange: exchange.name.clone(),
        direction: if exchange.is_export() { Direction::Export } else { Direction::Import },
        server: server.into(),
        path: if path.is_empty() { ".".into() } else { path.into() },
        purpose,
        is_there: None,
        is_writable: None,
        waiting: None,
        to_be_made: Vec::new(),
        failure: None,
    }
}

/// Keeps the new sheets, and returns those before them. Whatever fails here, the servers were examined.
fn remember(
    order: &Order<'_>,
    servers: &[&Arc<Server>],
    examined: &[(Outcome, Vec<Place>)],
) -> (BTreeMap<String, Sheet>, Option<Failure>) {
    let path = &order.site.state;
    let look = || State::open_to_look(path).and_then(|state| state.sheets());
    if order.dry_run {
        return match look() {
            Ok(last) => (last, None),
            Err(error) => (BTreeMap::new(), Some(Error::from(error).failure())),
        };
    }
    let new = servers.iter().zip(examined);
    let new = new.filter_map(|(server, (outcome, _))| Some((server.name.as_str(), &outcome.as_ref().ok()?.sheet)));
    let new: Vec<(&str, &Sheet)> = new.collect();
    let kept = || -> Result<BTreeMap<String, Sheet>, state::Error> {
        let _lock = Lock::take(path)?;
        let mut state = State::open(path)?;
        let last = state.sheets()?;
        state.remember_sheets(&new)?;
        Ok(last)
    };
    match kept() {
        Ok(last) => (last, None),
        Err(error) => (look().unwrap_or_default(), Some(Error::from(error).failure())),
    }
}

fn tell(server: &Server, outcome: Outcome, last: Option<&Sheet>) -> check::Server {
    let mut told = check::Server {
        name: server.name.clone(),
        server: server.options.describe(),
        sheet: None,
        warnings: server.options.remarks(),
        last: last.map(|sheet| sheet.at),
        changes: Vec::new(),
        failure: None,
        left: None,
    };
    match outcome {
        Ok(Examined { sheet, left }) => {
            told.warnings.extend(check::warnings(&sheet, sheet.at));
            told.changes = last.map(|last| sheet.changes_since(last)).unwrap_or_default();
            told.left = left.map(failure);
            told.sheet = Some(sheet);
        }
        Err(error) => {
            let error = if last.is_some() { explain::beside(error, server, last) } else { error };
            told.failure = Some(failure(error));
        }
    }
    told
}

fn failure(error: transport::Error) -> Failure {
    Error::from(error).failure()
}
