"""What no door should trip over, and bodies that are as a door's schema asks for save one field."""

from __future__ import annotations

import io
import itertools
from collections.abc import Iterator
from typing import Any

Schema = dict[str, Any]
# Of any field: nothing, another type, too long, no number, no text of ours.
VALUES: tuple[Any, ...] = (
    *(None, True, -1, 10**39, "", " ", [], {}, [[]], [None], {"a": {"b": []}}, "x" * 9000, "9" * 45, "-0", "1e99"),
    *("NaN", "１２", "1_0", "\u202e\u202d", "a\u0001b", "a\ud800", "a\0b", "../../x", "=1+1", "😀" * 100, "null"),
)
DAYS = ("0001-01-01", "9999-12-31", "2026-02-30")
INSTANTS = ("0001-01-01T00:00:00+14:00", "9999-12-31T23:59:59-14:00", "2026-01-01T00:00:00")
QUERIES = (
    *("", "-1", "0", "１", "1_0", "9" * 5000, "1e309", "NaN", "%00", "%FF%FE", "%ED%A0%80", "%E2%80%AE", "0001-01-01"),
    *("x" * 3000, "..%2F..%2F", "'%22<", "[]", "00000000-0000-0000-0000-000000000000"),
)
TYPED = ("", " ", "\0", "9" * 45, "1_0", "１２", "\u202e", *DAYS, "x" * 9000, "NaN", "-1", "1e309")
# Whole bodies that are none.
BODIES = (b"", b"\xff\xfe", b"{", b"[]", b"null", b"[" * 5000, b'{"a":1,"a":2}', b'{"a":' + b"9" * 5000 + b"}")
# Files that are none of what is asked for, under names no folder takes.
FILES = (
    *(
        b"",
        b"\xff\xfe\0",
        b"\0" * 99,
        b"A\rB\rA\r",
        b'A\n"B\nC\n',
        b'"' + b"x" * 200_000 + b'"',
        b"[" * 100_000,
        *BODIES,
    ),
    *(
        b"\x89PNG\r\n\x1a\n\0\0",
        b"\xff\xd8\xff\xe1\xff\xff",
        b"%PDF-1.7\n",
        b"PK\x03\x04",
        b"\x1f\x8b\x08",
        b"a: &a [*a]\n",
    ),
)
NAMES = ("a.csv", "x" * 255 + ".json", "\u202egnp.exe", 'a";b\n.csv', "..\\..\\a.pdf", "=1+1.png", "记录.yaml", ".")
# By the name of a field, something the world of the tests has.
_KNOWN: dict[str, Any] = {
    **{"centre": "centre-here", "rubric": "zhisuan", "edition": "2026.0", "node": "GR-1.1", "codes": ["GR-1.1"]},
    **{"person": "assessor", "assessor": "assessor", "account": "engineer-here", "to": "publisher", "of": "cards"},
    **{"pillar": "GR", "pillars": ["GR"], "email": "x@example.com", "role": "finance", "share": "0.1"},
}
_BY_FORMAT = {
    **{"date": "2030-05-01", "date-time": "2026-05-01T00:00:00+08:00", "decimal": "1", "email": "x@example.com"},
    "uuid": "00000000-0000-0000-0000-000000000001",
}


class File(io.BytesIO):
    """A file as it is sent, whatever it is called."""

    def __init__(self, name: str, content: bytes) -> None:
        super().__init__(content)
        self.name, self.size = name, len(content)


def bodies(schema: Schema, whole: Schema, *, of_each: int) -> Iterator[tuple[str, Any]]:
    """A plausible body with one field after the other holding nonsense; with several values, also whole and left out.

    Args:
        whole: the OpenAPI document that `schema` is of.
        of_each: how many values every field is asked with; the turn goes on from field to field.
    """
    plausible = _plausible(schema, whole)
    if of_each > 1:
        yield "as it should be", plausible
    turn = itertools.cycle(VALUES)
    for name in plausible if isinstance(plausible, dict) else ():
        if of_each > 1:
            yield f"without {name}", {other: value for other, value in plausible.items() if other != name}
        days = {"date": DAYS, "date-time": INSTANTS}.get(
            _resolved(_fields(schema, whole)[name], whole).get("format"), ()
        )
        for value in (*days, *itertools.islice(turn, of_each)):
            yield f"{name} = {value!r:.40}", plausible | {name: value}


def _plausible(schema: Schema, whole: Schema, depth: int = 0) -> Any:
    schema = _resolved(schema, whole)
    if "enum" in schema:
        return next(one for one in schema["enum"] if one)
    kind = schema.get("type")
    match kind[0] if isinstance(kind, list) else kind:
        case "object":
            fields = _fields(schema, whole) if depth < 5 else {}
            return {
                name: _KNOWN[name]
                if name in _KNOWN and "enum" not in _resolved(one, whole)
                else _plausible(one, whole, depth + 1)
                for name, one in fields.items()
            }
        case "array":
            return [_plausible(schema.get("items", {}), whole, depth + 1)]
        case "integer" | "number":
            return 1
        case "boolean":
            return True
    return _BY_FORMAT.get(schema.get("format", ""), "a word")


def _fields(schema: Schema, whole: Schema) -> Schema:
    found = _resolved(schema, whole).get("properties", {})
    return {name: one for name, one in found.items() if not one.get("readOnly")}


def _resolved(schema: Schema, whole: Schema) -> Schema:
    if "$ref" in schema:
        return _resolved(whole["components"]["schemas"][schema["$ref"].rpartition("/")[2]], whole)
    for several in ("allOf", "oneOf", "anyOf"):
        if several in schema:
            return _resolved(schema[several][0], whole)
    return schema
