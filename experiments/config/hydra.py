"""Have Hydra compose files of configuration and parse what the command line changes in them."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
from typing import Any

import yaml
from hydra import compose as compose_config
from hydra import initialize_config_dir
from hydra.core.global_hydra import GlobalHydra
from hydra.core.override_parser.overrides_parser import OverridesParser
from hydra.errors import HydraException
from omegaconf import OmegaConf
from omegaconf.errors import OmegaConfBaseException

from experiments.config.faults import first_line

REFUSALS = (HydraException, OmegaConfBaseException, yaml.YAMLError, ValueError, OSError)
"""The errors that reading and composing a file may raise."""


class CompositionError(ValueError):
    """Raised for files or overrides that Hydra refuses; the text is the first line of its error."""


def compose(root: Path, name: str, overrides: Sequence[str] = ()) -> dict[Any, Any]:
    """Return `root/configs/NAME.yaml` with the files it builds on and with the overrides."""
    GlobalHydra.instance().clear()
    try:
        with initialize_config_dir(str(root / "configs"), version_base="1.3"):
            composed = compose_config(config_name=name, overrides=list(overrides))
        content = OmegaConf.to_container(composed, resolve=True)
    except REFUSALS as error:
        raise CompositionError(first_line(error)) from None
    assert isinstance(content, dict)
    return content


def override_value(word: str) -> Any:
    """Return the value in an override `KEY=VALUE`, as Hydra parses it."""
    try:
        return OverridesParser.create().parse_override(word).value()
    except HydraException as error:
        raise CompositionError(first_line(error)) from None
