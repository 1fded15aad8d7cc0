//! The layout of an XLSX sheet: what its cells do not say. Hidden rows and columns, merged cells, and formulas that were
//! never calculated.
//!
//! The library shows none of it while it goes from cell to cell, and merged cells are told behind all others. So the
//! sheet's part is gone through before, for words that it has wherever there is any of this; only where one stands is it
//! read as XML. Nothing of it is kept but what is found.

use std::borrow::Cow;
use std::io::{self, BufReader, Cursor, Read};

use memchr::memmem::Finder;
use quick_xml::Reader;
use quick_xml::events::{BytesStart, Event};
use zip::ZipArchive;
use zip::read::ZipFile;

use crate::format::rows::Rows;
use crate::model::{Example, Finding, Place, Rule, Severity, Text};
use crate::text;

/// One of these is in every sheet that has a layout to speak of; the first ends a formula.
const MENTIONS: [&str; 3] = ["f>", "hidden=", "mergeCell"];

/// Longer than a mention that two windows share.
const OVERLAP: usize = 16;

const WINDOW: usize = 64 * 1024;

/// Merged cells, and runs of hidden columns; to tell of more is of no help to anybody.
const REMARKABLE_AT_MOST: usize = 1_000;

/// Of cells; a file with so many errors is refused, whatever else is in it.
const UNCALCULATED_AT_MOST: usize = 100_000;

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
    /// The bytes that the sheet's part unfolds to; 0 where there is no such part.
    pub weight: u64,
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

    fn part(&mut self, name: &str) -> Option<ZipFile<'_, Cursor<&'b [u8]>>> {
        let is_it = |other: &str| other.eq_ignore_ascii_case(name);
        let index = self.archive.file_names().position(|other| other.is_ok_and(|other| is_it(&other)))?;
        self.archive.by_index(index).ok()
    }

    fn text(&mut self, name: &str) -> Option<String> {
        let mut text = String::new();
        self.part(name)?.read_to_string(&mut text).ok()?;
        Some(text)
    }

    fn layout(&mut self, index: usize) -> Option<Layout> {
        let workbook = self.text("xl/workbook.xml")?;
        let relations = self.text("xl/_rels/workbook.xml.rels")?;
        let id = value(&elements(&workbook, "sheet").nth(index)?, "id")?;
        let is_it = |relation: &BytesStart<'_>| value(relation, "Id").as_deref() == Some(&id);
        let target = value(&elements(&relations, "Relationship").find(is_it)?, "Target")?;
        let name = target.strip_prefix('/').map_or_else(|| format!("xl/{target}"), String::from);
        let zeros_mean_nothing = elements(&workbook, "calcPr").any(|it| is_true(&it, "fullCalcOnLoad"));
        let sheet = self.part(&name)?;
        let weight = sheet.size();
        let layout = match is_mentioned(sheet).ok()? {
            true => Intake::new(zeros_mean_nothing).run(self.part(&name)?),
            false => Layout::default(),
        };
        Some(Layout { weight, ..layout })
    }
}

/// Is there anything in the sheet that may belong to its layout?
fn is_mentioned(mut sheet: impl Read) -> io::Result<bool> {
    let mentions = MENTIONS.map(Finder::new);
    let (mut window, mut filled) = (vec![0; WINDOW], 0);
    loop {
        let read = sheet.read(&mut window[filled..])?;
        filled += read;
        if mentions.iter().any(|mention| mention.find(&window[..filled]).is_some()) {
            return Ok(true);
        }
        if read == 0 {
            return Ok(false);
        }
        let kept = filled.min(OVERLAP);
        window.copy_within(filled - kept..filled, 0);
        filled = kept;
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
    attribute(element, name).map(Cow::into_owned)
}

fn attribute<'e>(element: &'e BytesStart<'_>, name: &str) -> Option<Cow<'e, str>> {
    let mut attributes = element.attributes();
    let found =
        attributes.with_checks(false).flatten().find(|attribute| attribute.key.local_name().as_ref() == name)?;
    Some(found.value)
}

fn has(element: &BytesStart<'_>, name: &str, value: &str) -> bool {
    attribute(element, name).is_some_and(|found| found == value)
}

fn is_true(element: &BytesStart<'_>, name: &str) -> bool {
    has(element, name, "1") || has(element, name, "true")
}

/// A sheet on its way into a layout.
struct Intake {
    layout: Layout,
    /// A program that leaves all results to the spreadsheet writes 0 for each.
    zeros_mean_nothing: bool,
    row: u32,
    is_hidden: bool,
    ordinal: usize,
    /// A text may well be empty.
    is_text: bool,
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
            is_text: false,
            has_formula: false,
            value: String::new(),
        }
    }

    fn run(mut self, sheet: impl Read) -> Layout {
        let mut reader = Reader::from_reader(BufReader::with_capacity(WINDOW, sheet));
        reader.config_mut().expand_empty_elements = true;
        reader.config_mut().check_end_names = false;
        let mut buffer = Vec::new();
        let mut in_value = false;
        loop {
            buffer.clear();
            match reader.read_event_into(&mut buffer) {
                Ok(Event::Start(start)) => match start.local_name().as_ref() {
                    "row" => self.start_row(&start),
                    "c" => self.is_text = has(&start, "t", "str"),
                    "f" => self.has_formula = true,
                    "v" | "is" => in_value = true,
                    "col" if is_true(&start, "hidden") => self.hide_columns(&start),
                    "mergeCell" => self.merge(&start),
                    _ => {}
                },
                Ok(Event::Text(text)) if in_value => self.value.push_str(&text),
                Ok(Event::GeneralRef(_)) if in_value => self.value.push('&'),
                Ok(Event::End(end)) => match end.local_name().as_ref() {
                    "c" => self.end_cell(),
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

    fn end_cell(&mut self) {
        let is_empty = self.value.is_empty() || (self.value == "0" && self.zeros_mean_nothing);
        let uncalculated = &mut self.layout.uncalculated;
        if self.has_formula && is_empty && !self.is_text && uncalculated.len() < UNCALCULATED_AT_MOST {
            uncalculated.push(self.ordinal);
        }
        let hidden = &mut self.layout.hidden_rows;
        if self.is_hidden && !self.value.is_empty() && hidden.last().is_none_or(|last| *last < self.row) {
            hidden.push(self.row);
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
