"""Whether everybody did the work: as many operations, and exactly the mistakes that were planted."""

from collections import Counter

from .works import OURS


def checks(works):
    """What was compared, in sentences, and whether all is right."""
    told = [*operations(works), *mistakes(works)]
    return [sentence for sentence, _ in told], all(right for _, right in told)


def operations(works):
    if ("import", "DuckDB") not in works.runs:
        return
    company = works.company(works.rows)
    company.drop("changed.csv")
    report = company.passerelle(["import", "users", "--dry-run"], {0})["imports"][0]
    company.pick_up("changed.csv")
    counts = {OURS: (report["created"], report["updated"])}
    for who in ("duckdb", "polars"):
        lines = (company.folder / f"{who}.jsonl").read_text().split("\n")
        counts[who] = tuple(sum(f'"op":"{op}"' in line for line in lines) for op in ("create", "update"))
    shown = ", ".join(f"{who} {created:,} + {updated:,}" for who, (created, updated) in counts.items())
    yield f"Operations (created + updated): {shown}.", len(set(counts.values())) == 1


def mistakes(works):
    if ("import, 5 % dirty", OURS) not in works.runs:
        return
    company = works.company(works.rows)
    planted = company.planted("dirty.csv")
    company.drop("dirty.csv")
    report = company.passerelle(["import", "users", "--dry-run"], {4})["imports"][0]
    company.pick_up("dirty.csv")
    found = Counter(report["unlisted"]) + Counter(finding["code"] for finding in report["findings"])
    differ = {code: (planted.get(code, 0), found[code]) for code in {*planted, *found} if planted.get(code) != found[code]}
    yield (
        f"Planted mistakes: {sum(planted.values()):,} of {len(planted)} kinds; "
        + (f"found otherwise (planted, found): {differ}." if differ else "exactly these were found."),
        not differ,
    )
