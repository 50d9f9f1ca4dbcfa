"""A lambda was compiled by one Python and is loaded by another: does it compute what it did?

A file holds byte code, which differs between Pythons, or only the name of a named function. One
release stands for each Python. Code is trusted as in `lambda_trusted`.

Reports: https://github.com/tensorflow/tensorflow/issues/56403,
https://github.com/keras-team/keras/issues/14875,
https://github.com/SeldonIO/alibi-detect/issues/321
"""

from experiments.scenarios import _lambdas
from experiments.scenarios._lambdas import LAYER


class Scenario(_lambdas.LambdaScenario):
    """A case is code that Pythons compile in different ways, or a named function."""

    SCRIPTS = {
        "arithmetic": _lambdas.EXPRESSION,
        "index": LAYER("lambda x: x[:, ::2]"),
        "call": LAYER("lambda x: abs(x)"),
        "named": _lambdas.NAMED,
    }

    def arrange(self, tf, cell):
        if cell["api"] == "load_model":
            _lambdas.trust(tf)

    def custom_objects(self, tf, cell):
        return _lambdas.halved(tf) if cell["case"] == "named" else None
