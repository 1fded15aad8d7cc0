//! Takes in a partner's files: recognised, checked, compared with the directory, then held or applied, and told.

use std::fs;
use std::path::{Path, PathBuf};

use chrono::NaiveDate;

use crate::format::{Again, Reading, Source};
use crate::job::apply::{self, finish};
use crate::job::follow::{Followed, follow};
use crate::job::kept::Kept;
use crate::job::saved::Saved;
use crate::job::tell::{self, Telling};
use crate::job::{Context, Error, Hands, Job, gather, measure, pickup, reading};
use crate::model::{Digest, Finding, Language, Operation, People, Roll, Text, Verdict};
use crate::plan::{self, Held, exception};
use crate::report::corrections::{Corrections, Ours};
use crate::report::{self, Excerpt, Findings};
use crate::rule::{self, Additions, Contract, Surroundings};
use crate::site::{Absent, Exchange, Import};
use crate::state::{
    Announced, Digests, Facts, NewPickup, NewPlan, NewRoll, OpenFile, PickupStatus, Plan, PlanId, PlanStatus,
    RowsFollowed, State, StillOpen,
};
use crate::text;
use crate::transport::{Kind, inside};

/// What one import came to.
#[derive(Debug, Default)]
pub struct Told {
    pub imports: Vec<report::Import>,
    pub remarks: Vec<Text>,
    pub error: Option<Error>,
}

/// A partner's file: dropped on the server, or named on the command line.
enum Origin {
    Dropped(String),
    Named(PathBuf),
}

/// What deciding needs to know, all of it read before.
pub(super) struct Gathered {
    /// As the journal knows the file: below the server's folder, or absolute on this machine.
    path: String,
    bytes: Vec<u8>,
    digest: Digest,
    known: People,
    additions: Additions,
    last: Option<Facts>,
    /// Earlier files of which rows are still to be corrected.
    open: Vec<OpenFile>,
    earlier: Option<PickupStatus>,
    /// The announced exceptions that earlier plans used up.
    used: Vec<Announced>,
}

pub(super) struct Decision {
    pub told: report::Import,
    pub operations: Vec<Operation>,
    pub digests: Digests,
    facts: Facts,
    pub corrections: Option<Vec<u8>>,
    /// What becomes of rows to correct, once this file is taken.
    followed: RowsFollowed,
    /// The announced exceptions without which the plan would be held.
    pub exceptions: Vec<Announced>,
    /// Whom the file is about.
    pub roll: Roll,
}

const TAKEN_AWAY: Text = Text::of(
    "a file was listed, and taken away before it could be read",
    "un fichier était présent, et a été repris avant d'être lu",
);
const EACH_BY_ITSELF: Text = Text::of(
    "each file is compared with the directory as it is, not as the files before would leave it",
    "chaque fichier est comparé à l'annuaire tel qu'il est, non tel que les fichiers précédents le laisseraient",
);

/// Finishes what an interrupted run left, then takes the files named, or all that lie on the server.
pub fn import(job: &mut Job<'_>, exchange: &Exchange, import: &Import, named: &[PathBuf]) -> Told {
    let mut told = Told::default();
    told.error = take_all(job, exchange, import, named, &mut told).err();
    told
}

fn take_all(
    job: &mut Job<'_>,
    exchange: &Exchange,
    import: &Import,
    named: &[PathBuf],
    told: &mut Told,
) -> Result<(), Error> {
    resume(job, exchange, import, told)?;
    for origin in origins(job, exchange, import, named, told)? {
        match take(job, exchange, import, &origin)? {
            Some(import) => told.imports.push(import),
            None => told.remarks.push(TAKEN_AWAY),
        }
    }
    told.remarks.extend(job.state.still_open(&exchange.name, job.context.started)?.map(still_open));
    if job.is_dry_run() && told.imports.len() > 1 {
        told.remarks.push(EACH_BY_ITSELF);
    }
    Ok(())
}

