"""What can be seen of a model?

A portrait maps each aspect to arrays. The saver's is stored beside its artifact; the loader's is
compared with it. Weights come from NumPy with fixed seeds, so that no initialiser decides anything.
"""

import numpy

SAVED_SEED = 1000
FRESH_SEED = 500000
STEP_SEED = 20260
TARGET_SEED = 11


def variables(model):
    """List the model's variables layer by layer, each once.

    The order of `model.weights` differs between releases; that inside a layer does not. The tables
    of lookup layers, which Keras 2 lists among the weights, are no variables.
    """
    found, seen = [], set()
    for layer in layers(model):
        for variable in weights(layer):
            if id(variable) not in seen and hasattr(variable, "assign"):
                seen.add(id(variable))
                found.append(variable)
    return found


def layers(layer):
    """Yield what is inside a layer, and then the layer."""
    for inner in getattr(layer, "layers", None) or ():
        for found in layers(inner):
            yield found
    yield layer


def weights(layer):
    """Return a layer's weights; a model that is not built says so by raising."""
    try:
        return layer.weights
    except ValueError:
        return ()


def fill(model, seed):
    """Set every floating-point variable to seeded numbers; return how many variables there are.

    Variances are positive, everything else lies in [-0.5, 0.5].
    """
    filled = variables(model)
    for index, variable in enumerate(filled):
        dtype = numpy.dtype(str(getattr(variable.dtype, "name", variable.dtype)))
        if dtype.kind != "f":
            continue
        shape = variable.numpy().shape  # the declared one may be open
        values = numpy.random.RandomState(seed + index).uniform(-0.5, 0.5, shape)
        if "variance" in variable.name:
            values = values + 1.0
        variable.assign(values.astype(dtype))
    return len(filled)


def at_rest(release, model, inputs, keras):
    """Return what a model is: `weights`, `state` (not trainable), `dtype`, `predictions`.

    `keras(phase, call, *arguments)` carries out what the release is to answer for.
    """
    predictions = keras("predict", release.predict, model, inputs)
    trainable = {id(variable) for variable in model.trainable_weights}
    portrait = {"weights": [], "state": [], "predictions": predictions}
    for variable in variables(model):
        aspect = "weights" if id(variable) in trainable else "state"
        portrait[aspect].append(numpy.asarray(variable.numpy()))
    innermost = [layer for layer in layers(model) if not getattr(layer, "layers", None)]
    dtypes = [release.dtypes(layer) for layer in innermost if weights(layer)]
    portrait["dtype"] = [numpy.array(sorted(filter(None, dtypes)), dtype="U")]
    return portrait


def in_training(release, model, inputs, predictions, keras):
    """Return what a compiled model does when its training goes on; this changes the model.

    `compile`: loss and metrics. `next_step`: the same of one further step, and the predictions
    after it. `optimizer`: its number of steps, learning rate and slots then; before it, some
    releases have not yet made the slots that they have read. `seeds`: the state of the generators
    that the step draws from, before it; during it they are set, so that all steps draw the same. A
    model that is not compiled has an empty `compile`, and nothing else.
    """
    if not release.is_compiled(model):
        return {"compile": []}
    numbers = numpy.random.RandomState(TARGET_SEED)
    targets = [numbers.uniform(-1.0, 1.0, array.shape).astype("float32") for array in predictions]
    portrait = {"compile": [keras("evaluate", release.evaluate, model, inputs, targets)]}
    release.seed(STEP_SEED)
    generators = [found for layer in layers(model) for found in release.seed_states(layer)]
    before = [variable.numpy() for variable in generators]
    for variable in generators:
        variable.assign([STEP_SEED, 0])
    step = keras("train", release.train, model, inputs, targets)
    drawn = [variable.numpy()[1] > 0 for variable in generators]
    portrait["seeds"] = [state for state, used in zip(before, drawn) if used]
    portrait["next_step"] = [step] + keras("predict", release.predict, model, inputs)
    portrait["optimizer"] = keras("train", release.optimizer, model)
    return portrait
