"""Build the site: read one published folder, write a folder that any host can serve."""

from __future__ import annotations

import sys
from pathlib import Path

from report.products.building import Product
from report.site.build import build

SITE = Product(
    "python -m report.site",
    str(__doc__),
    Path("build/site"),
    first=Path("index.html"),
    mark=Path("static/base.js"),
    build=build,
)
main = SITE.main

if __name__ == "__main__":
    sys.exit(main())
