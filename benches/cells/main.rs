//! `cargo bench --bench cells`: what the checks of one cell cost, column by column and file by file.
//!
//! Times are of all cells of [`ROWS`] rows; `elem/s` counts cells. For instructions: `valgrind --tool=callgrind` on the
//! program that `cargo bench --bench cells --no-run` names, with `--test`, which reads every cell once.

#[path = "../company/mod.rs"]
mod company;

use std::fs;
use std::hint::black_box;
use std::path::Path;

use clap::Parser;
use company::Order;
use criterion::{Criterion, Throughput};
use passerelle::format::{self, Reading};
use passerelle::model::{People, Severity, Table};
use passerelle::profile::{self, Profiles};
use passerelle::rule::form::{Form, Scratch};
use passerelle::rule::lists::{Entry, List, Lists};
use passerelle::rule::{self, Additions, Contract, Recognised, Surroundings};

const ROWS: usize = 2_000;
const COLUMNS: usize = 16;
/// What the company's order calls them: a clean file, one with some mistakes, and one with three in each row.
const FILES: [&str; 3] = ["changed", "dirty", "rotten"];

/// The cells of one column are asked of its form.
struct Column<'a> {
    form: Form<'a>,
    scratch: Scratch<'a>,
}

fn main() {
    let mut criterion = Criterion::default().configure_from_args();
    let profiles = Profiles::load(None).expect("what is shipped is right");
    let profile = profiles.get("lucca-users").expect("it is shipped");
    let profile::Contract::Import(import) = &profile.contract else { panic!("it is for imports") };
    let contract = Contract { columns: &import.columns, identify_by: &[], creates: false, twins: Severity::Remark };
    let folder = tempfile::tempdir().expect("a folder");
    company::write_site(folder.path()).expect("a site");
    let additions = Additions { lists: lists(folder.path()), ..Additions::default() };
    for name in FILES {
        let reading = read(&folder.path().join(name), &contract);
        let recognised = rule::recognise(&reading.heading, &contract, &[]);
        let mut columns = columns(&recognised, &contract, &additions.lists);
        ask(&mut criterion, name, &reading.table, &mut columns);
        check(&mut criterion, name, &recognised, &reading, &contract, &additions);
        if name == FILES[0] {
            let headings = recognised.headings.iter().map(|heading| &**heading);
            ask_each(&mut criterion, headings.zip(&mut columns), &reading.table);
        }
    }
    criterion.final_summary();
}

/// Row by row, is every cell in order?
fn ask(criterion: &mut Criterion, name: &str, table: &Table, columns: &mut [Column<'_>]) {
    let mut group = criterion.benchmark_group("cells");
    group.throughput(Throughput::Elements((table.len() * COLUMNS) as u64));
    group.bench_function(name, |bencher| bencher.iter(|| count_plain(table, columns)));
    group.finish();
}

#[inline(never)]
fn count_plain(table: &Table, columns: &mut [Column<'_>]) -> usize {
    let is_plain =
        |(cell, column): (&str, &mut Column<'_>)| black_box(column.form.plain(cell, &mut column.scratch)).is_some();
    table
        .rows()
        .map(|row| row.cells().zip(columns.iter_mut()).filter_map(|pair| is_plain(pair).then_some(())).count())
        .sum()
}

fn ask_each<'h, 'c, 'a: 'c>(
    criterion: &mut Criterion,
    columns: impl Iterator<Item = (&'h str, &'c mut Column<'a>)>,
    table: &Table,
) {
    let mut group = criterion.benchmark_group("column");
    group.throughput(Throughput::Elements(table.len() as u64));
    for (index, (heading, Column { form, scratch })) in columns.enumerate() {
        group.bench_function(heading, |bencher| {
            bencher
                .iter(|| table.rows().filter(|row| black_box(form.plain(row.cell(index), scratch)).is_some()).count());
        });
    }
    group.finish();
}

/// All that is checked of a file whose rows are compared with nobody, and its rows written down.
fn check(
    criterion: &mut Criterion,
    name: &str,
    recognised: &Recognised,
    reading: &Reading,
    contract: &Contract<'_>,
    additions: &Additions,
) {
    let around = Surroundings { known: &People::unknown(), others: None, additions, absent_on: None };
    let Reading { table, findings, .. } = reading;
    let mut group = criterion.benchmark_group("file");
    group.throughput(Throughput::Elements((table.len() * COLUMNS) as u64));
    group.bench_function(name, |bencher| {
        bencher.iter(|| rule::check(recognised, table, findings, contract, &around).left_out.len());
    });
    group.finish();
}

fn columns<'a>(recognised: &Recognised, contract: &Contract<'a>, lists: &'a Lists) -> Vec<Column<'a>> {
    let found = recognised.columns.iter().map(|found| found.as_ref().expect("every heading is known"));
    let column = |found: &rule::recognised::Found| Column {
        form: Form::new(&contract.columns[found.column], &found.field, None, lists),
        scratch: Scratch::default(),
    };
    found.map(column).collect()
}

/// Has the company write the file that is named after what it is, and reads it.
fn read(path: &Path, contract: &Contract<'_>) -> Reading {
    let what = path.file_name().and_then(|name| name.to_str()).expect("it has a name");
    let order = ["company", &ROWS.to_string(), what, path.to_str().expect("a plain path")];
    Order::parse_from(order).write().expect("there is room");
    let bytes = fs::read(path).expect("it was written");
    format::read(&bytes, &rule::knows(contract)).expect("it is a table")
}

/// As the site has them.
fn lists(folder: &Path) -> Lists {
    let mut lists = Lists::default();
    for name in ["departments", "establishments", "roles"] {
        let written = fs::read_to_string(folder.join(name).with_extension("csv")).expect("it was written");
        let entry = |(line, row): (&str, u32)| {
            let (code, name) = line.split_once(';').expect("two columns");
            Entry { row, code: code.into(), name: name.into(), ..Entry::default() }
        };
        let entries = written.lines().zip(1..).skip(1).map(entry).collect();
        lists.insert(name, List::new(entries).expect("a list"));
    }
    lists
}
