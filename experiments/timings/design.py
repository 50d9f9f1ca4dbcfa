"""Plan the turns of a session: the models, their environments, and the order.

In a round, all environments take their turns at a model directly after one another, so that a drift
of the machine affects all of them alike. Compared environments take adjacent turns, because a
machine's pace changes within seconds: adjacent turns differ by a third less than turns half a
minute apart. The sizes of a kind of model take their turns apart, so that a disturbance of a few
seconds affects only one size.

The seed determines all orders, anew for each round. The same settings give the same design, also
after an interruption.
"""

from __future__ import annotations

from dataclasses import dataclass
from fnmatch import fnmatchcase
from functools import cached_property
from random import Random
from typing import Any

from experiments.timings.config import Size, Timed, Timings
from experiments.timings.statistics.subjects import COLD, WARM
from results.releases import natural


@dataclass(frozen=True, order=True)
class Model:
    """One size of a kind of model."""

    family: str
    size: str

    @property
    def name(self) -> str:
        """The name that globs in the settings match."""
        return f"{self.family}/{self.size}"


@dataclass(frozen=True)
class Turn:
    """One model's turn in one environment."""

    round: int
    model: Model
    environment: str

    @property
    def id(self) -> str:
        """The turn's name in requests and replies."""
        return f"time/{self.round}/{self.model.name}/{self.environment}"


class Design:
    """The models, environments, formats and orders that follow from the settings."""

    def __init__(self, settings: Timings) -> None:
        self.settings = settings

    @cached_property
    def environments(self) -> dict[str, str]:
        """The environment behind each name that takes turns; a control repeats an environment."""
        environments = {name: name for name in self.settings.environment}
        environments |= {
            name: control.environment for name, control in self.settings.controls.items()
        }
        selection = self.settings.select.environment
        return {
            name: environment for name, environment in environments.items() if _any(name, selection)
        }

    @cached_property
    def models(self) -> dict[Model, list[str]]:
        """The models, and the environments in which each is timed."""
        select, models = self.settings.select, {}
        for family, kind in self.settings.family.items():
            for size, model in kind.sizes.items():
                if _any(family, select.family) and _any(size, select.size):
                    environments = [name for name in self.environments if _within(name, model)]
                    if environments and self.formats:
                        models[Model(family, size)] = environments
        return models

    @cached_property
    def formats(self) -> dict[str, list[str]]:
        """The formats, and the APIs through which each is loaded."""
        select = self.settings.select
        formats = {
            name: [api for api in timed.load if _any(api, select.api)]
            for name, timed in self.settings.formats.items()
            if _any(name, select.format)
        }
        return {name: apis for name, apis in formats.items() if apis}

    def saved(self, environment: str) -> list[str]:
        """Return the formats in which an environment saves its models."""
        formats, saver = self.settings.formats, self.environments[environment]
        return [name for name in self.formats if _within(saver, formats[name])]

    def size(self, model: Model) -> Size:
        """Return the settings of a model."""
        return self.settings.family[model.family].sizes[model.size]

    def smallest(self, environment: str) -> Model:
        """Return the model with the fewest parameters that is timed in an environment."""
        models = [model for model, names in self.models.items() if environment in names]
        return min(models, key=lambda model: self.size(model).parameters)

    def artifact(self, environment: str, model: Model) -> str:
        """Return the folder of a model's files within a run.

        A control loads the files of the environment that it repeats.
        """
        return f"artifacts/{self.environments[environment]}/{model.name}"

    def slower(self, environment: str) -> float:
        """Return the part of its time by which each load of an environment is made longer."""
        control = self.settings.controls.get(environment)
        return control.slower if control else 0.0

    @cached_property
    def everywhere(self) -> list[Model]:
        """The models that are timed in all environments."""
        return [model for model in self.models if self.size(model).environments is None]

    def order(self, number: int) -> list[tuple[Model, list[str]]]:
        """Return the models of a round, each with its environments, in the order of turns."""
        generator = Random(f"{self.settings.seed}/{number}")
        models = list(self.models.items())
        generator.shuffle(models)
        return [(model, self._in_turn(names, generator)) for model, names in models]

    def _in_turn(self, names: list[str], generator: Random) -> list[str]:
        """Return environments in the order of their turns.

        Releases are sorted forwards or backwards, and begin with a random release. A variant stands
        beside its release, a control beside the environment that it repeats.
        """
        groups: dict[str, list[str]] = {}
        for name in sorted(names, key=natural):
            groups.setdefault(self._release(name), []).append(name)
        ordered = [groups[release] for release in sorted(groups, key=natural)]
        for group in ordered:
            generator.shuffle(group)
        if generator.random() < 0.5:
            ordered.reverse()
        first = generator.randrange(len(ordered))
        return [name for group in ordered[first:] + ordered[:first] for name in group]

    def _release(self, name: str) -> str:
        """Return the release to which an environment or a control belongs."""
        environment = self.environments[name]
        return self.settings.environment[environment].variant_of or environment

    def loads(self, number: int, model: Model, files: set[str]) -> list[dict[str, Any]]:
        """Return the loads of a model's saved formats, in the order of a round.

        The order is drawn for each round and model. It is the same in all environments, so that the
        effect of earlier loads on a load is no part of a comparison. Cold loads come last, because
        they leave the file warm again.
        """
        generator = Random(f"{self.settings.seed}/{number}/{model.name}")
        warm = [
            {"format": name, "api": api, "cache": WARM}
            for name, apis in self.formats.items()
            for api in apis
        ]
        generator.shuffle(warm)
        warm = [load for load in warm if load["format"] in files]
        if not _any(model.name, self.settings.cold):
            return warm
        main = {name: apis[0] for name, apis in self.formats.items()}
        cold = [load | {"cache": COLD} for load in warm if load["api"] == main[load["format"]]]
        return warm + cold

    def saves(self, model: Model, files: set[str]) -> list[str]:
        """Return the formats in which saves of a model are timed."""
        return [
            name
            for name in self.formats
            if name in files and _any(model.name, self.settings.formats[name].save)
        ]


def _any(name: str, globs: list[str]) -> bool:
    return any(fnmatchcase(name, glob) for glob in globs)


def _within(name: str, setting: Size | Timed) -> bool:
    return setting.environments is None or _any(name, setting.environments)
