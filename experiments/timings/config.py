"""Define the settings of the timings and their types."""

from __future__ import annotations

from pydantic import Field, StrictBool, StrictFloat, StrictInt, StrictStr

from experiments.config.schema import Environment, Limit, Strict


class Size(Strict):
    """One size of a kind of model: its number of parameters, and the arguments that build it.

    `environments` are globs over the environments in which it is timed; without them all.
    """

    parameters: StrictInt
    arguments: dict[StrictStr, StrictInt]
    environments: list[str] | None = None


class ModelKind(Strict):
    """A kind of model: models of one structure in several sizes."""

    says: str
    sizes: dict[StrictStr, Size]


class Timed(Strict):
    """The loads and saves of one format.

    `load` are the APIs that load the format. `save` are globs over `family/size`: the models whose
    saves are timed too. With `warm_up`, a process loads a small file of the format after its first
    timed load. `environments` are globs over the environments in which the format exists; without
    them all.
    """

    load: list[str]
    save: list[str] = Field(default_factory=list)
    warm_up: StrictBool = False
    environments: list[str] | None = None


class Control(Strict):
    """An environment under a second name, treated like another environment.

    Without a planted slowdown, each difference between the two is noise. `slower` is the part of
    its time by which each load is made longer.
    """

    environment: str
    slower: StrictFloat = 0.0


class Rounds(Strict):
    """The smallest and the largest number of rounds."""

    least: StrictInt
    most: StrictInt


class Select(Strict):
    """Globs over the timed loads and saves; `environment` also matches the names of controls."""

    environment: list[str] = Field(default_factory=lambda: ["*"])
    family: list[str] = Field(default_factory=lambda: ["*"])
    size: list[str] = Field(default_factory=lambda: ["*"])
    format: list[str] = Field(default_factory=lambda: ["*"])
    api: list[str] = Field(default_factory=lambda: ["*"])


class Forecast(Strict):
    """The measured costs of timings, in seconds, mebibytes and gigabytes."""

    install_s: StrictFloat
    import_s: StrictFloat
    turn_s: StrictFloat
    load_s: StrictFloat
    process_mib: StrictFloat
    environment_gb: StrictFloat


class Timings(Strict):
    """All settings of a session of timings; stored with its records."""

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
    family: dict[StrictStr, ModelKind] = Field(default_factory=dict)
