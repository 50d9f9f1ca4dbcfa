"""Where is a cell that does not end, and is that the endless loop of another cell?

A cell that has used half of its CPU time is looked at again and again. The calls that are on its
stack at every look are those that it never left, and the innermost of them is the loop. A cell that
reaches its first limit is repeated alone, until its last limit. If it reaches that too, its loop is
known, and cells that were stopped inside the same loop of the same release are not repeated.
"""

import re
import signal
import traceback

from experiments.worker import blame

EVERY_S = 0.02
"""Seconds of CPU time between two looks."""
LIKE = 0.05
"""The part of its last limit that a cell must have used before another cell's loop counts for it.

The last limit is ten times what the slowest load takes that ends: this is half of that.
"""


DUMP = "(most recent call first):"
FRAME = re.compile(r'^  File ".*/site-packages/(.+)\.py", line \d+ in (.+)$', re.MULTILINE)
"""How faulthandler heads a stack, and writes a frame of it."""


class Sampler(object):
    """Looks at the stack of its own process; tells `tell` the library calls that never returned.

    The looks are Python's own signal handlers, which run between two byte codes, so that nothing is
    read while it changes. While C code loops there are none.
    """

    def __init__(self, tell):
        self.tell = tell
        self.calls = None

    def start(self, after_s):
        """Begin to look after so many seconds of CPU time."""
        signal.signal(signal.SIGPROF, self._look)
        signal.siginterrupt(signal.SIGPROF, False)
        signal.setitimer(signal.ITIMER_PROF, after_s, EVERY_S)

    def restart(self):
        """Forget the calls: another phase begins."""
        if self.calls:
            self.tell([])
        self.calls = None

    def _look(self, number, frame):
        frames = [one for one, _ in traceback.walk_stack(frame)]
        calls = blame.library_calls(reversed(frames))
        common = calls if self.calls is None else _common(self.calls, calls)
        if common != self.calls:
            self.calls = common
            self.tell(common)


def _common(ours, theirs):
    """Return the longest beginning that both lists share."""
    length = 0
    for one, other in zip(ours, theirs):
        if one != other:
            break
        length += 1
    return ours[:length]


def dumped(log):
    """Return the library calls of the stack that faulthandler last wrote into a log.

    It knows the stack also while C code loops, but only that of the moment.
    """
    with open(log, encoding="utf-8", errors="replace") as stream:
        _, found, stack = stream.read().rpartition(DUMP)
    frames = [(path.replace("/", "."), function) for path, function in FRAME.findall(stack)]
    frames = frames[::-1] if found else []
    return ["{}:{}".format(*frame) for frame in frames if blame.is_library(frame[0])]


class Loops(object):
    """The endless loops of this release that are known: cells that reached their last limit."""

    def __init__(self):
        self._found = []

    def learn(self, reply):
        """Take note of a cell that reached its last limit, and of its loop."""
        if reply["outcome"] == "timeout" and not reply.get("retry") and reply.get("calls"):
            self._found.append(reply)

    def like(self, request, limits):
        """Return the reply to a cell that was stopped inside a known loop; None for others."""
        stopped = request.get("stopped") or {}
        if not stopped.get("calls") or stopped["cpu_s"] < LIKE * limits["cpu_s"]:
            return None
        for found in self._found:
            calls = found["calls"]
            if stopped["phase"] == found["phase"] and stopped["calls"][: len(calls)] == calls:
                return {
                    "phase": found["phase"],
                    "outcome": "timeout",
                    "error_type": "",
                    "error_message": found["error_message"],
                    "raised_in": found["raised_in"],
                    "reason": "",
                    "like": found["id"],
                }
        return None
