"""How does one cell's misfortune stay its own?

The worker imports TensorFlow once, then forks a child for each request, which `run` carries out.
The child is a process group of its own with an empty home, a folder of its own, its output in a
log, and limits of CPU time, wall time and memory. The reply is a file; what cannot be read is a
fault of the harness.
"""

import ctypes
import gc
import json
import mmap
import os
import resource
import select
import shutil
import signal
import sys
import tempfile
import time
import traceback

from experiments.worker import blame
from experiments.worker.phases import PREPARE

IMPORT_FAILED = 3
POLL_S = 0.05
GRACE_S = 2
PR_SET_PDEATHSIG = 1
PAGE = resource.getpagesize()
NOTE, NOTE_PHASE = 1024, 64
"""Bytes that child and parent share: the phase, then why the child could not even reply."""
OUTCOMES = frozenset(
    (
        "saved",
        "timed",
        "equal",
        "different",
        "error",
        "crash",
        "timeout",
        "out_of_memory",
        "not_saved",
        "skipped",
        "harness_error",
    )
)


def serve(requests, replies_path, run):
    """Carry out every request in turn; append each reply as soon as it is there, and tell of it.

    `requests` may be a stream: the next is asked for when the last is answered. In the child,
    `run(release, request, tell, artifact)` returns the reply.
    """
    _die_with_parent(signal.SIGTERM)
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
    _say(
        events,
        event="ready",
        environment=description,
        import_s=time.perf_counter() - start,
        import_cpu_s=time.process_time(),
    )
    gc.collect()
    gc.freeze()
    with open(replies_path, "a") as replies:
        for request in requests:
            _say(events, event="start", id=request["id"])
            reply = carry_out(release, request, run)
            replies.write(json.dumps(reply, sort_keys=True) + "\n")
            replies.flush()
            _say(events, event="done", **reply)
    return 0


def _say(events, **event):
    events.write(json.dumps(event, sort_keys=True) + "\n")
    events.flush()


def _die_with_parent(number):
    """Have the kernel end this process when its parent dies, so that nothing is left behind."""
    ctypes.CDLL(None).prctl(PR_SET_PDEATHSIG, int(number), 0, 0, 0)


def carry_out(release, request, run):
    """Fork a child for `request`, watch it, and return its reply with id, key and resources."""
    scratch = os.path.realpath(tempfile.mkdtemp(prefix="cell-"))
    note = mmap.mmap(-1, NOTE)
    start = time.perf_counter()
    ended, wall = os.pipe(), request["limits"]["wall_s"]
    pid = os.fork()
    if pid == 0:
        os.close(ended[0])
        _child(release, request, run, scratch, note)
    os.close(ended[1])
    try:
        verdict, status, usage = _watch(pid, ended[0], wall, request["limits"]["memory_mib"])
    finally:
        os.close(ended[0])
        _kill(pid)
    reply = _reply(request, scratch, note, verdict, status, usage)
    reply.update(
        id=request["id"],
        key=request["key"],
        scratch=scratch,
        wall_s=time.perf_counter() - start,
        cpu_s=usage.ru_utime + usage.ru_stime,
        peak_kib=usage.ru_maxrss,
    )
    _remove(scratch)
    return reply


def _child(release, request, run, scratch, note):
    """Be the cell; never return."""
    status = 1
    try:
        os.setsid()
        _die_with_parent(signal.SIGKILL)
        home, work = os.path.join(scratch, "home"), os.path.join(scratch, "work")
        artifact, log = os.path.abspath(request["artifact"]), os.path.abspath(request["log"])
        for folder in (home, work, os.path.dirname(log)):
            os.makedirs(folder, exist_ok=True)
        _redirect(log)
        os.environ["HOME"] = home
        os.umask(0o022)
        os.chdir(work)
        cpu = int(request["limits"]["cpu_s"])
        resource.setrlimit(resource.RLIMIT_CPU, (cpu, cpu + GRACE_S))
        resource.setrlimit(resource.RLIMIT_CORE, (0, 0))

        def tell(phase):
            note[:NOTE_PHASE] = phase.encode("ascii").ljust(NOTE_PHASE, b"\0")

        reply = run(release, request, tell, artifact)
        sys.stdout.flush()
        if "traceback" in reply:
            print(reply.pop("traceback"), file=sys.stderr)
        sys.stderr.flush()
        with open(os.path.join(scratch, "reply.json"), "w") as stream:
            json.dump(reply, stream)
        status = 0
    except BaseException as error:
        text = "{}: {}".format(blame.qualified(error), blame.message(error)).encode(
            "utf-8", "replace"
        )
        note[NOTE_PHASE:] = text[: NOTE - NOTE_PHASE].ljust(NOTE - NOTE_PHASE, b"\0")
        traceback.print_exc()
    finally:
        os._exit(status)


