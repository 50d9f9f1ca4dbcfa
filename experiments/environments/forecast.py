"""Forecast the disk space and the time of a run, and compare the space with the machine's.

The figures come from `forecast` in configs/config.yaml.
"""

from __future__ import annotations

import os
import shutil
from collections.abc import Iterator
from pathlib import Path

from experiments.config.schema import ROOT, Config
from experiments.environments import installation


def preview(config: Config, names: list[str], requests: int) -> Iterator[str]:
    """List the missing environments, the needed and free disk space, and the forecast time."""
    missing = [name for name in names if not installation.is_ready(name)]
    if missing:
        yield f"environments to build: {', '.join(missing)}"
    needed, free = disk_gb(config, len(missing), requests), free_gb()
    yield f"disk: {needed:.1f} GB needed, {free:.1f} GB free"
    if needed > free:
        yield f"WARNING: the disk may fill up; {installation.PLACE} can name another one."
    yield f"forecast: about {minutes(config, len(missing), len(names), requests):.0f} minutes"


def disk_gb(config: Config, environments_missing: int, requests: int) -> float:
    """Return the gigabytes that environments and artifacts will take."""
    forecast = config.forecast
    return environments_missing * forecast.environment_gb + requests * forecast.cell_mb / 1000


def free_gb() -> float:
    """Return the gigabytes free where the environments are."""
    folder = installation.root()
    while not folder.exists():
        folder = folder.parent
    return min(shutil.disk_usage(path).free for path in (folder, Path(ROOT))) / 1e9


def expected_s(config: Config, stage: str, environment: str, form: str) -> float:
    """Return the seconds that a cell of a format is expected to take in an environment."""
    forecast, pace = config.forecast, 1.0
    for name in config.environment:
        pace = forecast.pace.get(name, pace)
        if name == environment:
            break
    costs_s = {"save": forecast.save_s, "load": forecast.load_s}[stage]
    return pace * costs_s.get(form, 1.0)


def minutes(config: Config, missing: int, names: int, requests: int) -> float:
    """Return the forecast of the run's wall time in minutes."""
    if not requests:
        return 0.0
    forecast, jobs = config.forecast, config.jobs or os.cpu_count() or 1
    busy = missing * forecast.install_s + 2 * names * forecast.import_s
    return (busy + requests * forecast.cell_s) / min(jobs, names) / 60
