"""Does training go on from the same point after loading, with every optimizer?

`resumed_training` has Adam and SGD with momentum. These cases have the other optimizers, arguments
that add slots to an optimizer, and schedules of the learning rate.
"""

from experiments.scenarios import _trained, need
from experiments.scenarios._arguments import call_or_skip


class Scenario(_trained.Trained):
    """A case is an optimizer."""

    OPTIMIZERS = {
        "rmsprop": lambda kinds: kinds.RMSprop(0.05),
        "adagrad": lambda kinds: kinds.Adagrad(0.05),
        "adadelta": lambda kinds: kinds.Adadelta(0.05),
        "adamax": lambda kinds: kinds.Adamax(0.05),
        "nadam": lambda kinds: kinds.Nadam(0.05),
        "ftrl": lambda kinds: kinds.Ftrl(0.05),
        "adamw": lambda kinds: need(kinds, "AdamW", "experimental.AdamW")(0.05),
        "adam_legacy": lambda kinds: need(kinds, "legacy.Adam")(0.05),
        "adam_clipnorm": lambda kinds: kinds.Adam(0.05, clipnorm=0.1),
        "adam_average": lambda kinds: call_or_skip(kinds.Adam, 0.05, use_ema=True),
        "adam_weight_decay": lambda kinds: call_or_skip(kinds.Adam, 0.05, weight_decay=0.01),
        "sgd_nesterov": lambda kinds: kinds.SGD(0.1, momentum=0.9, nesterov=True),
        "piecewise": lambda kinds: kinds.SGD(
            kinds.schedules.PiecewiseConstantDecay([1, 3], [0.1, 0.05, 0.01])
        ),
        "polynomial": lambda kinds: kinds.SGD(kinds.schedules.PolynomialDecay(0.1, 10, 0.01)),
        "cosine": lambda kinds: kinds.SGD(need(kinds, "schedules.CosineDecay")(0.1, 10)),
    }