/// Who never comes back would otherwise be forgotten.
fn still_open(open: StillOpen) -> Text {
    let StillOpen { rows, files, oldest: (path, since) } = open;
    let (rows_en, rows_fr) = (if rows == 1 { "row is" } else { "rows are" }, if rows < 2 { "ligne" } else { "lignes" });
    let (files_en, files_fr) = match files {
        1 => ("1 earlier file".to_string(), "d'un fichier antérieur".to_string()),
        _ => (format!("{files} earlier files"), format!("de {files} fichiers antérieurs")),
    };
    let (day, jour) = (since.format("%Y-%m-%d"), since.format("%d/%m/%Y"));
    text!(
        "{rows} {rows_en} still to be corrected of {files_en}, the oldest of them ({path}) since {day}",
        "encore à corriger : {rows} {rows_fr} {files_fr}, la plus ancienne ({path}) depuis le {jour}",
    )
}

fn left_half_applied(path: &str) -> Text {
    text!(
        "an interrupted run left {path} half applied; a run finishes it",
        "une exécution interrompue a laissé {path} appliqué à moitié ; une exécution le termine",
    )
}

/// Finishes what an interrupted run left.
pub(super) fn resume(job: &mut Job<'_>, exchange: &Exchange, import: &Import, told: &mut Told) -> Result<(), Error> {
    for plan in job.state.unfinished_plans(&exchange.name)? {
        let resumed = job.act(|context, state, hands| finish(context, state, hands, exchange, import, plan.id))?;
        match resumed {
            Some(file) => told.imports.push(report::Import { resumed: true, ..file }),
            None => told.remarks.push(left_half_applied(&plan.path)),
        }
    }
    Ok(())
}

fn origins(
    job: &mut Job<'_>,
    exchange: &Exchange,
    import: &Import,
    named: &[PathBuf],
    told: &mut Told,
) -> Result<Vec<Origin>, Error> {
    if !named.is_empty() {
        return Ok(named.iter().cloned().map(Origin::Named).collect());
    }
    let drops = pickup::look(&job.context, exchange, import)?;
    told.remarks.extend(drops.remarks);
    let mut names = drops.names;
    for name in drops.unmarked {
        match is_known(job, exchange, import, &name)? {
            true => names.push(name),
            false => told.remarks.push(text!(
                "{name} is left for the next run: its marker is not there",
                "{name} attend la prochaine exécution : son fichier marqueur n'est pas là",
            )),
        }
    }
    for plan in job.state.held_plans()? {
        let is_there = |name: &str| drops.all.iter().any(|there| there == name);
        let is_ours = plan.exchange == exchange.name;
        if let Some(name) = apply::dropped_name(&plan.path).filter(|name| is_ours && !is_there(name)) {
            let path = &plan.path;
            told.remarks.push(text!(
                "{path} was held, and has been taken away; so its plan is dropped",
                "{path} était retenu, et a été repris depuis ; son plan est donc abandonné",
            ));
            job.act(|context, state, hands| {
                tell::withdraw(context, exchange, import, name)?;
                discard(context, state, hands, &plan)
            })?;
        }
    }
    Ok(names.into_iter().map(Origin::Dropped).collect())
}

/// An interrupted run may have taken the marker away already: what the journal knows was whole.
fn is_known(job: &Job<'_>, exchange: &Exchange, import: &Import, name: &str) -> Result<bool, Error> {
    let path = inside(import.files.folder(), name);
    let digest = Digest::of(&gather::fetch(&job.context, &exchange.server, &path)?);
    Ok(job.state.pickup(&exchange.name, &path, &digest)?.is_some())
}

/// None: the partner took the file away in the meantime.
fn take(
    job: &mut Job<'_>,
    exchange: &Exchange,
    import: &Import,
    origin: &Origin,
) -> Result<Option<report::Import>, Error> {
    let gathered = match gather(job, exchange, import, origin) {
        Err(Error::Transport(gone)) if gone.kind == Kind::Missing => return Ok(None),
        gathered => gathered?,
    };
    // The check may take a while; that the file is here can be said before.
    job.act(|context, _, _| match origin {
        Origin::Dropped(name) => tell::receive(context, exchange, import, name, gathered.bytes.len(), &gathered.digest),
        Origin::Named(_) => Ok(()),
    })?;
    let mut decision = read_and_decide(&gathered, exchange, import, job.context.local().date())?;
    let acted =
        job.act(|context, state, hands| act(context, state, hands, exchange, import, &gathered, &mut decision))?;
    Ok(Some(acted.unwrap_or(report::Import { operations: decision.operations, ..decision.told })))
}

