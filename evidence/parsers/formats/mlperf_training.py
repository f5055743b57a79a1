"""MLPerf Training and HPC result logs (`result_*.txt`): one run per file, several when trials are appended.

Duration is `run_stop` − `run_start`, never first to last line. A run without `run_stop` is incomplete, whatever
its last accuracy; one that calls itself a success without having met its benchmark's target failed; a trial appended
twice, event for event, is one run. Source: MLPerf Training rules; MLCommons compliance checker (EXACTLY_ONE run_start,
run_stop; ATLEAST_ONE evaluation at the target).
"""

from __future__ import annotations

import datetime as dt
import hashlib
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from decimal import ROUND_HALF_UP, Decimal
from typing import Any

import pyarrow as pa
import re2

from core.errors import ParseError
from core.provenance import Where
from core.text import Text
from evidence.observations.benchmark_runs import BENCHMARK_RUNS
from evidence.parsers.base import Coverage, Issues, ParseResult, Severity
from evidence.parsers.columns.figures import count, figure
from evidence.parsers.logs.mllog import TOKEN, Event, LineTally, wanted_events
from evidence.parsers.logs.mlperf_targets import evaluations_in, targets_of, tell_missed, tell_no_verdict
from evidence.parsers.logs.repeats import tell_repeated_run
from evidence.parsers.text.log_lines import log_encoding, words
from evidence.parsers.text.source import Source

HPC_BENCHMARKS = frozenset({"cosmoflow", "deepcam", "open_catalyst", "openfold", "oc20"})
# In BERT the reference writes the number of samples under the name `epoch_num`; elsewhere it may be
# epochs (resnet) or tokens (gpt3), so it counts as samples nowhere else.
_EPOCH_NUM_IS_SAMPLES = frozenset({"bert"})

_NAMES = {
    "submission_benchmark": "benchmark",
    "submission_org": "organisation",
    "submission_division": "division",
    "submission_platform": "platform",
}
_COUNTS = {
    "global_batch_size": "global_batch_size",
    "train_samples": "train_samples",
    "eval_samples": "eval_samples",
    "max_sequence_length": "sequence_length",
}
_SERIES = frozenset({"seed", "run_start", "run_stop", "eval_accuracy", "eval_error", "tracked_stats"})
_TRIAL_OPENERS = frozenset({"cache_clear", "init_start", "submission_benchmark"})
_WANTED = frozenset(_NAMES) | frozenset(_COUNTS) | _SERIES | _TRIAL_OPENERS

_OWN_KEY = re2.compile(
    rb'"key"\s*:\s*"(?:init_start|init_stop|run_start|run_stop|submission_benchmark|submission_org|cache_clear'
    rb'|global_batch_size|eval_accuracy)"'
)


@dataclass(slots=True)
class _Run:
    """What the events of one trial said, in the order they said it."""

    opened_by: Event
    _said: Any = field(default_factory=hashlib.sha256)
    names: dict[str, str] = field(default_factory=dict)
    counts: dict[str, int] = field(default_factory=dict)
    seeds: set[str] = field(default_factory=set)
    starts: list[Event] = field(default_factory=list)
    stops: list[Event] = field(default_factory=list)
    accuracies: list[Event] = field(default_factory=list)
    errors: list[Event] = field(default_factory=list)  # what some HPC benchmarks evaluate instead
    throughputs: list[Decimal] = field(default_factory=list)

    @property
    def first_line(self) -> int:
        return self.opened_by.line

    def keep(self, event: Event) -> None:
        """Take an event into `content`."""
        self._said.update(event.record)

    @property
    def content(self) -> bytes:
        """The digest of its events, as they are printed."""
        digest: bytes = self._said.digest()
        return digest


