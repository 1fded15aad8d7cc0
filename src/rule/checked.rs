//! Checked: what became of a file: what it delivers, what was found, and which rows were left out.

use std::collections::BTreeSet;

use super::added::Added;
use super::known::Known;
use super::reader::Reader;
use super::reference::{References, To, login_of};
use super::same_person::Asked;
use super::sheet::{Sheet, Slot, Subject};
use super::{
    Contract, Recognised, Surroundings, absent_person, bad_date, code_translated, cut_cell, damage, date_order,
    default_used, end_before_start, example_row, identity, lost_zeros, manager_circle, manager_left_out, missing_value,
    more_findings, moved_mail, possible_twin, reference, repeated_value, roll, taken,
};
use crate::model::table::Chunk;
use crate::model::{Delivered, Field, Finding, Roll, Table, Unlisted};

/// Bytes of text after which a new chunk is begun.
const CHUNK: usize = 4 << 20;

/// A file, checked.
#[derive(Debug)]
pub struct Checked {
    /// The rows without an error; nothing where the file is refused.
    pub delivered: Delivered,
    /// In file order, those about the whole file first; without those of recognising and reading.
    pub findings: Vec<Finding>,
    /// What is not among the findings, because there are so many of its code.
    pub unlisted: Vec<Unlisted>,
    /// All rows of the file below its heading, those that could not be read included.
    pub rows: usize,
    /// The numbers of the rows with an error, in order.
    pub left_out: Vec<u32>,
    /// Whom the rows are about; nobody, where the file is not about people of the directory.
    pub roll: Roll,
}

/// Checks everything that can be checked, in one go. `reading_findings` are what reading the file has found: rows with
/// an error there are left out, but count as present. Where that error is about one cell, the others are still checked.
pub fn check(
    recognised: &Recognised,
    table: &Table,
    reading_findings: &[Finding],
    contract: &Contract<'_>,
    around: &Surroundings<'_>,
) -> Checked {
    let added = Added::new(contract, around);
    let mut sheet = Sheet::new(recognised, table, reading_findings, contract, around);
    example_row::check(&mut sheet);
    sheet.read_cells();
    sheet.hear_of_settled_rows();
    added.translate_establishments(&mut sheet);
    let references = match sheet.knows_people() {
        true => check_people(&mut sheet, &added, recognised.is_refused()),
        false => {
            added.translate(&mut sheet);
            end_before_start::check(&mut sheet);
            damage::check(&mut sheet);
            Vec::new()
        }
    };
    let checked = finish(&mut sheet, &references, recognised, reading_findings);
    match contract.creates {
        true => Checked { roll: roll::call(&sheet, checked.rows), ..checked },
        false => checked,
    }
}

/// By headings that are refused, no manager is found: to say that of each would tell one mistake many times.
fn check_people<'a>(sheet: &mut Sheet<'a>, added: &'a Added, is_refused: bool) -> Vec<References> {
    let known = Known::new(sheet.around, sheet.contract);
    identity::check(sheet, &known);
    date_order::ask_directory(sheet);
    added.translate_and_fill(sheet);
    cut_cell::check(sheet, &known);
    lost_zeros::check(sheet, &known);
    damage::check(sheet);
    missing_value::check(sheet);
    let mut asked = Asked::new();
    taken::check(sheet, &known, &mut asked);
    moved_mail::check(sheet, &known, &mut asked);
    possible_twin::check(sheet, &asked);
    end_before_start::check(sheet);
    if is_refused {
        return Vec::new();
    }
    let references = reference::resolve(sheet, &known);
    // Each row that is left out may take another with it, until no more do.
    while manager_left_out::check(sheet, &references) || manager_circle::check(sheet, &references) {}
    references
}

