"""How is one cell carried out inside the environment under test?

Everything here runs in that environment: Python 3.7 syntax, standard library, NumPy and h5py only.
`serve` forks a child per request and watches it, `loops` tells an endless loop from a slow machine,
`cell` goes through the phases in that child, `portrait` says what can be seen of a model, `oracle`
what the loader's has otherwise than the saver's, `release` is TensorFlow.
"""
