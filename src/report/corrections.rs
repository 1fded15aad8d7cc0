//! The rows to correct: the partner's own cells, with the reason in a last column, as a file that can be dropped again.

use std::collections::HashMap;

use crate::model::{Finding, Table};

/// The heading of the last column; a file that comes back with it is read without a remark.
pub const REASON: &str = "passerelle: reason";

/// UTF-8 with a byte order mark, `;`, CRLF: what spreadsheets open as it is. None when no row is left out.
pub fn write(heading: &[String], table: &Table, left_out: &[u32], findings: &[Finding]) -> Option<Vec<u8>> {
    if left_out.is_empty() {
        return None;
    }
    let reasons = reasons(findings);
    let reason_column = heading.iter().position(|cell| cell == REASON);
    let width = reason_column.unwrap_or(heading.len());
    let mut writer = csv::WriterBuilder::new()
        .delimiter(b';')
        .terminator(csv::Terminator::CRLF)
        .from_writer("\u{feff}".as_bytes().to_vec());
    let mut record = |cells: Vec<&str>| writer.write_record(cells).expect("memory takes all");
    record(heading.iter().take(width).map(String::as_str).chain([REASON]).collect());
    for row in table.rows().filter(|row| left_out.binary_search(&row.number()).is_ok()) {
        let mut reason = reasons.get(&row.number()).map(|sentences| sentences.join(" | ")).unwrap_or_default();
        let surplus: Vec<&str> = row.cells().skip(heading.len()).filter(|cell| !cell.is_empty()).collect();
        if !surplus.is_empty() {
            reason += &format!(" | behind the last heading stood: `{}`", surplus.join("`, `"));
        }
        record((0..width).map(|column| row.cell(column)).chain([reason.as_str()]).collect());
    }
    Some(writer.into_inner().expect("memory takes all"))
}

fn reasons(findings: &[Finding]) -> HashMap<u32, Vec<String>> {
    let mut reasons: HashMap<u32, Vec<String>> = HashMap::new();
    for finding in findings.iter().filter(|finding| finding.is_error()) {
        if let Some(row) = finding.place.row {
            reasons.entry(row).or_default().push(finding.to_string());
        }
    }
    reasons
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::model::Place;
    use crate::model::table::Chunk;

    #[test]
    fn only_the_rows_left_out_are_in_it_with_their_reasons_last() {
        let mut chunk = Chunk::default();
        for (cells, number) in [(["a", "x;y"], 2), (["b", "z"], 3)] {
            cells.iter().for_each(|cell| chunk.cell(cell));
            chunk.end_row(number, number);
        }
        let heading = ["login".to_string(), "mail".to_string()];
        let finding = Finding::error("bad-mail", Place::row(2, 2), "is no address").read("x;y");
        let file = write(&heading, &chunk.into(), &[2], &[finding]).expect("a row is left out");
        let text = String::from_utf8(file).expect("it is UTF-8");
        assert_eq!(text, "\u{feff}login;mail;passerelle: reason\r\na;\"x;y\";\"row 2: `x;y` is no address\"\r\n");
    }
}
