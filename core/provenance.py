"""Where a figure comes from: the digest of a file and a place inside it."""

from __future__ import annotations

import hashlib
from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any, Self

DIGEST_PREFIX = "sha256:"
SHOWN_LINES = 12


@dataclass(frozen=True, slots=True)
class Where:
    """A place people can find: a line (from 1), a `sheet!cell`, a byte, or a named field or file."""

    line: int | None = None
    cell: str | None = None
    byte: int | None = None
    field: str | None = None
    file: str | None = None

    def as_json(self) -> dict[str, Any]:
        places = ("file", "field", "line", "cell", "byte")
        return {place: value for place in places if (value := getattr(self, place)) is not None}

    def __str__(self) -> str:
        return ":".join(str(value) for value in self.as_json().values())


@dataclass(frozen=True, slots=True)
class Support:
    """What a measurement rests on: rows of one evidence file, by their lines.

    `lines` names at most `SHOWN_LINES` of them, ascending; `rows` counts all of them. Without rows it is a file that
    was rejected, on which the lack of a measurement rests; its one line is that of the first error.
    """

    evidence: str
    kind: str
    rows: int
    lines: tuple[int, ...] = ()
    cells: tuple[str, ...] = ()

    def as_json(self) -> dict[str, Any]:
        return {
            "evidence": self.evidence,
            "kind": self.kind,
            "rows": self.rows,
            "lines": list(self.lines),
            "cells": list(self.cells),
        }

    @classmethod
    def from_json(cls, data: dict[str, Any]) -> Self:
        return cls(
            evidence=data["evidence"],
            kind=data["kind"],
            rows=data["rows"],
            lines=tuple(data["lines"]),
            cells=tuple(data["cells"]),
        )


def sha256_hex(content: bytes) -> str:
    """The 64 hexadecimal digits of SHA-256, as used for object keys."""
    return hashlib.sha256(content).hexdigest()


def digest(content: bytes) -> str:
    """`sha256:<64 hex digits>`, the form in which digests are written into files."""
    return DIGEST_PREFIX + sha256_hex(content)


def digest_of_chunks(chunks: Iterable[bytes]) -> str:
    """`digest` of bytes that come in parts, without holding them all."""
    running = hashlib.sha256()
    for chunk in chunks:
        running.update(chunk)
    return DIGEST_PREFIX + running.hexdigest()
