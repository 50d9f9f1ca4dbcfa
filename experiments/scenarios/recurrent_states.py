"""A recurrent layer starts from states of an input or another layer: does the model come back?

Reports: https://github.com/tensorflow/tensorflow/issues/37741
"""

from experiments.scenarios import _kinds, uniform


def sequences(states):
    """Return a function for sequences of six steps, and this number of initial states."""
    return lambda: [uniform(4, 6, 3)] + [uniform(4, 5)] * states


def encoder_decoder(layers, source, target):
    """A decoder that starts from the last states of an encoder."""
    states = layers.LSTM(5, return_state=True)(source)[1:]
    return layers.LSTM(5)(target, initial_state=states)


class Scenario(_kinds.LayerKinds):
    """The states are inputs of the model, or outputs of another layer."""

    CASES = {
        "lstm": (sequences(2), lambda layers, x, h, c: layers.LSTM(5)(x, initial_state=[h, c])),
        "gru": (sequences(1), lambda layers, x, h: layers.GRU(5)(x, initial_state=h)),
        "bidirectional": (
            sequences(4),
            lambda layers, x, *states: layers.Bidirectional(layers.LSTM(5))(
                x, initial_state=list(states)
            ),
        ),
        "encoder_decoder": (lambda: [uniform(4, 6, 3), uniform(4, 7, 3)], encoder_decoder),
    }
