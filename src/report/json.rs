//! The report as one JSON document for machines; its shape is kept, its schema is in `tests/report.schema.json`.

use crate::report::Report;

/// Ends with a line break.
pub fn write(report: &Report) -> String {
    let mut document = serde_json::to_string_pretty(report).expect("a report is made of plain values");
    document.push('\n');
    document
}
