//! The work on the accounts of one delivery: those of the rows, those of who has left, then the managers.

use std::collections::BTreeMap;

use serde_json::json;

use super::users::Users;
use super::{MANAGER, Manager, Provisioned, Wanted, active};
use crate::job::account_rules::{ACCOUNT_REFUSED, LEAVERS_NOT_JUDGED, MANAGER_WITHOUT_ACCOUNT};
use crate::job::progress::Unit;
use crate::job::{Context, Error};
use crate::model::{Finding, Place, Text};
use crate::report::Accounts;
use crate::state::{self, AccountStatus, Delivery, State};
use crate::text;
use crate::transport::endpoint::scim::{Account, Change, Options, Path, Provider, Refused, Trouble, User};

pub struct Work<'a> {
    context: &'a Context<'a>,
    state: &'a mut State,
    delivery: &'a Delivery,
    provider: Provider,
    /// As the journal has them.
    known: BTreeMap<String, state::Account>,
    users: Users,
    /// Is every user of the provider in `users`?
    is_whole: bool,
    fates: BTreeMap<String, Fate>,
    findings: Vec<Finding>,
}

/// What became of one account.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Fate {
    Created,
    Changed,
    SwitchedOff,
    Unchanged,
    Refused,
}

/// Why an account is not as it is to be.
enum Obstacle {
    Refused(Text),
    Failed(Error),
}

impl<'a> Work<'a> {
    /// Reads the users of the provider, unless it is cheaper to ask for those of so many rows.
    pub fn begin(
        context: &'a Context<'a>,
        options: &Options,
        state: &'a mut State,
        delivery: &'a Delivery,
        rows: usize,
    ) -> Result<Work<'a>, Error> {
        let provider = Provider::open(options, &context.site.base, &context.limit)?;
        let listed = provider.list(rows, &context.limit)?;
        let known = state.accounts(&delivery.exchange, &delivery.server)?;
        let is_whole = listed.is_some();
        let users = Users::of(listed.unwrap_or_default());
        let (fates, findings) = (BTreeMap::new(), Vec::new());
        Ok(Work { context, state, delivery, provider, known, users, is_whole, fates, findings })
    }

    pub fn all(mut self, wanted: &[Wanted], left_out: usize) -> Result<Provisioned, Error> {
        let progress = self.context.progress;
        progress.begin(&self.delivery.file_name, wanted.len() as u64, Unit::Rows);
        let worked = self.in_order(wanted, left_out);
        progress.end();
        let accounts = self.counted();
        let Accounts { created, changed, switched_off, unchanged, refused } = accounts;
        tracing::info!(created, changed, switched_off, unchanged, refused, "accounts");
        worked.map(|()| Provisioned { accounts, findings: self.findings })
    }

    /// Accounts first, so that managers have theirs when they are named.
    fn in_order(&mut self, wanted: &[Wanted], left_out: usize) -> Result<(), Error> {
        for Wanted { account, .. } in wanted {
            let settled = self.settle(account);
            self.note(&account.who, settled)?;
            self.context.progress.advance(1);
        }
        let absent: Vec<String> = active(&self.known).filter(|who| !self.fates.contains_key(*who)).cloned().collect();
        match left_out {
            0 => absent.iter().try_for_each(|who| self.leave(who))?,
            _ if absent.is_empty() => {}
            _ => self.findings.push(not_judged(absent.len())),
        }
        let staying = wanted.iter().filter(|wanted| wanted.account.is_active);
        staying.filter_map(|wanted| Some((&wanted.account.who, wanted.manager.as_ref()?))).try_for_each(
            |(who, manager)| {
                let managed = self.manage(who, manager);
                self.note_managed(who, managed)
            },
        )
    }

    /// Finds the account of a row, and makes it what it is to be. Who is not there and has left needs none.
    fn settle(&mut self, account: &Account) -> Result<Fate, Obstacle> {
        self.context.may_begin("go on with the accounts")?;
        let (user, is_new) = match self.find(account)? {
            Some(user) => (user, false),
            None if !account.is_active => return Ok(Fate::Unchanged),
            None => {
                self.remember(&account.who, AccountStatus::Creating)?;
                self.provider.create(account, &self.context.limit)?
            }
        };
        if user.who().is_some_and(|who| who != account.who) {
            return Err(Obstacle::Refused(belongs_to_another(&account.user_name)));
        }
        let changes = if is_new { Vec::new() } else { account.differences(&user) };
        if !changes.is_empty() {
            // Before it is active again, so that whoever leaves then is known to have it.
            if account.is_active && !user.is_active() {
                self.remember(&account.who, AccountStatus::Creating)?;
            }
            self.provider.change(&user, &changes, &self.context.limit)?;
        }
        self.remember(&account.who, status(account.is_active))?;
        let fate = match () {
            () if is_new => Fate::Created,
            () if changes.is_empty() => Fate::Unchanged,
            () if user.is_active() && !account.is_active => Fate::SwitchedOff,
            () => Fate::Changed,
        };
        self.users.add(user.known_as(account));
        Ok(fate)
    }

    fn find(&self, account: &Account) -> Result<Option<User>, Error> {
        let listed = self.users.who(&account.who).or_else(|| self.users.named(&account.user_name));
        match listed {
            Some(user) => Ok(Some(user.clone())),
            None if self.is_whole => Ok(None),
            None => Ok(self.provider.find(account, &self.context.limit)?),
        }
    }

    fn find_who(&self, who: &str) -> Result<Option<User>, Error> {
        match self.users.who(who) {
            Some(user) => Ok(Some(user.clone())),
            None if self.is_whole => Ok(None),
            None => Ok(self.provider.find_who(who, &self.context.limit)?),
        }
    }

    /// Somebody who is not in the export any more.
    fn leave(&mut self, who: &str) -> Result<(), Error> {
        self.context.may_begin("go on with the accounts")?;
        let Some(user) = self.find_who(who)? else {
            self.known.remove(who);
            return Ok(self.state.forget_account(&self.delivery.exchange, &self.delivery.server, who)?);
        };
        let left = match user.is_active() {
            true => self.provider.change(&user, &[Change::active(false)], &self.context.limit),
            false => Ok(()),
        };
        let left = left.map_err(Obstacle::from).and_then(|()| {
            self.remember(who, AccountStatus::Inactive)?;
            Ok(if user.is_active() { Fate::SwitchedOff } else { Fate::Unchanged })
        });
        self.note(who, left)
    }

    /// True when another manager is known there now.
    fn manage(&mut self, who: &str, manager: &Manager) -> Result<bool, Obstacle> {
        let Some(user) = self.users.who(who).filter(|_| self.fates.get(who) != Some(&Fate::Refused)) else {
            return Ok(false);
        };
        let (user, path) = (user.clone(), Path::parse(MANAGER).expect("an attribute of the extension"));
        let id = match manager {
            Manager::Nobody => None,
            Manager::Who(manager) => match self.find_who(manager)? {
                Some(manager) => Some(json!(manager.id)),
                None => {
                    self.findings.push(without_account(who, manager));
                    return Ok(false);
                }
            },
        };
        if user.value(&path) == id.as_ref() {
            return Ok(false);
        }
        self.context.may_begin("go on with the managers")?;
        self.provider.change(&user, &[Change::set(path, id)], &self.context.limit)?;
        Ok(true)
    }

    fn note(&mut self, who: &str, settled: Result<Fate, Obstacle>) -> Result<(), Error> {
        let fate = match settled {
            Ok(fate) => fate,
            Err(Obstacle::Refused(why)) => {
                self.findings.push(ACCOUNT_REFUSED.at(Place::FILE, why).read(who));
                let status = self.known.get(who).map_or(AccountStatus::Creating, |known| known.status);
                self.save(who, state::Account { status, is_refused: true })?;
                Fate::Refused
            }
            Err(Obstacle::Failed(error)) => return Err(error),
        };
        self.fates.insert(who.to_owned(), fate);
        Ok(())
    }

    fn note_managed(&mut self, who: &str, managed: Result<bool, Obstacle>) -> Result<(), Error> {
        match managed {
            Ok(false) => Ok(()),
            Ok(true) if self.fates.get(who) != Some(&Fate::Unchanged) => Ok(()),
            other => self.note(who, other.map(|_| Fate::Changed)),
        }
    }

    /// Unless the journal knows it already.
    fn remember(&mut self, who: &str, status: AccountStatus) -> Result<(), Error> {
        let account = state::Account { status, is_refused: false };
        if self.known.get(who) == Some(&account) { Ok(()) } else { self.save(who, account) }
    }

    fn save(&mut self, who: &str, account: state::Account) -> Result<(), Error> {
        self.state.save_account(&self.delivery.exchange, &self.delivery.server, who, account)?;
        self.known.insert(who.to_owned(), account);
        Ok(())
    }

    fn counted(&self) -> Accounts {
        let of = |fate| self.fates.values().filter(|other| **other == fate).count();
        Accounts {
            created: of(Fate::Created),
            changed: of(Fate::Changed),
            switched_off: of(Fate::SwitchedOff),
            unchanged: of(Fate::Unchanged),
            refused: of(Fate::Refused),
        }
    }
}

