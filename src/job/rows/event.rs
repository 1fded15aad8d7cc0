//! When an arrival or a departure is told to a partner: each once for a person and a day.
//!
//! What was told is known by the days that the partner was last given, which are confirmed together with the delivery; so
//! neither a crash nor reading everything anew repeats or loses an event. A row tells one event at a time: where both are
//! due, the arrival is told first, and the departure with the next delivery.
//!
//! | what happens | what is told |
//! |---|---|
//! | a person is new to a partner who has others already | onboarding |
//! | everybody is, at the very first delivery | onboarding of those who are to start, nothing of the others |
//! | a person comes back, whom the partner was told to have left | onboarding |
//! | the start moves to another day that lies ahead | onboarding, for the new day |
//! | a new contract starts after the end that was told | onboarding |
//! | the start is corrected to a day that is over | a change like any other |
//! | an end becomes known, be it a day that is over | offboarding |
//! | the end moves to another day | offboarding, for the new day |
//! | the end is withdrawn | a change; the same end is told again if it comes back |
//! | an end was known before the partner was given anything, or before events were chosen | nothing |

use std::collections::BTreeSet;

use chrono::NaiveDate;

use crate::model::Event;
use crate::state::Given;

/// The days of a person's contract, as far as they are known.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct Contract {
    pub start: Option<NaiveDate>,
    pub end: Option<NaiveDate>,
}

impl Contract {
    /// As the partner was last told; None for whom the partner does not know.
    pub fn told(given: Option<&Given>) -> Option<Contract> {
        let given = given.filter(|given| given.digest.is_some())?;
        Some(Contract { start: given.contract_start, end: given.contract_end })
    }

    /// What the partner knows once it has been told of `event`, or of none. With an arrival, the end is not told yet.
    pub fn once_told(self, event: Option<Event>, before: Option<Contract>) -> Contract {
        match event {
            Some(Event::Onboarding) => Contract { end: before.and_then(|before| before.end), ..self },
            Some(Event::Offboarding) | None => self,
        }
    }
}

/// The event that is due, of those chosen. `told` is None for whom the partner does not know; `is_first`: it knows nobody.
pub fn due(
    chosen: &BTreeSet<Event>,
    now: Contract,
    told: Option<Contract>,
    is_first: bool,
    today: NaiveDate,
) -> Option<Event> {
    let is_due = |event: &&Event| match event {
        Event::Onboarding => arrives(now, told, is_first, today),
        Event::Offboarding => told.is_some_and(|told| now.end.is_some() && now.end != told.end),
    };
    chosen.iter().find(is_due).copied()
}

fn arrives(now: Contract, told: Option<Contract>, is_first: bool, today: NaiveDate) -> bool {
    let lies_ahead = now.start.is_some_and(|start| start > today);
    match told {
        None => lies_ahead || !is_first,
        Some(told) => {
            let is_new_contract = now.start.zip(told.end).is_some_and(|(start, end)| start > end);
            now.start != told.start && (lies_ahead || is_new_contract)
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use Event::{Offboarding, Onboarding};

    const TODAY: u32 = 15;

    fn day(day: u32) -> Option<NaiveDate> {
        NaiveDate::from_ymd_opt(2026, 11, day)
    }

    /// Days of one month; 0 where none is known.
    fn contract((start, end): (u32, u32)) -> Contract {
        Contract { start: day(start), end: day(end) }
    }

    fn events(now: (u32, u32), told: Option<(u32, u32)>, is_first: bool) -> Option<Event> {
        let chosen = [Onboarding, Offboarding].into();
        due(&chosen, contract(now), told.map(contract), is_first, day(TODAY).expect("a day"))
    }

    #[test]
    fn each_thing_that_happens_to_a_contract_is_told_as_the_table_says() {
        for (what, now, told, event) in [
            ("somebody is new", (1, 0), None, Some(Onboarding)),
            ("nothing happens", (1, 0), Some((1, 0)), None),
            ("who is to start was told", (20, 0), Some((20, 0)), None),
            ("the start moves ahead", (22, 0), Some((20, 0)), Some(Onboarding)),
            ("the start moves into the past", (14, 0), Some((20, 0)), None),
            ("an old start is corrected", (2, 0), Some((1, 0)), None),
            ("the start is withdrawn", (0, 0), Some((20, 0)), None),
            ("a new contract is known after its start", (10, 0), Some((1, 5)), Some(Onboarding)),
            ("a new contract lies ahead", (20, 0), Some((1, 5)), Some(Onboarding)),
            ("an end becomes known", (1, 30), Some((1, 0)), Some(Offboarding)),
            ("an end becomes known when it is over", (1, 14), Some((1, 0)), Some(Offboarding)),
            ("the end moves", (1, 28), Some((1, 30)), Some(Offboarding)),
            ("the end was told", (1, 30), Some((1, 30)), None),
            ("the end is withdrawn", (1, 0), Some((1, 30)), None),
            ("both are due", (20, 30), None, Some(Onboarding)),
            ("the arrival was told, the end was not", (20, 30), Some((20, 0)), Some(Offboarding)),
        ] {
            assert_eq!(events(now, told, false), event, "{what}");
        }
        assert_eq!(events((1, 30), None, true), None, "the very first delivery");
        assert_eq!(events((16, 30), None, true), Some(Onboarding), "who is to start at the very first delivery");
        assert_eq!(events((TODAY, 0), None, true), None, "who starts today does not lie ahead");
    }

    #[test]
    fn only_what_is_chosen_is_told() {
        let (now, today) = (contract((20, 30)), day(TODAY).expect("a day"));
        assert_eq!(due(&BTreeSet::new(), now, None, false, today), None);
        assert_eq!(due(&[Offboarding].into(), now, None, false, today), None);
        assert_eq!(due(&[Offboarding].into(), now, Some(contract((1, 0))), false, today), Some(Offboarding));
    }

    #[test]
    fn an_end_that_was_withdrawn_is_told_again_and_one_behind_an_arrival_is_still_to_be_told() {
        let (open, ends) = (contract((1, 0)), contract((1, 30)));
        assert_eq!(ends.once_told(Some(Offboarding), Some(open)), ends);
        assert_eq!(open.once_told(None, Some(ends)), open);
        assert_eq!(ends.once_told(Some(Onboarding), None), open);
    }
}
