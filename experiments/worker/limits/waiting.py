"""Adds up the seconds for which a cell waits without computing.

A slow, busy or suspended machine makes a cell take long, but such a cell wants to compute. A cell
waits if all of its threads sleep and it computes next to nothing. See proc(5) for states and ticks.
"""

import os
import time

from experiments.worker.limits import offspring

TICKS = os.sysconf("SC_CLK_TCK")
BUSY = 0.1
"""The share of the time from which on a process computes; polling takes less."""
ASLEEP = ("S", "T")
LONGEST_S = 1.0
"""The most seconds that count between two looks: after a longer pause the machine stood still."""


class Waiting(object):
    """Adds up how long a cell has waited."""

    def __init__(self):
        self.seconds = 0.0
        self._last_look = (time.monotonic(), 0.0)

    def look(self, processes):
        """Look at a cell's processes; return for how many seconds it has waited until now."""
        (before, cpu_s_before), now = self._last_look, time.monotonic()
        cpu_s = sum(map(_cpu_s, processes))
        self._last_look = (now, cpu_s)
        passed = now - before
        if cpu_s - cpu_s_before < BUSY * passed and all(map(_sleeps, processes)):
            self.seconds += min(passed, LONGEST_S)
        return self.seconds


def _cpu_s(process):
    """Return the CPU time that a process has used, in seconds; 0 if it has ended."""
    fields = offspring.stat("/proc/{}".format(process))
    return (int(fields[11]) + int(fields[12])) / TICKS if fields else 0.0


def _sleeps(process):
    """Return whether no thread of a process computes, is about to, or waits for a disk."""
    folder = "/proc/{}/task".format(process)
    try:
        threads = os.listdir(folder)
    except OSError:
        return True
    states = [offspring.stat(os.path.join(folder, thread))[:1] for thread in threads]
    return all(state[0].decode("ascii") in ASLEEP for state in states if state)
