//! `cargo bench --bench import [-- PEOPLE]`: what a night of a big company costs, 100,000 people unless told otherwise.
//!
//! It prints a table and judges nothing: see it beside the one of another day on the same machine.

mod company;
mod measure;

use std::fs;
use std::path::Path;
use std::process::ExitCode;

use company::Version;
use measure::{Cost, cost_of};
use rust_xlsxwriter::Workbook;

const PASSERELLE: &str = env!("CARGO_BIN_EXE_passerelle");

const SITE: &str = r#"
timezone = "Europe/Paris"
[state]
path = "state.db"

[server.files.directory]
path = "files"

[people.users.directory]
lists = { departments = "departments.csv", establishments = "establishments.csv", roles = "roles.csv" }

[people.hr.file]
server = "files"
file = "hr.csv"
profile = "hr-file"

[import.users]
profile = "lucca-users"
people = "users"
server = "files"
files = "in/*"
identify-by = "login"
ready = { stable-for = 0 }
brakes = { creations = "100%", updates = "100%", shrink = "100%", floor = 100000000 }

[export.skillup]
profile = "skillup"
people = "hr"
server = "files"
empty-required = "leave-out"
brakes = { shrink = "20%" }
optional = [
    "Job title", "Gender", "Phone", "Date of birth", "Date of joining the company", "Date of leaving the company",
    "Contract", "Contract type", "Company", "Management", "Department", "Service", "Manager Email", "Mail N+2",
    "Annual gross salary",
]
sensitive."Date of birth" = { because = "a benchmark", approved-by = "nobody", on = "2026-11-23" }
sensitive."Annual gross salary" = { because = "a benchmark", approved-by = "nobody", on = "2026-11-23" }
"#;

fn main() -> ExitCode {
    if let Some(done) = measure::alone() {
        return done;
    }
    let people = std::env::args().find_map(|argument| argument.parse().ok()).unwrap_or(100_000);
    let folder = tempfile::tempdir().expect("a folder");
    let site = folder.path();
    fs::create_dir_all(site.join("files/in")).expect("a folder");
    fs::write(site.join("passerelle.toml"), SITE).expect("a site");
    fs::write(site.join("files/hr.csv"), company::hr_file(people)).expect("an extract");
    company::write_lists(site);

    println!("{}\n", machine());
    println!("| {people} people | wall s | CPU s | peak MiB |\n|---|---|---|---|");
    tell("start: `--version`", &cost_of(site, &[PASSERELLE, "--version"], 0));
    drop_file(site, "few.csv", &company::partner_file(10, Version::First));
    tell("10 rows, dry run", &cost_of(site, &[PASSERELLE, "import", "users", "--dry-run"], 0));
    fs::remove_file(site.join("files/in/few.csv")).expect("a dry run leaves it there");

    let changed = company::partner_file(people, Version::Changed);
    drop_file(site, "opening.csv", &company::partner_file(people, Version::First));
    tell("all created", &cost_of(site, &[PASSERELLE, "import", "users"], 0));
    drop_file(site, "changed.csv", &changed);
    tell("2 % changed and 1 % new, dry run", &cost_of(site, &[PASSERELLE, "import", "users", "--dry-run"], 0));
    tell("2 % changed and 1 % new", &cost_of(site, &[PASSERELLE, "import", "users"], 0));
    drop_file(site, "again.csv", &changed);
    tell("nothing changed", &cost_of(site, &[PASSERELLE, "import", "users"], 0));
    drop_file(site, "dirty.csv", &company::partner_file(people, Version::Dirty));
    tell("5 % with a mistake, dry run", &cost_of(site, &[PASSERELLE, "import", "users", "--dry-run"], 4));
    fs::remove_file(site.join("files/in/dirty.csv")).expect("a dry run leaves it there");
    tell("export of 20 columns", &cost_of(site, &[PASSERELLE, "export", "skillup"], 0));

    drop_workbook(site, "changed.xlsx", &changed);
    tell("the same as a workbook, dry run", &cost_of(site, &[PASSERELLE, "import", "users", "--dry-run"], 0));
    fs::remove_file(site.join("files/in/changed.xlsx")).expect("a dry run leaves it there");
    drop_file(site, "rotten.csv", &company::partner_file(2 * people, Version::Rotten));
    let page = ["--html", "report.html"];
    let dry = [&[PASSERELLE, "import", "users", "--dry-run"], &page[..]].concat();
    tell("twice the rows, three mistakes in each, dry run", &cost_of(site, &dry, 4));
    tell("twice the rows, three mistakes in each", &cost_of(site, &[PASSERELLE, "import", "users"], 4));
    ExitCode::SUCCESS
}

fn drop_file(site: &Path, name: &str, content: &str) {
    fs::write(site.join("files/in").join(name), content).expect("a drop");
}

fn drop_workbook(site: &Path, name: &str, content: &str) {
    let mut workbook = Workbook::new();
    let sheet = workbook.add_worksheet();
    for (row, line) in (0..).zip(content.lines()) {
        for (column, cell) in (0..).zip(line.split(';')).filter(|(_, cell)| !cell.is_empty()) {
            sheet.write_string(row, column, cell).expect("a sheet takes so many rows");
        }
    }
    workbook.save(site.join("files/in").join(name)).expect("a drop");
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
