//! The head of a text: the separator, the headings, where the rows below them start, and how these look.

use std::ops::ControlFlow;

use crate::format::heading::Heading;
use crate::format::shape::Shape;
use crate::format::split::{Row, Splitter};
use crate::format::{quote, separator, unreadable};
use crate::model::{Finding, Place};

pub(super) struct Head {
    pub separator: u8,
    pub heading: Heading,
    /// About a heading row whose quotes went wrong.
    pub flaw: Option<Finding>,
    pub shape: Shape,
    /// Where the first row below the headings starts, in bytes of the text.
    pub below: usize,
    /// Its number and its line.
    pub place: (u32, u32),
}

impl Head {
    /// Reads the start of a text, or the whole of it; nothing where more of it is needed to tell.
    ///
    /// # Errors
    /// There is nothing but blanks.
    pub fn of(text: &str, is_whole: bool, is_heading: &dyn Fn(&str) -> bool) -> Option<Result<Head, Finding>> {
        let splitter = match separator::recognise(text, is_whole, is_heading) {
            ControlFlow::Continue(()) => return None,
            ControlFlow::Break(found) => found,
        };
        match splitter {
            Some((splitter, heading)) => Head::below(splitter, heading, is_whole).map(Ok),
            None => Some(Err(unreadable::is_blank())),
        }
    }

    fn below(mut splitter: Splitter<'_>, heading: Heading, is_whole: bool) -> Option<Head> {
        let mut row = Row::default();
        while splitter.next(&mut row) && row.number < heading.row {}
        let flaw = flaw(&row, &heading);
        splitter.width = Some(heading.cells.len());
        let (below, place) = (splitter.at(), splitter.next_place());
        let separator = splitter.separator();
        let shape = Shape::learn(&mut splitter, heading.cells.len());
        (is_whole || !splitter.saw_end()).then_some(Head { separator, heading, flaw, shape, below, place })
    }
}

/// Headings that cannot be told apart with certainty put every column in doubt: the file is refused.
fn flaw(row: &Row, heading: &Heading) -> Option<Finding> {
    let (column, flaw) = row.flaw?;
    let cell = heading.cells.get(column).map_or("", String::as_str);
    let place = Place { column: Some(column as u32), ..Place::FILE };
    Some(quote::error(flaw, place, cell))
}
