"""Days that people write: one of another age is a slip of the pen, and what is to be done by then cannot be over."""

from __future__ import annotations

import datetime as dt

from core.errors import InputError
from core.provenance import Where
from core.text import Text

EARLIEST, LATEST = dt.date(1970, 1, 1), dt.date(2199, 12, 31)  # as evidence is read


def of_our_time(day: dt.date, *, field: str) -> dt.date:
    """Raises:
    InputError: `day_out_of_range`, before 1970 or after 2199.
    """
    if not EARLIEST <= day <= LATEST:
        raise InputError(
            "day_out_of_range",
            Text(
                zh=f"{day.isoformat()} 不在 1970 至 2199 年之间。",
                en=f"{day.isoformat()} is not between 1970 and 2199.",
            ),
            where=Where(field=field),
            hint=Text(zh="请核对年份，例如 2027-03-31。", en="Check the year; write the day as 2027-03-31."),
        )
    return day


def moment_of_our_time(moment: dt.datetime, *, field: str) -> dt.datetime:
    """By the day it was written with: at the edges of the calendar there is no telling what day it is elsewhere.

    Raises:
        InputError: `day_out_of_range`.
    """
    of_our_time(moment.date(), field=field)
    return moment


def still_to_come(day: dt.date, *, today: dt.date, field: str) -> dt.date:
    """Today or later.

    Raises:
        InputError: `day_has_passed`; `day_out_of_range`.
    """
    if of_our_time(day, field=field) < today:
        raise InputError(
            "day_has_passed",
            Text(zh=f"{day.isoformat()} 已经过去。", en=f"{day.isoformat()} has passed."),
            where=Where(field=field),
            hint=Text(zh=f"请选 {today.isoformat()} 或之后的日期。", en=f"Choose {today.isoformat()} or a later day."),
        )
    return day
