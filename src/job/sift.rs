//! Reads the rows of a partner's file against the directory: those that say something new are checked, with the people whom
//! they may mean; of the others only their numbers remain. Where nobody is known, those that stand by themselves are counted.

use std::cell::{Cell, RefCell};
use std::collections::BTreeSet;
use std::sync::Arc;

use chrono::NaiveDate;

use crate::format::Piece;
use crate::job::Error;
use crate::job::reading::Opened;
use crate::model::{Crowd, Field, Finding, People, Table, Text};
use crate::report::corrections::Ours;
use crate::rule::muster::Muster;
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
    /// Where people are not told one by one: how many more rows would each create somebody.
    pub newcomers: Option<usize>,
}

/// Of a file with no more rows, of people of whom nobody is known, each is looked at, so that what it creates can be told.
const TOLD_ONE_BY_ONE: usize = 5_000;

pub const COUNTED: Text = Text::of(
    "the file has more than 5,000 rows: whom it would create is counted, and not told one by one",
    "le fichier a plus de 5 000 lignes : les créations sont comptées, et non énumérées une à une",
);

impl Against<'_> {
    /// The inner error is the one finding about a file that cannot be read to its end.
    pub fn read(&self, opened: &mut Opened<'_>) -> Result<Result<Read, Finding>, Error> {
        let crowd = self.state.crowd(self.exchange, &sieve::shape(self.recognised, self.contract))?;
        // What they say may close a circle that nobody has closed by this file.
        let mut looked_at = crowd.in_circles();
        let in_circles = looked_at.clone();
        let sieve = Sieve::new(self.recognised, self.contract, self.additions, &crowd, &in_circles);
        let Some(sieve) = sieve.filter(|_| !crowd.is_empty()) else {
            return self.read_all(opened, Arc::new(self.state.people()?), &Ours::default());
        };
        let (mut sifted, findings) = match opened.sift(|piece| sieve.sift(&piece.table, &piece.findings))? {
            Ok(read) => read,
            Err(broken) => return Ok(Err(broken)),
        };
        loop {
            let doubts = sieve.doubts(&sifted);
            let asked = self.people(&doubts.users())?;
            let mut in_doubt = doubts.proven(&asked, self.contract.identify_by);
            if in_doubt.is_empty() {
                let known = Arc::new(self.people_meant(&sieve, &sifted, &looked_at)?);
                in_doubt = match self.check(&sifted, &findings, &crowd, &known)? {
                    Ok(checked) => {
                        return Ok(Ok(Read { sifted, findings, checked, known, people: crowd.len(), newcomers: None }));
                    }
                    Err(lacking) => lacking,
                };
            }
            let rows = sifted.settled.take_out(&in_doubt);
            look_at(&mut looked_at, in_doubt);
            match opened.pick(&rows)? {
                Ok(picked) => sifted.left = sifted.left.merge(&picked),
                Err(broken) => return Ok(Err(broken)),
            }
        }
    }

    /// Where nobody is known: counts the rows that stand by themselves, and looks at the others.
    pub fn read_unknown(&self, opened: &mut Opened<'_>) -> Result<Result<Read, Finding>, Error> {
        let Against { recognised, contract, additions, .. } = self;
        let nobody = Muster::nobody(recognised, contract);
        let unknown = Arc::new(People::unknown());
        let Some(muster) = Muster::new(recognised, contract, additions, &nobody) else {
            return self.read_all(opened, unknown, &Ours::default());
        };
        let (mut counted, mut first) = (muster.counted(), Table::default());
        let count = |piece: Piece| (muster.count(&piece.table, &piece.findings), piece.table);
        let append = |(of_piece, table)| {
            counted.append(of_piece);
            if first.len() <= TOLD_ONE_BY_ONE {
                first.append(table);
            }
        };
        let findings = match opened.pieces(count, append)? {
            Ok(findings) => findings,
            Err(broken) => return Ok(Err(broken)),
        };
        let rows = counted.rows();
        if rows <= TOLD_ONE_BY_ONE {
            return Ok(Ok(self.check_all(Sifted::all(first), findings, unknown)));
        }
        drop(first);
        let (headcount, left) = muster.close(counted);
        if 2 * (left.len() + headcount.doubtful()) > rows {
            let read = self.read_all(opened, unknown, &Ours::default())?;
            return Ok(read.map(|read| Read { newcomers: Some(0), ..read }));
        }
        let pick = |numbers: &BTreeSet<u32>| match opened.pick(numbers) {
            Ok(picked) => picked.map_err(|broken| Box::new(Ok(broken))),
            Err(error) => Err(Box::new(Err(error))),
        };
        let (left, settled) = match muster.look_at(&headcount, left, pick) {
            Ok(looked_at) => looked_at,
            Err(stopped) => return stopped.map(Err),
        };
        self.check_newcomers(opened, &muster, Sifted { left, settled }, findings)
    }

    fn check_newcomers(
        &self,
        opened: &mut Opened<'_>,
        muster: &Muster<'_>,
        sifted: Sifted,
        findings: Vec<Finding>,
    ) -> Result<Result<Read, Finding>, Error> {
        let known = Arc::new(People::unknown());
        let crowd = Crowd::nobody(sieve::shape(self.recognised, self.contract));
        let looked_at = sifted.left.rows().map(|row| row.number()).collect();
        let opened = RefCell::new(opened);
        let names = || {
            let mut names = Table::default();
            let name = |piece: Piece| muster.names(&piece.table, &looked_at);
            match opened.borrow_mut().pieces(name, |piece| names.push(piece)) {
                Ok(Ok(_)) => Ok(People::new(Others::FIELDS.map(Field::of).into(), names)),
                Ok(Err(broken)) => Err(Box::new(Ok(broken))),
                Err(error) => Err(Box::new(Err(error))),
            }
        };
        match self.check_beside(&sifted, &findings, &crowd, &known, names) {
            Ok((checked, _)) => {
                let newcomers = Some(sifted.settled.newcomers);
                Ok(Ok(Read { sifted, findings, checked, known, people: 0, newcomers }))
            }
            Err(stopped) => stopped.map(Err),
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
            self.check_all(sifted, findings, known)
        }))
    }

    /// Beside all who are known.
    fn check_all(&self, sifted: Sifted, findings: Vec<Finding>, known: Arc<People>) -> Read {
        let Against { recognised, contract, additions, absent_on, .. } = self;
        let around = Surroundings { known: &known, others: None, additions, absent_on: *absent_on };
        let checked = rule::check(recognised, &sifted.left, &findings, contract, &around);
        Read { sifted, findings, checked, people: known.len(), known, newcomers: None }
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
        let others: BTreeSet<u32> = sieve.whom_else(&sifted.left, &about).difference(&users).copied().collect();
        Ok(match others.is_empty() {
            true => about,
            false => about.and(&self.people(&others)?),
        })
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
        let everybody = || self.state.people_with(&Others::FIELDS.map(Field::of));
        let (checked, lacking) = self.check_beside(sifted, findings, crowd, known, everybody)?;
        Ok(if lacking.is_empty() { Ok(checked) } else { Err(lacking) })
    }

    /// With users who have to be looked at, too; `everybody` gives [`Others::FIELDS`] of all, when that is first asked for.
    fn check_beside<E>(
        &self,
        sifted: &Sifted,
        findings: &[Finding],
        crowd: &Crowd,
        known: &People,
        everybody: impl Fn() -> Result<People, E>,
    ) -> Result<(Checked, BTreeSet<u32>), E> {
        let failure = Cell::new(None);
        let read = || everybody().map_err(|error| failure.set(Some(error))).ok();
        let others = Others::new(crowd, &sifted.settled, &read);
        let Against { recognised, contract, additions, absent_on, .. } = self;
        // Nobody is missed where nobody is known.
        let absent_on = absent_on.filter(|_| !known.are_unknown());
        let around = Surroundings { known, others: Some(&others), additions, absent_on };
        let checked = rule::check(recognised, &sifted.left, findings, contract, &around);
        let lacking = others.lacking();
        failure.into_inner().map_or(Ok((checked, lacking)), Err)
    }
}

fn look_at(looked_at: &mut BTreeSet<u32>, users: BTreeSet<u32>) {
    let before = looked_at.len();
    looked_at.extend(users);
    assert!(looked_at.len() > before, "who is looked at already is asked for once more");
}
