"""Does a model of each kind of recurrent layer come back, in its own release and in others?

Reports: https://github.com/tensorflow/tensorflow/issues/37741 (initial states),
https://github.com/jongwon-han/RPNet/issues/1 (LSTM of Keras 2 in Keras 3),
https://github.com/keras-team/keras/issues/19898 (Bidirectional)
"""

from experiments.scenarios import _kinds, _models, uniform


def sequences():
    """Four sequences of six steps."""
    return [uniform(4, 6, 3)]


def padded():
    """Sequences whose last two steps are zeros, which the model masks."""
    steps = uniform(4, 6, 3)
    steps[:, 4:] = 0.0
    return [steps]


def with_states():
    """Sequences, and the two states that an LSTM starts from."""
    return [uniform(4, 6, 3), uniform(4, 5), uniform(4, 5)]


def words():
    """Four sentences of six words; zero is no word."""
    return [_models.tokens(4, 6)]


def films():
    """Two films of three pictures."""
    return [uniform(2, 3, 6, 6, 2)]


def lstm(layers, x):
    """An LSTM, all of its steps."""
    return layers.LSTM(5, return_sequences=True)(x)


def bidirectional(layers, x, kind, **arguments):
    """A layer of this kind in both directions."""
    return layers.Bidirectional(getattr(layers, kind)(4), **arguments)(x)


def stacked(layers, x):
    """Both directions, twice."""
    for steps in (True, False):
        x = layers.Bidirectional(layers.LSTM(4, return_sequences=steps))(x)
    return x


def backward_layer(layers, x):
    """Another layer in each direction."""
    backward = layers.GRU(4, go_backwards=True)
    return layers.Bidirectional(layers.LSTM(4), backward_layer=backward)(x)


class Scenario(_kinds.LayerKinds):
    """A case is one layer of its kind; some take a mask or states from another layer or input."""

    CASES = {
        "simple_rnn": (sequences, lambda layers, x: layers.SimpleRNN(5)(x)),
        "lstm": (sequences, lstm),
        "lstm_return_state": (sequences, lambda layers, x: layers.LSTM(5, return_state=True)(x)),
        "lstm_initial_state": (
            with_states,
            lambda layers, x, h, c: layers.LSTM(5)(x, initial_state=[h, c]),
        ),
        "gru": (sequences, lambda layers, x: layers.GRU(5)(x)),
        "gru_reset_before": (sequences, lambda layers, x: layers.GRU(5, reset_after=False)(x)),
        "bidirectional": (sequences, lambda layers, x: bidirectional(layers, x, "LSTM")),
        "bidirectional_gru": (sequences, lambda layers, x: bidirectional(layers, x, "GRU")),
        "bidirectional_sum": (
            sequences,
            lambda layers, x: bidirectional(layers, x, "LSTM", merge_mode="sum"),
        ),
        "bidirectional_stacked": (sequences, stacked),
        "bidirectional_backward": (sequences, backward_layer),
        "masking": (padded, lambda layers, x: lstm(layers, layers.Masking()(x))),
        "masking_gru": (
            padded,
            lambda layers, x: layers.GRU(5, reset_after=False)(layers.Masking()(x)),
        ),
        "embedding_mask": (
            words,
            lambda layers, x: lstm(layers, layers.Embedding(11, 3, mask_zero=True)(x)),
        ),
        "stacked_cells": (
            sequences,
            lambda layers, x: layers.RNN([layers.LSTMCell(4), layers.GRUCell(3)])(x),
        ),
        "conv_lstm": (films, lambda layers, x: layers.ConvLSTM2D(2, 3)(x)),
        "time_distributed": (
            sequences,
            lambda layers, x: layers.TimeDistributed(layers.Dense(4))(x),
        ),
        "time_distributed_conv": (
            films,
            lambda layers, x: layers.TimeDistributed(layers.Conv2D(2, 3))(x),
        ),
    }
