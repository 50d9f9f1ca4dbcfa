"""Continues the training of a compiled model by `evaluate` and `fit`, as users do.

Imported by `replay` inside the environments.
"""

# mypy: ignore-errors
# ruff: noqa: B905 -- Python 3.7 knows no strict zip

import random

import numpy

SEED, TARGETS = 20260, 11


def go_on(tf, model, inputs, predictions, say=None):
    """Evaluate a batch, train on it once, predict from it again; return the values of each step."""
    if getattr(model, "optimizer", None) is None:
        return {"compile": []}
    say = say or (lambda phase: None)
    drawn = numpy.random.RandomState(TARGETS)
    targets = [drawn.uniform(-1.0, 1.0, p.shape).astype("float32") for p in predictions]
    data = [arrays if len(arrays) > 1 else arrays[0] for arrays in (inputs, targets)]
    batch = {"batch_size": len(inputs[0]), "verbose": 0}
    say(phase="evaluate")
    evaluated = numpy.ravel(numpy.array(model.evaluate(*data, **batch), "f8"))
    say(phase="train")
    random.seed(SEED)
    numpy.random.seed(SEED)
    tf.random.set_seed(SEED)
    seeds = seed_variables(model)
    before = [variable.numpy() for variable in seeds]
    for variable in seeds:
        variable.assign([SEED, 0])
    history = model.fit(*data, epochs=1, shuffle=False, **batch).history
    step = numpy.array([values[0] for values in history.values()], "f8")
    used = [old for old, variable in zip(before, seeds) if variable.numpy()[1]]
    optimizer = model.optimizer
    count = int(optimizer.iterations.numpy())
    rate = optimizer.learning_rate
    rate = float((rate(count) if callable(rate) else rate).numpy())
    variables = optimizer.variables
    slots = [slot.numpy() for slot in (variables() if callable(variables) else variables)]
    say(phase="predict")
    after = model(data[0], training=False)
    after = list(after) if isinstance(after, (list, tuple)) else [after]
    return {
        "compile": [evaluated],
        "seeds": used,
        "step": [step] + [output.numpy() for output in after],
        "counters": [numpy.array([count, rate])],
        "slots": [slot for slot in slots if slot.shape and slot.any()],
    }


def seed_variables(model):
    inner = getattr(model, "layers", None)
    if inner:
        return [variable for layer in inner for variable in seed_variables(layer)]
    variables = getattr(model, "variables", ())
    return [variable for variable in variables if variable.name == "seed_generator_state"]


def alike(ours, theirs):
    return [a.shape for a in ours] == [b.shape for b in theirs] and all(
        numpy.allclose(a, b, rtol=1e-4, atol=1e-5) for a, b in zip(ours, theirs)
    )


def lost(saved, loaded, already):
    """Return the lost parts of the training; `already` if the model differs without it."""
    if not loaded["compile"]:
        return {"compile"}
    parts = set()
    before, after = saved.get("seeds", []), loaded["seeds"]
    if [state.tolist() for state in before] != [state.tolist() for state in after]:
        parts.add("state")
    if saved["compile"][0].shape != loaded["compile"][0].shape:
        parts.add("compile")
    if not alike(saved["counters"], loaded["counters"]):
        parts.add("optimizer")
    if already:
        return parts
    if not alike(saved["compile"], loaded["compile"]):
        parts.add("compile")
    if "compile" in parts:
        return parts
    if not alike(saved["step"], loaded["step"]):
        parts.add("next_step")
    ours, theirs = (list(side.get("slots", [])) for side in (saved, loaded))
    for slot in ours:
        size = abs(slot).max()
        equal = [candidate for candidate in theirs if alike([slot / size], [candidate / size])]
        if not equal:
            return parts | {"optimizer"}
        theirs = [candidate for candidate in theirs if candidate is not equal[0]]
    return parts | {"optimizer"} if theirs else parts
