//! Makes the plan that takes back what a run did to users: held, and approved like any other. Nobody is ever deleted, and
//! what has changed since is left as it is.

use std::collections::{HashMap, HashSet};

use crate::job::import::discard_held;
use crate::job::propose::{Proposal, propose};
use crate::job::{Error, Job};
use crate::model::field::Kind;
use crate::model::operation::Act;
use crate::model::{Digest, Field, Operation, People, Text};
use crate::plan;
use crate::plan::undo::{Done, Kept, Undo, Why};
use crate::report;
use crate::site::{Exchange, Import};
use crate::state::{OperationStatus, Plan, PlanStatus, Run, RunId, State};
use crate::text;

/// Where the plans of an undo say that they come from: no such file is looked for.
const PATH: &str = "/undo/";

/// What a run did in one exchange.
pub struct Target {
    run: RunId,
    pub exchange: String,
    plans: Vec<Plan>,
}

/// What deciding needs to know, all of it read before.
struct Gathered {
    /// In the order in which it was done.
    done: Vec<Done>,
    /// Creations and updates that the directory had not taken.
    failed: Vec<String>,
    known: People,
    snapshot: Digest,
    /// Users by logins that nobody has any more.
    former: HashMap<String, u32>,
}

/// Is the plan that of an undo? There is no file behind it, and no partner to be told.
pub fn is_path(path: &str) -> bool {
    path.starts_with(PATH)
}

/// The exchange in which the run changed users; None: in none. Of a run that approved a plan it is what it let through.
pub fn target(state: &State, run: &Run, exchange: Option<&str>) -> Result<Option<Target>, Error> {
    let mut plans = state.plans_of(&run.id)?;
    plans.retain(|plan| exchange.is_none_or(|exchange| exchange == plan.exchange));
    let id = &run.id;
    if plans.iter().any(|plan| plan.status == PlanStatus::Applying) {
        return Err(Error::Usage(format!("run {id} is not finished; `passerelle run` goes on with it")));
    }
    plans.retain(|plan| plan.operations.done > 0);
    let mut exchanges: Vec<&str> = Vec::new();
    for plan in plans.iter().rev() {
        if !exchanges.contains(&plan.exchange.as_str()) {
            exchanges.push(&plan.exchange);
        }
    }
    match exchanges[..] {
        [] => Ok(None),
        [only] => Ok(Some(Target { run: id.clone(), exchange: only.into(), plans })),
        [last, ..] => Err(Error::Usage(format!(
            "run {id} changed users in {}; take them back one by one, the last one first: `passerelle undo {id} {last}`",
            exchanges.join(", ")
        ))),
    }
}

/// A plan that waits for approval; where nothing is left to take back, only what is left as it is.
pub fn undo(job: &mut Job<'_>, exchange: &Exchange, import: &Import, target: &Target) -> Result<report::Import, Error> {
    if import.people.are_elsewhere() {
        return Err(Error::Usage(format!(
            "run {} changed people of Lucca (`{}`), and only what was done to the directory can be taken back: put it right \
             in Lucca, or with the next file",
            target.run,
            import.people.name()
        )));
    }
    let gathered = gather(job, target)?;
    let today = job.context.local().date();
    let Undo { operations, kept } = plan::undo(&gathered.done, &gathered.known, &gathered.former, today);
    let mut kept = kept.iter().map(|kept| tell(&job.state, kept)).collect::<Result<Vec<Text>, Error>>()?;
    kept.extend(gathered.failed.iter().map(|login| {
        text!(
            "`{login}`: the run could not do this, so it stays as it is",
            "`{login}` : l'exécution n'avait pas pu le faire, rien à annuler"
        )
    }));
    let id = &target.run;
    let path = format!("{PATH}{id}");
    if operations.is_empty() {
        // What was proposed before is overtaken, too.
        job.act(|context, state, hands| discard_held(context, state, hands, exchange, &path))?;
        return Ok(report::Import { file: path, kept, ..report::Import::default() });
    }
    let proposal = Proposal {
        path: &path,
        operations: plan::order(operations),
        snapshot: gathered.snapshot,
        reason: text!("it takes back what run {id} did", "il annule ce que l'exécution {id} a fait"),
        kept,
    };
    propose(job, exchange, import, proposal)
}

