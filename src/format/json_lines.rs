//! JSON Lines: one object a row, the headings as keys, in the order of the columns.
//!
//! An empty cell is `null`, so that every object has every key; a date is `"2026-03-01"`, an amount a number.

use crate::format::form::Cell;

/// Objects on their way into bytes.
pub struct Objects {
    keys: Vec<String>,
    shape: Shape,
    is_first: bool,
    bytes: Vec<u8>,
}

#[derive(Clone, Copy, PartialEq, Eq)]
enum Shape {
    Lines,
    List,
}

impl Objects {
    pub fn lines(headings: &[impl AsRef<str>]) -> Objects {
        Objects::new(headings, Shape::Lines)
    }

    /// The same objects as one list.
    pub fn list(headings: &[impl AsRef<str>]) -> Objects {
        Objects { bytes: b"[".into(), ..Objects::new(headings, Shape::List) }
    }

    fn new(headings: &[impl AsRef<str>], shape: Shape) -> Objects {
        let keys = headings.iter().map(|heading| quoted(heading.as_ref())).collect();
        Objects { keys, shape, is_first: true, bytes: Vec::new() }
    }

    pub fn row(&mut self, row: &[Cell<'_>]) {
        if self.shape == Shape::List && !self.is_first {
            self.bytes.push(b',');
        }
        self.is_first = false;
        let members: Vec<String> =
            self.keys.iter().zip(row).map(|(key, cell)| format!("{key}:{}", value(cell))).collect();
        self.bytes.extend_from_slice(format!("{{{}}}", members.join(",")).as_bytes());
        if self.shape == Shape::Lines {
            self.bytes.push(b'\n');
        }
    }

    /// What was written and not taken yet.
    pub fn bytes(&mut self) -> &mut Vec<u8> {
        &mut self.bytes
    }

    pub fn finish(mut self) -> Vec<u8> {
        if self.shape == Shape::List {
            self.bytes.push(b']');
        }
        self.bytes
    }
}

fn value(cell: &Cell<'_>) -> String {
    match cell {
        Cell::Text(text) if text.is_empty() => "null".into(),
        Cell::Text(text) => quoted(text),
        Cell::Date(date) => format!("\"{date}\""),
        Cell::Amount(amount) => number(amount),
    }
}

/// Digit by digit, so that no cent is lost; JSON has no zeros in front of a number.
fn number(amount: &str) -> String {
    let (sign, digits) = match amount.strip_prefix('-') {
        Some(digits) => ("-", digits),
        None => ("", amount),
    };
    let digits = digits.trim_start_matches('0');
    let zero = if digits.is_empty() || digits.starts_with('.') { "0" } else { "" };
    format!("{sign}{zero}{digits}")
}

fn quoted(text: &str) -> String {
    serde_json::to_string(text).expect("a text is JSON")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn amounts_keep_every_digit_and_have_no_zeros_in_front() {
        for (amount, expected) in [("1234.50", "1234.50"), ("-03.10", "-3.10"), ("0", "0"), ("000.5", "0.5")] {
            assert_eq!(number(amount), expected, "{amount}");
        }
    }

    #[test]
    fn a_row_is_an_object_in_the_order_of_the_columns() {
        let row =
            [Cell::Text("0042".into()), Cell::default(), Cell::Amount("12.00".into()), Cell::Text("a\"b\n".into())];
        let written = |mut objects: Objects, rows: &[&[Cell<'_>]]| {
            rows.iter().for_each(|row| objects.row(row));
            String::from_utf8(objects.finish())
        };
        let headings = ["Number", "Name", "Pay", "Note"];
        let expected = "{\"Number\":\"0042\",\"Name\":null,\"Pay\":12.00,\"Note\":\"a\\\"b\\n\"}\n";
        assert_eq!(written(Objects::lines(&headings), &[&row]).as_deref(), Ok(expected));
        assert_eq!(written(Objects::lines(&headings), &[&row, &row]).as_deref(), Ok(&*expected.repeat(2)));
        let two = written(Objects::list(&["A"]), &[&row[..1], &row[1..2]]);
        assert_eq!(two.as_deref(), Ok(r#"[{"A":"0042"},{"A":null}]"#));
        assert_eq!(written(Objects::list(&["A"]), &[]).as_deref(), Ok("[]"));
    }
}
