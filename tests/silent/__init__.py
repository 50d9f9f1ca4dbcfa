"""Plant faults that raise no error in loaded models, to test the comparison of reference values.

`faults` lists the faults, each with the differences that the comparison must report. `models`
builds the models. `plant` runs inside an environment (Python 3.7), each fault in a process of its
own.
"""
