"""What happens to a run, and when? Drawn by the seed, all kinds in turn."""

from __future__ import annotations

import random
import signal
from dataclasses import dataclass
from itertools import cycle, islice

SIGNALS = ("SIGINT", "SIGTERM", "SIGKILL")
DRIVER, WORKER, CHILD = "driver", "worker", "child"
MEMORY, CLOCK, DISK = "memory", "clock", "disk"
KILLS = (
    *((victim, name) for victim in (DRIVER, WORKER, CHILD) for name in SIGNALS),
    (DRIVER, MEMORY),
    (DRIVER, CLOCK),
)
"""To whom what happens. `memory`: the kernel ends what takes more than there is. `clock`: the
driver is killed, and goes on with a clock that was set back by a day."""

MOMENTS = 5
"""How many moments are drawn for an event, in case it misses."""


@dataclass(frozen=True)
class Event:
    """One thing that happens: to whom, what, and after which part of an undisturbed run.

    For a full disk it is the part of the room that an undisturbed run takes. The first of `parts`
    at which there is something to happen to counts: a run may be between two cells, or over.
    """

    number: int
    victim: str
    what: str
    parts: tuple[float, ...]

    @property
    def signal(self) -> signal.Signals:
        """What is sent, where something is."""
        return signal.Signals[self.what if self.what in SIGNALS else "SIGKILL"]


def events(kills: int, disks: int, seed: int) -> list[Event]:
    """Draw so many kills of every kind, and so many full disks."""
    chance = random.Random(seed)
    kinds = [*islice(cycle(KILLS), kills), *[(DISK, DISK)] * disks]
    return [
        Event(number, victim, what, tuple(chance.uniform(0.05, 0.95) for _ in range(MOMENTS)))
        for number, (victim, what) in enumerate(kinds, 1)
    ]
