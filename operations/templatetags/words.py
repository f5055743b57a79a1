"""Words and figures on pages: what is kept in both languages is shown in the active one."""

from __future__ import annotations

import re
from collections.abc import Mapping
from decimal import Decimal, InvalidOperation
from typing import Any

from django import template
from django.utils.html import conditional_escape, format_html, format_html_join
from django.utils.safestring import SafeString
from django.utils.translation import get_language
from django.utils.translation import gettext as _

from core.outcome import Outcome
from core.provenance import Where
from core.quantity import plain, rounded, shortest
from core.text import Language
from core.units import unit_words

register = template.Library()

# C0, DEL and C1, what turns the direction of text around, and pictures of C0, for which few fonts have glyphs.
_CONTROL = re.compile(r"([\x00-\x1f\x7f-\x9f\u200e\u200f\u202a-\u202e\u2066-\u2069\u2400-\u241f])")
# A name or a date; of a longer one its column could burst.
_HYPHENATED = re.compile(r"(?<![\w-])(?=[\w-]{3,24}(?![\w-]))([0-9A-Za-z_]+(?:-[0-9A-Za-z_]+)+)", re.ASCII)
_PERCENT = re.compile(r"(?<=\d) ?%(?![\w.])")  # no part of a name
_PICTURES = 0x2400
_CONTROL_NAMES = (
    *("NUL", "SOH", "STX", "ETX", "EOT", "ENQ", "ACK", "BEL", "BS", "TAB", "LF", "VT", "FF", "CR", "SO", "SI"),
    *("DLE", "DC1", "DC2", "DC3", "DC4", "NAK", "SYN", "ETB", "CAN", "EM", "SUB", "ESC", "FS", "GS", "RS", "US"),
)

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
def unbroken(words: Any) -> SafeString:
    """A sentence with each name such as `PUE-IT-1`, each date and each percentage on one line.

    A line may break behind a hyphen; a no-break hyphen would be another name to whoever copies it. A sign of per cent
    keeps off its figure, as every unit does. Markup stays as it is.
    """
    if isinstance(words, SafeString):
        return words
    *pieces, rest = _HYPHENATED.split(_PERCENT.sub("\N{NO-BREAK SPACE}%", str(words)))
    before = format_html_join("", '{}<span class="nowrap">{}</span>', zip(pieces[::2], pieces[1::2], strict=True))
    return before + conditional_escape(rest)


@register.filter
def exactly(value: Any, unit: str = "") -> SafeString:
    """A decimal with all the digits it has."""
    number = _decimal(value)
    return with_unit(str(value) if number is None else shortest(number), unit)


@register.filter
def unit_word(unit: str) -> str:
    """A unit as people read it; nothing for plain ratios."""
    return said(unit_words(unit))


@register.filter
def points(value: Decimal | None) -> str:
    """Published points with their own decimals, or a dash where there are none."""
    return "–" if value is None else plain(rounded(value, 2))


@register.filter
def count(number: int) -> SafeString:
    """A whole number with its thousands apart, never broken over two lines."""
    return with_unit(str(number), "")


@register.filter
def bracketed(words: Any) -> SafeString:
    """In the brackets of the active language, with the space English wants before them."""
    return format_html("（{}）" if active_language() == "zh" else " ({})", said(words))


@register.simple_tag
def gap() -> str:
    """Between two sentences: the space of English; a Chinese full stop wants none after it."""
    return "" if active_language() == "zh" else " "


@register.filter
def percent(share: Decimal | None) -> SafeString | str:
    """A share of one as a percentage with one decimal; with more where less than all would be rounded to 100."""
    if share is None:
        return "–"
    whole = Decimal(share) * 100
    shown = next((figure for decimals in range(1, 7) if (figure := rounded(whole, decimals)) != 100), whole)
    return with_unit(shortest(shown), "%")


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


@register.simple_tag(takes_context=True)
def place_here(context: Mapping[str, Any], where: Where | Mapping[str, Any] | None) -> str:
    """As `place`, but a field of the page's form by its label alone, as people see it."""
    places = where.as_json() if isinstance(where, Where) else dict(where or {})
    field = getattr(context.get("form"), "fields", {}).get(places.get("field"))
    if field is None:
        return place(places)
    rest = place({name: value for name, value in places.items() if name != "field"})
    return _(", ").join(filter(None, (rest, str(field.label))))


@register.filter
def control_shown(line: str) -> SafeString:
    """A raw line with its control characters as small words: TAB, ESC, BEL."""
    parts = _CONTROL.split(line)
    return format_html_join(
        "",
        "{}",
        ((_control_word(part) if odd % 2 else part,) for odd, part in enumerate(parts)),
    )


@register.filter
def file_size(size: int) -> SafeString:
    """Bytes as people say them, in binary steps."""
    amount, unit = Decimal(size), "B"
    for unit in ("B", "KiB", "MiB", "GiB"):
        if amount < 1024 or unit == "GiB":
            break
        amount /= 1024
    return with_unit(shortest(rounded(amount, 0 if unit == "B" else 1)), unit)


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


def _control_word(sign: str) -> SafeString:
    code = ord(sign) - _PICTURES if _PICTURES <= ord(sign) < _PICTURES + 0x20 else ord(sign)
    name = _CONTROL_NAMES[code] if code < len(_CONTROL_NAMES) else f"U+{code:04X}"
    return format_html('<span class="control" title="U+{}">{}</span>', f"{code:04X}", name)


def _decimal(value: Any) -> Decimal | None:
    if isinstance(value, Decimal):
        return value
    try:
        return Decimal(str(value))
    except InvalidOperation:
        return None


def with_unit(text: str, unit: str) -> SafeString:
    """A written figure and its unit, small and grey."""
    words = unit_word(unit)
    figure = format_html('{}<span class="unit">{}</span>', grouped(text), words) if words else grouped(text)
    return format_html('<span class="quantity">{}</span>', figure)


def grouped(text: str) -> SafeString:
    """A figure with its thousands apart by style alone; from five digits before the point."""
    whole, point, rest = text.partition(".")
    if not whole.lstrip("-").isdigit() or len(whole) < 5:
        return format_html("{}", text)
    first = len(whole) % 3 or 3
    others = [whole[at : at + 3] for at in range(first, len(whole), 3)]
    return format_html(
        "{}{}{}",
        whole[:first],
        format_html_join("", '<span class="thousand">{}</span>', ((three,) for three in others)),
        point + rest,
    )
