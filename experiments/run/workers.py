"""Runs the worker of an environment until every request has a reply.

Starts the worker inside the environment, listens to its events, and starts it again with the
remaining requests if it dies. A request without a reply is never an outcome of Keras: the suite
itself replies `harness_error` to the cell in which a worker died, and to all cells of a worker that
cannot start.
"""

from __future__ import annotations

import signal
import subprocess
import tempfile
import threading
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from pathlib import Path

from experiments.config.schema import ROOT
from experiments.run import protocol, store
from experiments.run.protocol import Event, Request
from experiments.run.store import Run

MOST_DEATHS = 5
"""How often in a row a worker may die before its first reply."""


class StoppedError(Exception):
    """Raised where a worker was ended because the run is being interrupted."""


_live: set[subprocess.Popen[bytes]] = set()
_stopping = threading.Event()
_moving = threading.Lock()


def stop() -> None:
    """End every worker and start no more: the run is being interrupted."""
    _stopping.set()
    for process in list(_live):
        process.terminate()


def is_stopping() -> bool:
    """Return whether the run is being interrupted."""
    return _stopping.is_set()


Listener = Callable[[Event], None]
"""Called with each event of a worker."""


@dataclass(frozen=True)
class End:
    """How one worker process ended."""

    reason: str
    """In words, with its exit status or signal."""
    cell: str = ""
    """The id of the request that it began last."""
    was_ready: bool = False
    """Whether it had imported TensorFlow."""


@dataclass(frozen=True)
class Worker:
    """The worker of one environment in one stage of a run."""

    run: Run
    stage: str
    environment: str
    python: Path
    variables: Mapping[str, str]
    listen: Listener

    def answer(self, requests: Sequence[Request]) -> None:
        """Have a reply recorded to every request: the worker's, or the reason why it has none."""
        remaining, failures = list(requests), 0
        while remaining:
            end = self._once(remaining)
            unanswered = self._unanswered(remaining)
            failures = 0 if len(unanswered) < len(remaining) else failures + 1
            remaining = unanswered
            if remaining:
                lost, reason = self._lost(remaining, end, failures)
                self._give_up(lost, reason)
                given_up = {request["id"] for request in lost}
                remaining = [request for request in remaining if request["id"] not in given_up]

    def _once(self, requests: list[Request]) -> End:
        """Run one worker process on these requests; raise `StoppedError` if it was interrupted."""
        if is_stopping():
            raise StoppedError
        end = self._listen(requests)
        if is_stopping():
            raise StoppedError
        return end

    def _listen(self, requests: list[Request]) -> End:
        """Start a process, pass its events on, and return how it ended."""
        path = self.run.requests(self.stage, self.environment)
        replies, log = self.run.replies(self.stage, self.environment), self._log
        store.write_lines(path, requests)
        store.append_lines(replies, [])
        words: list[str | Path] = ["experiments.worker", path.resolve(), replies.resolve()]
        cell, was_ready = "", False
        try:
            with launched(self.run, self.python, self.variables, words, log) as process:
                assert process.stdout is not None
                for raw in process.stdout:
                    event = protocol.read_event(raw)
                    was_ready = was_ready or event.get("event") == "ready"
                    cell = event["id"] if event.get("event") == "start" else cell
                    self.listen(event)
                return End(how_it_ended(process.wait(), log), cell, was_ready)
        except NotStartedError as error:
            return End(str(error), cell, was_ready)

    def _unanswered(self, requests: list[Request]) -> list[Request]:
        """Return the requests to which no recorded reply has their key."""
        replies = protocol.read_replies(self.run.replies(self.stage, self.environment))
        return [
            request
            for request in requests
            if replies.get(request["id"], {}).get("key") != request["key"]
        ]

    def _lost(self, remaining: list[Request], end: End, failures: int) -> tuple[list[Request], str]:
        """Return the requests to give up after a worker ended, and the reason."""
        reason = f"{end.reason}; see {self._log.relative_to(self.run.folder)}"
        current = [request for request in remaining if request["id"] == end.cell]
        if end.was_ready and current and failures < MOST_DEATHS:
            return current, f"the worker died in this cell: {reason}"
        return remaining, f"the worker could not work: {reason}"

    def _give_up(self, requests: list[Request], reason: str) -> None:
        """Reply to requests with a fault of the harness."""
        replies = [protocol.fault_reply(request, reason) for request in requests]
        store.append_lines(self.run.replies(self.stage, self.environment), replies)
        for reply in replies:
            self.listen(protocol.done(reply))

    @property
    def _log(self) -> Path:
        return self.run.worker_log(self.stage, self.environment)


class NotStartedError(Exception):
    """Raised where an environment's interpreter cannot be started."""


@contextmanager
def _home(run: Run) -> Iterator[str]:
    """Make a home for a worker; the last worker to leave removes the folder of all homes."""
    with _moving:
        run.temporary.mkdir(parents=True, exist_ok=True)
        home = tempfile.TemporaryDirectory(prefix="worker-", dir=run.temporary)
    try:
        yield home.name
    finally:
        with _moving, suppress(OSError):
            home.cleanup()
            run.temporary.rmdir()


@contextmanager
def launched(
    run: Run,
    python: Path,
    variables: Mapping[str, str],
    words: Sequence[str | Path],
    log: Path,
    stdin: int = subprocess.DEVNULL,
) -> Iterator[subprocess.Popen[bytes]]:
    """Start `python -m WORDS` in the run's folder with an empty home; end it with the context."""
    log.parent.mkdir(parents=True, exist_ok=True)
    with _home(run) as home, log.open("ab") as errors:
        try:
            process = subprocess.Popen(
                [python, "-m", *words],
                cwd=run.folder,
                env={**variables, "HOME": home, "TMPDIR": home, "PYTHONPATH": str(ROOT)},
                stdin=stdin,
                stdout=subprocess.PIPE,
                stderr=errors,
                start_new_session=True,
            )
        except OSError as error:
            raise NotStartedError(f"it could not be started ({error})") from None
        with process:
            _live.add(process)
            try:
                if is_stopping():  # `stop` has not seen this worker
                    process.terminate()
                yield process
            finally:
                _live.discard(process)
                process.terminate()


def how_it_ended(status: int, log: Path) -> str:
    """Return in words how a worker ended."""
    if status < 0:
        return f"it was killed by {signal.Signals(-status).name}"
    if status == 3:
        last = log.read_text("utf-8", "replace").rstrip().rpartition("\n")[2]
        return f"TensorFlow could not be imported ({last})"
    return f"it ended with status {status}"
