"""Names the calls of Keras, TensorFlow and h5py on a stack."""

LIBRARIES = ("h5py", "keras", "tensorflow", "tensorflow_core", "tf_keras")


def library_calls(frames):
    """Return `module:function` of those frames that are in Keras, TensorFlow or h5py, in order."""
    calls = ((frame.f_globals.get("__name__", ""), frame.f_code.co_name) for frame in frames)
    return ["{}:{}".format(*call) for call in calls if is_library(call[0])]


def is_library(module):
    """Return whether a module is of Keras, TensorFlow or h5py.

    Their modules that only handle errors do not count: they drop the frames of other modules.
    """
    return module.partition(".")[0] in LIBRARIES and not module.endswith("traceback_utils")
