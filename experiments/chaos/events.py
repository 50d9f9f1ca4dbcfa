"""What happens to a run, and when? Drawn by the seed, all kinds in turn."""

from __future__ import annotations

import random
import signal
from dataclasses import dataclass
from itertools import cycle, islice

SIGNALS = ("SIGINT", "SIGTERM", "SIGKILL")
DRIVER, WORKER, CHILD = "driver", "worker", "child"
MACHINE = "machine"
MEMORY, CLOCK, DISK = "memory", "clock", "disk"
BUSY, SHARE, SLOW = "busy", "share", "slow"
STRAINS = (BUSY, SHARE, SLOW)
"""What a machine does to a run as long as it lasts, without stopping it: see `strain`."""
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


def events(kills: int, disks: int, strains: int, seed: int) -> list[Event]:
    """Draw so many kills of every kind, so many full disks, and so many strains."""
    chance = random.Random(seed)
    strained = [(MACHINE, what) for what in islice(cycle(STRAINS), strains)]
    kinds = [*islice(cycle(KILLS), kills), *[(DISK, DISK)] * disks, *strained]
    return [
        Event(number, victim, what, tuple(chance.uniform(0.05, 0.95) for _ in range(MOMENTS)))
        for number, (victim, what) in enumerate(kinds, 1)
    ]
