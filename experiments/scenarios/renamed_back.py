"""A file with a misleading name gets the name of its format. Does it load then?

A way out for files of releases that wrote HDF5 under `.keras`, weights by layer under
`.weights.h5`, or HDF5 under no ending at all.

Reports: https://github.com/keras-team/keras/issues/20259,
https://github.com/nicknochnack/LipNet/issues/16
"""

from experiments.scenarios import Skip, _files


def hdf5(path):
    """Give an HDF5 file the ending `.h5`."""
    return _files.renamed(_files.need_hdf5(path), _files.STEM + ".h5")


def weights_by_layer(path):
    """Give weights that are laid out by layer the ending `.h5`."""
    if not _files.by_layer(path):
        raise Skip("this release lays out the weights as the name says")
    return _files.renamed(path, _files.STEM + ".h5")


CASES = {
    "hdf5_named_keras": (".keras", lambda model, path: model.save(path), hdf5),
    "hdf5_without_ending": ("", lambda model, path: model.save(path, save_format="h5"), hdf5),
    "weights_named_weights_h5": (
        ".weights.h5",
        lambda model, path: model.save_weights(path),
        weights_by_layer,
    ),
    "weights_named_keras": (".keras", lambda model, path: model.save_weights(path), hdf5),
    "weights_without_ending": (
        "",
        lambda model, path: model.save_weights(path, save_format="h5"),
        hdf5,
    ),
}
"""The ending of the saved name, the call that saves, and the function that renames."""


class Scenario(_files.PlainModel):
    """A case is a kind of file, and the ending under which it was saved."""

    def file_name(self, cell):
        return _files.STEM + CASES[cell["case"]][0]

    def save(self, tf, model, path, cell):
        CASES[cell["case"]][1](model, path)

    def prepare(self, path, cell):
        return CASES[cell["case"]][2](path)
