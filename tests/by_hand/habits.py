"""How much do processes of one environment differ for good? Six of them take turns at one load.

    .environments/tf-2.4/bin/python tests/by_hand/habits.py
    setarch -R .environments/tf-2.4/bin/python tests/by_hand/habits.py --rounds 30

With `setarch -R`, all processes have their libraries in the same places. Each turn is a fork, as in
the suite, and loads a small model from HDF5, the same in all processes. The machine's pace is taken
out by least squares. Says what is left of a turn's noise, and what the processes differ by beyond
it, both as standard deviations of the logarithm of the seconds.
"""

# mypy: ignore-errors
import argparse
import gc
import json
import os
import random
import subprocess
import sys
import tempfile
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parents[2]))

import numpy

from experiments.timer.pace import Pace

LOADS = 3
"""How often a turn loads; the first time does not count."""


def serve():
    """Take a turn for each line of standard input: a line of seconds and paces."""
    import tensorflow

    keras, path = tensorflow.keras, str(Path(tempfile.mkdtemp(), "model.h5"))
    save_elsewhere(keras, path)
    gc.collect()
    gc.freeze()
    print("ready", flush=True)
    for _ in sys.stdin:
        reader, writer = os.pipe()
        child = os.fork()
        if not child:
            os.write(writer, json.dumps(turn(keras, path)).encode())
            os._exit(0)
        os.waitpid(child, 0)
        print(os.read(reader, 65536).decode(), flush=True)
        os.close(reader)
        os.close(writer)


def save_elsewhere(keras, path):
    """Save a model in a fork: the process that is forked for turns has never built one."""
    child = os.fork()
    if not child:
        layers = [keras.layers.Dense(16, input_shape=(16,))]
        layers += [keras.layers.Dense(16) for _ in range(19)]
        model = keras.Sequential(layers)
        model.compile(optimizer="adam", loss=keras.losses.MeanSquaredError())
        model.save(path)
        os._exit(0)
    os.waitpid(child, 0)


def turn(keras, path):
    os.sched_setaffinity(0, {max(os.sched_getaffinity(0))})
    pace, found = Pace(), []
    for _ in range(LOADS):
        keras.backend.clear_session()
        gc.collect()
        found.append(pace.around(lambda: keras.models.load_model(path))[:2])
    return numpy.log(found[1:]).mean(axis=0).tolist()


def residuals(table):
    """Take out of a table of rounds and processes what either has by itself."""
    return table - table.mean(1, keepdims=True) - table.mean(0) + table.mean()


def main():
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--processes", type=int, default=6)
    parser.add_argument("--rounds", type=int, default=40)
    parser.add_argument("--serve", action="store_true")
    asked = parser.parse_args()
    if asked.serve:
        serve()
        return
    command = [sys.executable, str(Path(__file__).resolve()), "--serve"]
    calm = dict(os.environ, PYTHONHASHSEED="0", CUDA_VISIBLE_DEVICES="-1", TF_CPP_MIN_LOG_LEVEL="3")
    pipes = {"stdin": subprocess.PIPE, "stdout": subprocess.PIPE, "stderr": subprocess.DEVNULL}
    workers = [subprocess.Popen(command, env=calm, **pipes) for _ in range(asked.processes)]
    for worker in workers:
        while b"ready" not in worker.stdout.readline():
            pass
    logs = numpy.zeros((asked.rounds, asked.processes, 2))
    for number in range(asked.rounds):
        order = list(range(asked.processes))
        random.Random(number).shuffle(order)
        for which in order:
            workers[which].stdin.write(b"go\n")
            workers[which].stdin.flush()
            logs[number, which] = json.loads(workers[which].stdout.readline())
    for worker in workers:
        worker.stdin.close()
        worker.wait()
    seconds, paces = logs[:, :, 0], logs[:, :, 1]
    share = (residuals(seconds) * residuals(paces)).sum() / (residuals(paces) ** 2).sum()
    steady = seconds - share * residuals(paces)
    freedom = (asked.rounds - 1) * (asked.processes - 1)
    noise = (residuals(steady) ** 2).sum() / freedom
    beyond = max(0.0, steady.mean(0).var(ddof=1) - noise / asked.rounds)
    print(f"noise of a turn {noise**0.5:.3f}, between processes {beyond**0.5:.3f}")
    print("processes", " ".join(f"{one:+.3f}" for one in steady.mean(0) - steady.mean()))


if __name__ == "__main__":
    main()
