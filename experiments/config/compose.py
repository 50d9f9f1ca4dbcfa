"""Compose everything that decides a run, and check that all of it is well formed.

Hydra composes `configs/config.yaml` with its plan and the command line. The files of the groups are
read beside it. Every fault of every file and word is raised at once, before any work is done.
"""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

from experiments.config import checks, entries, matrix
from experiments.config.environments import add_variables, read_environments
from experiments.config.faults import ConfigFaultsError, Fault
from experiments.config.primary import Primary
from experiments.config.reading import read_group, stems
from experiments.config.schema import ROOT, Claim, Config, Message, Reports, Scenario
from experiments.scenarios import names as scenario_modules

PRIMARY = Primary(Config, "config", "plan")


def load(overrides: Sequence[str], root: Path = ROOT) -> Config:
    """Compose and check everything under `root/configs` with the command line's `overrides`.

    A word that is the id of a cell, or a glob over ids, selects cells as `cell=[…]` does. Raises
    `ConfigFaultsError` with all faults that were found.
    """
    faults: list[Fault] = []
    ids = [word for word in overrides if is_id(word)]
    overrides = [word for word in overrides if not is_id(word)]
    environments = read_environments(root, faults)
    scenarios = read_group(root, "scenario", Scenario, faults)
    errors = read_group(root, "error", Message, faults)
    claims = read_group(root, "claim", Claim, faults)
    reports = read_group(root, "report", Reports, faults)
    primary = PRIMARY.read(root, overrides, faults)
    modules = scenario_modules()
    for name, scenario in scenarios.items():
        faults.extend(checks.scenario_faults(name, scenario, modules, list(environments)))
    for name in sorted(set(modules) - set(stems(root, "scenario"))):
        faults.append(
            Fault(
                f"experiments/scenarios/{name}.py",
                "this scenario has no configuration",
                f"Write configs/scenario/{name}.yaml, or remove the module.",
            )
        )
    if primary is not None:
        faults.extend(checks.value_faults(primary))
        add_variables(environments, primary.variables)
        primary.select.cell = ids or primary.select.cell
        primary.environment, primary.scenario = environments, scenarios
        primary.error, primary.claim, primary.report = errors, claims, reports
        faults.extend(checks.landmark_faults(primary))
        faults.extend(matrix.select_faults(primary))
        faults.extend(entries.faults(primary))
    if faults or primary is None:
        raise ConfigFaultsError(faults)
    return primary


def is_id(word: str) -> bool:
    """Say whether a word of a command line is the id of a cell, or a glob over ids."""
    return "/" in word and "=" not in word
