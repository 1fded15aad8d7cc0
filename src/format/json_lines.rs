//! JSON Lines: one object a row, the headings as keys, in the order of the columns.
//!
//! An empty cell is `null`, so that every object has every key; a date is `"2026-03-01"`, an amount a number.

use crate::format::form::Cell;

pub fn write<'r>(headings: &[impl AsRef<str>], rows: impl Iterator<Item = &'r [Cell<'r>]>) -> Vec<u8> {
    objects(headings, rows).flat_map(|object| [object, "\n".into()]).collect::<String>().into_bytes()
}

/// The same objects as one list.
pub fn list<'r>(headings: &[impl AsRef<str>], rows: impl Iterator<Item = &'r [Cell<'r>]>) -> Vec<u8> {
    format!("[{}]", objects(headings, rows).collect::<Vec<_>>().join(",")).into_bytes()
}

fn objects<'r>(
    headings: &[impl AsRef<str>],
    rows: impl Iterator<Item = &'r [Cell<'r>]>,
) -> impl Iterator<Item = String> {
    let keys: Vec<String> = headings.iter().map(|heading| quoted(heading.as_ref())).collect();
    rows.map(move |row| {
        let members: Vec<String> = keys.iter().zip(row).map(|(key, cell)| format!("{key}:{}", value(cell))).collect();
        format!("{{{}}}", members.join(","))
    })
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
        let written = write(&["Number", "Name", "Pay", "Note"], [&row[..]].into_iter());
        let expected = "{\"Number\":\"0042\",\"Name\":null,\"Pay\":12.00,\"Note\":\"a\\\"b\\n\"}\n";
        assert_eq!(String::from_utf8(written).as_deref(), Ok(expected));
        assert_eq!(list(&["A"], [&row[..1], &row[1..2]].into_iter()), br#"[{"A":"0042"},{"A":null}]"#);
        assert_eq!(list(&["A"], std::iter::empty()), b"[]");
    }
}
