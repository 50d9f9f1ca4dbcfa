"""What is still to be asked, of which environment?

A save is outstanding if no reply carries its key; a load if its artifact is there and no reply
carries its key. The outstanding requests of an environment and stage are one file.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Mapping

from experiments.config.matrix import Cell, Save
from experiments.config.schema import Config
from experiments.run import store
from experiments.run.keys import Keys
from experiments.run.store import Line, Run

Requests = dict[str, list[Line]]
"""The outstanding requests of a stage, by environment."""


def reusable(reply: Line | None, key: str) -> bool:
    """Say whether a recorded reply answers the request with this key."""
    return (
        reply is not None
        and reply.get("key") == key
        and reply.get("outcome") != "harness_error"
        and not reply.get("retry")
    )


def saves(cells: Iterable[Cell]) -> list[Save]:
    """List the saves that cells load from, each once, sorted."""
    return sorted({cell.save for cell in cells}, key=lambda save: save.id)


class Planner:
    """Compares what a run should know with what its replies say.

    `extra` is what is asked of a load beside what its id says, by that id.
    """

    def __init__(
        self, run: Run, config: Config, keys: Keys, extra: Mapping[str, Line] | None = None
    ) -> None:
        self.run, self.config, self.keys, self.extra = run, config, keys, extra or {}
        self._known: dict[tuple[str, str], dict[str, Line]] = {}

    def known(self, stage: str, environment: str) -> dict[str, Line]:
        """Return the latest reply to each request of a stage in an environment."""
        place = (stage, environment)
        if place not in self._known:
            self._known[place] = store.latest(self.run.replies(stage, environment))
        return self._known[place]

    def forget(self) -> None:
        """Read the replies anew next time."""
        self._known.clear()

    def save_reply(self, save: Save) -> Line | None:
        """Return the valid reply to a save, or None."""
        reply = self.known("save", save.saved_with).get(save.id)
        return reply if reusable(reply, self.keys.save(save)) else None

    def load_reply(self, cell: Cell) -> Line | None:
        """Return the valid reply to a load of the artifact as it is now, or None."""
        saved = self.save_reply(cell.save)
        if saved is None or saved["outcome"] != "saved":
            return None
        reply = self.known("load", cell.loaded_with).get(cell.id)
        return reply if reusable(reply, self._load_key(cell, saved)) else None

    def outstanding_saves(self, cells: Iterable[Cell]) -> Requests:
        """Return the requests for saves that have no valid reply or have lost their artifact.

        Lost is also one that is found to be another than was saved when it is to be loaded.
        """
        found, cells = defaultdict[str, list[Line]](list), list(cells)
        altered = {cell.save for cell in cells if self._is_altered(cell)}
        for save in saves(cells):
            reply = self.save_reply(save)
            kept = self._kept(save) and save not in altered
            if reply is None or (reply["outcome"] == "saved" and not kept):
                found[save.saved_with].append(self._save_request(save))
        return dict(found)

    def outstanding_loads(self, cells: Iterable[Cell]) -> Requests:
        """Return the requests for loads whose save is there and that have no valid reply."""
        found: Requests = defaultdict(list)
        for cell in cells:
            saved = self.save_reply(cell.save)
            if saved and saved["outcome"] == "saved" and self.load_reply(cell) is None:
                found[cell.loaded_with].append(self._load_request(cell, saved))
        return dict(found)

    def load_request(self, cell: Cell) -> Line | None:
        """Return the request for a load, whether or not it has a reply; None without a save."""
        saved = self.save_reply(cell.save)
        if saved is None or saved["outcome"] != "saved":
            return None
        return self._load_request(cell, saved)

    def save_request(self, save: Save) -> Line:
        """Return the request for a save, whether or not it has a reply."""
        return self._save_request(save)

    def _is_altered(self, cell: Cell) -> bool:
        return bool(self.known("load", cell.loaded_with).get(cell.id, {}).get("altered"))

    def _kept(self, save: Save) -> bool:
        return (self.run.folder / _artifact(save) / "oracle.npz").exists()

    def _load_key(self, cell: Cell, saved: Line) -> str:
        return self.keys.load(cell, saved["artifact_sha256"], self._extra(cell))

    def _extra(self, cell: Cell) -> Line:
        """Return what a load is asked beside what its id says: damage, or files to watch."""
        watch = self.config.scenario[cell.scenario].watch
        return {**self.extra.get(cell.id, {}), **({"watch": watch} if watch else {})}

    def _save_request(self, save: Save) -> Line:
        return {
            "id": save.id,
            "key": self.keys.save(save),
            "stage": "save",
            "scenario": save.scenario,
            "case": save.case,
            "saved_as": save.case,
            "format": save.format,
            "artifact": _artifact(save),
            "log": f"logs/cells/{save.id}.log",
            "limits": vars(self.config.limit(save.scenario, "save")),
        }

    def _load_request(self, cell: Cell, saved: Line) -> Line:
        return {
            **self._save_request(cell.save),
            **self._extra(cell),
            "id": cell.id,
            "key": self._load_key(cell, saved),
            "artifact_sha256": saved["artifact_sha256"],
            "stage": "load",
            "case": cell.case,
            "api": cell.api,
            "limits": vars(self.config.limit(cell.scenario, "load")),
            "log": f"logs/cells/{cell.id}.log",
        }


def _artifact(save: Save) -> str:
    return f"artifacts/{save.id}"
