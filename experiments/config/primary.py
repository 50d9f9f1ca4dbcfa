"""Read the file that a command goes by, with a plan and what the command line changes in it."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Generic

from pydantic import BaseModel

from experiments.config import hydra
from experiments.config.faults import Fault, nearest
from experiments.config.hydra import CompositionError
from experiments.config.reading import Model, checked, stems


@dataclass(frozen=True)
class Primary(Generic[Model]):
    """`configs/FILE.yaml`, a model of `kind`, with one of the plans of a group if there is one.

    The keys of its `select` may be written without it on the command line: `environment=[tf-2.4]`.
    """

    kind: type[Model]
    file: str
    plans: str = ""

    def read(self, root: Path, overrides: Sequence[str], faults: list[Fault]) -> Model | None:
        """Compose the file with the overrides; None after adding what is wrong to `faults`.

        Hydra stops at the first fault. Only then is each override tried alone, so that all show.
        """
        whole = (f"configs/{self.file}.yaml", "Mend the file.")
        normal = {
            word: override
            for word in overrides
            if (override := self._normal(root, word, faults)) is not None
        }
        config = self._composed(root, [*normal.values()], *whole, faults=[])
        if config is not None:
            return config
        sound = [
            override
            for word, override in normal.items()
            if self._composed(root, [override], word, self._hint(word), faults) is not None
        ]
        return self._composed(root, sound, *whole, faults)

    def _composed(
        self, root: Path, overrides: Sequence[str], location: str, fix: str, faults: list[Fault]
    ) -> Model | None:
        """Compose the file with some overrides; a refusal is a fault of `location`."""
        try:
            content = hydra.compose(root, self.file, overrides)
        except CompositionError as refusal:
            faults.append(Fault(location, str(refusal), fix))
            return None
        return checked(self.kind, content, location, faults)

    def _normal(self, root: Path, word: str, faults: list[Fault]) -> str | None:
        """Check the form of a command-line word; return it with its selector under `select`."""
        if "=" not in word:
            fix = nearest(word, [*self._selectors, *self._plan_keys, "--dry-run"])
            problem = "this is neither an option nor an override"
            faults.append(Fault(word, problem, f"Write KEY=VALUE. {fix}"))
            return None
        key, _, text = word.partition("=")
        try:
            value = hydra.override_value(word)
        except CompositionError as refusal:
            faults.append(Fault(word, f"cannot be parsed: {refusal}", "Quote the value."))
            return None
        plans = stems(root, self.plans) if self.plans else []
        if key in self._plan_keys and text not in plans:
            faults.append(Fault(word, f"no {self.plans} {text!r}", nearest(text, plans)))
            return None
        if key in self._selectors:
            if isinstance(value, dict) or (isinstance(value, list) and not value):
                faults.append(Fault(word, f"{key} takes a list of globs", f"Write {key}=[…]."))
                return None
            return f"select.{word}" if isinstance(value, list) else f"select.{key}=[{text}]"
        keys = [*self.kind.model_fields, *self._plan_keys]
        if key.lstrip("+~").split(".")[0] not in keys:
            fix = nearest(key.lstrip("+~").split(".")[0], [*keys, *self._selectors])
            faults.append(Fault(word, f"unknown key {key!r}", fix))
            return None
        return word

    @property
    def _selectors(self) -> list[str]:
        select = self.kind.model_fields["select"].annotation
        assert isinstance(select, type)
        assert issubclass(select, BaseModel)
        return list(select.model_fields)

    @property
    def _plan_keys(self) -> list[str]:
        return [self.plans] if self.plans else []

    def _hint(self, word: str) -> str:
        key = word.partition("=")[0]
        return f"Look {key!r} up in configs/{self.file}.yaml; {nearest(key, _keys(self.kind))}"


def _keys(kind: Any, prefix: str = "") -> Iterator[str]:
    """List the dotted keys of a model and of the models inside it."""
    for name, field in kind.model_fields.items():
        yield prefix + name
        if isinstance(field.annotation, type) and issubclass(field.annotation, BaseModel):
            yield from _keys(field.annotation, f"{prefix}{name}.")
