"""The score of a set of MLPerf runs, as the organisers compute it."""

from __future__ import annotations

from decimal import Decimal
from pathlib import Path

import pytest

from core.errors import InsufficientData
from evidence.parsers.formats import mlperf_scaling, mlperf_training
from evidence.parsers.text.source import Source
from indicators.measures.mlperf_sets import SetRun, official_score
from tests.samples import SAMPLES, needs_samples


def runs(*minutes: int | None) -> list[SetRun]:
    """Runs of so many minutes; None is a run that was aborted after an hour."""
    return [SetRun("aborted", 3_600_000) if m is None else SetRun("success", m * 60_000) for m in minutes]


def of_folder(folder: Path) -> tuple[list[SetRun], str, Decimal]:
    tables = [
        mlperf_training.PARSER.parse(Source.of_path(path)).tables["benchmark_runs"].to_pylist()[0]
        for path in sorted(folder.glob("result_*.txt"))
    ]
    factor = mlperf_scaling.PARSER.parse(Source.of_path(folder / "scaling.json")).facts["scaling_factor"]
    return [SetRun(row["status"], row["duration_ms"]) for row in tables], tables[0]["benchmark"], factor


@needs_samples
@pytest.mark.parametrize(
    ("name", "printed"),
    [
        ("v5.1_AMD_mi355x8_llama31_8b", "99.70854353631518"),
        # One of the five runs was aborted: it is the slowest one, and dropped as such.
        ("v4.0_ASUSTeK_h100pciex8_resnet", "20.831238421317245"),
    ],
)
def test_the_sets_of_the_samples_give_their_published_scores(name: str, printed: str) -> None:
    found, benchmark, factor = of_folder(SAMPLES / "mlperf-training-sets" / name)
    assert str(float(official_score(found, benchmark=benchmark, scaling_factor=factor))) == printed


def test_the_best_and_the_worst_run_are_dropped() -> None:
    assert official_score(runs(10, 1, 11, 99, 12), benchmark="resnet") == 11


def test_the_order_of_runs_is_irrelevant() -> None:
    assert official_score(runs(12, 99, 11, 10, 1), benchmark="resnet") == official_score(
        runs(1, 10, 11, 12, 99), benchmark="resnet"
    )


def test_unet3d_drops_four_on_each_side() -> None:
    assert official_score(runs(1, 1, 1, 1, 20, 22, 99, 99, 99, 99), benchmark="unet3d") == 21


def test_of_three_runs_the_middle_one_remains() -> None:
    assert official_score(runs(30, 10, 20), benchmark="llama31_405b", scaling_factor=Decimal("1.5")) == 30


def test_a_run_that_failed_uses_up_the_drop() -> None:
    assert official_score(runs(10, 20, None), benchmark="llama31_405b") == 20


def test_a_second_failed_run_leaves_no_score() -> None:
    with pytest.raises(InsufficientData, match="2 runs did not succeed"):
        official_score(runs(10, 20, None, None), benchmark="llama31_405b")


def test_too_few_runs_leave_no_score() -> None:
    with pytest.raises(InsufficientData, match="at least 3 runs"):
        official_score(runs(10, 20), benchmark="llama31_405b")
