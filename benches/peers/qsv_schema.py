"""A JSON Schema of the 16 columns for `qsv validate`, without the lists, which nobody knows who only has the file:
qsv_schema.py SCHEMA.json"""

import json
import sys

from columns import CULTURES, MAIL, ORDER, PHONE, REQUIRED

[schema] = sys.argv[1:]
DAY = "^(0[1-9]|[12][0-9]|3[01])/(0[1-9]|1[0-2])/[0-9]{4}$"
rules = {
    "mail": {"pattern": MAIL},
    "dtContractStart": {"pattern": DAY},
    "dtContractEnd": {"pattern": DAY},
    "dtBirth": {"pattern": DAY},
    "professionalMobile": {"pattern": PHONE},
    "culture": {"enum": CULTURES + [None]},
}


def column(name):
    needed = name == "login" or name in REQUIRED
    return {"type": "string" if needed else ["string", "null"], **rules.get(name, {})}


with open(schema, "w") as out:
    json.dump(
        {
            "$schema": "https://json-schema.org/draft/2020-12/schema",
            "type": "object",
            "properties": {name: column(name) for name in ORDER},
            "required": ["login", *REQUIRED],
        },
        out,
        indent=1,
    )
