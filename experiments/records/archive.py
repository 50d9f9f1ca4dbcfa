"""Puts code, data, report, site and paper into one zip archive, to be deposited under a DOI.

The archive holds all committed files, the products built from them, and checksums. Its entries have
no date and no compression, so every machine writes the same bytes for a commit, whichever zlib it
has.
"""

from __future__ import annotations

import hashlib
import io
import subprocess
import sys
import tarfile
import tempfile
import zipfile
from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path

from rich.console import Console

from experiments.config.faults import ConfigFaultsError, Fault
from experiments.config.schema import ROOT
from results import storage
from results.contract.version import SUITE_VERSION

NAME = f"keras-load-matrix-{SUITE_VERSION}"
ARCHIVE = Path("build") / f"{NAME}.zip"
BUILT = {"site": "report.site", "paper": "report.products.paper"}
"""The products in the archive, and the module that builds each."""
MANIFEST = "MANIFEST"
EPOCH = (1980, 1, 1, 0, 0, 0)
"""The first date that a zip archive can have; it stands for no date."""
EXECUTABLE, PLAIN = 0o755, 0o644


def run(words: Sequence[str], console: Console) -> int:
    """Write the archive of the commit; print its path, size and checksum."""
    faults = list(_faults())
    if faults:
        raise ConfigFaultsError(faults)
    content = archive(dict(_files()))
    storage.write_bytes(ROOT / ARCHIVE, content)
    console.print(f"{ARCHIVE}: {len(content) / 1e6:.1f} MB", highlight=False)
    console.print(f"sha256 {hashlib.sha256(content).hexdigest()}", highlight=False, soft_wrap=True)
    return 0


def _faults() -> Iterator[Fault]:
    answer = subprocess.run(
        ["git", "status", "--porcelain"], cwd=ROOT, capture_output=True, text=True, check=False
    )
    if answer.returncode:
        yield Fault("archive", "this is no clone of the repository", "Archive from a clone.")
    for line in answer.stdout.splitlines():
        yield Fault(line[3:], "is not committed", "Commit or remove it, then archive.")


def _files() -> Iterator[tuple[str, tuple[bytes, int]]]:
    """Return path, content and mode of every file of the archive."""
    tar = subprocess.run(
        ["git", "archive", "--format=tar", "HEAD"], cwd=ROOT, capture_output=True, check=True
    )
    with tarfile.open(fileobj=io.BytesIO(tar.stdout)) as committed:
        for member in committed:
            content = committed.extractfile(member)
            if content is not None:
                yield member.name, (content.read(), EXECUTABLE if member.mode & 0o100 else PLAIN)
    with tempfile.TemporaryDirectory(prefix="archive-") as folder:
        for name, module in BUILT.items():
            out = Path(folder) / name
            command = [sys.executable, "-m", module, "--out", str(out)]
            subprocess.run(command, cwd=ROOT, check=True, stdout=subprocess.DEVNULL)
            for path in sorted(out.rglob("*")):
                if path.is_file():
                    yield path.relative_to(folder).as_posix(), (path.read_bytes(), PLAIN)


def archive(files: Mapping[str, tuple[bytes, int]]) -> bytes:
    """Return a zip archive of files and of the list of their checksums, in any order."""
    contents = dict(files)
    contents[MANIFEST] = (manifest({name: content for name, (content, _) in files.items()}), PLAIN)
    stream = io.BytesIO()
    with zipfile.ZipFile(stream, "w", zipfile.ZIP_STORED) as target:
        for name, (content, mode) in sorted(contents.items()):
            entry = zipfile.ZipInfo(f"{NAME}/{name}", EPOCH)
            entry.create_system = 3  # Unix, whose modes it has
            entry.external_attr = (0o100000 | mode) << 16
            target.writestr(entry, content)
    return stream.getvalue()


def manifest(files: Mapping[str, bytes]) -> bytes:
    """List the checksums of files, as `sha256sum --check` reads them."""
    lines = (f"{hashlib.sha256(files[name]).hexdigest()}  {name}\n" for name in sorted(files))
    return "".join(lines).encode("utf-8")
