"""What a command costs: time on the clock, time of the processor, peak memory, its children included."""

import statistics
import subprocess
from dataclasses import dataclass


@dataclass
class Cost:
    # Seconds; CPU is user and system.
    wall: float
    cpu: float
    # MiB, of the largest of its processes.
    memory: float


def measure(tool, command, folder, environment, codes):
    """Runs a command in a folder, its output thrown away, and insists on its exit code."""
    done = subprocess.run(
        [tool, "--measure-alone", *command], cwd=folder, env=environment, capture_output=True, text=True, check=False
    )
    numbers = done.stdout.split()
    if done.returncode or len(numbers) != 4 or int(numbers[0]) not in codes:
        raise SystemExit(f"{' '.join(map(str, command))}\nended with {done.stdout} {done.stderr[-2000:]}")
    _, wall, cpu, memory = map(int, numbers)
    return Cost(wall / 1e6, cpu / 1e6, memory / 1024)


def median(costs):
    return Cost(*(statistics.median(getattr(cost, name) for cost in costs) for name in ("wall", "cpu", "memory")))
