"""Finds and ends all processes that a cell has forked.

The kernel gives the worker the orphans of its cells (`adopt`). The worker therefore also finds
processes that have left the group and the session of their cell: prctl(2), PR_SET_CHILD_SUBREAPER.
"""

import os
import signal

from experiments.worker.limits.kernel import prctl

PR_SET_CHILD_SUBREAPER = 36
MOST_PASSES = 10000
"""How often the worker stops processes that keep forking, before it gives up."""


def adopt():
    """Make this process the parent of every orphan among its descendants."""
    prctl(PR_SET_CHILD_SUBREAPER, 1)


def descendants(ancestor):
    """Return the running processes below this one."""
    children = {}
    for name in os.listdir("/proc"):
        if name.isdigit():
            state, parent = _state(name)
            if state not in ("", "Z"):
                children.setdefault(parent, []).append(int(name))
    running, parents = set(), [ancestor]
    while parents:
        below = children.get(parents.pop(), [])
        running.update(below)
        parents.extend(below)
    return running


def _state(name):
    """Return a process's state and its parent; ('', 0) for a process that has ended."""
    fields = stat("/proc/{}".format(name))
    return (fields[0].decode("ascii"), int(fields[1])) if fields else ("", 0)


def stat(folder):
    """Return the fields of a process or thread from its state on; [] if it has ended."""
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
    """End and wait for all processes that a finished cell has left; return how many."""
    count, stopped = 0, set()
    for _ in range(MOST_PASSES):
        try:
            while os.waitpid(-1, os.WNOHANG)[0]:
                count += 1
        except ChildProcessError:
            break
        # Stop them first, and end them when no new process appears: a process that forks is always
        # one ahead of the process that ends it.
        orphans = descendants(os.getpid())
        new = orphans - stopped
        for process in new or orphans:
            _send(os.kill, process, signal.SIGSTOP if new else signal.SIGKILL)
        stopped |= new
    return count


def _send(send, process, number):
    try:
        send(process, number)
    except (ProcessLookupError, PermissionError):
        pass
