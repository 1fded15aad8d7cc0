"""The programs: Passerelle and what the benches need are built, peers are installed where they are missing."""

import os
import re
import shutil
import subprocess
import sys
import venv
from datetime import date
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]
PEERS = Path(__file__).resolve().parents[1] / "peers"
# The last of which the crate can be built without the repositories of others.
QSV = "4.0.0"
PYTHON = ["duckdb==2.0.0", "polars==2.1.0"]
DEBIAN = {
    "sftp": "openssh-client", "/usr/sbin/sshd": "openssh-server", "curl": "curl", "lftp": "lftp",
    "/usr/sbin/vsftpd": "vsftpd",
}


def say(text):
    print(text, file=sys.stderr, flush=True)


def target():
    told = os.environ.get("CARGO_TARGET_DIR", "target")
    return (ROOT / told).resolve()


def build(profile, into):
    """Passerelle, and the tool of the benches, which need not be fast to build twice. Copies, because `cargo bench`
    builds another Passerelle in the same place."""
    cargo = ["nice", "cargo", "build", "--quiet"]
    subprocess.run([*cargo, "--profile", "bench", "--example", "bench-tool"], cwd=ROOT, check=True)
    shutil.copy2(target() / "release/examples/bench-tool", into / "bench-tool")
    if profile:
        say(f"Building Passerelle with the profile `{profile}` …")
        subprocess.run([*cargo, "--profile", profile, "--bin", "passerelle"], cwd=ROOT, check=True)
        folder = "release" if profile in ("release", "bench") else profile
        shutil.copy2(target() / folder / "passerelle", into / "passerelle")


def install(peers, words):
    """What the words want and is missing: DuckDB, polars and qsv go into a folder of their own, the rest comes from
    Debian, for which one must be root."""
    peers.mkdir(parents=True, exist_ok=True)
    python, qsv = peers / "venv/bin/python", peers / "bin/qsvlite"
    if words & {"sftp", "ftps"}:
        install_packages({package for program, package in DEBIAN.items() if not shutil.which(program)})
    if words & {"compare", "export", "validate"} and not python.exists():
        say("Installing DuckDB and polars …")
        venv.create(peers / "venv", with_pip=True)
        subprocess.run([python, "-m", "pip", "install", "--quiet", "--disable-pip-version-check", *PYTHON], check=True)
    if words & {"diff", "validate"} and not qsv.exists():
        install_packages({"cmake"} if not shutil.which("cmake") else set())
        say("Building qsv, which takes ten minutes …")
        install_qsv(peers)
    return python, qsv


def install_packages(missing):
    if missing:
        say(f"Installing {' '.join(sorted(missing))} …")
        subprocess.run(["apt-get", "install", "--yes", "--no-install-recommends", *sorted(missing)], check=True)


def install_qsv(peers):
    build = peers / "qsv-build"
    quick = {"CARGO_PROFILE_RELEASE_LTO": "off", "CARGO_PROFILE_RELEASE_CODEGEN_UNITS": "16"}
    command = ["nice", "cargo", "install", "--quiet", "--locked", "--version", QSV, "--bin", "qsvlite"]
    command += ["--features", "lite", "--root", peers, "qsv"]
    subprocess.run(command, cwd=peers, env={**os.environ, **quick, "CARGO_TARGET_DIR": str(build)}, check=True)
    shutil.rmtree(build)


def versions(passerelle, python, qsv):
    """Of all programs that are there."""

    def first(*command):
        try:
            done = subprocess.run(command, capture_output=True, text=True, check=True)
        except (OSError, subprocess.CalledProcessError):
            return ""
        return (done.stdout + done.stderr).strip().split("\n")[0]

    of = "import duckdb, polars; print(f'DuckDB {duckdb.__version__}, polars {polars.__version__}')"
    calamine = re.search(r'name = "calamine"\nversion = "(.*?)"', (ROOT / "Cargo.lock").read_text())
    found = [
        first(passerelle, "--version"),
        first(python, "-c", of),
        " ".join(first(qsv, "--version").split()[:2]).rstrip(","),
        first("sort", "--version"),
        f"calamine {calamine[1]}",
        first("ssh", "-V").split(",")[0],
        " ".join(first("curl", "--version").split()[:2]),
        first("lftp", "--version").replace("LFTP | Version", "lftp").split(" |")[0],
    ]
    return ", ".join(filter(None, found))


def machine():
    told = Path("/proc/cpuinfo").read_text()
    model = re.search(r"model name\s*: (.*)", told)
    memory = int(re.search(r"MemTotal:\s*(\d+)", Path("/proc/meminfo").read_text())[1]) / 1048576
    model = model[1] if model else "unknown processor"
    return f"{os.cpu_count()} cores of {model}, {memory:.0f} GiB, Linux {os.uname().release}, {date.today()}"
