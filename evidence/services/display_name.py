"""The name a file is shown and downloaded under; its bytes live under a key of our own."""

from __future__ import annotations

import unicodedata

import re2

LONGEST = 200
UNNAMED = "unnamed"
_RESERVED = re2.compile(r"(?i)(con|prn|aux|nul|com[0-9]|lpt[0-9])(\..*)?")
_UNSAFE = frozenset('<>:"|?*')


def display_name(given: str) -> str:
    """A harmless name that keeps what people recognise: no folders, control or direction characters.

    `报告（终版）.xlsx` stays as it is; `../../x` becomes `x`, `CON` becomes `_CON`; long names lose their middle.
    """
    last = unicodedata.normalize("NFC", given.replace("\\", "/")).rstrip("/").rsplit("/", 1)[-1]
    kept = "".join("_" if character in _UNSAFE else character for character in last if _is_shown(character))
    name = kept.strip().lstrip(".-").strip() or UNNAMED
    if _RESERVED.fullmatch(name):
        name = f"_{name}"
    return _shortened(name)


def _is_shown(character: str) -> bool:
    return unicodedata.category(character) not in ("Cc", "Cf", "Cs", "Co", "Cn", "Zl", "Zp")


def _shortened(name: str) -> str:
    if len(name) <= LONGEST:
        return name
    stem, dot, ending = name.rpartition(".")
    if not dot or len(ending) > 20:
        return name[:LONGEST]
    return f"{stem[: LONGEST - len(ending) - 2]}…{dot}{ending}"