fn status(is_active: bool) -> AccountStatus {
    if is_active { AccountStatus::Active } else { AccountStatus::Inactive }
}

fn belongs_to_another(name: &str) -> Text {
    text!(
        "cannot have the account `{name}`, which the partner knows as somebody else's",
        "ne peut avoir le compte `{name}`, que le partenaire connaît comme celui de quelqu'un d'autre"
    )
}

fn without_account(who: &str, manager: &str) -> Finding {
    let problem = text!(
        "is managed by `{manager}`, who has no account at the partner",
        "a pour manager `{manager}`, qui n'a pas de compte chez le partenaire"
    );
    MANAGER_WITHOUT_ACCOUNT.at(Place::FILE, problem).read(who)
}

fn not_judged(absent: usize) -> Finding {
    let problem = match absent {
        1 => Text::of(
            "one account that is not in the export stays active, since rows were left out",
            "un compte absent de l'export reste actif, car des lignes ont été écartées",
        ),
        _ => text!(
            "{absent} accounts that are not in the export stay active, since rows were left out",
            "{absent} comptes absents de l'export restent actifs, car des lignes ont été écartées"
        ),
    };
    LEAVERS_NOT_JUDGED.at(Place::FILE, problem)
}

/// In the provider's own words, which stay as they are.
fn refused(refused: &Refused) -> Text {
    let Refused { status, told } = refused;
    let told = told.as_ref().map(|told| format!(" ({told})")).unwrap_or_default();
    text!("is refused by the partner: {status}{told}", "est refusé par le partenaire : {status}{told}")
}

impl From<Trouble> for Obstacle {
    fn from(trouble: Trouble) -> Obstacle {
        match trouble {
            Trouble::One(one) => Obstacle::Refused(refused(&one)),
            Trouble::All(error) => Obstacle::Failed(error.into()),
        }
    }
}

impl From<Error> for Obstacle {
    fn from(error: Error) -> Obstacle {
        Obstacle::Failed(error)
    }
}
