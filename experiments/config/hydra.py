"""How is a file of configuration read, and how is it told what is wrong with it?

Hydra composes a primary file with its plan and what the command line changes; the files of a group
become structured configs of their kind. Faults are collected, whatever file or word they are in.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, fields, is_dataclass
from enum import Enum
from pathlib import Path
from typing import Any, Generic, TypeVar

import yaml
from hydra import compose, initialize_config_dir
from hydra.core.global_hydra import GlobalHydra
from hydra.core.override_parser.overrides_parser import OverridesParser
from hydra.errors import HydraException
from omegaconf import OmegaConf
from omegaconf.errors import OmegaConfBaseException

from experiments.config import checks
from experiments.config.faults import Fault, nearest
from results.releases import natural

READING = (HydraException, OmegaConfBaseException, yaml.YAMLError, ValueError, OSError)
"""What reading and composing a file may raise."""

T = TypeVar("T")


@contextmanager
def configs(root: Path) -> Iterator[None]:
    """Have Hydra look under `root/configs` while the context lasts."""
    GlobalHydra.instance().clear()
    with initialize_config_dir(str(root / "configs"), version_base="1.3"):
        yield


def stems(root: Path, group: str) -> list[str]:
    """List the files of a group."""
    found = [path.stem for path in (root / "configs" / group).glob("*.yaml")]
    return sorted(found, key=natural)


def read_group(root: Path, group: str, kind: type[T], faults: list[Fault]) -> dict[str, T]:
    """Compose every file of a config group into its structured config."""
    found: dict[str, T] = {}
    for name in stems(root, group):
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


@dataclass(frozen=True)
class Primary(Generic[T]):
    """The file that a command goes by: `configs/FILE.yaml`, with one of the plans of a group.

    `selectors` are keys of `select` that may be written without it on the command line. Where there
    is but one plan, there is no group.
    """

    kind: type[T]
    file: str
    selectors: tuple[str, ...]
    plans: str = ""

    def read(self, root: Path, overrides: Sequence[str], faults: list[Fault]) -> T | None:
        """Compose the file with what the command line changes.

        Hydra takes long to compose: only if not all goes well is each override tried alone, so that
        all faults show.
        """
        whole = (f"configs/{self.file}.yaml", "Mend the file.")
        asked = [
            (word, found) for word in overrides if (found := self._override(root, word, faults))
        ]
        config = self._composed([override for _, override in asked], *whole, faults=[])
        if config is not None:
            return config
        good = [
            override
            for word, override in asked
            if self._composed([override], word, self._hint(word), faults) is not None
        ]
        return self._composed(good, *whole, faults)

    def _composed(
        self, overrides: list[str], where: str, fix: str, faults: list[Fault]
    ) -> T | None:
        """Compose the file with some overrides; what goes wrong is a fault of `where`."""
        try:
            raw = OmegaConf.to_container(compose(config_name=self.file, overrides=overrides))
        except READING as error:
            faults.append(Fault(where, _first_line(error), fix))
            return None
        assert isinstance(raw, dict)
        return _typed(self.kind, raw, where, faults)

    def _override(self, root: Path, word: str, faults: list[Fault]) -> str | None:
        """Check the form of one command-line word; turn a selector into a key of `select`."""
        if "=" not in word:
            fix = (
                f"Write KEY=VALUE. {nearest(word, [*self.selectors, *self._plans(), '--dry-run'])}"
            )
            faults.append(Fault(word, "this is neither an option nor an override", fix))
            return None
        key, _, value = word.partition("=")
        try:
            parsed = OverridesParser.create().parse_override(word)
        except HydraException as error:
            what = f"cannot be parsed: {_first_line(error)}"
            faults.append(Fault(word, what, "Quote the value."))
            return None
        plans = stems(root, self.plans) if self.plans else []
        if key in self._plans() and value not in plans:
            faults.append(Fault(word, f"no {self.plans} {value!r}", nearest(value, plans)))
            return None
        if key not in self.selectors:
            top = key.lstrip("+~").split(".")[0]
            known = [field.name for field in fields(self.kind)]  # type: ignore[arg-type]
            known += self._plans()
            if top not in known:
                fix = nearest(top, [*known, *self.selectors])
                faults.append(Fault(word, f"unknown key {key!r}", fix))
                return None
            return word
        given = parsed.value()
        if isinstance(given, dict) or (isinstance(given, list) and not given):
            faults.append(Fault(word, f"{key} takes a list of globs", f"Write {key}=[…]."))
            return None
        return f"select.{word}" if isinstance(given, list) else f"select.{key}=[{value}]"

    def _plans(self) -> list[str]:
        return [self.plans] if self.plans else []

    def _hint(self, word: str) -> str:
        key = word.partition("=")[0]
        return f"Look {key!r} up in configs/{self.file}.yaml; {nearest(key, _keys(self.kind))}"


def _keys(kind: Any, prefix: str = "") -> list[str]:
    """List the dotted keys of a structured config."""
    found: list[str] = []
    for field in fields(kind):
        found.append(prefix + field.name)
        if is_dataclass(field.default_factory):
            found.extend(_keys(field.default_factory, f"{prefix}{field.name}."))
    return found


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
