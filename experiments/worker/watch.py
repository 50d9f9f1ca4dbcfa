"""How much of the machine may a cell take, and which of it did it take too much of?

CPU time is limited by the kernel (`bound`). Everything else is looked at while the cell runs
(`watch`), because what the kernel limits it limits by user, by process or by file, and a cell is
neither: its own memory often, what it has written and forked, and whether it waits, less often.

No limit is one of wall time, and those of CPU time are counted in imports: what a slow or busy
machine does to a cell it has done to the import of the release just before.
"""

import math
import os
import resource
import select
import time

from experiments.worker import offspring
from experiments.worker.waiting import Waiting

POLL_S, SURVEY_S = 0.05, 0.25
"""How often the cell is looked at, and how often its folder and all that it forked."""
GRACE_S = 2
STUCK_S = 3600
"""Seconds after which a cell that neither waits nor computes is given up."""
PAGE = resource.getpagesize()
MIB = 1024 * 1024

DEFAULTS = {"processes": 64, "written_mib": 4096, "output_mib": 64}
"""What a request need not say: how many processes a cell may have beside its own, of which
TensorFlow needs none; how much may be in its folder; how much it may print."""


def limits_of(request, import_cpu_s):
    """Return all limits of a request; `cpu_s` are those of a release whose import took so long.

    The first limit puts a cell off, the last is that of one that is repeated alone.
    """
    limits = dict(DEFAULTS, **request["limits"])
    imports = limits["last_imports" if request.get("alone") else "first_imports"]
    return dict(limits, cpu_s=max(1, math.ceil(imports * import_cpu_s)))


def bound(limits):
    """Have the kernel end this process when its CPU time is spent, and leave no core of it."""
    cpu = limits["cpu_s"]
    resource.setrlimit(resource.RLIMIT_CPU, (cpu, cpu + GRACE_S))
    resource.setrlimit(resource.RLIMIT_CORE, (0, 0))


class Excess(object):
    """Looks at a cell; `of` names what it has too much of, '' while that is nothing."""

    def __init__(self, pid, limits, folder, log):
        self.pid, self.limits, self.folder, self.log = pid, limits, folder, log
        self.waiting = Waiting()
        self.deadline = time.monotonic() + STUCK_S
        self.next_survey = time.monotonic() + SURVEY_S

    def of(self):
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


def watch(pid, ended, excess):
    """Wait for the child; return what ended it ('' if it ended by itself), status, usage.

    `ended` becomes readable when the child and all that it forked have closed its other end; a
    grandchild that holds it open only makes the wait coarser.
    """
    why = ""
    while True:
        found, status, usage = os.wait4(pid, os.WNOHANG)
        if found:
            return why, status, usage
        why = why or excess.of()
        if why:
            offspring.end(pid)
        if select.select([ended], [], [], POLL_S)[0]:
            time.sleep(0.0005)


def _resident(pid):
    """Return a process's resident memory in bytes, 0 where that cannot be had."""
    try:
        with open("/proc/{}/statm".format(pid)) as stream:
            return int(stream.read().split()[1]) * PAGE
    except (IOError, IndexError, ValueError):
        return 0


def _share(pid):
    """Return a process's part of the memory that it shares with others: PSS, proc(5)."""
    try:
        with open("/proc/{}/smaps_rollup".format(pid)) as stream:
            found = [line.split()[1] for line in stream if line.startswith("Pss:")]
        return int(found[0]) * 1024
    except (IOError, IndexError, ValueError):
        return 0


def _written(folder):
    """Return how many bytes of disk the files below a folder take; what vanishes takes none."""
    total = 0
    for place, _, names in os.walk(folder):
        for name in names:
            try:
                total += os.lstat(os.path.join(place, name)).st_blocks * 512
            except OSError:
                pass
    return total


def size(path):
    """Return how large a file is; one that is not there is empty."""
    try:
        return os.stat(path).st_size
    except OSError:
        return 0