class MlperfTraining:
    format = "mlperf_training"
    version = "4"
    title = Text(zh="MLPerf Training/HPC 结果日志", en="MLPerf Training or HPC result log")
    kinds = (BENCHMARK_RUNS.name,)

    def recognises(self, source: Source) -> bool:
        opening = source.opening_in_utf8
        return TOKEN in opening and _OWN_KEY.search(opening) is not None

    def parse(self, source: Source) -> ParseResult:
        issues, tally = Issues(), LineTally()
        runs = _trials(wanted_events(source, _WANTED, tally=tally, issues=issues), issues)
        if not runs:
            raise ParseError(
                "no_rows",
                Text(zh="文件中没有 MLPerf 训练事件。", en="The file holds no MLPerf Training events."),
                hint=Text(zh="请上传完整的 result_*.txt。", en="Upload the whole result_*.txt."),
            )
        rows = [_row(run, issues) for run in runs]
        whole_file = {
            "mllog_events": tally.events,
            "bad_json": tally.bad_json,
            "other_lines": tally.other,
            "events_off_column_0": tally.off_column_0,
        }
        facts = [{**_facts(run, row), **whole_file} for run, row in zip(runs, rows, strict=True)]
        return ParseResult(
            facts=facts[0] if len(facts) == 1 else {},
            runs=tuple(facts) if len(facts) > 1 else (),
            tables={BENCHMARK_RUNS.name: _table(rows)},
            coverage=Coverage(lines_read=tally.read, lines_used=tally.events, lines_with_issue=tally.bad_json),
            issues=tuple(issues.listed),
            issue_counts=issues.counts,
            encoding=log_encoding(source),
        )


def _trials(events: Iterable[Event], issues: Issues) -> list[_Run]:
    """Cut the events into trials: a trial opens with its first event, and with an opening key after a stop.

    Ranks that log late (an `init_start` older than the run's start) do not open a trial.
    """
    runs: list[_Run] = []
    for event in events:
        if not runs or (_may_open(event, runs[-1]) and _is_over(runs[-1], event)):
            runs.append(_Run(event))
        _take(runs[-1], event, issues)
    return _different(runs, issues)


def _different(runs: list[_Run], issues: Issues) -> list[_Run]:
    """The runs without those that say event for event what an earlier one said."""
    first: dict[bytes, _Run] = {}
    for run in runs:
        known = first.setdefault(run.content, run)
        if known is not run:
            tell_repeated_run(run.first_line, known.first_line, issues)
    return list(first.values())


def _may_open(event: Event, last: _Run) -> bool:
    """Whether a trial may open with this event: with an opening key, or as the trial before it did (pasted again)."""
    return event.key in _TRIAL_OPENERS or (bool(last.stops) and event == last.opened_by)


def _is_over(run: _Run, event: Event) -> bool:
    if run.stops:
        return True
    started, now = (_milliseconds(run.starts[0]) if run.starts else None), _milliseconds(event)
    return event.key == "init_start" and started is not None and now is not None and now > started


def _take(run: _Run, event: Event, issues: Issues) -> None:
    run.keep(event)
    match event.key:
        case "tracked_stats":  # the most frequent one
            throughput = event.value.get("throughput") if type(event.value) is dict else None
            if type(throughput) is Decimal or type(throughput) is int:
                run.throughputs.append(Decimal(throughput))
        case "eval_accuracy":
            run.accuracies.append(event)
        case "eval_error":
            run.errors.append(event)
        case key if key in _NAMES:
            if isinstance(event.value, str):
                _settle(run.names, _NAMES[key], words(event.value), event, issues)
        case key if key in _COUNTS:
            if (whole := count(event.value)) is not None:
                _settle(run.counts, _COUNTS[key], whole, event, issues)
            else:
                issues.add(
                    "not_a_number",
                    Text(zh=f"“{key}”的值不是整数。", en=f"The value of “{key}” is not a whole number."),
                    where=Where(line=event.line),
                )
        case "seed":
            run.seeds.add(words(str(event.value)))
        case "run_start":
            run.starts.append(event)
        case "run_stop":
            run.stops.append(event)


def _settle(known: dict[str, Any], name: str, value: str | int, event: Event, issues: Issues) -> None:
    """Keep the first value of a key; another one later is told, because only one can be true."""
    if known.setdefault(name, value) != value:
        issues.add(
            "conflicting_value",
            Text(
                zh=f"{name} 前后不一致：先是 {known[name]}，后是 {value}；采用先出现的值。",
                en=f"{name} is given twice, first {known[name]}, then {value}; the first one is kept.",
            ),
            where=Where(line=event.line),
        )


