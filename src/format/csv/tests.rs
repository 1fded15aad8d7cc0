//! CSV files of all kinds, and what is found in them.

use super::*;
use crate::model::Language;

fn is_heading(heading: &str) -> bool {
    ["login", "mail", "note"].contains(&heading)
}

fn reading(text: &[u8]) -> Reading {
    read(text, None, &is_heading).expect("a table")
}

/// `number/line: cells`, a row a piece.
fn rows(reading: &Reading) -> Vec<String> {
    let row = |row: crate::model::table::Row<'_>| {
        format!("{}/{}: {}", row.number(), row.line(), row.cells().collect::<Vec<_>>().join("|"))
    };
    reading.table.rows().map(row).collect()
}

/// `place code`, a finding a piece; errors with an exclamation mark.
fn findings(reading: &Reading) -> Vec<String> {
    let finding = |finding: &Finding| {
        let place = finding.place.address().unwrap_or_else(|| "file".into());
        format!("{place} {}{}", finding.code, if finding.is_error() { "!" } else { "" })
    };
    reading.findings.iter().map(finding).collect()
}

#[test]
fn rows_are_numbered_as_a_spreadsheet_and_an_editor_number_them() {
    let expected = ["2/2: a|b\nc|d", "4/5: e|f|g"].map(|row| row.replace('\n', "~"));
    for line_break in ["\n", "\r\n", "\r"] {
        let text = "login;mail;note\na;\"b\nc\";d\n\ne;f;g\n".replace('\n', line_break);
        let reading = reading(text.as_bytes());
        let rows: Vec<String> = rows(&reading).iter().map(|row| row.replace(line_break, "~")).collect();
        assert_eq!(rows, expected, "{line_break:?}");
        assert_eq!(findings(&reading), ["3 blank-row"]);
    }
}

#[test]
fn cells_are_read_with_and_without_quotes() {
    let cases = [
        ("a;b;c", "a|b|c"),
        ("\"a;1\";\"b \"\"2\"\"\";\"\"", "a;1|b \"2\"|"),
        (" \"a\" ;\t\"b\";c ", "a|b|c "),
        ("a;12\" pipe;c \"d\"", "a|12\" pipe|c \"d\""),
        ("a;\"\"\"\";c", "a|\"|c"),
        ("a;b;", "a|b|"),
        ("\"a\";\"b\";\"c\"", "a|b|c"),
        ("a;b;c;;;", "a|b|c"),
    ];
    for (line, cells) in cases {
        for end in ["", "\n", "\r\n", "\n\n;;\n"] {
            let reading = reading(format!("login;mail;note\n{line}{end}").as_bytes());
            assert_eq!(rows(&reading), [format!("2/2: {cells}")], "{line}{end}");
            assert!(!reading.findings.iter().any(Finding::is_error), "{line}");
        }
    }
}

#[test]
fn a_quote_that_goes_wrong_spoils_its_own_row_only() {
    let many_lines = "x\n".repeat(15);
    let long_lines = format!("{}\n{}", "y".repeat(20_000), "z".repeat(20_000));
    let cases = [
        ("a;\"b;c\n", "2/2: a|\"b|c", "B2 unclosed-quote!"),
        ("a;\"b;c\nd;\"e\";f\n", "2/2: a|\"b|c", "B2 unclosed-quote!"),
        ("a;\"b;c\nd;e;\";f\"\n", "2/2: a|\"b|c", "B2 unclosed-quote!"),
        ("a;\"b;c\nd;\";f\n", "2/2: a|\"b|c", "B2 unclosed-quote!"),
        ("a;\"b\"c\";d\n", "2/2: a|\"b\"c\"|d", "B2 stray-quote!"),
        ("a;\"b\" c;d\n", "2/2: a|\"b\" c|d", "B2 stray-quote!"),
        (&format!("a;b;\"c\n{many_lines}\"\n"), "2/2: a|b|\"c", "C2 unclosed-quote!"),
        (&format!("a;b;\"{long_lines}\"\n"), &format!("2/2: a|b|\"{}", "y".repeat(20_000)), "C2 unclosed-quote!"),
        ("\"a;b;c\n", "2/2: \"a|b|c", "A2 unclosed-quote!"),
    ];
    for (text, row, finding) in cases {
        let reading = reading(format!("login;mail;note\n{text}1;2;3\n").as_bytes());
        assert!(rows(&reading)[0] == row, "{}: {}", rows(&reading)[0], reading.findings[0]);
        assert_eq!(findings(&reading)[0], finding, "{row}");
    }
    let reading = reading(b"login;mail;note\na;\"b;c\nd;e;f\ng;\"h\ni\";j\n");
    assert_eq!(rows(&reading), ["2/2: a|\"b|c", "3/3: d|e|f", "4/4: g|h\ni|j"]);
    assert_eq!(findings(&reading), ["B2 unclosed-quote!"]);
}

