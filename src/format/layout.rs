//! The layout of an XLSX sheet: what its cells do not say. Hidden rows and columns, merged cells, and formulas that were
//! never calculated.
//!
//! The library shows none of it while it goes from cell to cell, so the sheet's part is read a second time, and only
//! where it mentions any of this.

use std::io::{Cursor, Read};

use memchr::memmem;
use quick_xml::Reader;
use quick_xml::events::{BytesStart, Event};
use zip::ZipArchive;

use crate::format::rows::Rows;
use crate::model::{Example, Finding, Place, Rule, Severity, Text};
use crate::text;

/// One of these is in every sheet that has a layout to speak of.
const MENTIONS: [&str; 4] = ["/f>", ":f>", "hidden=", "mergeCell"];

/// Merged cells, and runs of hidden columns; to tell of more is of no help to anybody.
const REMARKABLE_AT_MOST: usize = 1_000;

pub static HIDDEN_CELLS: Rule = Rule {
    code: "hidden-cells",
    severity: Severity::Remark,
    meaning: Text::of(
        "Rows or columns of the sheet are hidden, by hand or by a filter; they were read like the others.",
        "Des lignes ou des colonnes de la feuille sont masquées, à la main ou par un filtre ; elles ont été lues comme les autres.",
    ),
    correction: Text::of(
        "Delete what is not meant to be read: hiding does not keep it out of the file.",
        "Supprimez ce qui ne doit pas être lu : masquer n'enlève rien du fichier.",
    ),
    example: Example {
        wrong: "rows 2, 3, 7 to be seen; rows 4 to 6 filtered out",
        right: "rows 2, 3, 4, all to be seen",
    },
};

pub static MERGED_CELLS: Rule = Rule {
    code: "merged-cells",
    severity: Severity::Remark,
    meaning: Text::of(
        "Several cells are merged into one; only the first of them holds the value, the others are empty.",
        "Plusieurs cellules sont fusionnées ; seule la première porte la valeur, les autres sont vides.",
    ),
    correction: Text::of(
        "Unmerge the cells, and write the value in each row.",
        "Annulez la fusion et écrivez la valeur sur chaque ligne.",
    ),
    example: Example {
        wrong: "login | department\nada | Sales (over two rows)\nzoe |",
        right: "login | department\nada | Sales\nzoe | Sales",
    },
};

pub static UNCALCULATED: Rule = Rule {
    code: "formula-not-calculated",
    severity: Severity::Error,
    meaning: Text::of(
        "The cell has a formula without its result: a program made the file, and no spreadsheet ever calculated it.",
        "La cellule contient une formule sans résultat : un programme a produit le fichier, aucun tableur ne l'a calculé.",
    ),
    correction: Text::of(
        "Write values in place of formulas, or open the file with a spreadsheet and save it.",
        "Écrivez des valeurs à la place des formules, ou ouvrez le fichier avec un tableur et enregistrez-le.",
    ),
    example: Example { wrong: "=B2&\"@acme.example\"", right: "ada@acme.example" },
};

#[derive(Debug, Default, PartialEq, Eq)]
pub(super) struct Layout {
    /// Those that hold something; counted from 1.
    hidden_rows: Vec<u32>,
    /// Counted from 0; first and last.
    hidden_columns: Vec<(u32, u32)>,
    merged: Vec<Merged>,
    /// Which cells of the sheet they are, all cells counted from 0 in their order.
    uncalculated: Vec<usize>,
}

/// Cells as a spreadsheet merges them; rows from 1, columns from 0.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
struct Merged {
    first: (u32, u32),
    last: (u32, u32),
}

/// The layout of the sheet at `index`, as far as it can be read: what is damaged is told by who reads the cells.
pub(super) fn read(workbook: &[u8], index: usize) -> Layout {
    Package::open(workbook).and_then(|mut package| package.layout(index)).unwrap_or_default()
}

impl Layout {
    pub fn is_uncalculated(&self, ordinal: usize) -> bool {
        self.uncalculated.binary_search(&ordinal).is_ok()
    }

    /// A heading over several rows is a heading in each of them.
    pub fn repeat_downwards(&self, rows: &mut [(u32, Vec<String>)]) {
        for merged in self.merged.iter().filter(|merged| merged.first.0 < merged.last.0) {
            let column = merged.first.1 as usize;
            let of_row = |rows: &[(u32, Vec<String>)], number| rows.iter().position(|(row, _)| *row == number);
            let value = of_row(rows, merged.first.0).and_then(|at| rows[at].1.get(column).cloned()).unwrap_or_default();
            let below = rows.iter_mut().filter(|(row, _)| (merged.first.0 + 1..=merged.last.0).contains(row));
            for (_, cells) in below.filter(|_| !value.is_empty()) {
                if cells.len() <= column {
                    cells.resize(column + 1, String::new());
                }
                cells[column].clone_from(&value);
            }
        }
    }

