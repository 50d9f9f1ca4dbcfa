"""Do a config file and a code file make a new scenario?"""

from __future__ import annotations

import re
from pathlib import Path

import pytest
from repository import Copy

CONFIG = """\
question: Does a layer that is not trained keep its weights?
cause: none
expected: load
pairs: diagonal
formats:
  h5: [load_model, load_weights]
cases:
  frozen:
"""
CODE = '''\
"""Does a layer that is not trained keep its weights?"""

from experiments.scenarios import BaseScenario, uniform


class Scenario(BaseScenario):
    """A model whose first layer is frozen."""

    def build(self, tf, cell):
        layers = tf.keras.layers
        first = layers.Dense(4, input_shape=(3,))
        first.trainable = False
        return tf.keras.Sequential([first, layers.Dense(2)])

    def inputs(self, cell):
        return [uniform(5, 3)]
'''


@pytest.fixture
def copy(tmp_path: Path) -> Copy:
    copy = Copy(tmp_path)
    copy.write("configs/scenario/frozen_layer.yaml", CONFIG)
    copy.write("experiments/scenarios/frozen_layer.py", CODE)
    return copy


def test_two_files_are_planned_in_every_release(copy: Copy) -> None:
    files = (copy.folder / "configs/environment").glob("*.yaml")
    releases = sum("variant_of" not in file.read_text() for file in files)
    output = copy.run("matrix", "--dry-run", "scenario=[frozen_layer]")
    total = re.search(r"^in all +(\d+) +(\d+) +of (\d+) cells$", output, re.MULTILINE)
    assert total is not None, output
    assert [int(number) for number in total.groups()] == [releases, 2 * releases, 2 * releases]


def test_a_single_file_of_a_scenario_is_a_fault(copy: Copy) -> None:
    (copy.folder / "configs/scenario/frozen_layer.yaml").unlink()
    output = copy.run("matrix", "--dry-run", status=2)
    assert "experiments/scenarios/frozen_layer.py: this scenario has no configuration" in output
    copy.write("configs/scenario/frozen_layer.yaml", CONFIG)
    (copy.folder / "experiments/scenarios/frozen_layer.py").unlink()
    output = copy.run("matrix", "--dry-run", status=2)
    assert "configs/scenario/frozen_layer.yaml" in output


@pytest.mark.real
def test_two_files_are_run_and_recorded(copy: Copy) -> None:
    copy.run("matrix", "scenario=[frozen_layer]", "environment=[tf-2.4,tf-2.21]")
    assert [(row["cell"], row["verdict"]) for row in copy.rows()] == [
        (f"frozen_layer/frozen/h5/{api}/{name}/{name}", "works")
        for api in ("load_model", "load_weights")
        for name in ("tf-2.21", "tf-2.4")
    ]
