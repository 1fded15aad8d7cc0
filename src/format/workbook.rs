//! Workbooks: the first visible sheet with known headings, cell by cell, whatever the form of the file.
//!
//! To add a form: a [`Book`] in a file beside, and a line in `open`.

use std::borrow::Cow;
use std::fmt::Display;
use std::panic::{self, AssertUnwindSafe};

use calamine::{Sheet, SheetType, SheetVisible};

use crate::format::heading::{self, COLUMNS_AT_MOST, Heading, ROWS_LOOKED_AT};
use crate::format::layout::{Layout, UNCALCULATED};
use crate::format::rows::{Rows, excerpt};
use crate::format::whole::Whole;
use crate::format::xlsx::Xlsx;
use crate::format::{Kind, Reading, Source, package, unreadable};
use crate::model::{Example, Finding, Place, Rule, Severity, Table, Text};
use crate::text;

/// Among the visible ones; all of them may be the same part of the archive, and a large one.
const SHEETS_LOOKED_AT: usize = 20;

/// What the table may take in memory, as much as the parts of the archive together: a text that a workbook has once may
/// be in a million cells.
const MEMORY_AT_MOST: usize = 256 * 1024 * 1024;

pub static UNREADABLE: Rule = Rule {
    code: "workbook-unreadable",
    severity: Severity::Error,
    meaning: Text::of(
        "The workbook could not be read within the memory and the time that one file may take.",
        "Le classeur n'a pas pu être lu avec la mémoire et le temps accordés à un fichier.",
    ),
    correction: Text::of(
        "Save the sheet as CSV, or copy its rows alone into a new workbook.",
        "Enregistrez la feuille en CSV, ou copiez ses seules lignes dans un nouveau classeur.",
    ),
    example: Example {
        wrong: "users.xlsx: 2 KB that unfold to 4 GB", right: "users.csv, from “Save as”, “CSV UTF-8”"
    },
};

pub static DAMAGED: Rule = Rule {
    code: "workbook-damaged",
    severity: Severity::Error,
    meaning: Text::of(
        "The workbook is cut or damaged, so that nothing in it can be relied on.",
        "Le classeur est tronqué ou endommagé : rien de ce qu'il contient n'est fiable.",
    ),
    correction: Text::of(
        "Open it with a spreadsheet, save it again, and check that the whole of it arrives.",
        "Ouvrez-le avec un tableur, enregistrez-le de nouveau et vérifiez qu'il arrive en entier.",
    ),
    example: Example { wrong: "users.xlsx: 40 KB of 52 KB", right: "users.xlsx: 52 KB" },
};

pub static PROTECTED: Rule = Rule {
    code: "workbook-protected",
    severity: Severity::Error,
    meaning: Text::of(
        "The workbook can only be opened with a password, which Passerelle does not have.",
        "Le classeur ne s'ouvre qu'avec un mot de passe, que Passerelle n'a pas.",
    ),
    correction: Text::of(
        "Take the password off (File, Info, Protect Workbook, Encrypt with Password, leave it empty) and save it again.",
        "Retirez le mot de passe (Fichier, Informations, Protéger le classeur, Chiffrer avec mot de passe, laissez vide) et enregistrez-le de nouveau.",
    ),
    example: Example { wrong: "users.xlsx, with a password to open it", right: "users.xlsx, without a password" },
};

pub static SHEET: Rule = Rule {
    code: "sheet",
    severity: Severity::Remark,
    meaning: Text::of(
        "The workbook has several sheets; the first visible one with known headings was read.",
        "Le classeur a plusieurs feuilles ; la première feuille visible aux en-têtes connus a été lue.",
    ),
    correction: Text::of(
        "Check that it is the right sheet; if in doubt, leave only one in the workbook.",
        "Vérifiez que c'est la bonne feuille ; en cas de doute, n'en laissez qu'une dans le classeur.",
    ),
    example: Example { wrong: "Help | Users | Users 2025", right: "Users" },
};

pub static CELL_WITHOUT_HEADING: Rule = Rule {
    code: "cell-without-heading",
    severity: Severity::Remark,
    meaning: Text::of(
        "A cell stands right of the last heading, so nobody can tell what it is; it was passed over.",
        "Une cellule se trouve à droite du dernier en-tête : rien ne dit ce qu'elle contient, elle n'a pas été lue.",
    ),
    correction: Text::of(
        "Give its column a heading, or empty the cell.",
        "Donnez un en-tête à sa colonne, ou videz la cellule.",
    ),
    example: Example {
        wrong: "login | mail\nada | ada@acme.example | call her",
        right: "login | mail\nada | ada@acme.example",
    },
};

/// A sheet's cells, of whatever form.
pub(super) trait Book {
    fn kind(&self) -> Kind;

    fn sheets(&self) -> &[Sheet];

