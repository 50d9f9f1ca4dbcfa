"""Which variables do the processes of an environment have? Nothing is inherited."""

from __future__ import annotations

from experiments.config.schema import Environment


def pinned_variables(environment: Environment) -> dict[str, str]:
    """Return a worker's whole process environment: what could make two runs differ is pinned.

    The worker's home and temporary folder are added where it is started; nothing is inherited.
    """
    return {
        "PATH": "/usr/local/bin:/usr/bin:/bin",
        "LANG": "C.UTF-8",
        "LC_ALL": "C.UTF-8",
        "TZ": "UTC",
        "PYTHONHASHSEED": "0",
        "PYTHONNOUSERSITE": "1",
        "CUDA_VISIBLE_DEVICES": "-1",
        "TF_CPP_MIN_LOG_LEVEL": "1",
        "TF_ENABLE_ONEDNN_OPTS": "0",
        "TF_NUM_INTEROP_THREADS": "1",
        "TF_NUM_INTRAOP_THREADS": "1",
        "OMP_NUM_THREADS": "1",
        "OPENBLAS_NUM_THREADS": "1",
        "MKL_NUM_THREADS": "1",
        **environment.variables,
    }