fn gather(job: &Job<'_>, exchange: &Exchange, import: &Import, origin: &Origin) -> Result<Gathered, Error> {
    let gathered = match origin {
        Origin::Named(file) => self::named(&job.state, exchange, import, file),
        Origin::Dropped(name) => {
            let path = inside(import.files.folder(), name);
            let bytes = gather::fetch(&job.context, &exchange.server, &path)?;
            gathered(&job.state, exchange, import, path, bytes)
        }
    }?;
    Ok(match job.context.site.is_trial {
        true => Gathered { known: People::unknown(), ..gathered },
        false => gathered,
    })
}

pub(super) fn named(state: &State, exchange: &Exchange, import: &Import, file: &Path) -> Result<Gathered, Error> {
    let whole = std::path::absolute(file).map_err(|cause| Error::disk("find", file, cause))?;
    let bytes = fs::read(&whole).map_err(|cause| Error::unreadable(file, cause))?;
    gathered(state, exchange, import, whole.display().to_string(), bytes)
}

pub(super) fn gathered(
    state: &State,
    exchange: &Exchange,
    import: &Import,
    path: String,
    bytes: Vec<u8>,
) -> Result<Gathered, Error> {
    let digest = Digest::of(&bytes);
    Ok(Gathered {
        earlier: state.pickup(&exchange.name, &path, &digest)?.map(|pickup| pickup.status),
        known: state.people()?,
        additions: import.additions.read(&import.contract.columns)?,
        last: state.last_good(&exchange.name)?,
        open: state.open_files(&exchange.name)?,
        used: state.used_exceptions(&exchange.name)?,
        path,
        bytes,
        digest,
    })
}

/// Decides about a file once more, on the day on which it was decided before.
pub(super) fn decide_anew(
    state: &State,
    exchange: &Exchange,
    import: &Import,
    path: &str,
    bytes: Vec<u8>,
    day: NaiveDate,
) -> Result<Decision, Error> {
    let gathered = Gathered { earlier: None, ..gathered(state, exchange, import, path.into(), bytes)? };
    read_and_decide(&gathered, exchange, import, day)
}

pub(super) fn read_and_decide(
    gathered: &Gathered,
    exchange: &Exchange,
    import: &Import,
    today: NaiveDate,
) -> Result<Decision, Error> {
    let read = read(gathered, import)?;
    Ok(decide(gathered, read, exchange, import, today))
}

/// What a partner's file must be.
fn contract(import: &Import) -> Contract<'_> {
    let (columns, identify_by) = (&import.contract.columns, &import.identify_by.fields);
    Contract { columns, identify_by, creates: true, twins: import.twins }
}

/// None: the very same file was taken before.
fn read(gathered: &Gathered, import: &Import) -> Result<Option<Result<Reading, Finding>>, Error> {
    match gathered.earlier {
        Some(PickupStatus::Taken | PickupStatus::Done) => Ok(None),
        _ => reading::read(&gathered.bytes, import.encoding, &rule::knows(&contract(import))).map(Some),
    }
}

fn decide(
    gathered: &Gathered,
    read: Option<Result<Reading, Finding>>,
    exchange: &Exchange,
    import: &Import,
    today: NaiveDate,
) -> Decision {
    let mut decision = Decision {
        told: report::Import {
            file: gathered.path.clone(),
            size: gathered.bytes.len() as u64,
            ..report::Import::default()
        },
        operations: Vec::new(),
        digests: Digests {
            file: gathered.digest.clone(),
            snapshot: gathered.known.digest(),
            profile: exchange.profile.digest(),
        },
        facts: Facts { rows: 0, size: gathered.bytes.len() as u64, heading: String::new() },
        corrections: None,
        followed: RowsFollowed::default(),
        exceptions: Vec::new(),
        roll: Roll::default(),
    };
    match read {
        None => decision.told.already_taken = true,
        Some(Ok(reading)) => decision.read(reading, gathered, &contract(import), import, exchange.language, today),
        Some(Err(no_table)) => {
            decision.told.findings = Findings(vec![no_table]);
            decision.told.verdict = Verdict::Refused;
        }
    }
    decision
}

