"""The import with polars, lazily: typed read, checks, join with the directory, operations as JSON Lines.

polars_import.py USERS.parquet FILE.csv FOLDER-OF-LISTS OPERATIONS.jsonl FINDINGS.csv
"""

import sys

import polars as pl

from columns import CULTURES, DAMAGE, DAMAGED, DATES, LISTS, MAIL, ORDER, PHONE, REQUIRED

users, file, lists, operations, findings = sys.argv[1:]
col = pl.col
known = pl.scan_parquet(users)
days = [col(name).str.to_date("%d/%m/%Y", strict=False).alias(f"{name}_day") for name in DATES]
scan = pl.scan_csv(file, separator=";", schema={name: pl.String for name in ORDER}, row_index_name="row")
delivered = scan.with_columns(days)

labels = {name: pl.read_csv(f"{lists}/{name}", separator=";", infer_schema=False)["name"] for name in LISTS.values()}
logins = pl.concat([known.select("login"), scan.select(col("login").str.to_lowercase())]).collect()["login"].unique()
key = ["legalEntity", "employeenumber"]
checks = {
    "missing-key": col("login").is_null(),
    "bad-mail": ~col("mail").str.contains(MAIL),
    "bad-phone": ~col("professionalMobile").str.contains(PHONE),
    "not-allowed": ~col("culture").is_in(CULTURES),
    "end-before-start": col("dtContractEnd_day") < col("dtContractStart_day"),
    "unknown-manager": ~col("manager").str.to_lowercase().is_in(logins.implode()),
    "duplicate-key": col("login").is_not_null() & col("login").is_duplicated(),
    "in-two-rows": (col("mail").is_not_null() & col("mail").is_duplicated())
    | (col("employeenumber").is_not_null() & pl.struct(key).is_duplicated()),
    "missing-value": pl.any_horizontal(col(*REQUIRED).is_null()) & ~col("login").is_in(logins.implode()),
    **{f"bad-date in {name}": col(name).is_not_null() & col(f"{name}_day").is_null() for name in DATES},
    **{f"damage in {name}": col(name).str.contains(DAMAGE) for name in DAMAGED},
    **{f"unknown-label in {name}": ~col(name).is_in(labels[its].implode()) for name, its in LISTS.items()},
}
wrong = pl.concat_list(pl.when(expression).then(pl.lit(code)) for code, expression in checks.items()).list.drop_nulls()
checked = delivered.with_columns(wrong.alias("codes")).collect(engine="streaming").lazy()
checked.filter(col("codes").list.len() > 0).select("row", col("codes").list.join(", ")).sink_csv(findings)

typed = [col(f"{name}_day").alias(name) for name in DATES]
good = checked.filter(col("codes").list.len() == 0).with_columns(typed).select(ORDER)
fields = [name for name in ORDER if name != "login"]


def differs(name):
    # An empty cell keeps what is there; the case of a manager's login makes no difference.
    new, old = col(name), col(f"{name}_known")
    if name == "manager":
        new, old = new.str.to_lowercase(), old.str.to_lowercase()
    return new.is_not_null() & new.ne_missing(old)


changes = [
    pl.when(differs(name)).then(pl.struct(pl.lit(name).alias("field"), old.alias("from"), new.alias("to")))
    for name in fields
    for old, new in [(col(f"{name}_known").cast(pl.String), col(name).cast(pl.String))]
]
updates = (
    good.join(known, on="login", suffix="_known")
    .filter(pl.any_horizontal([differs(name) for name in fields]))
    .select(pl.lit("update").alias("op"), "login", pl.concat_list(changes).list.drop_nulls().alias("changes"))
)
creations = good.join(known, on="login", how="anti").select(
    pl.lit("create").alias("op"), "login", pl.struct(fields).alias("fields")
)
pl.concat([updates, creations], how="diagonal").sink_ndjson(operations)
