"""Samples of a power analyser (`spl.txt` of MLPerf Power): about one line per second, keys and values in turn.

Times are local, without a zone. Only the samples inside the window of the run count, so the mean of the file is
not the power of the run. −1 W marks a sample over the analyser's range.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Sequence
from dataclasses import dataclass, field
from decimal import Decimal
from fractions import Fraction
from typing import Any

import pyarrow as pa
import re2

from core.errors import ParseError
from core.provenance import Where
from core.quantity import measured
from core.text import Text
from evidence.observations.power_samples import POWER_SAMPLES
from evidence.parsers.base import Issues, ParseResult, Severity
from evidence.parsers.columns.figures import figures
from evidence.parsers.columns.instants import Clock
from evidence.parsers.columns.local_times import iso_of_american
from evidence.parsers.logs.results import log_result, printed
from evidence.parsers.text.log_lines import log_lines, text_of, words
from evidence.parsers.text.source import Source

MS_PER_WH_OF_W = 3_600_000
MOST_MARKS = 100
_HEAD = re2.compile(rb"^(?:\xef\xbb\xbf)?Time,[0-9]{2}-[0-9]{2}-[0-9]{4} [0-9:.]{8,18},Watts,")
_LINE = re2.compile(
    r"^Time,([0-9]{2}-[0-9]{2}-[0-9]{4} [0-9]{2}:[0-9]{2}:[0-9]{2}(?:\.[0-9]{1,6})?)"
    r",Watts,(-?[0-9]{1,12}(?:\.[0-9]{1,9})?)"
    r"(?:,.{0,400}?)?(?:,Mark,([^,]{0,200}))?\s*$"
)


@dataclass(slots=True)
class _Samples:
    """Columns of the samples: local time, watts, mark and line."""

    times: list[str] = field(default_factory=list)
    watts: list[Decimal] = field(default_factory=list)
    marks: list[str] = field(default_factory=list)
    lines: list[int] = field(default_factory=list)
    read: int = 0
    over_range: list[int] = field(default_factory=list)
    broken: list[int] = field(default_factory=list)


class PtdaemonSamples:
    format = "ptdaemon_samples"
    version = "1"
    kinds = (POWER_SAMPLES.name,)
    title = Text(zh="功率分析仪采样（spl.txt）", en="Samples of a power analyser (spl.txt)")

    def recognises(self, source: Source) -> bool:
        return _HEAD.match(source.head_in_utf8) is not None

    def parse(self, source: Source) -> ParseResult:
        samples, issues = _read(source), Issues()
        if not samples.watts:
            raise ParseError(
                "no_rows",
                Text(zh="文件中没有功率采样。", en="The file holds no power sample."),
                hint=Text(zh="请上传未经改动的 spl.txt。", en="Upload spl.txt, unchanged."),
            )
        _tell(samples, issues)
        clock = Clock(source.timezone, issues)
        at, bad = clock.read(pa.array(samples.times, pa.string()), pa.array(samples.lines, pa.int64()))
        clock.close()
        kept = pa.array(~bad)
        columns = {
            "series": pa.array(["analyser"] * len(samples.watts), pa.string()),
            "place": pa.array(["analyser"] * len(samples.watts), pa.string()),
            "at": at,
            "power_w": pa.array(figures(samples.watts), POWER_SAMPLES.arrow.field("power_w").type),
            "mark": pa.array(samples.marks, pa.string()),
            "line": pa.array(samples.lines, pa.int64()),
        }
        table = POWER_SAMPLES.table({name: column.filter(kept) for name, column in columns.items()})
        return log_result(
            source,
            tables={POWER_SAMPLES.name: table},
            facts=_facts(samples),
            issues=issues,
            lines=samples.read,
            used=table.num_rows,
            faulty=samples.read - table.num_rows,
        )


def _read(source: Source) -> _Samples:
    samples = _Samples()
    for number, raw in log_lines(source):
        line = text_of(raw)
        if not line.strip():
            continue
        samples.read += 1
        match = _LINE.match(line)
        watts = printed(match.group(2).lstrip("-")) if match else None
        if match is None or watts is None:
            samples.broken.append(number)
        elif match.group(2).startswith("-"):
            samples.over_range.append(number)
        else:
            samples.times.append(iso_of_american(match.group(1)))
            samples.watts.append(watts)
            samples.marks.append(words(match.group(3) or ""))
            samples.lines.append(number)
    return samples


def _tell(samples: _Samples, issues: Issues) -> None:
    if samples.over_range:
        issues.add(
            "over_range",
            Text(
                zh=f"有 {len(samples.over_range)} 个采样为负（超出量程），未采用。",
                en=f"{len(samples.over_range)} samples are negative (over the analyser's range) and not used.",
            ),
            where=Where(line=samples.over_range[0]),
            severity=Severity.WARNING,
            times=len(samples.over_range),
        )
    if samples.broken:
        issues.add(
            "broken_line",
            Text(
                zh=f"有 {len(samples.broken)} 行无法读取，首个在第 {samples.broken[0]} 行。",
                en=f"{len(samples.broken)} lines cannot be read, the first is line {samples.broken[0]}.",
            ),
            where=Where(line=samples.broken[0]),
            times=len(samples.broken),
        )


def _facts(samples: _Samples) -> list[dict[str, Any]]:
    """One mapping per mark: an analyser file may hold ranging and testing, whose means must not be mixed."""
    names = list(dict.fromkeys(samples.marks))[:MOST_MARKS]
    places: dict[str, list[int]] = {name: [] for name in names}
    for index, mark in enumerate(samples.marks):
        if mark in places:
            places[mark].append(index)
    return [_of_mark(samples, name, places[name]) for name in names]


def _of_mark(samples: _Samples, mark: str, places: Sequence[int]) -> dict[str, Any]:
    watts = [samples.watts[index] for index in places]
    times = [samples.times[index] for index in places]
    return {
        "mark": mark,
        "samples": len(watts),
        "first_at_local": times[0],
        "last_at_local": times[-1],
        "power_mean_w": measured(sum(map(Fraction, watts), Fraction(0)) / len(watts)),
        "power_max_w": max(watts),
        "energy_wh": _energy_wh(times, watts),
    }


def _energy_wh(times: Sequence[str], watts: Sequence[Decimal]) -> Decimal | None:
    """The trapezoid over the samples; null where the clock is not readable."""
    try:
        moments = [dt.datetime.fromisoformat(text) for text in times]
    except ValueError:
        return None
    milliseconds = [(moment - moments[0]) // dt.timedelta(milliseconds=1) for moment in moments]
    total = sum(
        (
            (Fraction(watts[i]) + Fraction(watts[i + 1])) / 2 * (milliseconds[i + 1] - milliseconds[i])
            for i in range(len(watts) - 1)
        ),
        Fraction(0),
    )
    return measured(total / MS_PER_WH_OF_W)


PARSER = PtdaemonSamples()
