"""Instants as tables write them, brought into the one form `Clock` reads; what cannot be is left for it to refuse."""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable

import pyarrow as pa
import re2

from evidence.observations.schema import TEXT
from evidence.parsers.columns.instants import iso_of_ms
from evidence.parsers.energy.months import Month, month_of

_FIRST_DAY = re2.compile(r"([0-9]{4})-([0-9]{2})-01(?:[T ]00:00:00(?:\.0+)?)?")
_DAY = re2.compile(r"([0-9]{4})(?:[-/.年])([0-9]{1,2})(?:[-/.月])([0-9]{1,2})日?(?:[T ]0?0:00:00(?:\.0+)?)?")
_COMPACT_DAY = re2.compile(r"([0-9]{4})([0-9]{2})([0-9]{2})")
_SLASHED = re2.compile(r"([0-9]{1,2})[/.-]([0-9]{1,2})[/.-]([0-9]{4})(?:[T ]+(.+))?")
_DIGITS = re2.compile(r"([0-9]{4})([0-9]{2})([0-9]{2})[T _-]?([0-9]{2}):?([0-9]{2})(?::?([0-9]{2}))?")
_SHORT_CLOCK = re2.compile(r"(.*[T ])([0-9]):([0-9]{2})(.*)")
_EPOCH = re2.compile(r"[0-9]{1,13}(?:\.[0-9]{1,9})?")
_LATEST_S = 7_226_582_400  # 2199


def iso_texts(texts: pa.Array, form: str) -> pa.Array:
    """N texts of a form of `document.FORMS` as ISO 8601; each distinct text is read once."""
    if form == "iso":
        return texts
    encoded = texts.dictionary_encode()
    read = _READERS[form]
    known = [read(text.strip()) if len(text) <= 64 else text for text in encoded.dictionary.to_pylist()]
    return pa.array(known, TEXT).take(encoded.indices)


def _month(text: str, *, after: int) -> str:
    match = _FIRST_DAY.fullmatch(text)
    month: Month | None = (int(match.group(1)), int(match.group(2))) if match else month_of(text, year=None)
    if month is None or not 1 <= month[1] <= 12:
        return text
    year, number = month
    year, number = year + (number - 1 + after) // 12, (number - 1 + after) % 12 + 1
    return f"{year:04d}-{number:02d}-01T00:00:00"


def _day(text: str, *, after: int) -> str:
    match = _DAY.fullmatch(text) or _COMPACT_DAY.fullmatch(text)
    try:
        day = dt.date(*(int(part) for part in match.groups())) + dt.timedelta(days=after) if match else None
    except (ValueError, OverflowError):
        return text
    return f"{day.isoformat()}T00:00:00" if day else text


def _slashed(text: str, *, month_first: bool) -> str:
    match = _SLASHED.fullmatch(text)
    if match is None:
        return text
    first, second, year, clock = match.groups()
    month, day = (first, second) if month_first else (second, first)
    if clock is None:
        return text  # a day alone is no instant
    return _padded(f"{year}-{int(month):02d}-{int(day):02d} {clock}")


def _padded(text: str) -> str:
    match = _SHORT_CLOCK.fullmatch(text)
    return f"{match.group(1)}0{match.group(2)}:{match.group(3)}{match.group(4)}" if match else text


def _digits(text: str) -> str:
    match = _DIGITS.fullmatch(text)
    if match is None:
        return text
    year, month, day, hour, minute, second = match.groups()
    return f"{year}-{month}-{day} {hour}:{minute}:{second or '00'}"


def _epoch(text: str, *, per_second: int) -> str:
    if not _EPOCH.fullmatch(text):
        return text
    whole, _, rest = text.partition(".")
    milliseconds = int(whole) * 1000 // per_second
    if per_second == 1:
        milliseconds += int(f"{rest:0<3}"[:3])
    return iso_of_ms(milliseconds) if milliseconds <= _LATEST_S * 1000 else text


_READERS: dict[str, Callable[[str], str]] = {
    "month_start": lambda text: _month(text, after=0),
    "month_end": lambda text: _month(text, after=1),
    "day_start": lambda text: _day(text, after=0),
    "day_end": lambda text: _day(text, after=1),
    "day/month/year": lambda text: _slashed(text, month_first=False),
    "month/day/year": lambda text: _slashed(text, month_first=True),
    "digits": _digits,
    "epoch_s": lambda text: _epoch(text, per_second=1),
    "epoch_ms": lambda text: _epoch(text, per_second=1000),
}
