"""How does a session of timings go from its settings to its last sample?

Start every environment, have each save its files, go round by round, each with new processes, and
profile the slowest loads.
Whatever was measured is kept in the run's folder at once; the same settings go on from there.
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
from experiments.timings import room
from experiments.timings.config import Timings
from experiments.timings.design import WARM, Design, Model, Turn
from experiments.timings.ensemble import GoneError, Player
from experiments.timings.ledger import PREPARE, TIME, Ledger
from experiments.timings.statistics import allotment, judging, samples
from experiments.timings.statistics.allotment import Subjects
from results import storage

Say = Callable[[str], None]

SAVING = 2
"""Environments that save their files side by side; nothing is timed by then."""


class Session:
    """One session at work: what was asked, what is known, who plays."""

    def __init__(self, run: Run, settings: Timings, say: Say) -> None:
        self.run, self.settings, self.say = run, settings, say
        self.design = Design(settings)
        self.ledger = Ledger(run, self.design)
        self.players: dict[str, Player] = {}
        self.left_out: dict[str, str] = {}
        self.asked = 0
        """How many replies are of this session, and not of one that was interrupted."""
        self.timed_by_these = 0
        """How many of them are turns of the processes that are there now."""

    def play(self) -> None:
        """Go through the whole session; end every process with it."""
        began, others = time.time(), room.Others()
        time.sleep(room.LOOK_S)
        self._warn(others.share())
        try:
            self._start()
            self._prepare()
            self._rounds()
            self._profile()
        finally:
            for player in self.players.values():
                player.stop()
            period = {"id": "session", "start": began, "end": time.time()}
            store.append_lines(self.run.folder / "periods.jsonl", [period])

    def _start(self) -> None:
        """Build and start every environment, one after the other: importing is timed too."""
        for name, behind in self.design.environments.items():
            environment = self.settings.environment[behind]
            answer = installation.prepare(behind, environment)
            if not isinstance(answer, Ready):
                self._leave_out(name, f"unavailable: {answer.reason}\n    {answer.next_step}")
                continue
            variables = pinning.pinned_variables(environment)
            # Known before it is started, so that it is stopped even if that is interrupted.
            self.players[name] = player = Player(self.run, name, answer.python, variables)
            try:
                player.start()
            except GoneError as error:
                del self.players[name]
                self._leave_out(name, str(error))
                continue
            storage.write_json(self.run.environment(name), player.description)
        self.say(f"{len(self.players)} processes are ready")

    def _leave_out(self, name: str, reason: str) -> None:
        self.left_out[name] = reason
        self.say(f"{name} is left out: {reason}")

    def _prepare(self) -> None:
        """Have every environment save its files; a control loads those of the one behind it."""
        savers: dict[str, str] = {}
        for name in self.players:
            savers.setdefault(self.design.environments[name], name)

        def save(name: str) -> None:
            for model, where in self.design.models.items():
                if {self.design.environments[one] for one in where} & {
                    self.design.environments[name]
                }:
                    self._go(name, self.ledger.prepare(name, model))

        with ThreadPoolExecutor(SAVING) as pool:
            try:
                list(pool.map(save, savers.values()))
            except BaseException:
                pool.shutdown(wait=False, cancel_futures=True)
                workers.stop()
                raise
        os.sync()  # what is written back later would be written during a load
        self.say(f"{len(self.ledger.replies(PREPARE))} models are saved")

    def _renew(self) -> None:
        """Begin a round with new processes.

        A process can be faster or slower than another of its environment for good, by where it has
        its libraries and its pages. How much depends on the machine: on some it is several
        hundredths, on others nothing that six processes show (`tests/by_hand/habits.py`). Over
        several it is noise, which further rounds take away. After pyperf, which spawns 20 processes
        for one benchmark.
        """
        if not self.timed_by_these:
            return
        alive = [player for player in self.players.values() if player.pid]
        for begin in (Player.launch, Player.wait_until_ready):
            for player in alive:
                with suppress(GoneError):  # its next turn tries again, and tells why not
                    begin(player)
        self.timed_by_these = 0

    def _rounds(self) -> None:
        """Take the rounds that are always taken, then those that unstable rows still need."""
        least, budget = self.settings.rounds.least, self.settings.budget_s
        for number in range(1, self.settings.rounds.most + 1):
            wanted = None if number <= least else self._unstable()
            if wanted is not None and not wanted:
                self.say("nothing is left that further rounds would make stable")
                return
            self._renew()
            if not self._round(number, wanted):
                self.say(f"the budget of {budget:g} s is spent in round {number}")
                return
            if number == 1 and 2 * self.ledger.spent_s > budget:
                self.say(
                    f"WARNING: a round takes {self.ledger.spent_s:.0f} s, so that "
                    f"budget_s={budget:g} is too small for two: there will be no interval."
                )

    def _round(self, number: int, wanted: Subjects | None) -> bool:
        """Take a round of all or of what is wanted, by model; say whether the budget lasted."""
        others = room.Others(player.pid for player in self.players.values())
        before = self.asked
        for model, where in self.design.order(number):
            if self.ledger.spent_s >= self.settings.budget_s:
                return False
            for name in where:
                turn = Turn(number, model, name)
                ledger = self.ledger
                request = ledger.time(turn) if wanted is None else ledger.further(turn, wanted)
                if name in self.players and (request["loads"] or request["saves"]):
                    self._go(name, request)
        share = others.share()
        if self.asked == before:
            return True
        self.say(
            f"round {number}: {'all' if wanted is None else len(wanted)} loads and saves; "
            f"{self.ledger.spent_s:.0f} of {self.settings.budget_s:g} s spent; "
            f"others used {share:.1%} of the machine"
        )
        store.append_lines(self.run.folder / "rounds.jsonl", [{"id": str(number), "others": share}])
        self._warn(share)
        return True

    def _warn(self, share: float) -> None:
        if share > room.QUIET:
            self.say(f"WARNING: others use {share:.0%} of the machine; stop what else runs on it.")

    def _unstable(self) -> Subjects:
        """Return what is timed further: what is not stable, and can be made so in the budget."""
        turns = samples.turns(self.ledger.replies(TIME))
        rows = judging.judge(turns, self.settings).rows
        spent_s = self.ledger.spent_s
        return allotment.further(turns, rows, spent_s, self.settings.budget_s - spent_s)

    def _profile(self) -> None:
        """Profile, in each environment, the slowest load of each format and API.

        Of the models that all environments have: one that few have would stand out for its size.
        """
        turns = samples.turns(self.ledger.replies(TIME))
        if turns.empty:
            return
        of = pd.MultiIndex.from_frame(turns[["family", "size"]])
        everywhere = of.isin([(one.family, one.size) for one in self.design.everywhere])
        loads = turns["api"].str.startswith("load") & (turns["cache"] == WARM)
        way = ["environment", "format", "api"]
        medians = turns[loads & everywhere].groupby([*way, "family", "size"])["seconds"].median()
        for name, form, api, *model in medians.groupby(way).idxmax():
            if name in self.players and name not in self.settings.controls:
                self._go(name, self.ledger.profile(name, Model(*model), form, api))

    def _go(self, name: str, request: Line) -> Line:
        """Have an environment answer, unless it has."""
        known = self.ledger.recorded(request)
        if known is not None:
            return known
        reply = self.ledger.take_in(self.players[name].go(request))
        self.asked += 1
        self.timed_by_these += reply["kind"] == TIME
        if reply["outcome"] == "harness_error":
            self.say(f"HARNESS ERROR {reply['id']}: {reply.get('reason')}")
        return reply
