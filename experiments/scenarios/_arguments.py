"""Call with arguments that only some releases have."""

import inspect

from experiments.scenarios import Skip


def given(call, *positional, **arguments):
    """Call with these arguments; skip the cell if the release does not name one of them.

    Keras 2 accepts unknown arguments as `kwargs` and raises errors of its own about them.
    """
    require(call, arguments)
    return call(*positional, **arguments)


def require(call, names):
    """Skip the cell if the release does not name one of these arguments of `call`."""
    known = inspect.signature(call.__init__ if isinstance(call, type) else call).parameters
    for name in names:
        if name not in known:
            raise Skip("{} has no argument {} in this release".format(call.__name__, name))
