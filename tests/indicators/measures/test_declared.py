"""Declarations: checklists, single figures, their grades, and which of two holds."""

from __future__ import annotations

import datetime as dt
from decimal import Decimal
from typing import Any

import pytest

from core.outcome import Outcome, Quality
from indicators.measures.declared import CHECKLISTS
from tests.indicators.measures.evidence import centre, code, measured


def item(name: str, met: bool, **more: Any) -> dict[str, Any]:
    return {"indicator": "US-6.1", "item": name, "met": met, "documents": 1} | more


def security(*rows: dict[str, Any]) -> Any:
    return measured("security_and_isolation", centre({"paper": {"declaration": rows}}))


def test_the_share_of_a_checklist_counts_undeclared_items_as_not_met() -> None:
    found = security(item("network_isolation", True), item("audit_log", True), item("patch_process", False))
    assert found.value == Decimal("28.5714285714")  # 2 of 7
    assert {i.name: i.value for i in found.inputs}["network_isolation"] == 1
    assert {i.name: i.value for i in found.inputs}["isolation_beyond_containers"] == 0
    assert "items_not_declared" in [note.code for note in found.notes]


def test_an_item_the_checklist_does_not_have_is_told() -> None:
    found = security(item("network_isolation", True), item("firewall", True))
    assert found.value == Decimal("14.2857142857")
    assert "unknown_items" in [note.code for note in found.notes]


@pytest.mark.parametrize(
    ("more", "grade"),
    [({"documents": 0}, Quality.D), ({}, Quality.C), ({"witnessed_by": "Ana"}, Quality.A)],
)
def test_who_stands_for_a_declaration_sets_its_grade(more: dict[str, Any], grade: Quality) -> None:
    assert security(*(item(name, True, **more) for name in CHECKLISTS["US-6.1"])).quality is grade


def test_the_weakest_item_sets_the_grade_of_the_list() -> None:
    assert security(item("audit_log", True, witnessed_by="Ana"), item("patch_process", True)).quality is Quality.C


def test_the_later_declaration_holds_and_of_one_day_the_less_favourable() -> None:
    early, late = dt.date(2026, 1, 1), dt.date(2026, 2, 1)
    assert security(item("audit_log", True, declared_on=late), item("audit_log", False, declared_on=early)).value != 0
    assert security(item("audit_log", True, declared_on=late), item("audit_log", False, declared_on=late)).value == 0


def said(indicator: str, value: str, unit: str, **more: Any) -> dict[str, Any]:
    day = dt.date(2026, 3, 20)
    return {"indicator": indicator, "value": Decimal(value), "unit": unit, "documents": 1, "declared_on": day} | more


@pytest.mark.parametrize(
    ("measure", "one", "other", "holds"),
    [
        ("time_to_first_job", ("US-1.3", "12", "min"), ("US-1.3", "45", "min"), 45),
        ("time_to_first_job", ("US-1.3", "50", "min"), ("US-1.3", "1", "h"), 60),  # compared in one unit
        ("checkpoint_stall", ("ST-4.1", "8", "s"), ("ST-4.1", "240", "s"), 240),
        ("restore_time", ("ST-4.2", "5", "min"), ("ST-4.2", "600", "s"), 10),
        ("equipment_reuse", ("GR-4.6", "30", "%"), ("GR-4.6", "90", "%"), 30),
        ("api_sdk_documentation_coverage", ("US-1.2", "80", "%"), ("US-1.2", "95", "%"), 80),
    ],
)
def test_of_two_figures_of_one_day_the_less_favourable_holds_whichever_direction_that_is(
    measure: str, one: tuple[str, str, str], other: tuple[str, str, str], holds: int
) -> None:
    for rows in ([said(*one), said(*other)], [said(*other), said(*one)]):
        assert measured(measure, centre({"paper": {"declaration": rows}})).value == holds
    early = said(*other, declared_on=dt.date(2026, 1, 1))
    later = measured(measure, centre({"paper": {"declaration": [early, said(*one)]}}))
    assert later.value == measured(measure, centre({"paper": {"declaration": [said(*one)]}})).value


def test_parts_under_codes_of_their_own_are_no_whole_and_one_thing_in_two_units_is_one() -> None:
    def assets(*rows: dict[str, Any]) -> Any:
        return measured("ready_assets", centre({"paper": {"declaration": rows}}))

    parts = (said("US-2.3.models", "40", "model"), said("US-2.3.datasets", "20", "asset"))
    refused = assets(*parts)
    assert (refused.outcome, code(refused)) == (Outcome.INVALID, "declared_in_parts")
    assert "US-2.3.datasets, US-2.3.models" in refused.reason.message.en
    assert assets(*parts, said("US-2.3", "60", "1")).outcome is Outcome.INVALID
    assert assets(said("US-2.3", "60", "1")).value == 2  # of 30 in a small centre
    assert assets(said("US-2.3", "60", "1"), said("US-2.3.assets", "60", "1")).value == 2


def test_a_judged_figure_stands_as_it_is() -> None:
    row = {"indicator": "US-1.3", "value": Decimal("0.5"), "unit": "h", "documents": 0, "witnessed_by": "Ana"}
    found = measured("time_to_first_job", centre({"paper": {"declaration": [row]}}))
    assert (found.value, found.unit, found.quality) == (Decimal(30), "min", Quality.A)
    assert found.rests_on[0].lines == (2,)


def test_a_wrong_unit_and_a_missing_declaration_have_their_reasons() -> None:
    row = {"indicator": "US-1.3", "value": Decimal(5), "unit": "kWh", "documents": 0}
    assert code(measured("time_to_first_job", centre({"paper": {"declaration": [row]}}))) == "wrong_unit"
    assert measured("time_to_first_job", centre()).outcome is Outcome.NO_EVIDENCE


def test_checklists_have_as_many_items_as_the_scheme_says() -> None:
    assert {name: len(items) for name, items in CHECKLISTS.items()} == {
        "ST-3.6": 12,
        "US-1.1": 20,
        "US-2.1": 9,
        "US-4.2": 10,
        "US-6.1": 7,
    }
