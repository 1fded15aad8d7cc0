//! `more-findings`: so much is wrong with a file that not all of it is listed.

use crate::model::{Example, Finding, Place, Rule, Severity, Text};
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

/// Enough for anybody to see what is wrong, and little enough for a file of a million bad rows to fit in memory.
pub const MOST: usize = 50_000;

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
    use super::MOST;

    #[test]
    fn rows_are_left_out_also_where_their_findings_are_not_listed() {
        let row = "ada;yesterday";
        let rows = vec![row; MOST + 10];
        let trial = Trial { creates: false, ..Trial::default() };
        let checked = trial.check("login;dtBirth", &rows);
        assert_eq!(checked.left_out.len(), MOST + 10);
        assert_eq!(checked.findings.len(), MOST + 1);
        assert_eq!(checked.findings[0].to_string(), "10 more findings are not listed");
    }
}
