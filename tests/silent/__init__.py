"""Does the oracle see what raises nothing? Faults planted between saver and loader.

`faults` is the list: what is done to a loaded model, and under which name it must be found. `plant`
carries it out inside an environment (Python 3.7), each fault in a process of its own.
"""
