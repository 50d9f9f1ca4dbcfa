"""How does one cell's misfortune stay its own?

The worker imports TensorFlow once, then forks a child for each request, which `run` carries out,
and watches it. The reply is a file; what cannot be read is a fault of the harness. What the child
leaves to be kept becomes the artifact when it has ended well: it cannot touch that itself.
"""

import gc
import json
import os
import shutil
import signal
import sys
import tempfile
import time
import traceback

from experiments.worker import child, ends, memory, offspring
from experiments.worker.kernel import die_with_parent
from experiments.worker.loops import Loops
from experiments.worker.note import Note
from experiments.worker.watch import MIB, Excess, limits_of, size, watch

IMPORT_FAILED = 3


def serve(requests, replies_path, run):
    """Carry out every request in turn; append each reply as soon as it is there, and tell of it.

    `requests` may be a stream: the next is asked for when the last is answered. In the child,
    `run(release, request, tell, artifact)` returns the reply.
    """
    die_with_parent(signal.SIGTERM)
    # Kept apart from descriptor 1, so that nothing a library prints is taken for an event.
    events = os.fdopen(os.dup(1), "w")
    os.dup2(2, 1)
    start = time.perf_counter()
    try:
        from experiments.worker.release import open_release

        release = open_release()
        description = release.describe()
    except BaseException:
        traceback.print_exc()
        return IMPORT_FAILED
    signal.signal(signal.SIGTERM, _leave)
    offspring.adopt()
    import_cpu_s = time.process_time()
    _say(
        events,
        event="ready",
        environment=description,
        import_s=time.perf_counter() - start,
        import_cpu_s=import_cpu_s,
    )
    gc.collect()
    gc.freeze()
    loops = Loops()
    with open(replies_path, "a") as replies:
        for request in requests:
            _say(events, event="start", id=request["id"])
            limits = limits_of(request, import_cpu_s)
            reply = loops.like(request, limits) or carry_out(release, request, limits, run)
            reply.update(id=request["id"], key=request["key"])
            loops.learn(reply)
            replies.write(json.dumps(reply, sort_keys=True) + "\n")
            replies.flush()
            _say(events, event="done", **reply)
    return 0


def _leave(number, frame):
    """End by way of every `finally`, so that no cell outlives its worker."""
    signal.signal(number, signal.SIG_IGN)
    sys.exit(128 + number)


def _say(events, **event):
    events.write(json.dumps(event, sort_keys=True) + "\n")
    events.flush()


def carry_out(release, request, limits, run):
    """Fork a child for `request`, watch it, and return its reply and what it used."""
    scratch = os.path.realpath(tempfile.mkdtemp(prefix="cell-"))
    log, start = os.path.abspath(request["log"]), time.perf_counter()
    try:
        reply, usage = _watched(release, request, limits, run, scratch, log)
        reply.update(
            scratch=scratch,
            wall_s=time.perf_counter() - start,
            cpu_s=usage.ru_utime + usage.ru_stime,
            peak_kib=usage.ru_maxrss,
        )
        if "watch" in request:
            reply["seen"] = {name: _seen(os.path.join(scratch, name)) for name in request["watch"]}
        if reply["outcome"] == "saved":
            _keep(os.path.join(scratch, child.KEPT), os.path.abspath(request["artifact"]))
        return reply
    finally:
        _remove(scratch)


def _watched(release, request, limits, run, scratch, log):
    """Have a child carry the request out; return its reply and its usage of the machine."""
    note, free_mib = Note(), memory.free_mib()
    ended = os.pipe()
    pid = os.fork()
    if pid == 0:
        os.close(ended[0])
        child.be(release, request, limits, run, scratch, note)
    os.close(ended[1])
    try:
        excess = Excess(pid, limits, scratch, log)
        why, status, usage = watch(pid, ended[0], excess)
    finally:
        os.close(ended[0])
        offspring.end(pid)
        offspring.end_orphans()
    _shorten(log, limits["output_mib"] * MIB)
    free_mib = min(free_mib, memory.free_mib())
    return ends.reply(request, limits, scratch, note, why, status, usage, free_mib), usage


def _seen(path):
    """Return when a file was last read, in whole seconds; None where there is no such file."""
    return int(os.stat(path).st_atime) if os.path.exists(path) else None


def _keep(left, artifact):
    """Put what a child left in the place of its artifact, whole or not at all."""
    if not os.path.isdir(left):
        return
    partial = artifact + ".partial"
    for folder in (partial, artifact):
        shutil.rmtree(folder, ignore_errors=True)
    os.makedirs(os.path.dirname(artifact), exist_ok=True)
    shutil.move(left, partial)
    os.rename(partial, artifact)


def _shorten(log, most):
    """Keep the beginning of what a cell printed, if it was more than it may print."""
    if size(log) > most:
        os.truncate(log, MIB)


def _remove(scratch):
    """Remove the cell's folder even if the cell took its own permissions away."""

    def allow(function, path, error):
        try:
            os.chmod(os.path.dirname(path), 0o700)
            os.chmod(path, 0o700)
            function(path)
        except OSError:
            pass

    shutil.rmtree(scratch, onerror=allow)
