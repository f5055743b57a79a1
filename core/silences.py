"""When meters were silent, in words: from when to when and how long, the longest gap first and the rest counted."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable, Mapping
from fractions import Fraction
from zoneinfo import ZoneInfo

from core.quantity import measured, rounded, shortest
from core.text import Text, joined_zh

# Certificates are one page, on which several reasons must find room.
NAMED_GAPS = 3
NAMED_METERS = 3
_MINUTE = 60_000
_HOUR = 60 * _MINUTE
_DAY = 24 * _HOUR
_LENGTHS = (
    (_DAY, Text(zh="天", en="day")),
    (_HOUR, Text(zh="小时", en="hour")),
    (_MINUTE, Text(zh="分钟", en="minute")),
)


def told_silences(gaps_of: Mapping[str, Iterable[tuple[int, int]]], zone: str) -> Text:
    """The gaps of some meters in one phrase, such as “M-IT from 2025-03-12 00:00 to 2025-03-19 06:15 (7.3 days)”.

    Args:
        gaps_of: start and end of each gap in ms since 1970 UTC, by the name of the meter; at least one.
        zone: of the clock on the wall of the centre, in which the times are told.
    """
    spans = _by_span(gaps_of)
    named, rest = spans[:NAMED_GAPS], spans[NAMED_GAPS:]
    told = [_told(span, meters, ZoneInfo(zone)) for span, meters in named]
    if rest:
        (start, end), _ = rest[0]
        longest = _length(end - start)
        told.append(
            Text(
                zh=f"另有 {len(rest)} 处缺口，最长 {longest.zh}",
                en=f"{_counted(len(rest), 'more gap')} of at most {longest.en}",
            )
        )
    return Text(
        zh=f"{'；'.join(one.zh for one in told)}，时间按 {zone}",
        en=f"{'; '.join(one.en for one in told)}, time of {zone}",
    )


def _by_span(gaps_of: Mapping[str, Iterable[tuple[int, int]]]) -> list[tuple[tuple[int, int], list[str]]]:
    """Each gap with the meters that share it, the longest first and of equal ones the earliest."""
    meters_of: dict[tuple[int, int], list[str]] = {}
    for meter, gaps in gaps_of.items():
        for gap in gaps:
            meters_of.setdefault(gap, []).append(meter)
    return sorted(meters_of.items(), key=lambda one: (one[0][0] - one[0][1], one[0][0]))


def _told(span: tuple[int, int], meters: list[str], zone: ZoneInfo) -> Text:
    start, end = (_wall_time(instant, zone) for instant in span)
    length, named = _length(span[1] - span[0]), meters[:NAMED_METERS]
    zh, en = "、".join(named), ", ".join(named)
    if more := len(meters) - len(named):
        zh, en = f"{zh} 等 {len(meters)} 处", f"{en} and {_counted(more, 'other')}"
    return Text(
        zh=f"{joined_zh(zh, '自')} {start} 至 {end}（{length.zh}）", en=f"{en} from {start} to {end} ({length.en})"
    )


def _wall_time(instant: int, zone: ZoneInfo) -> str:
    """To the minute; with seconds only where a gap begins or ends between two minutes."""
    moment = dt.datetime.fromtimestamp(instant // 1000, zone)
    return f"{moment:%Y-%m-%d %H:%M:%S}" if moment.second else f"{moment:%Y-%m-%d %H:%M}"


def _length(passed: int) -> Text:
    """Milliseconds in the largest unit of which there is a whole one, to a tenth."""
    unit, word = next((one for one in _LENGTHS if passed >= one[0]), _LENGTHS[-1])
    said = shortest(rounded(measured(Fraction(passed, unit)), 1))
    return Text(zh=f"{said} {word.zh}", en=f"{said} {word.en}{'' if said == '1' else 's'}")


def _counted(number: int, thing: str) -> str:
    return f"{number} {thing}{'' if number == 1 else 's'}"
