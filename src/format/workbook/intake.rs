//! The cells of a sheet on their way into rows, and the rows in pieces to whoever wants them.

use std::io;
use std::ops::ControlFlow;

use super::{CELL_WITHOUT_HEADING, Cell, State};
use crate::format::heading::Heading;
use crate::format::layout::{Layout, UNCALCULATED};
use crate::format::rows::{Rows, excerpt};
use crate::format::{Piece, package};
use crate::model::{Finding, Text};

pub(super) struct Intake<'a> {
    layout: &'a Layout,
    heading_row: u32,
    rows: Rows,
    /// The row that is being written; the heading's where there is none yet.
    current: u32,
    memory_at_most: u64,
    take: &'a mut dyn FnMut(Piece) -> io::Result<()>,
    /// Why no more cells are wanted.
    stopped: Option<io::Result<Finding>>,
}

impl<'a> Intake<'a> {
    pub fn new(
        heading: &Heading,
        layout: &'a Layout,
        memory_at_most: u64,
        take: &'a mut dyn FnMut(Piece) -> io::Result<()>,
    ) -> Intake<'a> {
        let (rows, heading_row) = (Rows::below(heading), heading.row);
        Intake { layout, heading_row, rows, current: heading_row, memory_at_most, take, stopped: None }
    }

    pub fn cell(&mut self, cell: &Cell<'_>) -> ControlFlow<()> {
        if cell.row <= self.heading_row {
            return ControlFlow::Continue(());
        }
        if cell.row != self.current {
            self.start_row(cell.row)?;
        }
        self.write(cell);
        if self.rows.memory() as u64 > self.memory_at_most {
            return self.stop(Ok(package::too_large()));
        }
        ControlFlow::Continue(())
    }

    pub fn end(mut self) -> io::Result<Result<Vec<Finding>, Finding>> {
        if let Some(stopped) = self.stopped {
            return stopped.map(Err);
        }
        if self.current != self.heading_row {
            self.rows.end();
        }
        let (piece, of_file) = self.rows.last_piece();
        (self.take)(piece)?;
        Ok(Ok(of_file))
    }

    fn start_row(&mut self, number: u32) -> ControlFlow<()> {
        if self.current != self.heading_row {
            self.rows.end();
            let given = self.rows.piece().map(|piece| (self.take)(piece));
            if let Some(Err(failed)) = given {
                return self.stop(Err(failed));
            }
        }
        self.rows.start(number, None);
        self.layout.report_row(number, &mut self.rows);
        self.current = number;
        ControlFlow::Continue(())
    }

    fn stop(&mut self, why: io::Result<Finding>) -> ControlFlow<()> {
        self.stopped = Some(why);
        ControlFlow::Break(())
    }

    /// A cell that is not in the file is an empty one; a cell below no heading is under no other column by mistake, as it
    /// might be in CSV, and spoils nothing.
    fn write(&mut self, cell: &Cell<'_>) {
        let rows = &mut self.rows;
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
                let problem = Text::of(
                    "is an error of the spreadsheet, not a value",
                    "est une erreur du tableur, pas une valeur",
                );
                let finding = Finding::error("spreadsheet-error", rows.place(cell.column), problem);
                let expected = Text::of("a value, or an empty cell", "une valeur, ou une cellule vide");
                rows.report(finding.read(excerpt(&cell.text)).expected(expected));
            }
            State::Uncalculated => {
                let problem = Text::of(
                    "has a formula that was never calculated",
                    "contient une formule qui n'a jamais été calculée",
                );
                let finding = UNCALCULATED.at(rows.place(cell.column), problem);
                let expected = Text::of(
                    "a value, or the workbook opened and saved with a spreadsheet",
                    "une valeur, ou le classeur ouvert et enregistré avec un tableur",
                );
                rows.report(finding.expected(expected));
            }
        }
    }
}