#[test]
fn a_long_cell_of_several_lines_is_one_cell() {
    let text = "login;mail;note\na;\"1;2\n3\n\";c\nd;e;\"f\n\"\n";
    let reading = reading(text.as_bytes());
    assert_eq!(rows(&reading), ["2/2: a|1;2\n3\n|c", "3/5: d|e|f\n"]);
    assert_eq!(findings(&reading), [""; 0]);
}

#[test]
fn a_separator_too_much_moves_the_cells_of_a_row_also_where_its_last_cell_is_empty() {
    let reading = reading(b"login;mail;note\na;b@c.fr;\nd;d@e;.fr;\nf;g@h.fr;\n");
    assert_eq!(findings(&reading), ["3 row-too-long!"]);
    assert_eq!(rows(&reading)[1], "3/3: d|d@e|.fr|");
}

#[test]
fn a_row_of_another_length_than_the_headings_is_an_error() {
    let reading = reading(b"login;mail;note;;\na;b\nc;d;e;f\ng;h;i;;\nj;k;l;\n");
    assert_eq!(reading.heading, ["login", "mail", "note"]);
    assert_eq!(rows(&reading), ["2/2: a|b", "3/3: c|d|e|f", "4/4: g|h|i", "5/5: j|k|l"]);
    let expected = [
        "rows have separators behind the last cell, first in row 4; they were passed over",
        "row 2: has 2 cells for 3 headings: it stops before `note`; expected a cell below each heading, empty where there is \
         nothing to say",
        "row 3: has 4 cells for 3 headings; expected quotes around a cell that holds the separator, a quote or a line \
         break: `\"R&D; tests\"`",
    ];
    assert_eq!(reading.findings.iter().map(Finding::to_string).collect::<Vec<_>>(), expected);
}

#[test]
fn the_separator_is_the_one_that_makes_known_headings() {
    let cases = [
        ("login;mail\na;b\n", ';', vec![]),
        ("login,mail\na,b;c\n", ',', vec!["file separator"]),
        ("login\tmail\n\ta\n", '\t', vec!["file separator"]),
        ("login|mail\na|b\n", '|', vec!["file separator"]),
        ("\"login, first\";mail;x,y,z\na;b;c\n", ';', vec![]),
        ("login\na,b\n", ';', vec![]),
        ("unknown,other\na,b\n", ',', vec!["file separator"]),
    ];
    for (text, separator, expected) in cases {
        let reading = reading(text.as_bytes());
        assert_eq!(reading.source.separator, Some(separator), "{text}");
        assert_eq!(findings(&reading), expected, "{text}");
        assert_eq!(reading.table.len(), 1);
    }
}

#[test]
fn a_title_above_the_headings_is_passed_over_and_said() {
    let reading = reading(b"Users of ACME;;\n\nlogin;mail;note\na;b;c\n");
    assert_eq!(reading.source.heading_row, 3);
    assert_eq!(rows(&reading), ["4/4: a|b|c"]);
    assert_eq!(findings(&reading), ["1 title-row"]);
}

#[test]
fn bytes_that_are_no_text_are_errors_of_their_cell() {
    let text = [b"login;mail\n".as_slice(), "é;è\nà;".as_bytes(), b"\xe9t\nx;\0y\nz;z\n"].concat();
    let reading = reading(&text);
    assert_eq!(reading.source.encoding, "UTF-8");
    assert_eq!(rows(&reading)[1..], ["3/3: à|\u{fffd}t", "4/4: x|\0y", "5/5: z|z"]);
    assert_eq!(findings(&reading), ["B3 bad-byte!", "B4 nul-byte!"]);
}

#[test]
fn a_cell_longer_than_a_spreadsheet_takes_is_an_error() {
    let reading = reading(format!("login;mail\na;{}\nb;{}\n", "é".repeat(32_767), "é".repeat(32_768)).as_bytes());
    assert_eq!(findings(&reading), ["B3 cell-too-long!"]);
}

#[test]
fn headings_alone_are_a_table_without_rows() {
    for text in ["login;mail", "login;mail\r\n\r\n;;\r\n"] {
        let reading = reading(text.as_bytes());
        assert!(reading.table.is_empty());
        assert_eq!(findings(&reading), ["file no-rows!"], "{text}");
    }
}

#[test]
fn a_heading_row_with_a_quote_gone_wrong_refuses_the_file() {
    let reading = reading(b"login;\"mail;note\na;b;c\n");
    assert_eq!(findings(&reading), ["B unclosed-quote!"]);
}

