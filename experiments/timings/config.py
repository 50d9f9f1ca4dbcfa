"""What can be configured of the timings, and of which type is it?"""

from __future__ import annotations

from dataclasses import dataclass, field

from omegaconf import MISSING

from experiments.config.schema import Environment, Limit


@dataclass
class Size:
    """One model of a family: how many parameters it has, and the arguments that make it so.

    `environments` are globs over those in which it is timed; without them all.
    """

    parameters: int = MISSING
    arguments: dict[str, int] = MISSING
    environments: list[str] | None = None


@dataclass
class ModelFamily:
    """Models of one kind in several sizes."""

    says: str = MISSING
    sizes: dict[str, Size] = MISSING


@dataclass
class Timed:
    """How files of one format are loaded, and of which models they are also saved by the clock.

    `load` are APIs; `save` are globs over `family/size`. `warm_up`: a small file of it is loaded
    before later loads of a process are timed. `environments` are globs over those in which the
    format is one of its own; without them all.
    """

    load: list[str] = MISSING
    save: list[str] = field(default_factory=list)
    warm_up: bool = False
    environments: list[str] | None = None


@dataclass
class Control:
    """An environment under a second name, as if it were another one.

    Where nothing is planted, what is found between the two is noise. `slower` is the part of its
    time that each load is made to take longer.
    """

    environment: str = MISSING
    slower: float = 0.0


@dataclass
class Rounds:
    """How many rounds there are, at least and at most."""

    least: int = MISSING
    most: int = MISSING


@dataclass
class Select:
    """Globs over what is timed; `environment` also matches the names of controls."""

    environment: list[str] = field(default_factory=lambda: ["*"])
    family: list[str] = field(default_factory=lambda: ["*"])
    size: list[str] = field(default_factory=lambda: ["*"])
    format: list[str] = field(default_factory=lambda: ["*"])
    api: list[str] = field(default_factory=lambda: ["*"])


@dataclass
class Forecast:
    """What the timings cost, as measured: seconds, mebibytes and gigabytes."""

    install_s: float = MISSING
    import_s: float = MISSING
    turn_s: float = MISSING
    load_s: float = MISSING
    process_mib: float = MISSING
    environment_gb: float = MISSING


@dataclass
class Timings:
    """Everything that decides a session of timings; stored with it."""

    name: str = MISSING
    fresh: bool = False
    seed: int = MISSING
    budget_s: float = MISSING
    rounds: Rounds = field(default_factory=Rounds)
    change: float = MISSING
    slice_s: float = MISSING
    formats: dict[str, Timed] = MISSING
    cold: list[str] = field(default_factory=list)
    controls: dict[str, Control] = field(default_factory=dict)
    limit: Limit = field(default_factory=Limit)
    select: Select = field(default_factory=Select)
    forecast: Forecast = field(default_factory=Forecast)
    environment: dict[str, Environment] = field(default_factory=dict)
    family: dict[str, ModelFamily] = field(default_factory=dict)
