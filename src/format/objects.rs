//! Rows as JSON: a list of objects, with the headings as keys; the same rows become the same bytes.

use serde_json::{Map, Value};

/// Writes a list in memory, row by row. An empty cell is `null`; every other one is text, as the profile writes it.
#[derive(Debug)]
pub struct Objects {
    headings: Vec<String>,
    rows: Vec<Value>,
}

impl Objects {
    pub fn new(headings: &[&str]) -> Objects {
        Objects { headings: headings.iter().map(ToString::to_string).collect(), rows: Vec::new() }
    }

    /// As many cells as there are headings.
    pub fn row(&mut self, cells: &[impl AsRef<str>]) {
        let value = |cell: &str| if cell.is_empty() { Value::Null } else { Value::from(cell) };
        let members = self.headings.iter().cloned().zip(cells.iter().map(|cell| value(cell.as_ref())));
        self.rows.push(Value::Object(members.collect::<Map<_, _>>()));
    }

    pub fn finish(self) -> Vec<u8> {
        serde_json::to_vec(&self.rows).expect("texts can be written as JSON")
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn rows_are_objects_in_the_order_of_the_headings() {
        let mut objects = Objects::new(&["Name", "Hired"]);
        objects.row(&["Zoë \"Z\"", ""]);
        objects.row(&["=1+1", "2026-01-02"]);
        let text = String::from_utf8(objects.finish()).expect("UTF-8");
        assert_eq!(text, r#"[{"Name":"Zoë \"Z\"","Hired":null},{"Name":"=1+1","Hired":"2026-01-02"}]"#);
        assert_eq!(Objects::new(&["Name"]).finish(), b"[]");
    }
}
