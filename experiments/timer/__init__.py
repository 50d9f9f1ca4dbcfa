"""How long does a load take inside the environment under test, and how long its floor?

Like the worker, everything here is Python 3.7, standard library, NumPy and h5py. A turn is a forked
child of an idle process that has imported TensorFlow; `turn` goes through it, `floor` reads and
writes the same bytes without Keras, `stopwatch` times a call, `pages` sees to the page cache,
`memory` to the peak, `profile` says where a call spends its time.
"""
