//! The shape of a table: how many cells a row has, and, where one has too many or too few, which cell probably broke.

use std::borrow::Cow;
use std::iter;

use crate::format::rows::excerpt;
use crate::format::split::{Row, Splitter};
use crate::model::{Example, Finding, Place, Rule, Severity, Text};
use crate::text;

pub(super) static ROW_TOO_LONG: Rule = Rule {
    code: "row-too-long",
    severity: Severity::Error,
    meaning: Text::of(
        "A row has more cells than there are headings: most often a separator stands inside a cell without quotes.",
        "Une ligne a plus de cellules qu'il n'y a d'en-têtes : le plus souvent, un séparateur se trouve dans une cellule sans guillemets.",
    ),
    correction: Text::of(
        "Put quotes around each cell that holds the separator, a quote or a line break.",
        "Mettez entre guillemets chaque cellule qui contient le séparateur, un guillemet ou un saut de ligne.",
    ),
    example: Example {
        wrong: "login;firstName;lastName\nbo;Bo;Derek; of Paris\n",
        right: "login;firstName;lastName\nbo;Bo;\"Derek; of Paris\"\n",
    },
};

pub(super) static ROW_TOO_SHORT: Rule = Rule {
    code: "row-too-short",
    severity: Severity::Error,
    meaning: Text::of(
        "A row has fewer cells than there are headings: a separator is missing, a line break stands inside a cell, or the file was cut.",
        "Une ligne a moins de cellules qu'il n'y a d'en-têtes : un séparateur manque, une cellule contient un saut de ligne, ou le fichier a été coupé.",
    ),
    correction: Text::of(
        "Write a cell below each heading, empty where there is nothing to say; if the file was cut, send it again.",
        "Écrivez une cellule sous chaque en-tête, vide s'il n'y a rien à dire ; si le fichier a été coupé, renvoyez-le.",
    ),
    example: Example { wrong: "login;firstName;lastName\nbo;Bo\n", right: "login;firstName;lastName\nbo;Bo;Derek\n" },
};

pub(super) static CUT_FILE: Rule = Rule {
    code: "cut-file",
    severity: Severity::Error,
    meaning: Text::of(
        "The file ends in the middle of its last row: it was cut on the way, and rows behind it may be missing.",
        "Le fichier s'arrête au milieu de sa dernière ligne : il a été coupé en chemin, et des lignes peuvent manquer après elle.",
    ),
    correction: Text::of(
        "Send the file again, whole; upload it under another name, and rename it once it is there.",
        "Renvoyez le fichier entier ; déposez-le sous un autre nom, et renommez-le une fois qu'il est là.",
    ),
    example: Example {
        wrong: "login;firstName;lastName\nada;Ada;Lovelace\nbo;B",
        right: "login;firstName;lastName\nada;Ada;Lovelace\nbo;Bo;Derek\n",
    },
};

pub(super) static TRAILING_SEPARATOR: Rule = Rule {
    code: "trailing-separator",
    severity: Severity::Remark,
    meaning: Text::of(
        "Most rows go on behind the last heading with nothing but separators; these were passed over.",
        "La plupart des lignes continuent après le dernier en-tête, avec des séparateurs seulement ; ils n'ont pas été pris en compte.",
    ),
    correction: Text::of(
        "Write as many cells in a row as there are headings.",
        "Écrivez autant de cellules par ligne qu'il y a d'en-têtes.",
    ),
    example: Example { wrong: "login;firstName\nada;Ada;;\n", right: "login;firstName\nada;Ada\n" },
};

/// Rows from which the shape is learnt.
const LEARNT: usize = 200;

/// A guess that names more columns than this helps nobody.
const NAMED_AT_MOST: usize = 3;

/// Before all cells of a column may be said to be as long.
const ROWS_TO_COMPARE: usize = 5;

