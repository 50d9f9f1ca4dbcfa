"""Write the page of the timings alone: `python -m report.products.timings`."""

from __future__ import annotations

import argparse
import sys
from pathlib import Path

from report.products.building import attempted, write
from report.products.timing_page import build


def main() -> int:
    """Build from the command line; return the exit status of `building`."""
    parser = argparse.ArgumentParser(prog="python -m report.products.timings", description=__doc__)
    parser.add_argument("--data", type=Path, required=True)
    parser.add_argument("--out", type=Path, required=True)
    options = parser.parse_args()
    return attempted(options.out, lambda: _built(options.data, options.out))


def _built(data: Path, out: Path) -> str:
    files = build(data)
    write(out, files)
    return f"{len(files)} files written to {out}"


if __name__ == "__main__":
    sys.exit(main())
