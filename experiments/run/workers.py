"""How does an environment answer its requests?

Starts the worker inside the environment, listens to it, and starts it again with the rest if it
dies. The cell that it died in, and all cells of a worker that cannot even start, are answered here
with `harness_error`: a request without a reply is never an outcome of Keras.
"""

from __future__ import annotations

import json
import signal
import subprocess
import tempfile
import threading
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager, suppress
from pathlib import Path

from experiments.config.schema import ROOT
from experiments.run import store
from experiments.run.store import Line, Run

MOST_DEATHS = 5
"""How often in a row a worker may die before it answered anything."""


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
    """Say whether the run is being interrupted."""
    return _stopping.is_set()


Listener = Callable[[Line], None]
"""Called with each event of a worker: ready, start, done."""


def carry_out(
    run: Run,
    stage: str,
    environment: str,
    python: Path,
    variables: Mapping[str, str],
    requests: list[Line],
    listen: Listener,
) -> None:
    """Answer every request: with the worker's reply, or with why there is none."""
    remaining, failures = list(requests), 0
    while remaining:
        before = len(remaining)
        if is_stopping():
            raise StoppedError
        how, current, ready = _once(run, stage, environment, python, variables, remaining, listen)
        if is_stopping():
            raise StoppedError
        answered = _answered(run, stage, environment, remaining)
        remaining = [request for request in remaining if request["id"] not in answered]
        if not remaining:
            return
        reason = f"{how}; see {run.worker_log(stage, environment).relative_to(run.folder)}"
        failures = 0 if len(remaining) < before else failures + 1
        lost = [request for request in remaining if ready and request["id"] == current]
        if lost and failures < MOST_DEATHS:
            reason = f"the worker died in this cell: {reason}"
        else:
            lost = remaining
            reason = f"the worker could not work: {reason}"
        _give_up(run, stage, environment, lost, reason, listen)
        gone = {request["id"] for request in lost}
        remaining = [request for request in remaining if request["id"] not in gone]


def _answered(run: Run, stage: str, environment: str, requests: list[Line]) -> set[str]:
    """Return the ids of requests that a reply with their key answers."""
    replies = store.latest(run.replies(stage, environment))
    return {
        request["id"]
        for request in requests
        if replies.get(request["id"], {}).get("key") == request["key"]
    }


def _give_up(
    run: Run, stage: str, environment: str, lost: list[Line], reason: str, listen: Listener
) -> None:
    replies = [
        {"id": request["id"], "key": request["key"], "outcome": "harness_error", "phase": ""}
        | {"reason": reason}
        for request in lost
    ]
    store.append_lines(run.replies(stage, environment), replies)
    for reply in replies:
        listen({"event": "done", **reply})


def _once(
    run: Run,
    stage: str,
    environment: str,
    python: Path,
    variables: Mapping[str, str],
    requests: list[Line],
    listen: Listener,
) -> tuple[str, str, bool]:
    """Run one worker; return how it ended, the cell it was in, and whether it started."""
    asked, replies = run.requests(stage, environment), run.replies(stage, environment)
    store.write_lines(asked, requests)
    store.append_lines(replies, [])
    log = run.worker_log(stage, environment)
    words: list[str | Path] = ["experiments.worker", asked.resolve(), replies.resolve()]
    current, ready = "", False
    try:
        with launched(run, python, variables, words, log) as process:
            assert process.stdout is not None
            for raw in process.stdout:
                event = read_event(raw)
                ready = ready or event.get("event") == "ready"
                current = event["id"] if event.get("event") == "start" else current
                listen(event)
            return end(process.wait(), log), current, ready
    except NotStartedError as error:
        return str(error), current, ready


class NotStartedError(Exception):
    """Raised where an environment's interpreter cannot even be started."""


@contextmanager
def _home(run: Run) -> Iterator[str]:
    """Make a home for a worker; the last to leave removes the folder of all of them."""
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
                if is_stopping():  # since it was last asked: `stop` did not see this worker
                    process.terminate()
                yield process
            finally:
                _live.discard(process)
                process.terminate()


def read_event(raw: bytes) -> Line:
    """Read one event; what is none is passed over by every listener."""
    try:
        event = json.loads(raw)
    except ValueError:
        return {"event": "noise"}
    return event if isinstance(event, dict) else {"event": "noise"}


def end(status: int, log: Path) -> str:
    """Say in words how a worker ended."""
    if status < 0:
        return f"it was killed by {signal.Signals(-status).name}"
    if status == 3:
        last = log.read_text("utf-8", "replace").rstrip().rpartition("\n")[2]
        return f"TensorFlow could not be imported ({last})"
    return f"it ended with status {status}"
