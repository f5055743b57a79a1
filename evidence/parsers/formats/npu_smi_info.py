"""`npu-smi info`: the boxed table of an Ascend host, two lines per chip, widths differing between releases.

A snapshot; facts only.
"""

from __future__ import annotations

from decimal import Decimal
from typing import Any

import re2

from core.errors import ParseError
from core.provenance import Where
from core.text import Text
from evidence.parsers.base import Issues, ParseResult, Severity
from evidence.parsers.logs.results import log_result, printed
from evidence.parsers.text.log_lines import log_lines, text_of, words
from evidence.parsers.text.marks import Mark
from evidence.parsers.text.source import Source

MOST_CHIPS = 1024
_HEAD = Mark(rb"\|\s*npu-smi\s+[0-9][0-9A-Za-z._-]{0,40}\s+Version:", b"npu-smi")
_VERSION = re2.compile(r"\|\s*npu-smi\s+([0-9][0-9A-Za-z._-]{0,40})\s+Version:\s*([0-9A-Za-z._-]{1,40})\s*\|?\s*")
_NPU = re2.compile(
    r"\|\s*([0-9]{1,4})\s+([0-9A-Za-z][0-9A-Za-z._-]{0,40})\s*\|\s*([A-Za-z]{1,20})\s*\|"
    r"\s*([0-9]{1,5}(?:\.[0-9]{1,3})?|-|NA)\s+([0-9]{1,4}|-|NA)\s.{0,80}\|\s*"
)
_CHIP = re2.compile(
    r"\|\s*([0-9]{1,4})(?:\s+([0-9]{1,4}))?\s*\|\s*([0-9A-Fa-f:.]{7,16}|NA)\s*\|"
    r"\s*([0-9]{1,3}|-|NA)\s+(.{1,80}?)\s*\|\s*"
)
_PAIR = re2.compile(r"([0-9]{1,9})\s*/\s*([0-9]{1,9})")


class NpuSmiInfo:
    format = "npu_smi_info"
    version = "1"
    title = Text(zh="npu-smi info 输出", en="Output of npu-smi info")
    kinds: tuple[str, ...] = ()

    def recognises(self, source: Source) -> bool:
        return source.opens_with(_HEAD)

    def parse(self, source: Source) -> ParseResult:
        issues = Issues()
        chips: list[dict[str, Any]] = []
        version: str | None = None
        npu: dict[str, Any] | None = None
        lines = 0
        for number, raw in log_lines(source):
            lines += 1
            line = text_of(raw)
            if match := _VERSION.search(line):
                version = match.group(1)
            elif npu is not None and (match := _CHIP.fullmatch(line)):
                if len(chips) < MOST_CHIPS:
                    chips.append(npu | _chip(match.groups()))
                npu = None
            elif match := _NPU.fullmatch(line):
                if npu is not None:
                    _tell_half(issues, npu["line"])
                npu = _npu(match.groups()) | {"line": number}
        if npu is not None:
            _tell_half(issues, npu["line"])
        if not chips:
            raise ParseError(
                "no_rows",
                Text(zh="输出中没有任何芯片。", en="The output lists no chip."),
                hint=Text(zh="请上传 npu-smi info 的完整输出。", en="Upload the whole output of npu-smi info."),
            )
        issues.add(
            "snapshot_only",
            Text(
                zh="该输出是一次快照，不能说明一段时期。",
                en="The output is one snapshot, which says nothing about a period.",
            ),
            severity=Severity.INFO,
            hint=Text(
                zh="请用 query_range 导出 npu-exporter 的序列。", en="Export the series of npu-exporter by query_range."
            ),
        )
        facts = {"npu_smi_version": version, "chips": len(chips), "cards": chips}
        return log_result(source, tables={}, facts=[facts], issues=issues, lines=lines, used=lines)


def _npu(groups: tuple[str, ...]) -> dict[str, Any]:
    number, name, health, power, temperature = groups
    return {
        "npu": int(number),
        "name": words(name),
        "health": words(health),
        "power_w": printed(power),
        "temperature_c": printed(temperature),
    }


def _chip(groups: tuple[str | None, ...]) -> dict[str, Any]:
    """The last pair of a chip's line is its HBM, in MB; the one before is the memory of the chip."""
    chip, _, bus, active, rest = groups
    pairs = _PAIR.findall(rest or "")
    used, total = (int(part) for part in pairs[-1]) if pairs else (None, None)
    percent = printed(active)
    return {
        "chip": int(chip or 0),
        "bus": bus,
        "active_ratio": percent * Decimal("0.01") if percent is not None and percent <= 100 else None,
        "memory_used_mb": used,
        "memory_total_mb": total,
    }


def _tell_half(issues: Issues, line: int) -> None:
    issues.add(
        "half_a_chip",
        Text(
            zh=f"第 {line} 行的芯片缺少第二行。",
            en=f"The chip in line {line} lacks its second line.",
        ),
        where=Where(line=line),
        hint=Text(zh="请上传完整的输出。", en="Upload the whole output."),
    )


PARSER = NpuSmiInfo()
