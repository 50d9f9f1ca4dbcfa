"""Does a model of each kind of attention come back, in its own release and in others?"""

import numpy

from experiments.scenarios import _kinds, uniform


def sequences():
    """Queries of four steps, values of five."""
    return [uniform(4, 4, 6), uniform(4, 5, 6)]


def masked():
    """One sequence that attends to itself, and a mask of the steps that each step may see."""
    return [uniform(4, 4, 6), numpy.tril(numpy.ones((4, 4, 4), "float32"))]


def pictures():
    """Pictures of two by three, for attention along both axes."""
    return [uniform(4, 2, 3, 6)]


class Scenario(_kinds.LayerKinds):
    """One layer of its kind, from queries to values."""

    CASES = {
        "dot_product": (sequences, lambda layers, q, v: layers.Attention(use_scale=True)([q, v])),
        "additive": (sequences, lambda layers, q, v: layers.AdditiveAttention()([q, v])),
        "multi_head": (sequences, lambda layers, q, v: layers.MultiHeadAttention(2, 3)(q, v)),
        "self_attention": (
            lambda: sequences()[:1],
            lambda layers, q: layers.MultiHeadAttention(2, 3)(q, q),
        ),
        "attention_mask": (
            masked,
            lambda layers, q, mask: layers.MultiHeadAttention(2, 3)(q, q, attention_mask=mask),
        ),
        "two_axes": (
            pictures,
            lambda layers, q: layers.MultiHeadAttention(2, 3, attention_axes=(1, 2))(q, q),
        ),
        "grouped_query": (
            sequences,
            lambda layers, q, v: layers.GroupQueryAttention(3, 4, 2)(q, v),
        ),
        "einsum_dense": (
            lambda: sequences()[:1],
            lambda layers, q: layers.EinsumDense("abc,cd->abd", (None, 3), bias_axes="d")(q),
        ),
    }