fn finish(
    sheet: &mut Sheet<'_>,
    references: &[References],
    recognised: &Recognised,
    reading_findings: &[Finding],
) -> Checked {
    let remarks: Vec<Finding> = sheet.readers.iter_mut().flat_map(Reader::findings).collect();
    let untrusted: Vec<Option<u32>> = remarks
        .iter()
        .filter(|finding| finding.code == date_order::MONTH_FIRST.code)
        .map(|finding| finding.place.column)
        .collect();
    let mut findings = std::mem::take(&mut sheet.findings);
    findings.retain(|finding| !(untrusted.contains(&finding.place.column) && date_order::is_month_first(finding)));
    findings.extend(remarks);
    findings.extend(damage::findings(std::mem::take(&mut sheet.doubts)));
    findings.extend(code_translated::findings(sheet));
    findings.extend(default_used::findings(sheet));
    findings.extend(repeated_value::findings(sheet));
    let absent_on = sheet.around.absent_on.filter(|_| sheet.knows_people());
    findings.extend(absent_on.and_then(|today| absent_person::finding(sheet, today)));
    let mut unlisted = std::mem::take(&mut sheet.more.unlisted);
    unlisted.retain(|finding| !(untrusted.contains(&finding.column) && finding.code == bad_date::RULE.code));
    findings.extend(more_findings::finding(unlisted.len()));
    findings.sort_by(|one, other| place(one).cmp(&place(other)));

    let mut others = findings.iter().chain(reading_findings);
    let refused = recognised.is_refused() || others.any(Finding::refuses_the_file);
    let delivered = match refused {
        true => Delivered::default(),
        false => deliver(sheet, references),
    };
    let (rows, left_out) = count(sheet, reading_findings);
    Checked { delivered, findings, unlisted, rows, left_out, roll: Roll::default() }
}

pub(super) fn place(finding: &Finding) -> (Option<u32>, Option<u32>, &str) {
    (finding.place.row, finding.place.column, &finding.code)
}

/// All rows, and the numbers of those that are left out. A row that could not be read may not even be in the table.
pub(super) fn count(sheet: &Sheet<'_>, reading_findings: &[Finding]) -> (usize, Vec<u32>) {
    let standings = sheet.table.rows().zip(&sheet.standings);
    let checked = standings.filter(|(_, standing)| standing.out).map(|(row, _)| row.number());
    let mut left_out: BTreeSet<u32> = checked.collect();
    let in_table = left_out.len();
    left_out
        .extend(reading_findings.iter().filter(|finding| finding.is_error()).filter_map(|finding| finding.place.row));
    let settled = sheet.around.others.map_or(0, |others| others.settled.count());
    (sheet.table.len() + settled + left_out.len() - in_table, left_out.into_iter().collect())
}

/// Writes down the rows without an error, in canonical form.
pub(super) fn deliver(sheet: &Sheet<'_>, references: &[References]) -> Delivered {
    let mut fields: Vec<Field> = sheet.readers.iter().map(|reader| reader.field.clone()).collect();
    let in_file = fields.len();
    let gifts = sheet.filled.iter().filter(|(row, _)| !sheet.standings[**row].out).flat_map(|(_, gifts)| gifts);
    let absent: BTreeSet<&Field> = gifts.map(|gift| &gift.field).filter(|field| !fields.contains(field)).collect();
    let absent: Vec<Field> = absent.into_iter().cloned().collect();
    fields.extend(absent);

    let slots: Vec<Slot> = fields.iter().map(|field| sheet.slot(field)).collect();
    let people: Vec<Option<&References>> =
        fields.iter().map(|field| references.iter().find(|references| references.slot.field == *field)).collect();
    let mut table = Table::default();
    let mut chunk = Chunk::default();
    let is_taken = |index: &usize| sheet.standings[*index].readable && !sheet.standings[*index].out;
    for (index, row) in sheet.table.rows().enumerate().filter(|(index, _)| is_taken(index)) {
        for (column, field) in fields.iter().enumerate() {
            let said = sheet.readers[..in_file].get(column).and_then(|reader| reader.again(row));
            match (people[column].map(|references| references.to[index]), said) {
                (Some(To::One(who)), _) => chunk.cell(login_of(sheet, who)),
                (Some(To::AsBefore), _) => chunk.cell(sheet.before(index, &slots[column])),
                (Some(To::Nobody), _) => chunk.cell(""),
                (None, Some(value)) => value.write(&mut chunk),
                (None, None) => chunk.cell(sheet.given(index, field).unwrap_or_default()),
            }
        }
        chunk.end_row(row.number(), row.line());
        if chunk.size() > CHUNK {
            table.push(std::mem::take(&mut chunk));
        }
    }
    table.push(chunk);
    Delivered { fields, table, cleared: cleared(sheet) }
}

/// Of people who are known: a new user has nothing to empty.
fn cleared(sheet: &Sheet<'_>) -> BTreeSet<(u32, usize)> {
    if sheet.around.additions.clear.is_none() {
        return BTreeSet::new();
    }
    let standings = sheet.table.rows().zip(&sheet.standings);
    let known = standings.filter(|(_, standing)| !standing.out && matches!(standing.subject, Subject::Known(_)));
    let cells = known.flat_map(|(row, _)| {
        let readers = sheet.readers.iter().enumerate().filter(move |(_, reader)| reader.clears(row));
        readers.map(move |(column, _)| (row.number(), column))
    });
    cells.collect()
}

