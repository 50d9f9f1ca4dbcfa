"""Names the phase of a child, times it, and decides whose fault an exception in it is."""

import time

from experiments.scenarios import Skip
from experiments.worker import blame

PREPARE = "prepare"
"""The harness's own phase: everything that goes wrong in it is a fault of the harness."""
REPLIED = "replied"
"""The last phase of a child; the worker believes no reply of an earlier phase."""


class Ended(Exception):
    """Raised to end a cell early with the given reply."""

    def __init__(self, **reply):
        super(Ended, self).__init__(reply)
        self.reply = reply


class Phases(object):
    """The phases of one child.

    `tell` is called with each phase's name, so that the parent knows the phase of a child that
    dies. `notice` is called with each exception of the release before it becomes a reply.
    """

    notice = staticmethod(lambda error: None)

    def __init__(self, tell):
        self.tell = tell
        self.provoked = ()
        self.seconds = {}
        self.enter(PREPARE)

    def enter(self, phase):
        self.phase = phase
        self.tell(phase)

    def keras(self, phase, call, *arguments):
        """Return the result of `call`, for whose exceptions the release answers.

        Raises `Ended` for an exception of the release, and any other exception as it is.
        """
        self.enter(phase)
        start = time.perf_counter()
        try:
            return call(*arguments)
        except Skip:
            raise
        except BaseException as error:
            if blame.is_ours(error, self.provoked):
                raise
            self.notice(error)
            raise Ended(
                phase=phase,
                outcome="out_of_memory" if blame.is_memory(error) else "error",
                error_type=blame.qualified(error),
                error_message=blame.message(error),
                raised_in=blame.raised_in(error),
            )
        finally:
            self.seconds[phase] = self.seconds.get(phase, 0.0) + time.perf_counter() - start
            self.enter(PREPARE)

    def part(self, stage, *arguments):
        """Carry out a part of a stage, as `reply` does, but let a fault of the harness through.

        A fault of the harness in one part makes all parts of the stage doubtful.
        """
        reply = _blank()
        try:
            reply.update(stage(*arguments))
        except Skip as skip:
            reply.update(outcome="skipped", reason=str(skip), phase="")
        except Ended as ended:
            reply.update(ended.reply)
        return reply

    def reply(self, stage, *arguments):
        """Carry out a whole stage; return its reply, or the reply that its exception leads to."""
        try:
            reply = self.part(stage, *arguments)
        except BaseException as error:
            reply = dict(
                _blank(),
                outcome="harness_error",
                phase=self.phase,
                reason="{}: {}".format(blame.qualified(error), blame.message(error)),
                traceback=blame.traceback_text(error),
            )
        reply["seconds"] = self.seconds
        return reply


def _blank():
    return {"phase": "", "outcome": "", "error_type": "", "error_message": "", "reason": ""}
