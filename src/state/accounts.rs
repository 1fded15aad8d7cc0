//! Accounts: whom an export has given an account at a partner's provider, and how far that has come.

use std::collections::BTreeMap;

use crate::state::stored::words;
use crate::state::{Error, State};

pub(super) const SCHEMA: &str = "
    CREATE TABLE accounts (
        exchange TEXT NOT NULL,
        server TEXT NOT NULL,        -- in words, as deliveries have it
        who TEXT NOT NULL,           -- what we call the person there
        status TEXT NOT NULL,        -- creating, active, inactive
        refused INTEGER NOT NULL,    -- 1: the provider refused the last change
        PRIMARY KEY (exchange, server, who)
    ) STRICT, WITHOUT ROWID;
";

words! {
    /// What an account is, as far as we know.
    AccountStatus {
        /// It was to be created; whether it was is not known.
        Creating = "creating",
        Active = "active",
        Inactive = "inactive",
    }
}

/// One account.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Account {
    pub status: AccountStatus,
    /// The provider refused the last change.
    pub is_refused: bool,
}

impl State {
    /// The accounts that an exchange keeps on a server, by what we call the people.
    pub fn accounts(&self, exchange: &str, server: &str) -> Result<BTreeMap<String, Account>, Error> {
        let sql = "SELECT who, status, refused FROM accounts WHERE exchange = ?1 AND server = ?2";
        self.read("the accounts", |db| {
            let mut statement = db.prepare(sql)?;
            let account =
                |row: &rusqlite::Row<'_>| Ok((row.get(0)?, Account { status: row.get(1)?, is_refused: row.get(2)? }));
            statement.query_map((exchange, server), account)?.collect()
        })
    }

    pub fn save_account(&mut self, exchange: &str, server: &str, who: &str, account: Account) -> Result<(), Error> {
        let sql =
            "INSERT OR REPLACE INTO accounts (exchange, server, who, status, refused) VALUES (?1, ?2, ?3, ?4, ?5)";
        let Account { status, is_refused } = account;
        self.write("the account", |db| db.execute(sql, (exchange, server, who, status, is_refused)).map(drop))
    }

    /// There is no such account any more.
    pub fn forget_account(&mut self, exchange: &str, server: &str, who: &str) -> Result<(), Error> {
        let sql = "DELETE FROM accounts WHERE exchange = ?1 AND server = ?2 AND who = ?3";
        self.write("the account", |db| db.execute(sql, (exchange, server, who)).map(drop))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn accounts_are_those_of_one_exchange_on_one_server() {
        let mut state = State::in_memory();
        let account = |status| Account { status, is_refused: false };
        for (exchange, server, who, status) in [
            ("out", "here", "0001", AccountStatus::Creating),
            ("out", "here", "0001", AccountStatus::Active),
            ("out", "there", "0002", AccountStatus::Active),
            ("other", "here", "0003", AccountStatus::Active),
            ("out", "here", "0004", AccountStatus::Inactive),
        ] {
            state.save_account(exchange, server, who, account(status)).expect("room");
        }
        state.forget_account("out", "here", "0004").expect("it is there");
        let known = state.accounts("out", "here").expect("they can be read");
        assert_eq!(known, [("0001".to_owned(), account(AccountStatus::Active))].into());
    }
}
