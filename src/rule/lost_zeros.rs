//! `lost-zeros`: a number or code from which a spreadsheet took the zeros in front.

use std::collections::HashMap;

use super::fault::Fault;
use super::known::{Known, login, number};
use super::lists::Item;
use super::sheet::{Sheet, Slot, Subject};
use crate::model::index::key;
use crate::model::number_form::NumberForm;
use crate::model::shape::Way;
use crate::model::{Example, Field, Rule, Severity, Text};
use crate::text;

pub static RULE: Rule = Rule {
    code: "lost-zeros",
    severity: Severity::Error,
    meaning: Text::of(
        "A spreadsheet took a code for a number and its zeros in front are gone, as the other numbers of the \
         establishment, the directory or a reference list show.",
        "Un tableur a pris un code pour un nombre et ses zéros initiaux ont disparu, comme le montrent les autres \
         matricules de l'établissement, l'annuaire ou une liste de référence.",
    ),
    correction: Text::of(
        "Format the column as text, fill it again from the source, and save the file again; the code with its zeros is \
         proposed.",
        "Mettez la colonne au format texte, remplissez-la de nouveau depuis la source, puis enregistrez de nouveau le \
         fichier ; le code avec ses zéros est proposé.",
    ),
    example: Example { wrong: "login;employeenumber\nada;1", right: "login;employeenumber\nada;0001" },
};

/// Does the field have numbers of one form, for all of an establishment or for everybody?
pub fn tells_people_apart(field: &Field) -> bool {
    field.is("employee-number") || field.is("login")
}

pub fn check(sheet: &mut Sheet<'_>, known: &Known<'_>) {
    for fields in [login(), number()] {
        let slots: Vec<Slot> = fields.iter().map(|field| sheet.slot(field)).collect();
        let [homes @ .., slot] = &slots[..] else { continue };
        if slot.reader.is_some_and(|reader| sheet.readers[reader].remarks.is_suspect) {
            let numbers = Numbers::new(known, fields);
            check_numbers(sheet, &numbers, slot, homes.first());
        }
    }
}

fn check_numbers(sheet: &mut Sheet<'_>, numbers: &Numbers<'_, '_>, slot: &Slot, home: Option<&Slot>) {
    for row in 0..sheet.standings.len() {
        let said = sheet.said(row, slot);
        if !is_bare(said) || said == sheet.before(row, slot) || !sheet.standings[row].readable {
            continue;
        }
        let home = home.map_or("", |home| sheet.after(row, home));
        let Some(fault) = numbers.too_short(home, said).or_else(|| numbers.known_longer(home, said)) else { continue };
        if sheet.contract.identify_by.contains(&slot.field) {
            // Whoever is meant, it is not the person of this number.
            sheet.standings[row].subject = Subject::Unclear;
        }
        sheet.refuse(row, fault.at(sheet.place(row, slot), said));
    }
}

/// The numbers by which the directory tells people apart.
pub struct Numbers<'k, 'p> {
    known: &'k Known<'p>,
    fields: Vec<Field>,
    /// By the hash of the establishment; for all under 0 where numbers are unique everywhere.
    forms: HashMap<u32, OfAll>,
}

/// All numbers of an establishment, as far as their form goes.
#[derive(Clone, Copy)]
struct OfAll {
    /// None: they differ in width, or are not all digits.
    width: Option<usize>,
    /// The width of the longest that starts with a zero; 0 where none does.
    longest: usize,
}

impl<'k, 'p> Numbers<'k, 'p> {
    /// `fields` end with the number.
    pub fn new(known: &'k Known<'p>, fields: Vec<Field>) -> Numbers<'k, 'p> {
        let mut forms = HashMap::new();
        let mut note = |home: u32, form: NumberForm| {
            let all = forms.entry(home).or_insert(OfAll { width: form.width, longest: 0 });
            all.width = all.width.filter(|other| form.width == Some(*other));
            if form.starts_with_zero {
                all.longest = all.longest.max(form.width.unwrap_or_default());
            }
        };
        let (number, has_homes) = (fields.last().expect("they end with the number"), fields.len() > 1);
        match known.others {
            Some(others) => {
                let known = others.forms(number).filter_map(|(home, form)| Some((home, NumberForm::read(form)?)));
                known.for_each(|(home, form)| note(if has_homes { home } else { 0 }, form));
            }
            None => {
                let people = known.people();
                let (home, number) = (people.column(&Field::of("establishment")), people.column(number));
                let numbered = (0..people.len()).map(|person| (person, people.value(person, &number)));
                for (person, number) in numbered.filter(|(_, number)| !number.is_empty()) {
                    note(if has_homes { hash(people.value(person, &home)) } else { 0 }, NumberForm::of(number));
                }
            }
        }
        Numbers { known, fields, forms }
    }

    /// All numbers of the establishment have more digits, and some start with a zero.
    fn too_short(&self, home: &str, said: &str) -> Option<Fault> {
        let form = self.of_all(home).filter(|form| form.longest > 0)?;
        let width = form.width.filter(|width| said.len() < *width)?;
        let problem = match (home, self.fields.len()) {
            (_, 1) => text!(
                "has lost zeros: logins have {width} digits",
                "a perdu des zéros : les logins ont {width} chiffres"
            ),
            ("", _) => text!(
                "has lost zeros: employee numbers have {width} digits",
                "a perdu des zéros : les matricules ont {width} chiffres"
            ),
            _ => text!(
                "has lost zeros: employee numbers of `{home}` have {width} digits",
                "a perdu des zéros : les matricules de `{home}` ont {width} chiffres"
            ),
        };
        Some(RULE.fault(problem).expected(Text::same(format!("`{said:0>width$}`"))))
    }

