"""Stores the saver's reference values beside its artifact, and compares a loaded model with them.

The values that the loader's own code would compute do not count. A difference that follows from
another difference is not named again: another weight gives another gradient, which says nothing
about the optimizer.
"""

from collections import Counter

import numpy

ASPECTS = ("weights", "predictions", "state", "optimizer", "next_step", "compile", "dtype")
KEPT = ("weights", "state")
"""The aspects whose arrays a file holds."""
RELATIVE_TOLERANCE = 1e-4
ABSOLUTE_TOLERANCE = 1e-5


def store(path, values):
    """Write reference values: a list of arrays for each aspect."""
    arrays = {}
    for aspect, content in values.items():
        for index, array in enumerate(content):
            arrays["{}.{:05d}".format(aspect, index)] = array
    numpy.savez(path, **arrays)


def restore(path):
    """Return the reference values that the saver stored."""
    values = {}
    with numpy.load(path) as stored:
        for name in sorted(stored.files):
            values.setdefault(name.partition(".")[0], []).append(stored[name])
    return values


def compare(saved, loaded):
    """Compare the loader's values with the saver's; return the outcome and the differences.

    Training is compared if both have values of it.
    """
    differing, restored = _variables(saved, loaded)
    if not close(saved["predictions"], loaded["predictions"]):
        differing.add("predictions")
    if not _same_dtypes(*(values.get("dtype", ()) for values in (saved, loaded))):
        differing.add("dtype")
    if "compile" in saved and "compile" in loaded:
        differing |= _training(saved, loaded, not differing)
    difference = largest_difference(saved["predictions"], loaded["predictions"])
    return {
        "outcome": "different" if differing else "equal",
        "differs": "+".join(aspect for aspect in ASPECTS if aspect in differing),
        "max_abs_diff": difference if differing else None,
        "weights_saved": sum(len(saved.get(kind, ())) for kind in KEPT),
        "weights_restored": restored,
    }


def _variables(saved, loaded):
    """Return which of `weights` and `state` differ bit for bit, and how many arrays agree.

    Neither the order of arrays counts nor whether the loader would train them. Each seeded array is
    unlike any other, so the predictions reveal weights in a wrong layer.
    """
    saved_arrays, loaded_arrays = (
        {kind: Counter(map(_identity, values.get(kind, ()))) for kind in KEPT}
        for values in (saved, loaded)
    )
    all_saved, all_loaded = (
        sum(arrays.values(), Counter()) for arrays in (saved_arrays, loaded_arrays)
    )
    lost, added = all_saved - all_loaded, all_loaded - all_saved
    differing = {kind for kind in KEPT if lost & saved_arrays[kind] or added & loaded_arrays[kind]}
    return differing, sum((all_saved & all_loaded).values())


def _same_dtypes(saved, loaded):
    """Return whether layers have the same types; one layer more or less is no other precision."""
    if [array.shape for array in saved] == [array.shape for array in loaded]:
        return all(list(a) == list(b) for a, b in zip(saved, loaded))
    kinds = [{kind for array in arrays for kind in array.ravel()} for arrays in (saved, loaded)]
    return kinds[0] == kinds[1]


def _same(saved, loaded, aspect):
    """Return whether an aspect consists of the same arrays, bit for bit and in order."""
    first, second = (map(_identity, values.get(aspect, ())) for values in (saved, loaded))
    return list(first) == list(second)


def _identity(array):
    return (str(array.dtype), array.shape, array.tobytes())


def _training(saved, loaded, alike):
    """Return the differing aspects of training; `alike` if the models are the same before it."""
    if not loaded["compile"]:
        return {"compile"}
    differing = set() if _same(saved, loaded, "seeds") else {"state"}
    shapes = [[array.shape for array in values["compile"]] for values in (saved, loaded)]
    if shapes[0] != shapes[1] or (alike and not close(saved["compile"], loaded["compile"])):
        differing.add("compile")
    alike = alike and "compile" not in differing
    if alike and not close(saved["next_step"], loaded["next_step"]):
        differing.add("next_step")
    first, second = saved["optimizer"], loaded["optimizer"]
    if not close(first[:1], second[:1]) or (alike and not _pairs(first[1:], second[1:])):
        differing.add("optimizer")
    return differing


def _pairs(first, second):
    """Return whether each slot of the first list has a match in the second, and none remains.

    Releases keep slots in different orders. Squared gradients may be as small as the tolerance, so
    each slot is measured by its largest number.
    """
    rest = list(second)
    for array in first:
        unit = numpy.max(numpy.abs(array))
        match = next((i for i, o in enumerate(rest) if close([array / unit], [o / unit])), None)
        if match is None:
            return False
        del rest[match]
    return not rest


def close(saved, loaded):
    """Return whether two lists have as many arrays, of the same shapes, within the tolerance."""
    return len(saved) == len(loaded) and all(
        a.shape == b.shape
        and numpy.allclose(a, b, rtol=RELATIVE_TOLERANCE, atol=ABSOLUTE_TOLERANCE)
        for a, b in zip(saved, loaded)
    )


def largest_difference(saved, loaded):
    """Return the largest absolute difference of two lists of predictions; None if shapes differ."""
    if [array.shape for array in saved] != [array.shape for array in loaded]:
        return None
    differences = [
        numpy.max(numpy.abs(a.astype("float64") - b.astype("float64"))) if a.size else 0.0
        for a, b in zip(saved, loaded)
    ]
    return float(max(differences)) if differences else 0.0
