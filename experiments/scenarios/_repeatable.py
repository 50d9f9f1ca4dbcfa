"""Replaces the bytes that differ between two saves of one model by constant bytes.

Messages quote damaged bytes, and these can decide whether damage is noticed. Without constant bytes
two campaigns would differ. All other bytes stay as they were written: nothing is packed anew, and
no length changes.
"""

import io
import os
import re
import struct
import zipfile
import zlib

ZIP, HDF5 = b"PK", b"\x89HDF"
"""The first bytes of each format."""


def settle(tf, path):
    """Settle the file at `path`, in place; raise `ValueError` where its length would change."""
    if os.path.isdir(path):
        path = os.path.join(path, "saved_model.pb")
    elif not os.path.isfile(path):
        return  # a checkpoint: the prefix of files that are equal in each save
    with open(path, "r+b") as stream:
        content = stream.read()
        if content.startswith(ZIP):
            settled = _archive(content)
        elif content.startswith(HDF5):
            settled = _hdf5(content)
        else:
            settled = _graph(content, tf.compat.v1.MetaGraphDef)
        if len(settled) != len(content):
            raise ValueError("{} is laid out otherwise than is known".format(path))
        stream.seek(0)
        stream.write(settled)


# Sections 4.3.7 and 4.3.12 give the places of these fields in an archive:
# https://pkware.cachefly.net/webdocs/casestudies/APPNOTE.TXT
TIME = struct.pack("<HH", 0, 20 << 9 | 1 << 5 | 1)
"""2000-01-01 00:00:00 in the format of MS-DOS."""
LOCAL, CENTRAL = 30, 46
"""Bytes of a header before the member's name."""
LOCAL_TIME, LOCAL_CRC, LOCAL_LENGTHS = 10, 14, 26
CENTRAL_TIME, CENTRAL_CRC, CENTRAL_LENGTHS = 12, 16, 28
"""Offsets in a header: of time and date, the checksum, and the lengths of the fields after it."""


def _archive(content):
    """Give the members of a `.keras` file a constant time, and settle their content."""
    with zipfile.ZipFile(io.BytesIO(content)) as archive:
        members, entry = archive.infolist(), archive.start_dir
    settled = bytearray(content)
    for member in members:  # in the order of the directory
        _settle_member(settled, member, entry)
        entry += CENTRAL + sum(struct.unpack_from("<HHH", settled, entry + CENTRAL_LENGTHS))
    return settled


def _settle_member(content, member, entry):
    """Change one member's content and its headers; the directory's header is at `entry`."""
    header = member.header_offset
    content[header + LOCAL_TIME : header + LOCAL_TIME + len(TIME)] = TIME
    content[entry + CENTRAL_TIME : entry + CENTRAL_TIME + len(TIME)] = TIME
    settled = SETTLED.get(member.filename)
    if settled is None:
        return
    start = header + LOCAL + sum(struct.unpack_from("<HH", content, header + LOCAL_LENGTHS))
    inside = slice(start, start + member.file_size)  # Keras compresses nothing
    content[inside] = settled(bytes(content[inside]))
    checksum = zlib.crc32(bytes(content[inside])) & 0xFFFFFFFF
    for at in (header + LOCAL_CRC, entry + CENTRAL_CRC):
        struct.pack_into("<I", content, at, checksum)


# "date_saved" and, from `id(object)`, "shared_object_id" in keras/src/saving: saving_lib.py and
# serialization_lib.py.
SAVED = re.compile(rb"\d{4}-\d\d-\d\d@\d\d:\d\d:\d\d")
OBJECT = re.compile(rb'(?<="shared_object_id": )\d{9,}')


def _at_one_time(metadata):
    return SAVED.sub(b"2000-01-01@00:00:00", metadata)


def _numbered(config):
    """Number the objects in the order of their first mention, with as many digits as before."""
    numbers = {}

    def number(match):
        count = numbers.setdefault(match.group(), len(numbers))
        return b"%d" % (10 ** (len(match.group()) - 1) + count)

    return OBJECT.sub(number, config)


SETTLED = {"metadata.json": _at_one_time, "config.json": _numbered}
"""The function that settles a member's content, by the member's name."""


# The message of type 18, of 8 bytes: a version, three bytes for nothing, and seconds since 1970.
# h5py before 3 writes it: IV.A.2.s of the HDF5 File Format Specification Version 3.0.
CHANGED = re.compile(rb"(?<=\x12\0\x08\0.\0\0\0\x01\0\0\0)....", re.DOTALL)


def _hdf5(content):
    """Set the time of the last change of all objects in an HDF5 file to zero."""
    return CHANGED.sub(bytes(4), content)


# The prefix under which a SavedModel's function writes a checkpoint: python/training/saving/
# functional_saver.py in TensorFlow.
TEMPORARY = re.compile(rb"_temp_[0-9a-f]{32}")
ONE_GRAPH = b"\x08\x01\x12"
"""The first bytes of a SavedModel with one graph: the schema's version is 1, and then the graph's
length follows, seven bits in each byte: tensorflow/core/protobuf/saved_model.proto."""


def _graph(content, graph_type):
    """Sort the unordered parts of a SavedModel's graph, which is a message of this type."""
    start = len(ONE_GRAPH) + 1
    while content[start - 1] & 0x80:
        start += 1
    graph = graph_type.FromString(TEMPORARY.sub(b"_temp_" + b"0" * 32, content[start:]))
    graph.graph_def.library.function.sort(key=lambda function: function.signature.name)
    for node in graph.object_graph_def.nodes:
        if node.HasField("function"):  # sorting would create the field where it is absent
            node.function.concrete_functions.sort()
    return content[:start] + graph.SerializeToString(deterministic=True)
