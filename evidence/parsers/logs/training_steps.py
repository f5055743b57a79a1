"""What the dialects of training logs share: the figures of a run, and whether its counters agree with each other."""

from __future__ import annotations

from decimal import Decimal
from fractions import Fraction
from typing import Any

import numpy as np
import numpy.typing as npt
import pyarrow as pa
import pyarrow.compute as pc

from core.provenance import Where
from core.quantity import measured, shortest
from core.text import Text
from evidence.observations.schema import FIGURE
from evidence.parsers.base import Issues, Severity
from evidence.parsers.columns.quick_columns import billionths_of

CLOCK_TOLERANCE = 0.05
STAMP_RESOLUTION_MS = 1000

# What to do about a log that stops before its run does.
FINISHED_LOG = Text(
    zh="如运行已完成，请上传完整的日志；中止的运行在评价中会注明。",
    en="If the run was completed, upload the whole log; an aborted run is marked as such where it counts.",
)

Integers = npt.NDArray[np.int64]


def step_facts(steps: pa.Table) -> dict[str, Any]:
    """The figures of one training log.

    Args:
        steps: N ≥ 1 rows of `training_steps` in file order.

    Returns:
        Facts; the mean time leaves out the first row, which is warm-up. `status` is `completed` when the last line
        stands for the last of the announced steps, `incomplete` when it does not, null when none were announced.
    """
    times = steps.column("iteration_ms")
    losses = steps.column("loss").drop_null()
    tflops = steps.column("tflops_per_accelerator").drop_null()
    batches = pc.unique(steps.column("global_batch_size").drop_null()).sort().to_pylist()
    return {
        "status": _status(steps),
        "iteration_lines": steps.num_rows,
        "step_first": steps.column("step")[0].as_py(),
        "step_last": steps.column("step")[-1].as_py(),
        "steps_total": _last(steps.column("steps_total")),
        "iteration_first_ms": plain_figure(times[0].as_py()),
        "iteration_median_ms": _median(times),
        "iteration_mean_ms": _mean(times.slice(1)),
        "global_batch_size": batches[0] if len(batches) == 1 else batches or None,
        "consumed_samples": _last(steps.column("consumed_samples")),
        "skipped_iterations": _sum(steps.column("skipped_iterations")),
        "nan_iterations": _sum(steps.column("nan_iterations")),
        "loss_first": plain_figure(losses[0].as_py()) if len(losses) else None,
        "loss_last": plain_figure(losses[-1].as_py()) if len(losses) else None,
        "tflops_values": len(tflops),
        "tflops_first": plain_figure(tflops[0].as_py()) if len(tflops) else None,
        "tflops_last": plain_figure(tflops[-1].as_py()) if len(tflops) else None,
        "tflops_min": plain_figure(pc.min(tflops).as_py()) if len(tflops) else None,
        "tflops_max": plain_figure(pc.max(tflops).as_py()) if len(tflops) else None,
        "restarts": int((np.diff(_integers(steps, "step")) <= 0).sum()),
    }


def tell_early_end(steps: pa.Table, issues: Issues) -> None:
    """Tell where a log ends before the number of steps it announces: the run was aborted, or the file is cut short."""
    if _status(steps) != "incomplete":
        return
    last, total = steps.column("step")[-1].as_py(), _last(steps.column("steps_total"))
    issues.add(
        "stops_early",
        Text(
            zh=f"日志止于第 {last} 步，而宣布的总步数为 {total}：运行中止，或文件被截断。",
            en=f"The log ends at step {last} of {total} announced: the run was aborted, or the file is cut short.",
        ),
        where=Where(line=steps.column("line")[-1].as_py()),
        hint=FINISHED_LOG,
    )


def contradictions(steps: pa.Table, issues: Issues) -> None:
    """Tell where a log contradicts itself.

    Between two lines of one stretch (the step grows) the consumed samples must grow by step × batch: an error.
    The printed seconds must fit the stamps: a warning, because clocks are set and evaluations take time too.
    """
    step = _integers(steps, "step")
    lines = _integers(steps, "line")
    advance = np.diff(step)
    _contradicting_samples(steps, advance, lines, issues)
    _contradicting_clock(steps, advance, lines, issues)


