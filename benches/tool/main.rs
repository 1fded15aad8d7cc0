//! What `benches/run` needs beside Passerelle: files of a company, the cost of a command, and a bare reader of workbooks.

#[path = "../import/alone.rs"]
mod alone;
#[path = "../company/mod.rs"]
mod company;

use std::error::Error;
use std::path::PathBuf;
use std::process::ExitCode;

use calamine::{Reader, Xlsx, open_workbook};
use clap::Parser;

#[derive(Parser)]
#[command(
    after_help = "With `--measure-alone COMMAND…`: its exit code, µs on the clock, µs of the processor, peak KiB."
)]
enum Verb {
    /// Write one file; of a dirty one, print how many findings of each code were planted
    File(company::Order),
    /// Write the site into a folder, with its reference lists
    Site { folder: PathBuf },
    /// Count the cells of a workbook with calamine's reader of cells, and nothing else
    Cells { workbook: PathBuf },
}

fn main() -> Result<ExitCode, Box<dyn Error>> {
    if let Some(done) = alone::alone() {
        return Ok(done);
    }
    match Verb::parse() {
        Verb::File(order) => order.write()?.iter().for_each(|(code, count)| println!("{code} {count}")),
        Verb::Site { folder } => company::write_site(&folder)?,
        Verb::Cells { workbook } => {
            let mut workbook: Xlsx<_> = open_workbook(workbook)?;
            let sheet = workbook.sheet_names()[0].clone();
            let mut cells = workbook.worksheet_cells_reader(&sheet)?;
            let mut count = 0;
            while cells.next_cell()?.is_some() {
                count += 1;
            }
            println!("{count}");
        }
    }
    Ok(ExitCode::SUCCESS)
}
