"""The table in Markdown: every figure with its ratio to ours and its target; and the targets alone, for the README."""

from .targets import CLEAN, TARGETS
from .works import OURS


def table(costs):
    lines = ["| work | program | wall s | CPU s | peak MiB | target |", "|---|---|---:|---:|---:|---|"]
    for (work, who), cost in costs.items():
        reference = reference_of(work, who, costs)
        figures = [figure(cost, reference, quality) for quality in ("wall", "cpu", "memory")]
        lines.append(f"| {' | '.join([work, who, *figures, told(work, who, costs)])} |")
    return "\n".join(lines)


def reference_of(work, who, costs):
    """Ours at the same work; for ours at another import, the clean one."""
    if who != OURS:
        return costs.get((work, OURS))
    return costs.get(CLEAN) if work.startswith("import,") else None


def figure(cost, reference, quality):
    value = getattr(cost, quality)
    if value is None:
        return ""
    shown = f"{value:.0f}" if quality == "memory" else f"{value:.3f}"
    other = reference and getattr(reference, quality)
    return f"{shown} ({value / other:.2f} ×)" if other else shown


def told(work, who, costs):
    parts = []
    for target in TARGETS:
        value = target.row == (work, who) and value_of(target, costs)
        if value:
            wanted = f"{target.sign()} {target.show(target.limit)} ({target.show(target.dream)})"
            parts.append(f"{target.what}: {wanted}: **{target.show(value)}**, {target.verdict(value)}")
    return "; ".join(parts)


def value_of(target, costs):
    try:
        return target.value(costs)
    except KeyError:
        return None


def short(costs):
    """No more than 20 lines."""
    lines = ["| what | target | dream | measured |", "|---|---|---|---|"]
    for target in TARGETS:
        value = value_of(target, costs)
        if value:
            wanted = [f"{target.sign()} {target.show(limit)}" for limit in (target.limit, target.dream)]
            mark = {"missed": " (missed)", "met": "", "dream": " ★"}[target.verdict(value)]
            lines.append(f"| {target.what} | {' | '.join(wanted)} | {target.show(value)}{mark} |")
    return "\n".join(lines)
