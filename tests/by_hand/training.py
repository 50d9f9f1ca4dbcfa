"""The training of a compiled model, gone on with by hand: by `evaluate` and `fit`, as users do.

Imported by `replay` inside the environments.
"""

# mypy: ignore-errors
# ruff: noqa: B905 -- Python 3.7 knows no strict zip

import random

import numpy

SEED, TARGETS = 20260, 11


def go_on(tf, model, inputs, predictions, say=None):
    """Evaluate a batch, train on it once, predict from it again; return what was seen."""
    if getattr(model, "optimizer", None) is None:
        return {"compile": []}
    say = say or (lambda phase: None)
    drawn = numpy.random.RandomState(TARGETS)
    targets = [drawn.uniform(-1.0, 1.0, one.shape).astype("float32") for one in predictions]
    given = [one if len(one) > 1 else one[0] for one in (inputs, targets)]
    batch = {"batch_size": len(inputs[0]), "verbose": 0}
    say(phase="evaluate")
    evaluated = numpy.ravel(numpy.array(model.evaluate(*given, **batch), "f8"))
    say(phase="train")
    random.seed(SEED)
    numpy.random.seed(SEED)
    tf.random.set_seed(SEED)
    seeds = seed_variables(model)
    before = [one.numpy() for one in seeds]
    for one in seeds:
        one.assign([SEED, 0])
    history = model.fit(*given, epochs=1, shuffle=False, **batch).history
    step = numpy.array([values[0] for values in history.values()], "f8")
    used = [old for old, one in zip(before, seeds) if one.numpy()[1]]
    optimizer = model.optimizer
    count = int(optimizer.iterations.numpy())
    rate = optimizer.learning_rate
    rate = float((rate(count) if callable(rate) else rate).numpy())
    variables = optimizer.variables
    slots = [one.numpy() for one in (variables() if callable(variables) else variables)]
    say(phase="predict")
    after = model(given[0], training=False)
    after = list(after) if isinstance(after, (list, tuple)) else [after]
    return {
        "compile": [evaluated],
        "seeds": used,
        "step": [step] + [one.numpy() for one in after],
        "counters": [numpy.array([count, rate])],
        "slots": [one for one in slots if one.shape and one.any()],
    }


def seed_variables(model):
    inner = getattr(model, "layers", None)
    if inner:
        return [found for layer in inner for found in seed_variables(layer)]
    found = getattr(model, "variables", ())
    return [one for one in found if one.name == "seed_generator_state"]


def alike(ours, theirs):
    return [one.shape for one in ours] == [one.shape for one in theirs] and all(
        numpy.allclose(a, b, rtol=1e-4, atol=1e-5) for a, b in zip(ours, theirs)
    )


def lost(saved, seen, already):
    """Say what of the training is lost; `already` if the model differs without it."""
    if not seen["compile"]:
        return {"compile"}
    found = set()
    if [one.tolist() for one in saved.get("seeds", [])] != [one.tolist() for one in seen["seeds"]]:
        found.add("state")
    if saved["compile"][0].shape != seen["compile"][0].shape:
        found.add("compile")
    if not alike(saved["counters"], seen["counters"]):
        found.add("optimizer")
    if already:
        return found
    if not alike(saved["compile"], seen["compile"]):
        found.add("compile")
    if "compile" in found:
        return found
    if not alike(saved["step"], seen["step"]):
        found.add("next_step")
    ours, theirs = (list(side.get("slots", [])) for side in (saved, seen))
    for one in ours:
        same = [o for o in theirs if alike([one / abs(one).max()], [o / abs(one).max()])]
        if not same:
            return found | {"optimizer"}
        theirs = [o for o in theirs if o is not same[0]]
    return found | {"optimizer"} if theirs else found
