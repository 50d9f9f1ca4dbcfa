"""Damages one file of a model, as `damage` of the request says.

The corruption campaign alone uses this scenario (configs/corruption.yaml), and draws the damages.
"""

from experiments.scenarios import _damages, _files, _fresh_memory, _repeatable


class Scenario(_files.PlainModel):
    """Damages the file after it was saved."""

    def save(self, tf, model, path, cell):
        super(Scenario, self).save(tf, model, path, cell)
        _repeatable.settle(tf, path)

    def prepare(self, path, cell):
        _fresh_memory.keep_none()
        if "fill" in cell:
            _fresh_memory.fill(cell["fill"])
        if cell["damage"]["do"] != "none":
            _damages.inflict(cell["damage"])
        return path
