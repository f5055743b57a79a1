"""Rows that could not be read are told by every measure that rests on their file, at a lower evidence grade."""

from __future__ import annotations

from typing import Any

import pytest

from core.outcome import Outcome, Quality
from indicators.measures.base import CentreEvidence, Measurement
from tests.indicators.measures.evidence import DAY, HOUR, YEAR_END, measured, profile, table


def jobs(number: int) -> list[dict[str, Any]]:
    begin = YEAR_END - 90 * DAY
    return [
        {
            "job": f"j{n}",
            "submit_at": begin + n * 90 * DAY / number,
            "start_at": begin + n * 90 * DAY / number,
            "end_at": begin + (n + 1) * 90 * DAY / number - HOUR / 60,
            "elapsed_s": int(90 * DAY.total_seconds() / number) - 60,
            "cards": 128,
            "state": "COMPLETED",
        }
        for n in range(number)
    ]


def interruptions(left_out: dict[str, int], *, kept: int = 990) -> Measurement:
    files = [
        ("sha256:a", {"jobs": table("jobs", jobs(kept)[::2])}),
        ("sha256:b", {"jobs": table("jobs", jobs(kept)[1::2])}),
    ]
    return measured("interruption_rate", CentreEvidence.pooled(profile(), files, left_out=left_out))


def codes(found: Measurement) -> list[str]:
    return [note.code for note in found.notes]


def test_a_log_read_whole_says_nothing() -> None:
    found = interruptions({})
    assert (found.outcome, found.quality) == (Outcome.SCORED, Quality.A)
    assert "rows_left_out" not in codes(found)


@pytest.mark.torture("T12")
@pytest.mark.parametrize(
    ("left_out", "quality", "share"),
    [
        ({"sha256:a": 1}, Quality.B, "0.1 %"),
        ({"sha256:a": 10}, Quality.B, "1 %"),
        ({"sha256:a": 4, "sha256:b": 7}, Quality.C, "1.1 %"),
    ],
)
def test_a_figure_from_a_log_with_broken_lines_carries_their_number_and_share(
    left_out: dict[str, int], quality: Quality, share: str
) -> None:
    found = interruptions(left_out)
    told = next(note for note in found.notes if note.code == "rows_left_out")
    assert found.quality is quality
    assert str(sum(left_out.values())) in told.message.en
    assert share in told.message.en
    assert share in told.message.zh
    assert found.value == interruptions({}).value


def test_a_worse_grade_stays_and_files_of_other_measures_do_not_matter() -> None:
    bench = {"outages": table("outages", [])}
    files = [("sha256:a", {"jobs": table("jobs", jobs(990))}), ("sha256:log", bench)]
    found = measured("interruption_rate", CentreEvidence.pooled(profile(), files, left_out={"sha256:log": 500}))
    assert (found.quality, codes(found)) == (interruptions({}).quality, codes(interruptions({})))


def test_bytes_that_are_handed_in_and_not_used_leave_nothing_out() -> None:
    assert codes(interruptions({"sha256:another": 5})) == codes(interruptions({}))
