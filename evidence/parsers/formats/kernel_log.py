"""Kernel logs (`dmesg -T`, `dmesg --time-format iso`, `/dev/kmsg`): driver errors of cards (Xid) and the OOM killer.

A burst of one code on one card is one incident. Codes raised by applications (13, 31, 43, 45) are kept apart from
those of the hardware. Times since boot fix no instant; such lines are counted and give no rows.
"""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass, field
from typing import Any

import pyarrow as pa
import re2

from core.errors import ParseError
from core.provenance import Where
from core.text import Text
from evidence.observations.device_samples import DEVICE_SAMPLES
from evidence.observations.schema import INSTANT
from evidence.parsers.base import Issues, ParseResult
from evidence.parsers.columns.instants import Clock
from evidence.parsers.columns.local_times import iso_of_c_library
from evidence.parsers.logs.results import log_result
from evidence.parsers.text.log_lines import log_lines, text_of
from evidence.parsers.text.marks import Mark
from evidence.parsers.text.source import Source

BURST_MS = 60_000
MOST_EVENTS = 1_000_000
LISTED_DEVICES = 1000
# Xid codes that mean hardware or its firmware (ECC, remapping, bus, NVLink, GSP) rather than an application.
HARDWARE_XIDS = frozenset({48, 62, 63, 64, 74, 79, 92, 94, 95, 119, 120, 121, 140, 143})
_XID = re2.compile(r"NVRM: Xid \((PCI:[0-9a-fA-F:.]{4,24})\): ([0-9]{1,4})\b")
_OOM = re2.compile(r"oom_reaper: reaped|oom-kill:constraint|Out of memory: Kill")
_HEAD = Mark(
    rb"NVRM: Xid \(|NVRM: GPU at PCI:|oom-kill:constraint|Out of memory: Kill",
    *(b"NVRM: ", b"oom-kill:constraint", b"Out of memory: Kill"),
)
_BRACKETED = re2.compile(r"\[((?:[A-Z][a-z]{2} )?[A-Z][a-z]{2} {1,2}[0-9]{1,2} [0-9:]{8} [0-9]{4})\]")
_ISO = re2.compile(r"\b([0-9]{4}-[0-9]{2}-[0-9]{2}T[0-9:]{8}[,.][0-9]{1,9}(?:[+-][0-9]{2}:?[0-9]{2}|Z))")


@dataclass(slots=True)
class _Events:
    """Columns of the driver errors: card, code, instant as written (empty: since boot) and line."""

    devices: list[str] = field(default_factory=list)
    codes: list[int] = field(default_factory=list)
    times: list[str] = field(default_factory=list)
    lines: list[int] = field(default_factory=list)
    read: int = 0
    out_of_memory: int = 0


class KernelLog:
    format = "kernel_log"
    version = "1"
    title = Text(zh="内核日志（Xid、内存不足）", en="Kernel log (Xid, out of memory)")
    kinds = (DEVICE_SAMPLES.name,)

    def recognises(self, source: Source) -> bool:
        return source.opens_with(_HEAD)

    def parse(self, source: Source) -> ParseResult:
        events, issues = _read(source), Issues()
        if not events.codes and not events.out_of_memory:
            raise ParseError(
                "no_rows",
                Text(zh="日志中没有 Xid 或内存不足的记录。", en="The log holds neither Xid nor out-of-memory lines."),
                hint=Text(zh="请上传完整的 dmesg 输出。", en="Upload the whole output of dmesg."),
            )
        clock = Clock(source.timezone, issues)
        at, _ = clock.read(pa.array(events.times, pa.string()), pa.array(events.lines, pa.int64()))
        clock.close()
        dated = at.is_valid()
        _tell_undated(events, issues)
        columns = {
            "device": pa.array(events.devices, pa.string()),
            "at": at,
            "xid": pa.array(events.codes, pa.int64()),
            "line": pa.array(events.lines, pa.int64()),
        }
        table = DEVICE_SAMPLES.table({name: column.filter(dated) for name, column in columns.items()})
        undated = len(events.codes) - table.num_rows
        return log_result(
            source,
            tables={DEVICE_SAMPLES.name: table} if table.num_rows else {},
            facts=[_facts(events, at)],
            issues=issues,
            lines=events.read,
            used=events.read - undated,
            faulty=undated,
        )


def _read(source: Source) -> _Events:
    events = _Events()
    for number, raw in log_lines(source):
        events.read += 1
        if b"NVRM" in raw and (match := _XID.search(text := text_of(raw))):
            if len(events.codes) < MOST_EVENTS:
                events.devices.append(match.group(1))
                events.codes.append(int(match.group(2)))
                events.times.append(_time(text))
                events.lines.append(number)
        elif _OOM.search(text_of(raw)):
            events.out_of_memory += 1
    return events


def _time(line: str) -> str:
    if match := _BRACKETED.search(line):
        return iso_of_c_library(match.group(1))
    return match.group(1) if (match := _ISO.search(line)) else ""


def _tell_undated(events: _Events, issues: Issues) -> None:
    undated = [line for line, time in zip(events.lines, events.times, strict=True) if not time]
    if undated:
        issues.add(
            "since_boot",
            Text(
                zh=f"有 {len(undated)} 条 Xid 只有开机以来的秒数，无法确定时刻。",
                en=f"{len(undated)} Xid lines tell seconds since boot only, which fix no instant.",
            ),
            where=Where(line=undated[0]),
            hint=Text(zh="请用 dmesg --time-format iso 导出。", en="Export with dmesg --time-format iso."),
            times=len(undated),
        )


def _facts(events: _Events, at: pa.Array) -> dict[str, Any]:
    by_code = Counter(events.codes)
    incidents = _incidents(events, at)
    return {
        "lines": events.read,
        "xid_events": len(events.codes),
        "xid_by_code": {str(code): by_code[code] for code in sorted(by_code)},
        "xid_devices": sorted(set(events.devices))[:LISTED_DEVICES],
        "xid_incidents": sum(incidents.values()),
        "xid_hardware_incidents": sum(n for code, n in incidents.items() if code in HARDWARE_XIDS),
        "oom_lines": events.out_of_memory,
    }


def _incidents(events: _Events, at: pa.Array) -> Counter[int]:
    """Bursts per code: events of one card and code within a minute of the one before; undated ones count as one."""
    moments = at.cast(INSTANT).cast(pa.int64()).to_pylist()
    found: Counter[int] = Counter()
    last: dict[tuple[str, int], int | None] = {}
    rows = zip(events.devices, events.codes, moments, strict=True)
    for device, code, moment in sorted(rows, key=lambda row: (row[0], row[1], row[2] or 0)):
        key = (device, code)
        before = last.get(key)
        if key not in last or (moment is not None and before is not None and moment - before > BURST_MS):
            found[code] += 1
        last[key] = moment
    return found


PARSER = KernelLog()
