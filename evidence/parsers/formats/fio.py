"""fio's JSON output, of 2.x and 3.x: bandwidth in KiB/s and operations per second of every job and direction.

Warnings of fio may stand before the JSON. A job whose `error` is not 0 keeps its figures, but they do not count.
Percentile tables repeat the key `0.00`, as fio 2 writes them; any other repeated key is refused.
"""

from __future__ import annotations

import json
from collections.abc import Mapping
from decimal import Decimal
from typing import Any

import re2

from core.errors import ParseError
from core.provenance import Where
from core.text import Text
from evidence.observations.benchmark_runs import BENCHMARK_RUNS
from evidence.parsers.base import Issues, ParseResult
from evidence.parsers.columns.figures import count
from evidence.parsers.documents.json_figures import number
from evidence.parsers.documents.strict_json import strict_decoder, text_of_json, unrepeated
from evidence.parsers.logs.results import document_result, table_of
from evidence.parsers.text.log_lines import words
from evidence.parsers.text.source import Source

LARGEST = 64 * 1024 * 1024
MOST_JOBS = 10_000
DIRECTIONS = ("read", "write")
_OPENING = re2.compile(r"(?m)^\{")
_PERCENTILE = re2.compile(r"[0-9]{1,3}\.[0-9]{1,6}")


class Fio:
    format = "fio"
    version = "1"
    kinds = (BENCHMARK_RUNS.name,)
    title = Text(zh="fio 输出（JSON）", en="Output of fio (JSON)")

    def recognises(self, source: Source) -> bool:
        return b'"fio version"' in source.head_in_utf8 and b'"jobs"' in source.opening_in_utf8

    def parse(self, source: Source) -> ParseResult:
        document, issues = _document(source), Issues()
        jobs = document.get("jobs")
        if not isinstance(jobs, list) or not jobs or len(jobs) > MOST_JOBS:
            raise ParseError(
                "no_rows",
                Text(zh="文件中没有 fio 作业。", en="The file holds no fio job."),
                hint=Text(zh="请用 --output-format=json 重新导出。", en="Export it again with --output-format=json."),
            )
        places = _places(source)
        facts, rows = [], []
        for index, job in enumerate(job for job in jobs if isinstance(job, dict)):
            line = places[index] if index < len(places) else 1
            read = _facts(job)
            facts.append({"version": words(str(document.get("fio version", ""))), **read})
            rows += _rows(read, job, line)
            if read["status"] == "failed":
                issues.add(
                    "job_failed",
                    Text(
                        zh=f"作业“{read['job']}”出错（error={read['error']}），其数值不作为成绩。",
                        en=f"The job “{read['job']}” ended with error {read['error']}; its figures do not count.",
                    ),
                    where=Where(line=line),
                )
        return document_result(
            source, tables={BENCHMARK_RUNS.name: table_of(BENCHMARK_RUNS, rows)}, facts=facts, issues=issues
        )


def _document(source: Source) -> dict[str, Any]:
    """The JSON object behind fio's warnings.

    Raises:
        ParseError: `bad_json`, `too_large`, `repeated_key`, `unknown_encoding`.
    """
    try:
        text = text_of_json(source, largest=LARGEST).replace("\r\n", "\n")
        opening = _OPENING.search(text)
        if opening is None:
            raise ValueError("no object")
        value, _ = strict_decoder(objects=_tolerant).raw_decode(text, opening.start())
    except (json.JSONDecodeError, ValueError, RecursionError) as error:
        raise ParseError(
            "bad_json",
            Text(zh="文件中没有完整的 fio JSON。", en="The file holds no whole JSON of fio."),
            hint=Text(zh="文件可能被截断，请重新导出。", en="The file may be cut short; export it again."),
        ) from error
    return value if isinstance(value, dict) else {}


def _tolerant(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    """Fio 2 fills percentile tables up with `0.00`; there the last one stands for all."""
    if all(_PERCENTILE.fullmatch(name) for name, _ in pairs):
        return dict(pairs)
    return unrepeated(pairs)


def _places(source: Source) -> list[int]:
    return [number for number, line in source.lines() if '"jobname"' in line]


def _facts(job: Mapping[str, Any]) -> dict[str, Any]:
    error = count(job.get("error"))
    options = job.get("job options")
    named = words(options["rw"]) if isinstance(options, dict) and isinstance(options.get("rw"), str) else None
    facts: dict[str, Any] = {
        "job": words(str(job.get("jobname", ""))),
        "status": "success" if error == 0 else ("failed" if error else "incomplete"),
        "error": error,
        "rw": named,
    }
    for direction in DIRECTIONS:
        part = job.get(direction)
        part = part if isinstance(part, dict) else {}
        facts[f"{direction}_bw_kib_s"] = number(part, "bw")
        facts[f"{direction}_iops"] = number(part, "iops")
        facts[f"{direction}_runtime_ms"] = count(part.get("runtime"))
        facts[f"{direction}_latency_mean_us"] = _latency_us(part)
    return facts


def _latency_us(part: Mapping[str, Any]) -> Decimal | None:
    """Mean latency in µs: fio 3 writes ns under a name of its own, fio 2 µs."""
    for key, divisor in (("lat_ns", 1000), ("lat", 1)):
        holder = part.get(key)
        if isinstance(holder, dict) and (mean := number(holder, "mean")) is not None:
            return mean / divisor
    return None


def _rows(read: Mapping[str, Any], job: Mapping[str, Any], line: int) -> list[dict[str, Any]]:
    rows = []
    for direction in DIRECTIONS:
        for metric, name, unit in (("bandwidth", "bw_kib_s", "KiB/s"), ("iops", "iops", "1/s")):
            value = read[f"{direction}_{name}"]
            if value:
                rows.append(
                    {
                        "tool": "fio",
                        "benchmark": read["job"],
                        "status": read["status"],
                        "duration_ms": read[f"{direction}_runtime_ms"],
                        "scenario": read["rw"],
                        "metric": f"{direction}_{metric}",
                        "value": value,
                        "unit": unit,
                        "line": line,
                    }
                )
    return rows


PARSER = Fio()
