//! Line-ups: users in the order in which the files of an exchange name them, which hardly changes from night to night.
//!
//! The rows of a roll are packed as places in a line-up: where a file names the same people in the same order, they are
//! one stretch. A new line-up is kept when none of the last ones fits any more.

use rusqlite::Connection;

use crate::model::roll::Seen;
use crate::state::packed::Packed;
use crate::state::stored::number;

pub(super) const SCHEMA: &str = "
    CREATE TABLE lineups (
        id INTEGER PRIMARY KEY,
        exchange TEXT NOT NULL,
        length INTEGER NOT NULL,
        users BLOB NOT NULL -- packed: places, from 1, and users
    ) STRICT;
    CREATE INDEX lineups_by_exchange ON lineups (exchange);
";

/// Line-ups that are tried: an exchange may take full files and partial ones in turn.
const TRIED: usize = 3;

/// Bytes of a roll that are too few to be worth a new line-up.
const FEW: usize = 4096;

number! {
    /// The number of a line-up.
    LineupId
}

/// Users by their places.
pub(super) struct Lineup {
    id: LineupId,
    length: u32,
    users: Packed,
}

/// Packs the rows by the line-up that fits best.
pub(super) fn pack(db: &Connection, exchange: &str, known: &[Seen]) -> rusqlite::Result<(LineupId, Packed)> {
    let fresh = in_order_of(known);
    let tried = last(db, exchange)?.into_iter().map(|lineup| (lineup.id, lineup.pack(known)));
    let best = tried.min_by_key(|(_, packed)| packed.size());
    match best.filter(|(_, packed)| packed.size() <= FEW.max(fresh.size() / 4)) {
        Some(fitting) => Ok(fitting),
        None => {
            let lineup = save(db, exchange, fresh)?;
            Ok((lineup.id, lineup.pack(known)))
        }
    }
}

/// The line-up by its number.
pub(super) fn get(db: &Connection, id: LineupId) -> rusqlite::Result<Lineup> {
    db.prepare_cached("SELECT * FROM lineups WHERE id = ?1")?.query_row([id], from_row)
}

fn last(db: &Connection, exchange: &str) -> rusqlite::Result<Vec<Lineup>> {
    let sql = "SELECT * FROM lineups WHERE exchange = ?1 ORDER BY id DESC LIMIT ?2";
    db.prepare(sql)?.query_map((exchange, TRIED), from_row)?.collect()
}

fn save(db: &Connection, exchange: &str, users: Packed) -> rusqlite::Result<Lineup> {
    let length = users.all().last().map_or(0, |last| last.row);
    let sql = "INSERT INTO lineups (exchange, length, users) VALUES (?1, ?2, ?3) RETURNING id";
    let id = db.query_row(sql, (exchange, length, &users), |row| row.get(0))?;
    Ok(Lineup { id, length, users })
}

/// Each user once.
fn in_order_of(known: &[Seen]) -> Packed {
    let mut met = vec![false; room_for(known.iter())];
    let first = known.iter().filter(|one| !std::mem::replace(&mut met[one.user as usize], true));
    let places: Vec<Seen> = first.zip(1..).map(|(one, row)| Seen { row, is_out: false, ..*one }).collect();
    Packed::new(&places)
}

/// How long a list must be that is read by the number of a user; numbers have no gaps to speak of.
fn room_for<'a>(users: impl Iterator<Item = &'a Seen>) -> usize {
    users.map(|seen| seen.user as usize + 1).max().unwrap_or(0)
}

fn from_row(row: &rusqlite::Row<'_>) -> rusqlite::Result<Lineup> {
    Ok(Lineup { id: row.get("id")?, length: row.get("length")?, users: row.get("users")? })
}

impl Lineup {
    /// Where the rows of a roll have the user: those who are not in the line-up come behind it, by their number.
    pub(super) fn place_of(&self, user: u32) -> u32 {
        self.users.rows_of(user).first().map_or(self.length + user, |seen| seen.row)
    }

    fn pack(&self, known: &[Seen]) -> Packed {
        let lined_up: Vec<Seen> = self.users.all().collect();
        let mut places = vec![0; room_for(lined_up.iter().chain(known))];
        lined_up.iter().for_each(|seen| places[seen.user as usize] = seen.row);
        let place = |user: u32| match places[user as usize] {
            0 => self.length + user,
            place => place,
        };
        let placed: Vec<Seen> = known.iter().map(|seen| Seen { user: place(seen.user), ..*seen }).collect();
        Packed::new(&placed)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::state::State;

    /// Users 1 to 40,000 in an order that no number follows, in rows from 2.
    fn shuffled() -> Vec<Seen> {
        (0..40_000).map(|at| Seen { row: at + 2, user: at * 7919 % 40_000 + 1, is_out: false }).collect()
    }

    fn rows_of(db: &Connection, (lineup, packed): &(LineupId, Packed), user: u32) -> Vec<u32> {
        let place = get(db, *lineup).expect("a line-up").place_of(user);
        packed.rows_of(place).iter().map(|seen| seen.row).collect()
    }

    #[test]
    fn the_same_people_every_night_take_a_few_bytes_and_a_newcomer_a_few_more() {
        let state = State::in_memory();
        let mut known = shuffled();
        let first = pack(&state.db, "drop", &known).expect("packed");
        assert!(first.1.size() < 10, "{}", first.1.size());

        known.insert(100, Seen { row: 0, user: 50_000, is_out: true });
        known.remove(20_000);
        known.iter_mut().zip(2..).for_each(|(seen, row)| seen.row = row);
        let second = pack(&state.db, "drop", &known).expect("packed");
        assert_eq!(first.0, second.0, "the line-up still fits");
        assert!(second.1.size() < 40, "{}", second.1.size());
        for seen in known.iter().step_by(997).chain([&known[99], &known[100], &known[101]]) {
            assert_eq!(rows_of(&state.db, &second, seen.user), [seen.row], "{seen:?}");
        }
        let gone = shuffled()[19_999].user;
        assert_eq!(rows_of(&state.db, &second, gone), [0; 0]);
        assert_eq!(rows_of(&state.db, &first, gone), [20_001]);
    }

    #[test]
    fn full_and_partial_files_in_turn_need_one_line_up_each() {
        let state = State::in_memory();
        let full = shuffled();
        let partial: Vec<Seen> = full.iter().step_by(3).zip(2..).map(|(seen, row)| Seen { row, ..*seen }).collect();
        for _night in 0..4 {
            for known in [&full, &partial] {
                let packed = pack(&state.db, "drop", known).expect("packed");
                assert_eq!(rows_of(&state.db, &packed, known[77].user), [known[77].row]);
            }
        }
        let kept: usize = state.db.query_row("SELECT count(*) FROM lineups", (), |row| row.get(0)).expect("a number");
        assert_eq!(kept, 2);
    }
}
