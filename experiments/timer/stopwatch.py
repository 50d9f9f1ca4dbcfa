"""Time one call."""

import gc
import time


def timed(call, slower=0.0):
    """Return the seconds of `call()` and its value.

    Like `timeit`, no garbage is collected during the call. `slower` lengthens the call by this part
    of its time: a planted slowdown, which a comparison has to find.
    """
    gc.disable()
    try:
        start = time.perf_counter()
        value = call()
        spent = time.perf_counter() - start
        while slower and time.perf_counter() - start < spent * (1.0 + slower):
            pass
        return (time.perf_counter() - start if slower else spent), value
    finally:
        gc.enable()
