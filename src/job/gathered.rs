//! What deciding about a partner's file needs to know, all of it read before.

use std::path::Path;

use crate::job::content::Content;
use crate::job::known::Known;
use crate::job::remembered::Remembered;
use crate::job::{Context, Error, known};
use crate::model::{Digest, Verdict};
use crate::report;
use crate::rule::Additions;
use crate::site::{Exchange, Import};
use crate::state::{Announced, Facts, OpenFile, PickupStatus, Plan, State};

pub struct Gathered {
    /// As the journal knows the file: below the server's folder, or absolute on this machine.
    pub path: String,
    pub content: Content,
    pub known: Known,
    /// Of the people who are known: see [`known::digest`].
    pub snapshot: Digest,
    pub additions: Additions,
    /// Of the last file that was taken.
    pub last: Option<Facts>,
    /// Earlier files of which rows are still to be corrected.
    pub open: Vec<OpenFile>,
    /// The verdict that the very same file had when it was taken before.
    pub earlier: Option<Verdict>,
    /// The announced exceptions that earlier plans used up.
    pub used: Vec<Announced>,
}

impl Gathered {
    /// A file of this machine.
    pub fn named(
        context: &Context<'_>,
        state: &State,
        exchange: &Exchange,
        import: &Import,
        file: &Path,
    ) -> Result<Gathered, Error> {
        let whole = std::path::absolute(file).map_err(|cause| Error::disk("find", file, cause))?;
        let unread = |cause| Error::Usage(format!("{} cannot be read: {cause}", file.display()));
        let content = Content::named(&whole, unread)?;
        Gathered::of(context, state, exchange, import, whole.display().to_string(), content)
    }

    pub fn of(
        context: &Context<'_>,
        state: &State,
        exchange: &Exchange,
        import: &Import,
        path: String,
        content: Content,
    ) -> Result<Gathered, Error> {
        let organisation = known::organisation(context, import)?;
        Ok(Gathered {
            earlier: earlier(state, &exchange.name, &path, &content.digest)?,
            snapshot: known::digest(context, state, import)?,
            known: known::known(context, state, import)?,
            additions: import.additions.read(&import.contract.columns, organisation.as_deref())?,
            last: state.last_good(&exchange.name)?,
            open: state.open_files(&exchange.name)?,
            used: state.used_exceptions(&exchange.name)?,
            path,
            content,
        })
    }

    /// A file that is held lies there at every run.
    pub fn is_held(&self, state: &State, exchange: &Exchange) -> Result<bool, Error> {
        let known = state.pickup(&exchange.name, &self.path, &self.content.digest)?;
        Ok(known.is_some_and(|pickup| pickup.status == PickupStatus::Held))
    }
}

fn earlier(state: &State, exchange: &str, path: &str, digest: &Digest) -> Result<Option<Verdict>, Error> {
    let status = state.pickup(exchange, path, digest)?.map(|pickup| pickup.status);
    if !matches!(status, Some(PickupStatus::Taken | PickupStatus::Done)) {
        return Ok(None);
    }
    let plan = state.plan_about(exchange, path, digest)?;
    Ok(Some(plan.map(|plan| verdict(&plan)).unwrap_or_default()))
}

/// Of a plan that was held, once it was let through.
fn verdict(plan: &Plan) -> Verdict {
    let Remembered { told, .. } = Remembered::read(&plan.verdict);
    report::Import { held: Vec::new(), ..told }.judge(false)
}