    /// The cells of a sheet that hold something, in order.
    fn cells<'a>(&'a mut self, sheet: usize, layout: &'a Layout) -> Result<Cells<'a>, Finding>;

    /// What the cells do not say.
    fn layout(&self, sheet: usize) -> Layout;
}

pub(super) type Cells<'a> = Box<dyn Iterator<Item = Result<Cell<'a>, Finding>> + 'a>;

pub(super) struct Cell<'a> {
    /// As a spreadsheet counts it, from 1.
    pub row: u32,
    /// Counted from 0.
    pub column: usize,
    pub text: Cow<'a, str>,
    pub state: State,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum State {
    Sound,
    /// The text is what the spreadsheet says about a formula that failed.
    Error,
    /// A formula without its result; the text is empty.
    Uncalculated,
}

/// Whether a file is read as a workbook, by its first bytes.
pub fn is_one(bytes: &[u8]) -> bool {
    unreadable::is_archive(bytes) || unreadable::is_container(bytes)
}

/// # Errors
/// It is no workbook, or a damaged or protected one, or it is too large, or there is nothing to be seen in it.
pub(super) fn read(bytes: &[u8], is_heading: &dyn Fn(&str) -> bool) -> Result<Reading, Finding> {
    let mut book = open(bytes)?;
    let (sheet, heading, layout) = choose(&mut *book, is_heading)?.ok_or_else(|| nothing_to_see(book.sheets()))?;
    if heading.cells.len() > COLUMNS_AT_MOST {
        return Err(unreadable::too_many_columns());
    }
    let (table, of_rows) = rows_below(&heading, &layout, book.cells(sheet, &layout)?, MEMORY_AT_MOST)?;
    let of_file = [sheet_remark(sheet, book.sheets()), heading.title()].into_iter().flatten();
    let of_sheet = layout.remarks(heading.row, heading.cells.len());
    let findings = of_file.chain(of_sheet).chain(of_rows).collect();
    let source = Source { kind: book.kind(), encoding: "UTF-8", separator: None, heading_row: heading.row };
    Ok(Reading { heading: heading.cells, table, findings, source })
}

fn open(bytes: &[u8]) -> Result<Box<dyn Book + '_>, Finding> {
    let kind = match unreadable::is_container(bytes) {
        true => unreadable::container(bytes)?,
        false => package::kind(bytes)?,
    };
    Ok(match kind {
        Kind::Xlsx => Box::new(Xlsx::open(bytes)?),
        Kind::Xls | Kind::Ods | Kind::Csv => Box::new(Whole::open(kind, bytes)?),
    })
}

/// The first visible sheet with a known heading, or else the first that holds something.
fn choose(book: &mut dyn Book, is_heading: &dyn Fn(&str) -> bool) -> Result<Option<(usize, Heading, Layout)>, Finding> {
    let mut first = None;
    let visible: Vec<usize> = (0..book.sheets().len()).filter(|sheet| is_visible(&book.sheets()[*sheet])).collect();
    for sheet in visible.into_iter().take(SHEETS_LOOKED_AT) {
        let layout = book.layout(sheet);
        let rows = first_rows(book.cells(sheet, &layout)?, &layout)?;
        match heading::choose(rows.into_iter(), is_heading) {
            Some(heading) if heading.known > 0 => return Ok(Some((sheet, heading, layout))),
            Some(heading) => first = first.or(Some((sheet, heading, layout))),
            None => {}
        }
    }
    Ok(first)
}

fn is_visible(sheet: &Sheet) -> bool {
    sheet.visible == SheetVisible::Visible && sheet.typ == SheetType::WorkSheet
}

/// The rows among which the headings are looked for; one at least, wherever it is.
fn first_rows(cells: Cells<'_>, layout: &Layout) -> Result<Vec<(u32, Vec<String>)>, Finding> {
    let mut rows: Vec<(u32, Vec<String>)> = Vec::new();
    for cell in cells {
        let cell = cell?;
        match rows.last() {
            Some((row, _)) if *row == cell.row => {}
            Some(_) if cell.row > ROWS_LOOKED_AT => break,
            _ => rows.push((cell.row, Vec::new())),
        }
        if let Some((_, row)) = rows.last_mut() {
            row.resize(cell.column.min(COLUMNS_AT_MOST), String::new());
            row.push(cell.text.into());
        }
    }
    layout.repeat_downwards(&mut rows);
    Ok(rows)
}

fn rows_below(
    heading: &Heading,
    layout: &Layout,
    cells: Cells<'_>,
    memory_at_most: usize,
) -> Result<(Table, Vec<Finding>), Finding> {
    let mut rows = Rows::below(heading);
    let mut current = heading.row;
    for cell in cells {
        let cell = cell?;
        if cell.row <= heading.row {
            continue;
        }
        if cell.row != current {
            if current != heading.row {
                rows.end();
            }
            rows.start(cell.row, None);
            layout.report_row(cell.row, &mut rows);
            current = cell.row;
        }
        take(&cell, &mut rows);
        if rows.memory() > memory_at_most {
            return Err(package::too_large());
        }
    }
    if current != heading.row {
        rows.end();
    }
    Ok(rows.finish())
}

