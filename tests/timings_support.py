"""Provide a small repository whose environments have a fake timer."""

from __future__ import annotations

import functools
import sys
from collections import Counter
from pathlib import Path

import pytest
from support import Answer, Tree

from experiments.environments import installation, pinning
from experiments.environments.installation import Ready
from experiments.run.store import Line, Run, read_lines
from experiments.timings import quiet, settings
from results import storage

FAKE_TIMER = Path(__file__).parent / "fake_timer.py"
TIMINGS = """\
defaults: [_self_, timing: full]
fresh: false
seed: 1
budget_s: 600
rounds: {least: 3, most: 3}
change: 0.10
slice_s: 0.05
formats:
  h5: {load: [load_model], save: ["*"]}
  savedmodel: {load: [load_model]}
  weights_h5: {load: [load_weights, load_weights_by_name]}
cold: [few_large/large]
controls:
  tf-2.15-again: {environment: tf-2.15}
  tf-2.21-again: {environment: tf-2.21}
limit: {first_imports: 80, last_imports: 80, idle_s: 60, memory_mib: 4096}
select: {environment: ["*"], family: ["*"], size: ["*"], format: ["*"], api: ["*"]}
forecast: {install_s: 6, import_s: 4, turn_s: 0.01, load_s: 0.01, process_mib: 1,
  environment_gb: 0.001}
"""
KIND = """\
says: layers
sizes:
  small: {parameters: 2500, arguments: {units: 50}}
  medium: {parameters: 90000, arguments: {units: 300}}
  large: {parameters: 1000000, arguments: {units: 1000}}
"""
KINDS = ("convolutional", "few_large", "many_small")
NAMES = ("tf-2.4", "tf-2.15", "tf-2.21", "tf-2.15-again", "tf-2.21-again")
TURNS = 3 * 3 * 3 * len(NAMES)
"""Rounds, kinds of models, sizes and names, multiplied."""


class Clock(Tree):
    """A repository of three environments, three kinds of models and a fake timer."""

    def __init__(self, root: Path, monkeypatch: pytest.MonkeyPatch) -> None:
        super().__init__(root, monkeypatch)
        self.write("configs/timings.yaml", TIMINGS)
        self.write("configs/timing/full.yaml", "# @package _global_\nname: timings\n")
        for name in KINDS:
            self.write(f"configs/family/{name}.yaml", KIND)
        monkeypatch.setattr(settings, "load", functools.partial(settings.load, root=root))
        monkeypatch.setattr(settings, "kind_modules", lambda: list(KINDS))
        monkeypatch.setattr(quiet, "WATCH_S", 0.01)
        self.fake_timers()

    def fake_timers(self, **variables: str) -> None:
        """Let every environment look installed, with a timer that makes up its times."""
        path = self.root / "fake-timer"
        path.write_text(f'#!/bin/sh\nshift 2\nexec "{sys.executable}" "{FAKE_TIMER}" "$@"\n')
        path.chmod(0o755)
        self.monkeypatch.setattr(installation, "is_ready", lambda name: True)
        self.monkeypatch.setattr(installation, "prepare", lambda name, environment: Ready(path))
        notes = {"FAKE_TIMER_NOTES": str(self.root)} if variables else {}
        pinned = {"PATH": "/usr/bin:/bin"} | notes | variables
        self.monkeypatch.setattr(pinning, "pinned_variables", lambda environment: pinned)

    def timings(self, *words: str) -> Answer:
        return self.command("timings", *words)

    @property
    def timed(self) -> Run:
        return self.run("timings")

    def replies(self) -> list[Line]:
        """Return every recorded reply."""
        paths = sorted((self.timed.folder / "replies" / "time").glob("*.jsonl"))
        return [line for path in paths for line in read_lines(path)]

    def timed_turns(self) -> Counter[str]:
        """Count how often each turn was recorded as timed."""
        return Counter(
            line["id"]
            for line in self.replies()
            if line["id"].startswith("time/") and line["outcome"] == "timed"
        )

    def rows(self, name: str = "timings.csv") -> list[dict[str, str]]:
        """Return the rows of a recorded table."""
        return storage.read_csv(self.timed.records / name)