#[cfg(test)]
mod tests {
    use super::super::sample::{Trial, delivered};
    use crate::model::{Finding, Place, Text};

    #[test]
    fn a_clean_row_is_delivered_in_canonical_form() {
        let heading = "login;firstName;lastName;Email;legalEntity;dtContractStart;department;culture;manager;salary;\
                       habilitedRoles_0;shoe";
        let row = "new; New;Comer;n@acme.fr;l;1/3/2026;IT;FR-fr;Ada Lovelace;35 000,50;Approver;42";
        let checked = Trial::default().check(heading, &[row]);
        let fields: Vec<&str> = checked.delivered.fields.iter().map(|field| field.name()).collect();
        assert_eq!(fields.len(), 11, "what is not known is not delivered");
        assert_eq!(
            delivered(&checked),
            ["new;New;Comer;n@acme.fr;Lyon;2026-03-01;Computers;fr-FR;ada;35000.5;Approver"]
        );
    }

    #[test]
    fn every_mistake_of_a_row_is_found_once_in_its_cell() {
        let heading = "login;firstName;lastName;mail;legalEntity;dtContractStart;department;culture;manager";
        let row = "new;#N/A;ZoÃ©;n@acme;Pari;01/03/26;Slaes;klingon;nobody";
        let findings = Trial::default().findings(heading, &[row]);
        let found: Vec<(&str, &str)> =
            findings.iter().map(|(code, sentence)| (&**code, sentence.split(' ').next().unwrap_or_default())).collect();
        assert_eq!(
            found,
            [
                ("spreadsheet-error", "B2"),
                ("mojibake", "C2"),
                ("bad-mail", "D2"),
                ("unknown-establishment", "E2"),
                ("two-digit-year", "F2"),
                ("unknown-department", "G2"),
                ("not-allowed", "H2"),
                ("unknown-manager", "I2"),
            ]
        );
    }

    #[test]
    fn a_row_that_could_not_be_read_counts_as_present_and_is_not_asked_anything() {
        let reading_findings = vec![
            Finding::error("ragged-row", Place::row(3, 3), Text::same("has 1 cell of 2")),
            Finding::error("unclosed-quote", Place::row(9, 9), Text::same("swallows the rest")),
            Finding::remark("separator", Place::FILE, Text::same("is a comma")),
        ];
        let trial = Trial { reading_findings, ..Trial::default() };
        let checked = trial.check("login;dtBirth", &["ada;01/01/1990", "bo;never"]);
        assert_eq!(delivered(&checked), ["ada;1990-01-01"]);
        assert_eq!((checked.rows, checked.left_out, checked.findings.len()), (3, vec![3, 9], 0));
    }

    #[test]
    fn a_refused_heading_delivers_nothing_but_its_cells_are_checked() {
        let checked = Trial::default().check("mail;mail;dtBirth", &["a@acme.fr;b@acme.fr;never"]);
        assert!(checked.delivered.table.is_empty());
        assert_eq!(checked.findings[0].code, "bad-date");
    }

    #[test]
    fn people_of_an_hr_file_are_not_compared_with_anybody() {
        let trial = Trial { creates: false, ..Trial::default() };
        let checked = trial.check("login;manager;dtBirth", &["new;nobody;01/01/1990", "ada;x;", "ada;;", "z;;never"]);
        assert_eq!(delivered(&checked), ["new;nobody;1990-01-01", "ada;x;", "ada;;"]);
        assert_eq!(checked.left_out, [5]);
    }

    #[test]
    fn short_rows_read_as_empty_cells() {
        assert_eq!(delivered(&Trial::default().check("login;firstName;lastName", &["ada"])), ["ada;;"]);
    }

    #[test]
    fn a_cell_that_could_not_be_read_leaves_the_others_to_be_checked() {
        let place = |column: usize| Place::row(2, 2).in_column(column, &"".into());
        let heading = "login;firstName;lastName;mail;legalEntity;dtContractStart;department;culture";
        let row = "new;;Comer;n@acme;Paris;01/03/2026;#N/A;";
        let reading_findings =
            [1, 6].map(|column| Finding::error("spreadsheet-error", place(column), Text::same("is an error")));
        let trial = Trial { reading_findings: reading_findings.into(), ..Trial::default() };
        let checked = trial.check(heading, &[row]);
        let found: Vec<&str> = checked.findings.iter().map(|finding| &*finding.code).collect();
        assert_eq!(found, ["bad-mail", "missing-value"], "only the mail and the culture are left to be found");
        assert_eq!((checked.rows, checked.left_out), (1, vec![2]));
    }
}
