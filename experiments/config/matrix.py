"""Expand a configuration into its cells, and select among them.

Nothing here reads a file or runs anything.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from functools import cached_property

from experiments.config import globs
from experiments.config.faults import ConfigFaultsError, Fault
from experiments.config.schema import Config, Pairs, Scenario, Select
from results.contract.cells import WRITTEN_BY


@dataclass(frozen=True)
class Cell:
    """One load: a case of a scenario in a format, by an API, from a saver to a loader."""

    scenario: str
    case: str
    format: str
    api: str
    saved_with: str
    loaded_with: str
    saved_as: str

    @cached_property
    def id(self) -> str:
        """The cell's path, the same string in configs, logs, files, report and command line."""
        axes = (self.scenario, self.case, self.format, self.api, self.saved_with, self.loaded_with)
        return "/".join(axes)

    @cached_property
    def save(self) -> Save:
        """The save that this cell loads from; shared by all cells of one saver."""
        return Save(self.scenario, self.saved_as, self.format, self.saved_with)


@dataclass(frozen=True)
class Save:
    """One save: a file that one or more cases of a scenario load, in a format, by a saver."""

    scenario: str
    case: str
    format: str
    saved_with: str

    @property
    def api(self) -> str:
        """The call that writes this format."""
        return WRITTEN_BY[self.format]

    @cached_property
    def id(self) -> str:
        """The save's path: a cell's, but for the loader."""
        return "/".join((self.scenario, self.case, self.format, self.api, self.saved_with))


def cells(config: Config) -> list[Cell]:
    """Expand every scenario over its axes and keep what `config.select` selects, sorted by id.

    `config.shard` asks for a part of the selection. Raises `ConfigFaultsError` if no cell is left.
    """
    selected = _selected(_all(config), config.select)
    if not selected:
        raise ConfigFaultsError([_nothing(config.select)])
    dealt = _dealt(selected, config.shard)
    if not dealt:
        fix = "There are fewer scenarios than parts; ask for fewer."
        raise ConfigFaultsError([Fault(f"shard={config.shard}", "has no cell", fix)])
    return sorted(dealt, key=lambda cell: cell.id)


def _dealt(cells: list[Cell], shard: str) -> list[Cell]:
    """Return one part of the cells. A part has whole scenarios, so that no file is saved twice.

    The largest scenarios come first; each goes to the part with the fewest cells so far.
    """
    part, parts = map(int, shard.split("/"))
    sizes = Counter(cell.scenario for cell in cells)
    filled, part_of = [0] * parts, dict[str, int]()
    for name in sorted(sizes, key=lambda name: (-sizes[name], name)):
        part_of[name] = filled.index(min(filled))
        filled[part_of[name]] += sizes[name]
    return [cell for cell in cells if part_of[cell.scenario] == part - 1]


def _all(config: Config) -> Iterator[Cell]:
    for name, scenario in config.scenario.items():
        for case, content in scenario.cases.items():
            pairs = known_pairs(config, name, case)
            for form, apis in content.formats.items():
                for api in apis:
                    for saver, loader in pairs:
                        saved = saved_as(config, name, case)
                        yield Cell(name, case, form, api, saver, loader, saved)


def known_pairs(config: Config, scenario: str, case: str) -> list[tuple[str, str]]:
    """List the pairs of saver and loader of a case."""
    content = config.scenario[scenario].cases[case]
    names = _environments(config.scenario[scenario], config)
    alone = names
    if content.pairs in (Pairs.turns, Pairs.landmarks):
        turns = {*config.turns, *config.scenario[scenario].also}
        alone = [name for name in names if name in turns]
    crossing = {Pairs.all: names, Pairs.landmarks: config.landmarks}.get(content.pairs, [])
    return [
        (saver, loader)
        for saver in names
        for loader in names
        if (saver == loader and saver in alone) or (saver in crossing and loader in crossing)
    ]


def saved_as(config: Config, scenario: str, case: str) -> str:
    """Return the name under which the file of a case is saved."""
    return config.scenario[scenario].cases[case].saved_as


def _environments(scenario: Scenario, config: Config) -> list[str]:
    """List the environments in which a scenario runs."""
    if scenario.environments is None:
        return [
            name
            for name, environment in config.environment.items()
            if environment.variant_of is None
        ]
    return [name for name in config.environment if globs.matches(name, scenario.environments)]


def _selected(cells: Iterable[Cell], select: Select) -> list[Cell]:
    """Return the cells whose id, and every part of it, matches one of the globs given for it."""
    matchers = {key: globs.matcher(patterns) for key, patterns in vars(select).items()}
    whole, environment = matchers.pop("cell"), matchers.pop("environment")
    return [
        cell
        for cell in cells
        if all(matcher(getattr(cell, axis)) for axis, matcher in matchers.items())
        and environment(cell.saved_with)
        and environment(cell.loaded_with)
        and (select.cell == ["*"] or whole(cell.id))
    ]


def select_faults(config: Config) -> Iterator[Fault]:
    """Report each glob that matches none of the names it could match."""
    environments = set(config.environment)
    every_cell = list(_all(config))
    names = {
        "cell": {cell.id for cell in every_cell},
        "environment": environments,
        "saved_with": environments,
        "loaded_with": environments,
        "scenario": set(config.scenario),
        "case": {cell.case for cell in every_cell},
        "format": {cell.format for cell in every_cell},
        "api": {cell.api for cell in every_cell},
    }
    yield from globs.faults(config.select, names)


def _nothing(select: Select) -> Fault:
    chosen = " ".join(
        f"{key}=[{','.join(globs)}]" for key, globs in vars(select).items() if globs != ["*"]
    )
    return Fault(
        chosen or "configs/scenario",
        "no cell has all of this: each name exists, but not together",
        "Leave one out; `--dry-run` shows which cells a selection has.",
    )