const EMPTY: u8 = 1;
const NUMBER: u8 = 2;
const DATE: u8 = 4;
const MAIL: u8 = 8;
const TEXT: u8 = 16;
/// Text behind a separator that belongs to a sentence starts with a blank.
const REST_OF_TEXT: u8 = 32;

/// What the cells of each column look like in the rows that are whole.
#[derive(Debug)]
pub(super) struct Shape {
    columns: Vec<Column>,
    rows: usize,
    /// Rows with more cells than headings, the last of them empty.
    trailing: usize,
}

#[derive(Debug, Clone, Default)]
struct Column {
    kinds: u8,
    /// Of the shortest and the longest cell that is not empty.
    lengths: Option<(usize, usize)>,
}

/// A row whose number of cells is wrong.
pub(super) struct Ragged<'a> {
    pub place: Place,
    pub cells: Vec<Cow<'a, str>>,
    /// All of them; more than `cells` in an endless row.
    pub count: usize,
    /// The text ends in the row, without a line break.
    pub unended: bool,
    /// The row before, with its number of cells, where that was too short.
    pub short_before: Option<(u32, usize)>,
}

impl Shape {
    /// Learns from the rows that come next and have the right number of cells.
    pub fn learn(splitter: &mut Splitter<'_>, width: usize) -> Shape {
        let mut shape = Shape { columns: vec![Column::default(); width], rows: 0, trailing: 0 };
        let mut row = Row::default();
        // A file of nothing but bad rows is not read to its end for this.
        for _ in 0..LEARNT {
            if !splitter.next(&mut row) {
                break;
            }
            if splitter.is_blank(&row) {
                continue;
            }
            if row.count == width && row.flaw.is_none() && !row.unended {
                shape.rows += 1;
                for (column, span) in shape.columns.iter_mut().zip(&row.cells) {
                    column.learn(&splitter.text(*span));
                }
            } else if row.count > width && row.cells[width..].iter().all(|span| splitter.text(*span).trim().is_empty())
            {
                shape.trailing += 1;
            }
        }
        shape
    }

    /// Most rows go on behind the last heading with nothing but separators. Where it is one among others, a separator
    /// too much has moved its cells, and the last of them happens to be empty.
    pub fn ends_in_separators(&self) -> bool {
        self.trailing > self.rows
    }

    /// The error about a row with too many or too few cells.
    pub fn error(&self, row: &Ragged<'_>, headings: &[impl AsRef<str>], separator: char) -> Finding {
        match row.count > headings.len() {
            true => self.too_long(row, headings, separator),
            false => self.too_short(row, headings),
        }
    }

    /// The file ends in this cell, and it is shorter than all others of a column in which all are as long.
    pub fn is_cut(&self, column: usize, cell: &str) -> bool {
        let length = cell.chars().count();
        let of_column = self.columns.get(column).and_then(|column| column.lengths);
        self.rows >= ROWS_TO_COMPARE && length > 0 && of_column.is_some_and(|(min, max)| min == max && length < min)
    }

    fn too_long(&self, row: &Ragged<'_>, headings: &[impl AsRef<str>], separator: char) -> Finding {
        let surplus = row.count - headings.len();
        let broken = if row.count == row.cells.len() { self.broken(&row.cells) } else { Vec::new() };
        let expected = match broken.as_slice() {
            [] => Text::of(
                "quotes around a cell that holds the separator, a quote or a line break: `\"R&D; tests\"`",
                "des guillemets autour d'une cellule qui contient le séparateur, un guillemet ou un saut de ligne : `\"R&D; essais\"`",
            ),
            [column] => {
                let heading = headings[*column].as_ref();
                let cell = excerpt(&row.cells[*column..=column + surplus].join(&separator.to_string()));
                text!(
                    "quotes around a cell that holds the separator, here probably `{heading}`: `\"{cell}\"`",
                    "des guillemets autour d'une cellule qui contient le séparateur, ici sans doute `{heading}` : `\"{cell}\"`",
                )
            }
            some => {
                let names = names(some, headings);
                text!(
                    "quotes around a cell that holds the separator, here probably {names}",
                    "des guillemets autour d'une cellule qui contient le séparateur, ici sans doute {names}",
                    names,
                )
            }
        };
        ROW_TOO_LONG.at(row.place.clone(), counts(row.count, headings.len())).expected(expected)
    }

