"""Carries a run out: saves in every environment, then loads in every environment.

Each stage reads files and writes files, so a run can stop after any cell and go on later.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field

from experiments.config.matrix import Cell
from experiments.config.schema import Config
from experiments.environments import installation
from experiments.run import protocol, store
from experiments.run.progress import Display
from experiments.run.protocol import Extra, Requests
from experiments.run.reuse.keys import Keys
from experiments.run.reuse.outstanding import Planner, saves
from experiments.run.stages import Stages
from experiments.run.store import Run

Outstanding = Callable[[Iterable[Cell]], Requests]


@dataclass
class Pipeline:
    """One run at work: its cells, their replies, and the display of its progress."""

    run: Run
    config: Config
    cells: list[Cell]
    display: Display
    only: str = ""
    """The one environment that is to work; '' for all."""
    extra: Mapping[str, Extra] = field(default_factory=dict)
    """The part of a load's request that its id does not say, by that id."""
    planner: Planner = field(init=False)
    reused: dict[str, int] = field(init=False)
    """How many saves and loads have a valid reply from before."""
    _stages: Stages = field(init=False)

    def __post_init__(self) -> None:
        for name in self.environments:
            store.read_json(self.run.environment(name))  # raises for a broken file before any work
        locks = {name: installation.lock_sha256(name) for name in self.environments}
        self.planner = Planner(self.run, self.config, Keys(self.config, locks), self.extra)
        self.reused = {
            "saves": sum(self.planner.save_reply(save) is not None for save in saves(self.cells)),
            "loads": sum(self.planner.load_reply(cell) is not None for cell in self.cells),
        }
        self._stages = Stages(self.run, self.config, self.display)

    @property
    def environments(self) -> list[str]:
        """The environments that save or load a cell, in the order of their files."""
        used = {cell.saved_with for cell in self.cells} | {cell.loaded_with for cell in self.cells}
        return [name for name in self.config.environment if name in used]

    def save(self) -> None:
        """Carry out the outstanding saves."""
        self._carry_out("save", self.planner.outstanding_saves)

    def load(self) -> None:
        """Carry out the outstanding loads whose artifact exists."""
        self._carry_out("load", self.planner.outstanding_loads)

    def pending(self) -> int:
        """Return how many cells have no valid reply yet."""
        return sum(self.is_open(cell) for cell in self.cells)

    def is_open(self, cell: Cell) -> bool:
        """Return whether a load has no valid reply and its save has not failed."""
        saved = self.planner.save_reply(cell.save)
        if saved is not None and saved["outcome"] != "saved":
            return False
        return self.planner.load_reply(cell) is None

    def unsaved(self) -> dict[str, int]:
        """Return how many cells wait for a save, by the saver's environment."""
        return Counter(
            cell.saved_with
            for cell in self.cells
            if self.only in ("", cell.loaded_with) and self.planner.save_reply(cell.save) is None
        )

    def _carry_out(self, stage: str, outstanding: Outstanding) -> None:
        """Carry out a stage side by side, and then repeat the cells that were put off, alone."""
        requests = self._selected(outstanding(self.cells))
        if not requests:
            return
        self._stages.side_by_side(stage, requests)
        self.planner.forget()
        put_off = self._put_off(stage, self._selected(outstanding(self.cells)))
        if put_off:
            self._stages.alone(stage, put_off)
            self.planner.forget()

    def _selected(self, requests: Requests) -> Requests:
        return {name: cells for name, cells in requests.items() if self.only in ("", name)}

    def _put_off(self, stage: str, requests: Requests) -> Requests:
        """Return the requests to repeat the cells that the latest reply has put off."""
        put_off = {
            name: [
                protocol.alone(request, reply)
                for request in cells
                if (reply := self.planner.replies(stage, name).get(request["id"]))
                and reply.get("retry")
            ]
            for name, cells in requests.items()
        }
        return {name: cells for name, cells in put_off.items() if cells}
