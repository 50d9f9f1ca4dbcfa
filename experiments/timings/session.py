"""Carry out a session of timings, from its settings to its last sample.

A session starts every environment and lets it save its files. It takes turns round by round, each
round with new processes, and then profiles the slowest loads. Each sample is written to the run's
folder at once. A session with the same settings continues from the last sample.
"""

from __future__ import annotations

import os
import time
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from contextlib import suppress

import pandas as pd

from experiments.environments import installation, pinning
from experiments.environments.installation import Ready
from experiments.run import store, workers
from experiments.run.store import Line, Run
from experiments.timings import quiet
from experiments.timings.config import Timings
from experiments.timings.design import Design, Model, Turn
from experiments.timings.ledger import PREPARE, TIME, Ledger
from experiments.timings.statistics import allotment, judging, samples
from experiments.timings.statistics.neighbours import Relations
from experiments.timings.statistics.subjects import WARM, Subjects
from experiments.timings.timer_processes import NoProcessError, TimerProcess
from results import storage

Say = Callable[[str], None]

SAVING = 2
"""Environments that save their files at the same time, before any call is timed."""


class Session:
    """One session: its settings, its requests and replies, and its processes."""

    def __init__(self, run: Run, settings: Timings, say: Say) -> None:
        self.run, self.settings, self.say = run, settings, say
        self.design = Design(settings)
        self.ledger = Ledger(run, self.design)
        self.relations = Relations.of(settings.model_dump(mode="json"))
        self.processes: dict[str, TimerProcess] = {}
        self.left_out: dict[str, str] = {}
        self.new_replies = 0
        """The number of replies of this session, without those of an interrupted one."""
        self.turns_of_processes = 0
        """The number of new turns that the present processes took."""

    def carry_out(self) -> None:
        """Carry out the session, then end every process."""
        began, other_processes = time.time(), quiet.OtherProcesses()
        time.sleep(quiet.WATCH_S)
        self._warn(other_processes.share())
        try:
            self._start()
            self._prepare()
            self._rounds()
            self._profile()
        finally:
            for process in self.processes.values():
                process.stop()
            period = {"id": "session", "start": began, "end": time.time()}
            store.append_lines(self.run.folder / "periods.jsonl", [period])

    def _start(self) -> None:
        """Build and start the environments one after another, because importing is timed too."""
        for name, installed in self.design.environments.items():
            environment = self.settings.environment[installed]
            answer = installation.prepare(installed, environment)
            if not isinstance(answer, Ready):
                self._leave_out(name, f"unavailable: {answer.reason}\n    {answer.next_step}")
                continue
            variables = pinning.pinned_variables(environment)
            # Stored before its start, so that it is stopped even if its start is interrupted.
            process = TimerProcess(self.run, name, answer.python, variables)
            self.processes[name] = process
            try:
                process.start()
            except NoProcessError as error:
                del self.processes[name]
                self._leave_out(name, str(error))
                continue
            storage.write_json(self.run.environment(name), process.description)
        self.say(f"{len(self.processes)} processes are ready")

    def _leave_out(self, name: str, reason: str) -> None:
        self.left_out[name] = reason
        self.say(f"{name} is left out: {reason}")

    def _prepare(self) -> None:
        """Let every environment save its files; a control loads those of its environment."""
        savers: dict[str, str] = {}
        for name in self.processes:
            savers.setdefault(self.design.environments[name], name)

        def save(name: str) -> None:
            environments = self.design.environments
            for model, names in self.design.models.items():
                if environments[name] in {environments[timed] for timed in names}:
                    self._take_turn(name, self.ledger.prepare(name, model))

        with ThreadPoolExecutor(SAVING) as pool:
            try:
                list(pool.map(save, savers.values()))
            except BaseException:
                pool.shutdown(wait=False, cancel_futures=True)
                workers.stop()
                raise
        os.sync()  # else the kernel would write the files to disk during a load
        self.say(f"{len(self.ledger.replies(PREPARE))} models are saved")

    def _renew(self) -> None:
        """Begin a round with new processes.

        Two processes of one environment can differ in speed for their whole lives, by the addresses
        of their libraries and pages. The effect depends on the machine. On some machines it is
        several hundredths, on some it is too small for six processes to show
        (`tests/by_hand/habits.py`). Over several processes it is noise, which further rounds
        reduce. pyperf, too, spawns 20 processes for one benchmark.
        """
        if not self.turns_of_processes:
            return
        alive = [process for process in self.processes.values() if process.pid]
        for begin in (TimerProcess.launch, TimerProcess.wait_until_ready):
            for process in alive:
                with suppress(NoProcessError):  # the next turn tries again and reports the reason
                    begin(process)
        self.turns_of_processes = 0

    def _rounds(self) -> None:
        """Take the least number of rounds, then those that unstable rows still need."""
        least, budget = self.settings.rounds.least, self.settings.budget_s
        for number in range(1, self.settings.rounds.most + 1):
            subjects = None if number <= least else self._unstable()
            if subjects is not None and not subjects:
                self.say("further rounds would make no more rows stable")
                return
            self._renew()
            if not self._round(number, subjects):
                self.say(f"the budget of {budget:g} s is spent in round {number}")
                return
            if number == 1 and 2 * self.ledger.spent_s > budget:
                self.say(
                    f"WARNING: a round takes {self.ledger.spent_s:.0f} s, so that "
                    f"budget_s={budget:g} is too small for two: there will be no interval."
                )

    def _round(self, number: int, subjects: Subjects | None) -> bool:
        """Take a round of all loads and saves, or of some; return whether the budget lasted."""
        other_processes = quiet.OtherProcesses(process.pid for process in self.processes.values())
        before = self.new_replies
        for model, names in self.design.order(number):
            if self.ledger.spent_s >= self.settings.budget_s:
                return False
            for name in names:
                turn = Turn(number, model, name)
                request = (
                    self.ledger.time(turn)
                    if subjects is None
                    else self.ledger.further(turn, subjects)
                )
                if name in self.processes and (request["loads"] or request["saves"]):
                    self._take_turn(name, request)
        share = other_processes.share()
        if self.new_replies == before:
            return True
        self.say(
            f"round {number}: {'all' if subjects is None else len(subjects)} loads and saves; "
            f"{self.ledger.spent_s:.0f} of {self.settings.budget_s:g} s spent; "
            f"other processes used {share:.1%} of the machine"
        )
        store.append_lines(self.run.folder / "rounds.jsonl", [{"id": str(number), "others": share}])
        self._warn(share)
        return True

    def _warn(self, share: float) -> None:
        if share > quiet.QUIET:
            self.say(f"WARNING: other processes use {share:.0%} of the machine; stop them.")

    def _unstable(self) -> Subjects:
        """Return the unstable loads and saves that the budget can make stable."""
        turns = self._turns()
        rows = judging.judge(turns, self.relations, self.settings.change).quality
        spent_s = self.ledger.spent_s
        return allotment.further(turns, rows, spent_s, self.settings.budget_s - spent_s)

    def _profile(self) -> None:
        """Profile, in each environment, the slowest load of each format and API.

        Models of few environments are left out: by their size, they would be the slowest there.
        """
        turns = self._turns()
        if turns.empty:
            return
        models = pd.MultiIndex.from_frame(turns[["family", "size"]])
        everywhere = models.isin([(model.family, model.size) for model in self.design.everywhere])
        loads = turns["api"].str.startswith("load") & (turns["cache"] == WARM)
        way = ["environment", "format", "api"]
        medians = turns[loads & everywhere].groupby([*way, "family", "size"])["seconds"].median()
        for name, form, api, *model in medians.groupby(way).idxmax():
            if name in self.processes and name not in self.settings.controls:
                self._take_turn(name, self.ledger.profile(name, Model(*model), form, api))

    def _turns(self) -> pd.DataFrame:
        return samples.turns(samples.calls(self.ledger.replies(TIME)))

    def _take_turn(self, name: str, request: Line) -> Line:
        """Return the recorded reply of an environment, or let it carry out the request."""
        recorded = self.ledger.recorded(request)
        if recorded is not None:
            return recorded
        reply = self.ledger.add(self.processes[name].take_turn(request))
        self.new_replies += 1
        self.turns_of_processes += reply["kind"] == TIME
        if reply["outcome"] == "harness_error":
            self.say(f"HARNESS ERROR {reply['id']}: {reply.get('reason')}")
        return reply
