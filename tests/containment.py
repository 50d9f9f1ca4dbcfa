"""What must become of cells that misbehave, on whatever worker."""

from __future__ import annotations

from dataclasses import dataclass, field

from experiments.run.protocol import Reply


@dataclass(frozen=True)
class Kind:
    """One way to misbehave: the limits of its cell, and what must be recorded of it."""

    outcome: str
    says: str = ""
    error_type: str = ""
    limits: dict[str, float] = field(default_factory=dict)

    def fits(self, reply: Reply) -> bool:
        """Say whether a reply tells of what happened."""
        found = (reply["outcome"], reply.get("error_type", ""))
        said = self.says in reply.get("error_message", "") + reply.get("reason", "")
        return found == (self.outcome, self.error_type) and said


TIMEOUT, CRASH = "timeout", "crash"
WELL = "well"
"""Stands for how a cell ends that does nothing, or nothing that concerns what it loads."""

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
"""How each must be recorded; `wander` besides, which ends as the release does without its file."""
