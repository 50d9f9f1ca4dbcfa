"""How long does one load take, told by pyperf? A plain script that uses nothing of the suite.

pyperf is not in any environment; lay it beside one:

    uv pip install --target pyperf 'pyperf==2.6.3'
    PYTHONPATH=pyperf TF_CPP_MIN_LOG_LEVEL=3 CUDA_VISIBLE_DEVICES=-1 \
    OMP_NUM_THREADS=1 TF_NUM_INTRAOP_THREADS=1 TF_NUM_INTEROP_THREADS=1 TF_ENABLE_ONEDNN_OPTS=0 \
        .environments/tf-2.15/bin/python tests/by_hand/timing.py \
        --inherit-environ=PYTHONPATH,TF_CPP_MIN_LOG_LEVEL,CUDA_VISIBLE_DEVICES,OMP_NUM_THREADS,\
TF_NUM_INTRAOP_THREADS,TF_NUM_INTEROP_THREADS,TF_ENABLE_ONEDNN_OPTS \
        --processes 6 --values 5 --warmups 2 --model dense --units 1224 --file model.h5

`--model dense`: two dense layers of `--units`; `chain`: `--layers` of them. `--file` chooses the
format as it does for users; `--weights` saves and loads weights alone. Garbage is not collected
during a load, as in the suite; with `--trim`, free memory is given back to the kernel before each
load too, as the suite does, so that a load pays for its pages. `python -m pyperf
compare_to` compares two outputs (`-o`).
"""

# mypy: ignore-errors
import ctypes
import functools
import gc
import os
import tempfile
import time

import pyperf


def build(keras, model, layers, units):
    inputs = outputs = keras.Input(shape=(units,))
    for number in range(2 if model == "dense" else layers):
        activation = None if model == "dense" and number else "relu"
        outputs = keras.layers.Dense(units, activation=activation)(outputs)
    built = keras.Model(inputs, outputs)
    # "mse" would do, but for Keras 3 and HDF5: keras-team/keras#19441.
    built.compile(optimizer="adam", loss=keras.losses.MeanSquaredError())
    return built


def pass_on(command, arguments):
    command.extend(["--model", arguments.model, "--file", arguments.file])
    command.extend(["--units", str(arguments.units), "--layers", str(arguments.layers)])
    if arguments.weights:
        command.append("--weights")
    if arguments.trim:
        command.append("--trim")


def trim():
    ctypes.CDLL(None).malloc_trim(0)


def loads(times, load, before):
    """Return the seconds that so many loads take, each after all that comes `before` it."""
    spent = 0.0
    for _ in range(times):
        for prepare in before:
            prepare()
        gc.disable()
        start = time.perf_counter()
        load()
        spent += time.perf_counter() - start
        gc.enable()
    return spent


def main():
    runner = pyperf.Runner(add_cmdline_args=pass_on)
    runner.argparser.add_argument("--model", choices=("dense", "chain"), default="dense")
    runner.argparser.add_argument("--layers", type=int, default=2)
    runner.argparser.add_argument("--units", type=int, default=38)
    runner.argparser.add_argument("--file", default="model.h5")
    runner.argparser.add_argument("--weights", action="store_true")
    runner.argparser.add_argument("--trim", action="store_true")
    arguments = runner.parse_args()
    if not arguments.worker:
        runner.bench_func("load", int)  # the workers do the rest
        return
    import tensorflow

    keras = tensorflow.keras
    os.chdir(tempfile.mkdtemp())
    model = build(keras, arguments.model, arguments.layers, arguments.units)
    if arguments.weights:
        model.save_weights(arguments.file)
        load, before = model.load_weights, []
    else:
        model.save(arguments.file)
        load, before = keras.models.load_model, [keras.backend.clear_session]
    before += [gc.collect, trim] if arguments.trim else [gc.collect]
    call = functools.partial(load, arguments.file)
    runner.bench_time_func("load", loads, call, before)


if __name__ == "__main__":
    main()
