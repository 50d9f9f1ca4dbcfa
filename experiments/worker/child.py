"""What is a cell while it runs? A child of the worker with a folder, a log and limits of its own.

It is a process group by itself; its home, its temporary files and what it works on are in its
folder, and it cannot outlive the worker.
"""

import faulthandler
import json
import os
import signal
import sys
import tempfile
import traceback

from experiments.worker import blame, note, watch
from experiments.worker.kernel import die_with_parent
from experiments.worker.loops import Sampler
from experiments.worker.phases import REPLIED

REPLY, WORK, KEPT = "reply.json", "work", "kept"
"""In the cell's folder: its reply, where it works, and what it leaves to become its artifact."""


def be(release, request, limits, run, scratch, notes):
    """Be the cell; never return."""
    status = 1
    try:
        signal.signal(signal.SIGTERM, signal.SIG_DFL)
        os.setsid()
        die_with_parent(signal.SIGKILL)
        artifact, log = os.path.abspath(request["artifact"]), os.path.abspath(request["log"])
        os.makedirs(os.path.dirname(log), exist_ok=True)
        _redirect(log)
        _move_in(scratch)
        watch.bound(limits)
        faulthandler.register(signal.SIGXCPU, all_threads=False, chain=True)
        sampler = Sampler(lambda calls: notes.write(note.CALLS, "\n".join(calls)))
        sampler.start(limits["cpu_s"] / 2)

        def tell(phase):
            notes.write(note.PHASE, phase)
            sampler.restart()

        reply = run(release, request, tell, artifact)
        sys.stdout.flush()
        if "traceback" in reply:
            print(reply.pop("traceback"), file=sys.stderr)
        sys.stderr.flush()
        with open(os.path.join(scratch, REPLY), "w") as stream:
            json.dump(reply, stream)
        tell(REPLIED)
        status = 0
    except BaseException as error:
        text = "{}: {}".format(blame.qualified(error), blame.message(error))
        notes.write(note.FAILURE, text)
        traceback.print_exc()
    finally:
        os._exit(status)


def _redirect(log):
    """Send all output to the log and take input from nowhere."""
    output = os.open(log, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o644)
    nothing = os.open(os.devnull, os.O_RDONLY)
    for target, source in ((0, nothing), (1, output), (2, output)):
        os.dup2(source, target)


def _move_in(scratch):
    """Have home, temporary files and the current folder be in the cell's own."""
    home, temporary, work = (os.path.join(scratch, name) for name in ("home", "tmp", WORK))
    for folder in (home, temporary, work):
        os.mkdir(folder)
    os.environ.update(HOME=home, TMPDIR=temporary)
    tempfile.tempdir = temporary
    os.umask(0o022)
    os.chdir(work)
