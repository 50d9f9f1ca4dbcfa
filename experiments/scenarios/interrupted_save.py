"""A save ends early: the disk is full, or the file too large. Is the incomplete file refused?

In `disk_full` and `file_limit` the cell ends with the error of the save. In the other cases the
program catches it and goes on, as training may, and the incomplete file is loaded.
"""

import atexit
import errno
import os

from experiments.scenarios import FILE_NAMES, BaseScenario, _machine, uniform

STEM, FOLDER = "classifier", "disk"
WIDTH = 64
ROOM_KIB = WIDTH * WIDTH * 4 // 1024 + 8
"""Room for one of two kernels, and for the beginning of the other."""

SEEN = ("disk_full", "file_limit")
"""The cases in which the program does not catch the error."""


class Scenario(BaseScenario):
    """Two layers wide enough that the file ends among their weights; not compiled."""

    PROVOKED = (errno.ENOSPC,)
    MOUNTS = True

    def build(self, tf, cell):
        if cell["case"].startswith("disk_full"):
            _machine.mount_small(FOLDER, ROOM_KIB)
        return self.rebuild(tf, cell)

    def rebuild(self, tf, cell):
        dense = tf.keras.layers.Dense
        return tf.keras.Sequential([dense(WIDTH, input_shape=(WIDTH,)), dense(WIDTH)])

    def inputs(self, cell):
        return [uniform(4, WIDTH)]

    def file_name(self, cell):
        return FILE_NAMES[cell["format"]].replace("model", STEM)

    def save(self, tf, model, path, cell):
        case = cell["case"]
        plainly = super(Scenario, self).save
        try:
            if case.startswith("disk_full"):
                with _machine.brought_out(FOLDER):
                    plainly(tf, model, os.path.join(FOLDER, path), cell)
            else:
                with _machine.file_size_limit(ROOM_KIB * 1024):
                    plainly(tf, model, path, cell)
        except Exception as error:
            if not case.endswith("let_go"):
                self.error = error  # has the open file; freed, HDF5 closes it again and may crash
                atexit.register(os._exit, 0)  # as it does at the end
            if case in SEEN:
                raise
