"""What can be configured of the corruption campaign, and of which type is it?"""

from __future__ import annotations

from dataclasses import dataclass, field

from omegaconf import MISSING

from experiments.config.schema import Environment, Family, Limits


@dataclass
class Loaded:
    """By which call files of a format are loaded, and in which environments."""

    api: str = MISSING
    environments: list[str] = MISSING


@dataclass
class Draws:
    """How many of the damages that are drawn in a place are of which kind."""

    bit: int = MISSING
    byte: int = MISSING
    zero: int = MISSING
    swap: int = MISSING
    cut: int = MISSING


@dataclass
class Again:
    """Damage of which formats is loaded again, and with what in memory, by place.

    `damages` and `ends` are for files of those places, beside what is for the place: by what was
    done to them, and by the outcome of their first load.
    """

    formats: list[str] = field(default_factory=list)
    fills: dict[str, list[int]] = field(default_factory=dict)
    damages: dict[str, list[int]] = field(default_factory=dict)
    ends: dict[str, list[int]] = field(default_factory=dict)


@dataclass
class Select:
    """Globs over what is damaged."""

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
