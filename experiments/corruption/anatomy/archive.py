"""Map the bytes of a `.keras` file: a zip archive of JSON and one HDF5 file, stored uncompressed.

The layout is that of APPNOTE.TXT 6.3: https://pkware.cachefly.net/webdocs/casestudies/APPNOTE.TXT.
"""

from __future__ import annotations

import io
import zipfile

from experiments.corruption.anatomy import hdf5
from experiments.corruption.anatomy.byte_map import ByteMap, UnknownStructureError
from experiments.scenarios import _offsets


def map_bytes(content: bytes) -> ByteMap:
    """Return the byte map of a `.keras` file; raise `UnknownStructureError` for another layout."""
    byte_map = ByteMap(content)
    with zipfile.ZipFile(io.BytesIO(content)) as archive:
        for member in archive.infolist():
            _mark_member(byte_map, member)
    directory = _offsets.zip_directory(content)
    byte_map.mark("zip_directory", directory, len(content) - directory)
    return byte_map


def _mark_member(byte_map: ByteMap, member: zipfile.ZipInfo) -> None:
    if member.compress_type != zipfile.ZIP_STORED:
        raise UnknownStructureError(f"{member.filename} is compressed")
    header = member.header_offset
    byte_map.expect(b"PK\x03\x04", header)
    start = _offsets.zip_member(byte_map.content, header)
    byte_map.mark("zip_header", header, start - header)
    content = byte_map.content[start : start + member.file_size]
    if member.filename.endswith(".json"):
        byte_map.mark("json", start, len(content))
    elif content.startswith(hdf5.SIGNATURE):
        byte_map.embed(hdf5.map_bytes(content), start)
    else:
        raise UnknownStructureError(f"{member.filename} is neither JSON nor HDF5")
