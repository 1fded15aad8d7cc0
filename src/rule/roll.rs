//! The roll of a file: whom each row is about, as far as the checks found out.

use super::sheet::{Sheet, Slot, Subject};
use crate::model::roll::{self, Seen, Stranger};
use crate::model::{Field, Roll};

/// `rows` are all of the file, those included that are not in its table.
pub fn call(sheet: &Sheet<'_>, rows: usize) -> Roll {
    let slots = ["login", "mail", "establishment", "employee-number"].map(|name| sheet.slot(&Field::of(name)));
    let settled = sheet.around.others.map_or(&[][..], |others| &others.settled.rows);
    let count = sheet.around.others.map_or(0, |others| others.settled.count());
    let mut roll = Roll { unclear: rows - sheet.standings.len() - count, ..Roll::default() };
    for (row, standing) in sheet.standings.iter().enumerate() {
        match standing.subject {
            Subject::Known(person) => roll.known.push(Seen {
                row: sheet.number(row),
                user: sheet.around.known.number(person as usize),
                is_out: standing.out,
            }),
            Subject::New | Subject::Unclear if standing.out => match keys(sheet, row, &slots) {
                keys if keys.is_empty() => roll.unclear += 1,
                keys => roll.strangers.push(Stranger { row: sheet.number(row), keys }),
            },
            Subject::New | Subject::Unclear => {}
        }
    }
    roll.known.extend(settled.iter().map(|row| Seen { row: row.number, user: row.user, is_out: false }));
    // Two runs that are in order already: next to nothing to sort.
    roll.known.sort_by_key(|seen| seen.row);
    roll
}

/// A row whose cells could not be told apart says nothing for sure.
fn keys(sheet: &Sheet<'_>, row: usize, slots: &[Slot; 4]) -> Vec<String> {
    match sheet.standings[row].readable {
        true => {
            let [login, mail, establishment, number] = slots.each_ref().map(|slot| sheet.said(row, slot));
            roll::keys(login, mail, establishment, number)
        }
        false => Vec::new(),
    }
}

#[cfg(test)]
mod tests {
    use super::super::sample::Trial;
    use crate::model::roll::{Seen, Stranger};

    #[test]
    fn every_row_is_about_somebody_or_counted() {
        let rows = ["ada;ada@acme.fr;01/01/1990", "ghost;;never", "BO;;never", "#N/A;bo@acme.fr;", ";;", "fine;;"];
        let roll = Trial::default().check("login;mail;dtBirth", &rows).roll;
        assert_eq!(roll.known, [Seen { row: 2, user: 2, is_out: false }, Seen { row: 4, user: 3, is_out: true }]);
        let stranger =
            |row: u32, keys: &[&str]| Stranger { row, keys: keys.iter().map(|key| key.to_string()).collect() };
        assert_eq!(
            roll.strangers,
            [stranger(3, &["ghost"]), stranger(5, &["#n/a", "bo@acme.fr"]), stranger(7, &["fine"])]
        );
        assert_eq!(roll.unclear, 1);
    }
}