impl Decision {
    /// What a saved plan was held for, and let through for, when it was made; that is what its reader approves.
    pub fn with_brakes_of(mut self, saved: &Saved) -> Decision {
        self.told.held = saved.report.held.clone();
        self.told.let_through = saved.report.let_through.clone();
        self.told.verdict = saved.report.verdict;
        self.exceptions = saved.exceptions.clone();
        self
    }

    fn read(
        &mut self,
        mut reading: Reading,
        gathered: &Gathered,
        contract: &Contract<'_>,
        import: &Import,
        language: Language,
        today: NaiveDate,
    ) {
        let ours = Ours::find(&reading.heading);
        reading.findings.extend(ours.still_unread(&reading.table));
        let mut recognised = rule::recognise(&reading.heading, contract, &gathered.additions.defaults);
        // Nobody else has a use for our columns.
        let is_ours = |finding: &Finding| finding.place.column.is_some_and(|column| ours.holds(column as usize));
        recognised.findings.retain(|finding| finding.is_error() || !is_ours(finding));
        // Rows to correct are only some of the file.
        let absent_on = (import.absent == Absent::Remark && !ours.are_there()).then_some(today);
        let around = Surroundings { known: &gathered.known, additions: &gathered.additions, absent_on };
        let checked = rule::check(&recognised, &reading.table, &reading.findings, contract, &around);
        // They are few: the last whole file stays the measure.
        let whole = gathered.last.clone().filter(|_| ours.are_there());
        self.facts = whole.unwrap_or(Facts {
            rows: checked.rows,
            heading: reading.heading.join(Facts::SEPARATOR),
            ..self.facts
        });
        self.told.rows = checked.rows;
        self.told.left_out = checked.left_out.len();
        for unlisted in &checked.unlisted {
            *self.told.unlisted.entry(unlisted.code.into()).or_default() += 1;
        }
        self.roll = checked.roll;
        let findings = [&reading.findings[..], &recognised.findings, &checked.findings].concat();
        self.told.findings = in_file_order(findings);
        self.told.excerpt = Excerpt::of(&reading.heading, &reading.table, &self.told.findings);
        let is_refused = self.told.findings.0.iter().any(|finding| finding.is_error() && finding.place.row.is_none());
        if !is_refused {
            let operations =
                plan::diff(&gathered.known, &checked.delivered, contract.identify_by, &self.told.file, today);
            self.operations = plan::order(operations);
        }
        self.corrections = match is_refused {
            true => None,
            false => to_correct(
                &gathered.bytes,
                &reading.source,
                &Corrections {
                    heading: &reading.heading,
                    table: &reading.table,
                    ours: &ours,
                    digest: &gathered.digest,
                    left_out: &checked.left_out,
                    unread: &reading.findings,
                    findings: &self.told.findings.0,
                    unlisted: &checked.unlisted,
                    language,
                },
            ),
        };
        if !is_refused {
            self.count();
            let file = Followed {
                table: &reading.table,
                recognised: &recognised,
                contract,
                ours: &ours,
                digest: &gathered.digest,
                left_out: &checked.left_out,
            };
            (self.told.returned, self.followed) = follow(&file, &gathered.open);
        }
        if !is_refused {
            let last = gathered.last.as_ref().filter(|_| !ours.are_there());
            let facts = measure::facts(gathered.known.len(), &self.facts, last, contract);
            let exceptions = measure::exceptions(&import.allow, today, &gathered.used);
            let judgement = exception::judge(&import.brakes, &exceptions, &self.operations, &facts);
            self.told.held = judgement.held.iter().map(Held::text).collect();
            self.told.let_through = judgement.let_through.iter().map(Held::text).collect();
            self.told.let_through.extend(judgement.needed.iter().map(|exception| exception.text()));
            self.exceptions = judgement.needed.into_iter().map(measure::announced).collect();
        }
        self.told.verdict = self.told.judge(is_refused);
    }

    /// For the journal: it says later what became of anybody.
    fn roll(&self) -> Option<NewRoll<'_>> {
        let findings = self.told.findings.0.as_slice();
        let is_refused = findings.iter().any(|finding| finding.is_error() && finding.place.row.is_none());
        Some(NewRoll { roll: &self.roll, findings, is_refused })
    }

    fn count(&mut self) {
        self.told.created = self.operations.iter().filter(|operation| operation.is_creation()).count();
        self.told.updated = self.operations.len() - self.told.created;
        self.told.unchanged = self.told.rows - self.told.left_out - self.operations.len();
    }
}

