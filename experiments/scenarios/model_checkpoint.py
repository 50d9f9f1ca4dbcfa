"""`ModelCheckpoint` saves during training, under usual and unusual names: do its files load?

Reports: https://github.com/keras-team/keras-io/issues/1568,
https://github.com/keras-team/keras-io/issues/1844,
https://github.com/hfawaz/dl-4-tsc/issues/53
"""

from experiments.scenarios import _files, uniform

LOSS = {"save_best_only": True, "monitor": "loss"}
WEIGHTS = {"save_weights_only": True}
CALLBACKS = {
    "model_keras": ("classifier.keras", {}),
    "model_h5": ("classifier.h5", {}),
    "model_hdf5": ("classifier.hdf5", {}),
    "model_no_ending": ("classifier", {}),
    "model_epoch_keras": ("classifier-{epoch:02d}.keras", {}),
    "model_epoch_h5": ("classifier-{epoch:02d}.h5", {}),
    "best_keras": ("classifier.keras", LOSS),
    "best_h5": ("classifier.h5", LOSS),
    "best_not_measured": ("classifier.keras", {"save_best_only": True}),
    "period": ("classifier.h5", {"period": 1}),
    "weights_keras": ("classifier.keras", WEIGHTS),
    "weights_h5": ("classifier.h5", WEIGHTS),
    "weights_hdf5": ("classifier.hdf5", WEIGHTS),
    "weights_weights_h5": ("classifier.weights.h5", WEIGHTS),
    "weights_no_ending": ("classifier", WEIGHTS),
    "weights_epoch_ckpt": ("classifier-{epoch:04d}.ckpt", WEIGHTS),
    "best_weights": ("classifier.weights.h5", dict(LOSS, **WEIGHTS)),
}
"""The file name for the callback, and its other arguments.

`best_not_measured` monitors a loss of validation, which is never measured.
"""


class Scenario(_files.PlainModel):
    """Trains one epoch of one batch; the file from its end is loaded."""

    def build(self, tf, cell):
        model = super(Scenario, self).build(tf, cell)
        model.compile(optimizer="adam", loss=tf.keras.losses.MeanSquaredError())
        return model

    def file_name(self, cell):
        return CALLBACKS[cell["case"]][0].format(epoch=1)

    def save(self, tf, model, path, cell):
        name, arguments = CALLBACKS[cell["case"]]
        checkpoint = tf.keras.callbacks.ModelCheckpoint
        for argument in arguments:
            _files.need_argument(checkpoint, argument)
        callback = checkpoint(name, **arguments)
        data = uniform(8, 5), uniform(8, 3)
        model.fit(*data, batch_size=8, epochs=1, verbose=0, callbacks=[callback])
