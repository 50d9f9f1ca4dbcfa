"""Draws the disturbances of a run and their moments by a seed, all kinds in turn."""

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
"""The ways in which a machine slows a run without stopping it: see `strain`."""
KILLS = (
    *((victim, name) for victim in (DRIVER, WORKER, CHILD) for name in SIGNALS),
    (DRIVER, MEMORY),
    (DRIVER, CLOCK),
)
"""Victims and kinds of kills. `memory`: the kernel ends a process that takes more memory than there
is. `clock`: the driver is killed, and goes on with a clock that was set back by a day."""

MOMENTS = 5
"""How many moments are drawn for an event, in case it misses."""


@dataclass(frozen=True)
class Event:
    """One disturbance: its victim, its kind, and its moments as shares of an undisturbed run.

    A full disk has a share of the space that an undisturbed run takes. The first moment counts at
    which the victim exists: a run may be between two cells, or over.
    """

    number: int
    victim: str
    kind: str
    moments: tuple[float, ...]

    @property
    def signal(self) -> signal.Signals:
        """The signal to send, if the event sends one."""
        return signal.Signals[self.kind if self.kind in SIGNALS else "SIGKILL"]


def events(kills: int, disks: int, strains: int, seed: int) -> list[Event]:
    """Draw kills of every kind, full disks and strains."""
    chance = random.Random(seed)
    strained = [(MACHINE, kind) for kind in islice(cycle(STRAINS), strains)]
    kinds = [*islice(cycle(KILLS), kills), *[(DISK, DISK)] * disks, *strained]
    return [
        Event(number, victim, kind, tuple(chance.uniform(0.05, 0.95) for _ in range(MOMENTS)))
        for number, (victim, kind) in enumerate(kinds, 1)
    ]