def _redirect(log):
    """Send all output to the log and take input from nowhere."""
    output = os.open(log, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o644)
    nothing = os.open(os.devnull, os.O_RDONLY)
    for target, source in ((0, nothing), (1, output), (2, output)):
        os.dup2(source, target)


def _watch(pid, ended, wall_s, memory_mib):
    """Wait for the child; return why it was stopped ('' if it ended by itself), status, usage.

    `ended` becomes readable when the child and all that it forked have closed its other end; a
    grandchild that holds it open only makes the wait coarser.
    """
    deadline, why = time.monotonic() + wall_s, ""
    while True:
        found, status, usage = os.wait4(pid, os.WNOHANG)
        if found:
            return why, status, usage
        if not why and time.monotonic() > deadline:
            why = "wall"
        elif not why and _resident(pid) > memory_mib * 1024 * 1024:
            why = "memory"
        if why:
            _kill(pid)
        if select.select([ended], [], [], POLL_S)[0]:
            time.sleep(0.0005)


def _resident(pid):
    """Return the child's resident memory in bytes, 0 where that cannot be had."""
    try:
        with open("/proc/{}/statm".format(pid)) as stream:
            return int(stream.read().split()[1]) * PAGE
    except (IOError, IndexError, ValueError):
        return 0


def _kill(pid):
    """End the child's process group, whatever is left of it."""
    for kill in (os.killpg, os.kill):
        try:
            kill(pid, signal.SIGKILL)
        except (ProcessLookupError, PermissionError):
            pass


def _reply(request, scratch, note, why, status, usage):
    """Turn the child's end into a reply."""
    phase = note[:NOTE_PHASE].rstrip(b"\0").decode("ascii") or PREPARE
    failure = note[NOTE_PHASE:].rstrip(b"\0").decode("utf-8", "replace")
    limits = request["limits"]
    reply = {"phase": phase, "error_type": "", "error_message": "", "reason": ""}
    if why == "wall":
        text = "did not end within {:g} s of wall time".format(limits["wall_s"])
        return _theirs(reply, "timeout", text, retry=not request.get("alone"))
    if why == "memory":
        text = "used more than {} MiB of memory".format(limits["memory_mib"])
        return _theirs(reply, "out_of_memory", text)
    if os.WIFSIGNALED(status):
        return _signalled(reply, os.WTERMSIG(status), limits)
    code = os.WEXITSTATUS(status)
    answer = _read(os.path.join(scratch, "reply.json"))
    if code == 0 and answer is not None:
        return answer
    if phase == PREPARE or code == 0:
        text = "the child ended with status {} and no readable reply".format(code)
        reason = "{}: {}".format(text, failure) if failure else text
        return dict(reply, outcome="harness_error", reason=reason)
    return _theirs(reply, "crash", "ended the process with status {}".format(code), "exit")


def _signalled(reply, number, limits):
    name = signal.Signals(number).name if number in list(signal.Signals) else str(number)
    if number == signal.SIGXCPU:
        text = "did not end within {:g} s of CPU time".format(limits["cpu_s"])
        return _theirs(reply, "timeout", text)
    if number in (signal.SIGKILL, signal.SIGTERM, signal.SIGINT, signal.SIGHUP):
        # Nothing inside sends these: an operator, or the kernel short of memory.
        return dict(reply, outcome="harness_error", reason="killed from outside by " + name)
    return _theirs(reply, "crash", "died of " + name, name)


def _theirs(reply, outcome, text, error_type="", retry=False):
    """Lay the end at the release's door, unless it happened in a phase of ours."""
    if reply["phase"] == PREPARE:
        return dict(reply, outcome="harness_error", reason=text + " in a phase of the harness")
    reply.update(outcome=outcome, error_type=error_type, error_message=text)
    return dict(reply, retry=True) if retry else reply


def _read(path):
    """Return the child's answer, or None if it is not one."""
    try:
        with open(path) as stream:
            answer = json.load(stream)
    except (IOError, ValueError, RecursionError):
        return None
    outcome = answer.get("outcome") if isinstance(answer, dict) else None
    return answer if isinstance(outcome, str) and outcome in OUTCOMES else None


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
