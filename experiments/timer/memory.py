"""Measure the peak memory of one call."""

import ctypes


def trim():
    """Return free memory to the kernel, so that a call cannot reuse pages of an earlier call.

    A new page costs more than a reused one, and the order of the calls decides how many can be
    reused. musl has neither this function nor memory to return.
    """
    getattr(ctypes.CDLL(None), "malloc_trim", int)(0)


def peak(call):
    """Return the value of `call()`, and the bytes by which it raised the resident memory at most.

    The bytes are None if the kernel does not let a process reset its peak.
    """
    trim()
    resets = _reset()
    before = _status("VmRSS")
    value = call()
    return value, max(0, _status("VmHWM") - before) if resets else None


def _reset():
    """Set the peak to the present resident memory; return whether it worked (Linux 4.0)."""
    try:
        with open("/proc/self/clear_refs", "w") as stream:
            stream.write("5")
    except (IOError, OSError):
        return False
    return True


def _status(key):
    """Return a figure of /proc/self/status in bytes."""
    with open("/proc/self/status") as stream:
        for line in stream:
            if line.startswith(key + ":"):
                return int(line.split()[1]) * 1024
    return 0
