"""Where is the browser with which the site is tried?"""

from __future__ import annotations

import os
import shutil

from playwright.sync_api import Browser, Playwright

VARIABLE = "KERAS_LOAD_MATRIX_CHROMIUM"
"""Names the program where it is not on PATH under one of its usual names."""
NAMES = ("chromium", "chromium-browser", "google-chrome")


def program() -> str:
    """Return the path of Chromium; nothing if there is none."""
    given = os.environ.get(VARIABLE)
    found = (shutil.which(name) for name in NAMES)
    return given or next(filter(None, found), "")


def launched(playwright: Playwright) -> Browser:
    """Start Chromium; as root, as in a container, it has no sandbox."""
    options = ["--disable-gpu"] + (["--no-sandbox"] if os.geteuid() == 0 else [])
    return playwright.chromium.launch(executable_path=program() or None, args=options)
