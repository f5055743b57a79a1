"""Log of the power analyser's daemon (`ptd_logs.txt` of MLPerf Power): what each session measured, and its errors.

A ranging session comes first and may report uncertain samples; errors in a testing session make its power doubtful.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Any

import re2

from core.errors import ParseError
from core.provenance import Where
from core.text import Text
from evidence.parsers.base import Issues, ParseResult
from evidence.parsers.logs.results import FIGURE_PATTERN, log_result, printed
from evidence.parsers.text.log_lines import log_lines, text_of, words
from evidence.parsers.text.source import Source

MOST_SESSIONS = 1000
_BANNER = b"SPEC PTDaemon"
_VERSION = re2.compile(r"^\s*Version (\S{1,80})")
_CONNECTED = re2.compile(r"Connected to (\S{1,80}) successfully")
_GO = re2.compile(r"Go with mark '([^']{1,200})'")
_RESULT = re2.compile(
    r"Avg watts (-?)"
    + FIGURE_PATTERN
    + r", min watts (-?)"
    + FIGURE_PATTERN
    + r", max watts (-?)"
    + FIGURE_PATTERN
    + r", samples ([0-9]{1,15}), errors ([0-9]{1,15}), valid ([0-9]{1,15})"
)
_STAMPED = re2.compile(r"^[0-9]{2}-[0-9]{2}-[0-9]{4} [0-9:.]{8,18}: (.*)$")


@dataclass(slots=True)
class _Session:
    """One measurement: from `Go` to its result line."""

    mark: str
    line: int
    errors: list[int] = field(default_factory=list)
    uncertain: int = 0
    result: dict[str, Any] | None = None


class PtdaemonLog:
    format = "ptdaemon_log"
    version = "1"
    kinds: tuple[str, ...] = ()
    title = Text(zh="功率分析仪守护进程日志", en="Log of the power analyser's daemon")

    def recognises(self, source: Source) -> bool:
        return _BANNER in source.opening_in_utf8

    def parse(self, source: Source) -> ParseResult:
        issues, sessions = Issues(), list[_Session]()
        about: dict[str, Any] = {"version": None, "analyser": None}
        lines = used = 0
        for lines, raw in log_lines(source):
            line = text_of(raw)
            if (found := _VERSION.match(line)) and about["version"] is None:
                about["version"] = words(found.group(1))
            elif found := _CONNECTED.search(line):
                about["analyser"] = words(found.group(1))
            elif (found := _GO.search(line)) and len(sessions) < MOST_SESSIONS:
                sessions.append(_Session(words(found.group(1)), lines))
            elif not (sessions and _take(sessions[-1], line, lines)):
                continue
            used += 1
        if not sessions:
            raise ParseError(
                "no_rows",
                Text(zh="日志中没有测量会话。", en="The log holds no measuring session."),
                hint=Text(zh="请上传完整的 ptd_logs.txt。", en="Upload the whole ptd_logs.txt."),
            )
        for session in sessions:
            _tell(session, issues)
        facts = {"lines": lines, **about, "sessions": [_facts(session) for session in sessions]}
        return log_result(source, tables={}, facts=[facts], issues=issues, lines=lines, used=used)


def _take(session: _Session, line: str, number: int) -> bool:
    if found := _RESULT.search(line):
        average, lowest, highest = (printed(found.group(index)) for index in (2, 4, 6))
        negative = any(found.group(index) for index in (1, 3, 5))
        session.result = {
            "power_mean_w": None if negative else average,
            "power_min_w": None if negative else lowest,
            "power_max_w": None if negative else highest,
            "samples": int(found.group(7)),
            "errors": int(found.group(8)),
            "valid": int(found.group(9)),
        }
        return True
    stamped = _STAMPED.match(line)
    text = stamped.group(1) if stamped else line
    if session.result is not None:
        return False
    if "uncertainty of this sample" in text or "Uncertainty unknown" in text:
        session.uncertain += text.startswith("ERROR")
        return True
    if text.startswith("ERROR"):
        session.errors.append(number)
        return True
    return False


def _tell(session: _Session, issues: Issues) -> None:
    if session.result is None:
        issues.add(
            "session_not_completed",
            Text(
                zh=f"会话“{session.mark}”没有结束行，测量未完成或日志被截断。",
                en=f"The session “{session.mark}” has no closing line: it did not end or the log is cut short.",
            ),
            where=Where(line=session.line),
        )
    is_testing = session.mark.endswith("_testing")
    failed = [*session.errors, *([session.line] * session.uncertain if is_testing else [])]
    if failed:
        issues.add(
            "analyser_error",
            Text(
                zh=f"会话“{session.mark}”中有 {len(failed)} 个分析仪错误，功率不可靠。",
                en=f"The session “{session.mark}” has {len(failed)} errors of the analyser; its power is doubtful.",
            ),
            where=Where(line=failed[0]),
            times=len(failed),
        )


def _facts(session: _Session) -> dict[str, Any]:
    return {"mark": session.mark, "uncertain_samples": session.uncertain, **(session.result or {})}


PARSER = PtdaemonLog()
