"""Does a cell wait for something that never comes?

A machine that is slow, busy or suspended makes a cell take long, but not wait: then it wants to
compute and is not let. It waits if it computes next to nothing though it is free to: all of its
threads sleep. Seconds of that are added up; see proc(5) for states and ticks.
"""

import os
import time

from experiments.worker import offspring

TICKS = os.sysconf("SC_CLK_TCK")
BUSY = 0.1
"""The part of the time from which on a process computes: less is but looking whether it came."""
ASLEEP = ("S", "T")
LONGEST_S = 1.0
"""As much as counts of the time since the last look: after more, the machine stood still."""


class Waiting(object):
    """Adds up how long a cell has waited."""

    def __init__(self):
        self.seconds = 0.0
        self._seen = (time.monotonic(), 0.0)

    def look(self, processes):
        """Look at a cell's processes; return for how many seconds it has waited so far."""
        (before, spent), now = self._seen, time.monotonic()
        computed = sum(map(_cpu_s, processes))
        self._seen = (now, computed)
        passed = now - before
        if computed - spent < BUSY * passed and all(map(_sleeps, processes)):
            self.seconds += min(passed, LONGEST_S)
        return self.seconds


def _cpu_s(process):
    """Return the CPU time that a process has used, in seconds; 0 for one that is gone."""
    fields = offspring.stat("/proc/{}".format(process))
    return (int(fields[11]) + int(fields[12])) / TICKS if fields else 0.0


def _sleeps(process):
    """Say whether no thread of a process computes, is about to, or waits for a disk."""
    folder = "/proc/{}/task".format(process)
    try:
        threads = os.listdir(folder)
    except OSError:
        return True
    states = [offspring.stat(os.path.join(folder, thread))[:1] for thread in threads]
    return all(state[0].decode("ascii") in ASLEEP for state in states if state)
