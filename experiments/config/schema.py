"""What can be configured, and of which type is it?

The structured configs that Hydra's compositions are checked against; `compose` does the checking.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from enum import Enum
from pathlib import Path
from typing import Any

from omegaconf import MISSING

from results.contract.cells import Cause, Expected

ROOT = Path(__file__).resolve().parents[2]
"""The top of the repository."""


class Pairs(Enum):
    """Which savers meet which loaders: each its own release, or each every release.

    `turns` are the diagonal of the releases that `Config.turns` names and of the scenario's `also`;
    `landmarks` are those, and all pairs of the releases that `Config.landmarks` names.
    """

    diagonal = "diagonal"
    turns = "turns"
    landmarks = "landmarks"
    all = "all"


@dataclass
class Environment:
    """One TensorFlow/Keras release with its dependencies as they stood on `cutoff`.

    A variant of a release (`variant_of`) has other dependencies or variables than usual: only the
    scenarios that name it run in it.
    """

    python: str = MISSING
    requirements: list[str] = MISSING
    cutoff: str = MISSING
    variables: dict[str, str] = field(default_factory=dict)
    variant_of: str | None = None


@dataclass
class Case:
    """A variant inside a scenario; what it leaves out, it takes from the scenario.

    `facts` are what a good message names: words, or shapes as lists of integers. Cases with one
    `saved_as` load the same file, saved once under that name; without it each case has its own.
    `does` says in words what is done to the file, for a page that lists the cases.
    """

    formats: dict[str, list[str]] | None = None
    expected: Expected | None = None
    facts: list[Any] | None = None
    saved_as: str | None = None
    pairs: Pairs | None = None
    cause: Cause | None = None
    does: str | None = None


@dataclass
class Limit:
    """How much of the machine one cell may use.

    CPU time is counted in imports: multiples of the CPU time that the environment's worker took to
    import its release, so that a slow machine allows more. A cell that reaches `first_imports` is
    put off and repeated alone, until `last_imports`. `idle_s` are seconds for which it may wait
    without computing; `memory_mib` are mebibytes.
    """

    first_imports: float = MISSING
    last_imports: float = MISSING
    idle_s: int = MISSING
    memory_mib: int = MISSING


@dataclass
class Limits:
    """The limits of a cell in each stage."""

    save: Limit = field(default_factory=Limit)
    load: Limit = field(default_factory=Limit)


@dataclass
class OwnLimits:
    """The limits that a scenario has instead of the run's, where it has any."""

    save: Limit | None = None
    load: Limit | None = None


@dataclass
class Scenario:
    """One question about saving and loading, and the axes along which it is asked.

    `environments` are globs over environments; without them it is asked in every release, and in no
    variant of one. `also` are releases in which it is asked beside those of `turns`. `watch` maps
    files in a cell's folder to the effect of the load that they give away.
    """

    question: str = MISSING
    cause: Cause = MISSING
    expected: Expected = MISSING
    pairs: Pairs = MISSING
    formats: dict[str, list[str]] = MISSING
    facts: list[Any] = field(default_factory=list)
    saved_as: str | None = None
    environments: list[str] | None = None
    also: list[str] = field(default_factory=list)
    limits: OwnLimits = field(default_factory=OwnLimits)
    watch: dict[str, str] = field(default_factory=dict)
    cases: dict[str, Case | None] = MISSING


@dataclass
class Remedy:
    """What to do about an error, in words, and the cells in which it was done.

    `cells` are globs over cell ids, part by part, where `=` stands for a loader that is the saver;
    without them the remedy was not tried. It works in a cell whose columns `works` match whole,
    each its regular expression.
    """

    do: str = MISSING
    cells: list[str] = field(default_factory=list)
    works: dict[str, str] = field(default_factory=lambda: {"outcome": "equal"})


