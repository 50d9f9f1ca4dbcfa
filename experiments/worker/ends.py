"""What does the way in which a child ended say?

What it replied, if it came to that. Otherwise whose fault its end is goes by the phase in which it
was: what happens while the release is at work is the release's, and is recorded as what it was.

That a cell is slow is nobody's fault, and no outcome: one that has run into its first limit of CPU
time, or waited, is to be tried again alone (`retry`). Nor is it the release's that a machine has
less memory than a cell may take.
"""

import json
import os
import signal

from experiments.worker import loops
from experiments.worker.child import REPLY
from experiments.worker.phases import PREPARE, REPLIED

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
    "idle": ("timeout", "waited for {idle_s:g} s without computing"),
    "memory": ("out_of_memory", "used more than {memory_mib} MiB of memory"),
    "output": ("crash", "printed more than {output_mib} MiB"),
    "written": ("crash", "wrote more than {written_mib} MiB"),
    "processes": ("crash", "forked more than {processes} processes"),
}
"""What a cell that was ended for taking too much is told to have done."""
ENDLESS = "did not end within {last_imports:g} times the CPU time of the release's import"
PUT_OFF = "did not end within {first_imports:g} times the CPU time of the release's import"
STUCK = "neither waited nor got to compute: the machine had no time for it; run it again"
SCARCE = (
    "{what} while the machine had {free} MiB of memory free, less than the {memory_mib} MiB that a "
    "cell may take: free some, or have fewer environments at work (jobs=1), and run it again"
)
OUT_OF_MEMORY = ("out_of_memory", "crash")
"""The outcomes that a want of memory may lead to."""


def reply(request, limits, scratch, note, why, status, usage, free_mib):
    """Turn the child's end into a reply; `free_mib` of memory were left for it on the machine."""
    phase = note.phase() or PREPARE
    told = {"phase": phase, "error_type": "", "error_message": "", "reason": ""}
    answer = _read(os.path.join(scratch, REPLY)) if phase == REPLIED else None
    if answer is None:
        answer = _unanswered(told, request, limits, note, why, status, usage)
    if answer["outcome"] in OUT_OF_MEMORY and free_mib < limits["memory_mib"]:
        what = answer.get("error_message") or answer["outcome"]
        reason = SCARCE.format(what=what, free=free_mib, **limits)
        return dict(told, phase=answer["phase"], outcome="harness_error", reason=reason)
    return answer


def _unanswered(told, request, limits, note, why, status, usage):
    """Return the reply of a child that left none."""
    if why == "stuck":
        return dict(told, outcome="harness_error", reason=STUCK)
    if why == "idle":
        return _unended(told, request, note, EXCESSES[why][1].format(**limits))
    if why:
        outcome, text = EXCESSES[why]
        return _theirs(told, outcome, text.format(**limits), "limit" if outcome == "crash" else "")
    if os.WIFSIGNALED(status):
        number = os.WTERMSIG(status)
        # What takes no notice of the first signal is sent one that cannot be caught.
        spent = usage.ru_utime + usage.ru_stime >= limits["cpu_s"]
        if number == signal.SIGXCPU or (number == signal.SIGKILL and spent):
            text = ENDLESS if request.get("alone") else PUT_OFF
            return _unended(told, request, note, text.format(**limits))
        return _signalled(told, number)
    code = os.WEXITSTATUS(status)
    if told["phase"] in (PREPARE, REPLIED):
        text = "the child ended with status {} and no readable reply".format(code)
        reason = "{}: {}".format(text, note.failure()) if note.failure() else text
        return dict(told, outcome="harness_error", reason=reason)
    return _theirs(told, "crash", "ended the process with status {}".format(code), "exit")


def _unended(told, request, note, text):
    """Return the reply of a cell that did not end: to be repeated, unless that was done alone."""
    calls = note.calls() or loops.dumped(request["log"])
    told = dict(told, calls=calls, raised_in=calls[-1]) if calls else told
    if not request.get("alone"):
        return dict(told, outcome="timeout", error_message=text, retry=True)
    return _theirs(told, "timeout", text)


def _signalled(told, number):
    name = signal.Signals(number).name if number in list(signal.Signals) else str(number)
    if number in (signal.SIGKILL, signal.SIGTERM, signal.SIGINT, signal.SIGHUP):
        # Nothing inside sends these: an operator, or the kernel short of memory.
        return dict(told, outcome="harness_error", reason="killed from outside by " + name)
    return _theirs(told, "crash", "died of " + name, name)


def _theirs(told, outcome, text, error_type=""):
    """Lay the end at the release's door, unless it happened in a phase of ours."""
    if told["phase"] in (PREPARE, REPLIED):
        return dict(told, outcome="harness_error", reason=text + " in a phase of the harness")
    return dict(told, outcome=outcome, error_type=error_type, error_message=text)


def _read(path):
    """Return the child's answer, or None if it is not one."""
    try:
        with open(path) as stream:
            answer = json.load(stream)
    except (IOError, ValueError, RecursionError):
        return None
    outcome = answer.get("outcome") if isinstance(answer, dict) else None
    return answer if isinstance(outcome, str) and outcome in OUTCOMES else None
