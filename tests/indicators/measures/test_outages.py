"""Availability with overlaps, maintenance and open ends, worked out by hand for 128 cards and 8 760 hours."""

from __future__ import annotations

from decimal import Decimal
from typing import Any

import pytest

from core.outcome import Outcome, Quality
from indicators.measures.intervals import Spell, downtime, gaps, union
from tests.indicators.measures.evidence import DAY, HOUR, YEAR_END, YEAR_START, centre, code, measured

TOTAL = 128 * 8760  # card-hours


def outage(start: float, hours: float | None, *, cards: int | None = None, **more: Any) -> dict[str, Any]:
    begin = YEAR_START + 100 * DAY + start * HOUR
    row = {"outage": f"INC-{start}", "service": "compute", "started_at": begin, "planned": False}
    return row | {"ended_at": None if hours is None else begin + hours * HOUR, "cards_affected": cards} | more


def announced(start: float, hours: float, *, days_ahead: float, **more: Any) -> dict[str, Any]:
    begin = YEAR_START + 100 * DAY + start * HOUR
    return outage(start, hours, planned=True, announced_at=begin - days_ahead * DAY, **more)


def availability(*rows: dict[str, Any], measure: str = "compute_availability") -> Decimal:
    found = measured(measure, centre({"log": {"outages": rows}}))
    assert found.value is not None
    return found.value


def per_cent(lost: Decimal | int, total: Decimal | int = TOTAL) -> Decimal:
    return ((1 - Decimal(lost) / Decimal(total)) * 100).quantize(Decimal("1e-9"))


@pytest.mark.parametrize(
    ("rows", "lost"),
    [
        ([outage(0, 10, cards=8)], 80),
        ([outage(0, 10)], 1280),  # no number of cards: all of them
        ([outage(0, 10, cards=100), outage(5, 10, cards=100)], 1000 + 1000 - 5 * 72),  # never beyond 128 at once
        ([outage(0, 10), outage(2, 4, cards=64)], 1280),  # inside a total outage nothing more is lost
        ([outage(0, 10, cards=8), outage(0, 10, cards=8)], 80),  # the same record twice
        ([outage(0, None, cards=8)], 8 * (265 * 24)),  # open: until the period's end
        ([outage(0, None, cards=8, down_ms=7_200_000)], 16),
        ([outage(0, 10, cards=8, service="facility")], 0),
        ([announced(0, 10, days_ahead=2.9, cards=8)], 80),  # announced too late
    ],
)
def test_lost_card_hours(rows: list[dict[str, Any]], lost: int) -> None:
    assert availability(*rows).quantize(Decimal("1e-9")) == per_cent(lost)


def test_maintenance_announced_in_time_leaves_the_period() -> None:
    found = availability(announced(0, 10, days_ahead=3, cards=64), outage(20, 5, cards=8))
    assert found.quantize(Decimal("1e-9")) == per_cent(40, TOTAL - 640)


def test_maintenance_beyond_one_per_cent_counts_as_downtime() -> None:
    # 100 h of all cards are 12 800 card-hours; 1 % of 1 121 280 are 11 212.8.
    excess = Decimal(12_800) - Decimal("11212.8")
    found = availability(announced(0, 100, days_ahead=10))
    assert found.quantize(Decimal("1e-9")) == per_cent(excess, TOTAL - Decimal("11212.8"))


def test_an_outage_during_announced_maintenance_is_not_lost_again() -> None:
    assert availability(announced(0, 10, days_ahead=5), outage(2, 4, cards=8)) == 100


def test_overlapping_outages_of_the_facility_count_once() -> None:
    rows = (outage(0, 6, service="facility"), outage(4, 6, service="facility"))
    assert availability(*rows, measure="facility_availability").quantize(Decimal("1e-9")) == per_cent(10, 8760)


def test_an_inference_outage_takes_the_service_down_whatever_the_cards() -> None:
    row = outage(0, 10, cards=8, service="inference")
    assert availability(row, measure="inference_service_availability").quantize(Decimal("1e-9")) == per_cent(10, 8760)


def test_what_a_monitor_saw_of_a_web_page_proves_no_availability() -> None:
    found = measured("compute_availability", centre({"log": {"outages": [outage(0, 10, service="www.example.com")]}}))
    assert (found.outcome, found.value) == (Outcome.NO_EVIDENCE, None)


def test_a_record_of_network_and_storage_alone_is_a_record_of_compute() -> None:
    # 1.5 h on 64 cards and half an hour on all 128 are 160 card-hours.
    rows = [outage(0, 1.5, service="network", cards=64), outage(9, 0.5, service="storage")]
    assert availability(*rows).quantize(Decimal("1e-9")) == per_cent(160)
    assert graded(*rows, measure="compute_availability") == (Quality.C, ["record_too_short"])
    assert "service_not_named" in graded(*rows)[1]


def test_no_incident_record_is_no_evidence_but_a_record_without_outages_is_full_availability() -> None:
    assert measured("compute_availability", centre()).outcome is Outcome.NO_EVIDENCE
    found = measured("facility_availability", centre({"log": {"outages": [outage(0, 1)]}}))
    assert found.value == 100
    assert "no_outage_recorded" in [note.code for note in found.notes]


def entry(day: float, **more: Any) -> dict[str, Any]:
    """A planned row that ends when it starts: the record was kept, and there was nothing to tell."""
    begin = YEAR_START + day * DAY
    return {
        "outage": f"NIL-{day}",
        "service": "compute",
        "started_at": begin,
        "ended_at": begin,
        "planned": True,
    } | more


def graded(*rows: dict[str, Any], measure: str = "facility_availability") -> tuple[Any, list[str]]:
    found = measured(measure, centre({"log": {"outages": rows}}))
    return found.quality, [note.code for note in found.notes if note.code in ("service_not_named", "record_too_short")]


