"""The import with DuckDB: typed read with rejects, checks, join with the directory, operations as JSON Lines.

duckdb_import.py USERS.duckdb FILE.csv FOLDER-OF-LISTS OPERATIONS.jsonl FINDINGS.csv
"""

import sys

import duckdb

from columns import CULTURES, DAMAGE, DAMAGED, DATES, LISTS, MAIL, ORDER, PHONE, REQUIRED

users, file, lists, operations, findings = sys.argv[1:]
types = {name: "DATE" if name in DATES else "VARCHAR" for name in ORDER}
db = duckdb.connect()
db.execute("SET threads = 2")
db.execute(f"ATTACH '{users}' AS directory (READ_ONLY)")
db.execute(f"""
    CREATE TEMP TABLE delivered AS
    SELECT * FROM read_csv('{file}', delim = ';', quote = '"', header = true, columns = {types},
                           dateformat = '%d/%m/%Y', store_rejects = true, rejects_limit = 0)
""")
for name in sorted(set(LISTS.values())):
    db.execute(f"CREATE TEMP TABLE \"{name}\" AS SELECT * FROM read_csv('{lists}/{name}', delim = ';', all_varchar = true)")


def check(code, condition):
    return f"SELECT d.rowid AS row, '{code}' AS code FROM delivered d WHERE {condition}"


def repeated(code, columns):
    return (
        f"SELECT d.rowid, '{code}' FROM delivered d SEMI JOIN "
        f"(SELECT {columns} FROM delivered WHERE ({columns}) IS NOT NULL GROUP BY ALL HAVING count(*) > 1) "
        f"USING ({columns})"
    )


checks = [
    check("missing-key", "login IS NULL"),
    check("bad-mail", f"NOT regexp_matches(mail, '{MAIL}')"),
    check("bad-phone", f"NOT regexp_matches(professionalMobile, '{PHONE}')"),
    check("not-allowed", f"culture NOT IN {tuple(CULTURES)}"),
    check("end-before-start", "dtContractEnd < dtContractStart"),
    *(check("damage", f"regexp_matches({column}, '{DAMAGE}')") for column in DAMAGED),
    *(check("unknown-label", f'{column} NOT IN (SELECT name FROM "{name}")') for column, name in LISTS.items()),
    check(
        "unknown-manager",
        "manager IS NOT NULL AND lower(manager) NOT IN "
        "(SELECT login FROM directory.users UNION SELECT lower(login) FROM delivered WHERE login IS NOT NULL)",
    ),
    repeated("duplicate-key", "login"),
    repeated("in-two-rows", "mail"),
    repeated("in-two-rows", "legalEntity, employeenumber"),
    check(
        "missing-value",
        f"({' OR '.join(f'{name} IS NULL' for name in REQUIRED)}) "
        "AND login NOT IN (SELECT login FROM directory.users)",
    ),
]
db.execute(f"CREATE TEMP TABLE findings AS {' UNION ALL '.join(checks)}")
db.execute(f"""
    COPY (SELECT row, code, NULL AS said FROM findings
          UNION ALL SELECT line, error_type::VARCHAR, error_message FROM reject_errors) TO '{findings}' (HEADER)
""")

fields = [name for name in ORDER if name != "login"]


def differs(name):
    # An empty cell keeps what is there; the case of a manager's login makes no difference.
    new, old = (f"lower({it}.manager)" if name == "manager" else f"{it}.{name}" for it in ("d", "u"))
    return f"({new} IS NOT NULL AND {new} IS DISTINCT FROM {old})"


changes = ", ".join(
    f"CASE WHEN {differs(name)} THEN {{'field': '{name}', 'from': u.{name}::VARCHAR, 'to': d.{name}::VARCHAR}} END"
    for name in fields
)
db.execute(f"""
    COPY (
        WITH good AS (SELECT * FROM delivered d WHERE d.rowid NOT IN (SELECT row FROM findings))
        SELECT 'update' AS op, d.login, list_filter([{changes}], lambda it: it IS NOT NULL) AS changes, NULL AS fields
        FROM good d JOIN directory.users u USING (login) WHERE {' OR '.join(map(differs, fields))}
        UNION ALL
        SELECT 'create', d.login, NULL, {{{', '.join(f"'{name}': d.{name}::VARCHAR" for name in fields)}}}
        FROM good d ANTI JOIN directory.users u USING (login)
    ) TO '{operations}' (FORMAT json)
""")
