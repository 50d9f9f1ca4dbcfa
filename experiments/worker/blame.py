"""Whose fault is an exception: the release's under test, or ours?

An exception is the release's only if it passed through an installed package. What our own code
raised by itself, and what the machine refused (no space, too many open files), is a fault of the
harness and must never look like one of Keras.
"""

import errno
import os
import traceback

MACHINE = (errno.ENOSPC, errno.EDQUOT, errno.EMFILE, errno.ENFILE, errno.EIO)

LIBRARIES = ("h5py", "keras", "tensorflow", "tensorflow_core", "tf_keras")
NO_THREAD = "can't start new thread"
"""The machine's refusal that has no number: `thread_start` in CPython's Modules/_threadmodule.c."""


def is_ours(error, provoked=()):
    """Say whether `error` is the harness's or the machine's rather than the release's.

    So is an interruption, which comes from outside. `provoked` are the numbers of what the scenario
    has the machine refuse.
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
    """Say whether the release ran out of memory; TensorFlow names a full disk like it."""
    text = message(error)
    if os.strerror(errno.ENOMEM) in text:
        return True
    full_disk = os.strerror(errno.ENOSPC) in text
    exhausted = type(error).__name__ == "ResourceExhaustedError" and not full_disk
    return isinstance(error, MemoryError) or exhausted


def qualified(error):
    """Return the fully qualified name of the exception's class; built-in ones stand alone."""
    kind = type(error)
    if kind.__module__ in ("builtins", "exceptions"):
        return kind.__name__
    return "{}.{}".format(kind.__module__, kind.__qualname__)


def message(error):
    """Return the exception's text, even if it cannot say it itself."""
    try:
        return str(error)
    except Exception:
        return repr(error.args)


def place(error):
    """Return `module:function` of the innermost frame in Keras, TensorFlow or h5py; empty if none.

    The frames of their own error handling, which drops others, are not where anything goes wrong.
    """
    frames = [frame for frame, _ in traceback.walk_tb(error.__traceback__)]
    return (library_calls(frames) or [""])[-1]


def library_calls(frames):
    """Return `module:function` of those frames that are in Keras, TensorFlow or h5py, in order."""
    named = ((frame.f_globals.get("__name__", ""), frame.f_code.co_name) for frame in frames)
    return ["{}:{}".format(*names) for names in named if is_library(names[0])]


def is_library(module):
    """Say whether a module is one of Keras, TensorFlow or h5py, and does not but handle errors."""
    return module.partition(".")[0] in LIBRARIES and not module.endswith("traceback_utils")


def traceback_text(error):
    """Return the whole traceback, for the log."""
    return "".join(traceback.format_exception(type(error), error, error.__traceback__))
