"""Counters of Slurm's controller as `sdiag --json` prints them: since its last reset, usually midnight."""

from __future__ import annotations

from typing import Any

import re2

from core.errors import ParseError
from core.text import Text
from evidence.parsers.base import Issues, ParseResult
from evidence.parsers.documents.json_documents import read_json_object
from evidence.parsers.logs.results import document_result
from evidence.parsers.schedulers.slurm_json import (
    ACCOUNTING,
    OddValue,
    about_slurm,
    mapping,
    moment,
    moment_fact,
    tell_snapshot,
    whole,
)
from evidence.parsers.text.source import Source

# Counters under their own names; cycles are microseconds.
_COUNTERS = {
    **{name: name for name in ("jobs_submitted", "jobs_started", "jobs_completed", "jobs_canceled", "jobs_failed")},
    **{name: name for name in ("jobs_pending", "jobs_running", "schedule_queue_length", "schedule_cycle_per_minute")},
    **{"schedule_cycle_mean": "schedule_cycle_mean_us", "schedule_cycle_max": "schedule_cycle_max_us"},
    **{"bf_backfilled_jobs": "backfilled_jobs", "bf_cycle_mean": "backfill_cycle_mean_us"},
}
_OWN = re2.compile(rb'"statistics"\s*:\s*\{')


class SlurmSdiagJson:
    format = "slurm_sdiag_json"
    version = "1"
    title = Text(zh="Slurm 调度统计（sdiag --json）", en="Counters of Slurm's controller (sdiag --json)")
    kinds: tuple[str, ...] = ()

    def recognises(self, source: Source) -> bool:
        head = source.head_in_utf8.lstrip(b"\xef\xbb\xbf \t\r\n")
        return head.startswith(b"{") and _OWN.search(head) is not None and b'"jobs_submitted"' in head

    def parse(self, source: Source) -> ParseResult:
        content = read_json_object(source)
        try:
            facts = _facts(content.get("statistics"))
        except OddValue as odd:
            raise ParseError(
                "unexpected_shape",
                Text(
                    zh=f"调度统计缺少或无法读取“{odd}”。",
                    en=f"The counters of the scheduler have no readable “{odd}”.",
                ),
                hint=Text(zh="请上传 sdiag --json 的原始输出。", en="Upload the output of sdiag --json unchanged."),
            ) from odd
        issues = Issues()
        tell_snapshot(issues, ACCOUNTING)
        return document_result(source, tables={}, facts=[{**facts, **about_slurm(content)}], issues=issues)


def _facts(statistics: Any) -> dict[str, Any]:
    counters = mapping(statistics, "statistics")
    required = ("jobs_submitted", "jobs_started", "jobs_completed")
    facts: dict[str, Any] = {
        shown: whole(counters.get(name), name, required=name in required)
        for name, shown in _COUNTERS.items()
        if name in counters or name in required
    }
    return {
        **facts,
        **moment_fact("counted_from_at", moment(counters.get("req_time_start"), "req_time_start")),
        **moment_fact("counted_to_at", moment(counters.get("req_time"), "req_time")),
    }


PARSER = SlurmSdiagJson()
