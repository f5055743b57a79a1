"""Words that the parts of a comparison share."""

from __future__ import annotations

import json
from collections.abc import Iterable, Mapping
from decimal import Decimal
from fractions import Fraction
from typing import Any

from core.quantity import decimal_of_fraction, rounded, shortest
from core.text import Text

_UNITS = {"ratio": "", "1": "", "point": "", "min": " min", "s": " s"}


def same(words: Any) -> Text:
    return Text(zh=str(words), en=str(words))


def number(value: Decimal | Fraction, *, decimals: int = 2) -> str:
    """A figure as people read it, with at most so many decimals."""
    exact = decimal_of_fraction(value) if isinstance(value, Fraction) else value
    return shortest(rounded(exact, decimals)) if isinstance(value, Fraction) else shortest(exact)


def percent(share: Fraction) -> str:
    return f"{number(share * 100, decimals=1)} %"


def with_unit(value: Decimal, unit: str) -> str:
    return f"{format(value, 'f')}{_UNITS.get(unit, f' {unit}' if unit else '')}"


def joined(parts: Iterable[Text], *, sign: str = " · ") -> Text:
    found = tuple(parts)
    return Text(zh=sign.join(part.zh for part in found), en=sign.join(part.en for part in found))


def text_of(value: Any) -> Text | None:
    """Authored content in both languages: a text as itself, anything else as compact JSON; None for nothing."""
    if value in (None, "", [], {}):
        return None
    if isinstance(value, Mapping) and set(value) == {"zh", "en"}:
        return Text(zh=str(value["zh"]), en=str(value["en"]))
    if isinstance(value, bool):
        return Text(zh="是" if value else "否", en="yes" if value else "no")
    if isinstance(value, str):
        return same(value)
    return same(json.dumps(value, ensure_ascii=False, separators=(", ", ": ")))
