"""The names of time zones this installation knows."""

from __future__ import annotations

from functools import cache
from zoneinfo import available_timezones

# Files beside those of the zones: what this machine's own clock is set to, and the zone of a clock nobody set.
_NO_ZONES = frozenset({"Factory", "localtime", "posixrules"})


@cache
def zone_names() -> frozenset[str]:
    """Such as `Asia/Shanghai`. Read once: they are hundreds of files."""
    return frozenset(available_timezones()) - _NO_ZONES
