//! Whatever the size of the pieces and the number of threads, a file reads the same.

use proptest::prelude::*;

use super::*;

/// What is read, and what is said of it.
type Said = Result<(Vec<String>, Source, Vec<(u32, u32, Vec<String>)>, Vec<Finding>, bool), Finding>;

fn is_heading(heading: &str) -> bool {
    ["A", "B", "C"].contains(&heading)
}

fn threads(count: usize) -> NonZero<usize> {
    NonZero::new(count).expect("some")
}

fn said(bytes: &[u8], stated: Option<Encoding>, piece: usize, count: usize) -> Said {
    let bytes: &dyn Bytes = &bytes;
    let opened = open_in_pieces(bytes, stated, &is_heading, threads(piece)).expect("memory can be read")?;
    let (mut rows, mut is_unended, mut of_pieces) = (Vec::new(), false, Vec::new());
    let see = |piece: Piece| {
        let cells = |row: crate::model::table::Row<'_>| row.cells().map(String::from).collect();
        let rows: Vec<_> = piece.table.rows().map(|row| (row.number(), row.line(), cells(row))).collect();
        (rows, piece.table.is_unended(), piece.findings)
    };
    let take = |(more, ends, findings)| {
        rows.extend::<Vec<_>>(more);
        is_unended |= ends;
        of_pieces.extend::<Vec<Finding>>(Arc::unwrap_or_clone(findings));
    };
    let of_rows = opened.pieces(threads(count), see, take).expect("memory can be read");
    let errors: Vec<&Finding> = of_pieces.iter().filter(|it| it.is_error()).collect();
    let of_rows_too = |finding: &&Finding| finding.is_error() && finding.place.row.is_some();
    assert_eq!(errors, of_rows.iter().filter(of_rows_too).collect::<Vec<_>>());
    let findings = opened.findings.iter().cloned().chain(of_rows).collect();
    Ok((opened.heading, opened.source, rows, findings, is_unended))
}

fn check(bytes: &[u8]) -> Result<(), TestCaseError> {
    for stated in [None, Some(Encoding::Utf8), Some(Encoding::Windows1252)] {
        let whole = said(bytes, stated, PIECE.get(), 1);
        for (piece, threads) in [(1, 1), (1, 2), (2, 4), (3, 2), (7, 2), (16, 4), (64, 2), (200, 1)] {
            prop_assert_eq!(&said(bytes, stated, piece, threads), &whole, "{} bytes, {} threads", piece, threads);
        }
    }
    Ok(())
}

/// Rows and what may go wrong with them, where a border is most often in the wrong place.
fn odd_text() -> impl Strategy<Value = Vec<u8>> {
    let pieces: Vec<&[u8]> = vec![
        b";",
        b"\"",
        b"\"\"",
        b"\n",
        b"\r\n",
        b"\r",
        b" ",
        b"\t",
        b"a",
        b"b;c;d\n",
        b"\0",
        b"\xe9",
        b"\xc3\xa9",
        b"\xef\xbf\xbd",
        b"\xef\xbb\xbf",
        b"\x81",
        b"\"x\ny\"",
        b"a;b;c\n",
        b"a;b;c\r\n",
        b"a;\"b\n;\n\";c\n",
        b"a;b\n",
        b"a;\"b;c\n",
        b"\";a;b\n",
        b"\"a\n\";b;c",
        b"A;B;C\n",
        b"B;A;C\n",
        b"\xef\xbb\xbfA;B\n",
        b"Total;2\n",
        b"a;b;;;\n",
        b"a;\"\"\"b\";c\n",
        b"\xe2\x82",
        b"\xf0\x9f\x98\x80",
        b"\xc2\xa0\n",
        b"\n\n\n",
        b"\0\0",
        b"\x1a",
        b";;;\n",
        b"a;\"1\n2\n3\n4\n5\n6\n7\n8\n9\n\";c\n",
    ];
    prop::collection::vec(prop::sample::select(pieces), 0..40).prop_map(|pieces| pieces.concat())
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(32))]

    #[test]
    fn odd_text_reads_the_same(text in odd_text(), end in prop::sample::select(vec!["", "\n", "\n \n;;\n\u{a0}\n"])) {
        let text = [text.as_slice(), end.as_bytes()].concat();
        check(&text)?;
        for start in [b"A;B;C\n".as_slice(), b"\xef\xbb\xbfA;B;C\r\n", b"title\n\nA;B;C\n", b"sep=;\r\nA;B;C\r", b"Z\n"] {
            check(&[start, &text].concat())?;
        }
    }

    #[test]
    fn any_bytes_read_the_same(bytes in prop::collection::vec(any::<u8>(), 0..200)) {
        check(&[b"A;B;C\n".as_slice(), &bytes].concat())?;
    }

    #[test]
    fn utf_16_reads_the_same(text in odd_text()) {
        let text = String::from_utf8_lossy(&text);
        let wide: Vec<u8> = format!("\u{feff}A;B;C\n{text}").encode_utf16().flat_map(u16::to_le_bytes).collect();
        check(&wide)?;
    }
}

#[test]
fn a_row_longer_than_many_pieces_is_one_row() {
    let long = "x".repeat(5_000);
    let lines = "y\n".repeat(9);
    let text = format!(
        "A;B;C\na;b;c\n{long};\"{long};{lines}\";{long}\na;\"{long}\n{long}{long}{long}{long}{long}{long}\n;\nb;c;d"
    );
    check(text.as_bytes()).expect("it reads the same");
    let mut findings = said(text.as_bytes(), None, 64, 2).expect("a table").3.into_iter();
    assert_eq!(findings.next().map(|finding| finding.code).as_deref(), Some("unclosed-quote"));
}

#[test]
fn a_row_of_many_megabytes_is_a_row_with_a_cell_that_is_too_long() {
    let text = format!("A;B;C\na;b;{}", "x".repeat(5_000_000));
    let (_, _, rows, findings, _) = said(text.as_bytes(), None, PIECE.get(), 2).expect("a table");
    let codes: Vec<&str> = findings.iter().map(|finding| finding.code.as_str()).collect();
    assert_eq!((rows.len(), codes), (1, vec!["cell-too-long"]));
}

#[test]
fn blanks_over_many_pieces_are_one_remark_and_let_the_last_row_sum_up() {
    let blanks = " ;\n\u{a0}\n".repeat(2_000);
    let text = format!("A;B;C\na;b;c\n{blanks}d;e;f\nTotal;2;\n{}", blanks.replace(';', ""));
    check(text.as_bytes()).expect("it reads the same");
    let findings = said(text.as_bytes(), None, 64, 2).expect("a table").3;
    let codes: Vec<&str> = findings.iter().map(|finding| finding.code.as_str()).collect();
    assert_eq!(codes, ["blank-row", "trailer-row"]);
}

#[test]
fn a_file_is_given_up_at_the_same_row_and_remarks_are_counted_up_to_it() {
    let text = "A;B;C\n".to_string() + &"a;b\n\n\"c\"\"\";d;e\nf\n".repeat(30_000);
    let whole = said(text.as_bytes(), None, PIECE.get() * 10, 1);
    for (piece, threads) in [(5_000, 1), (5_000, 3), (77_777, 2)] {
        assert!(said(text.as_bytes(), None, piece, threads) == whole, "{piece} bytes, {threads} threads");
    }
    let (_, _, rows, findings, _) = whole.expect("a table");
    let codes: Vec<&str> = findings.iter().take(2).map(|finding| finding.code.as_str()).collect();
    assert_eq!((codes, findings.len(), rows.len()), (vec!["too-many-errors", "more-remarks"], 51_002, 75_001));
}
