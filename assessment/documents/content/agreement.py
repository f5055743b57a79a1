"""The agreement between body and holder (ISO/IEC 17065, 4.1.2): versioned texts, each known by its digest.

A text that was ever signed is never changed: another wording is another file, and `IN_FORCE` names the newest.
"""

from __future__ import annotations

import json
from dataclasses import dataclass
from functools import cache
from pathlib import Path

from core.canonical import canonical_digest
from core.text import Text

FOLDER = Path(__file__).parents[1] / "agreements"
IN_FORCE = "2026.1"


@dataclass(frozen=True, slots=True)
class Clause:
    title: Text
    text: Text


@dataclass(frozen=True, slots=True)
class Agreement:
    """One version; `{word}`, `{body}`, `{operator}` and `{centre}` are filled with what a case is about."""

    id: str
    digest: str  # of the file as authored
    title: Text
    preamble: Text
    clauses: tuple[Clause, ...]


@cache
def agreement(version: str = IN_FORCE) -> Agreement:
    """The text of this version.

    Raises:
        FileNotFoundError: there never was such a version.
    """
    authored = json.loads((FOLDER / f"{version}.json").read_text(encoding="utf-8"))
    return Agreement(
        id=authored["id"],
        digest=canonical_digest(authored),
        title=Text(**authored["title"]),
        preamble=Text(**authored["preamble"]),
        clauses=tuple(Clause(Text(**one["title"]), Text(**one["text"])) for one in authored["clauses"]),
    )
