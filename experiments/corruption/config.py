"""The types of the configuration of the corruption campaign."""

from __future__ import annotations

from pydantic import Field, StrictBool, StrictInt, StrictStr

from experiments.config.schema import Environment, Family, Limits, Strict


class Loaded(Strict):
    """The call that loads files of a format, and the environments in which it is called."""

    api: str
    environments: list[str]


class Draws(Strict):
    """The number of damages of each kind among those that are drawn in a place."""

    bit: StrictInt
    byte: StrictInt
    zero: StrictInt
    swap: StrictInt
    cut: StrictInt


class Again(Strict):
    """The formats whose damage is loaded again; by place, the byte of memory at each load."""

    formats: list[str] = Field(default_factory=list)
    fills: dict[StrictStr, list[StrictInt]] = Field(default_factory=dict)


class Select(Strict):
    """Globs over the environments and formats in which files are damaged."""

    environment: list[str] = Field(default_factory=lambda: ["*"])
    format: list[str] = Field(default_factory=lambda: ["*"])


class Corruption(Strict):
    """Everything that decides a corruption campaign; stored with it.

    `variables` are those of each environment's processes beside their own.
    """

    name: str
    fresh: StrictBool = False
    jobs: StrictInt = 0
    seed: StrictInt
    files: StrictInt
    formats: dict[StrictStr, Loaded]
    draws: Draws
    stretch: StrictInt
    variables: dict[StrictStr, str] = Field(default_factory=dict)
    again: Again = Field(default_factory=Again)
    saying: list[str]
    limits: Limits
    select: Select = Field(default_factory=Select)
    environment: dict[StrictStr, Environment] = Field(default_factory=dict)
    error: dict[StrictStr, Family] = Field(default_factory=dict)
