"""The works: what Passerelle and each peer is told to do, in the words that a user of theirs would take."""

import shutil
from dataclasses import dataclass, field
from typing import Callable

from .company import Company
from .tools import PEERS

OURS = "Passerelle"


@dataclass
class Run:
    command: list
    folder: object
    codes: set = field(default_factory=lambda: {0})
    environment: dict = field(default_factory=dict)
    before: Callable = lambda: None
    after: Callable = lambda: None
    # At most so many rounds.
    rounds: int = 99


class Works:
    """All runs of the chosen words, by work and program."""

    def __init__(self, rows, folder, programs, words):
        self.rows = rows
        self.folder = folder
        self.programs = programs
        self.companies = {}
        self.runs = {}
        for word in words:
            getattr(self, word)()

    def company(self, people):
        if people not in self.companies:
            self.companies[people] = Company(people, self.folder, self.programs)
        return self.companies[people]

    def add(self, work, who, run):
        self.runs.setdefault((work, who), run)

    def python(self, script, *words, folder):
        return Run([self.programs.python, PEERS / f"{script}.py", *words], folder)

    def import_of(self, work, file="changed.csv", people=None, codes=(0,), rounds=99):
        """From process start to operations, written as JSON."""
        company = self.company(people or self.rows)
        company.file(file)
        company.directory()
        self.add(
            work,
            OURS,
            Run(
                [self.programs.passerelle, "--output", "json", "import", "users", "--dry-run"],
                company.site,
                set(codes),
                before=lambda: company.drop(file),
                after=lambda: company.pick_up(file),
                rounds=rounds,
            ),
        )

    # The words of the command line.

    def compare(self):
        company = self.company(self.rows)
        changed = company.file("changed.csv")
        self.import_of("import")
        duckdb = [company.users("users.duckdb", "duckdb_users"), changed, company.site, "duckdb.jsonl", "duckdb.csv"]
        polars = [company.users("users.parquet", "polars_users"), changed, company.site, "polars.jsonl", "polars.csv"]
        self.add("import", "DuckDB", self.python("duckdb_import", *duckdb, folder=company.folder))
        self.add("import", "polars", self.python("polars_import", *polars, folder=company.folder))
        sort = Run(["sort", changed], company.folder, environment={"LC_ALL": "C"})
        self.add("import", "LC_ALL=C sort", sort)
        self.add("import", "wc -l", Run(["wc", "-l", changed], company.folder))

    def diff(self):
        """Which rows are others, without a look at what they say."""
        company = self.company(self.rows)
        self.import_of("import")
        delimiters = ["--delimiter-left", ";", "--delimiter-right", ";", "--delimiter-output", ";"]
        command = [self.programs.qsv, "diff", "-k", "0", *delimiters, company.file("first.csv"), company.file("changed.csv")]
        self.add("import", "qsv diff, no checks", Run(command, company.folder))

    def validate(self):
        company = self.company(self.rows)
        changed = company.file("changed.csv")
        schema = company.folder / "schema.json"
        company.peer("qsv_schema", schema)
        try_on = [self.programs.passerelle, "import", "--dry-run", changed]
        self.add("validate only", OURS, Run(try_on, company.folder))
        qsv = [self.programs.qsv, "validate", "-d", ";", changed, schema]
        environment = {"QSV_DEFAULT_DELIMITER": ";"}
        self.add("validate only", "qsv validate", Run(qsv, company.folder, environment=environment))

    def growth(self):
        self.import_of("import, a tenth of the rows", people=self.rows // 10)
        self.import_of("import")
        self.import_of("import, five times the rows", people=5 * self.rows, rounds=3)

    def dirty(self):
        self.import_of("import")
        self.import_of("import, 5 % dirty", "dirty.csv", codes=(4,))
        self.import_of("import, every row bad", "rotten.csv", codes=(4,))

    def encodings(self):
        self.import_of("import")
        self.import_of("import, Windows-1252", "windows-1252.csv")
        self.import_of("import, UTF-8 with BOM", "bom.csv")
        self.import_of("import, CRLF", "crlf.csv")

    def small(self):
        self.import_of("import, 10,000 rows", people=10_000)
        self.import_of("import, 10 rows", people=10)
        self.add("start: --version", OURS, Run([self.programs.passerelle, "--version"], self.folder))

    def export(self):
        company, site = self.export_site("hr.csv")
        self.add("export of 20 columns", OURS, self.export_run("skillup", site))
        words = [company.file("hr.csv"), "duckdb-export.csv"]
        self.add("export of 20 columns", "DuckDB", self.python("duckdb_export", *words, folder=company.folder))

    def book(self):
        company, site = self.export_site("hr.xlsx")
        self.add("export from XLSX", OURS, self.export_run("from-book", site))
        cells = Run([self.programs.tool, "cells", company.file("hr.xlsx")], company.folder)
        self.add("export from XLSX", "calamine, cells alone", cells)

    def apply(self):
        """On a copy of the site, once."""
        company = self.company(self.rows)
        company.directory()
        copy = company.folder / "applied"

        def before():
            company.drop("changed.csv")
            shutil.copytree(company.site, copy)
            company.pick_up("changed.csv")

        apply = [self.programs.passerelle, "import", "users"]
        self.add("import, applied", OURS, Run(apply, copy, before=before, after=lambda: shutil.rmtree(copy), rounds=1))

    def export_site(self, file):
        """A site of its own, because its state begins anew each time."""
        company = self.company(self.rows)
        site = company.folder / f"export-{file}"
        shutil.rmtree(site, ignore_errors=True)
        site.parent.mkdir(parents=True, exist_ok=True)
        company.write_site(site)
        (site / "files" / file).hardlink_to(company.file(file))
        return company, site

    def export_run(self, exchange, site):
        def afresh():
            for old in [*site.glob("state.db*"), *(site / "files").glob(f"{exchange}_*")]:
                old.unlink()

        return Run([self.programs.passerelle, "export", exchange], site, before=afresh)
