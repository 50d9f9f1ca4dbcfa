"""Measure the share of the machine that other processes use, and describe what sways its times."""

from __future__ import annotations

import os
import time
from collections.abc import Iterable
from pathlib import Path

QUIET = 0.05
"""The share of the machine that others may use while it still counts as quiet."""
LOOK_S = 1.0
"""Seconds for which the machine is watched before anything is started."""
BUSY = ("user", "nice", "system", "irq", "softirq", "steal")


def busy_s() -> float:
    """Return the seconds that all cores together have worked since the machine started."""
    head = Path("/proc/stat").read_text("utf-8").split("\n", 1)[0].split()[1:]
    names = ("user", "nice", "system", "idle", "iowait", "irq", "softirq", "steal")
    ticks = dict(zip(names, map(int, head), strict=False))
    return sum(ticks[name] for name in BUSY) / os.sysconf("SC_CLK_TCK")


def cpu_s(pid: int) -> float:
    """Return the seconds of CPU time that a process and its ended children have used; 0 if gone."""
    try:
        after_name = Path(f"/proc/{pid}/stat").read_text("utf-8").rpartition(")")[2].split()
    except OSError:
        return 0.0
    return sum(map(int, after_name[11:15])) / os.sysconf("SC_CLK_TCK")


class Others:
    """Measures which share of the machine processes use that are neither this one nor `ours`."""

    def __init__(self, ours: Iterable[int] = ()) -> None:
        self._ours = list(ours)
        self._busy, self._own, self._began = busy_s(), self._used(), time.monotonic()

    def share(self) -> float:
        """Return the share of all cores that others used since this was made, 0 to 1."""
        passed = (time.monotonic() - self._began) * (os.cpu_count() or 1)
        others = busy_s() - self._busy - (self._used() - self._own)
        return max(0.0, min(1.0, others / passed))

    def _used(self) -> float:
        return time.process_time() + sum(map(cpu_s, self._ours))


def stability() -> dict[str, str]:
    """Return the machine's settings that sway times, without those that it does not show.

    The same as pyperf's `system` command reads: https://pyperf.readthedocs.io/en/latest/system.html
    """
    files = {
        "address_space_randomised": "/proc/sys/kernel/randomize_va_space",
        "governor": "/sys/devices/system/cpu/cpu0/cpufreq/scaling_governor",
        "no_turbo": "/sys/devices/system/cpu/intel_pstate/no_turbo",
        "isolated_cores": "/sys/devices/system/cpu/isolated",
        "huge_pages": "/sys/kernel/mm/transparent_hugepage/enabled",
    }
    settings = {}
    for name, path in files.items():
        try:
            settings[name] = Path(path).read_text("utf-8").strip()
        except OSError:
            continue
    return settings
