"""Writes products of the published results into a folder, for every command that makes one.

Exit status: 0; 1 if the files could not be written; 2 if the data or the folder are at fault.
"""

from __future__ import annotations

import argparse
import shutil
import sys
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

from report.read.cells import DataError


def attempted(out: Path, work: Callable[[], str]) -> int:
    """Carry out work that writes to `out`; print its report or the reason why it failed."""
    try:
        print(work())
    except DataError as fault:
        print(fault, file=sys.stderr)
        return 2
    except OSError as error:
        print(f"{out}: {error}. Make room, or name another folder with --out.", file=sys.stderr)
        return 1
    return 0


def write(folder: Path, files: Mapping[Path, bytes]) -> None:
    """Put files into a folder."""
    for name, content in files.items():
        (folder / name).parent.mkdir(parents=True, exist_ok=True)
        (folder / name).write_bytes(content)


@dataclass(frozen=True)
class Product:
    """A product: its command, description, folder, first file, and the function that builds it.

    A folder that holds files but not `mark` belongs to somebody else, and is not touched.
    """

    command: str
    says: str
    out: Path
    first: Path
    mark: Path
    build: Callable[[Path], Mapping[Path, bytes]]

    def main(self, arguments: Sequence[str] | None = None) -> int:
        """Build from the command line; return the exit status."""
        parser = argparse.ArgumentParser(prog=self.command, description=self.says)
        parser.add_argument("--data", type=Path, default=Path("results/published"))
        parser.add_argument("--out", type=Path, default=self.out)
        options = parser.parse_args(arguments)
        return attempted(options.out, lambda: self._built(options.data, options.out))

    def _built(self, data: Path, out: Path) -> str:
        if _is_foreign(out, self.mark):
            raise DataError(f"{out} has other files. Name an empty folder with --out.")
        files = self.build(data)
        replace(out, files)
        size = sum(map(len, files.values())) / 1e6
        return f"{len(files)} files, {size:.1f} MB; begin with {out / self.first}"


def _is_foreign(folder: Path, mark: Path) -> bool:
    if not folder.exists():
        return False
    return not folder.is_dir() or (not (folder / mark).exists() and any(folder.iterdir()))


def replace(folder: Path, files: Mapping[Path, bytes]) -> None:
    """Replace the contents of a folder by these files."""
    shutil.rmtree(folder, ignore_errors=True)
    write(folder, files)
