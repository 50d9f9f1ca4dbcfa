"""How long does one call take?"""

import gc
import time


def timed(call, slower=0.0):
    """Return the seconds that `call()` took, and what it returned.

    No garbage is collected during the call, as `timeit` has it. `slower` is the part of its time
    that the call is made to take longer: a planted fault, which a comparison has to find.
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