#[test]
fn what_has_no_text_or_no_end_of_columns_is_no_table() {
    let wide = "a;".repeat(COLUMNS_AT_MOST + 1) + "a\n";
    for (text, problem) in [
        ("", "the file is empty"),
        ("\u{feff}", "the file is empty"),
        (" \n;;\n\n", "the file holds nothing but blanks"),
        (&"é".repeat(2_000), "a cell of the heading row has more than 1000 characters"),
        (&wide, "the heading row has more than 1000 cells"),
    ] {
        assert_eq!(read(text.as_bytes(), None, &is_heading).expect_err(problem).problem.to_string(), problem);
    }
}

#[test]
fn what_broke_a_row_is_guessed_from_the_others() {
    let whole = "ada;1990-01-01;a@x.fr;Ada;Paris\nbo;1990-01-01;b@x.fr;Bo;Lyon\n";
    let heading = "login;birth;mail;note;city\n";
    let cases = [
        ("cy;1990-01-01;c@x.fr;Cy; or Cyd;Nice\n", "here probably `note`: `\"Cy; or Cyd\"`"),
        ("cy;1990-01-01;c@x.fr;Cy;Cyd;Nice\n", "here probably `note` or `city`"),
        ("cy;c@x.fr;Cy;Nice\n", "has 4 cells for 5 headings: what is missing is probably at `birth`"),
        ("cy;1990-01-01;c@x.fr\n", "has 3 cells for 5 headings: it stops before `note`"),
        ("cy;1990-01-01;c@x.fr;C\ny;Nice\n", "it looks like the rest of row 4, whose `note` holds a line break"),
        ("cy;1990-01-01;c@x.fr", "the file ends in it without a line end"),
    ];
    for (text, guess) in cases {
        let reading = reading(format!("{heading}{whole}{text}").as_bytes());
        let last = reading.findings.last().expect("an error").to_string();
        assert!(last.contains(guess), "{last}");
    }
}

#[test]
fn a_last_cell_is_taken_for_cut_where_all_others_of_its_column_are_longer_and_alike() {
    let text = format!("login;mail;note\n{}e;b;fr", "a;b;fr-FR\n".repeat(5));
    assert_eq!(findings(&reading(text.as_bytes())), ["C7 cut-file!"]);
    let other_lengths = format!("login;mail;note\na;b;it\n{}e;b;fr", "a;b;fr-FR\n".repeat(5));
    for whole in [text + "\n", other_lengths] {
        assert_eq!(findings(&reading(whole.as_bytes())), [""; 0]);
    }
}

#[test]
fn what_is_no_person_is_passed_over_and_said() {
    let cases = [
        ("a;b;c\n\u{feff}login;mail;note\nd;e;f\n", vec!["3 inner-mark", "3 repeated-heading"]),
        ("a;b;c\nlogin;mail;note\nd;e;f\n", vec!["3 repeated-heading"]),
        ("a;b;c\n\u{feff}\"d\";e;f\n", vec!["3 inner-mark"]),
        ("a;b;c\nd;e;f\nTotal : 2\n\n", vec!["4 trailer-row"]),
        ("a;b;c\nd;e;f\n\u{1a}", vec![]),
    ];
    for (text, expected) in cases {
        let reading = reading(format!("login;mail;note\n{text}").as_bytes());
        assert_eq!(findings(&reading), expected, "{text}");
        assert_eq!(rows(&reading).len(), 2);
        assert!(rows(&reading)[1].ends_with("d|e|f"));
    }
    let reading = reading(b"login;mail;note\na;b;c\nmail;login;note\nd;e;f\n");
    assert_eq!(findings(&reading), ["file second-heading!"]);
}

#[test]
fn a_line_that_states_the_separator_is_no_row() {
    let reading = reading(b"sep=^\nlogin^mail\na^b;c\n");
    assert_eq!((rows(&reading), reading.source.heading_row), (vec!["2/3: a|b;c".to_string()], 1));
}

#[test]
fn a_file_of_nothing_but_broken_rows_is_read_to_a_point_and_refused() {
    let reading = reading(format!("login;mail;note\n{}", "a;b\n".repeat(60_000)).as_bytes());
    assert_eq!(findings(&reading)[0], "file too-many-errors!");
    assert!(reading.findings.len() < 50_010 && reading.table.len() < 50_010);
}

#[test]
fn what_is_wrong_with_the_form_is_said_in_french_too() {
    let text = "login;mail;note\na;b;c\nd;e;f; g\nh\n";
    let sentences: Vec<String> =
        reading(text.as_bytes()).findings.iter().map(|finding| finding.sentence(Language::French)).collect();
    let expected = [
        "ligne 3 : a 4 cellules pour 3 en-têtes ; attendu : des guillemets autour d'une cellule qui contient le \
         séparateur, ici sans doute `note` : `\"f; g\"`",
        "ligne 4 : a 1 cellule pour 3 en-têtes : elle s'arrête avant `mail` ; attendu : une cellule sous chaque \
         en-tête, vide s'il n'y a rien à dire",
    ];
    assert_eq!(sentences, expected);
}
