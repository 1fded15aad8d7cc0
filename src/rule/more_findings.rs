//! `more-findings`: so much is wrong with a file that not all of it is listed.

use std::collections::BTreeMap;

use super::RULES;
use crate::model::{Example, Finding, Place, Rule, Severity, Text, Unlisted};
use crate::text;

pub static RULE: Rule = Rule {
    code: "more-findings",
    severity: Severity::Remark,
    meaning: Text::of(
        "There are too many findings to list them all.",
        "Les constats sont trop nombreux pour être tous énumérés.",
    ),
    correction: Text::of(
        "Correct those that are listed, and send the file again.",
        "Corrigez ceux qui sont énumérés, puis renvoyez le fichier.",
    ),
    example: Example { wrong: "", right: "" },
};

/// Of each code: enough for anybody to see what is wrong, and little enough for a file of a million bad rows to fit in
/// memory.
pub const LISTED: usize = 5_000;

/// What is not listed: of each finding its code and its place.
#[derive(Debug, Default)]
pub struct More {
    listed: BTreeMap<String, Listed>,
    pub unlisted: Vec<Unlisted>,
}

#[derive(Debug, Clone)]
struct Listed {
    /// None where it is no finding of ours.
    code: Option<&'static str>,
    count: usize,
}

impl More {
    /// Behind all that was listed so far, or some of it: what is then listed may be too much, but nothing is missing.
    pub fn behind(&self) -> More {
        More { listed: self.listed.clone(), unlisted: Vec::new() }
    }

    /// Is there no room for what the rule has against a cell? Then this is all that is kept of it, and nobody has to put
    /// it in words.
    pub fn is_kept_short(&mut self, rule: &'static Rule, row: u32, column: usize) -> bool {
        let is_full = self.listed.get(rule.code).is_some_and(|listed| listed.count >= LISTED);
        if is_full {
            self.unlisted.push(Unlisted { code: rule.code, row, column: Some(column as u32) });
        }
        is_full
    }

    /// Gives the finding back to be listed, where there is still room for its code.
    pub fn room_for(&mut self, finding: Finding) -> Option<Finding> {
        match self.listed.get_mut(&finding.code) {
            None => {
                let mut rules = RULES.iter().flat_map(|(_, rules)| *rules);
                let code = rules.find(|rule| rule.code == finding.code).map(|rule| rule.code);
                self.listed.insert(finding.code.clone(), Listed { code, count: 1 });
            }
            Some(listed) if listed.count < LISTED => listed.count += 1,
            Some(listed) => {
                if let (Some(code), Some(row)) = (listed.code, finding.place.row) {
                    self.unlisted.push(Unlisted { code, row, column: finding.place.column });
                    return None;
                }
            }
        }
        Some(finding)
    }
}

pub fn finding(unlisted: usize) -> Option<Finding> {
    let problem = match unlisted {
        0 => return None,
        1 => Text::of("1 more finding is not listed", "1 autre constat n'est pas énuméré"),
        _ => text!("{unlisted} more findings are not listed", "{unlisted} autres constats ne sont pas énumérés"),
    };
    Some(RULE.at(Place::FILE, problem))
}

#[cfg(test)]
mod tests {
    use super::super::sample::Trial;
    use super::LISTED;

    #[test]
    fn rows_are_left_out_also_where_their_findings_are_not_listed() {
        let mut rows = vec!["ada;yesterday;x"; LISTED + 10];
        rows.push("ada;01/01/1990;#N/A");
        let trial = Trial { creates: false, ..Trial::default() };
        let checked = trial.check("login;dtBirth;lastName", &rows);
        assert_eq!(checked.left_out.len(), LISTED + 11);
        assert_eq!(checked.findings.len(), LISTED + 2, "a rare mistake is listed beside a common one");
        assert_eq!(checked.findings[0].to_string(), "10 more findings are not listed");
        assert_eq!((checked.unlisted[9].code, checked.unlisted[9].row), ("bad-date", LISTED as u32 + 11));
    }
}
