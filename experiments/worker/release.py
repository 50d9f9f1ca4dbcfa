"""Imports TensorFlow and spells the calls of Keras as this release has them.

No other module of the environments imports TensorFlow or knows differences between releases.
`open_release` runs in the worker's parent process, which must never execute an op: forked children
of a process that has executed an op hang.
"""

import importlib
import inspect
import platform
import random

import h5py
import numpy

WHOLE_MODEL = {
    "load_model": {},
    "load_model_uncompiled": {"compile": False},
    "load_model_unsafe": {"safe_mode": False},
}
"""The forms of `load_model`, and their arguments beside the path."""

WEIGHTS = {
    "load_weights": {},
    "load_weights_by_name": {"by_name": True},
    "load_weights_by_name_skip_mismatch": {"by_name": True, "skip_mismatch": True},
    "load_weights_skip_mismatch": {"skip_mismatch": True},
    "load_weights_assert_consumed": {},
}
"""The forms of `load_weights`, and their arguments beside the path."""

ASSERTED = "load_weights_assert_consumed"
"""Asserts on the status that `load_weights` returns for a checkpoint: all objects were matched."""

LAYER = "tfsm_layer"
"""Makes a layer of a SavedModel: Keras 3 has this call instead of loading it."""


def open_release():
    """Import TensorFlow and everything that Keras loads lazily; execute nothing."""
    import tensorflow

    release = Release(tensorflow)
    # Touched here once, so that no child pays for Keras's lazy imports.
    for name in ("layers", "models", "optimizers", "losses", "metrics", "utils", "backend"):
        getattr(release.keras, name)
    return release


