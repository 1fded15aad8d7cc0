//! A table for the terminal: columns as wide as they must be, the last one wrapped at 80.

use textwrap::core::display_width;

const WIDTH: usize = 80;
/// The last column gets at least so much, and then goes over the edge.
const NARROWEST: usize = 24;

/// `heading` is the first row.
pub fn write<const N: usize>(rows: &[[String; N]]) -> String {
    let width = |column: usize| rows.iter().map(|row| display_width(&row[column])).max().unwrap_or_default();
    let widths: [usize; N] = std::array::from_fn(width);
    let indent: usize = widths.iter().take(N.saturating_sub(1)).map(|width| width + 2).sum();
    let last = WIDTH.saturating_sub(indent).max(NARROWEST);
    rows.iter().map(|row| line(row, &widths, indent, last)).collect()
}

fn line(row: &[String], widths: &[usize], indent: usize, last: usize) -> String {
    let Some((tail, front)) = row.split_last() else { return "\n".into() };
    let front: String = front
        .iter()
        .zip(widths)
        .map(|(cell, width)| format!("{cell}{}", " ".repeat(width + 2 - display_width(cell))))
        .collect();
    let wrapped = textwrap::wrap(tail, last);
    let tail = wrapped.join(&format!("\n{}", " ".repeat(indent)));
    format!("{}\n", format!("{front}{tail}").trim_end())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn columns_line_up_and_the_last_one_is_wrapped() {
        let long = "a sentence that is much too long to stand on what is left of a line of eighty columns";
        let rows = [["heading", "meaning"].map(String::from), ["é", long].map(String::from)];
        let table = write(&rows);
        assert!(table.lines().all(|line| display_width(line) <= WIDTH), "{table}");
        assert!(table.starts_with("heading  meaning\né        a sentence"), "{table}");
        assert_eq!(table.lines().count(), 3);
    }
}
