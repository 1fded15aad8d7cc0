//! The rows to correct: the partner's own cells, with the reason in a last column, as a file that can be dropped again.

use std::collections::HashMap;

use crate::model::table::Row;
use crate::model::{Finding, Place, Table};

/// The heading of the last column; a file that comes back with it is read without a remark.
pub const REASON: &str = "passerelle: reason";

/// In front of the reason of a row that could not be read: what stands in its cells is what was made of it, and may look
/// right. It is taken for corrected only once this is gone.
const UNREAD: &str = "empty this cell once the row is right";

/// How many headings are the partner's: all, or all but ours where rows to correct come back.
pub fn partners(heading: &[String]) -> usize {
    heading.len() - usize::from(heading.last().is_some_and(|last| last == REASON))
}

/// Rows that come back, but were not put right. The whole row is meant: its cells may be under the wrong headings.
pub fn still_unread(heading: &[String], table: &Table) -> Vec<Finding> {
    let column = partners(heading);
    if column == heading.len() {
        return Vec::new();
    }
    let unread = table.rows().filter(|row| row.cell(column).starts_with(UNREAD));
    let finding = |row: Row<'_>| {
        let place = Place::row(row.number(), row.line());
        Finding::error("still-unread", place, "could not be read before, and its reason is still there")
            .expected(format!("the row put right, and its cell below `{REASON}` emptied"))
    };
    unread.map(finding).collect()
}

/// UTF-8 with a byte order mark, `;`, CRLF: what spreadsheets open as it is. None when no row is left out. `unread` are
/// the findings of reading the file, `findings` all of them.
pub fn write(
    heading: &[String],
    table: &Table,
    left_out: &[u32],
    unread: &[Finding],
    findings: &[Finding],
) -> Option<Vec<u8>> {
    if left_out.is_empty() {
        return None;
    }
    let unread = reasons(unread);
    let reasons = reasons(findings);
    let width = partners(heading);
    let mut writer = csv::WriterBuilder::new()
        .delimiter(b';')
        .terminator(csv::Terminator::CRLF)
        .from_writer("\u{feff}".as_bytes().to_vec());
    let mut record = |cells: Vec<&str>| writer.write_record(cells).expect("memory takes all");
    record(heading.iter().take(width).map(String::as_str).chain([REASON]).collect());
    for row in table.rows().filter(|row| left_out.binary_search(&row.number()).is_ok()) {
        let mut reason = match row.cell(width) {
            before if width < heading.len() && before.starts_with(UNREAD) => vec![before.to_string()],
            _ if unread.contains_key(&row.number()) => vec![UNREAD.to_string()],
            _ => Vec::new(),
        };
        if reason.first().is_none_or(|first| first == UNREAD) {
            reason.extend(reasons.get(&row.number()).into_iter().flatten().cloned());
        }
        let surplus: Vec<&str> = row.cells().skip(heading.len()).filter(|cell| !cell.is_empty()).collect();
        if !surplus.is_empty() {
            reason.push(format!("behind the last heading stood: `{}`", surplus.join("`, `")));
        }
        // Our own column must not be what is wrong with the row when it comes back.
        let reason = reason.join(" | ").replace('\u{fffd}', "?");
        record((0..width).map(|column| row.cell(column)).chain([reason.as_str()]).collect());
    }
    Some(writer.into_inner().expect("memory takes all"))
}

/// The sentences about each row with an error.
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
        let file = write(&heading, &chunk.into(), &[2], &[], &[finding]).expect("a row is left out");
        let text = String::from_utf8(file).expect("it is UTF-8");
        assert_eq!(text, "\u{feff}login;mail;passerelle: reason\r\na;\"x;y\";\"row 2: `x;y` is no address\"\r\n");
    }
}