def test_one_incident_of_compute_proves_nothing_of_other_services_nor_of_the_year() -> None:
    rows = (outage(0, 1, cards=8),)
    both = ["service_not_named", "record_too_short"]
    assert graded(*rows) == (Quality.C, both)
    assert graded(*rows, measure="inference_service_availability") == (Quality.C, both)
    assert graded(*rows, measure="compute_availability") == (Quality.C, ["record_too_short"])


def test_a_service_nobody_named_is_grade_c_however_long_the_record() -> None:
    kept = (entry(0), outage(0, 1, cards=8), entry(364))
    assert graded(*kept) == (Quality.C, ["service_not_named"])
    assert graded(*kept, measure="compute_availability") == (Quality.A, [])
    assert graded(*kept, outage(0, 1, service="网络"), measure="compute_availability") == (Quality.A, [])
    assert graded(*kept, entry(200, service="facility")) == (Quality.A, [])


@pytest.mark.parametrize(
    ("first", "last", "grade"),
    [
        (0, 273.75, Quality.A),  # 273.75 ÷ 365 = 0.75
        (45, 318.7, Quality.B),  # 273.7 ÷ 365 = 0.7499
        (100, 282.5, Quality.B),  # 182.5 ÷ 365 = 0.5
        (100, 282.4, Quality.C),
        (-400, 273.75, Quality.A),  # what lies before the year does not lengthen it, nor does what comes after it
        (182.5, 800, Quality.B),
        (-400, -200, Quality.C),
    ],
)
def test_the_record_speaks_for_the_time_between_its_first_entry_and_its_last(
    first: float, last: float, grade: Quality
) -> None:
    rows = [entry(day, service="facility") for day in (first, last)]
    quality, notes = graded(*rows)
    assert quality is grade
    assert (notes == []) is (grade is Quality.A)


def test_an_entry_without_length_loses_no_time_and_is_no_late_maintenance() -> None:
    found = measured("facility_availability", centre({"log": {"outages": [entry(0, service="facility"), entry(364)]}}))
    assert (found.value, found.quality) == (100, Quality.A)
    assert [note.code for note in found.notes] == ["no_outage_recorded"]


@pytest.mark.parametrize(
    ("service", "minutes", "counts"),
    [("scheduler", 9.99, False), ("scheduler", 10, True), ("网络", 5, False), ("网络", 6, True), ("storage", 1, True)],
)
def test_what_compute_cannot_do_without_counts_as_compute(service: str, minutes: int, counts: bool) -> None:
    found = availability(outage(0, minutes / 60, service=service), outage(100, 0, service="facility"))
    assert (found < 100) is counts


def test_records_of_services_nobody_asks_for_are_named() -> None:
    rows = [outage(0, 240, service="算力服务平台"), outage(300, 1, cards=8)]
    found = measured("compute_availability", centre({"log": {"outages": rows}}))
    assert [text for note in found.notes if note.code == "services_not_counted" for text in [note.message.en]] == [
        "Records of these services do not count (1): 算力服务平台."
    ]


def test_an_outage_that_ends_before_it_starts_is_invalid() -> None:
    assert code(measured("compute_availability", centre({"log": {"outages": [outage(5, -1)]}}))) == "outage_backwards"


def test_root_causes_are_counted_over_unplanned_incidents_of_the_year() -> None:
    rows = [
        outage(0, 1, cause="faulty_gpu"),
        outage(10, 1, cause="unknown"),
        outage(20, 1, cause=None),
        outage(30, 1, cause="nic"),
        announced(40, 1, days_ahead=5, cause=None),
        outage(50, 1, cause="nic") | {"started_at": YEAR_END + HOUR, "ended_at": None},
    ]
    assert measured("root_cause_coverage", centre({"log": {"outages": rows}})).value == 50
    few = measured("root_cause_coverage", centre({"log": {"outages": rows[:2]}}))
    assert (few.outcome, code(few)) == (Outcome.NOT_APPLICABLE, "too_few_incidents")


def test_a_cause_is_confirmed_by_the_taxonomy_in_either_language_and_by_no_other_words() -> None:
    def coverage(*causes: str) -> tuple[Decimal | None, list[str]]:
        rows = [outage(10 * index, 1, cause=cause) for index, cause in enumerate(causes)]
        found = measured("root_cause_coverage", centre({"log": {"outages": rows}}))
        return found.value, [note.message.zh for note in found.notes]

    assert coverage("GPU故障", "faulty_gpu", "光模块故障", "power/PSU", "静默数据损坏") == (100, [])
    assert coverage("排查中", "待定", "TBD", "原因不明", "未定位", "under investigation", "-", "无", "?") == (0, [])
    assert coverage("platform", "用户原因", "policy") == (0, []), "who has to answer for it is no root cause"
    value, notes = coverage("pending vendor", "hbm", "供应商处理", "nic")
    assert (value, ["pending vendor、供应商处理" in said for said in notes]) == (50, [True])


def test_spells_are_united_and_their_gaps_named() -> None:
    assert union([Spell(5, 9), Spell(0, 2), Spell(2, 3), Spell(6, 7)]) == [(0, 3), (5, 9)]
    assert gaps([(0, 3), (5, 9)], 1, 12) == [(3, 5), (9, 12)]
    assert gaps([], 1, 12) == [(1, 12)]


def test_cards_of_several_spells_add_up_to_the_installed_ones() -> None:
    assert downtime([Spell(0, 10, 6), Spell(5, 15, 6)], [Spell(8, 12, 4)], installed=10).lost == (
        5 * 6 + 3 * 10 + 2 * 6 + 2 * 6 + 3 * 6
    )