def _row(run: _Run, issues: Issues) -> dict[str, Any]:
    started, stopped = _only(run.starts, "run_start", issues), _only(run.stops, "run_stop", issues)
    duration = None if started is None or stopped is None else stopped - started
    if duration is not None and duration <= 0:
        issues.add(
            "time_goes_back",
            Text(zh="run_stop 不晚于 run_start。", en="run_stop is not later than run_start."),
            where=Where(line=run.stops[0].line),
            severity=Severity.ERROR,
        )
        duration = None
    benchmark = run.names.get("benchmark", "")
    if not benchmark:
        issues.add(
            "no_benchmark",
            Text(zh="日志没有写明基准名称。", en="The log does not name its benchmark (submission_benchmark)."),
            where=Where(line=run.first_line),
        )
    last = run.accuracies[-1] if run.accuracies else None
    accuracy = last.value if last and isinstance(last.value, int | Decimal) else None
    return {
        "tool": "mlperf_hpc" if benchmark in HPC_BENCHMARKS else "mlperf_training",
        "benchmark": benchmark,
        "status": _judged(run, _status(run, started, stopped, issues), _instant(started), issues),
        "organisation": run.names.get("organisation"),
        "platform": run.names.get("platform"),
        "division": run.names.get("division"),
        "started_at": _instant(started),
        "stopped_at": _instant(stopped),
        "duration_ms": duration,
        "samples": _samples(run, benchmark),
        "sequence_length": run.counts.get("sequence_length"),
        "global_batch_size": run.counts.get("global_batch_size"),
        "last_accuracy": figure(accuracy),
        "seed": next(iter(run.seeds)) if len(run.seeds) == 1 else None,
        "line": run.stops[0].line if run.stops else run.first_line,
    }


def _status(run: _Run, started: int | None, stopped: int | None, issues: Issues) -> str:
    if not run.stops or stopped is None:
        issues.add(
            "no_run_stop",
            Text(
                zh="日志中没有 run_stop：运行未结束或文件被截断，没有结果。",
                en="There is no run_stop: the run did not end or the file is cut short, so there is no result.",
            ),
            where=Where(line=run.first_line),
            hint=Text(zh="请上传完整的日志。", en="Upload the whole log."),
        )
        return "incomplete"
    if not run.starts or started is None:
        issues.add(
            "no_run_start",
            Text(zh="日志中没有 run_start，无法得出时长。", en="There is no run_start, so there is no duration."),
            where=Where(line=run.first_line),
        )
        return "incomplete"
    said = run.stops[0].metadata.get("status")
    where = Where(line=run.stops[0].line)
    if said == "success":
        return "success"
    if said == "aborted":
        issues.add(
            "run_aborted",
            Text(
                zh="运行已中止（未达到目标精度），不能作为成绩。",
                en="The run was aborted (target not met); it does not count as a result.",
            ),
            where=where,
        )
        return "aborted"
    issues.add(
        "no_status",
        Text(zh="run_stop 没有写明 success 或 aborted。", en="run_stop says neither success nor aborted."),
        where=where,
    )
    return "incomplete"


def _judged(run: _Run, said: str, started_at: dt.datetime | None, issues: Issues) -> str:
    """The status by what the run reached: a success only where no target of the closed division speaks against it."""
    benchmark, is_open = run.names.get("benchmark", ""), run.names.get("division", "").casefold() == "open"
    targets = [] if is_open else targets_of(benchmark, started_on=started_at.date() if started_at else None)
    evaluations = evaluations_in([*run.accuracies, *run.errors])
    where = Where(line=(run.accuracies or run.errors or run.stops or [run.opened_by])[-1].line)
    met = [target.is_met(evaluations) for target in targets]
    if targets and not any(met) and (evaluations or said == "success"):
        tell_missed(targets[0], evaluations, where, issues)
        return "failed" if said == "success" else said
    if said == "success" and benchmark and not (targets and all(met)):
        tell_no_verdict(benchmark, where, issues)
    return said


