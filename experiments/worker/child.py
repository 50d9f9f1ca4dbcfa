"""Runs a cell in a forked child of the worker, with a folder, a log and limits of its own.

The child is a process group by itself. Its home, its temporary files and its working folder are in
the cell's folder, and it cannot outlive the worker.
"""

import faulthandler
import json
import os
import signal
import sys
import tempfile
import traceback

from experiments.worker import blame
from experiments.worker.limits import note, watch
from experiments.worker.limits.kernel import die_with_parent
from experiments.worker.limits.loops import Sampler
from experiments.worker.phases import REPLIED

REPLY, WORK, KEPT = "reply.json", "work", "kept"
"""In the cell's folder: its reply, its working folder, and the files that become its artifact."""


def main(release, request, limits, run, scratch, notes):
    """Carry out `request` by `run` in the folder `scratch`; never return."""
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
    """Put home, temporary files and the working folder into the cell's folder."""
    home, temporary, work = (os.path.join(scratch, name) for name in ("home", "tmp", WORK))
    for folder in (home, temporary, work):
        os.mkdir(folder)
    os.environ.update(HOME=home, TMPDIR=temporary)
    tempfile.tempdir = temporary
    os.umask(0o022)
    os.chdir(work)
