"""Makes the published row of a cell from the cell, the reply to its save and that to its load."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Iterator
from typing import Any

from experiments.config.matrix import Cell, Save
from experiments.config.schema import Case, Config
from experiments.records import messages
from experiments.run.protocol import Reply
from results.contract.cells import CELLS, EFFECTS, FAILED, verdict
from results.contract.columns import Row
from results.error_index import ErrorIndex

Lookup = Callable[[Any], Reply | None]
"""Looks up the valid reply to a save or a cell."""


class Recorder:
    """Turns cells and replies into rows.

    `saved` and `loaded` look replies up. `unavailable` maps an environment to the reason why it
    could not be built.
    """

    def __init__(
        self, config: Config, saved: Lookup, loaded: Lookup, unavailable: dict[str, str]
    ) -> None:
        self.config, self.saved, self.loaded = config, saved, loaded
        self.unavailable = unavailable
        self._index = ErrorIndex({name: entry.pattern for name, entry in config.error.items()})

    def rows(self, cells: Iterable[Cell]) -> list[Row]:
        """Return a row for each cell and for each save that failed, sorted by `cell`."""
        cells = list(cells)
        rows = [self._load_row(cell) for cell in cells]
        rows.extend(self._failed_saves({cell.save for cell in cells}))
        return sorted(rows, key=lambda row: row["cell"])

    def _failed_saves(self, saves: Iterable[Save]) -> Iterator[Row]:
        for save in saves:
            reply = self.saved(save)
            if reply is not None and _not_saved(reply):
                scenario = self.config.scenario[save.scenario]
                case = Case(cause=scenario.cause, expected=scenario.expected)
                row = self._row(save.id, case, reply)
                yield row | {
                    **_axes(save, save.api, ""),
                    "outcome": "not_saved",
                    "verdict": verdict("not_saved", scenario.expected.value),
                    "reason": reply.get("reason") or _in_words(reply),
                    "facts_expected": "",
                    "facts_named": "",
                }

    def _load_row(self, cell: Cell) -> Row:
        case = self.config.scenario[cell.scenario].cases[cell.case]
        row = self._row(cell.id, case, self._reply(cell))
        return row | _axes(cell, cell.api, cell.loaded_with)

    def _row(self, identity: str, case: Case, reply: Reply) -> Row:
        """Return the columns that follow from a reply; the axes are still to be filled in."""
        row = _row(identity, case, reply)
        # From the published message, so that `publish judged` can repeat it without a run.
        return row | {"error_family": self._index.entry(row["error_type"], row["error_message"])}

    def _reply(self, cell: Cell) -> Reply:
        """Return the reply to the load, or a reply that gives the reason why there is none."""
        for environment in (cell.saved_with, cell.loaded_with):
            if environment in self.unavailable:
                return _without("skipped", self.unavailable[environment])
        saved = self.saved(cell.save)
        if saved is None or saved["outcome"] == "harness_error":
            fault = _fault(saved, cell.save.id, f"logs/save/{cell.saved_with}.log")
            return fault | {"reason": f"its save failed: {fault['reason']}"}
        if saved["outcome"] == "skipped":
            return _without("skipped", saved["reason"])
        if saved["outcome"] != "saved":
            reason = saved.get("reason") or _in_words(saved)
            return _without("not_saved", reason) | {"phase": saved.get("phase", "")}
        loaded = self.loaded(cell)
        if loaded is None or loaded["outcome"] == "harness_error":
            return _fault(loaded, cell.id, f"logs/load/{cell.loaded_with}.log")
        return loaded


def _fault(reply: Reply | None, identity: str, worker_log: str) -> Reply:
    """Return a fault of the harness whose reason names the log in the run's folder."""
    if reply is None:
        return _without("harness_error", f"no reply was recorded; see {worker_log}")
    if "; see logs/" in reply["reason"]:
        return reply
    return {**reply, "reason": f"{reply['reason']}; see logs/cells/{identity}.log"}


def _axes(source: Cell | Save, api: str, loader: str) -> Row:
    return {
        "scenario": source.scenario,
        "case": source.case,
        "format": source.format,
        "api": api,
        "saved_with": source.saved_with,
        "loaded_with": loader,
    }


def _row(identity: str, case: Case, reply: Reply) -> Row:
    """Return the columns that follow from the reply and the declared case."""
    outcome, error_type = reply["outcome"], reply.get("error_type", "")
    text = messages.message(reply.get("error_message", ""), reply.get("scratch", ""))
    facts = (case.facts or []) if outcome in (*FAILED, "different", "equal") else None
    return dict.fromkeys(CELLS.names, "") | {
        "cell": identity,
        "cause": case.cause.value,
        "phase": reply.get("phase", ""),
        "outcome": outcome,
        "expected": case.expected.value,
        "verdict": verdict(outcome, case.expected.value),
        "error_type": error_type,
        "error_message": text,
        "facts_expected": "" if facts is None else str(len(facts)),
        "facts_named": "" if facts is None else str(sum(named(fact, text) for fact in facts)),
        "max_abs_diff": messages.difference(reply.get("max_abs_diff")),
        "reason": messages.message(reply.get("reason", ""), reply.get("scratch", "")),
        "differs": reply.get("differs", ""),
        "raised_in": messages.place(reply.get("raised_in", "")),
        "weights_saved": str(reply.get("weights_saved", "")),
        "weights_restored": str(reply.get("weights_restored", "")),
        "effects": "+".join(name for name in EFFECTS if name in reply.get("effects", ())),
    }


SHAPE = re.compile(r"(?<![\w.])(?:None|\d+)(?:\s*,\s*(?:None|\d+))*(?!\w)")
"""A shape in a message, whatever its brackets: (3, 32), [3,32], TensorShape([3, 32]), (32,)."""


def named(fact: Any, message: str) -> bool:
    """Say whether a message names a fact: a shape, all of it, or a word as it stands."""
    if isinstance(fact, list):
        sizes = [str(size) for size in fact]
        return any(re.findall(r"\w+", shape) == sizes for shape in SHAPE.findall(message))
    return re.search(rf"(?<![\w.]){re.escape(str(fact))}(?!\w)", message) is not None


def _not_saved(reply: Reply) -> bool:
    return reply["outcome"] not in ("saved", "skipped", "harness_error")


def _without(outcome: str, reason: str) -> Reply:
    return {"outcome": outcome, "reason": reason}


def _in_words(reply: Reply) -> str:
    text = messages.message(reply.get("error_message", ""), reply.get("scratch", ""))
    first = text.strip().splitlines()[0] if text.strip() else ""
    kind = reply.get("error_type", "").rpartition(".")[2]
    return ": ".join(part for part in (f"the {reply['phase']} failed", kind, first) if part)
