"""What can be configured of the campaign of hostile files, and of which type is it?"""

from __future__ import annotations

from dataclasses import dataclass, field

from omegaconf import MISSING

from experiments.config.schema import Environment, Family, Limits
from experiments.corruption.trials import PRISTINE


@dataclass
class Forged:
    """A way to forge a file: what it does, of which saved model, how each format is loaded."""

    does: str = MISSING
    saved_as: str = PRISTINE
    formats: dict[str, list[str]] = MISSING


@dataclass
class Select:
    """Globs over what is forged and loaded."""

    environment: list[str] = field(default_factory=lambda: ["*"])
    case: list[str] = field(default_factory=lambda: ["*"])
    format: list[str] = field(default_factory=lambda: ["*"])
    api: list[str] = field(default_factory=lambda: ["*"])


@dataclass
class Hostile:
    """Everything that decides a campaign of hostile files; stored with it."""

    name: str = MISSING
    fresh: bool = False
    jobs: int = 0
    cases: dict[str, Forged] = MISSING
    limits: Limits = field(default_factory=Limits)
    select: Select = field(default_factory=Select)
    environment: dict[str, Environment] = field(default_factory=dict)
    error: dict[str, Family] = field(default_factory=dict)
