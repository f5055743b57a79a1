"""How many examples a property is tried with, and that the time of one says nothing about the code.

Examples differ from run to run; a night (`ZHIHENG_NIGHT=1`, `script/nightly properties`) tries five times as many and
more. `ZHIHENG_QUICK=1` (`script/test library`) tries ten: enough to see a blunder while one works.
"""

from __future__ import annotations

import os

from hypothesis import settings

NIGHT = bool(os.environ.get("ZHIHENG_NIGHT"))
QUICK = bool(os.environ.get("ZHIHENG_QUICK"))
_FEW = 10


def examples(by_day: int, *, by_night: int) -> int:
    """For a property that is dear or needs many."""
    if QUICK:
        return min(by_day, _FEW)
    return by_night if NIGHT else by_day


settings.register_profile("shared machine", deadline=None, max_examples=examples(100, by_night=500))
settings.load_profile("shared machine")
