"""What does the way in which a child ended say?

What it replied, if it came to that. Otherwise whose fault its end is goes by the phase in which it
was: what happens while the release is at work is the release's, and is recorded as what it was.
"""

import json
import os
import signal

from experiments.worker.child import NOTE_PHASE, REPLY
from experiments.worker.phases import PREPARE, REPLIED
from experiments.worker.watch import limits_of

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
EXCESSES = {
    "wall": ("timeout", "did not end within {wall_s:g} s of wall time"),
    "memory": ("out_of_memory", "used more than {memory_mib} MiB of memory"),
    "output": ("crash", "printed more than {output_mib} MiB"),
    "written": ("crash", "wrote more than {written_mib} MiB"),
    "processes": ("crash", "forked more than {processes} processes"),
}
"""What a cell that was ended for taking too much is told to have done."""


def reply(request, scratch, note, why, status, usage):
    """Turn the child's end into a reply."""
    phase = note[:NOTE_PHASE].rstrip(b"\0").decode("ascii") or PREPARE
    failure = note[NOTE_PHASE:].rstrip(b"\0").decode("utf-8", "replace")
    limits = limits_of(request)
    told = {"phase": phase, "error_type": "", "error_message": "", "reason": ""}
    answer = _read(os.path.join(scratch, REPLY)) if phase == REPLIED else None
    if answer is not None:
        return answer
    if why:
        outcome, text = EXCESSES[why]
        retry = why == "wall" and not request.get("alone")
        kind = "limit" if outcome == "crash" else ""
        return _theirs(told, outcome, text.format(**limits), kind, retry)
    if os.WIFSIGNALED(status):
        return _signalled(told, os.WTERMSIG(status), limits, usage)
    code = os.WEXITSTATUS(status)
    if phase in (PREPARE, REPLIED):
        text = "the child ended with status {} and no readable reply".format(code)
        reason = "{}: {}".format(text, failure) if failure else text
        return dict(told, outcome="harness_error", reason=reason)
    return _theirs(told, "crash", "ended the process with status {}".format(code), "exit")


def _signalled(told, number, limits, usage):
    name = signal.Signals(number).name if number in list(signal.Signals) else str(number)
    # What takes no notice of the first signal is sent one that cannot be caught.
    spent = usage.ru_utime + usage.ru_stime >= limits["cpu_s"]
    if number == signal.SIGXCPU or (number == signal.SIGKILL and spent):
        text = "did not end within {:g} s of CPU time".format(limits["cpu_s"])
        return _theirs(told, "timeout", text)
    if number in (signal.SIGKILL, signal.SIGTERM, signal.SIGINT, signal.SIGHUP):
        # Nothing inside sends these: an operator, or the kernel short of memory.
        return dict(told, outcome="harness_error", reason="killed from outside by " + name)
    return _theirs(told, "crash", "died of " + name, name)


def _theirs(told, outcome, text, error_type="", retry=False):
    """Lay the end at the release's door, unless it happened in a phase of ours."""
    if told["phase"] in (PREPARE, REPLIED):
        return dict(told, outcome="harness_error", reason=text + " in a phase of the harness")
    told.update(outcome=outcome, error_type=error_type, error_message=text)
    return dict(told, retry=True) if retry else told


def _read(path):
    """Return the child's answer, or None if it is not one."""
    try:
        with open(path) as stream:
            answer = json.load(stream)
    except (IOError, ValueError, RecursionError):
        return None
    outcome = answer.get("outcome") if isinstance(answer, dict) else None
    return answer if isinstance(outcome, str) and outcome in OUTCOMES else None
