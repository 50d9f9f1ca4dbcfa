"""What can be configured of the timings, and of which type is it?"""

from __future__ import annotations

from pydantic import Field, StrictBool, StrictFloat, StrictInt, StrictStr

from experiments.config.schema import Environment, Limit, Strict


class Size(Strict):
    """One model of a family: how many parameters it has, and the arguments that make it so.

    `environments` are globs over those in which it is timed; without them all.
    """

    parameters: StrictInt
    arguments: dict[StrictStr, StrictInt]
    environments: list[str] | None = None


class ModelFamily(Strict):
    """Models of one kind in several sizes."""

    says: str
    sizes: dict[StrictStr, Size]


class Timed(Strict):
    """How files of one format are loaded, and of which models they are also saved by the clock.

    `load` are APIs; `save` are globs over `family/size`. `warm_up`: a small file of it is loaded
    before later loads of a process are timed. `environments` are globs over those in which the
    format is one of its own; without them all.
    """

    load: list[str]
    save: list[str] = Field(default_factory=list)
    warm_up: StrictBool = False
    environments: list[str] | None = None


class Control(Strict):
    """An environment under a second name, as if it were another one.

    Where nothing is planted, what is found between the two is noise. `slower` is the part of its
    time that each load is made to take longer.
    """

    environment: str
    slower: StrictFloat = 0.0


class Rounds(Strict):
    """How many rounds there are, at least and at most."""

    least: StrictInt
    most: StrictInt


class Select(Strict):
    """Globs over what is timed; `environment` also matches the names of controls."""

    environment: list[str] = Field(default_factory=lambda: ["*"])
    family: list[str] = Field(default_factory=lambda: ["*"])
    size: list[str] = Field(default_factory=lambda: ["*"])
    format: list[str] = Field(default_factory=lambda: ["*"])
    api: list[str] = Field(default_factory=lambda: ["*"])


class Forecast(Strict):
    """What the timings cost, as measured: seconds, mebibytes and gigabytes."""

    install_s: StrictFloat
    import_s: StrictFloat
    turn_s: StrictFloat
    load_s: StrictFloat
    process_mib: StrictFloat
    environment_gb: StrictFloat


class Timings(Strict):
    """Everything that decides a session of timings; stored with it."""

    name: str
    fresh: StrictBool = False
    seed: StrictInt
    budget_s: StrictFloat
    rounds: Rounds
    change: StrictFloat
    slice_s: StrictFloat
    formats: dict[StrictStr, Timed]
    cold: list[str] = Field(default_factory=list)
    controls: dict[StrictStr, Control] = Field(default_factory=dict)
    limit: Limit
    select: Select = Field(default_factory=Select)
    forecast: Forecast
    environment: dict[StrictStr, Environment] = Field(default_factory=dict)
    family: dict[StrictStr, ModelFamily] = Field(default_factory=dict)
