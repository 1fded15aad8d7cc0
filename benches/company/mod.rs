//! A made-up company of any size, always the same one: what a partner writes about its people, and what HR knows.
//!
//! Rows are made one by one, from their number alone: files of any size are written in flat memory.

mod form;
mod mistake;
mod person;
mod site;

use std::collections::BTreeMap;
use std::io;
use std::path::PathBuf;

use clap::{Parser, ValueEnum};

use form::{Encoding, LineEnd, Out, Quoting};
use person::Company;

pub use site::write_site;

/// One file of the company.
#[derive(Parser)]
pub struct Order {
    people: usize,
    what: What,
    /// A workbook where it ends in `.xlsx`.
    path: PathBuf,
    #[arg(long, default_value_t = 1)]
    seed: u64,
    /// Of a dirty file: how many rows of a hundred have a mistake.
    #[arg(long, default_value_t = 5, value_parser = clap::value_parser!(u16).range(1..=50))]
    dirty: u16,
    #[arg(long, value_enum, default_value_t)]
    encoding: Encoding,
    #[arg(long, value_enum, default_value_t)]
    line_end: LineEnd,
    #[arg(long, value_enum, default_value_t)]
    quoting: Quoting,
}

#[derive(Clone, Copy, PartialEq, Eq, ValueEnum)]
pub enum What {
    /// Everybody, in the user-import format: 16 columns, about 200 bytes a row; the rows stand in no order of people.
    First,
    /// 2 % have a new department, and 1 % more people are there.
    Changed,
    /// As changed, and some rows have a mistake.
    Dirty,
    /// As changed, and every row has three mistakes, the first one an unclosed quote, too.
    Rotten,
    /// An extract of the HR system: 21 columns, from which an export of 20 is made.
    Hr,
}

/// How many findings of each code were planted in a dirty file.
pub type Planted = BTreeMap<&'static str, usize>;

impl Order {
    pub fn write(&self) -> io::Result<Planted> {
        let company = Company { people: self.people, seed: self.seed };
        let mut out = Out::create(&self.path, self.encoding, self.line_end, self.quoting)?;
        let mut planted = Planted::new();
        match self.what {
            What::Hr => {
                out.row(person::EXTRACT)?;
                (0..company.people).try_for_each(|row| out.row(&company.extract(row)))?;
            }
            what => {
                let comes = if what == What::First { 0 } else { company.people / 100 };
                out.row(person::HEADINGS)?;
                for row in 0..company.people + comes {
                    self.write_user(&company, row, comes, &mut out, &mut planted)?;
                }
            }
        }
        out.close()?;
        Ok(planted)
    }

    fn write_user(
        &self,
        company: &Company,
        row: usize,
        comes: usize,
        out: &mut Out,
        planted: &mut Planted,
    ) -> io::Result<()> {
        let is_changed = self.what != What::First;
        let mut cells = company.user(row, comes, is_changed);
        let every = 100 / usize::from(self.dirty);
        match self.what {
            What::Dirty if row % every == every / 2 => {
                let mistake = mistake::of_turn(row / every);
                // The row before is a clean one, because no two that follow one another are spoilt.
                mistake.plant(&mut cells, &company.user(row - 1, comes, is_changed));
                mistake.count(planted);
                if mistake.is_raw { out.raw(&cells) } else { out.row(&cells) }
            }
            What::Rotten => {
                let copy = cells.clone();
                (row..row + 3).for_each(|turn| mistake::in_cell(turn).plant(&mut cells, &copy));
                if row == 0 {
                    cells[1].insert(0, '"');
                }
                out.raw(&cells)
            }
            _ => out.row(&cells),
        }
    }
}
