"""Words and figures on pages: what is kept in both languages is shown in the active one."""

from __future__ import annotations

from collections.abc import Mapping
from decimal import Decimal, InvalidOperation
from typing import Any

from django import template
from django.utils.html import format_html
from django.utils.safestring import SafeString
from django.utils.translation import get_language
from django.utils.translation import gettext as _

from core.outcome import Outcome
from core.provenance import Where
from core.quantity import plain, rounded, shortest
from core.text import Language, Text

register = template.Library()

# Drawn in a square of 10: filled, empty, half, dash, cross; told apart without colour.
_SHAPES = {
    Outcome.SCORED: ("good", '<circle cx="5" cy="5" r="4.5" fill="currentColor"/>'),
    Outcome.NO_EVIDENCE: ("caution", '<circle cx="5" cy="5" r="3.9" fill="none" stroke="currentColor"/>'),
    Outcome.NOT_APPLICABLE: ("quiet", '<path d="M1 5H9" stroke="currentColor" stroke-width="1.6"/>'),
    Outcome.NOT_ASSESSABLE: (
        "caution",
        '<circle cx="5" cy="5" r="3.9" fill="none" stroke="currentColor"/>'
        '<path d="M5 1A4 4 0 0 0 5 9Z" fill="currentColor"/>',
    ),
    Outcome.INVALID: ("bad", '<path d="M1.4 1.4L8.6 8.6M8.6 1.4L1.4 8.6" stroke="currentColor" stroke-width="1.8"/>'),
}
# Units a reader sees as words, or not at all: a ratio is a plain number.
_UNIT_WORDS = {
    "": Text("", ""),
    "1": Text("", ""),
    "ratio": Text("", ""),
    "point": Text("分", "points"),
    "min": Text("分钟", "min"),
    "s": Text("秒", "s"),
    "1/kcd": Text("次/千卡日", "per 1,000 card-days"),
}


def active_language() -> Language:
    return "en" if (get_language() or "").startswith("en") else "zh"


@register.filter
def said(text: Any) -> str:
    """A `Text`, `Names` or `{zh, en}` mapping in the active language; plain text stays as it is."""
    if text is None:
        return ""
    language = active_language()
    if isinstance(text, Mapping):
        return str(text.get(language) or text.get("zh") or text.get("en") or "")
    return str(getattr(text, language, text))


@register.filter
def exactly(value: Any, unit: str = "") -> SafeString:
    """A decimal with all the digits it has."""
    number = _decimal(value)
    return _with_unit(str(value) if number is None else shortest(number), unit)


@register.filter
def unit_word(unit: str) -> str:
    """A unit as people read it; nothing for plain ratios."""
    return said(_UNIT_WORDS.get(unit, unit))


@register.filter
def points(value: Decimal | None) -> str:
    """Published points with their own decimals, or a dash where there are none."""
    return "–" if value is None else plain(rounded(value, 2))


@register.filter
def percent(share: Decimal | None) -> SafeString | str:
    """A share of one as a percentage with at most one decimal."""
    return "–" if share is None else _with_unit(shortest(rounded(Decimal(share) * 100, 1)), "%")


@register.filter
def place(where: Where | Mapping[str, Any] | None) -> str:
    """A place people can find: “line 412”, “cell Sheet1!B3”, “field meters.0.unit”."""
    if where is None:
        return ""
    places = where.as_json() if isinstance(where, Where) else where
    words = {
        "file": _("file %s"),
        "field": _("field %s"),
        "line": _("line %s"),
        "cell": _("cell %s"),
        "byte": _("byte %s"),
    }
    return _(", ").join(words[name] % places[name] for name in words if places.get(name) is not None)


@register.filter
def control_shown(line: str) -> str:
    """A raw line with its control characters visible: U+0009 becomes ␉, U+001B ␛."""
    return "".join(chr(0x2400 + ord(sign)) if ord(sign) < 0x20 else "␡" if sign == "\x7f" else sign for sign in line)


@register.filter
def file_size(size: int) -> SafeString:
    """Bytes as people say them, in binary steps."""
    amount, unit = Decimal(size), "B"
    for unit in ("B", "KiB", "MiB", "GiB"):
        if amount < 1024 or unit == "GiB":
            break
        amount /= 1024
    return _with_unit(shortest(rounded(amount, 0 if unit == "B" else 1)), unit)


@register.simple_tag
def outcome(value: Outcome | str) -> SafeString:
    """An outcome as shape and word."""
    kind = Outcome(value)
    tone, shape = _SHAPES[kind]
    return format_html(
        '<span class="outcome {}"><svg viewBox="0 0 10 10" aria-hidden="true" focusable="false">{}</svg>{}</span>',
        tone,
        SafeString(shape),
        said(kind.label),
    )


def _decimal(value: Any) -> Decimal | None:
    if isinstance(value, Decimal):
        return value
    try:
        return Decimal(str(value))
    except InvalidOperation:
        return None


def _with_unit(text: str, unit: str) -> SafeString:
    words = unit_word(unit)
    return format_html('{}<span class="unit">{}</span>', text, words) if words else format_html("{}", text)