    /// About the sheet: what is hidden, as far as it was read, and headings over several columns.
    pub fn remarks(&self, heading_row: u32, width: usize) -> Vec<Finding> {
        let rows: Vec<u32> = self.hidden_rows.iter().copied().filter(|row| *row > heading_row).collect();
        let columns: Vec<u32> = (0..width as u32).filter(|column| self.is_hidden(*column)).collect();
        let of_rows = rows
            .first()
            .map(|first| hidden(Place { row: Some(*first), ..Place::FILE }, rows.len() - 1, ["row", "ligne"]));
        let of_columns = columns.first().map(|first| {
            hidden(Place { column: Some(*first), ..Place::FILE }, columns.len() - 1, ["column", "colonne"])
        });
        let in_heading = self.merged.iter().filter(|it| it.first.0 == heading_row && it.last.1 > it.first.1);
        let of_headings = in_heading
            .map(|merged| merged.remark(Place { row: Some(heading_row), column: Some(merged.first.1), ..Place::FILE }));
        of_rows.into_iter().chain(of_columns).chain(of_headings).collect()
    }

    fn is_hidden(&self, column: u32) -> bool {
        self.hidden_columns.iter().any(|(first, last)| (*first..=*last).contains(&column))
    }

    /// About the row that is being written.
    pub fn report_row(&self, number: u32, rows: &mut Rows) {
        let from = self.merged.partition_point(|merged| merged.first.0 < number);
        for merged in self.merged[from..].iter().take_while(|merged| merged.first.0 == number) {
            rows.report(merged.remark(rows.place(merged.first.1 as usize)));
        }
    }
}

/// Said of the first one; `what` the others are, in English and in French.
fn hidden(place: Place, more: usize, [english, french]: [&str; 2]) -> Finding {
    let problem = match more {
        0 => Text::of("is hidden, and was read", "est masquée, et a été lue"),
        1 => text!(
            "is hidden, and was read, as is 1 {english} more",
            "est masquée, et a été lue, de même que 1 autre {french}"
        ),
        _ => text!(
            "is hidden, and was read, as are {more} {english}s more",
            "est masquée, et a été lue, de même que {more} autres {french}s"
        ),
    };
    HIDDEN_CELLS.at(place, problem)
}

impl Merged {
    fn remark(&self, place: Place) -> Finding {
        let last = Place { row: Some(self.last.0), column: Some(self.last.1), ..Place::FILE };
        let last = last.address().unwrap_or_default();
        let problem = text!(
            "is merged with the cells to {last}, which were read as empty",
            "est fusionnée avec les cellules jusqu'à {last}, qui ont été lues comme vides"
        );
        MERGED_CELLS.at(place, problem).expected(Text::of("a value in each cell", "une valeur dans chaque cellule"))
    }
}

/// The parts of a workbook.
struct Package<'b> {
    archive: ZipArchive<Cursor<&'b [u8]>>,
}

impl<'b> Package<'b> {
    fn open(bytes: &'b [u8]) -> Option<Package<'b>> {
        Some(Package { archive: ZipArchive::new(Cursor::new(bytes)).ok()? })
    }

    fn part(&mut self, name: &str) -> Option<String> {
        let is_it = |other: &str| other.eq_ignore_ascii_case(name);
        let index = self.archive.file_names().position(|other| other.is_ok_and(|other| is_it(&other)))?;
        let mut text = String::new();
        self.archive.by_index(index).ok()?.read_to_string(&mut text).ok()?;
        Some(text)
    }

    fn layout(&mut self, index: usize) -> Option<Layout> {
        let workbook = self.part("xl/workbook.xml")?;
        let relations = self.part("xl/_rels/workbook.xml.rels")?;
        let id = value(&elements(&workbook, "sheet").nth(index)?, "id")?;
        let is_it = |relation: &BytesStart<'_>| value(relation, "Id").as_deref() == Some(&id);
        let target = value(&elements(&relations, "Relationship").find(is_it)?, "Target")?;
        let name = target.strip_prefix('/').map_or_else(|| format!("xl/{target}"), String::from);
        let zeros_mean_nothing = elements(&workbook, "calcPr").any(|it| is_true(&it, "fullCalcOnLoad"));
        let sheet = self.part(&name)?;
        let is_mentioned = MENTIONS.iter().any(|mention| memmem::find(sheet.as_bytes(), mention.as_bytes()).is_some());
        Some(if is_mentioned { Intake::new(zeros_mean_nothing).run(&sheet) } else { Layout::default() })
    }
}

/// All elements of a name, whatever its prefix, up to where the text makes no sense.
fn elements<'t>(text: &'t str, name: &'static str) -> impl Iterator<Item = BytesStart<'t>> {
    let mut reader = Reader::from_str(text);
    let events = std::iter::from_fn(move || match reader.read_event() {
        Ok(Event::Eof) | Err(_) => None,
        Ok(event) => Some(event),
    });
    events.filter_map(move |event| match event {
        Event::Start(element) | Event::Empty(element) if element.local_name().as_ref() == name => Some(element),
        _ => None,
    })
}

/// Of an attribute, whatever its prefix.
fn value(element: &BytesStart<'_>, name: &str) -> Option<String> {
    let mut attributes = element.attributes();
    let attribute =
        attributes.with_checks(false).flatten().find(|attribute| attribute.key.local_name().as_ref() == name)?;
    Some(attribute.value.into_owned())
}

fn is_true(element: &BytesStart<'_>, name: &str) -> bool {
    value(element, name).is_some_and(|value| value == "1" || value == "true")
}

/// A sheet on its way into a layout.
struct Intake {
    layout: Layout,
    /// A program that leaves all results to the spreadsheet writes 0 for each.
    zeros_mean_nothing: bool,
    row: u32,
    is_hidden: bool,
    ordinal: usize,
    has_formula: bool,
    value: String,
}

impl Intake {
    fn new(zeros_mean_nothing: bool) -> Intake {
        Intake {
            layout: Layout::default(),
            zeros_mean_nothing,
            row: 0,
            is_hidden: false,
            ordinal: 0,
            has_formula: false,
            value: String::new(),
        }
    }

