"""Companies of several sizes: their files, and the directory that Passerelle and its peers have of them."""

import hashlib
import json
import shutil
import subprocess

from .tools import PEERS, ROOT, say

# The words of the tool for each file.
FILES = {
    "first.csv": ["first"],
    "changed.csv": ["changed"],
    "dirty.csv": ["dirty"],
    "rotten.csv": ["rotten"],
    "windows-1252.csv": ["changed", "--encoding", "windows-1252"],
    "bom.csv": ["changed", "--encoding", "utf-8-bom"],
    "crlf.csv": ["changed", "--line-end", "crlf"],
    "hr.csv": ["hr"],
    "hr.xlsx": ["hr"],
}


class Company:
    def __init__(self, people, folder, programs):
        self.people = people
        self.programs = programs
        self.folder = folder / str(people)
        self.site = self.folder / "site"
        made_by = digest(*sorted((ROOT / "benches/company").iterdir()))
        mark = self.folder / "made-by"
        if not mark.exists() or mark.read_text() != made_by:
            shutil.rmtree(self.folder, ignore_errors=True)
            self.folder.mkdir(parents=True)
            mark.write_text(made_by)

    def file(self, name):
        """Written once."""
        path = self.folder / name
        if not path.exists():
            say(f"Writing {name} of {self.people:,} people …")
            part = path.with_name(f"part-{name}")
            command = [self.programs.tool, "file", str(self.people), *FILES[name], part]
            planted = subprocess.run(command, check=True, capture_output=True, text=True).stdout
            path.with_suffix(".planted").write_text(planted)
            part.rename(path)
        return path

    def planted(self, name):
        lines = self.file(name).with_suffix(".planted").read_text().split("\n")
        return {code: int(count) for code, count in (line.split() for line in lines if line)}

    def directory(self):
        """Filled by an import of the first file; a second one with no change makes it as it is on any night."""
        mark = self.folder / "filled-by"
        filled_by = digest(self.programs.passerelle)
        if mark.exists() and mark.read_text() == filled_by:
            return
        say(f"Filling a directory of {self.people:,} people …")
        mark.unlink(missing_ok=True)
        shutil.rmtree(self.site, ignore_errors=True)
        self.write_site(self.site)
        for name in ("opening.csv", "unchanged.csv"):
            self.drop("first.csv", name)
            self.passerelle(["import", "users"], {0})
        mark.write_text(filled_by)

    def write_site(self, folder):
        subprocess.run([self.programs.tool, "site", folder], check=True)

    def drop(self, name, under=None):
        path = self.site / "files/in" / (under or name)
        path.unlink(missing_ok=True)
        path.hardlink_to(self.file(name))

    def pick_up(self, name, under=None):
        (self.site / "files/in" / (under or name)).unlink(missing_ok=True)

    def passerelle(self, words, codes):
        """The report of an invocation that is not measured."""
        done = subprocess.run(
            [self.programs.passerelle, "--output", "json", *words], cwd=self.site, capture_output=True, check=False
        )
        if done.returncode not in codes:
            raise SystemExit(f"passerelle {' '.join(words)} ended with {done.returncode}: {done.stderr.decode()[-2000:]}")
        return json.loads(done.stdout)["exchanges"][0]

    def peer(self, name, *words):
        subprocess.run([self.programs.python, PEERS / f"{name}.py", *words], check=True)

    def users(self, name, script):
        """A peer's directory, made once of the first file."""
        path = self.folder / name
        if not path.exists():
            self.peer(script, self.file("first.csv"), path)
        return path


def digest(*paths):
    return hashlib.sha256(b"".join(path.read_bytes() for path in paths)).hexdigest()