/// None where every row was taken.
fn to_correct(bytes: &[u8], source: &Source, corrections: &Corrections<'_>) -> Option<Vec<u8>> {
    let mut again = Again::new(bytes, source);
    (!corrections.left_out.is_empty()).then(|| {
        corrections.write(|cells| again.row(cells));
        again.finish()
    })
}

/// What is about the whole file comes first.
fn in_file_order(mut findings: Vec<Finding>) -> Findings {
    findings.sort_by_key(|finding| (finding.place.row, finding.place.column));
    Findings(findings)
}

fn act(
    context: &Context<'_>,
    state: &mut State,
    hands: &Hands,
    exchange: &Exchange,
    import: &Import,
    gathered: &Gathered,
    decision: &mut Decision,
) -> Result<report::Import, Error> {
    let name = apply::dropped_name(&gathered.path).map(String::from);
    let mut told = decision.told.clone();
    discard_held(context, state, hands, exchange, &gathered.path)?;
    if told.already_taken || told.verdict == Verdict::Refused {
        if !told.already_taken {
            state.save_pickup(&NewPickup {
                run: &context.run,
                exchange: &exchange.name,
                path: &gathered.path,
                digest: &gathered.digest,
                facts: &decision.facts,
                status: PickupStatus::Refused,
                roll: decision.roll(),
                at: context.started,
            })?;
        }
        let Decision { followed, .. } = &decision;
        state.follow_rows(&exchange.name, &gathered.path, &gathered.digest, followed, context.started)?;
        if let Some(name) = &name {
            let corrections = decision.corrections.as_deref();
            let telling = Telling { told: &mut told, name, digest: &gathered.digest, corrections };
            tell::set_aside(context, exchange, import, telling)?;
        }
        return Ok(told);
    }
    let id = save(context, state, hands, exchange, gathered, decision)?;
    if told.verdict != Verdict::Held {
        return finish(context, state, hands, exchange, import, id);
    }
    if let Some(name) = &name {
        let telling = Telling { told: &mut told, name, digest: &gathered.digest, corrections: None };
        tell::hold(context, exchange, import, telling)?;
    }
    Ok(told)
}

/// Remembers what was decided, with the file; to be applied at once, unless it is held.
pub(super) fn save(
    context: &Context<'_>,
    state: &mut State,
    hands: &Hands,
    exchange: &Exchange,
    gathered: &Gathered,
    decision: &Decision,
) -> Result<PlanId, Error> {
    let spooled = format!("{}-{}-{}.in", context.run, exchange.name, &gathered.digest.as_str()[..12]);
    hands.spool.put(&spooled, &gathered.bytes)?;
    Ok(state.save_plan(&NewPlan {
        run: &context.run,
        exchange: &exchange.name,
        path: &gathered.path,
        digests: &decision.digests,
        facts: &decision.facts,
        operations: &decision.operations,
        held: &decision.told.held,
        exceptions: &decision.exceptions,
        verdict: &Kept { told: decision.told.clone(), followed: decision.followed.clone() }.write(),
        corrections: decision.corrections.as_deref(),
        spooled: Some(&spooled),
        roll: decision.roll(),
        at: context.started,
    })?)
}

/// What is decided about a file now takes the place of what was held of it.
pub(super) fn discard_held(
    context: &Context<'_>,
    state: &mut State,
    hands: &Hands,
    exchange: &Exchange,
    path: &str,
) -> Result<(), Error> {
    let mut held = state.held_plans()?;
    held.retain(|old| old.exchange == exchange.name && old.path == path);
    held.iter().try_for_each(|old| discard(context, state, hands, old))
}

/// Gives up a held plan: there is another one in its place, or no file any more.
fn discard(context: &Context<'_>, state: &mut State, hands: &Hands, old: &Plan) -> Result<(), Error> {
    state.set_plan_status(old.id, PlanStatus::Discarded, context.started)?;
    old.spooled.iter().try_for_each(|spooled| Ok(hands.spool.remove(spooled)?))
}

impl Error {
    fn unreadable(file: &Path, cause: std::io::Error) -> Error {
        Error::Usage(format!("{} cannot be read: {cause}", file.display()))
    }
}
