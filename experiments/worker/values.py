"""Fills a model with seeded weights, and reads the values by which two models are compared.

The values map each aspect to arrays. The saver's are stored beside its artifact as reference
values. NumPy draws the weights with fixed seeds, so that no initialiser decides anything.
"""

import numpy

SAVED_SEED = 1000
FRESH_SEED = 500000
STEP_SEED = 20260
TARGET_SEED = 11


def variables(model):
    """List the model's variables layer by layer, each once.

    The order of `model.weights` differs between releases; the order inside a layer does not. The
    tables of lookup layers, which Keras 2 lists among the weights, are no variables.
    """
    listed, identities = [], set()
    for layer in layers(model):
        for variable in weights(layer):
            if id(variable) not in identities and hasattr(variable, "assign"):
                identities.add(id(variable))
                listed.append(variable)
    return listed


def layers(layer):
    """Yield the layers inside a layer, and then the layer."""
    for inner in getattr(layer, "layers", None) or ():
        for nested in layers(inner):
            yield nested
    yield layer


def weights(layer):
    """Return a layer's weights; none for a model that is not built, which raises."""
    try:
        return layer.weights
    except ValueError:
        return ()


def fill(model, seed):
    """Set every floating-point variable to seeded numbers; return how many variables there are.

    Variances are in [0.5, 1.5], all other numbers in [-0.5, 0.5].
    """
    filled = variables(model)
    for index, variable in enumerate(filled):
        dtype = numpy.dtype(str(getattr(variable.dtype, "name", variable.dtype)))
        if dtype.kind != "f":
            continue
        shape = variable.numpy().shape  # the declared shape may be open
        numbers = numpy.random.RandomState(seed + index).uniform(-0.5, 0.5, shape)
        if "variance" in variable.name:
            numbers = numbers + 1.0
        variable.assign(numbers.astype(dtype))
    return len(filled)


def at_rest(release, model, inputs, keras):
    """Return a model's `weights`, `state` (not trainable), `dtype` and `predictions`.

    `keras(phase, call, *arguments)` carries out the calls for which the release answers.
    """
    predictions = keras("predict", release.predict, model, inputs)
    trainable = {id(variable) for variable in model.trainable_weights}
    values = {"weights": [], "state": [], "predictions": predictions}
    for variable in variables(model):
        aspect = "weights" if id(variable) in trainable else "state"
        values[aspect].append(numpy.asarray(variable.numpy()))
    innermost = [layer for layer in layers(model) if not getattr(layer, "layers", None)]
    dtypes = [release.dtypes(layer) for layer in innermost if weights(layer)]
    values["dtype"] = [numpy.array(sorted(filter(None, dtypes)), dtype="U")]
    return values


def in_training(release, model, inputs, at_rest, keras):
    """Return the values of one more training step of a compiled model; this changes the model.

    `at_rest` holds its `predictions` before the step. Returns a dictionary of

    - `compile`: loss and metrics.
    - `next_step`: loss and metrics of one further step, and the predictions after it.
    - `optimizer`: its number of steps, learning rate and slots after the step. Before the step,
      some releases have not yet made the slots that they have read.
    - `seeds`: the states of the random generators that the step draws from, before the step. During
      the step they are set to one seed, so that all steps draw the same numbers.

    A model that is not compiled has an empty `compile`, and no other value.
    """
    if not release.is_compiled(model):
        return {"compile": []}
    numbers = numpy.random.RandomState(TARGET_SEED)
    targets = [
        numbers.uniform(-1.0, 1.0, array.shape).astype("float32")
        for array in at_rest["predictions"]
    ]
    values = {"compile": [keras("evaluate", release.evaluate, model, inputs, targets)]}
    release.seed(STEP_SEED)
    generators = [state for layer in layers(model) for state in release.seed_states(layer)]
    before = [variable.numpy() for variable in generators]
    for variable in generators:
        variable.assign([STEP_SEED, 0])
    step = keras("train", release.train, model, inputs, targets)
    drawn = [variable.numpy()[1] > 0 for variable in generators]
    values["seeds"] = [state for state, used in zip(before, drawn) if used]
    values["next_step"] = [step] + keras("predict", release.predict, model, inputs)
    values["optimizer"] = keras("train", release.optimizer, model)
    return values
