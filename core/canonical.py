"""Canonical JSON (RFC 8785) and the digests made from it.

Every decimal is written as a string, counts as integers; floats are refused.
"""

from __future__ import annotations

import dataclasses
import datetime as dt
import json
from collections.abc import Mapping
from decimal import Decimal
from enum import Enum
from typing import Any

import re2
import rfc8785

from core.provenance import digest
from core.quantity import plain
from core.text import Text

_PLAIN = frozenset((str, int, bool, type(None)))
# Where the writer of the standard library and RFC 8785 may part: keys beyond the basic plane, sorted by UTF-16 there;
# floats; integers that no float holds. What looks so within a text is only written the slower way.
_MAY_DIFFER = re2.compile(r"""[\x{10000}-\x{10FFFF}]|(^|":|[\[,])-?([0-9]+[.eE]|[0-9]{16})""")


def jsonable(value: Any) -> Any:
    """Plain JSON values for anything the libraries return.

    Raises:
        TypeError: for floats and unknown types, which have no exact form.
    """
    kind = type(value)  # first what nearly everything is: a tree has tens of thousands of them
    if kind in _PLAIN:
        return value
    if kind is dict:
        return {str(key): jsonable(item) for key, item in value.items()}
    if kind is list or kind is tuple:
        return [jsonable(item) for item in value]
    match value:
        case str():
            return value.value if isinstance(value, Enum) else value
        case int():
            return int(value)
        case Decimal():
            return plain(value)
        case Text():
            return value.as_json()
        case dt.datetime() | dt.date():
            return value.isoformat()
        case Mapping():
            return {str(key): jsonable(item) for key, item in value.items()}
        case list() | tuple():
            return [jsonable(item) for item in value]
        case set() | frozenset():
            return sorted(jsonable(item) for item in value)
        case Enum():
            return value.value
    if hasattr(value, "as_json"):
        return value.as_json()  # plain already: walked again, a tree would cost the square of its depth
    if dataclasses.is_dataclass(value) and not isinstance(value, type):
        return {field.name: jsonable(getattr(value, field.name)) for field in dataclasses.fields(value)}
    raise TypeError(f"{type(value).__name__} has no canonical form")


def canonical_json(value: Any) -> bytes:
    """The one byte form of a value (RFC 8785), of which digests are taken; decimals are text.

    Raises:
        TypeError: for a float, and for anything else without a canonical form.
    """
    return canonical_plain(jsonable(value))


def canonical_plain(value: Any) -> bytes:
    """`canonical_json` of what is plain JSON already, such as a file that was read.

    Raises:
        ValueError: for a number or a text without a canonical form.
    """
    try:
        written = json.dumps(value, ensure_ascii=False, sort_keys=True, allow_nan=False, separators=(",", ":"))
        if not _MAY_DIFFER.search(written):
            return written.encode()
    except (TypeError, ValueError):
        pass  # whatever is wrong with it, the reference says so
    return rfc8785.dumps(value)


def canonical_digest(value: Any) -> str:
    """`sha256:…` of the canonical form."""
    return digest(canonical_json(value))
