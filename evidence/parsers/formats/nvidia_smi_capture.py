"""A capture of everything `nvidia-smi` tells on one host, section by section, as nvidia_gpu_exporter collects it.

It shows driver, cards and what can be queried; it is no log of samples. Facts only.
"""

from __future__ import annotations

from typing import Any

import re2

from core.errors import ParseError
from core.text import Text
from evidence.parsers.base import Issues, ParseResult, Severity
from evidence.parsers.logs.results import log_result
from evidence.parsers.text.log_lines import log_lines, text_of, words
from evidence.parsers.text.source import Source

MOST_SECTIONS = 1000
_MARK = "nvidia_gpu_exporter GPU capture"
_RULE = re2.compile(r"#{40,}\s*")
_SECTION = re2.compile(r"# ([a-z][a-z0-9 -]{0,40}) :: (.{1,120})")
_COMMAND = re2.compile(r"# \$ nvidia-smi ?(.*)")
_COLLECTED = re2.compile(r"collected_at:\s*([0-9TZ:+.-]{10,40})")
_DRIVER = re2.compile(r"(?i)driver version\s*:\s*([0-9.]{3,20})\s*")
_CARD = re2.compile(r"GPU [0-9]{1,4}: (.{1,100}?) \(UUID: ([A-Za-z0-9-]{1,80})\)\s*")


class NvidiaSmiCapture:
    format = "nvidia_smi_capture"
    version = "1"
    title = Text(zh="nvidia-smi 全量采集（分节文本）", en="nvidia-smi capture in sections")
    kinds: tuple[str, ...] = ()

    def recognises(self, source: Source) -> bool:
        return _MARK in "\n".join(source.head_lines()[:10])

    def parse(self, source: Source) -> ParseResult:
        sections: list[dict[str, Any]] = []
        drivers: list[str] = []
        collected: list[str] = []
        cards: dict[str, str] = {}
        lines = 0
        ruled = False
        for number, raw in log_lines(source):
            lines += 1
            line = text_of(raw)
            if ruled and (match := _SECTION.fullmatch(line)) and len(sections) < MOST_SECTIONS:
                sections.append({"phase": words(match.group(1)), "section": words(match.group(2)), "line": number})
            elif (match := _COMMAND.fullmatch(line)) and sections:
                sections[-1]["command"] = words(f"nvidia-smi {match.group(1)}")
            elif match := _COLLECTED.match(line):
                collected.append(match.group(1))
            elif (match := _DRIVER.fullmatch(line)) and match.group(1) not in drivers[:10]:
                drivers.append(match.group(1))
            elif (match := _CARD.fullmatch(line)) and len(cards) < MOST_SECTIONS:
                cards.setdefault(match.group(2), words(match.group(1)))
            ruled = _RULE.fullmatch(line) is not None
        if not sections:
            raise ParseError(
                "no_rows",
                Text(zh="文件中没有任何一节。", en="The file holds no section."),
                hint=Text(zh="请上传完整的采集文件。", en="Upload the whole capture."),
            )
        issues = Issues()
        issues.add(
            "snapshot_only",
            Text(
                zh="该文件是一次采集，不能说明一段时期。",
                en="The file is one capture, which says nothing about a period.",
            ),
            severity=Severity.INFO,
            hint=Text(
                zh="请用 nvidia-smi --query-gpu=timestamp,uuid,… --format=csv -l 60 记录。",
                en="Log with nvidia-smi --query-gpu=timestamp,uuid,… --format=csv -l 60.",
            ),
        )
        facts = {
            "sections": len(sections),
            "collected_at": collected[:10],
            "driver_versions": drivers[:10],
            "cards": [{"uuid": uuid, "name": name} for uuid, name in cards.items()],
            "commands": [section["command"] for section in sections if "command" in section],
        }
        return log_result(source, tables={}, facts=[facts], issues=issues, lines=lines, used=lines)


PARSER = NvidiaSmiCapture()
