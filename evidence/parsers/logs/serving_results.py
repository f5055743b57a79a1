"""What load tests of inference services tell, whichever tool ran them: one row and the same facts per test.

A throughput that is not the tokens by the duration was changed by somebody: the file is not used.
"""

from __future__ import annotations

from collections.abc import Mapping
from decimal import Decimal
from fractions import Fraction
from typing import Any

from core.errors import ParseError
from core.provenance import Where
from core.quantity import bounded_decimal
from core.text import Text
from evidence.observations.serving_runs import SERVING_RUNS
from evidence.parsers.base import Issues, ParseResult, Severity
from evidence.parsers.documents.json_figures import number, whole
from evidence.parsers.logs.results import document_result, table_of
from evidence.parsers.text.source import Source

TOLERANCE = Fraction(2, 100)


def printed_number(holder: Mapping[str, Any], key: str) -> Decimal | None:
    """As `number`, also where it is written as text; `inf`, NaN and the like are missing."""
    value = holder.get(key)
    return number({key: bounded_decimal(value.strip())}, key) if isinstance(value, str) else number(holder, key)


def bench_serving_run(
    document: Mapping[str, Any], *, tool: str, model: str | None, backend: str | None, failed: int | None, line: int
) -> dict[str, Any]:
    """One test as `vllm bench serve` and SGLang's `bench_serving` write it alike; the rest is each tool's own."""
    return {
        "tool": tool,
        "model": model,
        "backend": backend,
        "concurrency": whole(document, "max_concurrency"),
        "request_rate": printed_number(document, "request_rate"),
        "requests": whole(document, "num_prompts"),
        "completed": whole(document, "completed"),
        "failed": failed,
        "duration_s": printed_number(document, "duration"),
        "input_tokens": whole(document, "total_input_tokens"),
        "output_tokens": whole(document, "total_output_tokens"),
        "requests_per_s": printed_number(document, "request_throughput"),
        "output_tokens_per_s": printed_number(document, "output_throughput"),
        "ttft_mean_ms": printed_number(document, "mean_ttft_ms"),
        "ttft_p99_ms": printed_number(document, "p99_ttft_ms"),
        "tpot_mean_ms": printed_number(document, "mean_tpot_ms"),
        "tpot_p99_ms": printed_number(document, "p99_tpot_ms"),
        "line": line,
    }


def serving_result(source: Source, runs: list[dict[str, Any]], issues: Issues) -> ParseResult:
    """Rows and facts of the tests of one file.

    Args:
        runs: columns of `serving_runs` as far as known, `line` among them, and `duration_s` in place of `duration_ms`.

    Raises:
        ParseError: `no_rows`.
    """
    if not runs:
        raise ParseError(
            "no_rows",
            Text(zh="文件中没有推理压测结果。", en="The file holds no result of a load test."),
            hint=Text(zh="请上传压测工具写出的结果文件。", en="Upload the result file the tool wrote."),
        )
    rows, facts = [], []
    for run in runs:
        status = _status(run)
        duration = run.get("duration_s")
        line = run["line"]
        usable = duration is not None and 0 <= duration < 10**12
        rows.append(
            {
                **{key: value for key, value in run.items() if key != "duration_s"},
                "status": status,
                "duration_ms": int(duration * 1000) if duration is not None and usable else None,
            }
        )
        facts.append({"status": status, **{key: value for key, value in run.items() if key != "line"}})
        _tell(run, status, line, issues)
    return document_result(source, tables={SERVING_RUNS.name: table_of(SERVING_RUNS, rows)}, facts=facts, issues=issues)


def _tell(run: Mapping[str, Any], status: str, line: int, issues: Issues) -> None:
    if status == "failed":
        issues.add(
            "no_result",
            Text(
                zh=f"第 {line} 行的压测没有完成任何请求，没有结果。",
                en=f"The load test in line {line} completed no request; there is no result.",
            ),
            where=Where(line=line),
        )
        return
    if run.get("failed"):
        issues.add(
            "requests_failed",
            Text(
                zh=f"第 {line} 行的压测有 {run['failed']} 个请求失败。",
                en=f"{run['failed']} requests of the load test in line {line} failed.",
            ),
            where=Where(line=line),
        )
    if status == "contradictory":
        issues.add(
            "throughput_mismatch",
            Text(
                zh=f"第 {line} 行的输出吞吐与词元数、时长不符，疑似被修改。",
                en=f"Line {line}: the output throughput does not follow from tokens and duration; was it edited?",
            ),
            where=Where(line=line),
            severity=Severity.ERROR,
            hint=Text(zh="请上传压测工具写出的原始结果。", en="Upload the result file as the tool wrote it."),
        )


def _status(run: Mapping[str, Any]) -> str:
    if not run.get("completed") or not run.get("output_tokens_per_s"):
        return "failed"
    return "success" if _follows(run) else "contradictory"


def _follows(run: Mapping[str, Any]) -> bool:
    """Throughput = tokens ÷ seconds, as far as both are told."""
    tokens, seconds, rate = run.get("output_tokens"), run.get("duration_s"), Fraction(run["output_tokens_per_s"])
    if tokens is None or not seconds:
        return True
    return abs(Fraction(tokens) / Fraction(seconds) - rate) <= TOLERANCE * rate
