//! Which exchange of a run may begin now.
//!
//! An exchange waits for another one
//! - that speaks with the same server, or just reads people from there: they share one conversation;
//! - that comes before it in the night and changes the people which it reads or changes; no longer than `within-minutes`
//!   gives the other one;
//! - that reads the people which it changes, or changes those which it reads, at this moment.
//!
//! It waits for nothing else: the deadline of one partner never delays another. Who reads people from the server of an
//! exchange that is under way does so in a conversation of its own.

use std::time::{Duration, Instant};

use crate::site::{Direction, Exchange, People};

/// What an exchange must not share with another one.
#[derive(Debug)]
pub struct Need {
    server: String,
    /// The server that its people are read from, where they are a file.
    source: Option<String>,
    /// The people that it reads or changes.
    people: String,
    changes_people: bool,
    within: Duration,
}

/// The exchanges of a run, in the order of the night.
#[derive(Debug)]
pub struct Turns(Vec<(Need, Standing)>);

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Standing {
    Waiting,
    Begun { at: Instant, has_read: bool },
    Ended,
}

impl Need {
    /// A dry run changes nobody.
    pub fn of(exchange: &Exchange, is_dry_run: bool) -> Need {
        let source = match &exchange.direction {
            Direction::Export(export) => match &*export.people {
                People::File(file) => Some(file.server.name.clone()),
                People::Directory(_) | People::Lucca(_) => None,
            },
            Direction::Import(_) => None,
        };
        Need {
            server: exchange.server.name.clone(),
            source,
            people: exchange.people().to_owned(),
            changes_people: !is_dry_run && matches!(exchange.direction, Direction::Import(_)),
            within: exchange.within,
        }
    }

    fn speaks_with(&self, server: &String) -> bool {
        self.server == *server || self.source.as_ref() == Some(server)
    }
}

impl Turns {
    pub fn new(needs: impl IntoIterator<Item = Need>) -> Turns {
        Turns(needs.into_iter().map(|need| (need, Standing::Waiting)).collect())
    }

    /// The first one that may begin, which it does with this.
    pub fn begin_next(&mut self, now: Instant) -> Option<usize> {
        let next = (0..self.0.len()).find(|&index| self.may_begin(index, now))?;
        self.0[next].1 = Standing::Begun { at: now, has_read: false };
        Some(next)
    }

    /// It has read the people that it is about; what they become from now on does not matter to it.
    pub fn has_read(&mut self, index: usize) {
        if let Standing::Begun { has_read, .. } = &mut self.0[index].1 {
            *has_read = true;
        }
    }

    pub fn end(&mut self, index: usize) {
        self.0[index].1 = Standing::Ended;
    }

    /// Is there one that has not begun?
    pub fn wait(&self) -> bool {
        self.0.iter().any(|(_, standing)| *standing == Standing::Waiting)
    }

    fn may_begin(&self, index: usize, now: Instant) -> bool {
        self.0[index].1 == Standing::Waiting && !(0..self.0.len()).any(|other| self.waits_for(index, other, now))
    }

