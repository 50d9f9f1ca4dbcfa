"""What did the user ask for, and is all of it well formed?

Hydra composes `configs/config.yaml` with its plan, every environment and every scenario; the result
is one typed `Config`. Whatever is wrong, in any file or on the command line, is collected and
raised at once, before any environment is touched.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import fields, is_dataclass
from datetime import date
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

from experiments import matrix
from experiments.config import (
    APIS,
    ROOT,
    WRITTEN_BY,
    Case,
    Config,
    Environment,
    Scenario,
    Select,
)
from experiments.faults import ConfigFaultsError, Fault, nearest
from experiments.scenarios import names as scenario_modules

SELECTORS = tuple(field.name for field in fields(Select))
NAME = re.compile(r"[a-z0-9]+(?:[_.-][a-z0-9]+)*")
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
        primary = _primary(root, overrides, faults)
    for name, environment in environments.items():
        faults.extend(_environment_faults(name, environment))
    modules = scenario_modules()
    for name, scenario in scenarios.items():
        faults.extend(_scenario_faults(name, scenario, modules))
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
        faults.extend(matrix.select_faults(primary))
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
        if not NAME.fullmatch(name):
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
    result = OmegaConf.to_object(good)
    assert isinstance(result, kind)
    return result


def _first_line(error: Exception) -> str:
    lines = str(error).strip().splitlines() or [type(error).__name__]
    return " ".join(
        line.strip() for line in lines[:3] if "full_key" not in line and "object_type" not in line
    )


def _primary(root: Path, overrides: Sequence[str], faults: list[Fault]) -> Config | None:
    """Compose config.yaml and its plan; each override is tried alone so that all faults show."""
    translated: list[str] = []
    for word in overrides:
        override = _override(root, word, faults)
        if override is None:
            continue
        try:
            raw = OmegaConf.to_container(compose(config_name="config", overrides=[override]))
            assert isinstance(raw, dict)
            if _typed(Config, raw, word, faults) is not None:
                translated.append(override)
        except READING as error:
            faults.append(Fault(word, _first_line(error), _key_hint(word)))
    try:
        raw = OmegaConf.to_container(compose(config_name="config", overrides=translated))
    except READING as error:
        faults.append(Fault("configs/config.yaml", _first_line(error), "Mend the file."))
        return None
    assert isinstance(raw, dict)
    config = _typed(Config, raw, "configs/config.yaml", faults)
    if config is not None:
        faults.extend(_value_faults(config))
    return config


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


def _value_faults(config: Config) -> Iterator[Fault]:
    where = "configs/config.yaml or the command line"
    for stage, limit in (("save", config.limits.save), ("load", config.limits.load)):
        for key, value in vars(limit).items():
            if value <= 0:
                fix = "Give a whole number above 0."
                yield Fault(where, f"limits.{stage}.{key} is {value}", fix)
    if config.jobs < 0:
        yield Fault(
            where, "jobs is negative", "Give 0 for one per core, or a number of environments."
        )
    if not NAME.fullmatch(config.name):
        yield Fault(where, f"name {config.name!r} cannot name a folder", "Use a-z, 0-9, _, - and .")


def _environment_faults(name: str, environment: Environment) -> Iterator[Fault]:
    where = f"configs/environment/{name}.yaml"
    if not re.fullmatch(r"3\.\d+", environment.python):
        yield Fault(where, f"python is {environment.python!r}", 'Write "3.N" in quotes.')
    elif int(environment.python[2:]) < 7:
        yield Fault(
            where,
            f"python {environment.python} is too old",
            'The worker needs 3.7 or newer; write "3.10" in quotes, or YAML reads 3.1.',
        )
    try:
        date.fromisoformat(environment.cutoff)
    except ValueError:
        yield Fault(where, f"cutoff {environment.cutoff!r} is no date", 'Write "YYYY-MM-DD".')
    if not environment.requirements:
        yield Fault(where, "requirements is empty", "Name at least tensorflow-cpu==VERSION.")
    for requirement in environment.requirements:
        if "==" not in requirement:
            yield Fault(where, f"{requirement!r} names no version", "Pin it with ==.")


def _scenario_faults(name: str, scenario: Scenario, modules: list[str]) -> Iterator[Fault]:
    where = f"configs/scenario/{name}.yaml"
    if name not in modules:
        fix = f"Write experiments/scenarios/{name}.py, or rename the file. {nearest(name, modules)}"
        yield Fault(where, f"no scenario module {name!r}", fix)
    if not scenario.cases:
        yield Fault(where, "a scenario without cases", "Name at least one under cases.")
    if not scenario.formats:
        yield Fault(where, "a scenario without formats", "Name at least one under formats.")
    yield from _format_faults(where, "formats", scenario.formats)
    for case, content in scenario.cases.items():
        if not NAME.fullmatch(case):
            yield Fault(
                where, f"case {case!r} cannot be part of a cell's id", "Use a-z, 0-9 and _."
            )
        if content is not None and content.formats is not None:
            yield from _format_faults(where, f"cases.{case}.formats", content.formats)
        for saved_as in (scenario.saved_as, content and content.saved_as):
            if saved_as and not NAME.fullmatch(saved_as):
                fix = "Use a-z, 0-9 and _."
                yield Fault(where, f"saved_as {saved_as!r} cannot be part of a save's id", fix)
    scenario.cases = {
        case: _completed(scenario, case, content) for case, content in scenario.cases.items()
    }


def _completed(scenario: Scenario, name: str, case: Case | None) -> Case:
    """Give a case what it leaves to its scenario."""
    case = case or Case()
    return Case(
        formats=scenario.formats if case.formats is None else case.formats,
        expected=scenario.expected if case.expected is None else case.expected,
        facts=scenario.facts if case.facts is None else case.facts,
        saved_as=case.saved_as or scenario.saved_as or name,
    )


def _format_faults(where: str, key: str, formats: dict[str, list[str]]) -> Iterator[Fault]:
    for form, apis in formats.items():
        here = f"{key}.{form}"
        if form not in WRITTEN_BY:
            yield Fault(where, f"{here}: no such format", nearest(form, WRITTEN_BY))
        if not apis:
            yield Fault(where, f"{here} names no api", "Name what loads it, e.g. [load_model].")
        for api in apis:
            if api not in APIS:
                yield Fault(where, f"{here}: no api {api!r}", nearest(api, APIS))
        if WRITTEN_BY.get(form) == "save_weights" and "load_model" in apis:
            yield Fault(
                where,
                f"{here}: load_model cannot read a file that holds weights alone",
                "Use load_weights, or a format that save writes: h5, keras, savedmodel.",
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