/// A cell that is not in the file is an empty one; a cell below no heading is under no other column by mistake, as it
/// might be in CSV, and spoils nothing.
fn take(cell: &Cell<'_>, rows: &mut Rows) {
    if cell.column >= rows.width() {
        let problem =
            Text::of("is below no heading and was passed over", "n'est sous aucun en-tête et n'a pas été lue");
        let finding = CELL_WITHOUT_HEADING.at(rows.place(cell.column), problem);
        return rows.report(finding.read(excerpt(&cell.text)));
    }
    while rows.column() < cell.column {
        rows.cell("");
    }
    rows.cell(&cell.text);
    rows.check_bytes(cell.column, &cell.text);
    match cell.state {
        State::Sound => {}
        State::Error => {
            let problem =
                Text::of("is an error of the spreadsheet, not a value", "est une erreur du tableur, pas une valeur");
            let finding = Finding::error("spreadsheet-error", rows.place(cell.column), problem);
            let expected = Text::of("a value, or an empty cell", "une valeur, ou une cellule vide");
            rows.report(finding.read(excerpt(&cell.text)).expected(expected));
        }
        State::Uncalculated => {
            let problem =
                Text::of("has a formula that was never calculated", "contient une formule qui n'a jamais été calculée");
            let finding = UNCALCULATED.at(rows.place(cell.column), problem);
            let expected = Text::of(
                "a value, or the workbook opened and saved with a spreadsheet",
                "une valeur, ou le classeur ouvert et enregistré avec un tableur",
            );
            rows.report(finding.expected(expected));
        }
    }
}

fn sheet_remark(taken: usize, sheets: &[Sheet]) -> Option<Finding> {
    let name = |sheet: &Sheet, hidden: &str| match is_visible(sheet) {
        true => format!("`{}`", excerpt(&sheet.name)),
        false => format!("`{}` ({hidden})", excerpt(&sheet.name)),
    };
    let others: Vec<&Sheet> = (0..).zip(sheets).filter(|(index, _)| *index != taken).map(|(_, sheet)| sheet).collect();
    let list = |hidden: &str| others.iter().map(|sheet| name(sheet, hidden)).collect::<Vec<_>>().join(", ");
    let (english, french) = (list("hidden"), list("masquée"));
    let taken = excerpt(&sheets[taken].name);
    let problem = match others.len() {
        0 => return None,
        1 => text!(
            "the sheet `{taken}` was read; {english} was passed over",
            "la feuille `{taken}` a été lue ; {french} n'a pas été lue"
        ),
        _ => text!(
            "the sheet `{taken}` was read; {english} were passed over",
            "la feuille `{taken}` a été lue ; {french} n'ont pas été lues"
        ),
    };
    Some(SHEET.at(Place::FILE, problem))
}

fn nothing_to_see(sheets: &[Sheet]) -> Finding {
    match sheets.iter().any(is_visible) {
        true => unreadable::is_empty(),
        false => unreadable::not_a_table(
            Text::of("no sheet of the workbook is visible", "aucune feuille du classeur n'est visible"),
            Text::of("the sheet with the rows, visible", "la feuille qui contient les lignes, visible"),
        ),
    }
}

/// The one finding about a workbook that cannot be read to its end.
pub(super) fn damaged(why: Text) -> Finding {
    DAMAGED.at(Place::FILE, why).expected(Text::of(
        "the workbook, opened and saved again with a spreadsheet",
        "le classeur, ouvert et enregistré de nouveau avec un tableur",
    ))
}

/// The one finding about a workbook that a password protects.
pub(super) fn protected() -> Finding {
    let problem = Text::of("the workbook is protected by a password", "le classeur est protégé par un mot de passe");
    PROTECTED
        .at(Place::FILE, problem)
        .expected(Text::of("the same workbook without a password", "le même classeur sans mot de passe"))
}

/// The same, for what a library complains of.
pub(super) fn broken(error: &dyn Display) -> Finding {
    damaged(text!("the workbook is damaged: {error}", "le classeur est endommagé : {error}"))
}

/// The libraries count on what a sound file holds: elsewhere they overflow, or look behind the end, and panic.
pub(super) fn guarded<T>(call: impl FnOnce() -> T) -> Result<T, Finding> {
    panic::catch_unwind(AssertUnwindSafe(call)).map_err(|_| {
        damaged(Text::of(
            "the workbook is damaged: something in it is impossible",
            "le classeur est endommagé : son contenu est incohérent",
        ))
    })
}

#[cfg(test)]
mod tests;
