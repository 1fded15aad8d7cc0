"""The export of 20 columns with DuckDB: duckdb_export.py HR.csv OUT.csv"""

import sys

import duckdb

file, out = sys.argv[1:]
DATES = ["Date de naissance", "Date d'entrée", "Date de sortie"]
HEADINGS = [
    "Matricule", "Nom", "Prénom", "Email", "Login", "Téléphone", "Sexe", "Date de naissance", "Date d'entrée",
    "Date de sortie", "Contrat", "Type de contrat", "Société", "Établissement", "Direction", "Département", "Service",
    "Fonction", "Matricule manager", "Email manager", "Salaire brut annuel",
]
types = {name: "DATE" if name in DATES else "VARCHAR" for name in HEADINGS}
columns = ", ".join(f"\"{name}\": '{its}'" for name, its in types.items())
db = duckdb.connect()
db.execute("SET threads = 2")
db.execute(
    f"CREATE TEMP TABLE hr AS SELECT * FROM read_csv('{file}', delim = ';', header = true, columns = {{{columns}}}, "
    "dateformat = '%d/%m/%Y')"
)
db.execute(f"""
    COPY (
        SELECT e."Login" AS "Login (email)", e."Matricule" AS "Employee Number", e."Nom" AS "Last name",
            e."Prénom" AS "First name", e."Matricule manager" AS "Manager Number", e."Fonction" AS "Job title",
            e."Sexe" AS "Gender", e."Téléphone" AS "Phone", e."Date de naissance" AS "Date of birth",
            e."Date d'entrée" AS "Date of joining the company", e."Date de sortie" AS "Date of leaving the company",
            e."Contrat" AS "Contract", e."Type de contrat" AS "Contract type", e."Société" AS "Company",
            e."Direction" AS "Management", e."Département" AS "Department", e."Service", e."Email manager" AS "Manager Email",
            m."Email manager" AS "Mail N+2", e."Salaire brut annuel" AS "Annual gross salary"
        FROM hr e LEFT JOIN hr m ON m."Matricule" = e."Matricule manager"
        WHERE e."Login" IS NOT NULL AND e."Matricule" IS NOT NULL AND e."Nom" IS NOT NULL AND e."Prénom" IS NOT NULL
            AND regexp_matches(e."Email", '^[^@\\s]+@[^@\\s]+\\.[^@\\s.]+$')
    ) TO '{out}' (DELIMITER ';', HEADER, DATEFORMAT '%d/%m/%Y')
""")
