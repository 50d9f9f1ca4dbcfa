"""Gives lines that stand side by side a mark, a stroke and a lightness of their own."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any


@dataclass(frozen=True)
class Line:
    """Colour, mark and stroke of one line."""

    colour: str
    mark: str
    stroke: str

    @property
    def drawn(self) -> dict[str, Any]:
        """The arguments by which matplotlib draws it."""
        return {
            "color": self.colour,
            "marker": self.mark,
            "linestyle": self.stroke,
            "linewidth": 1.0,
            "markersize": 3.4,
            "markeredgewidth": 0.5,
            "markeredgecolor": "#222222",
        }


STYLES = (
    Line("#111111", "o", "-"),
    Line("#b8401c", "s", "--"),
    Line("#2f6f9f", "^", "-."),
    Line("#7fb8a4", "D", ":"),
    Line("#f3b53f", "v", "-"),
    Line("#8c2d52", "P", "--"),
    Line("#999999", "X", "-."),
)

LOADS = (
    ("h5", "load_model"),
    ("keras", "load_model"),
    ("savedmodel", "load_model"),
    ("weights_h5", "load_weights"),
    ("weights_h5", "load_weights_by_name"),
    ("keras_weights_h5", "load_weights"),
    ("checkpoint", "load_weights"),
)
"""The ways to load, in the order of the page."""

NAMES = {
    ("h5", "load_model"): "m.h5, load_model",
    ("keras", "load_model"): "m.keras, load_model",
    ("savedmodel", "load_model"): "SavedModel, load_model",
    ("weights_h5", "load_weights"): "w.h5, load_weights",
    ("weights_h5", "load_weights_by_name"): "w.h5, by_name=True",
    ("keras_weights_h5", "load_weights"): "w.weights.h5, load_weights",
    ("checkpoint", "load_weights"): "checkpoint, load_weights",
    ("h5", "save"): "m.h5, save",
    ("keras", "save"): "m.keras, save",
    ("savedmodel", "save"): "SavedModel, save",
    ("weights_h5", "save_weights"): "w.h5, save_weights",
    ("keras_weights_h5", "save_weights"): "w.weights.h5, save_weights",
    ("checkpoint", "save_weights"): "checkpoint, save_weights",
}


def of_load(form: str, api: str) -> Line:
    """Return the line of a way to load, the same in every figure."""
    return STYLES[LOADS.index((form, api)) % len(STYLES)] if (form, api) in LOADS else STYLES[-1]


def named(form: str, api: str) -> str:
    """Write a way to load or to save as its user calls it."""
    return NAMES.get((form, api), f"{form}, {api}")
