"""Measure the share of the machine that other processes use, and read settings that sway times."""

from __future__ import annotations

import os
import time
from collections.abc import Iterable
from pathlib import Path

QUIET = 0.05
"""The largest share that other processes use of a quiet machine."""
WATCH_S = 1.0
"""The seconds for which the machine is watched before the session starts a process."""
BUSY = ("user", "nice", "system", "irq", "softirq", "steal")


def busy_s() -> float:
    """Return the seconds that all cores together have worked since the machine started."""
    head = Path("/proc/stat").read_text("utf-8").split("\n", 1)[0].split()[1:]
    names = ("user", "nice", "system", "idle", "iowait", "irq", "softirq", "steal")
    ticks = dict(zip(names, map(int, head), strict=False))
    return sum(ticks[name] for name in BUSY) / os.sysconf("SC_CLK_TCK")


def cpu_s(pid: int) -> float:
    """Return the CPU seconds of a process and its ended children; 0 if the process has ended."""
    try:
        after_name = Path(f"/proc/{pid}/stat").read_text("utf-8").rpartition(")")[2].split()
    except OSError:
        return 0.0
    return sum(map(int, after_name[11:15])) / os.sysconf("SC_CLK_TCK")


class OtherProcesses:
    """Measures the share of the machine that other processes use, from its creation on.

    This process and those with the ids `session_pids` do not count.
    """

    def __init__(self, session_pids: Iterable[int] = ()) -> None:
        self._session_pids = list(session_pids)
        self._busy, self._session_cpu = busy_s(), self._session_cpu_s()
        self._began = time.monotonic()

    def share(self) -> float:
        """Return the used share of all cores, from 0 to 1."""
        available_s = (time.monotonic() - self._began) * (os.cpu_count() or 1)
        session_s = self._session_cpu_s() - self._session_cpu
        used_s = busy_s() - self._busy - session_s
        return max(0.0, min(1.0, used_s / available_s))

    def _session_cpu_s(self) -> float:
        return time.process_time() + sum(map(cpu_s, self._session_pids))


def stability() -> dict[str, str]:
    """Return the machine's settings that sway times; settings that cannot be read are left out.

    pyperf's `system` command reads the same settings:
    https://pyperf.readthedocs.io/en/latest/system.html
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
