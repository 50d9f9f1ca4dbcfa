"""Do the minor releases of Keras 3 read each other's files, and those of the last Keras 2?

Each release writes arguments that the release before it does not know: `optional` of inputs,
`quantization_config` of dense layers and embeddings, `renorm` of batch normalisations.

Reports: https://github.com/keras-team/keras/issues/19577 (batch normalisation),
https://github.com/jongwon-han/RPNet/issues/1 (LSTM)
"""

from experiments.scenarios import _crossing


class Scenario(_crossing.Crossing):
    """A case is a model with one kind of layer that changed."""
