"""Instants, days and figures of a visit's record, as people write them; what could be read two ways is refused.

Pydantic alone would take 1700000000 for an instant, `1_0` for ten, and every age for ours.
"""

from __future__ import annotations

import datetime as dt
from decimal import Decimal
from typing import Annotated, Any

import re2
from pydantic import BeforeValidator, ValidationInfo
from pydantic_core import PydanticKnownError

from centres.profile_rules import at_most, is_handed_in
from core.days import of_our_time
from core.errors import InputError
from core.model_faults import broken_rule
from core.quantity import LONGEST_NUMBER, bounded_decimal, not_a_number, without_negative_zero
from core.text import Text

_DAY = re2.compile(r"\d{4}-\d{2}-\d{2}")
_INSTANT = re2.compile(r"(\d{4}-\d{2}-\d{2})[Tt ]\d{2}:\d{2}(:\d{2}([.,]\d{1,6})?)?(Z|z|[+-]\d{2}:?\d{2}(:\d{2})?)?")
_OFFSET = 4  # its group
_OFFSET_MISSING = Text(zh="时间须带时区偏移。", en="The time needs its offset.")
_WRITE_OFFSET = Text(
    zh="请在时间后写上偏移，例如 2026-11-20T09:30:00+08:00。",
    en="Write the offset behind it, such as 2026-11-20T09:30:00+08:00.",
)
_LARGEST_READING = 10**15  # as the profile bounds a register


def _instant(value: Any, info: ValidationInfo) -> Any:
    written = _INSTANT.fullmatch(value) if isinstance(value, str) else None
    if written is None:
        raise PydanticKnownError("datetime_type")
    if not written.group(_OFFSET):
        raise broken_rule("offset_missing", _OFFSET_MISSING, hint=_WRITE_OFFSET)
    _refuse_other_ages(written.group(1), info)
    return value


def _day(value: Any, info: ValidationInfo) -> Any:
    if not isinstance(value, str) or not _DAY.fullmatch(value):
        raise PydanticKnownError("date_type")
    _refuse_other_ages(value, info)
    return value


def _refuse_other_ages(day: str, info: ValidationInfo) -> None:
    """At the edges of the calendar no page can tell the local time. A record kept from before is read as it is."""
    if not is_handed_in(info):
        return
    try:
        of_our_time(dt.date.fromisoformat(day), field="")
    except InputError as refusal:
        raise broken_rule("day_out_of_range", refusal.message, hint=refusal.hint) from refusal
    except ValueError:  # no such day: pydantic says so
        return


def _figure(value: Any) -> Any:
    if isinstance(value, bool) or not isinstance(value, str | int | Decimal):  # to Python True is a kind of int
        raise PydanticKnownError("decimal_type")
    figure = bounded_decimal(str(value))
    if figure is None or len(str(figure)) > LONGEST_NUMBER:  # as it is kept, it has to be read again
        refusal = not_a_number(str(value))
        raise broken_rule("not_a_number", refusal.message, hint=refusal.hint)
    return without_negative_zero(figure)


Instant = Annotated[dt.datetime, BeforeValidator(_instant)]
Day = Annotated[dt.date, BeforeValidator(_day)]
Reading = Annotated[Decimal, BeforeValidator(_figure), at_most(_LARGEST_READING)]
