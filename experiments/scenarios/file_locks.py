"""A file that is still open, here or in another program, is loaded or saved over. Does that work?

HDF5 locks each file that it opens: several programs may read it, or one may write it. A load should
be refused only during a write, and a refused save should leave the old file.
Report: https://github.com/douglas125/SpeechCmdRecognition/issues/1
"""

import os

import h5py

from experiments.scenarios import _files, _machine


def locks_off():
    """Set the variable that users advise against errors about locks, after Keras was imported."""
    os.environ["HDF5_USE_FILE_LOCKING"] = "FALSE"


class Scenario(_files.PlainModel):
    """Not compiled. The scenario holds the file, or the program that does, until the cell ends."""

    def save(self, tf, model, path, cell):
        plainly = super(Scenario, self).save
        plainly(tf, model, path, cell)
        if cell["case"] == "saved_over_open_here":
            with h5py.File(path, "r"):
                plainly(tf, model, path, cell)
        elif cell["case"].startswith("saved_over"):
            reader = _machine.Holder(path, "r")
            if cell["case"].endswith("locks_off"):
                locks_off()
            try:
                plainly(tf, model, path, cell)
            except OSError:
                if not cell["case"].endswith("refused"):
                    raise
            finally:
                reader.release()

    def prepare(self, path, cell):
        case = cell["case"]
        if case.startswith("read_by_other"):
            self.holder = _machine.Holder(path, "r")
        elif case.startswith("written_by_other"):
            self.holder = _machine.Holder(path, "a")
        elif case == "open_here":
            self.holder = h5py.File(path, "a")
        if case.endswith("locks_off"):
            locks_off()
        return path
