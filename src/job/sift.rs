//! Reads the rows of a partner's file against the directory: those that say something new are checked, with the people whom
//! they may mean; of the others only their numbers remain.

use std::collections::BTreeSet;
use std::sync::Arc;

use chrono::NaiveDate;

use crate::job::Error;
use crate::job::reading::Opened;
use crate::model::{Crowd, Field, Finding, People};
use crate::report::corrections::Ours;
use crate::rule::others::Others;
use crate::rule::sieve::{self, Sieve, Sifted};
use crate::rule::{self, Additions, Checked, Contract, Recognised, Surroundings};
use crate::state::State;

/// What a file is read against.
pub struct Against<'a> {
    pub state: &'a State,
    /// Whose kept hashes are looked into.
    pub exchange: &'a str,
    pub recognised: &'a Recognised,
    pub contract: &'a Contract<'a>,
    pub additions: &'a Additions,
    pub absent_on: Option<NaiveDate>,
}

/// The rows that were looked at.
pub struct Read {
    pub sifted: Sifted,
    /// What reading them has found.
    pub findings: Vec<Finding>,
    pub checked: Checked,
    /// Those whom the rows may mean.
    pub known: Arc<People>,
    /// How many there are in the directory.
    pub people: usize,
}

impl Against<'_> {
    /// The inner error is the one finding about a file that cannot be read to its end.
    pub fn read(&self, opened: &mut Opened<'_>) -> Result<Result<Read, Finding>, Error> {
        let crowd = self.state.crowd(self.exchange, &sieve::shape(self.recognised, self.contract))?;
        // What they say may close a circle that nobody has closed by this file.
        let mut looked_at = crowd.in_circles();
        loop {
            let sieve = Sieve::new(self.recognised, self.contract, self.additions, &crowd, &looked_at);
            let Some(sieve) = sieve.filter(|_| !crowd.is_empty()) else {
                return self.read_all(opened, Arc::new(self.state.people()?), &Ours::default());
            };
            let (sifted, findings) = match opened.sift(|piece| sieve.sift(&piece.table, &piece.findings))? {
                Ok(read) => read,
                Err(broken) => return Ok(Err(broken)),
            };
            let doubts = sieve.doubts(&sifted);
            let asked = self.people(&doubts.users())?;
            let in_doubt = doubts.proven(&asked, self.contract.identify_by);
            let known = match in_doubt.is_empty() {
                true => Arc::new(self.people_meant(&sieve, &sifted, &looked_at)?),
                false => {
                    look_at(&mut looked_at, in_doubt);
                    continue;
                }
            };
            match self.check(&sifted, &findings, &crowd, &known)? {
                Ok(checked) => return Ok(Ok(Read { sifted, findings, checked, known, people: crowd.len() })),
                Err(lacking) => look_at(&mut looked_at, lacking),
            }
        }
    }

    /// Looks at every row, beside all who are known; some rows may come back, and hold columns of ours.
    pub fn read_all(
        &self,
        opened: &mut Opened<'_>,
        known: Arc<People>,
        ours: &Ours,
    ) -> Result<Result<Read, Finding>, Error> {
        let read = opened.all()?;
        Ok(read.map(|(sifted, mut findings)| {
            findings.extend(ours.still_unread(&sifted.left));
            self.retain_what_is_sure(&mut findings);
            let Against { recognised, contract, additions, absent_on, .. } = self;
            let around = Surroundings { known: &known, others: None, additions, absent_on: *absent_on };
            let checked = rule::check(recognised, &sifted.left, &findings, contract, &around);
            Read { sifted, findings, checked, people: known.len(), known }
        }))
    }

    /// Where no heading is known, the form of the rows tells nothing.
    fn retain_what_is_sure(&self, findings: &mut Vec<Finding>) {
        if self.recognised.knows_nothing() {
            findings.retain(|finding| finding.is_error() && finding.place.row.is_none());
        }
    }

    fn people_meant(&self, sieve: &Sieve<'_>, sifted: &Sifted, looked_at: &BTreeSet<u32>) -> Result<People, Error> {
        let mut users = sieve.whom(&sifted.left);
        users.extend(looked_at);
        let about = self.people(&users)?;
        let others = sieve.whom_else(&sifted.left, &about);
        match others.is_subset(&users) {
            true => Ok(about),
            false => self.people(&users.union(&others).copied().collect()),
        }
    }

    fn people(&self, users: &BTreeSet<u32>) -> Result<People, Error> {
        Ok(self.state.people_of(&users.iter().copied().collect::<Vec<u32>>())?)
    }

    /// The inner error names users who have to be looked at, too.
    fn check(
        &self,
        sifted: &Sifted,
        findings: &[Finding],
        crowd: &Crowd,
        known: &People,
    ) -> Result<Result<Checked, BTreeSet<u32>>, Error> {
        let mut everybody = None;
        loop {
            let others = Others::new(crowd, &sifted.settled, everybody.as_ref());
            let Against { recognised, contract, additions, absent_on, .. } = self;
            let around = Surroundings { known, others: Some(&others), additions, absent_on: *absent_on };
            let checked = rule::check(recognised, &sifted.left, findings, contract, &around);
            let lacking = others.lacking();
            if lacking.everybody {
                everybody = Some(self.state.people_with(&Others::FIELDS.map(Field::of))?);
            } else if !lacking.users.is_empty() {
                return Ok(Err(lacking.users));
            } else {
                return Ok(Ok(checked));
            }
        }
    }
}

fn look_at(looked_at: &mut BTreeSet<u32>, users: BTreeSet<u32>) {
    let before = looked_at.len();
    looked_at.extend(users);
    assert!(looked_at.len() > before, "who is looked at already is asked for once more");
}
