"""Define the faults, and the differences that the comparison must report for each.

The function of a fault gets TensorFlow and the loaded model. It changes the model or returns a
new model.
"""

# mypy: ignore-errors
# ruff: noqa: B905 -- Python 3.7 knows no strict zip

import models
import numpy

FAULTS = []
"""Tuples `(function, kind of model, differences)`.

The comparison must report exactly these differences. With `next_step` it may also report
`optimizer`, because a step with another gradient leaves other slots.
"""


def fault(differences, kind="trained"):
    def add(function):
        FAULTS.append((function, kind, differences))
        return function

    return add


def change(variable, function):
    """Assign to a variable the function of its value."""
    value = variable.numpy()
    variable.assign(numpy.asarray(function(value.copy())).astype(value.dtype))


def recompile(tf, model, **changed):
    """Compile again with the model's optimizer and with changed arguments."""
    arguments = {"loss": tf.keras.losses.MeanSquaredError(), "metrics": ["mae"]}
    model.compile(optimizer=model.optimizer, **dict(arguments, **changed))


def slots(model):
    variables = model.optimizer.variables
    variables = variables() if callable(variables) else variables
    return [variable for variable in variables if len(variable.shape)]


@fault("weights")
def weight_off_in_the_last_bit(tf, model):
    def nudge(value):
        value[1, 2] = numpy.nextafter(value[1, 2], numpy.float32(9))
        return value

    change(model.layers[0].kernel, nudge)


@fault("weights+predictions")
def kernel_transposed(tf, model):
    change(model.layers[2].kernel, numpy.transpose)


@fault("predictions")
def kernels_of_two_layers_swapped(tf, model):
    first, second = model.layers[2].kernel, model.layers[3].kernel
    values = first.numpy(), second.numpy()
    second.assign(values[0])
    first.assign(values[1])


@fault("weights+predictions")
def bias_dropped(tf, model):
    change(model.layers[0].bias, numpy.zeros_like)


@fault("weights+predictions")
def one_row_of_a_kernel_zeroed(tf, model):
    def zero(value):
        value[0] = 0
        return value

    change(model.layers[-1].kernel, zero)


@fault("weights")
def dtype_narrowed_on_the_way(tf, model):
    def narrow(value):
        value[0, 0] = numpy.float16(value[0, 0])
        return value

    change(model.layers[0].kernel, narrow)


@fault("weights+predictions")
def layer_left_at_its_initial_values(tf, model):
    drawn = numpy.random.RandomState(3)
    change(model.layers[3].kernel, lambda value: drawn.uniform(-1, 1, value.shape))


@fault("predictions+state")
def moving_mean_reset(tf, model):
    change(model.layers[1].moving_mean, numpy.zeros_like)


@fault("predictions+state")
def moving_variance_reset(tf, model):
    change(model.layers[1].moving_variance, numpy.ones_like)


@fault("predictions")
def moving_mean_and_variance_exchanged(tf, model):
    layer = model.layers[1]
    mean, variance = layer.moving_mean.numpy(), layer.moving_variance.numpy()
    layer.moving_mean.assign(variance)
    layer.moving_variance.assign(mean)


@fault("weights+predictions", kind="embedding")
def vocabulary_of_an_embedding_shuffled(tf, model):
    change(model.layers[0].embeddings, lambda value: value[::-1])


@fault("predictions")
def activation_replaced(tf, model):
    model.layers[0].activation = tf.keras.activations.tanh


@fault("predictions")
def epsilon_changed(tf, model):
    model.layers[1].epsilon = 0.1


@fault("next_step")
def momentum_of_the_averages_changed(tf, model):
    model.layers[1].momentum = 0.1


@fault("next_step", kind="dropout")
def dropout_forgotten(tf, model):
    model.layers[1].rate = 0.0


@fault("next_step+optimizer")
def layer_frozen(tf, model):
    model.layers[0].trainable = False
    recompile(tf, model)


@fault("optimizer+next_step")
def steps_of_the_optimizer_lost(tf, model):
    model.optimizer.iterations.assign(0)


@fault("optimizer+next_step")
def slots_of_the_optimizer_lost(tf, model):
    for variable in slots(model):
        change(variable, numpy.zeros_like)


@fault("optimizer+next_step")
def one_slot_off(tf, model):
    change(slots(model)[0], lambda value: value + 0.01)


@fault("optimizer+next_step")
def learning_rate_reset(tf, model):
    model.optimizer.learning_rate = 0.01


@fault("optimizer+next_step")
def optimizer_replaced(tf, model):
    model.compile("sgd", loss=tf.keras.losses.MeanSquaredError(), metrics=["mae"])


@fault("optimizer+next_step")
def decay_rate_of_the_optimizer_changed(tf, model):
    model.optimizer.beta_1 = 0.1


@fault("compile")
def loss_replaced(tf, model):
    recompile(tf, model, loss=tf.keras.losses.MeanAbsoluteError())


@fault("compile")
def metric_lost(tf, model):
    recompile(tf, model, metrics=[])


@fault("compile")
def model_not_compiled(tf, model):
    copy = tf.keras.Sequential.from_config(model.get_config())
    copy.set_weights(model.get_weights())
    return copy


@fault("compile")
def loss_weighted_otherwise(tf, model):
    recompile(tf, model, loss_weights=[0.5])


@fault("predictions", kind="vocabulary")
def vocabulary_of_a_lookup_shuffled(tf, model):
    copy = models.vocabulary(tf, words=models.WORDS[::-1])
    for target, source in zip(copy.layers[-3:], model.layers[-3:]):  # all layers after the lookup
        target.set_weights(source.get_weights())
    return copy


@fault("predictions+dtype", kind="plain")
def computes_in_half_precision(tf, model):
    copy = models.plain(tf, dtype="mixed_float16")
    copy.set_weights(model.get_weights())
    return copy
