"""Find and start the browser for the tests of the site."""

from __future__ import annotations

import os
import shutil

from playwright.sync_api import Browser, Playwright

VARIABLE = "KERAS_LOAD_MATRIX_CHROMIUM"
"""The variable that names the program if PATH has none of the usual names."""
NAMES = ("chromium", "chromium-browser", "google-chrome")


def program() -> str:
    """Return the path of Chromium; empty without one."""
    paths = (shutil.which(name) for name in NAMES)
    return os.environ.get(VARIABLE) or next(filter(None, paths), "")


def launched(playwright: Playwright) -> Browser:
    """Start Chromium, for root without its sandbox, which containers do not allow."""
    options = ["--disable-gpu"] + (["--no-sandbox"] if os.geteuid() == 0 else [])
    return playwright.chromium.launch(executable_path=program() or None, args=options)
