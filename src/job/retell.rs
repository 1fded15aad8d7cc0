//! Tells a run again: the report that the journal keeps, with the operations of its plans.

use crate::job::{Error, run};
use crate::report::Report;
use crate::state::{OperationStatus, Plan, RunId, State};

/// The run whose id begins so; without a beginning, the last one.
pub fn retell(state: &State, prefix: Option<&str>) -> Result<Report, Error> {
    let id = match prefix {
        Some(prefix) => run::one_like(state, prefix)?.id,
        None => state.runs(1)?.pop().ok_or_else(|| Error::Usage("nothing has run yet".into()))?.id,
    };
    let document = state.history(&id)?.and_then(|history| history.run.report);
    let Some(document) = document else {
        return Err(Error::Usage(format!("the run {id} has no report: it goes on, or it was cut off")));
    };
    let mut report: Report = serde_json::from_value(document)
        .map_err(|cause| Error::Usage(format!("the report of run {id} is of another Passerelle: {cause}")))?;
    add_operations(state, &mut report)?;
    Ok(report)
}

/// Adds what the plans of the run hold, which a report leaves to the journal.
pub fn add_operations(state: &State, report: &mut Report) -> Result<(), Error> {
    let plans = RunId::parse(&report.run).map(|id| state.plans_of(&id)).transpose()?.unwrap_or_default();
    for exchange in &mut report.exchanges {
        for import in exchange.imports.iter_mut().filter(|import| import.operations.is_empty()) {
            let of_file = |plan: &&Plan| plan.exchange == exchange.name && plan.path == import.file;
            if let Some(plan) = plans.iter().find(of_file) {
                let mut recorded = state.operations(plan.id)?;
                // What the directory did not take is told as a failure.
                recorded.retain(|recorded| recorded.status != OperationStatus::Failed);
                import.operations = recorded.into_iter().map(|recorded| recorded.operation).collect();
            }
        }
    }
    Ok(())
}
