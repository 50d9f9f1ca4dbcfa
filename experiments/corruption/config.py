"""Define the settings of the corruption campaign and their types."""

from __future__ import annotations

from pydantic import Field, StrictBool, StrictInt, StrictStr

from experiments.config.schema import Environment, Limits, Message, Strict


class FormatLoads(Strict):
    """The API that loads the files of a format, and the environments that load them."""

    api: str
    environments: list[str]


class Draws(Strict):
    """The number of damages of each kind in a cycle of draws in a region."""

    bit: StrictInt
    byte: StrictInt
    zero: StrictInt
    swap: StrictInt
    cut: StrictInt


class Repeats(Strict):
    """The loads that are repeated: those of damage in some formats and regions.

    `fills` maps each region to the bytes that fill memory, one for each repeated load.
    """

    formats: list[str] = Field(default_factory=list)
    fills: dict[StrictStr, list[StrictInt]] = Field(default_factory=dict)


class Select(Strict):
    """Globs over the environments and formats in which files are damaged."""

    environment: list[str] = Field(default_factory=lambda: ["*"])
    format: list[str] = Field(default_factory=lambda: ["*"])


class Corruption(Strict):
    """All settings of a corruption campaign; stored with its records.

    `files` is the number of damaged files of each format in each environment. `stretch` is the
    number of bytes that a damage zeroes or swaps. `variables` are added to the environment
    variables of all processes. `saying` are the entries of the error index whose messages say that
    a file is damaged.
    """

    name: str
    fresh: StrictBool = False
    jobs: StrictInt = 0
    seed: StrictInt
    files: StrictInt
    formats: dict[StrictStr, FormatLoads]
    draws: Draws
    stretch: StrictInt
    variables: dict[StrictStr, str] = Field(default_factory=dict)
    again: Repeats = Field(default_factory=Repeats)
    saying: list[str]
    limits: Limits
    select: Select = Field(default_factory=Select)
    environment: dict[StrictStr, Environment] = Field(default_factory=dict)
    error: dict[StrictStr, Message] = Field(default_factory=dict)