    fn waits_for(&self, index: usize, other: usize, now: Instant) -> bool {
        let ((mine, _), (theirs, standing)) = (&self.0[index], &self.0[other]);
        let is_about_the_same = mine.people == theirs.people;
        match *standing {
            Standing::Waiting => other < index && is_about_the_same && theirs.changes_people,
            Standing::Begun { at, has_read } => {
                let is_in_time = now < at + theirs.within;
                let is_in_the_way = theirs.changes_people || (mine.changes_people && !has_read);
                let reads_there = theirs.source.as_ref().is_some_and(|source| !has_read && mine.speaks_with(source));
                mine.server == theirs.server || reads_there || (is_about_the_same && is_in_the_way && is_in_time)
            }
            Standing::Ended => false,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const WITHIN: Duration = Duration::from_secs(60);
    const NOBODY: [usize; 0] = [];

    /// `skillup < users` reads the users for a server, `skillup > users` changes them from there, `skillup < hr at drop`
    /// reads them from a third one.
    fn turns(needs: &[&str]) -> Turns {
        Turns::new(needs.iter().map(|need| {
            let words: Vec<&str> = need.split(' ').collect();
            Need {
                server: words[0].into(),
                source: words.get(4).map(|server| server.to_string()),
                people: words[2].into(),
                changes_people: words[1] == ">",
                within: WITHIN,
            }
        }))
    }

    fn begun(turns: &mut Turns, now: Instant) -> Vec<usize> {
        std::iter::from_fn(|| turns.begin_next(now)).collect()
    }

    #[test]
    fn exchanges_with_different_servers_begin_at_once_in_the_order_of_the_night() {
        let mut turns = turns(&["a < users", "b < users", "c < hr", "d > users"]);
        assert_eq!(begun(&mut turns, Instant::now()), [0, 1, 2]);
    }

    #[test]
    fn exchanges_with_one_server_follow_one_another() {
        let (mut turns, now) = (turns(&["a < hr", "a < hr", "b < hr", "a < hr"]), Instant::now());
        assert_eq!(begun(&mut turns, now), [0, 2]);
        turns.end(0);
        assert_eq!(begun(&mut turns, now), [1]);
        // However long it takes.
        assert_eq!(begun(&mut turns, now + 2 * WITHIN), NOBODY);
        turns.end(1);
        assert_eq!(begun(&mut turns, now), [3]);
        assert!(!turns.wait());
    }

    #[test]
    fn who_reads_people_waits_for_those_before_it_who_change_them() {
        let (mut turns, now) = (turns(&["a > users", "b > users", "c < users", "d < hr"]), Instant::now());
        assert_eq!(begun(&mut turns, now), [0, 3]);
        turns.end(0);
        assert_eq!(begun(&mut turns, now), [1]);
        turns.end(1);
        assert_eq!(begun(&mut turns, now), [2]);
    }

    #[test]
    fn who_changes_people_waits_until_those_who_have_begun_have_read_them() {
        let (mut turns, now) = (turns(&["a < users", "b > users", "c < users"]), Instant::now());
        assert_eq!(begun(&mut turns, now), [0]);
        turns.has_read(0);
        assert_eq!(begun(&mut turns, now), [1]);
    }

    #[test]
    fn nobody_reads_people_while_they_change_not_even_who_comes_before() {
        let (mut turns, now) = (turns(&["a < hr", "a < users", "b > users"]), Instant::now());
        assert_eq!(begun(&mut turns, now), [0, 2]);
        turns.end(0);
        assert_eq!(begun(&mut turns, now), NOBODY);
        turns.end(2);
        assert_eq!(begun(&mut turns, now), [1]);
    }

    #[test]
    fn those_who_read_from_one_server_do_so_one_after_another() {
        let (mut turns, now) = (turns(&["a < hr at d", "b < hr at d", "d > users", "c < hr at e"]), Instant::now());
        assert_eq!(begun(&mut turns, now), [0, 3]);
        turns.has_read(0);
        assert_eq!(begun(&mut turns, now), [1]);
        turns.has_read(1);
        assert_eq!(begun(&mut turns, now), [2]);
    }

    #[test]
    fn who_reads_from_a_server_that_another_one_is_busy_with_does_not_wait() {
        let (mut turns, now) = (turns(&["d > users", "a < hr at d"]), Instant::now());
        assert_eq!(begun(&mut turns, now), [0, 1]);
    }

    #[test]
    fn who_waits_for_people_keeps_no_server_from_others() {
        let (mut turns, now) = (turns(&["a > users", "b < users", "b < hr"]), Instant::now());
        assert_eq!(begun(&mut turns, now), [0, 2]);
    }

    #[test]
    fn nobody_is_waited_for_longer_than_its_own_time() {
        let (mut turns, now) = (turns(&["a > users", "b < users"]), Instant::now());
        assert_eq!(begun(&mut turns, now), [0]);
        assert_eq!(begun(&mut turns, now + WITHIN - Duration::from_secs(1)), NOBODY);
        assert_eq!(begun(&mut turns, now + WITHIN), [1]);
    }
}
