"""polars' directory: polars_users.py FIRST.csv USERS.parquet"""

import sys

import polars as pl

from columns import DATES, ORDER

file, users = sys.argv[1:]
days = [pl.col(name).str.to_date("%d/%m/%Y") for name in DATES]
scan = pl.scan_csv(file, separator=";", schema={name: pl.String for name in ORDER})
scan.with_columns(days).sink_parquet(users)
