"""DuckDB's directory: duckdb_users.py FIRST.csv USERS.duckdb"""

import sys

import duckdb

from columns import DATES, ORDER

file, users = sys.argv[1:]
types = {name: "DATE" if name in DATES else "VARCHAR" for name in ORDER}
db = duckdb.connect(users)
db.execute(
    f"CREATE TABLE users AS SELECT * FROM read_csv('{file}', delim = ';', header = true, columns = {types}, "
    "dateformat = '%d/%m/%Y')"
)
