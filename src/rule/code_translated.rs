//! `code-translated`: cells that hold a correspondence code of the company, and were read as what it means.

use super::reader::Reader;
use super::sheet::Sheet;
use super::tally::Tally;
use crate::model::{Example, Finding, Rule, Severity, Text};
use crate::text;

pub static RULE: Rule = Rule {
    code: "code-translated",
    severity: Severity::Remark,
    meaning: Text::of(
        "The column holds correspondence codes, which were read as the values that the company gives them.",
        "La colonne contient des codes de correspondance, lus comme les valeurs que l'entreprise leur donne.",
    ),
    correction: Text::of(
        "Nothing is to be corrected; write the value itself where another one is meant.",
        "Rien n'est à corriger ; écrivez la valeur elle-même si vous en visez une autre.",
    ),
    example: Example { wrong: "login;profile_figgo\nada;CP1", right: "login;profile_figgo\nada;25CP + 12RTT" },
};

/// At most two remarks a column, each at its first row: for codes, and for what the site's default took the place of.
pub fn findings(sheet: &Sheet<'_>) -> Vec<Finding> {
    let both = sheet.readers.iter().flat_map(|reader| [remark(sheet, reader, false), remark(sheet, reader, true)]);
    both.flatten().collect()
}

fn remark(sheet: &Sheet<'_>, reader: &Reader<'_>, by_default: bool) -> Option<Finding> {
    if !reader.has_translations() {
        return None;
    }
    let mut tally = Tally::default();
    let mut first = None;
    let rows = sheet.table.rows().zip(&sheet.standings).filter(|(_, standing)| !standing.out);
    for (row, _) in rows {
        if let Some(translation) = reader.translation(row).filter(|translation| translation.by_default == by_default) {
            first.get_or_insert(translation.to);
            tally.note(|| reader.place(row), row.cell(reader.index));
        }
    }
    let to = first?;
    let problem = match by_default {
        false => text!("is a correspondence code, read as `{to}`", "est un code de correspondance, lu comme `{to}`"),
        true => text!(
            "is no correspondence code, and was read as the company's default `{to}`",
            "n'est pas un code de correspondance, et a été lu comme la valeur par défaut de l'entreprise `{to}`"
        ),
    };
    tally.finding(RULE.fault(problem))
}

#[cfg(test)]
mod tests {
    use super::super::sample::{self, Trial, delivered};
    use crate::model::Otherwise;

    /// Remarks and what is delivered.
    fn told(trial: &Trial, heading: &str, rows: &[&str]) -> (Vec<String>, Vec<String>) {
        let checked = trial.check(heading, rows);
        (checked.findings.iter().map(ToString::to_string).collect(), delivered(&checked))
    }

    #[test]
    fn the_first_table_that_holds_and_knows_the_code_wins() {
        let codes = vec![
            sample::codes("custom-pay", Some("L"), Some("IT"), &[("A", "Lyon IT")], Otherwise::PassOn),
            sample::codes("custom-pay", Some("paris"), None, &[("A", "Paris"), ("B", "Both")], Otherwise::PassOn),
            sample::codes("custom-pay", None, None, &[("A", "Elsewhere"), ("C", "All")], Otherwise::PassOn),
        ];
        let rows = ["ada;A;", "bo;c;", "cy;a;", "kim1;A;Sales", "kim2;other;"];
        let (findings, delivered) = told(&Trial::coded(codes), "login;e_pay;department", &rows);
        assert_eq!(delivered, ["ada;Paris;", "bo;All;", "cy;Lyon IT;", "kim1;Elsewhere;Sales", "kim2;other;"]);
        assert_eq!(
            findings,
            ["B2 e_pay: `A` is a correspondence code, read as `Paris` (3 more such cells in this column)"]
        );
    }

    #[test]
    fn codes_of_the_establishment_tell_people_apart_and_choose_the_other_codes() {
        let codes = vec![
            sample::codes("establishment", None, None, &[("75", "P"), ("69", "L")], Otherwise::PassOn),
            sample::codes("department", Some("Lyon"), None, &[("1", "IT")], Otherwise::Default("SAL".into())),
        ];
        let trial = Trial {
            additions: sample::additions(codes, Vec::new()),
            ..Trial::by(&["establishment", "employee-number"])
        };
        let rows = ["69;0002;1", "75;0002;IT", "L;0003;9"];
        let (findings, delivered) = told(&trial, "legalEntity;employeenumber;department", &rows);
        assert_eq!(delivered, ["Lyon;0002;Computers", "Paris;0002;Computers", "Lyon;0003;Sales"]);
        assert_eq!(
            findings,
            [
                "A2 legalEntity: `69` is a correspondence code, read as `Lyon` (1 more such cell in this column)",
                "C2 department: `1` is a correspondence code, read as `Computers`",
                "C4 department: `9` is no correspondence code, and was read as the company's default `Sales`",
            ]
        );
    }
}
