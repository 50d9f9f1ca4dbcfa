"""Turns the end of a child into the reply of its cell.

The reply is the one that the child wrote, if it wrote one. Otherwise the child's last phase decides
whose fault the end is: in a phase of the release it is the release's, and recorded as an outcome.

Slowness is nobody's fault and no outcome. A cell that reached its first limit of CPU time, or that
waited, is repeated alone (`retry`). Nor is it the release's fault that a machine has less memory
than a cell may take.
"""

import json
import os
import signal

from experiments.worker.child import REPLY
from experiments.worker.limits import loops
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
"""Outcome and message of a cell that exceeded a limit, by the name of the limit."""
ENDLESS = "did not end within {last_imports:g} times the CPU time of the release's import"
PUT_OFF = "did not end within {first_imports:g} times the CPU time of the release's import"
STUCK = "neither waited nor got to compute: the machine had no time for it; run it again"
SCARCE = (
    "{what} while the machine had {free} MiB of memory free, less than the {memory_mib} MiB that a "
    "cell may take: free some, or have fewer environments at work (jobs=1), and run it again"
)
OUT_OF_MEMORY = ("out_of_memory", "crash")
"""The outcomes that a lack of memory may lead to."""


def reply(request, limits, scratch, note, end, free_mib):
    """Return the reply of a child that ended as `end`, on a machine with `free_mib` free."""
    phase = note.phase() or PREPARE
    blank = {"phase": phase, "error_type": "", "error_message": "", "reason": ""}
    answer = _read(os.path.join(scratch, REPLY)) if phase == REPLIED else None
    if answer is None:
        answer = _unanswered(blank, request, limits, note, end)
    if answer["outcome"] in OUT_OF_MEMORY and free_mib < limits["memory_mib"]:
        message = answer.get("error_message") or answer["outcome"]
        reason = SCARCE.format(what=message, free=free_mib, **limits)
        return dict(blank, phase=answer["phase"], outcome="harness_error", reason=reason)
    return answer


def _unanswered(blank, request, limits, note, end):
    """Return the reply of a child that wrote none."""
    if end.exceeded == "stuck":
        return dict(blank, outcome="harness_error", reason=STUCK)
    if end.exceeded == "idle":
        return _unended(blank, request, note, EXCESSES["idle"][1].format(**limits))
    if end.exceeded:
        outcome, text = EXCESSES[end.exceeded]
        error_type = "limit" if outcome == "crash" else ""
        return _theirs(blank, outcome, text.format(**limits), error_type)
    if os.WIFSIGNALED(end.status):
        number = os.WTERMSIG(end.status)
        # The kernel sends SIGKILL to a process that ignores SIGXCPU.
        spent = end.usage.ru_utime + end.usage.ru_stime >= limits["cpu_s"]
        if number == signal.SIGXCPU or (number == signal.SIGKILL and spent):
            text = ENDLESS if request.get("alone") else PUT_OFF
            return _unended(blank, request, note, text.format(**limits))
        return _signalled(blank, number)
    code = os.WEXITSTATUS(end.status)
    if blank["phase"] in (PREPARE, REPLIED):
        text = "the child ended with status {} and no readable reply".format(code)
        reason = "{}: {}".format(text, note.failure()) if note.failure() else text
        return dict(blank, outcome="harness_error", reason=reason)
    return _theirs(blank, "crash", "ended the process with status {}".format(code), "exit")


def _unended(blank, request, note, text):
    """Return the reply of a cell that did not end: to be repeated, unless it already was alone."""
    calls = note.calls() or loops.dumped(request["log"])
    blank = dict(blank, calls=calls, raised_in=calls[-1]) if calls else blank
    if not request.get("alone"):
        return dict(blank, outcome="timeout", error_message=text, retry=True)
    return _theirs(blank, "timeout", text)


def _signalled(blank, number):
    name = signal.Signals(number).name if number in list(signal.Signals) else str(number)
    if number in (signal.SIGKILL, signal.SIGTERM, signal.SIGINT, signal.SIGHUP):
        # No cell sends these: an operator does, or the kernel short of memory.
        return dict(blank, outcome="harness_error", reason="killed from outside by " + name)
    return _theirs(blank, "crash", "died of " + name, name)


def _theirs(blank, outcome, text, error_type=""):
    """Blame the release for the end, unless it happened in a phase of the harness."""
    if blank["phase"] in (PREPARE, REPLIED):
        return dict(blank, outcome="harness_error", reason=text + " in a phase of the harness")
    return dict(blank, outcome=outcome, error_type=error_type, error_message=text)


def _read(path):
    """Return the child's reply; None if the file holds no reply."""
    try:
        with open(path) as stream:
            answer = json.load(stream)
    except (IOError, ValueError, RecursionError):
        return None
    outcome = answer.get("outcome") if isinstance(answer, dict) else None
    return answer if isinstance(outcome, str) and outcome in OUTCOMES else None