fn gather(job: &Job<'_>, target: &Target) -> Result<Gathered, Error> {
    let (snapshot, known) = (job.state.directory_digest()?, job.state.people()?);
    let mut gathered = Gathered { done: Vec::new(), failed: Vec::new(), known, snapshot, former: HashMap::new() };
    for plan in &target.plans {
        for (user, recorded) in job.state.operations_with_users(plan.id)? {
            let login = recorded.operation.user().login.clone();
            match (user, recorded.status) {
                (Some(user), OperationStatus::Done) => {
                    gathered.done.push(Done { user, operation: recorded.operation });
                }
                _ => gathered.failed.push(login),
            }
        }
    }
    gathered.former = former(job, &gathered)?;
    Ok(gathered)
}

fn former(job: &Job<'_>, gathered: &Gathered) -> Result<HashMap<String, u32>, Error> {
    let login = gathered.known.column(&Field::of("login"));
    let logins: HashSet<String> =
        (0..gathered.known.len()).map(|person| gathered.known.value(person, &login).to_lowercase()).collect();
    let mut former = HashMap::new();
    for named in gathered.done.iter().flat_map(|done| people_named(&done.operation)) {
        let named = named.to_lowercase();
        if !named.is_empty() && !logins.contains(&named) && !former.contains_key(&named) {
            let user = job.state.formerly(&named)?;
            former.extend(user.map(|user| (named, user)));
        }
    }
    Ok(former)
}

/// The logins of managers, before and after.
fn people_named(operation: &Operation) -> Vec<&str> {
    match &operation.act {
        Act::Create { .. } => Vec::new(),
        Act::Update { changes, .. } => {
            let of_people = changes.0.iter().filter(|(field, _)| field.kind() == Kind::Person);
            of_people.flat_map(|(_, change)| [change.from.as_str(), change.to.as_str()]).collect()
        }
    }
}

/// ``"`ada`: department stays `Sales`, which run … has set since"``
fn tell(state: &State, kept: &Kept) -> Result<Text, Error> {
    let login = &kept.login;
    Ok(match &kept.why {
        Why::Created => text!(
            "`{login}` was created by the run and stays, for nobody is ever deleted; a contract end in the next file lets \
             them leave",
            "`{login}` a été créé par l'exécution et reste, car personne n'est jamais supprimé ; une fin de contrat dans \
             le prochain fichier marque le départ"
        ),
        Why::Back { field, now } => {
            let now = shown(now);
            text!("`{login}`: {field} is {now} again already", "`{login}` : {field} est déjà revenu à {now}", now)
        }
        Why::Taken { field, value, by } => text!(
            "`{login}`: {field} cannot be `{value}` again, for `{by}` has it now",
            "`{login}` : {field} ne peut pas redevenir `{value}`, car `{by}` l'a maintenant"
        ),
        Why::Overtaken { field, now } => {
            let now = shown(now);
            match state.last_change(kept.user, field)? {
                Some(run) => text!(
                    "`{login}`: {field} stays {now}, which run {run} has set since",
                    "`{login}` : {field} reste {now}, valeur fixée depuis par l'exécution {run}",
                    now
                ),
                None => text!(
                    "`{login}`: {field} stays {now}, set since",
                    "`{login}` : {field} reste {now}, valeur fixée depuis",
                    now
                ),
            }
        }
    })
}

fn shown(value: &str) -> Text {
    match value {
        "" => Text::of("empty", "vide"),
        value => Text::same(format!("`{value}`")),
    }
}
