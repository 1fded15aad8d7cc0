//! Tells for one person every file, row, rule and operation that touched or spared them. It only looks.

use chrono::{DateTime, Utc};

use crate::job::{Error, undo};
use crate::model::roll::{keys, sure_keys};
use crate::model::{Field, Finding, People, fold};
use crate::report::story::{Decision, Event, Known, Outcome, Since, Story, What};
use crate::site::Site;
use crate::state::{Deed, Handed, OperationStatus, PlanStatus, Sighting, State, Subject, Trace};

/// People that a message lists.
const LISTED: usize = 10;

/// The person has the key as login, mail or employee number, alone or as `Paris/0012`; case makes no difference. Who is
/// not in the directory may be in the journal.
pub fn why(site: &Site, key: &str) -> Result<Story, Error> {
    let state = State::open_to_look(&site.state)?;
    let directory = Directory(state.people()?);
    let subject = directory.find(&state, key)?;
    let person = directory.person(&subject);
    let called = person.map(|person| directory.names(person)).unwrap_or_default();
    let keys = match &subject {
        Subject::User(_) => sure_keys(called.login, called.mail, called.establishment, called.number),
        Subject::Stranger(name) => vec![name.clone()],
    };
    let trace = state.trace(&subject, &keys, &called.in_exports())?;
    Ok(Story {
        name: match &subject {
            Subject::User(_) => called.login.into(),
            Subject::Stranger(name) => name.clone(),
        },
        is_in_directory: person.is_some(),
        fields: person.map(|person| directory.known(person, &trace.deeds)).unwrap_or_default(),
        events: events(trace, person.is_some()),
    })
}

struct Directory(People);

/// What a person is called.
#[derive(Default)]
struct Names<'a> {
    login: &'a str,
    mail: &'a str,
    establishment: &'a str,
    number: &'a str,
}

impl Directory {
    fn find(&self, state: &State, key: &str) -> Result<Subject, Error> {
        let wanted = key.trim().to_lowercase();
        let mut found: Vec<Subject> = self.named(&wanted).map(|person| Subject::User(self.0.number(person))).collect();
        if found.is_empty() {
            found = state.recall(&wanted)?;
        }
        match found.as_slice() {
            [subject] => Ok(subject.clone()),
            [] => Err(self.unknown(key)),
            several => {
                let mut listed: Vec<String> = several.iter().take(LISTED).map(|one| self.title(one)).collect();
                listed.extend((several.len() > LISTED).then(|| format!("and {} more", several.len() - LISTED)));
                Err(Error::Usage(format!("`{key}` may be one of several: {}; name one by login", listed.join(", "))))
            }
        }
    }

    fn named(&self, wanted: &str) -> impl Iterator<Item = usize> {
        let columns = self.columns();
        (0..self.0.len()).filter(move |person| {
            let [login, mail, establishment, number] = columns.each_ref().map(|column| self.0.value(*person, column));
            keys(login, mail, establishment, number).iter().any(|key| key == wanted)
        })
    }

    fn unknown(&self, key: &str) -> Error {
        let columns = self.columns();
        let logins = (0..self.0.len()).map(|person| self.0.value(person, &columns[0]));
        let mails = (0..self.0.len()).map(|person| self.0.value(person, &columns[1]));
        let help = match fold::nearest(key, logins.chain(mails).filter(|name| !name.is_empty())) {
            Some(near) => format!("did you mean `{near}`?"),
            None => "write a login, a mail, an employee number, or both as `Paris/0012`".into(),
        };
        Error::Usage(format!("neither the directory nor the journal knows `{key}`; {help}"))
    }

    fn columns(&self) -> [crate::model::people::Column; 4] {
        ["login", "mail", "establishment", "employee-number"].map(|name| self.0.column(&Field::of(name)))
    }

    /// The place of the subject among the people.
    fn person(&self, subject: &Subject) -> Option<usize> {
        let Subject::User(user) = subject else { return None };
        (0..self.0.len()).find(|person| self.0.number(*person) == *user)
    }

