"""What did the user ask for, and is all of it well formed?

Hydra composes `configs/config.yaml` with its plan, every environment and every scenario; the result
is one typed `Config`. Whatever is wrong, in any file or on the command line, is collected and
raised at once, before any environment is touched.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import fields
from pathlib import Path

from experiments.config import checks, entries, hydra, matrix
from experiments.config.faults import ConfigFaultsError, Fault
from experiments.config.hydra import Primary, read_group
from experiments.config.schema import (
    ROOT,
    Case,
    Claim,
    Config,
    Environment,
    Family,
    Reports,
    Scenario,
    Select,
)
from experiments.scenarios import names as scenario_modules

PRIMARY = Primary(Config, "config", tuple(field.name for field in fields(Select)), "plan")


def load(overrides: Sequence[str], root: Path = ROOT) -> Config:
    """Compose and check everything under `root/configs` with the command line's `overrides`.

    A word that is the id of a cell, or a glob over ids, selects cells as `cell=[…]` does. Raises
    `ConfigFaultsError` with all faults that were found.
    """
    faults: list[Fault] = []
    ids = [word for word in overrides if is_id(word)]
    overrides = [word for word in overrides if not is_id(word)]
    with hydra.configs(root):
        environments = read_environments(root, faults)
        scenarios = read_group(root, "scenario", Scenario, faults)
        errors = read_group(root, "error", Family, faults)
        claims = read_group(root, "claim", Claim, faults)
        reports = read_group(root, "report", Reports, faults)
        primary = PRIMARY.read(root, overrides, faults)
    modules = scenario_modules()
    for name, scenario in scenarios.items():
        faults.extend(checks.scenario_faults(name, scenario, modules, list(environments)))
        scenario.cases = _completed(scenario)
    for name in sorted(set(modules) - set(hydra.stems(root, "scenario"))):
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


def read_environments(root: Path, faults: list[Fault]) -> dict[str, Environment]:
    """Read and check every environment's file."""
    environments = read_group(root, "environment", Environment, faults)
    for name, environment in environments.items():
        faults.extend(checks.environment_faults(name, environment, list(environments)))
    return environments


def add_variables(environments: dict[str, Environment], variables: dict[str, str]) -> None:
    """Give each environment the variables of all; its own come first."""
    for environment in environments.values():
        environment.variables = {**variables, **environment.variables}


def _completed(scenario: Scenario) -> dict[str, Case | None]:
    """Give each case what it leaves to its scenario."""
    return {name: _case(scenario, name, case) for name, case in scenario.cases.items()}


def _case(scenario: Scenario, name: str, case: Case | None) -> Case:
    case = case or Case()
    return Case(
        formats=scenario.formats if case.formats is None else case.formats,
        pairs=case.pairs or scenario.pairs,
        expected=scenario.expected if case.expected is None else case.expected,
        facts=scenario.facts if case.facts is None else case.facts,
        saved_as=case.saved_as or scenario.saved_as or name,
        cause=case.cause or scenario.cause,
        does=case.does,
    )
