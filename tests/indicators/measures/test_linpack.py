"""HPL and HPL-MxP against their peaks."""

from __future__ import annotations

from decimal import Decimal
from typing import Any

import pytest

from core.outcome import Outcome
from tests.indicators.measures.evidence import centre, code, measured


def hpl(gflops: str, **more: Any) -> dict[str, Any]:
    return {
        "tool": "hpl", "benchmark": "HPL", "status": "success", "metric": "rmax", "value": Decimal(gflops),
        "unit": "GFLOP/s", "precision": "fp64",
    } | more  # fmt: skip


def mxp(gflops: str, **more: Any) -> dict[str, Any]:
    return hpl(gflops, tool="hpl_mxp", benchmark="HPL-MxP", metric="mxp", precision="fp16", accelerators=128) | more


def rpeak(tflops: str = "4000", **more: Any) -> dict[str, Any]:
    return {
        "indicator": "CE-1.4.rpeak_tflops", "value": Decimal(tflops), "unit": "TFLOPS", "documents": 1,
        "declared_by": "Olu",
    } | more  # fmt: skip


def efficiency(name: str, *rows: dict[str, Any], said: tuple[dict[str, Any], ...] = (), **changes: Any) -> Any:
    return measured(name, centre({"a": {"benchmark_runs": rows, "declaration": said}}, **changes))


def test_the_fastest_run_that_passed_is_divided_by_the_declared_peak() -> None:
    # 3,000,000 GFLOP/s ÷ 4,000 TFLOP/s = 0.75.
    rows = (hpl("2500000"), hpl("3000000"), hpl("3900000", status="failed"))
    assert efficiency("hpl_efficiency", *rows, said=(rpeak(),)).value == Decimal("0.75")


def test_of_two_peaks_declared_on_one_day_the_larger_divides() -> None:
    for peaks in (("4000", "8000"), ("8000", "4000")):
        found = efficiency("hpl_efficiency", hpl("3000000"), said=tuple(map(rpeak, peaks)))
        assert found.value == Decimal("0.375")


def test_hpl_embedded_in_a_suite_counts_and_mixed_precision_never_does() -> None:
    assert efficiency("hpl_efficiency", hpl("3000000", tool="hpcc"), said=(rpeak(),)).value == Decimal("0.75")
    assert efficiency("hpl_efficiency", mxp("3000000"), said=(rpeak(),)).outcome is Outcome.NO_EVIDENCE
    assert efficiency("hpl_mxp_efficiency", hpl("3000000")).outcome is Outcome.NO_EVIDENCE


@pytest.mark.parametrize(
    ("rows", "said", "reason"),
    [
        ((hpl("3000000", status="incomplete"),), (rpeak(),), "no_valid_result"),
        ((hpl("3000000"),), (), "rpeak_missing"),
        ((hpl("3000000"),), (rpeak(documents=0),), "rpeak_unconfirmed"),
        ((hpl("4080001"),), (rpeak(),), "held_for_review"),
    ],
)
def test_what_hpl_lacks_is_named(rows: Any, said: Any, reason: str) -> None:
    found = efficiency("hpl_efficiency", *rows, said=said)
    assert (found.outcome, code(found)) == (Outcome.NOT_ASSESSABLE, reason)


def test_two_per_cent_above_the_peak_is_cut_to_one() -> None:
    assert efficiency("hpl_efficiency", hpl("4080000"), said=(rpeak(),)).value == 1


def test_mixed_precision_is_divided_by_the_dense_peak_of_its_cards() -> None:
    # 128 H800 of 989 TFLOP/s FP16 are 126,592,000 GFLOP/s; half of that is 0.5.
    assert efficiency("hpl_mxp_efficiency", mxp("63296000")).value == Decimal("0.5")
    # Without a stated precision the FP8 peak divides, 1979 TFLOP/s.
    unknown = efficiency("hpl_mxp_efficiency", mxp("63296000", precision=None))
    assert unknown.value == (Decimal(63296000) / (1979 * 128 * 1000)).quantize(Decimal("1e-12"))


def test_mixed_precision_needs_its_cards_and_no_more_than_are_installed() -> None:
    assert code(efficiency("hpl_mxp_efficiency", mxp("63296000", accelerators=None))) == "cards_unknown"
    assert code(efficiency("hpl_mxp_efficiency", mxp("63296000", accelerators=129))) == "more_cards_than_installed"
