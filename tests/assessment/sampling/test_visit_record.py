"""Fields of a visit's record: each is read in one way, and what cannot be read is told at its own place."""

from __future__ import annotations

import re
from decimal import Decimal
from typing import Any

import pytest

from assessment.sampling.visit_record import VisitRecord, faults_of, read_record
from core.errors import InputError

WHO = {"name": "Ana", "organisation": "body", "role": "assessor"}
MEETING = {"held_at": "2026-11-20T09:00:00+08:00", "present": [WHO]}
METER = {
    "meter": "M-IN", "place": "room 1", "read_at": "2026-11-20T10:00:00+08:00", "reading": "8123.4", "unit": "kWh",
    "as_declared": True,
}  # fmt: skip
TEST = {
    "test": "nccl", "started_at": "2026-11-20T11:00:00+08:00", "ended_at": "2026-11-20T11:20:00+08:00",
    "witnessed_by": "Ana",
}  # fmt: skip
EDGES = ("9999-12-31T23:59:59Z", "0001-01-01T00:00:00+14:00", "9999-12-31T23:59:00-14:00", "1969-12-31T09:00:00Z")
NO_INSTANTS = (1700000000, "1700000000", 10**11, "1e11", Decimal("1E+11"), True, "2026-11-20", "2026-W47-5T09:30Z", [])
OF_A_PROGRAM = re.compile(r"Input|VisitRecord|Meeting|dictionary|instance|tuple|valid [a-z]+$|填写有误")


def opened(held_at: object) -> dict[str, Any]:
    return {"opening": MEETING | {"held_at": held_at}}


def walked(reading: object, **further: object) -> dict[str, Any]:
    return {"meters": [METER | {"reading": reading} | further]}


def refusal(record: object) -> InputError:
    with pytest.raises(InputError) as caught:
        read_record(record, handed_in=True)
    return caught.value


def place_and_rule(record: object) -> list[tuple[str | None, str]]:
    return [(fault.field, fault.rule) for fault in faults_of(record)]


@pytest.mark.parametrize("edge", EDGES)
def test_an_instant_of_another_age_is_refused_where_it_stands(edge: str) -> None:
    assert place_and_rule(opened(edge)) == [("opening.held_at", "day_out_of_range")]
    assert place_and_rule({"meters": [METER | {"read_at": edge}]}) == [("meters[0].read_at", "day_out_of_range")]
    late = TEST | {"started_at": edge, "ended_at": edge}
    assert [field for field, _rule in place_and_rule({"tests": [late]})] == ["tests[0].started_at", "tests[0].ended_at"]


@pytest.mark.parametrize("day", ["0001-01-01", "1969-12-31", "2200-01-01", "9999-12-31"])
def test_a_day_of_another_age_is_refused_where_it_stands(day: str) -> None:
    assert place_and_rule(walked("1", calibrated_until=day)) == [("meters[0].calibrated_until", "day_out_of_range")]


def test_a_record_kept_before_days_were_bounded_is_still_read() -> None:
    kept = walked("1", calibrated_until="0206-03-31")
    assert str(read_record(kept).meters[0].calibrated_until) == "0206-03-31"


@pytest.mark.parametrize("given", NO_INSTANTS)
def test_no_figure_and_no_mere_day_passes_for_an_instant(given: object) -> None:
    assert place_and_rule(opened(given)) == [("opening.held_at", "datetime_type")]


@pytest.mark.parametrize("given", [1700006400, "1700006400", "20261120", "2026-2-3"])
def test_no_figure_passes_for_a_day(given: object) -> None:
    assert place_and_rule(walked("1", calibrated_until=given)) == [("meters[0].calibrated_until", "date_type")]


def test_a_missing_offset_is_told_at_the_instant_that_lacks_it() -> None:
    bare = "2026-11-20T11:00:00"
    closed = {"opening": MEETING, "closing": MEETING | {"held_at": bare}}
    assert place_and_rule(closed) == [("closing.held_at", "offset_missing")]
    assert place_and_rule({"tests": [TEST | {"started_at": bare}]}) == [("tests[0].started_at", "offset_missing")]
    assert place_and_rule({"meters": [METER | {"read_at": bare}]}) == [("meters[0].read_at", "offset_missing")]
    assert "+08:00" in refusal(closed).hint.zh


@pytest.mark.parametrize(
    "reading", ["1E+999999999999999999", "1e999999", "1_0", "１２", "９.５", "NaN", "Infinity", "1e99"]
)
def test_a_reading_is_a_number_by_the_one_grammar_of_numbers(reading: str) -> None:
    assert place_and_rule(walked(reading)) == [("meters[0].reading", "not_a_number")]
    assert "1234.5" in refusal(walked(reading)).hint.en


@pytest.mark.parametrize("reading", [True, None, 8123.4, []])
def test_a_reading_is_written_as_a_number_or_as_text(reading: object) -> None:
    assert place_and_rule(walked(reading)) == [("meters[0].reading", "decimal_type")]


def test_no_register_counts_beyond_what_a_profile_may_say_of_it() -> None:
    assert place_and_rule(walked(10**15)) == []
    assert place_and_rule(walked(10**15 + 1)) == [("meters[0].reading", "less_than_equal")]


@pytest.mark.parametrize("reading", ["-0", "8123.40", " 1 ", "1e3", 12, Decimal("0.5"), f"{'1' * 36}e-22", "1e-40"])
def test_a_reading_that_is_kept_is_read_again_as_it_was(reading: object) -> None:
    kept = read_record(walked(reading), handed_in=True)
    assert read_record(kept.model_dump(mode="json")) == kept
    assert kept.meters[0].reading == Decimal(str(reading).strip())
    assert not kept.meters[0].reading.is_signed()


def test_a_figure_too_long_to_be_kept_as_it_was_is_refused() -> None:
    assert place_and_rule(walked(f"{'1' * 36}e-70")) == [("meters[0].reading", "not_a_number")]


@pytest.mark.parametrize(
    "record",
    [
        *([], None, "text", 1, {"opening": []}, {"contract": 2}, {"contract": None}, {"tests": "x"}, {"meters": {}}),
        *({"tests": [TEST | {"nodes": "ab"}]}, {"opening": {"present": [[[[1]]]]}}, {"no_sample": 1}),
    ],
)
def test_what_is_no_record_is_told_in_words_of_people(record: object) -> None:
    told = refusal(record)
    assert not OF_A_PROGRAM.search(told.message.zh), told.message.zh
    assert not re.search(r"[A-Za-z]{3}", told.message.zh), told.message.zh
    assert not OF_A_PROGRAM.search(told.message.en), told.message.en


@pytest.mark.parametrize("garbage", [[], {}, None, True, "", "x", "x" * 5000, -1, Decimal("1e40"), [[]], {"a": []}])
def test_no_field_of_a_record_is_refused_in_words_of_a_program(garbage: object) -> None:
    whole = {"opening": MEETING, "closing": MEETING, "meters": [METER], "serials": [{"drawn": "A"}], "tests": [TEST]}
    spoilt: list[dict[str, Any]] = [{name: garbage} for name in VisitRecord.model_fields]
    for part in ("meters", "serials", "tests"):
        spoilt += [{part: [whole[part][0] | {name: garbage}]} for name in whole[part][0]]  # type: ignore[index]
    spoilt += [{"opening": MEETING | {name: garbage}} for name in MEETING]
    said = [words for record in spoilt for fault in faults_of(record) for words in (fault.words.zh, fault.words.en)]
    assert [words for words in said if OF_A_PROGRAM.search(words)] == []
