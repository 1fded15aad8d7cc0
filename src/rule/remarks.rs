//! Remarks: what the cells of a column deserve to be told about the column as a whole.

use super::date_order::Order;
use super::notes::Notes;
use super::tally::Tally;
use super::{bad_date, iso_date, outer_blanks, placeholder};
use crate::model::{Finding, Place, Severity, Text};

/// Taken down of different rows by different hands, and put together in any order: it says what one pass would say.
#[derive(Debug, Clone, PartialEq, Default)]
pub struct Remarks {
    blanks: Tally,
    year_first: Tally,
    placeholders: Tally,
    pub order: Order,
    /// Has one of the cells to be looked at again, beside what the directory has?
    pub is_suspect: bool,
}

impl Remarks {
    /// Takes down what there is to say about a cell of a row that is numbered as a spreadsheet does.
    pub fn note(&mut self, notes: Notes, row: u32, place: impl Fn() -> Place, cell: &str) {
        if notes.is_empty() {
            return;
        }
        let tallies = [
            (Notes::BLANKS, &mut self.blanks),
            (Notes::PLACEHOLDER, &mut self.placeholders),
            (Notes::YEAR_FIRST, &mut self.year_first),
        ];
        for (_, tally) in tallies.into_iter().filter(|(note, _)| notes.has(*note)) {
            tally.note(&place, cell);
        }
        self.order.note(row, notes);
        self.is_suspect |= notes.has(Notes::SUSPECT);
    }

    /// Adds what was taken down of other rows.
    pub fn merge(&mut self, other: Remarks) {
        self.blanks.merge(other.blanks);
        self.year_first.merge(other.year_first);
        self.placeholders.merge(other.placeholders);
        self.order.merge(other.order);
        self.is_suspect |= other.is_suspect;
    }

    /// `place` is the column; an error refuses the file.
    pub fn findings(self, place: Place) -> Vec<Finding> {
        let spaces = outer_blanks::RULE
            .fault(Text::of("has spaces around it, which were taken off", "est entouré d'espaces, qui ont été retirés"))
            .expected(Text::of("no spaces around a value", "une valeur sans espaces autour"));
        let year_first = iso_date::RULE
            .fault(Text::of(
                "is written year first, which was understood",
                "commence par l'année, ce qui a été compris",
            ))
            .expected(bad_date::EXPECTED);
        let (problem, expected) = placeholder::remark();
        let doubtful = self.placeholders.finding(placeholder::RULE.fault(problem).expected(expected));
        let doubtful = doubtful.map(|finding| Finding { severity: Severity::Remark, ..finding });
        let told = [self.blanks.finding(spaces), self.year_first.finding(year_first), doubtful];
        told.into_iter().flatten().chain(self.order.finding(place)).collect()
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    const NOTES: [Notes; 6] =
        [Notes::BLANKS, Notes::YEAR_FIRST, Notes::PLACEHOLDER, Notes::DAY_FIRST, Notes::BOTH_ORDERS, Notes::SUSPECT];

    fn take_down(remarks: &mut Remarks, row: u32, [one, other]: [usize; 2]) {
        let place = Place::row(row, row);
        let notes = NOTES[one] | NOTES[other];
        remarks.note(notes, row, || place.clone(), &format!("cell {row}"));
        remarks.order.note_as_known(row, notes);
        if one == other {
            let wrong = format!("03/25/{}", 1900 + row);
            let fault = bad_date::read(&wrong).expect_err("it is month first");
            remarks.order.note_fault(&fault.at(place, &wrong));
        }
    }

    proptest! {
        #[test]
        fn what_several_take_down_is_what_one_pass_takes_down(
            rows in proptest::collection::vec((0..4_usize, 0..NOTES.len(), 0..NOTES.len()), 0..40),
            order in Just([0, 1, 2, 3]).prop_shuffle(),
        ) {
            let mut whole = Remarks::default();
            let mut parts: [Remarks; 4] = Default::default();
            for ((part, one, other), row) in rows.into_iter().zip(2..) {
                take_down(&mut whole, row, [one, other]);
                take_down(&mut parts[part], row, [one, other]);
            }
            let mut merged = Remarks::default();
            order.into_iter().for_each(|part| merged.merge(std::mem::take(&mut parts[part])));
            prop_assert_eq!(&merged, &whole);
            prop_assert_eq!(merged.findings(Place::FILE), whole.findings(Place::FILE));
        }
    }
}
