//! `cargo bench --bench cells`: what the checks of one cell cost, column by column and file by file.
//!
//! Times are of all cells of [`ROWS`] rows; `elem/s` counts cells. For instructions: `valgrind --tool=callgrind` on the
//! program that `cargo bench --bench cells --no-run` names, with `--test`, which reads every cell once.

#[expect(dead_code, reason = "only the rows that a partner delivers are wanted of the company")]
#[path = "../import/company.rs"]
mod company;

use std::hint::black_box;

use company::Version;
use criterion::{Criterion, Throughput};
use passerelle::model::table::Chunk;
use passerelle::model::{People, Severity, Table};
use passerelle::profile::{self, Profiles};
use passerelle::rule::form::{Form, Scratch};
use passerelle::rule::lists::{Entry, List, Lists};
use passerelle::rule::{self, Additions, Contract, Recognised, Surroundings};

const ROWS: usize = 2_000;
const COLUMNS: usize = 16;
const FILES: [(&str, Version); 3] =
    [("clean", Version::Changed), ("dirty", Version::Dirty), ("rotten", Version::Rotten)];

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
    let additions = Additions { lists: lists(), ..Additions::default() };
    for (name, version) in FILES {
        let (recognised, table) = read(&company::partner_file(ROWS, version), &contract);
        let mut columns = columns(&recognised, &contract, &additions.lists);
        ask(&mut criterion, name, &table, &mut columns);
        check(&mut criterion, name, &recognised, &table, &contract, &additions);
        if version == Version::Changed {
            let headings = recognised.headings.iter().map(|heading| &**heading);
            ask_each(&mut criterion, headings.zip(&mut columns), &table);
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
    table: &Table,
    contract: &Contract<'_>,
    additions: &Additions,
) {
    let around = Surroundings { known: &People::unknown(), additions, absent_on: None };
    let mut group = criterion.benchmark_group("file");
    group.throughput(Throughput::Elements((table.len() * COLUMNS) as u64));
    group.bench_function(name, |bencher| {
        bencher.iter(|| rule::check(recognised, table, &[], contract, &around).left_out.len());
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

fn read(file: &str, contract: &Contract<'_>) -> (Recognised, Table) {
    let mut lines = file.lines();
    let headings: Vec<String> = lines.next().expect("a heading").split(';').map(String::from).collect();
    let mut chunk = Chunk::default();
    for (line, number) in lines.zip(2..) {
        line.split(';').for_each(|cell| chunk.cell(cell));
        chunk.end_row(number, number);
    }
    (rule::recognise(&headings, contract, &[]), chunk.into())
}

/// As [`company::write_lists`] writes them.
fn lists() -> Lists {
    let mut lists = Lists::default();
    let mut add = |list: &str, names: Vec<String>| {
        let entry = |(name, row): (String, u32)| Entry { row, code: row.to_string(), name, ..Entry::default() };
        lists.insert(list, List::new(names.into_iter().zip(2..).map(entry).collect()).expect("a list"));
    };
    add("departments", (0..company::DEPARTMENTS).map(company::department).collect());
    add("establishments", (0..company::ESTABLISHMENTS).map(company::establishment).collect());
    add("roles", company::ROLES.map(String::from).into());
    lists
}
