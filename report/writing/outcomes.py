"""The words that readers see for verdicts, outcomes and differences.

The published tables keep their own spelling (`works`, `broken`, `refused`, `silent`).
"""

from __future__ import annotations

from report.read.cells import Cell
from report.writing.lists import DASH

VERDICTS = {
    "works": "loads",
    "refused": "rejected, as it should be",
    "silent": "silently wrong",
    "broken": "fails",
    "not_applicable": DASH,
}
"""What a verdict means to a user."""
NO_ANSWER = {"timeout", "crash", "out_of_memory"}
"""Outcomes of a load that neither returned a model nor raised an exception."""
OUTCOMES = {
    "timeout": "never returns",
    "crash": "the process dies",
    "out_of_memory": "out of memory",
    "not_saved": "not saved",
    "skipped": "not run",
    "harness_error": "not measured",
}
"""Outcomes that say more than their verdict."""
ASPECTS = {
    "weights": ("weights", "a weight is missing or differs, if only in its last bit"),
    "predictions": ("predictions", "the model computes other results"),
    "state": (
        "state",
        "untrained values differ: moving averages, seeds of random layers",
    ),
    "optimizer": ("optimizer", "its number of steps, its learning rate or its slots differ"),
    "next_step": ("next step", "the next training step leads to other weights"),
    "compile": ("loss or metrics", "they are missing, or give other numbers"),
    "dtype": ("dtypes", "layers compute in another precision"),
}
"""The parts of a model that are compared: name, and the meaning of a difference."""
PLURAL = {"weights", "predictions", "compile", "dtype"}
UNNOTICED = "loads, though it should be rejected"


def state(cell: Cell) -> str:
    """Say in a few words what happened: the verdict, and what it leaves open."""
    verdict = VERDICTS[cell.verdict]
    outcome = OUTCOMES.get(cell.outcome, "")
    if cell.verdict == "silent":
        return f"{verdict} ({silence(cell)})"
    if cell.verdict == "broken" and outcome:
        return f"{verdict} ({outcome})"
    if cell.outcome == "error" and cell.phase not in {"load", ""}:
        return f"{verdict} (at {cell.phase})"
    return outcome or verdict


def silence(cell: Cell) -> str:
    """Say what is wrong with a load that raised no error."""
    if cell.outcome == "equal":
        return UNNOTICED
    aspects = cell.differs.split("+") if cell.differs else []
    names = [ASPECTS.get(aspect, (aspect, ""))[0] for aspect in aspects]
    subject = " and ".join(filter(None, (", ".join(names[:-1]), *names[-1:])))
    plural = len(aspects) > 1 or bool(PLURAL.intersection(aspects))
    return f"{subject} {'differ' if plural else 'differs'}".strip()
