"""A file that is still open, here or in another program, is loaded or saved over. Does that work?

HDF5 locks what it opens: several may read, or one may write. A file that is being written should be
refused, any other should load, and a save that is refused should leave what was there.
Report: https://github.com/douglas125/SpeechCmdRecognition/issues/1
"""

import os

import h5py

from experiments.scenarios import _files, _machine


def locks_off():
    """Do what is advised against errors about locks, in a program that has imported Keras."""
    os.environ["HDF5_USE_FILE_LOCKING"] = "FALSE"


class Scenario(_files.PlainModel):
    """Not compiled. What holds the file is kept with the scenario until the cell ends."""

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