    fn too_short(&self, row: &Ragged<'_>, headings: &[impl AsRef<str>]) -> Finding {
        let problem = counts(row.count, headings.len());
        if row.unended {
            let cut = text!(
                "{problem}, and the file ends in it without a line end: it was probably cut on the way",
                "{problem}, et le fichier s'y arrête sans fin de ligne : il a sans doute été coupé en chemin",
                problem,
            );
            let expected = Text::of("the whole file", "le fichier entier");
            return CUT_FILE.at(row.place.clone(), cut).expected(expected);
        }
        if let Some((before, cells)) = row.short_before.filter(|(_, cells)| cells + row.count == headings.len() + 1) {
            let heading = headings[cells - 1].as_ref();
            let broken = text!(
                "{problem}: it looks like the rest of row {before}, whose `{heading}` holds a line break",
                "{problem} : elle ressemble à la suite de la ligne {before}, dont `{heading}` contient un saut de ligne",
                problem,
            );
            return ROW_TOO_SHORT.at(row.place.clone(), broken).expected(Text::of(
                "quotes around a cell that holds a line break, or no line break",
                "des guillemets autour d'une cellule qui contient un saut de ligne, ou pas de saut de ligne",
            ));
        }
        let guess = match self.missing(&row.cells).as_slice() {
            [] => Text::same(""),
            [column] if *column == row.count => {
                let heading = headings[*column].as_ref();
                text!(": it stops before `{heading}`", " : elle s'arrête avant `{heading}`")
            }
            some => {
                let names = names(some, headings);
                text!(": what is missing is probably at {names}", " : ce qui manque est sans doute à {names}", names,)
            }
        };
        let problem = text!("{problem}{guess}", "{problem}{guess}", problem, guess);
        ROW_TOO_SHORT.at(row.place.clone(), problem).expected(Text::of(
            "a cell below each heading, empty where there is nothing to say",
            "une cellule sous chaque en-tête, vide s'il n'y a rien à dire",
        ))
    }

