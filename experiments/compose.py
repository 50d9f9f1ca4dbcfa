"""What did the user ask for, and is all of it well formed?

Hydra composes `configs/config.yaml` with its plan, every environment and every scenario; the result
is one typed `Config`. Whatever is wrong, in any file or on the command line, is collected and
raised at once, before any environment is touched.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import fields, is_dataclass
from enum import Enum
from pathlib import Path
from typing import Any, TypeVar

import yaml
from hydra import compose, initialize_config_dir
from hydra.core.global_hydra import GlobalHydra
from hydra.core.override_parser.overrides_parser import OverridesParser
from hydra.errors import HydraException
from omegaconf import OmegaConf
from omegaconf.errors import OmegaConfBaseException

from experiments import checks, matrix, meaning
from experiments.config import (
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
from experiments.faults import ConfigFaultsError, Fault, nearest
from experiments.scenarios import names as scenario_modules

SELECTORS = tuple(field.name for field in fields(Select))
READING = (HydraException, OmegaConfBaseException, yaml.YAMLError, ValueError, OSError)
"""What reading and composing a file may raise."""

T = TypeVar("T")


def load(overrides: Sequence[str], root: Path = ROOT) -> Config:
    """Compose and check everything under `root/configs` with the command line's `overrides`.

    Raises `ConfigFaultsError` with all faults that were found.
    """
    faults: list[Fault] = []
    GlobalHydra.instance().clear()
    with initialize_config_dir(str(root / "configs"), version_base="1.3"):
        environments = _group(root, "environment", Environment, faults)
        scenarios = _group(root, "scenario", Scenario, faults)
        errors = _group(root, "error", Family, faults)
        claims = _group(root, "claim", Claim, faults)
        reports = _group(root, "report", Reports, faults)
        primary = _primary(root, overrides, faults)
    for name, environment in environments.items():
        faults.extend(checks.environment_faults(name, environment, list(environments)))
    modules = scenario_modules()
    for name, scenario in scenarios.items():
        faults.extend(checks.scenario_faults(name, scenario, modules, list(environments)))
        scenario.cases = _completed(scenario)
    for name in sorted(set(modules) - set(_stems(root, "scenario"))):
        faults.append(
            Fault(
                f"experiments/scenarios/{name}.py",
                "this scenario has no configuration",
                f"Write configs/scenario/{name}.yaml, or remove the module.",
            )
        )
    if primary is not None:
        primary.environment, primary.scenario = environments, scenarios
        primary.error, primary.claim, primary.report = errors, claims, reports
        faults.extend(checks.landmark_faults(primary))
        faults.extend(matrix.select_faults(primary))
        faults.extend(meaning.faults(primary))
    if faults or primary is None:
        raise ConfigFaultsError(faults)
    return primary


def _stems(root: Path, group: str) -> list[str]:
    stems = [path.stem for path in (root / "configs" / group).glob("*.yaml")]
    return sorted(stems, key=natural)


def natural(name: str) -> list[tuple[int, str]]:
    """Return a sort key by which tf-2.9 comes before tf-2.10."""
    parts = re.split(r"(\d+)", name)
    return [(int(part), "") if part.isdigit() else (-1, part) for part in parts]


def _group(root: Path, group: str, kind: type[T], faults: list[Fault]) -> dict[str, T]:
    """Compose every file of a config group into its structured config."""
    found: dict[str, T] = {}
    for name in _stems(root, group):
        where = f"configs/{group}/{name}.yaml"
        if not checks.NAME.fullmatch(name):
            faults.append(
                Fault(where, f"{name!r} cannot be part of a cell's id", "Use a-z, 0-9, _, - and .")
            )
            continue
        try:
            content = _content(root, group, name)
        except READING as error:
            faults.append(Fault(where, f"cannot be read: {_first_line(error)}", "Mend the YAML."))
            continue
        typed = _typed(kind, content, where, faults)
        if typed is not None:
            found[name] = typed
    return found


def _content(root: Path, group: str, name: str) -> dict[Any, Any]:
    """Read one file of a group; one that builds on others is composed by Hydra.

    Hydra takes 30 ms for each composition, which a run with nothing to do would feel.
    """
    found = OmegaConf.load(root / "configs" / group / f"{name}.yaml")
    if "defaults" in found:
        found = compose(config_name=f"{group}/{name}")[group]
    content = OmegaConf.to_container(found, resolve=True)
    if not isinstance(content, dict):
        raise ValueError("not a mapping of keys to values")
    return content


def _typed(kind: type[T], raw: dict[Any, Any], where: str, faults: list[Fault]) -> T | None:
    """Check `raw` key by key against the structured config `kind`, collecting what is wrong."""
    known = [field.name for field in fields(kind)]  # type: ignore[arg-type]
    try:
        return _object(kind, OmegaConf.merge(OmegaConf.structured(kind), raw))
    except OmegaConfBaseException:
        pass  # say below of each key what is wrong with it
    before = len(faults)
    good = OmegaConf.structured(kind)
    for key, value in raw.items():
        if key not in known:
            faults.append(Fault(where, f"unknown key {key!r}", nearest(str(key), known)))
            continue
        try:
            good = OmegaConf.merge(good, {key: value})
        except OmegaConfBaseException as error:
            faults.append(
                Fault(
                    where,
                    f"{key}: {_first_line(error)}",
                    f"Give {key} the type it has in {kind.__name__}.",
                )
            )
    for key in known:
        if key not in raw and OmegaConf.is_missing(good, key):
            faults.append(Fault(where, f"{key} is missing", f"Add a line {key}: …"))
    if len(faults) > before:
        return None
    try:
        return _object(kind, good)
    except OmegaConfBaseException as error:  # something inside a key's value
        faults.append(Fault(where, f"{error.full_key}: {_first_line(error)}", "Add what it lacks."))
        return None


def _object(kind: type[T], good: Any) -> T:
    result = OmegaConf.to_object(good)
    assert isinstance(result, kind)
    return result


def _first_line(error: Exception) -> str:
    lines = str(error).strip().splitlines() or [type(error).__name__]
    return " ".join(
        line.strip() for line in lines[:3] if "full_key" not in line and "object_type" not in line
    )


def _primary(root: Path, overrides: Sequence[str], faults: list[Fault]) -> Config | None:
    """Compose config.yaml and its plan with what the command line changes.

    Hydra takes long to compose: only if not all goes well is each override tried alone, so that
    all faults show.
    """
    whole = ("configs/config.yaml", "Mend the file.")
    asked = [(word, found) for word in overrides if (found := _override(root, word, faults))]
    config = _composed([override for _, override in asked], *whole, faults=[])
    if config is None:
        good = [
            override
            for word, override in asked
            if _composed([override], word, _key_hint(word), faults) is not None
        ]
        config = _composed(good, *whole, faults)
    if config is not None:
        faults.extend(checks.value_faults(config))
    return config


def _composed(overrides: list[str], where: str, fix: str, faults: list[Fault]) -> Config | None:
    """Compose config.yaml with some overrides; what goes wrong is a fault of `where`."""
    try:
        raw = OmegaConf.to_container(compose(config_name="config", overrides=overrides))
    except READING as error:
        faults.append(Fault(where, _first_line(error), fix))
        return None
    assert isinstance(raw, dict)
    return _typed(Config, raw, where, faults)


def _override(root: Path, word: str, faults: list[Fault]) -> str | None:
    """Check the form of one command-line word; turn a selector into a key of `select`."""
    if "=" not in word:
        fix = f"Write KEY=VALUE. {nearest(word, [*SELECTORS, 'plan', '--dry-run'])}"
        faults.append(Fault(word, "this is neither an option nor an override", fix))
        return None
    key, _, value = word.partition("=")
    try:
        parsed = OverridesParser.create().parse_override(word)
    except HydraException as error:
        faults.append(Fault(word, f"cannot be parsed: {_first_line(error)}", "Quote the value."))
        return None
    if key == "plan" and value not in _stems(root, "plan"):
        faults.append(Fault(word, f"no plan {value!r}", nearest(value, _stems(root, "plan"))))
        return None
    if key not in SELECTORS:
        top = key.lstrip("+~").split(".")[0]
        known = [field.name for field in fields(Config)] + ["plan"]
        if top not in known:
            fix = nearest(top, [*known, *SELECTORS])
            faults.append(Fault(word, f"unknown key {key!r}", fix))
            return None
        return word
    given = parsed.value()
    if isinstance(given, dict) or (isinstance(given, list) and not given):
        faults.append(Fault(word, f"{key} takes a list of globs", f"Write {key}=[…]."))
        return None
    return f"select.{word}" if isinstance(given, list) else f"select.{key}=[{value}]"


def _key_hint(word: str) -> str:
    key = word.partition("=")[0]
    return f"Look {key!r} up in configs/config.yaml; {nearest(key, _keys(Config))}"


def _keys(kind: Any, prefix: str = "") -> list[str]:
    """List the dotted keys of a structured config."""
    found: list[str] = []
    for field in fields(kind):
        found.append(prefix + field.name)
        if is_dataclass(field.default_factory):
            found.extend(_keys(field.default_factory, f"{prefix}{field.name}."))
    return found


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
    )


def plain(value: Any) -> Any:
    """Return a config as dictionaries, lists and strings, for storing."""
    if isinstance(value, Enum):
        return value.value
    if isinstance(value, dict):
        return {plain(key): plain(item) for key, item in value.items()}
    if isinstance(value, list):
        return [plain(item) for item in value]
    if hasattr(value, "__dataclass_fields__"):
        return {field.name: plain(getattr(value, field.name)) for field in fields(value)}
    return value
