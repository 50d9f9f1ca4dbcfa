"""How does what is made from the published results get into a folder of its own?"""

from __future__ import annotations

import argparse
import shutil
import sys
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

from report.data import DataError


@dataclass(frozen=True)
class Product:
    """What is made: the command, what it is, where it goes, what to open, and how it is built.

    A folder that has other files and not `mark` is somebody else's and stays as it is.
    """

    command: str
    says: str
    out: Path
    first: Path
    mark: Path
    build: Callable[[Path], Mapping[Path, bytes]]

    def main(self, arguments: Sequence[str] | None = None) -> int:
        """Build from the command line; 2 means that the data or the folder are at fault."""
        parser = argparse.ArgumentParser(prog=self.command, description=self.says)
        parser.add_argument("--data", type=Path, default=Path("results/published"))
        parser.add_argument("--out", type=Path, default=self.out)
        chosen = parser.parse_args(arguments)
        if _is_foreign(chosen.out, self.mark):
            fault = f"{chosen.out} has other files. Name an empty folder with --out."
            print(fault, file=sys.stderr)
            return 2
        try:
            files = self.build(chosen.data)
        except DataError as error:
            print(error, file=sys.stderr)
            return 2
        replace(chosen.out, files)
        size = sum(map(len, files.values())) / 1e6
        print(f"{len(files)} files, {size:.1f} MB; begin with {chosen.out / self.first}")
        return 0


def _is_foreign(folder: Path, mark: Path) -> bool:
    if not folder.exists():
        return False
    return not folder.is_dir() or (not (folder / mark).exists() and any(folder.iterdir()))


def replace(folder: Path, files: Mapping[Path, bytes]) -> None:
    """Have a folder hold these files and no other."""
    shutil.rmtree(folder, ignore_errors=True)
    for name, content in files.items():
        (folder / name).parent.mkdir(parents=True, exist_ok=True)
        (folder / name).write_bytes(content)
