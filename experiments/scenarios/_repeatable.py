"""What is another each time that the same model is saved, settled once and for all.

What damage makes of such bytes is quoted in messages and can decide whether it is noticed, so that
two campaigns would differ by them alone. All else stays as it was written: nothing is packed anew,
and no length changes.
"""

import io
import os
import re
import struct
import zipfile
import zlib

ZIP, HDF5 = b"PK", b"\x89HDF"
"""How files begin."""


def settle(tf, path):
    """Settle what was saved as `path`, in place; raise `ValueError` where a length would change."""
    if os.path.isdir(path):
        path = os.path.join(path, "saved_model.pb")
    elif not os.path.isfile(path):
        return  # a checkpoint: a prefix, of files that are the same each time
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


# Where an archive keeps it is in 4.3.7 and 4.3.12 of
# https://pkware.cachefly.net/webdocs/casestudies/APPNOTE.TXT
TIME = struct.pack("<HH", 0, 20 << 9 | 1 << 5 | 1)
"""2000-01-01 00:00:00, as MS-DOS keeps it."""
LOCAL, CENTRAL = 30, 46
"""Bytes of a header before the member's name."""
LOCAL_TIME, LOCAL_CRC, LOCAL_LENGTHS = 10, 14, 26
CENTRAL_TIME, CENTRAL_CRC, CENTRAL_LENGTHS = 12, 16, 28
"""Where in a header that is: time and date, the checksum, and the lengths of what follows it."""


def _archive(content):
    """Give the members of a `.keras` file another time, and settle what is in them."""
    with zipfile.ZipFile(io.BytesIO(content)) as archive:
        members, entry = archive.infolist(), archive.start_dir
    settled = bytearray(content)
    for member in members:  # in the order of the directory
        _settle_member(settled, member, entry)
        entry += CENTRAL + sum(struct.unpack_from("<HHH", settled, entry + CENTRAL_LENGTHS))
    return settled


def _settle_member(content, member, entry):
    """Change one member's content and headers, of which the directory's is at `entry`."""
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
    """Number the objects in the order in which they are named, each in as many digits as it had."""
    known = {}

    def number(found):
        count = known.setdefault(found.group(), len(known))
        return b"%d" % (10 ** (len(found.group()) - 1) + count)

    return OBJECT.sub(number, config)


SETTLED = {"metadata.json": _at_one_time, "config.json": _numbered}
"""What becomes of a member's content, by name."""


# The message of type 18, of 8 bytes: a version, three bytes for nothing, and seconds since 1970.
# h5py before 3 has it written: IV.A.2.s of the HDF5 File Format Specification Version 3.0.
CHANGED = re.compile(rb"(?<=\x12\0\x08\0.\0\0\0\x01\0\0\0)....", re.DOTALL)


def _hdf5(content):
    """Give the objects of an HDF5 file another time of their last change."""
    return CHANGED.sub(bytes(4), content)


# Under which a SavedModel's own function writes a checkpoint: python/training/saving/
# functional_saver.py in TensorFlow.
TEMPORARY = re.compile(rb"_temp_[0-9a-f]{32}")
ONE_GRAPH = b"\x08\x01\x12"
"""How a SavedModel of one graph begins: the schema's version is 1, and then the graph's length in
seven bits a byte: tensorflow/core/protobuf/saved_model.proto."""


def _graph(content, graph_type):
    """Put in order what is in none in a SavedModel's graph, which is a message of this type."""
    start = len(ONE_GRAPH) + 1
    while content[start - 1] & 0x80:
        start += 1
    graph = graph_type.FromString(TEMPORARY.sub(b"_temp_" + b"0" * 32, content[start:]))
    graph.graph_def.library.function.sort(key=lambda function: function.signature.name)
    for node in graph.object_graph_def.nodes:
        if node.HasField("function"):  # or else it would be made one
            node.function.concrete_functions.sort()
    return content[:start] + graph.SerializeToString(deterministic=True)
