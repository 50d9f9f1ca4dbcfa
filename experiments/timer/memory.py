"""How much memory does one call take at its peak?"""

import ctypes


def trim():
    """Give free memory back, so that what is called next does not live on what an earlier one left.

    How much that is goes by the order of the calls, and to take a page from the kernel costs more
    than to use one again. musl has no such function, and nothing to give back.
    """
    getattr(ctypes.CDLL(None), "malloc_trim", int)(0)


def peak(call):
    """Return what `call()` returned, and by how many bytes it raised the resident memory at most.

    The second is None where the kernel does not let a process reset its peak.
    """
    trim()
    resets = _reset()
    before = _status("VmRSS")
    value = call()
    return value, max(0, _status("VmHWM") - before) if resets else None


def _reset():
    """Make the present resident memory the peak, if that can be had (Linux 4.0)."""
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
