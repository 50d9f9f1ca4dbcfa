"""Makes up plausible published results of any releases, from a seed."""

from __future__ import annotations

import csv
import json
import random
from collections.abc import Iterable, Iterator, Sequence
from pathlib import Path
from typing import Any

from results.contract.cells import CELLS, ENVIRONMENTS

RELEASES = ("tf-2.3", "tf-2.9", "tf-2.10", "tf-2.15", "tf-2.16")
LOADERS = {
    "h5": "load_model",
    "keras": "load_model",
    "savedmodel": "load_model",
    "weights_h5": "load_weights",
    "keras_weights_h5": "load_weights",
    "checkpoint": "load_weights",
}
MODELS = ("mlp", "mlp_uncompiled", "cnn", "rnn", "nested")
LAYERS = ("activation_first", "filters_last", "kernel_middle", "units_first", "units_last")
Row = dict[str, str]
Result = tuple[str, str, str]
"""Outcome, then exception class and message (or, for `different`, what differs)."""

EQUAL: Result = ("equal", "", "")
VALUE = "builtins.ValueError"


def minor(release: str) -> int:
    return int(release.rpartition(".")[2])


def rows(releases: Sequence[str] = RELEASES, seed: int = 0) -> list[Row]:
    """Return the rows of cells.csv, sorted by id."""
    chance = random.Random(seed)
    cells = [*_round_trip(releases, chance), *_layer_size(releases), *_bad_path(releases)]
    return sorted(cells, key=lambda row: row["cell"])


def write(
    folder: Path, cells: Iterable[Row], releases: Sequence[str] = RELEASES, **declared: Any
) -> Path:
    """Write a published folder; `declared` are further groups of the composed config."""
    folder.mkdir(parents=True, exist_ok=True)
    _write_csv(folder / "cells.csv", CELLS.names, cells)
    _write_csv(folder / "environments.csv", ENVIRONMENTS.names, map(environment, releases))
    scenarios = {"layer_size": {"question": "Is a layer of another size noticed?"}}
    provenance = {
        "suite_version": "0.0.0",
        "git_commit": "0123456789abcdef0123456789abcdef01234567",
        "config": {"scenario": scenarios, **declared},
    }
    (folder / "provenance.json").write_text(json.dumps(provenance), "utf-8")
    return folder


def cell(
    name: str,
    *,
    cause: str = "none",
    expected: str = "load",
    result: Result = EQUAL,
    **columns: str,
) -> Row:
    """Return one row by its id and its result; `columns` are further values."""
    scenario, case, fmt, api, *pair = name.split("/")
    outcome, error, text = result
    row = dict.fromkeys(CELLS.names, "") | {
        "cell": name,
        "scenario": scenario,
        "case": case,
        "cause": cause,
        "format": fmt,
        "api": api,
        "saved_with": pair[-1] if api == "save" else pair[0],
        "loaded_with": "" if api == "save" else pair[-1],
        "phase": "load" if error else "compare",
        "outcome": outcome,
        "expected": expected,
        "verdict": verdict(outcome, expected),
        "error_type": error,
    }
    row["differs" if outcome == "different" else "error_message"] = text
    if outcome in {"skipped", "not_saved"}:
        row |= {"reason": text, "error_message": text if api == "save" else ""}
    return row | columns


def verdict(outcome: str, expected: str) -> str:
    if outcome in {"not_saved", "skipped", "harness_error"}:
        return "not_applicable"
    if outcome in {"equal", "different"}:
        return "works" if (outcome, expected) == ("equal", "load") else "silent"
    return "refused" if (outcome, expected) == ("error", "refuse") else "broken"


def environment(release: str) -> Row:
    """Return one row of environments.csv."""
    keras3 = minor(release) >= 16
    return dict.fromkeys(ENVIRONMENTS.names, "1.0") | {
        "environment": release,
        "tensorflow": release.removeprefix("tf-") + ".1",
        "keras": "3.4.1" if keras3 else "2.9.0",
        "keras_implementation": "keras" if keras3 else "tf.keras",
        "platform": "linux-x86_64",
    }


