//! Accounts that an export keeps at a provider: what is known of them before it is decided.

use std::collections::BTreeMap;

use chrono::NaiveDate;

use crate::job::export::file::File;
use crate::job::{Error, Job, provision};
use crate::model::Text;
use crate::site::{Exchange, Export};
use crate::state::Account;
use crate::text;
use crate::transport::Endpoint;

/// By what we call the people; none where each row is no account.
pub fn gather(job: &Job<'_>, exchange: &Exchange) -> Result<BTreeMap<String, Account>, Error> {
    let options = &exchange.server.options;
    match options.endpoint() {
        Some(Endpoint::Scim(_)) => Ok(job.state.accounts(&exchange.name, &options.describe())?),
        Some(Endpoint::Https(_)) | None => Ok(BTreeMap::new()),
    }
}

/// Contracts that ended all at once in the HR system would lock everybody out.
pub fn too_many_switched_off(
    files: &[File],
    left_out: usize,
    accounts: &BTreeMap<String, Account>,
    export: &Export,
    today: NaiveDate,
) -> Result<Option<Text>, Error> {
    let total = provision::active(accounts).count();
    let Some((file, limit)) = files.first().filter(|_| total > 0).zip(export.brakes.shrink) else { return Ok(None) };
    let affected = provision::switched_off(&file.made.whole()?, left_out, accounts, today);
    Ok(limit.is_passed(affected, total).then(|| {
        text!(
            "{affected} of {total} active accounts would be switched off, and `shrink` allows ",
            "{affected} comptes actifs sur {total} seraient désactivés, et `shrink` autorise "
        )
        .then(&limit.text())
    }))
}
