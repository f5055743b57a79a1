"""Log of the NVIDIA fabric manager: how many errors it told, and which NVSwitch ports they name. Facts only."""

from __future__ import annotations

from collections import Counter

import re2

from core.text import Text
from evidence.parsers.base import Issues, ParseResult
from evidence.parsers.logs.results import log_result
from evidence.parsers.text.log_lines import log_lines, text_of, words
from evidence.parsers.text.source import Source

LISTED = 100
_LINE = re2.compile(r"\[([A-Z][a-z]{2} [0-9]{2} [0-9]{4} [0-9:]{8})\] \[([A-Z]{1,12})\] \[tid [0-9]{1,10}\] (.*)")
_HEAD = re2.compile(rb"(?m)^\[[A-Z][a-z]{2} [0-9]{2} [0-9]{4} [0-9:]{8}\] \[[A-Z]{1,12}\] \[tid [0-9]{1,10}\] ")
_SWITCH = re2.compile(r"(?i)\bNVSwitch (non-fatal|fatal) error ([0-9]{1,10})\b")


class FabricManager:
    format = "fabric_manager"
    version = "1"
    title = Text(zh="NVIDIA Fabric Manager 日志", en="Log of the NVIDIA fabric manager")
    kinds: tuple[str, ...] = ()

    def recognises(self, source: Source) -> bool:
        return _HEAD.search(source.head_in_utf8) is not None

    def parse(self, source: Source) -> ParseResult:
        levels: Counter[str] = Counter()
        switch: Counter[str] = Counter()
        errors: list[dict[str, object]] = []
        lines = 0
        first = last = None
        for number, raw in log_lines(source):
            lines += 1
            match = _LINE.match(text_of(raw))
            if match is None:
                continue
            stamp, level, message = match.groups()
            levels[level] += 1
            first, last = first or stamp, stamp
            if found := _SWITCH.search(message):
                switch[found.group(1).lower()] += 1
            if level in ("ERROR", "FATAL") and len(errors) < LISTED:
                errors.append({"at_local": stamp, "message": words(message), "line": number})
        facts = {
            "lines": lines,
            "lines_by_level": dict(sorted(levels.items())),
            "nvswitch_non_fatal_errors": switch["non-fatal"],
            "nvswitch_fatal_errors": switch["fatal"],
            "errors": errors,
            "first_at_local": first,
            "last_at_local": last,
        }
        return log_result(source, tables={}, facts=[facts], issues=Issues(), lines=lines, used=lines)


PARSER = FabricManager()
