"""Measures the memory that is free on the machine.

A cell that runs out of memory on a machine with less free memory than its limit says nothing about
the release. Free memory is the kernel's, or that of the worker's control group where the group has
less: proc(5), cgroups(7).
"""

import os

MIB = 1024 * 1024
GROUPS = (
    ("/sys/fs/cgroup{}", "memory.max", "memory.current"),
    ("/sys/fs/cgroup/memory{}", "memory.limit_in_bytes", "memory.usage_in_bytes"),
)
"""Folder, limit and use of a control group: in version 2, then in version 1."""


def free_mib():
    """Return how many mebibytes a process may still take."""
    free = [int(line.split()[1]) // 1024 for line in _lines("/proc/meminfo", "MemAvailable:")]
    free.extend(_free_in_groups())
    return min(free) if free else 0


def _free_in_groups():
    """Yield how many mebibytes each control group of this process has free."""
    for line in _lines("/proc/self/cgroup", ""):
        _, controllers, path = line.strip().split(":", 2)
        if controllers and "memory" not in controllers.split(","):
            continue
        for template, limit, used in GROUPS:
            folder = template.format("" if path == "/" else path)
            numbers = [_number(os.path.join(folder, name)) for name in (limit, used)]
            if None not in numbers:
                yield (numbers[0] - numbers[1]) // MIB


def _lines(path, beginning):
    try:
        with open(path) as stream:
            return [line for line in stream if line.startswith(beginning)]
    except OSError:
        return []


def _number(path):
    """Return the number in a file; None for a missing file or for no limit."""
    try:
        with open(path) as stream:
            return int(stream.read())
    except (OSError, ValueError):
        return None
