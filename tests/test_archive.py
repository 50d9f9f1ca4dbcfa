"""Is the archive complete, and the same bytes each time?"""

from __future__ import annotations

import hashlib
import io
import random
import subprocess
import zipfile
from pathlib import Path

import pytest
from rich.console import Console

from experiments.config.faults import ConfigFaultsError
from experiments.records import archive

FILES = {
    "README.md": (b"read me", archive.PLAIN),
    "run.sh": (b"#!/bin/sh", archive.EXECUTABLE),
    "results/published/cells.csv": (b"cell\n", archive.PLAIN),
}
BUILDS = """
import sys
from pathlib import Path
out = Path(sys.argv[sys.argv.index("--out") + 1])
out.mkdir(parents=True)
(out / "index.html").write_text("built")
"""


def opened(content: bytes) -> zipfile.ZipFile:
    return zipfile.ZipFile(io.BytesIO(content))


def test_the_archive_holds_all_files_with_their_modes_and_checksums() -> None:
    with opened(archive.archive(FILES)) as opened_archive:
        names = {name.removeprefix(f"{archive.NAME}/") for name in opened_archive.namelist()}
        assert names == {*FILES, archive.MANIFEST}
        lines = opened_archive.read(f"{archive.NAME}/{archive.MANIFEST}").decode().splitlines()
        digests = {name: digest for digest, _, name in (line.partition("  ") for line in lines)}
        for name, (content, mode) in FILES.items():
            entry = opened_archive.getinfo(f"{archive.NAME}/{name}")
            assert opened_archive.read(entry) == content
            assert entry.external_attr >> 16 & 0o777 == mode
            assert digests[name] == hashlib.sha256(content).hexdigest()


def test_neither_order_nor_time_changes_a_byte(monkeypatch: pytest.MonkeyPatch) -> None:
    first = archive.archive(FILES)
    monkeypatch.setattr("time.time", lambda: 2e9)
    for seed in range(5):
        shuffled = random.Random(seed).sample(sorted(FILES.items()), len(FILES))
        assert archive.archive(dict(shuffled)) == first


@pytest.fixture
def clone(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A repository whose site and paper have one file each."""
    for module in archive.BUILT.values():
        path = tmp_path / f"{module.replace('.', '/')}.py"
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(BUILDS)
    (tmp_path / "README.md").write_text("read me")
    (tmp_path / "run.sh").write_text("#!/bin/sh")
    (tmp_path / "run.sh").chmod(0o755)
    (tmp_path / ".gitignore").write_text("/build/\n__pycache__/\n")
    git(tmp_path, "init", "--quiet")
    git(tmp_path, "add", ".")
    git(tmp_path, "commit", "--quiet", "--message", "one")
    monkeypatch.setattr(archive, "ROOT", tmp_path)
    return tmp_path


def git(folder: Path, *words: str) -> None:
    author = ("-c", "user.name=a", "-c", "user.email=a@b", "-c", "commit.gpgsign=false")
    subprocess.run(["git", *author, *words], cwd=folder, check=True, capture_output=True)


def test_the_archive_of_a_commit_is_the_same_bytes_twice(clone: Path) -> None:
    contents = []
    for _ in range(2):
        assert archive.run([], Console(quiet=True)) == 0
        contents.append((clone / archive.ARCHIVE).read_bytes())
    assert contents[0] == contents[1]
    with opened(contents[0]) as opened_archive:
        names = {name.removeprefix(f"{archive.NAME}/") for name in opened_archive.namelist()}
        assert {"README.md", "run.sh", "site/index.html", "paper/index.html"} <= names
        assert opened_archive.getinfo(f"{archive.NAME}/run.sh").external_attr >> 16 & 0o100


def test_an_uncommitted_file_stops_the_archive(clone: Path) -> None:
    (clone / "notes.txt").write_text("mine")
    with pytest.raises(ConfigFaultsError, match=r"notes\.txt"):
        archive.run([], Console(quiet=True))
    assert not (clone / archive.ARCHIVE).exists()


def test_a_folder_that_is_no_clone_is_a_fault(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(archive, "ROOT", tmp_path)
    monkeypatch.setenv("GIT_CEILING_DIRECTORIES", str(tmp_path.parent))
    with pytest.raises(ConfigFaultsError, match="no clone"):
        archive.run([], Console(quiet=True))
