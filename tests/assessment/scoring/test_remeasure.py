"""What must come out alike when evidence is measured again, and what may be said in other words since."""

from __future__ import annotations

from typing import Any

from assessment.scoring.recompute.remeasure import comparable
from tests.indicators.measures.evidence import centre, measured


def without_evidence(words: str, code: str = "no_evidence") -> dict[str, Any]:
    told = measured("mean_queue_wait", centre()).as_json()
    return told | {"reason": {"code": code, "message": {"zh": words, "en": words}}}


def test_which_files_would_feed_a_measure_may_be_told_otherwise_since() -> None:
    assert comparable(without_evidence("sacct")) == comparable(without_evidence("sacct, and a format read since"))


def test_every_other_reason_and_every_figure_must_come_out_alike() -> None:
    assert comparable(without_evidence("a", "too_few_jobs")) != comparable(without_evidence("b", "too_few_jobs"))
    assert comparable(without_evidence("a")) != comparable(without_evidence("a", "evidence_rejected"))
    assert comparable(without_evidence("a")) != comparable(without_evidence("a") | {"unit": "min"})
