"""Which models take turns in which environments, and in which order?

A round is gone through model by model; for each, every environment takes its turn, one directly
after the other, so that what drifts hits all of them alike. What is compared stands side by side,
because a machine's pace changes within seconds: turns that are next to one another differ by a
third less than turns half a minute apart. The sizes of a family take their turns apart, so that
what slows one of them leaves the others alone. All orders are drawn anew for each round, from the
seed: the same settings give the same design, also after an interruption.
"""

from __future__ import annotations

from dataclasses import dataclass
from fnmatch import fnmatchcase
from functools import cached_property
from random import Random
from typing import Any

from experiments.timings.config import Size, Timed, Timings
from results.releases import natural

WARM, COLD = "warm", "cold"


@dataclass(frozen=True, order=True)
class Model:
    """One size of a family."""

    family: str
    size: str

    @property
    def name(self) -> str:
        """The model as globs in the settings see it."""
        return f"{self.family}/{self.size}"

    @property
    def case(self) -> str:
        """The model as it is called in published tables."""
        return f"{self.family}-{self.size}"


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
    """What the settings ask for, expanded."""

    def __init__(self, settings: Timings) -> None:
        self.settings = settings

    @cached_property
    def environments(self) -> dict[str, str]:
        """The names under which turns are taken, and the environment behind each."""
        every = {name: name for name in self.settings.environment}
        every |= {name: one.environment for name, one in self.settings.controls.items()}
        wanted = self.settings.select.environment
        named_by_all = [name for name in every if _any(name, wanted)]
        return {name: every[name] for name in named_by_all}

    @cached_property
    def models(self) -> dict[Model, list[str]]:
        """The models, and the environments in which each is timed."""
        select, found = self.settings.select, {}
        for family, one in self.settings.family.items():
            for size, of in one.sizes.items():
                if _any(family, select.family) and _any(size, select.size):
                    where = [name for name in self.environments if _within(name, of)]
                    if where and self.formats:
                        found[Model(family, size)] = where
        return found

    @cached_property
    def formats(self) -> dict[str, list[str]]:
        """The formats, and the APIs through which each is loaded."""
        select = self.settings.select
        found = {
            name: [api for api in timed.load if _any(api, select.api)]
            for name, timed in self.settings.formats.items()
            if _any(name, select.format)
        }
        return {name: apis for name, apis in found.items() if apis}

    def saved(self, environment: str) -> list[str]:
        """Return the formats in which an environment saves its models."""
        known, behind = self.settings.formats, self.environments[environment]
        return [name for name in self.formats if _within(behind, known[name])]

    def size(self, model: Model) -> Size:
        """Return what the settings say of a model."""
        return self.settings.family[model.family].sizes[model.size]

    def smallest(self, environment: str) -> Model:
        """Return the model with the fewest parameters of those timed in an environment."""
        there = [one for one, where in self.models.items() if environment in where]
        return min(there, key=lambda one: self.size(one).parameters)

    def artifact(self, environment: str, model: Model) -> str:
        """Return where in a run's folder a model's files are: a control has those behind it."""
        return f"artifacts/{self.environments[environment]}/{model.name}"

    def slower(self, environment: str) -> float:
        """Return by which part the loads of an environment are made to take longer."""
        control = self.settings.controls.get(environment)
        return control.slower if control else 0.0

    @cached_property
    def everywhere(self) -> list[Model]:
        """The models that are timed in all environments."""
        return [one for one in self.models if self.size(one).environments is None]

    def order(self, number: int) -> list[tuple[Model, list[str]]]:
        """Return the models of a round, each with its environments, in the order of turns."""
        chance = Random(f"{self.settings.seed}/{number}")
        models = list(self.models.items())
        chance.shuffle(models)
        return [(model, self._row(where, chance)) for model, where in models]

    def _row(self, names: list[str], chance: Random) -> list[str]:
        """Put environments in a row: releases forwards or backwards from any of them on.

        A variant stands with its release, a control with what is behind it, in any order.
        """
        groups: dict[str, list[str]] = {}
        for name in sorted(names, key=natural):
            groups.setdefault(self._release(name), []).append(name)
        rows = [groups[release] for release in sorted(groups, key=natural)]
        for row in rows:
            chance.shuffle(row)
        if chance.random() < 0.5:
            rows.reverse()
        first = chance.randrange(len(rows))
        return [name for row in rows[first:] + rows[:first] for name in row]

    def _release(self, name: str) -> str:
        """Return the release that an environment or a control is of."""
        behind = self.environments[name]
        return self.settings.environment[behind].variant_of or behind

    def loads(self, number: int, model: Model, files: set[str]) -> list[dict[str, Any]]:
        """Return how a model is loaded in a round, of the formats that were saved, in its order.

        The order is drawn for each round and model, and is the same in all environments, so that
        what a load owes to those before it is no part of a comparison. Cold loads come last,
        because they leave the file warm again.
        """
        chance = Random(f"{self.settings.seed}/{number}/{model.name}")
        warm = [
            {"format": name, "api": api, "cache": WARM}
            for name, apis in self.formats.items()
            for api in apis
        ]
        chance.shuffle(warm)
        warm = [one for one in warm if one["format"] in files]
        if not _any(model.name, self.settings.cold):
            return warm
        cold = [one | {"cache": COLD} for one in warm if one["api"] == self._main(one["format"])]
        return warm + cold

    def _main(self, name: str) -> str:
        return self.formats[name][0]

    def saves(self, model: Model, files: set[str]) -> list[str]:
        """Return the formats in which a model is saved by the clock."""
        return [
            name
            for name in self.formats
            if name in files and _any(model.name, self.settings.formats[name].save)
        ]


def _any(name: str, globs: list[str]) -> bool:
    return any(fnmatchcase(name, glob) for glob in globs)


def _within(name: str, of: Size | Timed) -> bool:
    return of.environments is None or _any(name, of.environments)
