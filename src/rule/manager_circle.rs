//! `manager-circle`: people who, one above the other, end up above themselves.

use std::collections::HashMap;

use super::reference::{References, To, Who, login_of};
use super::sheet::{Sheet, Subject};
use crate::model::field::Relation;
use crate::model::{Example, Finding, Rule, Severity, Text};
use crate::text;

pub static RULE: Rule = Rule {
    code: "manager-circle",
    severity: Severity::Error,
    meaning: Text::of(
        "The managers form a circle: somebody would be above themselves.",
        "Les managers forment une boucle : quelqu'un serait au-dessus de lui-même.",
    ),
    correction: Text::of(
        "Correct the manager on one of the rows; for somebody without a manager, write their own login.",
        "Corrigez le manager de l'une des lignes ; pour quelqu'un qui n'a pas de manager, écrivez son propre login.",
    ),
    example: Example { wrong: "login;manager\nada;bo\nbo;ada", right: "login;manager\nada;ada\nbo;ada" },
};

/// So many people of a circle are named.
const NAMED: usize = 12;

/// Leaves out the rows that close a circle. True: there were some; what is known takes their place, which may close
/// another one.
pub fn check(sheet: &mut Sheet<'_>, references: &[References]) -> bool {
    let Some(managers) = references.iter().find(|references| references.slot.field.is("manager")) else { return false };
    let circles = Managers::new(sheet, managers).circles();
    for circle in &circles {
        for (start, row) in circle.iter().enumerate().filter_map(|(start, link)| Some((start, link.row?))) {
            let finding = finding(sheet, managers, circle, start, row);
            sheet.refuse(row, finding);
        }
    }
    !circles.is_empty()
}

/// The circle is told from the person of the row, who is at `start`.
fn finding(sheet: &Sheet<'_>, managers: &References, circle: &[Link], start: usize, row: usize) -> Finding {
    let around = circle[start..].iter().chain(&circle[..start]).take(NAMED);
    let mut logins: Vec<&str> = around.map(|link| login_of(sheet, link.who)).collect();
    logins.extend((circle.len() > NAMED).then_some("…"));
    logins.push(login_of(sheet, circle[start].who));
    let circle = logins.join(" -> ");
    let problem = text!("closes a circle of managers: {circle}", "ferme une boucle de managers : {circle}");
    let expected = Text::of(
        "a manager who does not report to the person, or the person's own login for no manager",
        "un manager qui ne dépend pas de la personne, ou le propre login de la personne si elle n'a pas de manager",
    );
    RULE.at(sheet.place(row, &managers.slot), problem).read(sheet.after(row, &managers.slot)).expected(expected)
}

/// Somebody, and the row that says who their manager is, if a row does.
#[derive(Debug, Clone, Copy)]
struct Link {
    who: Who,
    row: Option<usize>,
}

/// Who reports to whom once all rows are applied that are not left out.
struct Managers<'s, 'a> {
    sheet: &'s Sheet<'a>,
    /// What the rows say: who is above, and the row.
    said: HashMap<Knot, (Option<Knot>, usize)>,
}

/// Somebody in the web of managers.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
enum Knot {
    /// By number.
    User(u32),
    Row(u32),
}

impl<'s, 'a> Managers<'s, 'a> {
    fn new(sheet: &'s Sheet<'a>, managers: &References) -> Managers<'s, 'a> {
        let number = |person: u32| sheet.around.known.number(person as usize);
        let mut said = HashMap::new();
        for (row, to) in managers.to.iter().enumerate() {
            let knot = match sheet.standings[row].subject {
                Subject::Known(person) => Knot::User(number(person)),
                Subject::New => Knot::Row(row as u32),
                Subject::Unclear => continue,
            };
            let above = match to {
                To::One(Who::Known(person)) => Some(Knot::User(number(*person))),
                To::One(Who::Row(row)) => Some(Knot::Row(*row)),
                To::AsBefore => known_above(sheet, knot),
                To::Nobody => continue,
            };
            if !sheet.standings[row].out {
                said.insert(knot, (above, row));
            }
        }
        Managers { sheet, said }
    }

    /// Circles of two and more in which at least one row has a say.
    fn circles(&self) -> Vec<Vec<Link>> {
        // The start of the walk on which a knot was met.
        let mut met: HashMap<Knot, Knot> = HashMap::new();
        let mut circles = Vec::new();
        let mut starts: Vec<(usize, Knot)> = self.said.iter().map(|(knot, (_, row))| (*row, *knot)).collect();
        starts.sort_unstable_by_key(|(row, _)| *row);
        for (_, start) in starts {
            let mut at = start;
            while !met.contains_key(&at) {
                met.insert(at, start);
                match self.next(at) {
                    Some(next) => at = next,
                    None => break,
                }
            }
            if met[&at] == start && self.next(at).is_some() {
                circles.extend(self.circle(at));
            }
        }
        circles
    }

    /// The manager; None for who is their own.
    fn next(&self, knot: Knot) -> Option<Knot> {
        let above = match self.said.get(&knot) {
            Some((above, _)) => *above,
            None => known_above(self.sheet, knot),
        };
        above.filter(|above| *above != knot)
    }

