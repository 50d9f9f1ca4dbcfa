"""Prints the end of a program as one line of JSON. Runs inside the environments."""

# mypy: ignore-errors

import json
import linecache
import sys

import numpy

INPUTS = numpy.random.RandomState(7).uniform(-1.0, 1.0, (4, 10)).astype("float32")


def error(caught):
    """Print the exception that the program caught: only its last call is in a `try`."""
    _print(end="caught", **described(caught))


def predictions(saved, loaded):
    """Print the predictions of both models, after a load without an exception."""
    computed = [model(INPUTS, training=False).numpy().tolist() for model in (saved, loaded)]
    _print(end="loaded", predictions=computed)


def described(caught):
    """Return the full name of the exception's class (a built-in has no module) and its text."""
    kind = type(caught)
    module = "" if kind.__module__ == "builtins" else kind.__module__ + "."
    return {"error_type": module + kind.__qualname__, "error_message": str(caught)}


def _uncaught(kind, caught, trace):
    sys.__excepthook__(kind, caught, trace)
    line = linecache.getline(trace.tb_frame.f_code.co_filename, trace.tb_lineno).strip()
    _print(end="uncaught", line=line, **described(caught))


def _print(**fields):
    print(json.dumps(fields), flush=True)


sys.excepthook = _uncaught