    fn of_all(&self, home: &str) -> Option<&OfAll> {
        self.forms.get(&if self.fields.len() > 1 { hash(home) } else { 0 })
    }

    /// The directory has the same number with zeros in front.
    pub fn known_longer(&self, home: &str, said: &str) -> Option<Fault> {
        let longest = self.of_all(home).filter(|_| is_bare(said))?.longest;
        let index = self.known.by(&self.fields);
        let key = |number: &str| if self.fields.len() == 1 { key(&[number]) } else { key(&[home, number]) };
        let mut padded = (said.len() + 1..=longest).map(|width| format!("{said:0>width$}"));
        padded.find(|padded| !index.get(&key(padded)).is_empty()).map(|padded| known_as(&padded))
    }
}

/// Of an establishment; 0 for none.
fn hash(home: &str) -> u32 {
    Way::by(&["establishment"]).hash(&[home])
}

/// In a column of any text: the directory has the same for the person, with zeros in front.
pub fn certain(text: &str, known: &str) -> Option<Fault> {
    (is_bare(text) && is_padded(known, text)).then(|| known_as(known))
}

/// A reference list has one code that is the same with zeros in front.
pub fn code(text: &str, items: &[Item]) -> Option<Fault> {
    let code = padded(text, items)?;
    let problem = text!("has lost zeros: the list has `{code}`", "a perdu des zéros : la liste contient `{code}`");
    Some(RULE.fault(problem).expected(Text::same(format!("`{code}`"))))
}

/// As [`code`], without the words.
pub fn is_code(text: &str, items: &[Item]) -> bool {
    padded(text, items).is_some()
}

fn padded<'a>(text: &str, items: &'a [Item]) -> Option<&'a str> {
    if !is_bare(text) {
        return None;
    }
    let mut codes = items.iter().map(|item| &*item.code).filter(|code| is_padded(code, text));
    codes.next().filter(|_| codes.next().is_none())
}

fn known_as(number: &str) -> Fault {
    let problem =
        text!("has lost zeros: the directory has `{number}`", "a perdu des zéros : l'annuaire contient `{number}`");
    RULE.fault(problem).expected(Text::same(format!("`{number}`")))
}

/// A number as a spreadsheet leaves it: only digits, the first no zero.
fn is_bare(text: &str) -> bool {
    text.starts_with(|first| matches!(first, '1'..='9')) && is_digits(text)
}

fn is_padded(code: &str, bare: &str) -> bool {
    code.starts_with('0') && code.trim_start_matches('0') == bare
}

fn is_digits(text: &str) -> bool {
    text.bytes().all(|byte| byte.is_ascii_digit())
}

#[cfg(test)]
mod tests {
    use super::super::lists::{Entry, List};
    use super::super::sample::{Trial, people};
    use super::*;

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

    #[test]
    fn where_widths_differ_the_number_itself_with_its_zeros_is_a_proof() {
        let known = people("login;establishment;employee-number", &["ada;Paris;0012", "bo;Paris;7", "cy;Lyon;0034"]);
        let trial = Trial { known, ..Trial::default() };
        let findings = trial.findings("login;employeenumber", &["ada;12", "bo;8"]);
        let expected = "B2 employeenumber: `12` has lost zeros: the directory has `0012`; expected `0012`";
        assert_eq!(findings, [("lost-zeros".into(), expected.into())]);
    }

    #[test]
    fn a_login_of_digits_has_lost_its_zeros_before_it_would_create_somebody() {
        let known = people("login;first-name", &["00012;Ada", "00013;Bo"]);
        let trial = Trial { known, ..Trial::default() };
        let findings = trial.findings("login;firstName", &["12;Ada", "00013;Bo"]);
        let expected = "A2 login: `12` has lost zeros: logins have 5 digits; expected `00012`";
        assert_eq!(findings, [("lost-zeros".into(), expected.into())]);
    }

    #[test]
    fn codes_of_lists_managers_and_what_the_person_had_tell_too() {
        let known =
            people("login;establishment;employee-number;custom-badge", &["ada;Paris;0012;00451", "bo;Paris;0013;7"]);
        let trial = Trial { known, ..Trial::default() };
        let findings = trial.findings("login;manager;e_badge", &["ada;13;451", "bo;14;8"]);
        let (codes, findings): (Vec<&str>, Vec<&str>) =
            findings.iter().map(|(code, sentence)| (&**code, &**sentence)).unzip();
        assert_eq!(codes, ["lost-zeros", "lost-zeros", "unknown-manager"]);
        assert_eq!(
            findings[..2],
            [
                "B2 manager: `13` has lost zeros: the directory has `0013`; expected `0013`",
                "C2 e_badge: `451` has lost zeros: the directory has `00451`; expected `00451`",
            ]
        );
        let entries = [("0300", "Sales"), ("X", "0300"), ("7", "Seven")];
        let entry = |(code, name): (&str, &str)| Entry { code: code.into(), name: name.into(), ..Entry::default() };
        let list = List::new(entries.map(entry).into()).expect("a list");
        let sentence = code("300", list.items()).expect("a code").sentence("300");
        assert_eq!(sentence, "`300` has lost zeros: the list has `0300`; expected `0300`");
        for other in ["7", "30", "0300", "x"] {
            assert_eq!(code(other, list.items()), None, "{other}");
        }
    }
}
