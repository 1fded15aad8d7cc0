"""What `cargo bench --bench transfer` measures: files sent to real servers on this machine."""

import subprocess

from .cost import Cost
from .tools import ROOT, say
from .works import OURS

WORDS = {"sftp": "SFTP upload, 64", "ftps": "FTPS upload"}


def measured(word, rounds):
    """The time on the clock by work and program."""
    say(f"cargo bench --bench transfer: {WORDS[word]} …")
    command = ["cargo", "bench", "--quiet", "--bench", "transfer", "--", str(rounds), WORDS[word]]
    told = subprocess.run(command, cwd=ROOT, check=True, capture_output=True, text=True).stdout
    costs = {}
    for line in told.split("\n"):
        cells = [cell.strip() for cell in line.strip("|").split("|")]
        if len(cells) == 7 and cells[2].replace(".", "").isdigit():
            who = OURS if cells[1] == "passerelle" else cells[1]
            costs[cells[0], who] = Cost(float(cells[2]), None, None)
    return costs
