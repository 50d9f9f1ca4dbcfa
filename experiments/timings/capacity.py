"""Check that the timings fit the machine, before any work.

The session needs disk for the files of every format in every environment, memory for the processes
and the largest load, and a budget for two rounds.
"""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

from experiments.config.faults import Fault
from experiments.environments import forecast, installation
from experiments.timings.design import Design
from experiments.timings.settings import INPUT

BYTES = 4
"""Bytes of a parameter: all are float32."""
COPIES = 4
"""The copies of its model that a load may hold: the file's bytes, arrays, old and new values."""


def faults(design: Design, folder: Path) -> Iterator[Fault]:
    """Return a fault for each resource that is too small to complete the session in a folder."""
    settings = design.settings
    needed, free = disk_gb(design, folder), forecast.free_gb()
    if needed > free:
        problem = f"the files and environments need {needed:.1f} GB of disk, {free:.1f} GB are free"
        yield Fault(INPUT, problem, "Select fewer: size=[small,medium], or free disk space.")
    needed, free = memory_mib(design), available_mib()
    if needed > free:
        problem = f"the processes and the largest load need {needed:.0f} MiB, {free:.0f} are free"
        yield Fault(INPUT, problem, "Select fewer environments, or leave the largest size out.")
    two = 2 * round_s(design)
    if two > settings.budget_s:
        problem = f"budget_s is {settings.budget_s:g}, and two rounds take about {two:.0f} s"
        yield Fault(INPUT, problem, "Raise it, or select fewer: an interval needs two rounds.")


def disk_gb(design: Design, folder: Path) -> float:
    """Return the gigabytes that the missing files and environments take at most.

    `folder` is the run's, in which an earlier session may have saved files.
    """
    files = sum(
        BYTES * design.size(model).parameters
        for model, environments in design.models.items()
        for artifact in {design.artifact(name, model) for name in environments}
        if not (folder / artifact).is_dir()
    )
    missing = sum(not installation.is_ready(name) for name in set(design.environments.values()))
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