    fn run(mut self, sheet: &str) -> Layout {
        let mut reader = Reader::from_str(sheet);
        reader.config_mut().expand_empty_elements = true;
        reader.config_mut().check_end_names = false;
        let mut cell = None;
        let mut in_value = false;
        loop {
            match reader.read_event() {
                Ok(Event::Start(start)) => match start.local_name().as_ref() {
                    "row" => self.start_row(&start),
                    "c" => cell = Some(start),
                    "f" => self.has_formula = true,
                    "v" | "is" => in_value = true,
                    "col" if is_true(&start, "hidden") => self.hide_columns(&start),
                    "mergeCell" => self.merge(&start),
                    _ => {}
                },
                Ok(Event::Text(text)) if in_value => self.value.push_str(&text),
                Ok(Event::GeneralRef(_)) if in_value => self.value.push('&'),
                Ok(Event::End(end)) => match end.local_name().as_ref() {
                    "c" => {
                        if let Some(cell) = cell.take() {
                            self.end_cell(&cell)
                        }
                    }
                    "v" | "is" => in_value = false,
                    _ => {}
                },
                Ok(Event::Eof) | Err(_) => break,
                Ok(_) => {}
            }
        }
        self.layout.merged.sort_by_key(|merged| merged.first);
        self.layout
    }

    fn start_row(&mut self, row: &BytesStart<'_>) {
        self.row = value(row, "r").and_then(|number| number.parse().ok()).unwrap_or(self.row.saturating_add(1));
        self.is_hidden = is_true(row, "hidden");
    }

    fn end_cell(&mut self, cell: &BytesStart<'_>) {
        let is_empty = self.value.is_empty() || (self.value == "0" && self.zeros_mean_nothing);
        if self.has_formula && is_empty && value(cell, "t").as_deref() != Some("str") {
            self.layout.uncalculated.push(self.ordinal);
        }
        if self.is_hidden && !self.value.is_empty() && self.layout.hidden_rows.last() != Some(&self.row) {
            self.layout.hidden_rows.push(self.row);
        }
        self.ordinal += 1;
        self.has_formula = false;
        self.value.clear();
    }

    fn hide_columns(&mut self, columns: &BytesStart<'_>) {
        let number = |name| value(columns, name)?.parse::<u32>().ok()?.checked_sub(1);
        let found = number("min").zip(number("max"));
        self.layout.hidden_columns.extend(found.filter(|_| self.layout.hidden_columns.len() < REMARKABLE_AT_MOST));
    }

    fn merge(&mut self, merged: &BytesStart<'_>) {
        let range = value(merged, "ref").unwrap_or_default();
        let ends = range.split_once(':').and_then(|(first, last)| Some((position(first)?, position(last)?)));
        let found = ends.map(|(first, last)| Merged { first, last });
        self.layout.merged.extend(found.filter(|_| self.layout.merged.len() < REMARKABLE_AT_MOST));
    }
}

/// `B7` is row 7 and column 1.
fn position(address: &str) -> Option<(u32, u32)> {
    let digits = address.find(|letter: char| letter.is_ascii_digit())?;
    let (letters, row) = address.split_at(digits);
    let column = letters.bytes().try_fold(0u32, |column, letter| {
        let digit = letter.to_ascii_uppercase().checked_sub(b'A').filter(|digit| *digit < 26)?;
        column.checked_mul(26)?.checked_add(u32::from(digit) + 1)
    });
    Some((row.parse().ok()?, column?.checked_sub(1)?))
}