def _samples(run: _Run, benchmark: str) -> int | None:
    """Samples consumed up to the last evaluation; null where the log counts something else."""
    if not run.accuracies:
        return None
    metadata = run.accuracies[-1].metadata
    consumed = count(metadata.get("samples_count"))
    if consumed is None and benchmark in _EPOCH_NUM_IS_SAMPLES:
        return count(metadata.get("epoch_num"))
    return consumed


def _only(events: list[Event], key: str, issues: Issues) -> int | None:
    """The time of an event that may occur once; the first one counts, a second is an error."""
    if len(events) > 1:
        issues.add(
            "repeated_event",
            Text(
                zh=f"{key} 出现了 {len(events)} 次，应当只有一次。",
                en=f"{key} occurs {len(events)} times; it may occur once.",
            ),
            where=Where(line=events[1].line),
            severity=Severity.ERROR,
        )
    if not events:
        return None
    time = _milliseconds(events[0])
    if time is None:
        issues.add(
            "bad_instant",
            Text(zh=f"{key} 的 time_ms 不是有效时刻。", en=f"The time_ms of {key} is not a valid instant."),
            where=Where(line=events[0].line),
        )
    return time


def _milliseconds(event: Event) -> int | None:
    """`time_ms` in whole milliseconds since 1970 (older files write fractions), within the years 1970–2199."""
    time = event.time
    if isinstance(time, Decimal) and time.is_finite() and time.adjusted() <= 13:
        time = int(time.to_integral_value(rounding=ROUND_HALF_UP))
    whole = count(time)
    return whole if whole is not None and 0 <= whole < 7_258_118_400_000 else None


def _instant(milliseconds: int | None) -> dt.datetime | None:
    if milliseconds is None:
        return None
    return dt.datetime.fromtimestamp(milliseconds // 1000, dt.UTC) + dt.timedelta(milliseconds=milliseconds % 1000)


def _facts(run: _Run, row: Mapping[str, Any]) -> dict[str, Any]:
    last = run.accuracies[-1] if run.accuracies else None
    position = None
    if last is not None:
        position = count(last.metadata.get("samples_count"))
        position = count(last.metadata.get("epoch_num")) if position is None else position
    return {
        "benchmark": row["benchmark"] or None,
        "organisation": row["organisation"],
        "division": row["division"],
        "platform": row["platform"],
        "status": row["status"],
        "duration_s": None if row["duration_ms"] is None else Decimal(row["duration_ms"]).scaleb(-3),
        "run_start_ms": _milliseconds(run.starts[0]) if run.starts else None,
        "run_stop_ms": _milliseconds(run.stops[0]) if run.stops else None,
        "seeds": len(run.seeds),
        "global_batch_size": row["global_batch_size"],
        "sequence_length": row["sequence_length"],
        "train_samples": run.counts.get("train_samples"),
        "eval_samples": run.counts.get("eval_samples"),
        "samples": row["samples"],
        "eval_accuracy_events": len(run.accuracies),
        "eval_accuracy_last": _accuracy(last),
        "eval_samples_last": position,
        "throughput_first": run.throughputs[0] if run.throughputs else None,
        "throughput_last": run.throughputs[-1] if run.throughputs else None,
        "throughput_count": len(run.throughputs),
    }


def _accuracy(last: Event | None) -> Decimal | int | dict[str, Any] | None:
    """The last accuracy as printed; some benchmarks report several, by name (`BBOX`, `SEGM`)."""
    if last is None:
        return None
    if isinstance(last.value, dict):
        return {words(name): item for name, item in last.value.items() if isinstance(item, int | Decimal)}
    return last.value if isinstance(last.value, int | Decimal) else None


def _table(rows: list[dict[str, Any]]) -> pa.Table:
    return BENCHMARK_RUNS.table({name: [row[name] for row in rows] for name in rows[0]})


PARSER = MlperfTraining()
