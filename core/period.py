"""Half-open periods in UTC, counted in the calendar of the centre's own zone."""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass
from typing import Any, Self
from zoneinfo import ZoneInfo


@dataclass(frozen=True, slots=True)
class Period:
    """`start` ≤ t < `end`, both instants in UTC."""

    start: dt.datetime
    end: dt.datetime

    def __post_init__(self) -> None:
        if self.start.tzinfo is None or self.end.tzinfo is None:
            raise ValueError("a period needs instants with a zone")
        if not self.start < self.end:
            raise ValueError("a period ends after it starts")

    @classmethod
    def whole_months(cls, applied_on: dt.date, *, months: int, zone: str) -> Self:
        """The whole calendar months of the zone that end on or before the date of application."""
        last = _first_of_month(applied_on + dt.timedelta(days=1))
        return cls(_midnight(_months_earlier(last, months), zone), _midnight(last, zone))

    @classmethod
    def whole_days(cls, applied_on: dt.date, *, days: int, zone: str) -> Self:
        """So many whole days of the zone that end with the last whole month before application."""
        last = _first_of_month(applied_on + dt.timedelta(days=1))
        return cls(_midnight(last - dt.timedelta(days=days), zone), _midnight(last, zone))

    @property
    def seconds(self) -> int:
        return int((self.end - self.start).total_seconds())

    @property
    def milliseconds(self) -> int:
        return self.seconds * 1000

    def contains(self, instant: dt.datetime) -> bool:
        return self.start <= instant < self.end

    def months(self, zone: str) -> list[tuple[str, Period]]:
        """Calendar months of the zone inside the period, each with its name (`2025-04`)."""
        months: list[tuple[str, Period]] = []
        day = self.start.astimezone(ZoneInfo(zone)).date().replace(day=1)
        while (start := _midnight(day, zone)) < self.end:
            following = _months_earlier(day, -1)
            months.append((f"{day:%Y-%m}", Period(max(start, self.start), min(_midnight(following, zone), self.end))))
            day = following
        return months

    def as_json(self) -> dict[str, Any]:
        return {"start": instant(self.start), "end": instant(self.end)}


def instant(moment: dt.datetime) -> str:
    """ISO 8601 in UTC with `Z`, as written into files."""
    return moment.astimezone(dt.UTC).isoformat(timespec="auto").replace("+00:00", "Z")


def _first_of_month(day: dt.date) -> dt.date:
    return day.replace(day=1)


def _months_earlier(day: dt.date, months: int) -> dt.date:
    index = day.year * 12 + day.month - 1 - months
    return dt.date(index // 12, index % 12 + 1, 1)


def _midnight(day: dt.date, zone: str) -> dt.datetime:
    return dt.datetime.combine(day, dt.time(), tzinfo=ZoneInfo(zone)).astimezone(dt.UTC)
