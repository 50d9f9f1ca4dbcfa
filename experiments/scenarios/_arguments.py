"""Call functions with arguments that only some releases have."""

import inspect

from experiments.scenarios import Skip


def call_or_skip(call, *positional, **arguments):
    """Call with these arguments; skip the cell if the release lacks one of them.

    Keras 2 would accept an unknown argument as one of `kwargs` and raise its own error.
    """
    require(call, arguments)
    return call(*positional, **arguments)


def require(call, names):
    """Skip the cell if `call` lacks one of these arguments in this release."""
    parameters = inspect.signature(call.__init__ if isinstance(call, type) else call).parameters
    for name in names:
        if name not in parameters:
            raise Skip("{} has no argument {} in this release".format(call.__name__, name))
