"""MLPerf Power `client.json` and `server.json`: the dialogue of one measured run, its phases and its clocks.

Client and server each keep one; both name the session and the hashes of the files it produced. The clocks may differ
by 0.8 s. Source: MLCommons power-dev, compliance/check.py.
"""

from __future__ import annotations

from collections.abc import Mapping
from decimal import Decimal
from typing import Any

import re2

from core.errors import ParseError
from core.provenance import Where
from core.quantity import bounded_decimal
from core.text import Text
from evidence.parsers.base import Issues, ParseResult
from evidence.parsers.columns.figures import count, figure
from evidence.parsers.documents.json_documents import line_of_key, read_json_object
from evidence.parsers.logs.results import document_result
from evidence.parsers.text.log_lines import words
from evidence.parsers.text.source import Source

LARGEST_DRIFT_S = Decimal("0.8")
MOST_HASHES = 1000
_OBJECT = re2.compile(rb"^(?:\xef\xbb\xbf)?\s*\{")
_PHASES = ("ranging", "testing")
_STEPS = 4  # asked to start, started, asked to stop, stopped


class MlperfPowerSession:
    format = "mlperf_power_session"
    version = "2"
    kinds: tuple[str, ...] = ()
    title = Text(zh="MLPerf 功率测量会话", en="MLPerf Power session")

    def recognises(self, source: Source) -> bool:
        head = source.head_in_utf8
        return _OBJECT.match(head) is not None and b'"session_name"' in head and b'"phases"' in head

    def parse(self, source: Source) -> ParseResult:
        document, issues = read_json_object(source), Issues()
        phases, messages = document.get("phases"), document.get("messages")
        session = document.get("session_name")
        if not isinstance(phases, dict) or not isinstance(messages, list) or not isinstance(session, str):
            raise ParseError(
                "unexpected_shape",
                Text(zh="缺少 session_name、phases 或 messages。", en="session_name, phases or messages is missing."),
                hint=Text(zh="请上传 client.json 或 server.json。", en="Upload client.json or server.json."),
            )
        is_server = "ptd_messages" in document
        moments = {phase: _moments(phases.get(phase)) for phase in _PHASES}
        drift = None if is_server else _drift(messages)
        _tell(moments, drift, source, issues)
        facts: dict[str, Any] = {
            "role": "server" if is_server else "client",
            "session": words(session),
            "version": words(str(document.get("version", ""))),
            "timezone_s": count(document.get("timezone")),
            "messages": len(messages),
            "clock_difference_max_s": drift,
            "results": _hashes(document.get("results")),
        }
        for phase, times in moments.items():
            facts[f"{phase}_started_s"] = times[1] if times else None
            facts[f"{phase}_stopped_s"] = times[2] if times else None
            facts[f"{phase}_duration_s"] = times[2] - times[1] if times else None
        facts["lines"] = sum(1 for _ in source.lines())
        return document_result(source, tables={}, facts=[facts], issues=issues)


def _moments(phase: object) -> list[Decimal] | None:
    """Epoch seconds of the four steps of a phase; null where one is missing."""
    if not isinstance(phase, list) or len(phase) != _STEPS:
        return None
    firsts = [step[0] for step in phase if isinstance(step, list) and step]
    moments = [Decimal(value) for value in firsts if isinstance(value, int | Decimal) and not isinstance(value, bool)]
    usable = len(moments) == _STEPS and all(figure(moment) is not None for moment in moments)
    return moments if usable and moments == sorted(moments) else None


def _drift(messages: list[Any]) -> Decimal | None:
    """The largest difference of the clocks: the server's answer to `time` against the client's own time of asking."""
    found = []
    for message in messages:
        if isinstance(message, dict) and message.get("cmd") == "time" and isinstance(message.get("reply"), str):
            asked, answered = message.get("cmd_time"), bounded_decimal(message["reply"])
            if isinstance(asked, int | Decimal) and not isinstance(asked, bool) and answered is not None:
                found.append(abs(answered - Decimal(asked)))
    return max((gap for gap in found if figure(gap) is not None), default=None)


def _hashes(results: object) -> dict[str, str]:
    if not isinstance(results, Mapping):
        return {}
    named = {words(str(name)): words(value) for name, value in results.items() if isinstance(value, str)}
    return dict(list(named.items())[:MOST_HASHES])


def _tell(moments: Mapping[str, list[Decimal] | None], drift: Decimal | None, source: Source, issues: Issues) -> None:
    for phase, times in moments.items():
        if times is None:
            issues.add(
                "phase_missing",
                Text(
                    zh=f"会话缺少完整的 {phase} 阶段，功率结果不合规。",
                    en=f"The session lacks a whole {phase} phase; its power result breaks the rules.",
                ),
                where=Where(line=line_of_key(source, "phases")),
            )
    if drift is not None and drift > LARGEST_DRIFT_S:
        issues.add(
            "clock_drift",
            Text(
                zh=f"客户端与服务器时钟相差 {drift} 秒，超过 {LARGEST_DRIFT_S} 秒。",
                en=f"The clocks of client and server differ by {drift} s, more than {LARGEST_DRIFT_S} s.",
            ),
            where=Where(line=line_of_key(source, "messages")),
            hint=Text(zh="请同步时钟（NTP）后重新测量。", en="Synchronise the clocks (NTP) and measure again."),
        )


PARSER = MlperfPowerSession()
