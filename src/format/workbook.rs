//! Workbooks: the first visible sheet with known headings, cell by cell, whatever the form of the file.
//!
//! To add a form: a [`Book`] in a file beside, and a line in `open`.

mod intake;

use std::borrow::Cow;
use std::fmt::Display;
use std::io;
use std::ops::ControlFlow;
use std::panic::{self, AssertUnwindSafe};
use std::sync::Arc;

use calamine::{Sheet, SheetType, SheetVisible};
use intake::Intake;

use crate::format::heading::{self, COLUMNS_AT_MOST, Heading, ROWS_LOOKED_AT};
use crate::format::layout::Layout;
use crate::format::rows::excerpt;
use crate::format::whole::Whole;
use crate::format::xlsx::Xlsx;
use crate::format::{Kind, Piece, Reading, Source, package, unreadable};
use crate::model::{Example, Finding, Place, Rule, Severity, Table, Text};
use crate::text;

/// Among the visible ones; all of them may be the same part of the archive, and a large one.
const SHEETS_LOOKED_AT: usize = 20;

/// What the cells may take in a table, in bytes, in any workbook: a text that a file has once may be in a million cells.
const MEMORY_AT_MOST: u64 = 256 * 1024 * 1024;

/// For each byte of the sheet's part they may take so much more. What refers to a text takes some 30 bytes there.
const CELLS_BY_WEIGHT: u64 = 2;

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

    /// Gives the cells of a sheet that hold something, in order, until it is told to stop.
    fn cells(
        &mut self,
        sheet: usize,
        layout: &Layout,
        give: &mut dyn FnMut(Cell<'_>) -> ControlFlow<()>,
    ) -> Result<(), Finding>;

    /// What the cells do not say.
    fn layout(&self, sheet: usize) -> Layout;
}

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

/// Such a cell is not there.
pub(super) fn is_blank(text: &str) -> bool {
    text.chars().all(char::is_whitespace)
}

/// Whether a file is read as a workbook, by its first bytes.
pub fn is_one(bytes: &[u8]) -> bool {
    unreadable::is_archive(bytes) || unreadable::is_container(bytes)
}

/// A workbook of which the sheet and the headings are found.
pub struct Workbook<'b> {
    book: Box<dyn Book + 'b>,
    sheet: usize,
    heading: Heading,
    layout: Layout,
    memory_at_most: u64,
}

impl<'b> Workbook<'b> {
    /// # Errors
    /// It is no workbook, or a damaged or protected one, or it is too large, or there is nothing to be seen in it.
    pub fn open(bytes: &'b [u8], is_heading: &dyn Fn(&str) -> bool) -> Result<Workbook<'b>, Finding> {
        let mut book = open(bytes)?;
        let (sheet, heading, layout) = choose(&mut *book, is_heading)?.ok_or_else(|| nothing_to_see(book.sheets()))?;
        if heading.cells.len() > COLUMNS_AT_MOST {
            return Err(unreadable::too_many_columns());
        }
        let memory_at_most = MEMORY_AT_MOST + layout.weight * CELLS_BY_WEIGHT;
        Ok(Workbook { book, sheet, heading, layout, memory_at_most })
    }

    /// As [`Reading::heading`].
    pub fn heading(&self) -> &[String] {
        &self.heading.cells
    }

    pub fn source(&self) -> Source {
        Source { kind: self.book.kind(), encoding: "UTF-8", separator: None, heading_row: self.heading.row }
    }

    /// What is said of the file and the sheet before any row is read.
    pub fn findings(&self) -> Vec<Finding> {
        let of_file = [sheet_remark(self.sheet, self.book.sheets()), self.heading.title()].into_iter().flatten();
        of_file.chain(self.layout.remarks(self.heading.row, self.heading.cells.len())).collect()
    }

    /// Reads all rows, and gives them on in pieces of about 1 MiB. What is said of the whole file at its end comes back: it
    /// belongs in front of what the pieces say. The inner error is the one finding about a workbook that cannot be read to
    /// its end: then no row of it counts.
    ///
    /// # Errors
    /// Those of `take`, after which nothing more is read.
    pub fn pieces(
        &mut self,
        take: &mut dyn FnMut(Piece) -> io::Result<()>,
    ) -> io::Result<Result<Vec<Finding>, Finding>> {
        let mut intake = Intake::new(&self.heading, &self.layout, self.memory_at_most, take);
        if let Err(refusal) = self.book.cells(self.sheet, &self.layout, &mut |cell| intake.cell(&cell)) {
            return Ok(Err(refusal));
        }
        intake.end()
    }
}

/// # Errors
/// As those of [`Workbook::open`] and [`Workbook::pieces`].
pub(super) fn read(bytes: &[u8], is_heading: &dyn Fn(&str) -> bool) -> Result<Reading, Finding> {
    let mut workbook = Workbook::open(bytes, is_heading)?;
    let (mut table, mut of_rows) = (Table::default(), Vec::new());
    let mut take = |piece: Piece| {
        table.append(piece.table);
        of_rows.extend(Arc::unwrap_or_clone(piece.findings));
        Ok(())
    };
    let at_end = workbook.pieces(&mut take).expect("taking never fails")?;
    let findings = workbook.findings().into_iter().chain(at_end).chain(of_rows).collect();
    Ok(Reading { heading: workbook.heading.cells.clone(), table, findings, source: workbook.source() })
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
        let rows = first_rows(book, sheet, &layout)?;
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
fn first_rows(book: &mut dyn Book, sheet: usize, layout: &Layout) -> Result<Vec<(u32, Vec<String>)>, Finding> {
    let mut rows: Vec<(u32, Vec<String>)> = Vec::new();
    book.cells(sheet, layout, &mut |cell| {
        match rows.last() {
            Some((row, _)) if *row == cell.row => {}
            Some(_) if cell.row > ROWS_LOOKED_AT => return ControlFlow::Break(()),
            _ => rows.push((cell.row, Vec::new())),
        }
        if let Some((_, row)) = rows.last_mut() {
            row.resize(cell.column.min(COLUMNS_AT_MOST), String::new());
            row.push(cell.text.into());
        }
        ControlFlow::Continue(())
    })?;
    layout.repeat_downwards(&mut rows);
    Ok(rows)
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
