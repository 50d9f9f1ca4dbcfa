"""Have the timings room on this machine, and is it quiet?

What cannot fit is said before any work, reckoned from the settings: files of every format in every
environment, the processes and the largest load in memory, two rounds within the budget.
"""

from __future__ import annotations

import os
import time
from collections.abc import Iterable, Iterator
from pathlib import Path

from experiments.config.faults import Fault
from experiments.environments import forecast, installation
from experiments.timings.design import Design
from experiments.timings.settings import HERE

BYTES = 4
"""Of a parameter: all are float32."""
COPIES = 4
"""How often a load may hold its model at one time: the file's bytes, arrays, old and new values."""
QUIET = 0.05
"""The share of the machine that others may use while it still counts as quiet."""
LOOK_S = 1.0
"""Seconds for which the machine is looked at before anything is started."""
BUSY = ("user", "nice", "system", "irq", "softirq", "steal")


def faults(design: Design, folder: Path) -> Iterator[Fault]:
    """Say what the machine has too little of to go on with what a run's folder has."""
    settings = design.settings
    needed, free = disk_gb(design, folder), forecast.free_gb()
    if needed > free:
        what = f"the files and environments need {needed:.1f} GB of disk, {free:.1f} GB are free"
        yield Fault(HERE, what, "Select fewer: size=[small,medium], or free some of it.")
    needed, free = memory_mib(design), available_mib()
    if needed > free:
        what = f"the processes and the largest load need {needed:.0f} MiB, {free:.0f} are free"
        yield Fault(HERE, what, "Select fewer environments, or leave the largest size out.")
    two = 2 * round_s(design)
    if two > settings.budget_s:
        what = f"budget_s is {settings.budget_s:g}, and two rounds take about {two:.0f} s"
        yield Fault(HERE, what, "Raise it, or select fewer: an interval needs two rounds.")


def disk_gb(design: Design, folder: Path) -> float:
    """Return the gigabytes that files and environments take at most, but for those already there.

    `folder` is the run's: an earlier session has left files in it.
    """
    files = sum(
        BYTES * design.size(model).parameters
        for model, where in design.models.items()
        for place in {design.artifact(name, model) for name in where}
        if not (folder / place).is_dir()
    )
    missing = sum(not installation.is_ready(one) for one in set(design.environments.values()))
    forecast = design.settings.forecast
    return files * len(design.formats) / 1e9 + missing * forecast.environment_gb


def memory_mib(design: Design) -> float:
    """Return the mebibytes that the processes and the largest load take."""
    largest = max(design.size(model).parameters for model in design.models)
    processes = len(design.environments) * design.settings.forecast.process_mib
    return processes + COPIES * BYTES * largest / 2**20


def round_s(design: Design) -> float:
    """Return the forecast of one round in seconds."""
    forecast, apis = design.settings.forecast, sum(map(len, design.formats.values()))
    turns = sum(map(len, design.models.values()))
    return turns * (forecast.turn_s + apis * forecast.load_s)


def available_mib() -> float:
    """Return the mebibytes that processes can have without swapping."""
    for line in Path("/proc/meminfo").read_text("utf-8").splitlines():
        if line.startswith("MemAvailable:"):
            return int(line.split()[1]) / 1024
    return float("inf")


def busy_s() -> float:
    """Return the seconds that all cores together have worked since the machine started."""
    head = Path("/proc/stat").read_text("utf-8").split("\n", 1)[0].split()[1:]
    names = ("user", "nice", "system", "idle", "iowait", "irq", "softirq", "steal")
    ticks = dict(zip(names, map(int, head), strict=False))
    return sum(ticks[name] for name in BUSY) / os.sysconf("SC_CLK_TCK")


def cpu_s(pid: int) -> float:
    """Return the seconds of CPU time that a process and its ended children have used; 0 if gone."""
    try:
        after_name = Path(f"/proc/{pid}/stat").read_text("utf-8").rpartition(")")[2].split()
    except OSError:
        return 0.0
    return sum(map(int, after_name[11:15])) / os.sysconf("SC_CLK_TCK")


class Others:
    """Measures which share of the machine processes use that are neither this one nor `ours`."""

    def __init__(self, ours: Iterable[int] = ()) -> None:
        self._ours = list(ours)
        self._busy, self._own, self._began = busy_s(), self._used(), time.monotonic()

    def share(self) -> float:
        """Return the share of all cores that others used since this was made, 0 to 1."""
        passed = (time.monotonic() - self._began) * (os.cpu_count() or 1)
        others = busy_s() - self._busy - (self._used() - self._own)
        return max(0.0, min(1.0, others / passed))

    def _used(self) -> float:
        return time.process_time() + sum(map(cpu_s, self._ours))


def stability() -> dict[str, str]:
    """Describe what else of the machine sways times; what it does not tell is left out.

    What pyperf's `system` command looks at: https://pyperf.readthedocs.io/en/latest/system.html
    """
    asked = {
        "address_space_randomised": "/proc/sys/kernel/randomize_va_space",
        "governor": "/sys/devices/system/cpu/cpu0/cpufreq/scaling_governor",
        "no_turbo": "/sys/devices/system/cpu/intel_pstate/no_turbo",
        "isolated_cores": "/sys/devices/system/cpu/isolated",
        "huge_pages": "/sys/kernel/mm/transparent_hugepage/enabled",
    }
    found = {}
    for key, path in asked.items():
        try:
            found[key] = Path(path).read_text("utf-8").strip()
        except OSError:
            continue
    return found
