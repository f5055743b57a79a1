"""What the scheme lets feed an indicator its measure asks for, or it is said why not; no kind feeds nothing unsaid."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path
from typing import Any

import pytest
import yaml

from evidence.observations.registry import KINDS
from evidence.parsers.formats import building_points
from indicators.measures.points import COUNTED, RATES
from indicators.measures.registry import MEASURE_BY_NAME, MEASURES
from tests.indicators.rubric.complete import complete

FEEDS: Mapping[str, Any] = yaml.safe_load(Path(__file__).with_name("feeds.yaml").read_text(encoding="utf-8"))
INDICATORS: Mapping[str, Mapping[str, Any]] = FEEDS["indicators"]
DERIVED = {"CE-5.3", "CE-6.3", "ST-2.2"}


@pytest.mark.parametrize("code", INDICATORS)
def test_a_measure_asks_for_what_feeds_it_or_says_why_not(code: str) -> None:
    said = INDICATORS[code]
    lacking = set(said["feeds"]) - set(MEASURE_BY_NAME[said["measure"]].kinds)
    assert lacking == set(said.get("but", {}))
    assert set(said.get("but", {}).values()) <= set(FEEDS["reasons"])


def test_every_indicator_of_the_edition_is_in_the_table() -> None:
    named = {one.code: complete().measures[one.measure].computed for one in complete().indicators}
    assert set(named) - set(INDICATORS) == DERIVED
    assert {code: named[code] for code in named if code in INDICATORS} == {
        code: INDICATORS[code]["measure"] for code in named if code in INDICATORS
    }


def test_every_reason_is_somebodys() -> None:
    given = {reason for said in INDICATORS.values() for reason in said.get("but", {}).values()}
    assert given == set(FEEDS["reasons"])


def test_kinds_that_feed_nothing_are_listed_with_a_reason() -> None:
    used = {kind for measure in MEASURES for kind in measure.kinds}
    assert {kind.name for kind in KINDS} - used == set(FEEDS["feed_nothing"])


def test_every_unit_of_a_flow_feeds_some_measure() -> None:
    temperature = {"Cel"}  # the wet bulb of ai_control_cooling_saving
    assert set(building_points.FLOW) == {*COUNTED, *(rate for rate, _ in RATES.values()), *temperature}
