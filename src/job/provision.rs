//! Hands a delivery over to a SCIM provider: each row becomes an account. Who has left loses it, and none is deleted.
//!
//! Everything is looked up before it is done, so an interrupted delivery begins again at no harm. The journal knows of an
//! account before it is created: whoever is given one and leaves while nobody looks still loses it.

mod users;
mod work;

use std::collections::BTreeMap;

use chrono::{NaiveDate, Utc};

use crate::job::body::{Body, Row};
use crate::job::deliver::Handed;
use crate::job::post::prepared;
use crate::job::{Context, Error, Hands};
use crate::model::{Finding, date};
use crate::report::Accounts;
use crate::state::{self, AccountStatus, Delivery, DeliveryStatus, State};
use crate::transport::endpoint::scim::{Account, Options, Path};
use work::Work;

/// Where a profile puts the manager, as what we call that person.
pub const MANAGER: &str = "urn:ietf:params:scim:schemas:extension:enterprise:2.0:User:manager.value";

/// What became of the accounts.
#[derive(Debug, Default)]
pub struct Provisioned {
    pub accounts: Accounts,
    pub findings: Vec<Finding>,
}

/// A row as it is asked for.
struct Wanted {
    account: Account,
    /// None: nothing is said of managers.
    manager: Option<Manager>,
}

enum Manager {
    Nobody,
    Who(String),
}

pub fn hand_over(
    context: &Context<'_>,
    options: &Options,
    state: &mut State,
    hands: &Hands,
    delivery: &Delivery,
) -> Result<Handed, Error> {
    let content = prepared(state, hands, delivery)?;
    let body: Body = serde_json::from_slice(&content).map_err(|cause| Error::data(&delivery.file_name, cause))?;
    let today = context.site.local(body.at).date();
    let wanted: Vec<Wanted> = body.rows.iter().map(|row| wanted(row, today)).collect();
    state.advance(&[delivery.id], DeliveryStatus::Uploading, Utc::now())?;
    let done = Work::begin(context, options, state, delivery, wanted.len())?.all(&wanted, body.left_out)?;
    state.advance(&[delivery.id], DeliveryStatus::Delivered, Utc::now())?;
    hands.spool.remove(&delivery.spooled)?;
    Ok(Handed::Accounts(Box::new(done)))
}

/// How many of the active accounts of an exchange these rows would switch off. `rows` is the JSON list.
pub fn switched_off(rows: &[u8], left_out: usize, known: &BTreeMap<String, state::Account>, today: NaiveDate) -> usize {
    let rows: Vec<Row> = serde_json::from_slice(rows).expect("we wrote them");
    let stay: BTreeMap<String, bool> =
        rows.iter().map(|row| wanted(row, today).account).map(|account| (account.who, account.is_active)).collect();
    let goes = |who: &String| stay.get(who).map_or(left_out == 0, |is_active| !is_active);
    active(known).filter(|who| goes(who)).count()
}

/// Those that are active, as far as we know.
pub fn active(known: &BTreeMap<String, state::Account>) -> impl Iterator<Item = &String> {
    known.iter().filter(|(_, account)| account.status != AccountStatus::Inactive).map(|(who, _)| who)
}

/// The headings are paths, as the site was read. `active` is the last day of a contract: an account is, up to that day.
fn wanted(row: &Row, today: NaiveDate) -> Wanted {
    let mut account = Account { who: String::new(), user_name: String::new(), is_active: true, attributes: Vec::new() };
    let mut manager = None;
    for (heading, cell) in row {
        let Some(path) = Path::parse(heading) else { continue };
        let text = || cell.as_str().unwrap_or_default().to_owned();
        if path.is("externalId") {
            account.who = text();
        } else if path.is("userName") {
            account.user_name = text();
        } else if path.is("active") {
            account.is_active = date::iso(&text()).is_none_or(|end| end >= today);
        } else if path.is(MANAGER) {
            manager = Some(cell.as_str().map_or(Manager::Nobody, |who| Manager::Who(who.into())));
        } else {
            account.attributes.push((path, Some(cell.clone()).filter(|cell| !cell.is_null() && *cell != "")));
        }
    }
    // Who is one's own manager has none.
    if matches!(&manager, Some(Manager::Who(who)) if *who == account.who) {
        manager = Some(Manager::Nobody);
    }
    Wanted { account, manager }
}
