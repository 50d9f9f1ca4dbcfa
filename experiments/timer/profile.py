"""Divide the time of a load among its parts, by sampling.

A timer interrupts the load a thousand times a second. Each interruption adds the time since the
last one to the part of the innermost frame that a rule matches, else to `other`. The time of C code
counts for the line that called it, because Python handles the interruption after the call.
"""

import re
import signal
import time

INTERVAL_S = 0.001

RULES = (
    (
        "reading",
        r"^(h5py|zipfile|json|posixpath|genericpath|tempfile|shutil)\b"
        r"|:(restore_v2|read_file_to_string|read|get_tensor|new_checkpoint_reader"
        r"|NewCheckpointReader|parse_saved_model\w*|_parse_saved_model\w*|list_directory|file_exists"
        r"|is_directory|load_attributes_from_hdf5_group|load_subset_weights_from_hdf5_group)$",
    ),
    (
        "assigning",
        r":(assign|_assign|batch_set_value|_direct_assign|set_weights|assign_variable_op"
        r"|_restore_from_tensors|restore_saveables|restore_ops|load_own_variables|load_state"
        r"|_load_state|_load_weights)$",
    ),
    (
        "building",
        r":(build|__init__|__new__|__call__|from_config|get_config|add_weight|add_variable|compile"
        r"|deserialize\w*|_deserialize\w*|reconstruct_from_config|clone_model|load_function_def\w*"
        r"|function_def_to_graph\w*|import_graph_def|_import_graph_def_internal|setup_bare_concrete\w*"
        r"|recreate_function|_recreate\w*|_load_layer\w*|_revive\w*|_load_nodes|_load_all"
        r"|_setup_functions\w*|_gen_initializer\w*|finalize_objects|_finalize\w*)$",
    ),
)
"""The parts of a load, each with a pattern of `module:function`; the first match counts."""


class Profile(object):
    """Samples the calling thread while the context lasts; nothing else may use SIGALRM."""

    def __init__(self):
        self._rules = [(part, re.compile(pattern)) for part, pattern in RULES]
        self._known, self._seconds = {}, {}
        self._sampling = False

    def __enter__(self):
        self._last = time.perf_counter()
        signal.signal(signal.SIGALRM, self._sample)
        signal.setitimer(signal.ITIMER_REAL, INTERVAL_S, INTERVAL_S)
        return self

    def __exit__(self, *error):
        signal.setitimer(signal.ITIMER_REAL, 0)
        signal.signal(signal.SIGALRM, signal.SIG_DFL)

    def parts(self):
        """Return the seconds of each part."""
        return dict(self._seconds)

    def _sample(self, number, frame):
        if self._sampling:
            return  # the timer interrupted this method
        self._sampling, now = True, time.perf_counter()
        part = self._part(frame)
        self._seconds[part] = self._seconds.get(part, 0.0) + now - self._last
        self._last, self._sampling = now, False

    def _part(self, frame):
        while frame is not None:
            module = frame.f_globals.get("__name__", "")
            if module.startswith("experiments."):
                break
            part = self._rule("{}:{}".format(module, frame.f_code.co_name))
            if part:
                return part
            frame = frame.f_back
        return "other"

    def _rule(self, function):
        if function not in self._known:
            parts = (part for part, pattern in self._rules if pattern.search(function))
            self._known[function] = next(parts, None)
        return self._known[function]