def _contradicting_samples(steps: pa.Table, advance: Integers, lines: Integers, issues: Issues) -> None:
    consumed, batch = steps.column("consumed_samples"), steps.column("global_batch_size")
    known = pc.and_(consumed.is_valid(), batch.is_valid()).to_numpy()
    if not known.any() or len(known) < 2:
        return
    samples, sizes = (column.fill_null(0).to_numpy() for column in (consumed, batch))
    both = known[1:] & known[:-1] & (advance > 0)
    gained = np.diff(samples)
    # A batch that ramps up may change between two lines; then the truth lies between the two products.
    fits = int(np.abs(advance).max()) * int(sizes.max()) < 2**63
    width = np.int64 if fits else object
    least = advance.astype(width) * np.minimum(sizes[1:], sizes[:-1]).astype(width)
    most = advance.astype(width) * np.maximum(sizes[1:], sizes[:-1]).astype(width)
    wrong = both & ((gained < least) | (gained > most)).astype(bool)
    if not wrong.any():
        return
    first = int(np.argmax(wrong))
    count = int(wrong.sum())
    issues.add(
        "contradictory_log",
        Text(
            zh=(
                f"第 {lines[first + 1]} 行：前进 {advance[first]} 步、批大小 {sizes[first + 1]}，"
                f"样本数却增加 {gained[first]}；共 {count} 处。迭代数、批大小与样本数互相矛盾。"
            ),
            en=(
                f"Line {lines[first + 1]}: {_counted(advance[first], 'step')} of batch {sizes[first + 1]}, "
                f"yet {_counted(gained[first], 'more sample')}; {_counted(count, 'such place')}. "
                f"Steps, batch size and samples contradict each other."
            ),
        ),
        where=Where(line=int(lines[first + 1])),
        severity=Severity.ERROR,
        hint=Text(zh="请上传未经编辑的原始日志。", en="Upload the original log, unedited."),
        times=count,
    )


def _counted(number: int, name: str) -> str:
    return f"{number} {name}" if number == 1 else f"{number} {name}s"


def _contradicting_clock(steps: pa.Table, advance: Integers, lines: Integers, issues: Issues) -> None:
    at = steps.column("at")
    known = at.is_valid().to_numpy()
    pairs = known[1:] & known[:-1] & (advance > 0)
    if not pairs.any():
        return
    stamps = at.cast(pa.int64()).fill_null(0).to_numpy()
    passed = np.diff(stamps)[pairs]
    # Floats are enough here: this decides about a remark, never about a figure.
    printed = (advance * steps.column("iteration_ms").cast(pa.float64()).to_numpy()[1:])[pairs]
    after = lines[1:][pairs]
    back = passed < 0
    if back.any():
        issues.add(
            "time_goes_back",
            Text(zh=f"时间戳有 {int(back.sum())} 处倒退。", en=f"The stamps go back in {int(back.sum())} places."),
            where=Where(line=int(after[int(np.argmax(back))])),
            times=int(back.sum()),
        )
    apart = np.abs(passed - printed) > CLOCK_TOLERANCE * printed + STAMP_RESOLUTION_MS
    too_fast = printed.sum() > (1 + CLOCK_TOLERANCE) * passed.sum() + STAMP_RESOLUTION_MS
    if 2 * int(apart.sum()) > len(apart) or too_fast:
        place = int(np.argmax(apart)) if apart.any() else 0
        issues.add(
            "contradictory_log",
            Text(
                zh=(
                    f"打印的迭代耗时合计 {printed.sum() / 1000:.0f} 秒，时间戳相差 {passed.sum() / 1000:.0f} 秒，"
                    f"偏差超过 5 %。"
                ),
                en=(
                    f"The printed iteration times add up to {printed.sum() / 1000:.0f} s, the stamps to "
                    f"{passed.sum() / 1000:.0f} s: more than 5 % apart."
                ),
            ),
            where=Where(line=int(after[place])),
            hint=Text(
                zh="请说明原因（例如评测、保存检查点或时钟调整）。",
                en="State the reason, such as evaluations, checkpoints or a clock that was set.",
            ),
        )


def _status(steps: pa.Table) -> str | None:
    """Whether the announced steps were reached, as the last line tells; a line stands for the steps since the last."""
    total = _last(steps.column("steps_total"))
    if total is None:
        return None
    step = _integers(steps, "step")
    advances = np.diff(step)
    interval = int(advances[advances > 0].min()) if (advances > 0).any() else 1
    return "completed" if int(step[-1]) + interval > total else "incomplete"


def _integers(steps: pa.Table, name: str) -> Integers:
    values: Integers = steps.column(name).to_numpy()
    return values


def _last(column: pa.ChunkedArray) -> int | None:
    known = column.drop_null()
    last: int | None = known[-1].as_py() if len(known) else None
    return last


def _sum(column: pa.ChunkedArray) -> int | None:
    total: int | None = pc.sum(column).as_py()
    return total


def plain_figure(value: Decimal) -> Decimal:
    """A figure without the zeros its column padded it with."""
    return Decimal(shortest(value))


def _median(times: pa.ChunkedArray) -> Decimal:
    middle = [(len(times) - 1) // 2, len(times) // 2]
    whole = billionths_of(times.combine_chunks())
    if whole is None:
        low, high = (times.take(pc.sort_indices(times))[place].as_py() for place in middle)
        return plain_figure((low + high) / 2)
    twice = sum(np.partition(whole, middle)[middle].tolist())
    return plain_figure(Decimal(twice).scaleb(-FIGURE.scale) / 2)


def _mean(times: pa.ChunkedArray) -> Decimal | None:
    return measured(Fraction(pc.sum(times).as_py()) / len(times)) if len(times) else None
