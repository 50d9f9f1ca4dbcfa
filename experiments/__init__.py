"""How Keras save and load cells are planned, run and recorded.

Nothing is imported here: the package is also entered by the worker, inside environments that have
neither Hydra nor pandas, down to Python 3.7.
"""
