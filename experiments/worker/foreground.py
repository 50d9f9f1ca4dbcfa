"""Carries one request out in this very process, for a user who watches it or stops in it.

There is no fork, no limit and no log: output goes to the terminal. The reply is printed and not
recorded, because no worker watched the cell.
"""

import json
import os
import pdb
import shutil
import sys
import tempfile
import traceback

from experiments.worker import cell
from experiments.worker.phases import Phases


def run(request, stops):
    """Carry out a request; with `stops`, open the debugger where the release raises.

    Returns exit status 0, or 1 for a fault of the harness.
    """
    from experiments.worker.release import open_release

    artifact = os.path.abspath(request["artifact"])
    print("importing the release …", flush=True)
    release = open_release()
    Phases.notice = staticmethod(_debug if stops else _show)
    scratch = tempfile.mkdtemp(prefix="cell-")
    try:
        work = os.path.join(scratch, "work")
        os.mkdir(work)
        os.chdir(work)
        reply = cell.run(release, request, _tell, artifact)
    finally:
        os.chdir(os.path.dirname(scratch))
        shutil.rmtree(scratch, ignore_errors=True)
    seconds = reply.pop("seconds", {})
    reply["seconds"] = {phase: round(spent, 3) for phase, spent in seconds.items()}
    print(reply.pop("traceback", ""), end="")
    print(json.dumps({key: reply[key] for key in sorted(reply) if reply[key]}, indent=2))
    return int(reply["outcome"] == "harness_error")


def _tell(phase):
    """Show which phase begins."""
    print("phase: {}".format(phase), flush=True)


def _show(error):
    """Print the traceback of an exception of the release."""
    traceback.print_exception(type(error), error, error.__traceback__)


def _debug(error):
    """Print the traceback of an exception of the release, and open the debugger in its frame."""
    _show(error)
    sys.stderr.flush()
    pdb.post_mortem(error.__traceback__)
