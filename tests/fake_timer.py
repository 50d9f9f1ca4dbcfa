"""Make up times, in place of `experiments.timer`: `python fake_timer.py REPLIES`.

The time of a load grows with the size of its model, with seeded noise of `FAKE_TIMER_NOISE`.
`FAKE_TIMER_FATAL` names a turn in which the process dies once, `FAKE_TIMER_DEADLY` a turn in which
it always dies. `FAKE_TIMER_FAILS` names a turn that fails, `FAKE_TIMER_CRASHES` a turn in which
Keras crashes.
"""

from __future__ import annotations

import os
import signal
import sys
import time
import types
from collections.abc import Callable
from pathlib import Path
from random import Random
from typing import Any

sys.path.insert(0, str(Path(__file__).parent / "site-packages"))

from fakeversions import VERSIONS

Request = dict[str, Any]


def run(release: object, request: Request, tell: Callable[[str], None], artifact: str) -> Request:
    tell("prepare")
    die(request)
    blank = {"phase": "", "error_type": "", "error_message": "", "reason": ""}
    if request["stage"] == "prepare":
        return blank | prepared(request, Path(artifact))
    if os.environ.get("FAKE_TIMER_FAILS") == request["id"]:
        raise RuntimeError("a planted failure")
    if os.environ.get("FAKE_TIMER_CRASHES") == request["id"]:
        tell("load")
        os.kill(os.getpid(), signal.SIGSEGV)
    time.sleep(float(os.environ.get("FAKE_TIMER_SLEEP", "0")))
    return blank | timed(request)


def die(request: Request) -> None:
    notes = Path(os.environ.get("FAKE_TIMER_NOTES", "/nonexistent"))
    fatal = os.environ.get("FAKE_TIMER_FATAL") == request["id"] and not (notes / "died").exists()
    if fatal:
        (notes / "died").touch()
    if fatal or os.environ.get("FAKE_TIMER_DEADLY") == request["id"]:
        os.kill(os.getppid(), signal.SIGKILL)


def prepared(request: Request, artifact: Path) -> Request:
    saves = []
    for name in request["formats"]:
        refused = name == "savedmodel"
        if not refused:
            (artifact / name).mkdir(parents=True, exist_ok=True)
        error = {"outcome": "error", "error_type": "ValueError", "error_message": "no such format"}
        outcome = error if refused else {"outcome": "saved"}
        saves.append({"format": name, **outcome, "file_bytes": size(request) * 4})
    return {
        "outcome": "saved",
        "parameters": size(request),
        "layers": 2,
        "weights": [1, 2],
        "shapes": [[2]],
        "saves": saves,
    }


def size(request: Request) -> int:
    """Return the parameters of a model."""
    return int(request["arguments"]["units"]) ** 2


def timed(request: Request) -> Request:
    generator = Random(request["id"])
    noise = float(os.environ.get("FAKE_TIMER_NOISE", "0.01"))

    def seconds(base: float, slower: float = 0.0) -> float:
        return base * generator.lognormvariate(0, noise) * (1 + slower)

    cost = 1e-3 + 1e-8 * size(request)
    loads = [
        {
            **{key: load[key] for key in ("format", "api", "cache")},
            "outcome": "timed",
            "loads_s": [
                seconds(cost, request["slower"]) for _ in range(1 + (load.get("calls") or 2))
            ],
            "warmups": 1,
            "floors_s": [seconds(cost / 10) for _ in range(1 + (load.get("calls") or 2))],
            "paces_s": [seconds(2e-3) for _ in range(1 + (load.get("calls") or 2))],
            "peak_bytes": 8 * size(request),
            "floor_peak_bytes": 4 * size(request),
            "first": not number,
            "parts": {"reading": 1e-3, "building": 2e-3},
        }
        for number, load in enumerate(request["loads"])
    ]
    saves = [
        {
            "format": name,
            "outcome": "timed",
            "loads_s": [seconds(cost)],
            "floors_s": [seconds(cost)],
            "paces_s": [seconds(2e-3)],
        }
        | {"warmups": 0}
        for name in request.get("saves", ())
    ]
    further = {"build_s": seconds(1e-2), "saves": saves} if request["stage"] == "time" else {}
    return {"outcome": "timed", "loads": loads, **further}


def stand_in(name: str, **contents: object) -> None:
    """Let a module with these contents be imported in place of the real one."""
    module = types.ModuleType(name)
    vars(module).update(contents)
    sys.modules[name] = module


def main() -> int:
    release = types.SimpleNamespace(describe=lambda: VERSIONS)
    stand_in("experiments.worker.release", open_release=lambda: release)
    stand_in("experiments.timer.turn", run=run)
    from experiments.timer import __main__ as timer  # it imports both

    return int(timer.main())


if __name__ == "__main__":
    sys.exit(main())
