"""Keep a timer process of each environment ready, and let one process at a time take a turn.

Each environment has a process that has imported TensorFlow and sleeps. Each round has new
processes. A turn writes a request to the standard input of a process and waits for the reply; the
other processes sleep meanwhile. A process that dies is started again for its next turn. The turn in
which it died is a fault of the harness. A process that dies too often is left out from then on.
"""

from __future__ import annotations

import json
import subprocess
from collections.abc import Mapping
from contextlib import ExitStack, suppress
from dataclasses import dataclass, field
from pathlib import Path
from typing import IO

from experiments.run import store, workers
from experiments.run.store import Line, Run

STAGE = "time"
"""The name under which replies and logs are kept."""


class NoProcessError(Exception):
    """Raised if a process cannot take a turn; the text is the reason."""


@dataclass
class TimerProcess:
    """The timer process of an environment or of a control."""

    run: Run
    name: str
    python: Path
    variables: Mapping[str, str]
    description: Line = field(default_factory=dict)
    """The first event of the process: `environment`, `import_s`, `import_cpu_s`."""
    deaths: int = 0
    _process: subprocess.Popen[bytes] | None = None
    _stack: ExitStack = field(default_factory=ExitStack)

    def start(self) -> None:
        """Start the process and wait until it has imported TensorFlow; raise `NoProcessError`."""
        self.launch()
        self.wait_until_ready()

    def launch(self) -> None:
        """Start the process, after ending an earlier one; raise `NoProcessError`.

        The main thread must call this, because a worker ends with the thread that started it.
        """
        self.stop()
        if workers.is_stopping():
            raise workers.StoppedError
        replies, log = self.run.replies(STAGE, self.name), self._log
        store.append_lines(replies, [])
        try:
            self._process = self._stack.enter_context(
                workers.launched(
                    self.run,
                    self.python,
                    self.variables,
                    ["experiments.timer", replies.resolve()],
                    log,
                    subprocess.PIPE,
                )
            )
        except workers.NotStartedError as error:
            self.deaths = workers.MOST_DEATHS
            raise NoProcessError(str(error)) from None

    def wait_until_ready(self) -> None:
        """Wait until a process that was started has imported TensorFlow; raise `NoProcessError`."""
        if self._process is None:
            raise NoProcessError("it was not started")
        self.description = self._wait("ready")

    def take_turn(self, request: Line) -> Line:
        """Let the environment take a turn; return its reply.

        If the process dies, the reply is a `harness_error`.
        """
        try:
            if self.deaths >= workers.MOST_DEATHS:
                raise NoProcessError(f"it died {self.deaths} times, the last time in another turn")
            if self._process is None:
                self.start()
            self._send(request)
            reply = self._wait("done")
        except NoProcessError as error:
            reply = {"id": request["id"], "key": request["key"], "outcome": "harness_error"}
            reply |= {"reason": str(error), "wall_s": 0.0, "cpu_s": 0.0}
            store.append_lines(self.run.replies(STAGE, self.name), [reply])
        return reply

    @property
    def pid(self) -> int:
        """The id of the process; 0 while it does not run."""
        return self._process.pid if self._process else 0

    def stop(self) -> None:
        """End the process."""
        self._process = None
        with suppress(BrokenPipeError):  # the process died before it read the request
            self._stack.close()

    @property
    def _log(self) -> Path:
        return self.run.worker_log(STAGE, self.name)

    def _send(self, request: Line) -> None:
        pipe = self._pipe("stdin")
        try:
            pipe.write(json.dumps(request).encode() + b"\n")
            pipe.flush()
        except OSError:
            raise self._death() from None

    def _wait(self, kind: str) -> Line:
        """Return the next event of a kind.

        Raises `NoProcessError` if the process ends before.
        """
        for raw in self._pipe("stdout"):
            event = store.read_line(raw)
            if event.pop("event", "") == kind:
                return event
        raise self._death()

    def _pipe(self, name: str) -> IO[bytes]:
        pipe = getattr(self._process, name)
        assert pipe is not None
        return pipe  # type: ignore[no-any-return]

    def _death(self) -> NoProcessError:
        """Clean up after a process that ended by itself; return an error that describes its end."""
        assert self._process is not None
        end = workers.how_it_ended(self._process.wait(), self._log)
        self.deaths += 1
        self.stop()
        return NoProcessError(f"{end}; see {self._log.relative_to(self.run.folder)}")
