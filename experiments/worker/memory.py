"""How much memory does the machine have left?

A cell that runs out of memory where less is left than it may take says something of the machine,
and nothing of the release. Free memory is that of the kernel, or of the control
group that the worker is in where that has less: proc(5), cgroups(7).
"""

import os

MIB = 1024 * 1024
GROUPS = (
    ("/sys/fs/cgroup{}", "memory.max", "memory.current"),
    ("/sys/fs/cgroup/memory{}", "memory.limit_in_bytes", "memory.usage_in_bytes"),
)
"""Where a control group's files are, and its limit and use: version 2, then version 1."""


def free_mib():
    """Return how many mebibytes may still be taken."""
    found = [int(line.split()[1]) // 1024 for line in _lines("/proc/meminfo", "MemAvailable:")]
    found.extend(_left_in_groups())
    return min(found) if found else 0


def _left_in_groups():
    """Yield how many mebibytes each control group of this process has left."""
    for line in _lines("/proc/self/cgroup", ""):
        _, controllers, path = line.strip().split(":", 2)
        if controllers and "memory" not in controllers.split(","):
            continue
        for folder, limit, used in GROUPS:
            place = folder.format("" if path == "/" else path)
            numbers = [_number(os.path.join(place, name)) for name in (limit, used)]
            if None not in numbers:
                yield (numbers[0] - numbers[1]) // MIB


def _lines(path, beginning):
    try:
        with open(path) as stream:
            return [line for line in stream if line.startswith(beginning)]
    except OSError:
        return []


def _number(path):
    """Return the number in a file; None where there is no file, or no limit."""
    try:
        with open(path) as stream:
            return int(stream.read())
    except (OSError, ValueError):
        return None
