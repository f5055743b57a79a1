"""Incidents handed in month by month, open first and closed later: each of them counts once."""

from __future__ import annotations

import datetime as dt
import itertools
import random
from collections.abc import Mapping
from typing import Any

import pyarrow as pa
from hypothesis import given, settings
from hypothesis import strategies as st

from core.canonical import canonical_json
from core.outcome import Outcome
from indicators.measures.base import CentreEvidence, Measurement
from indicators.measures.incident_record import incident_record
from tests.hypothesis_profile import examples
from tests.indicators.measures.evidence import DAY, EAST_EIGHT, HOUR, YEAR_END, centre, measured, profile, table

BEGIN = dt.datetime(2026, 1, 31, 20, tzinfo=EAST_EIGHT)
MEASURES = (
    "automatic_recovery_share", "compute_availability", "facility_availability", "fault_localisation_time",
    "inference_service_availability", "mean_time_to_detect", "root_cause_coverage",
)  # fmt: skip
MONTHS = [dt.datetime(2025 + (month > 12), (month - 1) % 12 + 1, 1, tzinfo=EAST_EIGHT) for month in range(4, 17)]
Row = dict[str, Any]


def incident(start: float, hours: float | None, **more: Any) -> Row:
    begin = BEGIN + start * HOUR
    row = {"outage": "A", "service": "compute", "started_at": begin, "planned": False, "cards_affected": 8}
    return row | {"ended_at": None if hours is None else begin + hours * HOUR} | more


def lost(*exports: list[Row]) -> tuple[Any, list[str]]:
    """Card-hours of compute that files with these rows lose, and the codes of the notes on the records."""
    found = measured("compute_availability", centre({str(n): {"outages": rows} for n, rows in enumerate(exports)}))
    (value,) = (one.value for one in found.inputs if one.name == "lost")
    return value, [note.code for note in found.notes if note.code != "record_too_short"]


def test_a_closed_record_wins_over_the_open_one_of_the_month_before() -> None:
    assert lost([incident(0, None)], [incident(0, 6)]) == (48, [])
    assert lost([incident(0, 6)], [incident(0, None)]) == (48, [])
    assert lost(
        [incident(0, None, cards_affected=None)], [incident(0, None, cards_affected=None)], [incident(0, 6)]
    ) == (
        48,
        [],
    )


def test_an_incident_nobody_closed_stays_open() -> None:
    open_hours = (YEAR_END - BEGIN) / HOUR
    assert lost([incident(0, None)], [incident(0, None, cause="nic")]) == (8 * open_hours, [])


def test_a_later_outage_under_the_same_id_is_another() -> None:
    assert lost([incident(0, 6)], [incident(100, 4)]) == (80, [])
    assert lost([incident(0, 6), incident(100, None)], [incident(100, 4)]) == (80, [])
    open_hours = (YEAR_END - BEGIN) / HOUR - 100
    assert lost([incident(0, 6)], [incident(100, None)]) == (8 * (6 + open_hours), [])
    assert lost([incident(0, 6)], [incident(6, 2, cards_affected=16)]) == (80, [])


def test_other_services_and_other_ids_are_other_incidents() -> None:
    assert lost([incident(0, 6)], [incident(0, None, service="facility")], [incident(0, 6, outage="B")]) == (96, [])


def test_closed_records_that_differ_are_united_and_named() -> None:
    assert lost([incident(0, 6)], [incident(0, 7)]) == (56, ["records_differ"])
    assert lost([incident(0, 6)], [incident(2, 6)]) == (64, ["records_differ"])
    assert lost([incident(0, 6)], [incident(0, 6, cards_affected=16)]) == (96, ["records_differ"])
    assert lost([incident(0, 6)], [incident(0, 6, cards_affected=None)]) == (6 * 128, ["records_differ"])
    assert lost([incident(-3, None)], [incident(0, 6)]) == (72, ["records_differ"])
    found = measured(
        "compute_availability", centre({"1": {"outages": [incident(0, 6)]}, "2": {"outages": [incident(0, 7)]}})
    )
    (told,) = (note for note in found.notes if note.code == "records_differ")
    assert told.message.en.endswith(": A.")
    assert "A" in told.message.zh


