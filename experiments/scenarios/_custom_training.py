"""Custom objects of a model's training, as a user's script defines them."""

from experiments.scenarios._custom_layers import CONFIG

ERROR = """
def weighted_error(y_true, y_pred):
    return 2.0 * tf.reduce_mean(tf.square(y_true - y_pred), axis=-1)
"""
CLOSURE = """
def weighted(weight):
    def loss(y_true, y_pred):
        return weight * tf.reduce_mean(tf.square(y_true - y_pred), axis=-1)
    return loss
"""
LOSS = """
class WeightedError(tf.keras.losses.Loss):

    def __init__(self, weight=1.0, name="weighted_error", **kwargs):
        super().__init__(name=name, **kwargs)
        self.weight = weight

    def call(self, y_true, y_pred):
        return self.weight * tf.reduce_mean(tf.square(y_true - y_pred), axis=-1)
""" + CONFIG.format("weight")
METRIC = """
class NearEnough(tf.keras.metrics.Metric):

    def __init__(self, width=1.0, name="near_enough", **kwargs):
        super().__init__(name=name, **kwargs)
        self.width = width
        self.hits = self.add_weight(name="hits", initializer="zeros")

    def update_state(self, y_true, y_pred, sample_weight=None):
        near = tf.cast(tf.abs(y_true - y_pred) < self.width, tf.float32)
        self.hits.assign_add(tf.reduce_sum(near))

    def result(self):
        return self.hits + 0.0
""" + CONFIG.format("width")
OPTIMIZER = """
class ScaledSGD(tf.keras.optimizers.SGD):

    def __init__(self, learning_rate=0.01, factor=1.0, name="ScaledSGD", **kwargs):
        super().__init__(learning_rate=learning_rate, name=name, **kwargs)
        self.factor = factor

    def apply_gradients(self, grads_and_vars, *args, **kwargs):
        scaled = [(gradient * self.factor, weight) for gradient, weight in grads_and_vars]
        return super().apply_gradients(scaled, *args, **kwargs)
""" + CONFIG.format("factor")
SCHEDULE = """
class Warmup(tf.keras.optimizers.schedules.LearningRateSchedule):

    def __init__(self, peak=0.1, steps=10.0):
        super().__init__()
        self.peak = peak
        self.steps = steps

    def __call__(self, step):
        return self.peak * tf.minimum(1.0, (tf.cast(step, tf.float32) + 1.0) / self.steps)

    def get_config(self):
        return {"peak": self.peak, "steps": self.steps}
"""
TRAINING = {
    "loss_function": ("weighted_error", ERROR, lambda keras, custom: {"loss": custom}),
    "loss_closure": ("weighted", CLOSURE, lambda keras, custom: {"loss": custom(2.0)}),
    "loss_class": ("WeightedError", LOSS, lambda keras, custom: {"loss": custom(2.0)}),
    "metric_function": ("weighted_error", ERROR, lambda keras, custom: {"metrics": [custom]}),
    "metric_class": ("NearEnough", METRIC, lambda keras, custom: {"metrics": [custom(0.5)]}),
    "optimizer": (
        *("ScaledSGD", OPTIMIZER),
        lambda keras, custom: {"optimizer": custom(0.05, factor=0.5)},
    ),
    "schedule": (
        *("Warmup", SCHEDULE),
        lambda keras, custom: {"optimizer": keras.optimizers.SGD(custom(0.1, steps=4.0))},
    ),
}
"""The name that the script defines, its code, and a function for the arguments of `compile`."""
