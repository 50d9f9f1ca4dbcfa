"""The types of the configuration of the corruption campaign."""

from __future__ import annotations

from dataclasses import dataclass, field

from omegaconf import MISSING

from experiments.config.schema import Environment, Family, Limits


@dataclass
class Loaded:
    """The call that loads files of a format, and the environments in which it is called."""

    api: str = MISSING
    environments: list[str] = MISSING


@dataclass
class Draws:
    """The number of damages of each kind among those that are drawn in a place."""

    bit: int = MISSING
    byte: int = MISSING
    zero: int = MISSING
    swap: int = MISSING
    cut: int = MISSING


@dataclass
class Again:
    """The formats whose damage is loaded again; by place, the byte of memory at each load."""

    formats: list[str] = field(default_factory=list)
    fills: dict[str, list[int]] = field(default_factory=dict)


@dataclass
class Select:
    """Globs over the environments and formats in which files are damaged."""

    environment: list[str] = field(default_factory=lambda: ["*"])
    format: list[str] = field(default_factory=lambda: ["*"])


@dataclass
class Corruption:
    """Everything that decides a corruption campaign; stored with it.

    `variables` are those of each environment's processes beside their own.
    """

    name: str = MISSING
    fresh: bool = False
    jobs: int = 0
    seed: int = MISSING
    files: int = MISSING
    formats: dict[str, Loaded] = MISSING
    draws: Draws = field(default_factory=Draws)
    stretch: int = MISSING
    variables: dict[str, str] = field(default_factory=dict)
    again: Again = field(default_factory=Again)
    saying: list[str] = MISSING
    limits: Limits = field(default_factory=Limits)
    select: Select = field(default_factory=Select)
    environment: dict[str, Environment] = field(default_factory=dict)
    error: dict[str, Family] = field(default_factory=dict)
