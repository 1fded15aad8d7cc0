//! `lost-zeros`: an employee number from which a spreadsheet took the zeros in front.

use std::collections::HashMap;

use super::sheet::{Sheet, Slot, Subject};
use crate::model::{Example, Field, Rule, Severity, Text};

pub static RULE: Rule = Rule {
    code: "lost-zeros",
    severity: Severity::Error,
    meaning: Text::of(
        "A spreadsheet took the zeros in front of the employee number; format the column as text and fill it \
              again.",
        "",
    ),
    correction: Text::of("", ""),
    example: Example { wrong: "", right: "" },
};

/// All employee numbers of an establishment, as far as their form goes.
#[derive(Clone, Copy)]
struct Form {
    /// None: they differ in width, or are not all digits.
    width: Option<usize>,
    leading_zero: bool,
}

pub fn check(sheet: &mut Sheet<'_>) {
    let number = sheet.slot(&Field::of("employee-number"));
    let establishment = sheet.slot(&Field::of("establishment"));
    if number.reader.is_none() {
        return;
    }
    let forms = forms(sheet, &number, &establishment);
    for row in 0..sheet.standings.len() {
        let said = sheet.said(row, &number);
        let form = forms.get(sheet.after(row, &establishment));
        let Some(width) = form.filter(|form| form.leading_zero).and_then(|form| form.width) else { continue };
        if !sheet.standings[row].readable || said.is_empty() || said.len() >= width || !is_digits(said) {
            continue;
        }
        let scope = match sheet.after(row, &establishment) {
            "" => String::new(),
            name => format!(" of `{name}`"),
        };
        let problem = format!("has lost zeros: employee numbers{scope} have {width} digits");
        let finding = RULE.at(sheet.place(row, &number), problem).read(said).expected(format!("`{said:0>width$}`"));
        if sheet.contract.identify_by.contains(&number.field) {
            // Whoever is meant, it is not the person of this number.
            sheet.standings[row].subject = Subject::Unclear;
        }
        sheet.refuse(row, finding);
    }
}

fn forms<'a>(sheet: &Sheet<'a>, number: &Slot, establishment: &Slot) -> HashMap<&'a str, Form> {
    let known = sheet.around.known;
    let mut forms = HashMap::new();
    for person in 0..known.len() {
        let number = known.value(person, &number.known);
        if number.is_empty() {
            continue;
        }
        let own = Form { width: is_digits(number).then_some(number.len()), leading_zero: number.starts_with('0') };
        let form = forms.entry(known.value(person, &establishment.known)).or_insert(own);
        form.width = form.width.filter(|width| own.width == Some(*width));
        form.leading_zero |= own.leading_zero;
    }
    forms
}

fn is_digits(text: &str) -> bool {
    text.bytes().all(|byte| byte.is_ascii_digit())
}

#[cfg(test)]
mod tests {
    use super::super::sample::{Trial, people};

    #[test]
    fn the_number_is_given_as_it_should_have_been() {
        let trial = Trial::by(&["establishment", "employee-number"]);
        let findings =
            trial.findings("legalEntity;employeenumber;firstName", &["Paris;1;Ada", "Lyon;0002;Kim", "P;12;New"]);
        assert_eq!(
            findings,
            [
                (
                    "lost-zeros".into(),
                    "B2 employeenumber: `1` has lost zeros: employee numbers of `Paris` have 4 digits; expected `0001`"
                        .into()
                ),
                (
                    "lost-zeros".into(),
                    "B4 employeenumber: `12` has lost zeros: employee numbers of `Paris` have 4 digits; expected `0012`"
                        .into()
                ),
            ]
        );
    }

    #[test]
    fn the_establishment_may_be_known_from_the_directory() {
        let findings = Trial::default().findings("login;employeenumber", &["ada;1", "bo;0002"]);
        assert_eq!(findings.len(), 1);
        assert_eq!(findings[0].0, "lost-zeros");
    }

    #[test]
    fn where_widths_differ_or_no_number_starts_with_zero_nothing_is_lost() {
        for numbers in [["0001", "12"], ["1001", "1002"], ["0001", "A002"]] {
            let known = people(
                "login;establishment;employee-number",
                &[&format!("ada;Paris;{}", numbers[0]), &format!("bo;Paris;{}", numbers[1])],
            );
            let trial = Trial { known, ..Trial::default() };
            assert_eq!(trial.findings("login;employeenumber", &["ada;7"]), [], "{numbers:?}");
        }
    }
}
