"""Reduces Python source to the code that it executes, without its words.

Docstrings, comments and formatting change nothing that a cell does. Two sources with the same
normal form execute the same code. This module is standard library alone, so that any interpreter
can check that the form does not depend on the version of Python.
"""

import ast
from threading import Lock

SKIPPED = ("ctx", "kind", "type_comment")
"""Fields that follow from other fields, or that the compiler ignores."""

_PARSING = Lock()


def normal_form(source: bytes) -> str:
    """Return the syntax tree of a module as text: names of nodes and their filled fields.

    Empty fields are left out. Later versions of Python add optional fields, such as `type_params`
    in 3.12, and omit empty ones from `ast.dump` since 3.13. Constants are written in ASCII, because
    `repr` escapes other characters by the Unicode version of the interpreter.
    """
    return _text(parse(source))


def parse(source: bytes) -> ast.Module:
    """Parse a module. One thread at a time parses.

    Before CPython 3.11.8 and 3.12.2, threads count the depth of their trees in one place, and
    `ast.parse` ends in `SystemError` when the garbage collector lets another thread parse meanwhile
    (https://github.com/python/cpython/issues/106905). The lock can go when the suite no longer
    runs on these releases.
    """
    with _PARSING:
        return ast.parse(source)


def _text(node: object) -> str:
    if isinstance(node, ast.AST):
        values = ((name, _without_words(value)) for name, value in ast.iter_fields(node))
        fields = (
            f"{name}={_text(value)}"
            for name, value in values
            if name not in SKIPPED and not (value is None or value == [])
        )
        return f"{type(node).__name__}({','.join(fields)})"
    if isinstance(node, list):
        return f"[{','.join(map(_text, node))}]"
    return ascii(node)


def _without_words(value: object) -> object:
    """Drop the statements that are bare strings: docstrings, and words after an assignment."""
    if not isinstance(value, list):
        return value
    return [item for item in value if not _is_bare_string(item)]


def _is_bare_string(node: object) -> bool:
    return (
        isinstance(node, ast.Expr)
        and isinstance(node.value, ast.Constant)
        and isinstance(node.value.value, str)
    )