def test_work_is_planned_only_where_all_records_say_so() -> None:
    announced = {"planned": True, "announced_at": BEGIN - 5 * DAY}
    assert lost([incident(0, 6, **announced)], [incident(0, 6, **announced, cause="work")]) == (0, [])
    assert lost([incident(0, None)], [incident(0, 6, **announced)]) == (48, ["records_differ"])


def test_what_one_record_leaves_empty_another_fills() -> None:
    files = {"1": {"outages": [incident(0, 6, cause="nic")]}, "2": {"outages": [incident(0, 6, raised_by="Olu")]}}
    (row,) = incident_record(centre(files)).rows.to_pylist()
    assert (row["cause"], row["raised_by"]) == ("nic", "Olu")


def test_records_without_an_id_stay_as_they_are() -> None:
    assert lost([incident(0, 6, outage="")], [incident(0, 7, outage="")]) == (104, [])


def year() -> list[Row]:
    """A year's incidents, seeded: some last over the end of a month, one to the end of the year."""
    chance = random.Random(20261129)  # noqa: S311  (no secret)
    rows = []
    for n in range(150):
        begin = MONTHS[0] + chance.randrange(360 * 86_400) * dt.timedelta(seconds=1)
        end = begin + chance.choice([1, 7, 90, 900]) * HOUR
        rows.append(
            {
                "outage": f"I{n}", "service": chance.choice(["compute", "facility", "inference"]),
                "started_at": begin, "ended_at": end if end < YEAR_END else None, "planned": n % 6 == 0,
                "announced_at": begin - 4 * DAY if n % 6 == 0 else None, "cards_affected": chance.choice([None, 8, 64]),
                "alarmed_at": begin + HOUR / 60, "located_at": begin + HOUR / 2 if end < YEAR_END else None,
                "automatic": chance.choice([True, False]) if end < YEAR_END else None,
                "cause": chance.choice(["nic", "unknown"]) if end < YEAR_END else None,
            }
        )  # fmt: skip
    return rows


def exported(rows: list[Row], until: dt.datetime, *, since: dt.datetime) -> list[Row]:
    """What a month's export holds of them: those that were open or began in it, as far as was known at its end."""
    listed = []
    for row in rows:
        end = row["ended_at"]
        if row["started_at"] >= until or (end is not None and end < since):
            continue
        unknown = {"ended_at": None, "located_at": None, "automatic": None, "cause": None}
        listed.append(row if end is not None and end < until else row | unknown)
    return listed


def figures(evidence: CentreEvidence) -> Mapping[str, bytes]:
    found: dict[str, Measurement] = {name: measured(name, evidence) for name in MEASURES}
    assert {one.outcome for one in found.values()} == {Outcome.SCORED}
    return {
        name: canonical_json({key: value for key, value in one.as_json().items() if key != "rests_on"})
        for name, one in found.items()
    }


@given(seed=st.integers(0, 2**32))
@settings(max_examples=examples(15, by_night=200), deadline=None)
def test_a_year_in_monthly_exports_of_any_order_is_the_year_in_one(seed: int) -> None:
    chance = random.Random(seed)  # noqa: S311  (no secret)
    rows = year()
    whole = [("sha256:year", {"outages": table("outages", rows)})]
    months: list[tuple[str, Mapping[str, pa.Table]]] = []
    for since, until in itertools.pairwise(MONTHS):
        own = exported(rows, until, since=since)
        chance.shuffle(own)
        months.append((f"sha256:{chance.random()}", {"outages": table("outages", own)}))
    chance.shuffle(months)
    assert figures(CentreEvidence.pooled(profile(), months)) == figures(CentreEvidence.pooled(profile(), whole))