class Release(object):
    """One imported TensorFlow; `tf` is handed to scenarios, the rest is for the worker."""

    def __init__(self, tf):
        self.tf = tf
        self.keras = tf.keras

    def describe(self):
        """Return the columns of environments.csv whose values this environment alone can read."""
        import google.protobuf

        package = importlib.import_module(self.keras.Model.__module__.split(".")[0])
        # From 2.13 to 2.15 tf.keras does not tell its version; the package behind it does.
        version = getattr(self.keras, "__version__", None) or package.__version__
        implementation = "tf.keras 2" if version.startswith("2.") else "keras 3"
        if package.__name__ == "tf_keras":
            implementation = "tf_keras"
        return {
            "python": platform.python_version(),
            "tensorflow": self.tf.__version__,
            "keras": version,
            "keras_implementation": implementation,
            "backend": self.keras.backend.backend()
            if hasattr(self.keras.backend, "backend")
            else "tensorflow",
            "h5py": h5py.__version__,
            "hdf5": h5py.version.hdf5_version,
            "numpy": numpy.__version__,
            "protobuf": google.protobuf.__version__,
            "platform": "{}-{}".format(platform.system(), platform.machine()).lower(),
        }

    def seed(self, number):
        """Seed the initialisers, for the weights that a model makes after it was loaded."""
        random.seed(number)
        numpy.random.seed(number)
        self.tf.random.set_seed(number)

    def missing(self, api):
        """Return why `api` does not exist in this release; None if it does."""
        if api == LAYER:
            exists = hasattr(self.keras.layers, "TFSMLayer")
            return None if exists else "there is no TFSMLayer in this release"
        loads_model = api in WHOLE_MODEL
        call = self.keras.models.load_model if loads_model else self.keras.Model.load_weights
        parameters = inspect.signature(call).parameters
        if any(p.kind is p.VAR_KEYWORD for p in parameters.values()):
            return None
        for name in (WHOLE_MODEL if loads_model else WEIGHTS)[api]:
            if name not in parameters:
                return "{} has no argument {} in this release".format(call.__name__, name)
        return None

    def loads_whole(self, api):
        """Return whether `api` returns a model, rather than filling a model."""
        return api in WHOLE_MODEL or api == LAYER

    def entrance(self, api):
        """Return the method by which users ask the result of `api` for a prediction."""
        return "__call__" if api == LAYER else "predict"

    def compiles(self, api):
        """Return whether `api` promises a model whose training can go on; weights alone do not."""
        return "compile" not in WHOLE_MODEL.get(api, {"compile": False})

    def load_model(self, api, path, custom_objects):
        """Call a form of `load_model`, with custom objects unless they are None."""
        if api == LAYER:
            return self.keras.layers.TFSMLayer(path, call_endpoint="serving_default")
        arguments = dict(WHOLE_MODEL[api])
        if custom_objects is not None:
            arguments["custom_objects"] = custom_objects
        return self.keras.models.load_model(path, **arguments)

    def load_weights(self, api, model, path):
        """Call a form of `load_weights`."""
        status = model.load_weights(path, **WEIGHTS[api])
        if api == ASSERTED:
            status.assert_consumed()

    def predict(self, model, inputs):
        """Return the model's outputs in inference mode as a list of arrays."""
        tensors = [self.tf.constant(array) for array in inputs]
        outputs = model(tensors[0] if len(tensors) == 1 else tensors, training=False)
        if isinstance(outputs, dict):  # named outputs, or a layer of a SavedModel
            outputs = [outputs[name] for name in sorted(outputs)]
        if not isinstance(outputs, (list, tuple)):
            outputs = [outputs]
        return [numpy.asarray(output) for output in outputs]

    def is_compiled(self, model):
        """Return whether the model has an optimizer."""
        return getattr(model, "optimizer", None) is not None

    def evaluate(self, model, inputs, targets):
        """Return loss and metrics of a batch as one array."""
        return self._on_batch(model, model.test_on_batch, inputs, targets)

    def train(self, model, inputs, targets):
        """Take one step of training; return loss and metrics of the batch as one array."""
        return self._on_batch(model, model.train_on_batch, inputs, targets)

    def _on_batch(self, model, call, inputs, targets):
        """Call eagerly: the same numbers without the seconds that tracing takes.

        A call that fails is repeated as users make it, because its error has other words.
        """
        batch = [arrays[0] if len(arrays) == 1 else arrays for arrays in (inputs, targets)]
        model.run_eagerly = True
        model.reset_metrics()  # Keras 3 would go on averaging
        try:
            numbers = call(*batch)
        except Exception:
            model.run_eagerly = False
            model.train_function = model.test_function = None  # made for eager runs
            numbers = call(*batch)
        return numpy.array(numbers, dtype="float64").ravel()

    def optimizer(self, model):
        """Return `[steps and learning rate]` and the optimizer's slots that are not all zero.

        Keras 2 keeps the number of steps among the optimizer's variables, from 2.11 on the learning
        rate too; slots that are zero were made before their use.
        """
        optimizer = model.optimizer
        steps = numpy.asarray(optimizer.iterations.numpy())
        rate = optimizer.learning_rate
        rate = rate(steps) if callable(rate) else rate
        variables = optimizer.variables
        variables = variables() if callable(variables) else variables  # a method up to 2.11
        slots = [numpy.asarray(variable.numpy()) for variable in variables]
        numbers = numpy.array([float(steps), float(rate.numpy())])
        return [numbers] + [array for array in slots if array.ndim and array.any()]

    def seed_states(self, layer):
        """List the variables in which a layer of Keras 3 keeps `[seed, draws so far]`.

        Keras 2 keeps no generator in a model.
        """
        if getattr(layer, "layers", None):
            return []  # the variables of a model are those of its layers
        return [v for v in getattr(layer, "variables", ()) if v.name == "seed_generator_state"]

    def dtypes(self, layer):
        """Return the floating-point types that a layer computes in and keeps its variables in.

        Up to 2.3 the type it computes in is private. Empty without a floating-point type.
        """
        kept = str(getattr(layer, "dtype", None))
        if "float" not in kept:
            return ""
        computed = getattr(layer, "compute_dtype", None) or getattr(layer, "_compute_dtype", None)
        return "{} {}".format(computed or kept, kept)
