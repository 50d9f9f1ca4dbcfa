"""Does a model of each kind of attention come back, in its own release and in others?"""

from experiments.scenarios import _kinds, uniform


def sequences():
    """Queries of four steps, values of five."""
    return [uniform(4, 4, 6), uniform(4, 5, 6)]


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
    }
