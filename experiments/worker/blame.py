"""Decides whose fault an exception is: the release's under test, or the suite's.

An exception is the release's only if it passed through an installed package. An exception that the
suite's own code raised, or that the machine caused (no space, too many open files), is a fault of
the harness and must never look like an error of Keras.
"""

import errno
import os
import traceback

from experiments.worker.limits import calls

MACHINE = (errno.ENOSPC, errno.EDQUOT, errno.EMFILE, errno.ENFILE, errno.EIO)
NO_THREAD = "can't start new thread"
"""The machine's refusal that has no number: `thread_start` in CPython's Modules/_threadmodule.c."""


def is_ours(error, provoked=()):
    """Return whether `error` is a fault of the harness or of the machine, not of the release.

    An interruption is, because it comes from outside. `provoked` are the error numbers that the
    scenario has the machine raise on purpose.
    """
    if isinstance(error, KeyboardInterrupt):
        return True
    text = message(error)
    if any(os.strerror(number) in text for number in MACHINE if number not in provoked):
        return True
    if NO_THREAD in text:
        return True
    frames = traceback.extract_tb(error.__traceback__)
    return not any("site-packages" in frame.filename for frame in frames)


def is_memory(error):
    """Return whether the release ran out of memory; TensorFlow names a full disk like it."""
    text = message(error)
    if os.strerror(errno.ENOMEM) in text:
        return True
    full_disk = os.strerror(errno.ENOSPC) in text
    exhausted = type(error).__name__ == "ResourceExhaustedError" and not full_disk
    return isinstance(error, MemoryError) or exhausted


def qualified(error):
    """Return the fully qualified name of the exception's class; built-in classes stand alone."""
    kind = type(error)
    if kind.__module__ in ("builtins", "exceptions"):
        return kind.__name__
    return "{}.{}".format(kind.__module__, kind.__qualname__)


def message(error):
    """Return the exception's text, even if its `__str__` raises."""
    try:
        return str(error)
    except Exception:
        return repr(error.args)


def raised_in(error):
    """Return `module:function` of the innermost frame in Keras, TensorFlow or h5py; '' if none."""
    frames = [frame for frame, _ in traceback.walk_tb(error.__traceback__)]
    return (calls.library_calls(frames) or [""])[-1]


def traceback_text(error):
    """Return the whole traceback, for the log."""
    return "".join(traceback.format_exception(type(error), error, error.__traceback__))
