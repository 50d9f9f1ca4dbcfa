"""Declare the keys of the configuration files and their types.

pydantic checks every file against these models. `reading` turns its complaints into faults.
"""

from __future__ import annotations

from enum import Enum
from pathlib import Path
from typing import Annotated, Any

from pydantic import (
    BaseModel,
    BeforeValidator,
    ConfigDict,
    Field,
    StrictBool,
    StrictFloat,
    StrictInt,
    StrictStr,
    model_validator,
)

from results.contract.cells import Cause, Expected

ROOT = Path(__file__).resolve().parents[2]
"""The top of the repository."""


class Strict(BaseModel):
    """A mapping that has all of its keys and no other.

    A number may stand for a string (`name=2024`), but not as a key: YAML reads the key 1.10 as 1.1.
    Numbers and truth values are not converted.
    """

    model_config = ConfigDict(extra="forbid", coerce_numbers_to_str=True, allow_inf_nan=False)


class Pairs(Enum):
    """Which savers meet which loaders: each its own release, or each every release.

    `turns` are the diagonal of the releases that `Config.turns` names and of the scenario's `also`;
    `landmarks` are those, and all pairs of the releases that `Config.landmarks` names.
    """

    diagonal = "diagonal"
    turns = "turns"
    landmarks = "landmarks"
    all = "all"


class Environment(Strict):
    """One TensorFlow/Keras release with its dependencies as they stood on `cutoff`.

    A variant of a release (`variant_of`) has other dependencies or variables than usual. Only the
    scenarios that name it run in it.
    """

    python: str
    requirements: list[str]
    cutoff: str
    variables: dict[StrictStr, str] = Field(default_factory=dict)
    variant_of: str | None = None


class Limit(Strict):
    """How much of the machine one cell may use.

    CPU time is counted in imports: multiples of the CPU time that the environment's worker took to
    import its release, so that a slow machine allows more. A cell that reaches `first_imports` is
    put off and repeated alone, until `last_imports`. `idle_s` are seconds for which it may wait
    without computing; `memory_mib` are mebibytes.
    """

    first_imports: StrictFloat
    last_imports: StrictFloat
    idle_s: StrictInt
    memory_mib: StrictInt


class Limits(Strict):
    """The limits of a cell in each stage."""

    save: Limit
    load: Limit


class OwnLimits(Strict):
    """The limits that a scenario has instead of the run's, where it has any."""

    save: Limit | None = None
    load: Limit | None = None


FROM_SCENARIO: Any = None
"""Stands in a case for a value that its scenario gives."""


class Case(Strict):
    """A variant inside a scenario. The scenario gives each key that the case leaves out.

    `facts` are the words, and shapes as lists of sizes, that a good message names. Cases with the
    same `saved_as` load the same file, saved once under that name. The default is the case's name.
    `does` says how a forged file is made, for a page that lists the cases.
    """

    formats: dict[StrictStr, list[str]] = FROM_SCENARIO
    expected: Expected = FROM_SCENARIO
    facts: list[Any] = FROM_SCENARIO
    saved_as: str = FROM_SCENARIO
    pairs: Pairs = FROM_SCENARIO
    cause: Cause = FROM_SCENARIO
    does: str | None = None


def _empty(case: object) -> object:
    """Read a case that is only named as one that leaves out every key."""
    return {} if case is None else case


class Scenario(Strict):
    """One question about saving and loading, and the axes of its cells.

    `environments` are globs over environments. Without them, the scenario runs in every release and
    in no variant of one. `also` are releases in which it runs beside those of `turns`. `watch`
    maps files in a cell's folder to the effect of the load that they give away.
    """

    question: str
    cause: Cause
    expected: Expected
    pairs: Pairs
    formats: dict[StrictStr, list[str]]
    facts: list[Any] = Field(default_factory=list)
    saved_as: str | None = None
    environments: list[str] | None = None
    also: list[str] = Field(default_factory=list)
    limits: OwnLimits = Field(default_factory=OwnLimits)
    watch: dict[StrictStr, str] = Field(default_factory=dict)
    cases: dict[StrictStr, Annotated[Case, BeforeValidator(_empty)]]

    @model_validator(mode="after")
    def complete_cases(self) -> Scenario:
        """Give each case the keys that it leaves out."""
        for name, case in self.cases.items():
            case.saved_as = case.saved_as or self.saved_as or name
            for key in Case.model_fields.keys() & Scenario.model_fields.keys():
                if getattr(case, key) is FROM_SCENARIO:
                    setattr(case, key, getattr(self, key))
        return self


