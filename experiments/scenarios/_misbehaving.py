"""Cells that try to harm their neighbours. Each case does another harm.

Only the tests of containment run them: on every worker, the harm must stay in its cell and be
recorded truly.
"""

import ctypes
import os
import shutil
import signal
import socket
import threading
import time

from experiments.scenarios import _files

CHUNK = 1 << 20


def _run():
    """Derive the run's folder from the cell's log; the request does not name the folder."""
    return os.readlink("/proc/self/fd/1").rpartition("/logs/cells/")[0]


def segfault(cell):
    """Read from an address that has no memory."""
    ctypes.string_at(0)


def loop(cell):
    """Compute for ever."""
    while True:
        pass


def loop_deaf(cell):
    """Compute for ever, and ignore the signal that the kernel sends at the limit of CPU time."""
    signal.signal(signal.SIGXCPU, signal.SIG_IGN)
    loop(cell)


def sleep(cell):
    """Wait for ever."""
    while True:
        time.sleep(1000)


def allocate(cell):
    """Take memory without end."""
    kept = []
    while True:
        kept.append(bytearray(os.urandom(CHUNK)) * 16)


def fork(cell):
    """Fork without end, in every child as well."""
    while True:
        try:
            os.fork()
        except OSError:
            pass


def write(cell):
    """Write without end."""
    with open("filler", "wb") as stream:
        while True:
            stream.write(bytes(CHUNK))


def flood_output(cell):
    """Print without end."""
    while True:
        os.write(1, bytes(65536))


def wander(cell):
    """Change to another folder."""
    os.chdir("/")


def forget(cell):
    """Empty the environment."""
    os.environ.clear()


def deafen(cell):
    """Ignore every signal that can be ignored."""
    for number in range(1, signal.NSIG):
        try:
            signal.signal(number, signal.SIG_IGN)
        except (OSError, ValueError):
            pass


def delete(cell):
    """Delete the artifact of which the cell has a copy, and the artifacts beside it."""
    artifact = os.path.join(_run(), cell["artifact"])
    shutil.rmtree(os.path.dirname(artifact), ignore_errors=True)


def leave_threads(cell):
    """Leave threads that never end."""
    for _ in range(20):
        threading.Thread(target=sleep, args=(cell,)).start()


def leave_a_daemon(cell):
    """Leave a process in another session, for which no process waits."""
    if os.fork() == 0:
        os.setsid()
        if os.fork() == 0:
            sleep(cell)
        os._exit(0)


def leave_early(cell):
    """End the process with the status of a success."""
    os._exit(0)


def trespass(cell):
    """Write into the folders in which the run keeps its files."""
    for folder in (_run(), os.path.join(_run(), "replies")):
        try:
            with open(os.path.join(folder, "trespasser"), "w"):
                pass
        except OSError:
            pass


def signal_worker(cell):
    """Kill the worker, which is the cell's parent."""
    try:
        os.kill(os.getppid(), signal.SIGKILL)
    except OSError:
        pass


def connect(cell):
    """Connect to the network; it is a fault of the worker if this is not refused."""
    try:
        socket.create_connection(("127.0.0.1", 9), 1).close()
    except PermissionError:
        return
    except OSError:
        pass
    raise RuntimeError("a cell reached for the network, and was let")


DEEDS = {
    deed.__name__: deed
    for deed in (
        *(segfault, loop, loop_deaf, sleep, allocate, fork, write, flood_output, wander, forget),
        *(deafen, delete, leave_threads, leave_a_daemon, leave_early, trespass, signal_worker),
        connect,
    )
}


class Scenario(_files.PlainModel):
    """Does the harm just before the release loads; the case `well` does none."""

    def arrange(self, tf, cell):
        DEEDS.get(cell["case"], lambda cell: None)(cell)
