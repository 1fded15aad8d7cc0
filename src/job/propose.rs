//! Puts operations that no file asked for before a person: a held plan of an exchange, approved like any other.

use crate::job::import::discard_held;
use crate::job::remembered::Remembered;
use crate::job::{Error, Job};
use crate::model::digest::Digester;
use crate::model::{Digest, Operation, Text, Verdict};
use crate::plan::{Held, brake};
use crate::report;
use crate::site::{Exchange, Import};
use crate::state::{Digests, Facts, NewPlan, RowsFollowed};

/// What is proposed, and what it was made from.
pub struct Proposal<'a> {
    /// Where the operations come from, as an absolute path on this machine: nothing of it lies on the partner's server.
    /// A held plan of the same exchange and path gives way to this one.
    pub path: &'a str,
    /// In the order in which they are to be applied.
    pub operations: Vec<Operation>,
    /// Of the directory that they were made for: once it has moved, the plan is approved no more.
    pub snapshot: Digest,
    /// Why a person must decide.
    pub reason: Text,
    /// What is left as it is, and why.
    pub kept: Vec<Text>,
}

/// Saves the operations as a held plan, and tells of it as of a file that is held; a dry run only tells. The brakes are
/// told too, though none of them is needed to hold it.
///
/// # Panics
/// When the path is not absolute.
pub fn propose(
    job: &mut Job<'_>,
    exchange: &Exchange,
    import: &Import,
    proposal: Proposal<'_>,
) -> Result<report::Import, Error> {
    assert!(proposal.path.starts_with('/'), "`{}` would be looked for on the partner's server", proposal.path);
    let last = job.state.last_good(&exchange.name)?;
    let Proposal { path, operations, snapshot, reason, kept } = proposal;
    let passed = brake::passed(&import.brakes, &operations, job.state.count()?);
    let created = operations.iter().filter(|operation| operation.is_creation()).count();
    let told = report::Import {
        file: path.into(),
        verdict: Verdict::Held,
        rows: operations.len(),
        created,
        updated: operations.len() - created,
        held: std::iter::once(reason).chain(passed.iter().map(Held::text)).collect(),
        kept,
        ..report::Import::default()
    };
    let digests = Digests { file: digest(&told, &operations, job), snapshot, profile: exchange.profile.digest() };
    // The next file is still measured against the partner's last one.
    let facts = last.unwrap_or(Facts { rows: 0, size: 0, heading: String::new() });
    job.act(|context, state, hands| {
        discard_held(context, state, hands, exchange, path)?;
        state.save_plan(&NewPlan {
            run: &context.run,
            exchange: &exchange.name,
            path,
            digests: &digests,
            facts: &facts,
            operations: &operations,
            is_elsewhere: false,
            held: &told.held,
            exceptions: &[],
            verdict: &Remembered { told: told.clone(), followed: RowsFollowed::default() }.write(),
            corrections: None,
            spooled: None,
            roll: None,
            at: context.started,
        })?;
        Ok(())
    })?;
    Ok(match job.is_dry_run() {
        true => report::Import { operations, ..told },
        false => told,
    })
}

/// There is no file whose digest could stand in the journal. The run is part of it: the same may be proposed again.
fn digest(told: &report::Import, operations: &[Operation], job: &Job<'_>) -> Digest {
    let mut digester = Digester::default();
    digester.update(job.context.run.to_string().as_bytes());
    digester.update(told.file.as_bytes());
    digester.update(&serde_json::to_vec(operations).expect("an operation is made of plain values"));
    digester.finish()
}