class WayOut(Strict):
    """A way out of an error, in words, and the cells that tried it.

    `cells` are globs over cell ids, part by part, where `=` stands for a loader that is the saver.
    Without cells, nobody tried the way out. It works in a cell if each column of `works` matches
    its regular expression as a whole.
    """

    do: str
    cells: list[str] = Field(default_factory=list)
    works: dict[StrictStr, str] = Field(default_factory=lambda: {"outcome": "equal"})


class Message(Strict):
    """An entry of the error index: the messages by which releases report the same problem.

    `pattern` is a regular expression. Where the patterns of several entries match a message, the
    match that begins last decides, because a wrapper quotes the cause at its end.
    """

    pattern: str
    says: str
    check: str
    remedies: list[WayOut] = Field(default_factory=list)


class Claim(Strict):
    """A claim about loading, and the cells that judge it.

    `source` is its author, with an address if there is one: `name <address>`. The claim holds in a
    cell if each column of `holds` matches its regular expression as a whole. It holds in a release
    if it holds in all cells, or in one of them if the claim is about a possibility (`some`).
    `cannot` gives the reason why cells cannot judge it.
    """

    source: str
    claim: str
    cells: list[str] = Field(default_factory=list)
    holds: dict[StrictStr, str] = Field(default_factory=dict)
    some: StrictBool = False
    cannot: str | None = None


class Report(Strict):
    """A reported failure, and the cells that reproduce it, the most similar first.

    Some reports have no link. `causes` are all that the report leaves possible. `said` is the
    reported class and message, if any. `cannot` gives the reason why no cell can reproduce it.
    """

    causes: list[Cause]
    url: str = ""
    said: str | None = None
    cells: list[str] = Field(default_factory=list)
    cannot: str | None = None


class Reports(Strict):
    """Reports of one topic, by repository and number."""

    reports: dict[StrictStr, Report]


class Select(Strict):
    """Globs over cells' ids; a cell runs if each part of its id matches one of the globs for it.

    `environment` must match both the saver and the loader. `cell` are globs over the whole id.
    """

    environment: list[str] = Field(default_factory=lambda: ["*"])
    scenario: list[str] = Field(default_factory=lambda: ["*"])
    case: list[str] = Field(default_factory=lambda: ["*"])
    format: list[str] = Field(default_factory=lambda: ["*"])
    api: list[str] = Field(default_factory=lambda: ["*"])
    saved_with: list[str] = Field(default_factory=lambda: ["*"])
    loaded_with: list[str] = Field(default_factory=lambda: ["*"])
    cell: list[str] = Field(default_factory=lambda: ["*"])


class Forecast(Strict):
    """The measured costs of a run: seconds of one core, and gigabytes of disk.

    `cell_s` is the mean of all cells, `save_s` and `load_s` are those of each format. From an
    environment of `pace` on, in the order of their files, cells take as many times as long.
    """

    install_s: StrictFloat
    import_s: StrictFloat
    cell_s: StrictFloat
    save_s: dict[StrictStr, StrictFloat] = Field(default_factory=dict)
    load_s: dict[StrictStr, StrictFloat] = Field(default_factory=dict)
    pace: dict[StrictStr, StrictFloat] = Field(default_factory=dict)
    environment_gb: StrictFloat
    cell_mb: StrictFloat


class Config(Strict):
    """Everything that decides a run; stored with it.

    `variables` are set in the processes of every environment, beside its own.
    """

    name: str
    fresh: StrictBool = False
    jobs: StrictInt = 0
    variables: dict[StrictStr, str] = Field(default_factory=dict)
    shard: str = "1/1"
    landmarks: list[str] = Field(default_factory=list)
    turns: list[str] = Field(default_factory=list)
    forecast: Forecast
    limits: Limits
    select: Select = Field(default_factory=Select)
    environment: dict[StrictStr, Environment] = Field(default_factory=dict)
    scenario: dict[StrictStr, Scenario] = Field(default_factory=dict)
    error: dict[StrictStr, Message] = Field(default_factory=dict)
    claim: dict[StrictStr, Claim] = Field(default_factory=dict)
    report: dict[StrictStr, Reports] = Field(default_factory=dict)

    def limit(self, scenario: str, stage: str) -> Limit:
        """Return the limits of a scenario's cells in a stage: its own, or else the run's."""
        own: Limit | None = getattr(self.scenario[scenario].limits, stage)
        shared: Limit = getattr(self.limits, stage)
        return own or shared
