//! Packed: rows and users as one cell of SQLite; where both follow one another, a stretch of them takes a few bytes.

use rusqlite::ToSql;
use rusqlite::types::{FromSql, FromSqlResult, ToSqlOutput, ValueRef};

use crate::model::roll::Seen;
use crate::state::stored::unreadable;

/// Rows ascend.
pub(super) struct Packed(Vec<u8>);

/// Rows that follow one another, and so do their users.
struct Stretch {
    first: Seen,
    length: u32,
}

impl Packed {
    /// Each stretch is three numbers: how far its user is from the one that would have followed, how far its row is, and
    /// how long it is, with whether its rows are left out as the last bit.
    pub(super) fn new(known: &[Seen]) -> Packed {
        let mut packed = Packed(Vec::new());
        let (mut user, mut row) = (1, 1);
        for Stretch { first, length } in stretches(known) {
            packed.write(zigzag(i64::from(first.user) - i64::from(user)));
            packed.write(u64::from(first.row - row));
            packed.write(u64::from(length) << 1 | u64::from(first.is_out));
            (user, row) = (first.user + length, first.row + length);
        }
        packed
    }

    /// The rows that are about the user.
    pub(super) fn rows_of(&self, user: u32) -> Vec<Seen> {
        let within = |stretch: &Stretch| user.checked_sub(stretch.first.user).filter(|at| *at < stretch.length);
        let found = self.stretches().filter_map(|stretch| {
            let at = within(&stretch)?;
            Some(Seen { row: stretch.first.row + at, user, ..stretch.first })
        });
        found.collect()
    }

    /// All of them, in the order of their rows.
    pub(super) fn all(&self) -> impl Iterator<Item = Seen> {
        self.stretches().flat_map(|Stretch { first, length }| {
            (0..length).map(move |at| Seen { row: first.row + at, user: first.user + at, ..first })
        })
    }

    /// In bytes.
    pub(super) fn size(&self) -> usize {
        self.0.len()
    }

    fn stretches(&self) -> impl Iterator<Item = Stretch> {
        let mut bytes = self.0.as_slice();
        let (mut user, mut row) = (1, 1);
        std::iter::from_fn(move || {
            let first_user = (i64::from(user) + unzigzag(read(&mut bytes)?)) as u32;
            let first_row = row + read(&mut bytes)? as u32;
            let mark = read(&mut bytes)?;
            let length = (mark >> 1) as u32;
            (user, row) = (first_user + length, first_row + length);
            Some(Stretch { first: Seen { row: first_row, user: first_user, is_out: mark & 1 == 1 }, length })
        })
    }

    /// Seven bits a byte, the lowest first; the eighth says that there are more.
    fn write(&mut self, mut number: u64) {
        while number > 0x7f {
            self.0.push(number as u8 | 0x80);
            number >>= 7;
        }
        self.0.push(number as u8);
    }
}

fn read(bytes: &mut &[u8]) -> Option<u64> {
    let mut number = 0;
    for shift in (0..64).step_by(7) {
        let (byte, rest) = bytes.split_first()?;
        *bytes = rest;
        number |= u64::from(byte & 0x7f) << shift;
        if byte & 0x80 == 0 {
            return Some(number);
        }
    }
    None
}

fn stretches(known: &[Seen]) -> impl Iterator<Item = Stretch> {
    let follows =
        |one: &Seen, next: &Seen| one.row + 1 == next.row && one.user + 1 == next.user && one.is_out == next.is_out;
    known.chunk_by(follows).map(|chunk| Stretch { first: chunk[0], length: chunk.len() as u32 })
}

/// Small numbers stay small, whatever their sign.
fn zigzag(number: i64) -> u64 {
    (number << 1 ^ number >> 63) as u64
}

fn unzigzag(number: u64) -> i64 {
    (number >> 1) as i64 ^ -((number & 1) as i64)
}

impl ToSql for Packed {
    fn to_sql(&self) -> rusqlite::Result<ToSqlOutput<'_>> {
        self.0.to_sql()
    }
}

impl FromSql for Packed {
    fn column_result(value: ValueRef<'_>) -> FromSqlResult<Packed> {
        let bytes = value.as_blob()?;
        match bytes.last() {
            Some(last) if last & 0x80 != 0 => Err(unreadable("a blob", "a roll")),
            _ => Ok(Packed(bytes.into())),
        }
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    fn seen(row: u32, user: u32, is_out: bool) -> Seen {
        Seen { row, user, is_out }
    }

    #[test]
    fn people_in_the_order_of_the_directory_take_a_few_bytes() {
        let known: Vec<Seen> = (2..100_002).map(|row| seen(row, row - 1, row == 500)).collect();
        let packed = Packed::new(&known);
        assert!(packed.0.len() < 20, "{}", packed.0.len());
        assert_eq!(packed.rows_of(499), [seen(500, 499, true)]);
        assert_eq!(packed.rows_of(100_000), [seen(100_001, 100_000, false)]);
        assert_eq!(packed.rows_of(100_001), []);
    }

    proptest! {
        #[test]
        fn everybody_is_found_in_their_rows(users in prop::collection::vec((1..40u32, 0..3u32, any::<bool>()), 0..80)) {
            let mut row = 1;
            let known: Vec<Seen> = users
                .iter()
                .map(|(user, gap, is_out)| {
                    row += 1 + gap;
                    seen(row, *user, *is_out)
                })
                .collect();
            let packed = Packed::new(&known);
            for user in 0..41 {
                let expected: Vec<Seen> = known.iter().filter(|seen| seen.user == user).copied().collect();
                prop_assert_eq!(packed.rows_of(user), expected);
            }
            prop_assert_eq!(packed.all().collect::<Vec<_>>(), known);
        }
    }
}