def _round_trip(releases: Sequence[str], chance: random.Random) -> Iterator[Row]:
    for fmt, api in LOADERS.items():
        for case in MODELS:
            if case == "mlp_uncompiled" and api == "load_weights":
                continue
            for saver in releases:
                unsaved = _unsaved(fmt, minor(saver))
                if unsaved:
                    name = f"round_trip/{case}/{fmt}/save/{saver}"
                    failed: Result = ("not_saved", VALUE, unsaved)
                    yield cell(name, cause="version", result=failed, phase="save")
                for loader in releases:
                    name = f"round_trip/{case}/{fmt}/{api}/{saver}/{loader}"
                    result = _loaded(fmt, case, minor(saver), minor(loader))
                    if unsaved:
                        result = ("not_saved", "", f"save failed: {unsaved}")
                    columns = {}
                    if result[0] == "different":
                        columns = {"max_abs_diff": f"{chance.random():.6g}"}
                    yield cell(name, cause="version", result=result, **columns)


def _unsaved(fmt: str, saver: int) -> str:
    endings = {"savedmodel": "", "checkpoint": "", "weights_h5": ".h5"}
    if saver < 16 or fmt not in endings:
        return ""
    return f"Invalid filepath extension for saving: filepath=m{endings[fmt]}"


def _loaded(fmt: str, case: str, saver: int, loader: int) -> Result:
    if fmt == "h5" and case == "nested" and saver < 16 <= loader <= 20:
        return ("timeout", "", "")
    if fmt == "h5" and saver >= 4 > loader:
        return ("error", VALUE, "Unknown layer: Functional")
    if fmt in {"h5", "keras"} and (saver < 16) != (loader < 16) and case != "mlp_uncompiled":
        return ("error", "builtins.TypeError", f"Unrecognized keyword arguments: ['{case}']")
    if fmt == "keras" and saver <= 12 < loader:
        return ("error", VALUE, "File not found: m.keras | not a zip file")
    if fmt == "keras_weights_h5" and saver < 12 <= loader:
        return ("different", "", "weights+predictions") if case == "rnn" else EQUAL
    if fmt == "checkpoint" and case == "rnn" and saver == 9 and loader > 9:
        return ("crash", "SIGSEGV", "")
    return EQUAL


def _layer_size(releases: Sequence[str]) -> Iterator[Row]:
    for case in LAYERS:
        for fmt in ("h5", "weights_h5", "keras_weights_h5"):
            for release in releases:
                name = f"layer_size/{case}/{fmt}/load_weights/{release}/{release}"
                result = _size_changed(case, minor(release))
                named = str(min(3, minor(release) // 5))
                columns = {"facts_expected": "3", "facts_named": named if result[1] else "0"}
                yield cell(
                    name, cause="layer_parameters", expected="refuse", result=result, **columns
                )


def _size_changed(case: str, release: int) -> Result:
    if case.startswith("activation"):
        return ("different", "", "predictions")
    if release < 4:
        return ("error", VALUE, "Shapes (10, 64) and (10, 32) are incompatible")
    if release < 16:
        return ("error", VALUE, "Cannot assign value to variable ' dense/kernel:0': Shape mismatch")
    return ("error", VALUE, "Shape mismatch in layer #0 (named dense) for weight dense/kernel.")


def _bad_path(releases: Sequence[str]) -> Iterator[Row]:
    for release in releases:
        name = f"bad_path/no_permission/h5/load_model/{release}/{release}"
        skipped: Result = ("skipped", "", "the user is root, whom permissions do not bind")
        yield cell(name, cause="bad_path", expected="refuse", result=skipped)
        name = f"bad_path/no_such_file/h5/load_model/{release}/{release}"
        words = "SavedModel file does not exist at: {saved_model.pbtxt|saved_model.pb}"
        if minor(release) > 6:
            words = "No file or directory found at m.h5"
        missing: Result = ("error", "builtins.OSError", words)
        yield cell(name, cause="bad_path", expected="refuse", result=missing)


def _write_csv(path: Path, columns: Sequence[str], rows: Iterable[Row]) -> None:
    with path.open("w", encoding="utf-8", newline="") as stream:
        writer = csv.DictWriter(stream, columns, lineterminator="\n")
        writer.writeheader()
        writer.writerows(rows)
