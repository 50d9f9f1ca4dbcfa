"""Carries one cell out inside the environment under test.

`serve` forks a child for each request and watches it. In the child, `cell` goes through the phases:
`values` fills a model and reads it, `reference` compares a loaded model with the saver's, `release`
is TensorFlow. `ends` turns the end of a child into its reply, `blame` decides whose fault an
exception is, and `limits` bounds the share of the machine that a cell may take. Everything here is
Python 3.7 and uses the standard library, NumPy and h5py alone.
"""