    fn names(&self, person: usize) -> Names<'_> {
        let columns = self.columns();
        let [login, mail, establishment, number] = columns.each_ref().map(|column| self.0.value(person, column));
        Names { login, mail, establishment, number }
    }

    fn title(&self, subject: &Subject) -> String {
        match (subject, self.person(subject)) {
            (Subject::Stranger(name), _) => format!("`{name}` (not in the directory)"),
            (Subject::User(_), None) => "somebody who is in the directory no more".into(),
            (Subject::User(_), Some(person)) => {
                let Names { login, establishment, number, .. } = self.names(person);
                match number {
                    "" => format!("`{login}`"),
                    _ => format!("`{login}` ({establishment}/{number})"),
                }
            }
        }
    }

    /// What the directory has, in the order of the vocabulary, and what somebody emptied.
    fn known(&self, person: usize, deeds: &[Deed]) -> Vec<Known> {
        let known = |field: &Field| {
            let value = self.0.value(person, &self.0.column(field)).to_string();
            let done =
                |deed: &&Deed| deed.status == OperationStatus::Done && deed.operation.sets(field.name()).is_some();
            let since = deeds.iter().rfind(done).map(|deed| Since {
                run: deed.run.to_string(),
                at: deed.at,
                file: deed.operation.file.clone(),
                row: deed.operation.row,
                is_undo: undo::is_path(&deed.path),
            });
            (!value.is_empty() || since.is_some()).then(|| Known { field: field.clone(), value, since })
        };
        self.0.fields().iter().filter_map(known).collect()
    }
}

impl Names<'_> {
    /// An export calls people by their number, else by their login, else by their mail.
    fn in_exports(&self) -> Vec<&str> {
        [self.number, self.login, self.mail].into_iter().filter(|name| !name.is_empty()).collect()
    }
}

/// A row that became an operation is told as such, with what was found in it. Who was not in the directory yet was not
/// spared either.
fn events(trace: Trace, is_in_directory: bool) -> Vec<Event> {
    let Trace { sightings, mut deeds, handed } = trace;
    let known_since = is_in_directory.then(|| came(&deeds).unwrap_or_default());
    let mut events: Vec<Event> = Vec::new();
    for sighting in sightings {
        let is_spared = sighting.row.is_some() || known_since.is_some_and(|since| since < sighting.at);
        match deeds.iter().position(|deed| is_from(deed, &sighting)) {
            Some(deed) => events.push(from_deed(deeds.remove(deed), sighting.findings)),
            None => events.extend(is_spared.then(|| from_sighting(sighting))),
        }
    }
    // What no file asked for, or one that an older Passerelle took in.
    events.extend(deeds.into_iter().map(|deed| from_deed(deed, Vec::new())));
    events.extend(handed.into_iter().map(from_handed));
    events.sort_by_key(|event| event.at);
    events
}

/// When the user was created; None: before what the journal remembers.
fn came(deeds: &[Deed]) -> Option<DateTime<Utc>> {
    let is_done = |deed: &&Deed| deed.operation.is_creation() && deed.status == OperationStatus::Done;
    deeds.iter().find(is_done).map(|deed| deed.changed)
}

fn is_from(deed: &Deed, sighting: &Sighting) -> bool {
    sighting.row == Some(deed.operation.row)
        && (&sighting.run, &sighting.exchange, &sighting.path) == (&deed.run, &deed.exchange, &deed.path)
}

fn from_sighting(sighting: Sighting) -> Event {
    let Sighting { run, at, exchange, path, is_refused, row, is_out, unclear, findings } = sighting;
    let what = match row {
        _ if is_refused => What::FileRefused,
        None => What::NotInFile { unclear },
        Some(_) if is_out => What::LeftOut,
        Some(_) => What::NothingNew,
    };
    Event { run: run.to_string(), at, exchange, file: path, row, what, findings }
}

fn from_deed(deed: Deed, findings: Vec<Finding>) -> Event {
    let outcome = match (deed.plan, deed.status) {
        (PlanStatus::Held, _) => Outcome::Waiting,
        (PlanStatus::Discarded, _) => Outcome::Discarded,
        (_, OperationStatus::Done) => Outcome::Applied,
        (_, OperationStatus::Failed) => Outcome::Failed,
        (_, OperationStatus::Pending | OperationStatus::Sending) => Outcome::Interrupted,
    };
    let row = Some(deed.operation.row);
    let what = What::Operation {
        is_undo: undo::is_path(&deed.path),
        operation: deed.operation,
        outcome,
        held: deed.held,
        decision: deed.decision.map(|decision| Decision {
            person: decision.person,
            run: decision.run.to_string(),
            at: decision.at,
        }),
        reason: deed.reason.map(|reason| reason.to_string()),
    };
    Event { run: deed.run.to_string(), at: deed.at, exchange: deed.exchange, file: deed.path, row, what, findings }
}

fn from_handed(handed: Handed) -> Event {
    let Handed { run, at, exchange, server, file, status, known_as } = handed;
    let what = What::Export { server, status: status.to_string(), known_as };
    Event { run: run.to_string(), at, exchange, file, row: None, what, findings: Vec::new() }
}
