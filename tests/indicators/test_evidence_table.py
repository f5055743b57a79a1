"""Every indicator of the complete edition has a measure, every measure a format, and the page says so."""

from __future__ import annotations

import pytest

from evidence.observations.registry import KIND_BY_NAME
from indicators.measures.formats import formats_of
from indicators.measures.registry import MEASURE_BY_NAME, MEASURES
from tests.indicators.evidence_table import rows, table, written
from tests.indicators.rubric.complete import complete


def test_every_indicator_is_fed_by_some_format() -> None:
    assert [code for code, _, _, formats in rows() if not formats] == []


def test_the_page_names_what_the_registries_have() -> None:
    assert written() == table(), "write it with: script/evidence_table"


@pytest.mark.parametrize("measure", MEASURES, ids=lambda measure: measure.name)
def test_every_kind_a_measure_asks_for_is_carried_by_some_format(measure) -> None:
    assert formats_of(measure)
    assert set(measure.kinds) <= set(KIND_BY_NAME)
    assert bool(measure.benchmarks) == ("benchmark_runs" in measure.kinds)


def test_the_edition_names_the_kinds_its_measures_read() -> None:
    for indicator in complete().indicators:
        measure = MEASURE_BY_NAME[complete().measures[indicator.measure].computed or ""]
        assert set(indicator.authored["evidence"]["kinds"]) == set(measure.kinds), indicator.code
