"""Lists the ways in which a cell misbehaves, and how each must be recorded."""

from __future__ import annotations

from dataclasses import dataclass, field

from experiments.run.protocol import Reply


@dataclass(frozen=True)
class Kind:
    """One way to misbehave: the limits of its cell, and the reply that must be recorded."""

    outcome: str
    says: str = ""
    error_type: str = ""
    limits: dict[str, float] = field(default_factory=dict)

    def fits(self, reply: Reply) -> bool:
        """Return whether a reply has this outcome, this type and this message."""
        end = (reply["outcome"], reply.get("error_type", ""))
        message = reply.get("error_message", "") + reply.get("reason", "")
        return end == (self.outcome, self.error_type) and self.says in message


TIMEOUT, CRASH = "timeout", "crash"
WELL = "well"
"""Stands for the usual end of a cell: its misbehaviour does not touch the files that it loads."""

ENDLESS = "times the CPU time of the release's import"
LOOPING = {"first_imports": 0.5, "last_imports": 2}

KINDS = {
    "segfault": Kind(CRASH, "died of SIGSEGV", "SIGSEGV"),
    "loop": Kind(TIMEOUT, ENDLESS, limits=LOOPING),
    "loop_deaf": Kind(TIMEOUT, ENDLESS, limits=LOOPING),
    "sleep": Kind(TIMEOUT, "waited for 3 s", limits={"idle_s": 3}),
    "allocate": Kind("out_of_memory", "more than 1500 MiB", limits={"memory_mib": 1500}),
    "fork": Kind(CRASH, "forked more than 16 processes", "limit", {"processes": 16}),
    "write": Kind(CRASH, "wrote more than 64 MiB", "limit", {"written_mib": 64}),
    "flood_output": Kind(CRASH, "printed more than 8 MiB", "limit", {"output_mib": 8}),
    "forget": Kind(WELL),
    "deafen": Kind(WELL),
    "delete": Kind(WELL),
    "leave_threads": Kind(WELL),
    "leave_a_daemon": Kind(WELL),
    "leave_early": Kind(CRASH, "ended the process with status 0", "exit"),
    "trespass": Kind(WELL),
    "signal_worker": Kind(WELL),
    "connect": Kind(WELL),
}
"""The kinds of misbehaviour. `wander` is not here: it ends as a release does without its file."""
