//! `manager-circle`: people who, one above the other, end up above themselves.

use super::fault::Rule;
use super::reference::{References, Who, login_of};
use super::sheet::{Sheet, Subject};
use crate::model::field::Relation;
use crate::model::{Finding, Severity};

pub static RULE: Rule = Rule {
    code: "manager-circle",
    severity: Severity::Error,
    meaning: "The managers form a circle; correct one of its rows. Who has no manager is their own.",
};

/// Leaves out the rows that close a circle. True: there were some; what is known takes their place, which may close
/// another one.
pub fn check(sheet: &mut Sheet<'_>, references: &[References]) -> bool {
    let Some(managers) = references.iter().find(|references| references.slot.field.is("manager")) else { return false };
    let circles = Managers::new(sheet, managers).circles();
    for circle in &circles {
        for row in circle.iter().filter_map(|link| link.row) {
            let finding = finding(sheet, managers, circle, row);
            sheet.refuse(row, finding);
        }
    }
    !circles.is_empty()
}

fn finding(sheet: &Sheet<'_>, managers: &References, circle: &[Link], row: usize) -> Finding {
    let start = circle.iter().position(|link| link.row == Some(row)).unwrap_or_default();
    let around = circle.iter().cycle().skip(start).take(circle.len() + 1);
    let logins: Vec<&str> = around.map(|link| login_of(sheet, link.who)).collect();
    RULE.at(sheet.place(row, &managers.slot), format!("closes a circle of managers: {}", logins.join(" -> ")))
        .read(sheet.after(row, &managers.slot))
        .expected("a manager who does not report to the person, or the person themselves for none")
}

/// Somebody, and the row that says who their manager is, if a row does.
#[derive(Debug, Clone, Copy)]
struct Link {
    who: Who,
    row: Option<usize>,
}

/// Who reports to whom once all rows are applied that are not left out. Knots are the people that are known, then rows.
struct Managers {
    known: usize,
    /// By knot.
    above: Vec<Option<usize>>,
    /// The row that says so, by knot.
    rows: Vec<Option<usize>>,
}

impl Managers {
    fn new(sheet: &Sheet<'_>, managers: &References) -> Managers {
        let people = sheet.around.known;
        let known = people.len();
        let knots = known + sheet.standings.len();
        let mut above: Vec<Option<usize>> =
            (0..known).map(|person| people.related(person, Relation::Manager)).collect();
        above.resize(knots, None);
        let mut rows = vec![None; knots];
        for (row, who) in managers.to.iter().enumerate() {
            let knot = match sheet.standings[row].subject {
                Subject::Known(person) => person as usize,
                Subject::New => known + row,
                Subject::Unclear => continue,
            };
            if let (Some(who), false) = (who, sheet.standings[row].out) {
                above[knot] = Some(match who {
                    Who::Known(person) => *person as usize,
                    Who::Row(row) => known + *row as usize,
                });
                rows[knot] = Some(row);
            }
        }
        Managers { known, above, rows }
    }

    /// Circles of two and more in which at least one row has a say.
    fn circles(&self) -> Vec<Vec<Link>> {
        // The start of the walk on which a knot was met.
        let mut met: Vec<Option<usize>> = vec![None; self.above.len()];
        let mut circles = Vec::new();
        for start in (0..self.above.len()).filter(|knot| self.rows[*knot].is_some()) {
            let mut at = start;
            while met[at].is_none() {
                met[at] = Some(start);
                match self.next(at) {
                    Some(next) => at = next,
                    None => break,
                }
            }
            if met[at] == Some(start) && self.next(at).is_some() {
                circles.extend(self.circle(at));
            }
        }
        circles
    }

    /// The manager; None for who is their own.
    fn next(&self, knot: usize) -> Option<usize> {
        self.above[knot].filter(|above| *above != knot)
    }

    fn circle(&self, start: usize) -> Option<Vec<Link>> {
        let others = std::iter::successors(self.next(start), |knot| self.next(*knot).filter(|_| *knot != start));
        let circle: Vec<Link> = others.map(|knot| Link { who: self.who(knot), row: self.rows[knot] }).collect();
        circle.iter().any(|link| link.row.is_some()).then_some(circle)
    }

    fn who(&self, knot: usize) -> Who {
        match knot.checked_sub(self.known) {
            None => Who::Known(knot as u32),
            Some(row) => Who::Row(row as u32),
        }
    }
}
