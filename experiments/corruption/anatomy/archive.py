"""Map the bytes of a `.keras` file: a zip archive of JSON and an HDF5 file, none of them packed.

As in APPNOTE.TXT 6.3, https://pkware.cachefly.net/webdocs/casestudies/APPNOTE.TXT.
"""

from __future__ import annotations

import io
import zipfile

from experiments.corruption.anatomy import hdf5
from experiments.corruption.anatomy.canvas import Canvas, UnknownStructureError
from experiments.scenarios import _offsets


def paint(content: bytes) -> Canvas:
    """Return the places of a `.keras` file; raise `UnknownStructureError` for another layout."""
    canvas = Canvas(content)
    with zipfile.ZipFile(io.BytesIO(content)) as archive:
        for member in archive.infolist():
            _member(canvas, member)
    directory = _offsets.zip_directory(content)
    canvas.paint("zip_directory", directory, len(content) - directory)
    return canvas


def _member(canvas: Canvas, member: zipfile.ZipInfo) -> None:
    if member.compress_type != zipfile.ZIP_STORED:
        raise UnknownStructureError(f"{member.filename} is packed")
    header = member.header_offset
    canvas.expect(b"PK\x03\x04", header)
    start = _offsets.zip_member(canvas.content, header)
    canvas.paint("zip_header", header, start - header)
    content = canvas.content[start : start + member.file_size]
    if member.filename.endswith(".json"):
        canvas.paint("json", start, len(content))
    elif content.startswith(hdf5.SIGNATURE):
        canvas.inset(hdf5.paint(content), start)
    else:
        raise UnknownStructureError(f"{member.filename} is neither JSON nor HDF5")
