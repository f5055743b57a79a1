"""The names of time zones this installation knows."""

from __future__ import annotations

from functools import cache
from zoneinfo import available_timezones


@cache
def zone_names() -> frozenset[str]:
    """Such as `Asia/Shanghai`. Read once: they are hundreds of files."""
    return frozenset(available_timezones())
