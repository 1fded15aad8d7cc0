//! A table for the terminal: columns as wide as they must be, wrapped where a line would be wider than 80.

use textwrap::core::display_width;
use textwrap::{Options, WordSeparator, WordSplitter};

use crate::report::page::words;

const WIDTH: usize = 80;
const GAP: usize = 2;

/// `heading` is the first row.
pub fn write<const N: usize>(rows: &[[String; N]]) -> String {
    let widths = widths(rows);
    rows.iter().map(|row| line(row, &widths)).collect()
}

/// As wide as the widest cell; where that is too much, the widest column gives way first. Words stay whole: names and
/// fields are there to be copied.
fn widths<const N: usize>(rows: &[[String; N]]) -> [usize; N] {
    let most = |column: usize, width: fn(&str) -> usize| rows.iter().map(|row| width(&row[column])).max().unwrap_or(0);
    let mut widths: [usize; N] = std::array::from_fn(|column| most(column, display_width));
    let least: [usize; N] = std::array::from_fn(|column| most(column, longest_word));
    while widths.iter().sum::<usize>() + GAP * N.saturating_sub(1) > WIDTH {
        let giving = (0..N).filter(|column| widths[*column] > least[*column]).max_by_key(|column| widths[*column]);
        let Some(giving) = giving else { break };
        widths[giving] -= 1;
    }
    widths
}

fn longest_word(cell: &str) -> usize {
    words(cell).map(|word| display_width(word.word)).max().unwrap_or(0)
}

fn line<const N: usize>(row: &[String; N], widths: &[usize; N]) -> String {
    let cells: [Vec<_>; N] = std::array::from_fn(|column| {
        let options = Options::new(widths[column])
            .word_separator(WordSeparator::Custom(words))
            .word_splitter(WordSplitter::NoHyphenation);
        textwrap::wrap(&row[column], options)
    });
    let height = cells.iter().map(Vec::len).max().unwrap_or(0);
    let mut lines = String::new();
    for index in 0..height {
        let part = |column: usize| {
            let text = cells[column].get(index).map_or("", |text| text);
            format!("{text}{}", " ".repeat((widths[column] + GAP).saturating_sub(display_width(text))))
        };
        let line: String = (0..N).map(part).collect();
        lines += line.trim_end();
        lines.push('\n');
    }
    lines
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

    #[test]
    fn a_column_in_the_middle_is_wrapped_between_words() {
        let heading = "Date of leaving the company, as the contract has it";
        let rows = [[heading, "manager.employee-number", "the manager's manager"].map(String::from)];
        let table = write(&rows);
        assert!(table.lines().all(|line| display_width(line) <= WIDTH), "{table}");
        assert!(table.contains("  manager.employee-number  the manager's manager\n"), "{table}");
    }
}
