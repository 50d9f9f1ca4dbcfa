"""Finds the endless loop of a cell, and recognises the same loop in other cells.

A cell that has used half of its CPU time is sampled again and again. The calls that are on its
stack in every sample are those from which it never returned; the innermost of them is the loop. A
cell that reaches its first limit is repeated alone, until its last limit. If it reaches the last
limit too, its loop is recorded, and cells that stopped inside the same loop of the same release are
not repeated.
"""

import re
import signal
import traceback

from experiments.worker.limits import calls

EVERY_S = 0.02
"""Seconds of CPU time between two samples."""
LIKE = 0.05
"""The share of its last limit that a cell must have used before another cell's loop explains it.

The last limit is ten times the CPU time of the slowest load that ends: this is half of that time.
"""


DUMP = "(most recent call first):"
FRAME = re.compile(r'^  File ".*/site-packages/(.+)\.py", line \d+ in (.+)$', re.MULTILINE)
"""How faulthandler heads a stack, and writes a frame of it."""


class Sampler(object):
    """Samples the stack of its own process; gives `report` the library calls that never returned.

    Python runs signal handlers between two byte codes, so a sample never sees a changing stack.
    While C code loops, no handler runs.
    """

    def __init__(self, report):
        self.report = report
        self.calls = None

    def start(self, after_s):
        """Begin to sample after this many seconds of CPU time."""
        signal.signal(signal.SIGPROF, self._sample)
        signal.siginterrupt(signal.SIGPROF, False)
        signal.setitimer(signal.ITIMER_PROF, after_s, EVERY_S)

    def restart(self):
        """Forget the calls: another phase begins."""
        if self.calls:
            self.report([])
        self.calls = None

    def _sample(self, number, frame):
        frames = [caller for caller, _ in traceback.walk_stack(frame)]
        current = calls.library_calls(reversed(frames))
        unfinished = current if self.calls is None else _common(self.calls, current)
        if unfinished != self.calls:
            self.calls = unfinished
            self.report(unfinished)


def _common(first, second):
    """Return the longest beginning that both lists share."""
    length = 0
    for call, counterpart in zip(first, second):
        if call != counterpart:
            break
        length += 1
    return first[:length]


def dumped(log):
    """Return the library calls of the last stack that faulthandler wrote into a log.

    faulthandler knows the stack also while C code loops, but only that of the moment.
    """
    with open(log, encoding="utf-8", errors="replace") as stream:
        _, header, stack = stream.read().rpartition(DUMP)
    frames = [(path.replace("/", "."), function) for path, function in FRAME.findall(stack)]
    frames = frames[::-1] if header else []
    return ["{}:{}".format(*frame) for frame in frames if calls.is_library(frame[0])]


class Loops(object):
    """The endless loops of this release, learnt from cells that reached their last limit."""

    def __init__(self):
        self._timeouts = []

    def learn(self, reply):
        """Keep the reply of a cell that reached its last limit, with its loop."""
        if reply["outcome"] == "timeout" and not reply.get("retry") and reply.get("calls"):
            self._timeouts.append(reply)

    def like(self, request, limits):
        """Return the reply to a cell that stopped inside a recorded loop; None for other cells."""
        stopped = request.get("stopped") or {}
        if not stopped.get("calls") or stopped["cpu_s"] < LIKE * limits["cpu_s"]:
            return None
        for timeout in self._timeouts:
            loop = timeout["calls"]
            if stopped["phase"] == timeout["phase"] and stopped["calls"][: len(loop)] == loop:
                return {
                    "phase": timeout["phase"],
                    "outcome": "timeout",
                    "error_type": "",
                    "error_message": timeout["error_message"],
                    "raised_in": timeout["raised_in"],
                    "reason": "",
                    "like": timeout["id"],
                }
        return None
