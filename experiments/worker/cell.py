"""Carries one cell out, phase by phase.

Runs in the forked child, fenced in. `save` builds, fills and saves a model, and stores the saver's
reference values. `load` copies an artifact, makes the scenario's change, loads the model, and
compares it with the reference values.
"""

import hashlib
import os
import shutil

from experiments.scenarios import Skip, find
from experiments.worker import blame, reference, values
from experiments.worker.child import KEPT
from experiments.worker.limits import fence
from experiments.worker.phases import PREPARE, Ended, Phases


def run(release, request, tell, artifact):
    """Carry out `request` in the current folder; return its reply without the id."""
    stage = {"save": save, "load": load}[request["stage"]]
    phases = Phases(tell)
    return phases.reply(stage, release, request, phases, artifact)


def save(release, request, phases, artifact):
    """Build, fill and save a model; leave its files and its reference values for the worker."""
    scenario = _scenario(request, phases)
    release.seed(values.SAVED_SEED)
    model = phases.keras("build", scenario.build, release.tf, request)
    built = values.fill(model, values.SAVED_SEED) > 0
    phases.keras("train", scenario.train, release.tf, model, request)
    name = scenario.file_name(request)
    phases.keras("save", scenario.save, release.tf, model, name, request)
    written = sorted(os.listdir("."))
    if not written:
        raise Ended(phase="save", outcome="not_saved", reason="save returned but wrote nothing")
    inputs = scenario.inputs(request)
    if not built:
        phases.keras("predict", release.predict, model, inputs)
        values.fill(model, values.SAVED_SEED)
    saved = values.at_rest(release, model, inputs, phases.keras)
    reply = {"phase": "save", "outcome": "saved"}
    if release.is_compiled(model):
        try:
            saved.update(values.in_training(release, model, inputs, saved, phases.keras))
        except Ended as ended:  # the file is there; no loader needs a training the saver cannot do
            reply["untrained"] = ended.reply
    phases.enter(PREPARE)
    return dict(reply, artifact_sha256=_leave(written, saved))


def load(release, request, phases, artifact):
    """Load a copy of the artifact as the scenario does; compare it with the reference values."""
    scenario = _scenario(request, phases)
    api = request["api"]
    reason = release.missing(api)
    if reason:
        raise Skip(reason)
    release.seed(values.FRESH_SEED)
    if request.get("artifact_sha256") not in (None, _digest(artifact)):
        reason = "the artifact is not what was saved"
        return {"outcome": "harness_error", "reason": reason, "altered": True}
    _copy(os.path.join(artifact, "files"))
    saved = reference.restore(os.path.join(artifact, "oracle.npz"))
    path = scenario.prepare(scenario.file_name(request), request)
    phases.keras("build", scenario.arrange, release.tf, request)
    model = _load_model(release, scenario, request, phases, path)
    inputs = scenario.inputs(request)
    loaded = values.at_rest(release, model, inputs, phases.keras)
    if (release.compiles(api) or scenario.RESUMES) and "compile" in saved:
        loaded.update(values.in_training(release, model, inputs, loaded, phases.keras))
    reply = reference.compare(saved, loaded)
    reply["phase"] = "compare"
    return reply


def _scenario(request, phases):
    """Return the request's scenario, and close the fence if it mounts no file systems."""
    scenario = find(request["scenario"])
    phases.provoked = scenario.PROVOKED
    if not scenario.MOUNTS:
        fence.close(os.pardir)
    return scenario


def _leave(names, saved):
    """Leave files and reference values for the worker to take; return their digest."""
    kept = os.path.join(os.pardir, KEPT)
    os.makedirs(os.path.join(kept, "files"))
    for name in names:
        shutil.move(name, os.path.join(kept, "files", name))
    reference.store(os.path.join(kept, "oracle.npz"), saved)
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


def _copy(files):
    """Copy an artifact's files into the current folder."""
    for name in os.listdir(files):
        source = os.path.join(files, name)
        (shutil.copytree if os.path.isdir(source) else shutil.copy)(source, name)


def _load_model(release, scenario, request, phases, path):
    """Return the loaded model, or a rebuilt model with the loaded weights."""
    if release.loads_whole(request["api"]):
        objects = scenario.custom_objects(release.tf, request)
        model = phases.keras("load", release.load_model, request["api"], path, objects)
        _require(model, release.entrance(request["api"]))
        return model
    model = phases.keras("build", scenario.rebuild, release.tf, request)
    values.fill(model, values.FRESH_SEED)
    phases.keras("load", release.load_weights, request["api"], model, path)
    return model


def _require(model, method):
    """End the cell if the loaded object lacks the method by which users ask it for a prediction.

    Keras 2 gives back bare objects of TensorFlow for a folder that no Keras 2 has written.
    """
    try:
        getattr(model, method)
    except AttributeError as error:
        raise Ended(
            phase="predict",
            outcome="error",
            error_type=blame.qualified(error),
            error_message=blame.message(error),
        )
