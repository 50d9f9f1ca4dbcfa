"""Replaces the parts of an error message that depend on the run by fixed words.

These parts are temporary paths, the path of installed packages, memory addresses, the time and file
descriptor that HDF5 writes into its errors, and TensorFlow's host name, names of temporary files
and order of unmatched objects. Text that would harm a reader is made harmless too. Two messages
that differ in any other way are two messages.
"""

from __future__ import annotations

import math
import re

FORMULA = ("=", "+", "-", "@", "\t")
DIRECTION_MARKS = re.compile(r"[\u061c\u200e\u200f\u202a-\u202e\u2066-\u2069]")
ROUNDING = 1e-5
"""Smaller differences of predictions are rounding: the absolute tolerance of
experiments/worker/reference.py."""
STEPS = (1, 2, 5, 10)
LONGEST = 2000
"""How many characters of a message are published."""

ADDRESS = re.compile(r"\b0x[0-9a-fA-F]{6,16}\b")
# Keras 3 writes `id(object)` into a model's config, and quotes it: keras/src/saving/
# serialization_lib.py. Keras 2 counts instead, and its small numbers are the same in each run.
OBJECT_ID = re.compile(r"(?<='shared_object_id': )\d{9,}")
# HDF5 writes the time of a failed read or write: H5FD__sec2_read in its src/H5FDsec2.c.
HDF5_TIME = re.compile(r"\btime = \w{3} \w{3} [ \d]\d \d\d:\d\d:\d\d \d{4}")
HDF5_DESCRIPTOR = re.compile(r"\bfile descriptor = \d+")
# TensorFlow names the machine where an op is unknown: tensorflow/core/framework/op.cc, OpNotFound.
HOST = re.compile(r"(?<=' in binary running on )\S+(?=\. Make sure)")
# Names of the files that TensorFlow writes before it renames them: `_temp` in
# tensorflow/python/checkpoint/functional_saver.py, tempstate in core/util/tensor_bundle.
TEMPORARY = re.compile(r"_temp_[0-9a-f]{32}|(?<=\.)tempstate\d+")
# A set ordered by address holds the objects that a checkpoint did not match:
# CheckpointLoadStatus in tensorflow/python/checkpoint/checkpoint.py. Sorted here.
UNMATCHED = re.compile(r"(?<=: \[).*(?=\]$)", re.DOTALL)
OPENING, CLOSING = "([{<", ")]}>"
SITE_PACKAGES = re.compile(r"(?:/[^\s/'\":;,()<>]+)+/site-packages/")


def message(text: str, scratch: str) -> str:
    """Return `text` without the parts that depend on the run; `scratch` is the cell's folder."""
    if scratch:
        cell = scratch + "/work"
        text = text.replace(f"{cell}/", "<cell>/").replace(cell, "<cell>")
        text = text.replace(scratch + "/home", "<home>").replace(scratch, "<scratch>")
    text = SITE_PACKAGES.sub("<site-packages>/", text)
    text = ADDRESS.sub("0x…", text)
    text = OBJECT_ID.sub("<id>", text)
    text = HDF5_TIME.sub("time = <time>", text)
    text = HOST.sub("<host>", text)
    text = TEMPORARY.sub("<temporary>", text)
    text = HDF5_DESCRIPTOR.sub("file descriptor = <n>", text)
    if "checkpointed value" in text:
        text = UNMATCHED.sub(lambda match: _sorted(match[0]), text)
    text = text.replace("\r\n", "\n").replace("\r", "\n").replace("\0", "\\0")
    # Python keeps undecodable bytes as lone surrogates, which no file can hold.
    text = text.encode("utf-8", "backslashreplace").decode("utf-8")
    return inert(text)[:LONGEST]


def inert(text: str) -> str:
    """Return `text` in a form that no spreadsheet runs and every reader sees in its true order.

    A text that begins like a formula gets an apostrophe before it
    (https://owasp.org/www-community/attacks/CSV_Injection). Marks that turn the direction of
    writing are written as escapes (CVE-2021-42574).
    """
    text = DIRECTION_MARKS.sub(lambda match: f"\\u{ord(match[0]):04x}", text)
    return f"'{text}" if text.startswith(FORMULA) else text


def _sorted(objects: str) -> str:
    """Sort the parts of a list; commas inside brackets do not separate parts."""
    parts, depth = [""], 0
    for letter in objects:
        depth += (letter in OPENING) - (letter in CLOSING)
        if letter == "," and not depth:
            parts.append("")
        else:
            parts[-1] += letter
    return ", ".join(sorted(part.strip() for part in parts))


def place(text: str) -> str:
    """Return `module:function` without the module that Cython repeats in a function's name."""
    module, colon, function = text.partition(":")
    return module + colon + function.rpartition(".")[2]


def difference(value: float | None) -> str:
    """Write the largest difference of predictions as 1, 2 or 5 times a power of ten.

    The nearest by ratio; a difference that is rounding alone is written as 0. Processors of another
    kind add up in another order and change the last bits, about a millionth of the difference. The
    steps lie at the square roots of 2, 10 and 50 times a power of ten, where no round number is: of
    2,000 measured differences the nearest to a step is a thousandth away from it.
    """
    if value is None:
        return ""
    if value < ROUNDING:
        return "0"
    if not math.isfinite(value):
        return f"{value:g}"
    exponent = math.floor(math.log10(value))
    mantissa = value / 10.0**exponent
    step = min(STEPS, key=lambda step: abs(math.log(mantissa / step)))
    return f"{float(f'{step}e{exponent}'):g}"