    /// The columns of which one probably holds a separator without quotes around it.
    fn broken(&self, cells: &[Cow<'_, str>]) -> Vec<usize> {
        let (before, behind) = (self.misfits_before(cells), self.misfits_behind(cells));
        let last = self.columns.len() - 1;
        let as_one = |column: usize| {
            // What starts like the rest of a sentence is not the start of a cell.
            let starts = if kind(&cells[column]) == REST_OF_TEXT { REST_OF_TEXT } else { TEXT };
            before[column] + self.columns[column].misfit_of(starts) + behind[last - column]
        };
        self.likeliest((0..=last).map(as_one).collect())
    }

    /// The columns of which one probably lost its cell; the one behind the last cell where the row just stops.
    fn missing(&self, cells: &[Cow<'_, str>]) -> Vec<usize> {
        let (before, behind) = (self.misfits_before(cells), self.misfits_behind(cells));
        let misfits: Vec<usize> = (0..=cells.len()).map(|gap| before[gap] + behind[cells.len() - gap]).collect();
        match misfits.iter().min() == misfits.last() {
            true => vec![cells.len()],
            false => self.likeliest(misfits),
        }
    }

    /// How many of the first 0, 1, 2, … cells do not look like their column.
    fn misfits_before(&self, cells: &[Cow<'_, str>]) -> Vec<usize> {
        sums(cells.iter().zip(&self.columns).map(|(cell, column)| column.misfit_of(kind(cell))))
    }

    /// The same of the last 0, 1, 2, … cells, if these stood below the last headings.
    fn misfits_behind(&self, cells: &[Cow<'_, str>]) -> Vec<usize> {
        sums(cells.iter().rev().zip(self.columns.iter().rev()).map(|(cell, column)| column.misfit_of(kind(cell))))
    }

    /// Where there are fewest misfits; nothing where that says nothing.
    fn likeliest(&self, misfits: Vec<usize>) -> Vec<usize> {
        let fewest = misfits.iter().min();
        let found: Vec<usize> = (0..misfits.len()).filter(|place| Some(&misfits[*place]) == fewest).collect();
        if self.rows == 0 || found.len() > NAMED_AT_MOST { Vec::new() } else { found }
    }
}

impl Column {
    fn learn(&mut self, cell: &str) {
        self.kinds |= kind(cell);
        let length = cell.chars().count();
        if length > 0 {
            let (min, max) = self.lengths.unwrap_or((length, length));
            self.lengths = Some((min.min(length), max.max(length)));
        }
    }

    fn misfit_of(&self, kind: u8) -> usize {
        usize::from(self.kinds & kind == 0)
    }
}

/// The error about the last cell of a file that was cut.
pub(super) fn cut_cell(place: Place, cell: &str) -> Finding {
    let problem = Text::of(
        "is shorter than all cells above it, and the file ends in it without a line end: it was probably cut on the way",
        "est plus courte que toutes celles au-dessus, et le fichier s'y arrête sans fin de ligne : il a sans doute été coupé en chemin",
    );
    CUT_FILE.at(place, problem).read(excerpt(cell)).expected(Text::of("the whole file", "le fichier entier"))
}

/// The error about a last row of nothing but bytes 0.
pub(super) fn unwritten(row: Place) -> Finding {
    let problem = Text::of(
        "the file ends in bytes 0: it was not written to its end",
        "le fichier se termine par des octets 0 : il n'a pas été écrit jusqu'au bout",
    );
    CUT_FILE.at(row, problem).expected(Text::of("the whole file", "le fichier entier"))
}

/// About separators behind the last heading, the first of them in `row`.
pub(super) fn surplus(row: u32) -> Finding {
    let problem = text!(
        "rows have separators behind the last cell, first in row {row}; they were passed over",
        "des lignes ont des séparateurs après la dernière cellule, la première étant la ligne {row} ; ils n'ont pas été pris en compte",
    );
    TRAILING_SEPARATOR.at(Place::FILE, problem)
}

fn counts(cells: usize, headings: usize) -> Text {
    let plural = |count: usize, one: &str, many: &str| format!("{count} {}", if count == 1 { one } else { many });
    let (cells_en, cells_fr) = (plural(cells, "cell", "cells"), plural(cells, "cellule", "cellules"));
    let (headings_en, headings_fr) = (plural(headings, "heading", "headings"), plural(headings, "en-tête", "en-têtes"));
    text!("has {cells_en} for {headings_en}", "a {cells_fr} pour {headings_fr}")
}

fn names(columns: &[usize], headings: &[impl AsRef<str>]) -> Text {
    let names: Vec<String> = columns.iter().map(|column| format!("`{}`", headings[*column].as_ref())).collect();
    Text::new(names.join(" or "), names.join(" ou "))
}

fn sums(misfits: impl Iterator<Item = usize>) -> Vec<usize> {
    let running = misfits.scan(0, |sum, misfit| {
        *sum += misfit;
        Some(*sum)
    });
    iter::once(0).chain(running).collect()
}

fn kind(cell: &str) -> u8 {
    let is_digit = |byte: u8| byte.is_ascii_digit();
    if cell.trim().is_empty() {
        EMPTY
    } else if cell.starts_with(' ') {
        REST_OF_TEXT
    } else if cell.contains('@') {
        MAIL
    } else if !cell.bytes().all(|byte| is_digit(byte) || b" .,+-/:".contains(&byte)) {
        TEXT
    } else if cell.contains('/') || cell.matches('-').count() == 2 {
        DATE
    } else {
        NUMBER
    }
}
