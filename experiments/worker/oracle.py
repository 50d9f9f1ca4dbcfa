"""Which numbers does the saver have, and does the loaded model have the same?

Weights come from NumPy with fixed seeds, so that no initialiser decides anything. The saver's
weights and predictions are stored beside its artifact; the loader is compared with them and with
nothing that it computes about itself.
"""

import numpy

SAVED_SEED = 1000
FRESH_SEED = 500000
RELATIVE_TOLERANCE = 1e-4
ABSOLUTE_TOLERANCE = 1e-5


def variables(model):
    """List the model's variables layer by layer, each once.

    The order of `model.weights` differs between releases; that inside a layer does not.
    """
    found, seen = [], set()

    def take(layer):
        for inner in getattr(layer, "layers", None) or ():
            take(inner)
        try:
            own = layer.weights
        except ValueError:  # a model that is not built says so by raising
            own = ()
        for variable in own:
            if id(variable) not in seen:
                seen.add(id(variable))
                found.append(variable)

    take(model)
    return found


def fill(model, seed):
    """Set every floating-point variable to seeded numbers; return how many variables there are.

    Variances are positive, everything else lies in [-0.5, 0.5].
    """
    filled = variables(model)
    for index, variable in enumerate(filled):
        dtype = numpy.dtype(str(getattr(variable.dtype, "name", variable.dtype)))
        if dtype.kind != "f":
            continue
        values = numpy.random.RandomState(seed + index).uniform(-0.5, 0.5, variable.shape)
        if "variance" in variable.name:
            values = values + 1.0
        variable.assign(values.astype(dtype))
    return len(filled)


def weights(model):
    """Return the values of the model's variables as arrays, in the order of `variables`."""
    return [numpy.asarray(variable.numpy()) for variable in variables(model)]


def store(path, arrays, predictions):
    """Write the saver's weights and predictions beside its artifact."""
    named = {"weight_{:05d}".format(i): array for i, array in enumerate(arrays)}
    named.update({"prediction_{:05d}".format(i): a for i, a in enumerate(predictions)})
    numpy.savez(path, **named)


def restore(path):
    """Return `(weights, predictions)` as stored by the saver."""
    with numpy.load(path) as stored:
        names = sorted(stored.files)
        return (
            [stored[name] for name in names if name.startswith("weight_")],
            [stored[name] for name in names if name.startswith("prediction_")],
        )


def same_weights(saved, loaded):
    """Say whether both have the same arrays, bit for bit; their order does not count.

    Each seeded array is unlike any other, so weights that went into the wrong place are found by
    the predictions.
    """
    return sorted(map(_identity, saved)) == sorted(map(_identity, loaded))


def _identity(array):
    return (str(array.dtype), array.shape, array.tobytes())


def largest_difference(saved, loaded):
    """Return the largest absolute difference of two lists of predictions; None if shapes differ."""
    if [array.shape for array in saved] != [array.shape for array in loaded]:
        return None
    differences = [
        numpy.max(numpy.abs(a.astype("float64") - b.astype("float64"))) if a.size else 0.0
        for a, b in zip(saved, loaded)
    ]
    return float(max(differences)) if differences else 0.0


def same_predictions(saved, loaded):
    """Say whether predictions agree within the tolerance, in shape and in dtype's kind."""
    return len(saved) == len(loaded) and all(
        a.shape == b.shape
        and numpy.allclose(a, b, rtol=RELATIVE_TOLERANCE, atol=ABSOLUTE_TOLERANCE)
        for a, b in zip(saved, loaded)
    )


def compare(saved, loaded):
    """Compare `(weights, predictions)` of saver and loader; return what differs and by how much."""
    differs = []
    if not same_weights(saved[0], loaded[0]):
        differs.append("weights")
    if not same_predictions(saved[1], loaded[1]):
        differs.append("predictions")
    return {
        "outcome": "different" if differs else "equal",
        "differs": "+".join(differs),
        "max_abs_diff": largest_difference(saved[1], loaded[1]) if differs else None,
    }
