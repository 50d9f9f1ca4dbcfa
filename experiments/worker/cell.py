"""What happens in one cell, phase by phase?

Runs in the forked child, fenced in. `save` builds, fills, saves and stores the saver's portrait;
`load` takes a copy of an artifact, changes what the scenario changes, loads, and compares the model
with it.
"""

import hashlib
import os
import shutil

from experiments.scenarios import Skip, find
from experiments.worker import blame, fence, oracle, portrait
from experiments.worker.child import KEPT
from experiments.worker.phases import PREPARE, Ended, Phases


def run(release, request, tell, artifact):
    """Carry out `request` in the current folder; return its reply without the id."""
    stage = {"save": save, "load": load}[request["stage"]]
    phases = Phases(tell)
    return phases.reply(stage, release, request, phases, artifact)


def _scenario(request, phases):
    scenario = find(request["scenario"])
    phases.provoked = scenario.PROVOKED
    if not scenario.MOUNTS:
        fence.close(os.pardir)
    return scenario


def save(release, request, phases, artifact):
    """Build, fill and save; leave what was written and the saver's portrait to be kept."""
    scenario = _scenario(request, phases)
    release.seed(portrait.SAVED_SEED)
    model = phases.keras("build", scenario.build, release.tf, request)
    built = portrait.fill(model, portrait.SAVED_SEED) > 0
    phases.keras("train", scenario.train, release.tf, model, request)
    name = scenario.file_name(request)
    phases.keras("save", scenario.save, release.tf, model, name, request)
    written = sorted(os.listdir("."))
    if not written:
        raise Ended(phase="save", outcome="not_saved", reason="save returned but wrote nothing")
    inputs = scenario.inputs(request)
    if not built:
        phases.keras("predict", release.predict, model, inputs)
        portrait.fill(model, portrait.SAVED_SEED)
    seen = portrait.at_rest(release, model, inputs, phases.keras)
    reply = {"phase": "save", "outcome": "saved"}
    if release.is_compiled(model):
        try:
            seen.update(_in_training(release, model, inputs, seen, phases))
        except Ended as ended:  # saved all the same; what the saver cannot do, no loader is asked
            reply["untrained"] = ended.reply
    phases.enter(PREPARE)
    return dict(reply, artifact_sha256=_leave(written, seen))


def _in_training(release, model, inputs, seen, phases):
    return portrait.in_training(release, model, inputs, seen["predictions"], phases.keras)


def _leave(written, seen):
    """Move the files to where the worker takes them from; return their digest."""
    kept = os.path.join(os.pardir, KEPT)
    os.makedirs(os.path.join(kept, "files"))
    for name in written:
        shutil.move(name, os.path.join(kept, "files", name))
    oracle.store(os.path.join(kept, "oracle.npz"), seen)
    return _digest(kept)


def _digest(artifact):
    """Return the sha256 of all files of an artifact and of their names."""
    digest = hashlib.sha256()
    for folder, folders, names in os.walk(artifact):
        folders.sort()
        for name in sorted(names):
            path = os.path.join(folder, name)
            digest.update(os.path.relpath(path, artifact).encode("utf-8"))
            with open(path, "rb") as stream:
                digest.update(stream.read())
    return digest.hexdigest()


def load(release, request, phases, artifact):
    """Load a copy of the artifact as the scenario says and compare with the saver's numbers."""
    scenario = _scenario(request, phases)
    api = request["api"]
    reason = release.missing(api)
    if reason:
        raise Skip(reason)
    release.seed(portrait.FRESH_SEED)
    if request.get("artifact_sha256") not in (None, _digest(artifact)):
        reason = "the artifact is not what was saved"
        return {"outcome": "harness_error", "reason": reason, "altered": True}
    files = os.path.join(artifact, "files")
    for name in os.listdir(files):
        source = os.path.join(files, name)
        (shutil.copytree if os.path.isdir(source) else shutil.copy)(source, name)
    saved = oracle.restore(os.path.join(artifact, "oracle.npz"))
    path = scenario.prepare(scenario.file_name(request), request)
    phases.keras("build", scenario.arrange, release.tf, request)
    model = _loaded(release, scenario, request, phases, path)
    inputs = scenario.inputs(request)
    seen = portrait.at_rest(release, model, inputs, phases.keras)
    if (release.compiles(api) or scenario.RESUMES) and "compile" in saved:
        seen.update(_in_training(release, model, inputs, seen, phases))
    reply = oracle.compare(saved, seen)
    reply["phase"] = "compare"
    return reply


def _loaded(release, scenario, request, phases, path):
    if release.loads_whole(request["api"]):
        objects = scenario.custom_objects(release.tf, request)
        found = phases.keras("load", release.load_model, request["api"], path, objects)
        _ask_for(release.entrance(request["api"]), found)
        return found
    model = phases.keras("build", scenario.rebuild, release.tf, request)
    portrait.fill(model, portrait.FRESH_SEED)
    phases.keras("load", release.load_weights, request["api"], model, path)
    return model


def _ask_for(method, loaded):
    """End the cell if what the release calls loaded lacks the method that its users go on with.

    Keras 2 gives back bare objects of TensorFlow for a folder that no Keras it knows has written.
    """
    try:
        getattr(loaded, method)
    except AttributeError as error:
        raise Ended(
            phase="predict",
            outcome="error",
            error_type=blame.qualified(error),
            error_message=blame.message(error),
        )
