"""Watches a cell while it runs, and ends it when it takes too much of the machine.

The kernel limits CPU time (`bound`). The worker itself looks at all other limits (`watch`): the
kernel counts by user, by process or by file, and a cell is none of these. The worker looks at the
cell's own memory often, and at its files, its processes and its waiting less often.

No limit is one of wall time, and limits of CPU time are counted in imports. A slow or busy machine
slows the import of the release as much as the cell.
"""

import collections
import math
import os
import resource
import select
import time

from experiments.worker.limits import offspring
from experiments.worker.limits.waiting import Waiting

POLL_S, SURVEY_S = 0.05, 0.25
"""Seconds between two looks at the cell, and at its folder and all its processes."""
GRACE_S = 2
STUCK_S = 3600
"""Seconds after which the worker gives up a cell that neither waits nor computes."""
PAGE = resource.getpagesize()
MIB = 1024 * 1024

DEFAULTS = {"processes": 64, "written_mib": 4096, "output_mib": 64}
"""Limits that a request may leave out: processes beside the cell's own, of which TensorFlow needs
none; mebibytes in its folder; mebibytes of its output."""

End = collections.namedtuple("End", ["exceeded", "status", "usage"])
"""How a child ended: the limit that it exceeded or '', its status and its usage as of wait4(2)."""


def limits_of(request, import_cpu_s):
    """Return all limits of a request; `cpu_s` follows from the CPU time of the release's import.

    The first limit puts a cell off, the last is that of a cell that is repeated alone.
    """
    limits = dict(DEFAULTS, **request["limits"])
    imports = limits["last_imports" if request.get("alone") else "first_imports"]
    return dict(limits, cpu_s=max(1, math.ceil(imports * import_cpu_s)))


def bound(limits):
    """Have the kernel end this process when its CPU time is spent, and write no core file."""
    cpu = limits["cpu_s"]
    resource.setrlimit(resource.RLIMIT_CPU, (cpu, cpu + GRACE_S))
    resource.setrlimit(resource.RLIMIT_CORE, (0, 0))


class Watcher(object):
    """Compares a running cell with its limits."""

    def __init__(self, pid, limits, folder, log):
        self.pid, self.limits, self.folder, self.log = pid, limits, folder, log
        self.waiting = Waiting()
        self.deadline = time.monotonic() + STUCK_S
        self.next_survey = time.monotonic() + SURVEY_S

    def exceeded(self):
        """Return the name of the limit that the cell exceeds; '' if there is none."""
        now = time.monotonic()
        if _resident(self.pid) > self.limits["memory_mib"] * MIB:
            return "memory"
        if size(self.log) > self.limits["output_mib"] * MIB:
            return "output"
        if now > self.next_survey:
            self.next_survey = now + SURVEY_S
            return self._survey(now)
        return ""

    def _survey(self, now):
        forked = offspring.descendants(self.pid)
        if len(forked) > self.limits["processes"]:
            return "processes"
        if forked and sum(map(_share, forked | {self.pid})) > self.limits["memory_mib"] * MIB:
            return "memory"
        if _written(self.folder) > self.limits["written_mib"] * MIB:
            return "written"
        if self.waiting.look(forked | {self.pid}) > self.limits["idle_s"]:
            return "idle"
        return "stuck" if now > self.deadline else ""


def watch(watcher, pipe):
    """Wait for the watcher's child, end it if it exceeds a limit, and return its `End`.

    `pipe` becomes readable when the child and its descendants have closed its other end; a
    descendant that holds it open only makes the wait coarser.
    """
    exceeded = ""
    while True:
        pid, status, usage = os.wait4(watcher.pid, os.WNOHANG)
        if pid:
            return End(exceeded, status, usage)
        exceeded = exceeded or watcher.exceeded()
        if exceeded:
            offspring.end(watcher.pid)
        if select.select([pipe], [], [], POLL_S)[0]:
            time.sleep(0.0005)


def _resident(pid):
    """Return a process's resident memory in bytes; 0 where it cannot be read."""
    try:
        with open("/proc/{}/statm".format(pid)) as stream:
            return int(stream.read().split()[1]) * PAGE
    except (IOError, IndexError, ValueError):
        return 0


def _share(pid):
    """Return a process's part of the memory that it shares with others: PSS, proc(5)."""
    try:
        with open("/proc/{}/smaps_rollup".format(pid)) as stream:
            sizes = [line.split()[1] for line in stream if line.startswith("Pss:")]
        return int(sizes[0]) * 1024
    except (IOError, IndexError, ValueError):
        return 0


def _written(folder):
    """Return the bytes of disk that the files below a folder take; a file that vanishes has 0."""
    total = 0
    for parent, _, names in os.walk(folder):
        for name in names:
            try:
                total += os.lstat(os.path.join(parent, name)).st_blocks * 512
            except OSError:
                pass
    return total


def size(path):
    """Return the size of a file; a missing file is empty."""
    try:
        return os.stat(path).st_size
    except OSError:
        return 0