    /// None where nobody in it has a row, or where somebody is not there to be looked at; then they are asked for.
    fn circle(&self, start: Knot) -> Option<Vec<Link>> {
        let others = std::iter::successors(self.next(start), |knot| self.next(*knot).filter(|_| *knot != start));
        let knots: Vec<Knot> = others.collect();
        if !knots.iter().any(|knot| self.said.contains_key(knot) || self.is_settled(*knot)) {
            return None;
        }
        let links: Vec<Option<Link>> = knots.into_iter().map(|knot| self.link(knot)).collect();
        links.into_iter().collect()
    }

    fn link(&self, knot: Knot) -> Option<Link> {
        let row = self.said.get(&knot).map(|(_, row)| *row);
        let who = match knot {
            Knot::Row(row) => Who::Row(row),
            Knot::User(number) => Who::Known(self.person(number)?),
        };
        Some(Link { who, row })
    }

    fn person(&self, number: u32) -> Option<u32> {
        let around = self.sheet.around;
        let person = around.known.place(number);
        if let Some(others) = around.others.filter(|_| person.is_none() || self.is_settled(Knot::User(number))) {
            others.ask_for(number);
            return None;
        }
        person
    }

    fn is_settled(&self, knot: Knot) -> bool {
        match (knot, self.sheet.around.others) {
            (Knot::User(number), Some(others)) => others.is_settled(number),
            _ => false,
        }
    }
}

fn known_above(sheet: &Sheet<'_>, knot: Knot) -> Option<Knot> {
    let Knot::User(number) = knot else { return None };
    let around = sheet.around;
    let above = match around.others {
        Some(others) => others.crowd.manager(number),
        None => {
            let above = around.known.related(around.known.place(number)? as usize, Relation::Manager)?;
            Some(around.known.number(above))
        }
    };
    above.map(Knot::User)
}

#[cfg(test)]
mod tests {
    use super::super::sample::{Trial, delivered};

    #[test]
    fn a_circle_is_printed_from_each_of_its_rows_and_harms_nobody_else() {
        let checked = Trial::default().check("login;manager", &["ada;cy", "bo;ada", "kim1;ada"]);
        let findings: Vec<String> = checked.findings.iter().map(ToString::to_string).collect();
        let end = "expected a manager who does not report to the person, or the person's own login for no manager";
        assert_eq!(
            findings,
            [
                format!("B2 manager: `cy` closes a circle of managers: ada -> cy -> bo -> ada; {end}"),
                format!("B3 manager: `ada` closes a circle of managers: bo -> ada -> cy -> bo; {end}"),
            ],
            "cy reports to bo already"
        );
        assert_eq!(delivered(&checked), ["kim1;ada"]);
    }

    #[test]
    fn a_long_circle_is_told_by_its_beginning_and_its_end() {
        let logins: Vec<String> = (0..30).map(|number| format!("p{number}")).collect();
        let known = super::super::sample::people("login", &logins.iter().map(String::as_str).collect::<Vec<_>>());
        let rows: Vec<String> = (0..30).map(|number| format!("p{number};p{}", (number + 1) % 30)).collect();
        let trial = Trial { known, ..Trial::default() };
        let findings = trial.findings("login;manager", &rows.iter().map(String::as_str).collect::<Vec<_>>());
        assert_eq!(findings.len(), 30);
        let circle = "p28 -> p29 -> p0 -> p1 -> p2 -> p3 -> p4 -> p5 -> p6 -> p7 -> p8 -> p9 -> … -> p28;";
        assert!(findings[28].1.contains(circle), "{}", findings[28].1);
    }

    #[test]
    fn oneself_is_no_circle() {
        let checked = Trial::default().check("login;manager", &["cy;cy", "bo;Derek Bo"]);
        assert_eq!(delivered(&checked), ["cy;cy", "bo;bo"]);
    }

    #[test]
    fn new_users_may_close_a_circle_too() {
        let heading = "login;firstName;lastName;mail;legalEntity;dtContractStart;department;culture;manager";
        let rows = [
            "x;X;X;x@acme.fr;Paris;01/03/2026;Sales;fr-FR;y",
            "y;Y;Y;y@acme.fr;Paris;01/03/2026;Sales;fr-FR;x",
            "cy;;;;;;;;x",
        ];
        let findings = Trial::default().findings(heading, &rows);
        let codes: Vec<&str> = findings.iter().map(|(code, _)| &**code).collect();
        assert_eq!(codes, ["manager-circle", "manager-circle", "manager-left-out"]);
    }

    #[test]
    fn what_is_known_takes_the_place_of_a_row_that_is_left_out() {
        // Without row 2, Bo still reports to Ada: row 3 closes a circle with that.
        let findings = Trial::default().findings("login;manager;dtBirth", &["bo;bo;never", "ada;bo;"]);
        let codes: Vec<&str> = findings.iter().map(|(code, _)| &**code).collect();
        assert_eq!(codes, ["bad-date", "manager-circle"]);
        assert!(findings[1].1.contains("ada -> bo -> ada"), "{}", findings[1].1);
    }

    #[test]
    fn a_circle_that_is_known_already_does_not_block_other_rows() {
        let known = super::super::sample::people("login;manager", &["a;b", "b;a", "c;c"]);
        let trial = Trial { known, ..Trial::default() };
        assert_eq!(delivered(&trial.check("login;manager", &["c;a"])), ["c;a"]);
    }
}
