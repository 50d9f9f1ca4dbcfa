"""Weights are saved in several files, because one would be too large. Do they come back?

Report: https://github.com/keras-team/keras/pull/22739 (layers left empty without a word)
"""

import inspect

from experiments.scenarios import BaseScenario, Skip, need, uniform

WIDTH = 8
KERNEL = WIDTH * WIDTH * 4
LAYER = KERNEL + WIDTH * 4
"""Bytes of a layer's kernel, and of the whole layer."""

SHARD = {"one_file": 10 * LAYER, "file_per_layer": LAYER, "layer_in_two_files": KERNEL}
"""The largest number of bytes in a file."""


class Scenario(BaseScenario):
    """Four layers of one size; not compiled."""

    def build(self, tf, cell):
        dense = tf.keras.layers.Dense
        return tf.keras.Sequential(
            [dense(WIDTH, input_shape=(WIDTH,))] + [dense(WIDTH) for _ in range(3)]
        )

    def inputs(self, cell):
        return [uniform(4, WIDTH)]

    def file_name(self, cell):
        return "model" if cell["format"] == "checkpoint" else "model.weights.json"

    def save(self, tf, model, path, cell):
        size = SHARD[cell["case"]]
        arguments = {"max_shard_size": size / 1024.0**3}  # in gibibytes
        if cell["format"] == "checkpoint":
            policy = need(tf, "train.experimental.MaxShardSizePolicy")
            options = tf.train.CheckpointOptions(experimental_sharding_callback=policy(size))
            arguments = {"options": options}
        for name in arguments:
            if name not in inspect.signature(model.save_weights).parameters:
                raise Skip("save_weights has no argument {} in this release".format(name))
        model.save_weights(path, **arguments)
