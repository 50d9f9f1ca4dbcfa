"""Forks a child for each request and watches it, so that no cell harms another.

The worker imports TensorFlow once. Each child carries its request out by `run` and writes its reply
into a file; a file without a reply is a fault of the harness. The worker moves the files of a save
that ended well to its artifact, which the child itself cannot touch.
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

from experiments.scenarios import UNREAD
from experiments.worker import child, ends
from experiments.worker.limits import memory, offspring
from experiments.worker.limits.kernel import die_with_parent
from experiments.worker.limits.loops import Loops
from experiments.worker.limits.note import Note
from experiments.worker.limits.watch import MIB, Watcher, limits_of, size, watch

IMPORT_FAILED = 3


def serve(requests, replies_path, run):
    """Carry out the requests in turn; append each reply to the file and announce it.

    `requests` may be a stream: the worker reads a request after it has answered the one before. In
    the child, `run(release, request, tell, artifact)` returns the reply.
    """
    die_with_parent(signal.SIGTERM)
    # Kept apart from descriptor 1, so that no output of a library is taken for an event.
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
    signal.signal(signal.SIGTERM, _exit)
    offspring.adopt()
    import_cpu_s = time.process_time()
    _announce(
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
            _announce(events, event="start", id=request["id"])
            limits = limits_of(request, import_cpu_s)
            reply = loops.like(request, limits) or carry_out(release, request, limits, run)
            reply.update(id=request["id"], key=request["key"])
            loops.learn(reply)
            replies.write(json.dumps(reply, sort_keys=True) + "\n")
            replies.flush()
            _announce(events, event="done", **reply)
    return 0


def _exit(number, frame):
    """End through every `finally`, so that no cell outlives its worker."""
    signal.signal(number, signal.SIG_IGN)
    sys.exit(128 + number)


def _announce(events, **event):
    events.write(json.dumps(event, sort_keys=True) + "\n")
    events.flush()


def carry_out(release, request, limits, run):
    """Fork a child for `request`, watch it, and return its reply with the resources it used."""
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
            reply["effects"] = _effects(scratch, request["watch"])
        if reply["outcome"] == "saved":
            _keep(os.path.join(scratch, child.KEPT), os.path.abspath(request["artifact"]))
        return reply
    finally:
        _remove(scratch)


def _watched(release, request, limits, run, scratch, log):
    """Have a child carry the request out; return its reply and its usage of the machine."""
    note, free_mib = Note(), memory.free_mib()
    read_end, write_end = os.pipe()
    pid = os.fork()
    if pid == 0:
        os.close(read_end)
        child.main(release, request, limits, run, scratch, note)
    os.close(write_end)
    try:
        end = watch(Watcher(pid, limits, scratch, log), read_end)
    finally:
        os.close(read_end)
        offspring.end(pid)
        offspring.end_orphans()
    _shorten(log, limits["output_mib"] * MIB)
    free_mib = min(free_mib, memory.free_mib())
    return ends.reply(request, limits, scratch, note, end, free_mib), end.usage


def _effects(folder, watched):
    """Return the effects that files in a cell's folder give away: those that exist and were read.

    `watched` maps files to effects. A new file counts as read, unless its maker sets its reading
    time to `UNREAD`.
    """
    paths = {name: os.path.join(folder, name) for name in watched}
    return sorted(
        {
            watched[name]
            for name, path in paths.items()
            if os.path.exists(path) and int(os.stat(path).st_atime) != UNREAD
        }
    )


def _keep(kept, artifact):
    """Move a child's files to its artifact, all of them or none."""
    if not os.path.isdir(kept):
        return
    partial = artifact + ".partial"
    for folder in (partial, artifact):
        shutil.rmtree(folder, ignore_errors=True)
    os.makedirs(os.path.dirname(artifact), exist_ok=True)
    shutil.move(kept, partial)
    os.rename(partial, artifact)


def _shorten(log, limit):
    """Keep the beginning of a log that is larger than its limit."""
    if size(log) > limit:
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
