"""Which processes has a cell forked, and how are all of them ended?

The worker is the one to whom the kernel gives the orphans of its cells (`adopt`), so that a process
which has left its cell's group and session is found all the same: prctl(2), PR_SET_CHILD_SUBREAPER.
"""

import os
import signal

from experiments.worker.kernel import prctl

PR_SET_CHILD_SUBREAPER = 36
MOST_PASSES = 10000
"""How often what goes on forking is looked for and stopped, before it is left to itself."""


def adopt():
    """Have this process be the parent of every orphan among its descendants."""
    prctl(PR_SET_CHILD_SUBREAPER, 1)


def descendants(ancestor):
    """Return the processes below this one that still run."""
    children = {}
    for name in os.listdir("/proc"):
        if name.isdigit():
            state, parent = _state(name)
            if state not in ("", "Z"):
                children.setdefault(parent, []).append(int(name))
    found, left = set(), [ancestor]
    while left:
        below = children.get(left.pop(), [])
        found.update(below)
        left.extend(below)
    return found


def _state(name):
    """Return a process's state and its parent; '' for one that is gone."""
    fields = stat("/proc/{}".format(name))
    return (fields[0].decode("ascii"), int(fields[1])) if fields else ("", 0)


def stat(folder):
    """Return the fields of a process or thread from its state on; none for one that is gone."""
    try:
        with open(os.path.join(folder, "stat"), "rb") as stream:
            # The name in brackets may hold anything, brackets too.
            return stream.read().rpartition(b")")[2].split()
    except OSError:
        return []


def end(child):
    """End a cell that has not been waited for, and its process group."""
    _send(os.killpg, child, signal.SIGKILL)
    _send(os.kill, child, signal.SIGKILL)


def end_orphans():
    """End and wait for whatever a cell that was waited for has left behind; say how many."""
    ended, stopped = 0, set()
    for _ in range(MOST_PASSES):
        try:
            while os.waitpid(-1, os.WNOHANG)[0]:
                ended += 1
        except ChildProcessError:
            break
        # Stopped first, and ended when no new one is found: what forks is always one ahead of
        # what ends it.
        found = descendants(os.getpid())
        new = found - stopped
        for process in new or found:
            _send(os.kill, process, signal.SIGSTOP if new else signal.SIGKILL)
        stopped |= new
    return ended


def _send(how, process, number):
    try:
        how(process, number)
    except (ProcessLookupError, PermissionError):
        pass
