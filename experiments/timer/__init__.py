"""Time loads and saves inside the environment under test, and the raw reads of the same bytes.

Like the worker, this package is Python 3.7, standard library, NumPy and h5py. A turn is a forked
child of an idle process that has imported TensorFlow. `turn` carries it out, `author` builds and
saves the model, `load` times a way to load it, `raw_read` reads and writes the same bytes without
Keras. `stopwatch` times a call, `pace` measures the speed of the machine, `pages` controls the page
cache, `memory` measures the peak, `profile` divides the time of a call among its parts.
"""
