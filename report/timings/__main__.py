"""Write the page of the timings alone: `python -m report.timings --data RECORDS --out FOLDER`."""

from __future__ import annotations

import argparse
import sys
from pathlib import Path

from report.data import DataError
from report.timings.pages import build


def main() -> int:
    """Build from the command line; 2 means that the data are not what the contract promises."""
    parser = argparse.ArgumentParser(prog="python -m report.timings", description=__doc__)
    parser.add_argument("--data", type=Path, required=True)
    parser.add_argument("--out", type=Path, required=True)
    chosen = parser.parse_args()
    try:
        files = build(chosen.data)
    except DataError as fault:
        print(fault, file=sys.stderr)
        return 2
    for name, content in files.items():
        (chosen.out / name).parent.mkdir(parents=True, exist_ok=True)
        (chosen.out / name).write_bytes(content)
    print(f"{len(files)} files written to {chosen.out}")
    return 0


if __name__ == "__main__":
    sys.exit(main())
