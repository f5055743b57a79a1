"""Months as people head their columns with: `2025-04`, `2025年4月`, `4月` under a year, a date cell."""

from __future__ import annotations

import datetime as dt
import unicodedata
from decimal import Decimal
from zoneinfo import ZoneInfo

import re2

from evidence.parsers.workbooks.workbook import Value

Month = tuple[int, int]

_WITH_YEAR = re2.compile(r"(20[0-9]{2})(?:年|[-/.])([0-9]{1,2})月?份?")
_COMPACT = re2.compile(r"(20[0-9]{2})(0[1-9]|1[0-2])")
_WITHOUT_YEAR = re2.compile(r"([0-9]{1,2})月份?")
_YEAR = re2.compile(r"20[0-9]{2}")


def month_of(value: Value, *, year: int | None) -> Month | None:
    """The year and month a cell names; `4月` takes its year from `year`."""
    if isinstance(value, dt.date):
        return (value.year, value.month) if value.day == 1 else None
    if isinstance(value, Decimal):
        value = str(int(value)) if value == value.to_integral_value() and 0 < value < 10**6 else ""
    if not isinstance(value, str):
        return None
    text = "".join(unicodedata.normalize("NFKC", value).split())
    for pattern in (_WITH_YEAR, _COMPACT):
        match = pattern.fullmatch(text)
        if match:
            return _checked(int(match.group(1)), int(match.group(2)))
    match = _WITHOUT_YEAR.fullmatch(text)
    return _checked(year, int(match.group(1))) if match and year is not None else None


def lacks_year(value: Value) -> bool:
    """Whether a cell names a month without its year."""
    return isinstance(value, str) and bool(
        _WITHOUT_YEAR.fullmatch("".join(unicodedata.normalize("NFKC", value).split()))
    )


def year_in(value: Value) -> int | None:
    """The one year a title or head names; null for none and for two (`2025-2026`)."""
    if isinstance(value, Decimal) and 2000 <= value < 2100 and value == int(value):
        return int(value)
    if not isinstance(value, str):
        return None
    years = set(_YEAR.findall(unicodedata.normalize("NFKC", value)))
    return int(years.pop()) if len(years) == 1 else None


def month_bounds(month: Month, zone: ZoneInfo) -> tuple[dt.datetime, dt.datetime]:
    """Start and end of a calendar month of the zone, in UTC."""
    return month_start(month, zone), month_start(month_after(month), zone)


def month_start(month: Month, zone: ZoneInfo) -> dt.datetime:
    return dt.datetime(*month, 1, tzinfo=zone).astimezone(dt.UTC)


def month_after(month: Month) -> Month:
    year, number = month
    return year + number // 12, number % 12 + 1


def month_name(month: Month) -> str:
    return f"{month[0]}-{month[1]:02d}"


def _checked(year: int, month: int) -> Month | None:
    return (year, month) if 1 <= month <= 12 else None
