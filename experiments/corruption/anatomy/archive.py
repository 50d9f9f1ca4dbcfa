"""What is where in a `.keras` file? A zip archive that packs nothing: JSON and an HDF5 file.

As in APPNOTE.TXT 6.3, https://pkware.cachefly.net/webdocs/casestudies/APPNOTE.TXT.
"""

from __future__ import annotations

import io
import zipfile

from experiments.corruption.anatomy import hdf5
from experiments.corruption.anatomy.canvas import Canvas, UnknownStructureError

LOCAL_HEADER = 30


def paint(content: bytes) -> Canvas:
    """Return the places of a `.keras` file; raise `UnknownStructureError` for another layout."""
    canvas = Canvas(content)
    with zipfile.ZipFile(io.BytesIO(content)) as archive:
        for member in archive.infolist():
            _member(canvas, member)
        canvas.paint("zip_directory", archive.start_dir, len(content) - archive.start_dir)
    return canvas


def _member(canvas: Canvas, member: zipfile.ZipInfo) -> None:
    if member.compress_type != zipfile.ZIP_STORED:
        raise UnknownStructureError(f"{member.filename} is packed")
    at = member.header_offset
    canvas.expect(b"PK\x03\x04", at)
    start = at + LOCAL_HEADER + sum(canvas.numbers("HH", at + 26))
    canvas.paint("zip_header", at, start - at)
    inside = canvas.content[start : start + member.file_size]
    if member.filename.endswith(".json"):
        canvas.paint("json", start, len(inside))
    elif inside.startswith(hdf5.SIGNATURE):
        canvas.inset(hdf5.paint(inside), start)
    else:
        raise UnknownStructureError(f"{member.filename} is neither JSON nor HDF5")