@dataclass
class Family:
    """Messages that say one thing, in whatever words and release: an entry of the error index.

    `pattern` is a regular expression; where those of several families are found in a message, the
    family of the one that begins last has it, because the cause stands after what wraps it.
    """

    pattern: str = MISSING
    says: str = MISSING
    check: str = MISSING
    remedies: list[Remedy] = field(default_factory=list)


@dataclass
class Claim:
    """What is said about loading, and the cells that judge it.

    `source` says who makes it, with an address if there is one: `name <address>`. It holds in a
    cell whose columns `holds` match whole, each its regular expression; in a release if it does in
    all of its cells, or, where it speaks of what may happen, in `some`. `cannot` says instead why
    cells cannot judge it.
    """

    source: str = MISSING
    claim: str = MISSING
    cells: list[str] = field(default_factory=list)
    holds: dict[str, str] = field(default_factory=dict)
    some: bool = False
    cannot: str | None = None


@dataclass
class Report:
    """A failure that somebody reported, and the cells that reproduce it, the likest first.

    Some were told without a link. `causes` are several where the report leaves open which it was.
    `said` is the class and message that were reported, if they were. `cannot` says instead of cells
    why it cannot be reproduced here.
    """

    causes: list[Cause] = MISSING
    url: str = ""
    said: str | None = None
    cells: list[str] = field(default_factory=list)
    cannot: str | None = None


@dataclass
class Reports:
    """Reports of one topic, by repository and number."""

    reports: dict[str, Report] = MISSING


@dataclass
class Select:
    """Globs over cells' ids; a cell runs if each part of its id matches one of the globs for it.

    `environment` must match both the saver and the loader. `cell` are globs over the whole id.
    """

    environment: list[str] = field(default_factory=lambda: ["*"])
    scenario: list[str] = field(default_factory=lambda: ["*"])
    case: list[str] = field(default_factory=lambda: ["*"])
    format: list[str] = field(default_factory=lambda: ["*"])
    api: list[str] = field(default_factory=lambda: ["*"])
    saved_with: list[str] = field(default_factory=lambda: ["*"])
    loaded_with: list[str] = field(default_factory=lambda: ["*"])
    cell: list[str] = field(default_factory=lambda: ["*"])


@dataclass
class Forecast:
    """What a run costs, as measured: seconds of one core, and gigabytes of disk.

    `cell_s` is the mean of all cells, `save_s` and `load_s` are those of each format. From an
    environment of `pace` on, in the order of their files, cells take as many times as long.
    """

    install_s: float = MISSING
    import_s: float = MISSING
    cell_s: float = MISSING
    save_s: dict[str, float] = field(default_factory=dict)
    load_s: dict[str, float] = field(default_factory=dict)
    pace: dict[str, float] = field(default_factory=dict)
    environment_gb: float = MISSING
    cell_mb: float = MISSING


@dataclass
class Config:
    """Everything that decides a run; stored with it.

    `variables` are those of each environment's processes beside their own.
    """

    name: str = MISSING
    fresh: bool = False
    jobs: int = 0
    variables: dict[str, str] = field(default_factory=dict)
    shard: str = "1/1"
    landmarks: list[str] = field(default_factory=list)
    turns: list[str] = field(default_factory=list)
    forecast: Forecast = field(default_factory=Forecast)
    limits: Limits = field(default_factory=Limits)
    select: Select = field(default_factory=Select)
    environment: dict[str, Environment] = field(default_factory=dict)
    scenario: dict[str, Scenario] = field(default_factory=dict)
    error: dict[str, Family] = field(default_factory=dict)
    claim: dict[str, Claim] = field(default_factory=dict)
    report: dict[str, Reports] = field(default_factory=dict)

    def limit(self, scenario: str, stage: str) -> Limit:
        """Return the limits of a scenario's cells in a stage: its own, or else the run's."""
        own: Limit | None = getattr(self.scenario[scenario].limits, stage)
        shared: Limit = getattr(self.limits, stage)
        return own or shared
