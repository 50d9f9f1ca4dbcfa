"""Does the loaded model have what the saver has?

What the loading code thinks of itself does not count: the loader's portrait is compared with the
one that the saver left beside its artifact. What follows from a difference that is already named
is not named again: another weight gives another gradient, and that says nothing of the optimizer.
"""

from collections import Counter

import numpy

ASPECTS = ("weights", "predictions", "state", "optimizer", "next_step", "compile", "dtype")
KEPT = ("weights", "state")
"""The aspects that are arrays a file holds."""
RELATIVE_TOLERANCE = 1e-4
ABSOLUTE_TOLERANCE = 1e-5


def store(path, portrait):
    """Write a portrait."""
    named = {}
    for aspect, arrays in portrait.items():
        for index, array in enumerate(arrays):
            named["{}.{:05d}".format(aspect, index)] = array
    numpy.savez(path, **named)


def restore(path):
    """Return a portrait as stored by the saver."""
    portrait = {}
    with numpy.load(path) as stored:
        for name in sorted(stored.files):
            portrait.setdefault(name.partition(".")[0], []).append(stored[name])
    return portrait


def compare(saved, loaded):
    """Compare the portraits of saver and loader; return what differs and by how much.

    What a model does in training is compared if both portraits tell of it.
    """
    found, came_back = _variables(saved, loaded)
    if not close(saved["predictions"], loaded["predictions"]):
        found.add("predictions")
    if not _same_dtypes(*(portrait.get("dtype", ()) for portrait in (saved, loaded))):
        found.add("dtype")
    if "compile" in saved and "compile" in loaded:
        found |= _training(saved, loaded, not found)
    difference = largest_difference(saved["predictions"], loaded["predictions"])
    return {
        "outcome": "different" if found else "equal",
        "differs": "+".join(aspect for aspect in ASPECTS if aspect in found),
        "max_abs_diff": difference if found else None,
        "weights_saved": sum(len(saved.get(kind, ())) for kind in KEPT),
        "weights_restored": came_back,
    }


def _variables(saved, loaded):
    """Name which of `weights` and `state` are not the same arrays, bit for bit; count what is.

    Neither their order counts nor whether the loader would train them. Each seeded array is unlike
    any other, so weights that went into the wrong place are found by the predictions.
    """
    ours, theirs = (
        {kind: Counter(map(_identity, portrait.get(kind, ()))) for kind in KEPT}
        for portrait in (saved, loaded)
    )
    all_ours, all_theirs = (sum(found.values(), Counter()) for found in (ours, theirs))
    lost, added = all_ours - all_theirs, all_theirs - all_ours
    named = {kind for kind in KEPT if lost & ours[kind] or added & theirs[kind]}
    return named, sum((all_ours & all_theirs).values())


def _same_dtypes(saved, loaded):
    """Say whether layers have the same types; a layer more or less is no other precision."""
    if [array.shape for array in saved] == [array.shape for array in loaded]:
        return all(list(a) == list(b) for a, b in zip(saved, loaded))
    kinds = [{kind for array in arrays for kind in array.ravel()} for arrays in (saved, loaded)]
    return kinds[0] == kinds[1]


def _same(saved, loaded, aspect):
    """Say whether an aspect consists of the same arrays, bit for bit and in order."""
    ours, theirs = (map(_identity, portrait.get(aspect, ())) for portrait in (saved, loaded))
    return list(ours) == list(theirs)


def _identity(array):
    return (str(array.dtype), array.shape, array.tobytes())


def _training(saved, loaded, alike):
    """Say what of the training differs; `alike` where the models are the same before it."""
    if not loaded["compile"]:
        return {"compile"}
    found = set() if _same(saved, loaded, "seeds") else {"state"}
    shapes = [[array.shape for array in portrait["compile"]] for portrait in (saved, loaded)]
    if shapes[0] != shapes[1] or (alike and not close(saved["compile"], loaded["compile"])):
        found.add("compile")
    alike = alike and "compile" not in found
    if alike and not close(saved["next_step"], loaded["next_step"]):
        found.add("next_step")
    ours, theirs = saved["optimizer"], loaded["optimizer"]
    if not close(ours[:1], theirs[:1]) or (alike and not _pairs(ours[1:], theirs[1:])):
        found.add("optimizer")
    return found


def _pairs(ours, theirs):
    """Say whether each of our slots has one like it among theirs, and none is left over.

    Releases keep slots in different orders. Squared gradients may be as small as the tolerance, so
    each slot is measured by its largest number.
    """
    left = list(theirs)
    for array in ours:
        unit = numpy.max(numpy.abs(array))
        match = next((i for i, o in enumerate(left) if close([array / unit], [o / unit])), None)
        if match is None:
            return False
        del left[match]
    return not left


def close(saved, loaded):
    """Say whether numbers agree within the tolerance, in shape and in how many arrays there are."""
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
