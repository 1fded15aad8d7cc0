//! `cargo bench --bench import [-- PEOPLE]`: what a night of a big company costs, 100,000 people unless told otherwise.
//!
//! It prints a table and judges nothing: see it beside the one of another day on the same machine.

#[path = "../company/mod.rs"]
mod company;
mod measure;

use std::fs;
use std::path::Path;
use std::process::ExitCode;

use clap::Parser;
use company::Order;
use measure::{Cost, cost_of};

const PASSERELLE: &str = env!("CARGO_BIN_EXE_passerelle");

fn main() -> ExitCode {
    if let Some(done) = measure::alone() {
        return done;
    }
    let people = std::env::args().find_map(|argument| argument.parse().ok()).unwrap_or(100_000);
    let folder = tempfile::tempdir().expect("a folder");
    let site = folder.path();
    company::write_site(site).expect("a site");
    write(site, people, "hr", "files/hr.csv");

    println!("{}\n", machine());
    println!("| {people} people | wall s | CPU s | peak MiB |\n|---|---|---|---|");
    tell("start: `--version`", &cost_of(site, &[PASSERELLE, "--version"], 0));
    write(site, 10, "first", "files/in/few.csv");
    tell("10 rows, dry run", &cost_of(site, &[PASSERELLE, "import", "users", "--dry-run"], 0));
    fs::remove_file(site.join("files/in/few.csv")).expect("a dry run leaves it there");

    write(site, people, "first", "files/in/opening.csv");
    tell("all created", &cost_of(site, &[PASSERELLE, "import", "users"], 0));
    write(site, people, "changed", "files/in/changed.csv");
    tell("2 % changed and 1 % new, dry run", &cost_of(site, &[PASSERELLE, "import", "users", "--dry-run"], 0));
    tell("2 % changed and 1 % new", &cost_of(site, &[PASSERELLE, "import", "users"], 0));
    write(site, people, "changed", "files/in/again.csv");
    tell("nothing changed", &cost_of(site, &[PASSERELLE, "import", "users"], 0));
    write(site, people, "dirty", "files/in/dirty.csv");
    tell("5 % with a mistake, dry run", &cost_of(site, &[PASSERELLE, "import", "users", "--dry-run"], 4));
    fs::remove_file(site.join("files/in/dirty.csv")).expect("a dry run leaves it there");
    tell("export of 20 columns", &cost_of(site, &[PASSERELLE, "export", "skillup"], 0));

    write(site, people, "changed", "files/in/changed.xlsx");
    tell("the same as a workbook, dry run", &cost_of(site, &[PASSERELLE, "import", "users", "--dry-run"], 0));
    fs::remove_file(site.join("files/in/changed.xlsx")).expect("a dry run leaves it there");
    write(site, 2 * people, "rotten", "files/in/rotten.csv");
    let page = ["--html", "report.html"];
    let dry = [&[PASSERELLE, "import", "users", "--dry-run"], &page[..]].concat();
    tell("twice the rows, three mistakes in each, dry run", &cost_of(site, &dry, 4));
    tell("twice the rows, three mistakes in each", &cost_of(site, &[PASSERELLE, "import", "users"], 4));
    ExitCode::SUCCESS
}

fn write(site: &Path, people: usize, what: &str, file: &str) {
    let path = site.join(file).display().to_string();
    Order::parse_from(["file", &people.to_string(), what, &path]).write().expect("a file");
}

fn tell(what: &str, cost: &Cost) {
    let (wall, cpu) = (cost.wall.as_secs_f64(), cost.cpu.as_secs_f64());
    println!("| {what} | {wall:.3} | {cpu:.3} | {:.0} |", cost.memory as f64 / 1024.0);
}

fn machine() -> String {
    let information = fs::read_to_string("/proc/cpuinfo").unwrap_or_default();
    let model = information.lines().find_map(|line| line.strip_prefix("model name")?.split_once(": "));
    let cores = std::thread::available_parallelism().map_or(1, usize::from);
    let model = model.map_or("an unknown processor", |(_, model)| model);
    format!("passerelle {} on {cores} cores of {model}", env!("CARGO_PKG_VERSION"))
}
