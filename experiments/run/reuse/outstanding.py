"""Compares the requests of a run with its recorded replies.

A save is outstanding if no reply carries its key, or if its artifact is lost. A load is outstanding
if its artifact exists and no reply carries its key.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Mapping
from typing import Any

from experiments.config.matrix import Cell, Save
from experiments.config.schema import Config
from experiments.run import protocol
from experiments.run.protocol import Extra, Reply, Request, Requests
from experiments.run.reuse.keys import Keys
from experiments.run.store import Run


def reusable(reply: Mapping[str, Any] | None, key: str) -> bool:
    """Return whether a recorded reply answers the request with this key."""
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
    """Looks up the replies of a run that still count, and lists the requests without one.

    `extra` maps the id of a load to the part of its request that a campaign adds.
    """

    def __init__(
        self, run: Run, config: Config, keys: Keys, extra: Mapping[str, Extra] | None = None
    ) -> None:
        self.run, self.config, self.keys, self.extra = run, config, keys, extra or {}
        self._replies: dict[tuple[str, str], dict[str, Reply]] = {}

    def replies(self, stage: str, environment: str) -> dict[str, Reply]:
        """Return the latest reply to each request of a stage in an environment."""
        address = (stage, environment)
        if address not in self._replies:
            self._replies[address] = protocol.read_replies(self.run.replies(stage, environment))
        return self._replies[address]

    def forget(self) -> None:
        """Forget the replies, so that the next lookup reads them anew."""
        self._replies.clear()

    def save_reply(self, save: Save) -> Reply | None:
        """Return the valid reply to a save, or None."""
        reply = self.replies("save", save.saved_with).get(save.id)
        return reply if reusable(reply, self.keys.save(save)) else None

    def load_reply(self, cell: Cell) -> Reply | None:
        """Return the valid reply to a load of the present artifact, or None."""
        artifact = self._artifact(cell)
        if artifact is None:
            return None
        reply = self.replies("load", cell.loaded_with).get(cell.id)
        return reply if reusable(reply, self._load_key(cell, artifact)) else None

    def save_request(self, save: Save) -> Request:
        """Return the request for a save, whether or not it has a reply."""
        limits = self.config.limit(save.scenario, "save")
        return protocol.save_request(save, self.keys.save(save), limits)

    def load_request(self, cell: Cell) -> Request | None:
        """Return the request for a load, whether or not it has a reply; None without a save."""
        artifact = self._artifact(cell)
        if artifact is None:
            return None
        key = self._load_key(cell, artifact)
        limits = self.config.limit(cell.scenario, "load")
        return protocol.load_request(cell, key, artifact, limits, self._extra(cell))

    def outstanding_saves(self, cells: Iterable[Cell]) -> Requests:
        """Return the requests for saves that have no valid reply or have lost their artifact.

        An artifact is lost if it is missing, or if a load reported that it was altered.
        """
        requests, cells = defaultdict[str, list[Request]](list), list(cells)
        altered = {cell.save for cell in cells if self._is_altered(cell)}
        for save in saves(cells):
            reply = self.save_reply(save)
            is_kept = self._is_kept(save) and save not in altered
            if reply is None or (reply["outcome"] == "saved" and not is_kept):
                requests[save.saved_with].append(self.save_request(save))
        return dict(requests)

    def outstanding_loads(self, cells: Iterable[Cell]) -> Requests:
        """Return the requests for loads whose artifact exists and that have no valid reply."""
        requests = defaultdict[str, list[Request]](list)
        for cell in cells:
            request = self.load_request(cell) if self.load_reply(cell) is None else None
            if request is not None:
                requests[cell.loaded_with].append(request)
        return dict(requests)

    def _artifact(self, cell: Cell) -> str | None:
        """Return the digest of the artifact that a cell loads; None while it is not saved."""
        saved = self.save_reply(cell.save)
        return saved["artifact_sha256"] if saved and saved["outcome"] == "saved" else None

    def _load_key(self, cell: Cell, artifact: str) -> str:
        return self.keys.load(cell, artifact, self._extra(cell))

    def _extra(self, cell: Cell) -> Extra:
        """Return the part of a load's request that its id does not say."""
        watch = self.config.scenario[cell.scenario].watch
        extra: Extra = {**self.extra.get(cell.id, Extra())}
        return {**extra, "watch": watch} if watch else extra

    def _is_altered(self, cell: Cell) -> bool:
        reply = self.replies("load", cell.loaded_with).get(cell.id)
        return reply is not None and reply.get("altered", False)

    def _is_kept(self, save: Save) -> bool:
        return (self.run.folder / protocol.artifact(save) / "oracle.npz").exists()
