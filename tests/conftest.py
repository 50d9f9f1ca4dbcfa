"""What tests share."""

from __future__ import annotations

from pathlib import Path

import pytest
from support import Tree, Workshop


@pytest.fixture
def tree(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> Tree:
    return Tree(tmp_path, monkeypatch, capsys)


@pytest.fixture
def workshop(tmp_path: Path) -> Workshop:
    return Workshop(tmp_path)
