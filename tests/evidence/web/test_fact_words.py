"""What parsers read of a file, in words, with units."""

from __future__ import annotations

from core.text import Text
from evidence.models import Evidence
from evidence.web.fact_words import facts_shown


def test_a_known_field_is_said_in_words_with_its_unit_beside_its_name() -> None:
    [(number, [fact])] = facts_shown(Evidence(facts={"busbw_max_gb_s": "395.00"}))
    assert number is None
    assert fact.words == Text(zh="最高总线带宽", en="Highest bus bandwidth")
    assert (fact.name, fact.value, fact.unit) == ("busbw_max_gb_s", "395.00", "GB/s")


def test_a_field_without_words_keeps_its_name() -> None:
    [(_, [fact])] = facts_shown(Evidence(facts={"ptrans_gb_s": None}))
    assert (fact.words, fact.unit, fact.value) == (None, "GB/s", "–")


def test_an_instant_is_written_as_pages_write_instants() -> None:
    [(_, [fact])] = facts_shown(Evidence(facts={"first_at": "2025-03-31T16:15:00Z"}))
    assert fact.value == "2025-04-01 00:15:00"


def test_runs_are_numbered_and_lists_are_told_one_after_the_other() -> None:
    runs = [{"status": "success"}, {"jobs_by_state": {"COMPLETED": 1, "RUNNING": 2}, "logs": []}]
    (first, _), (second, facts) = facts_shown(Evidence(runs=runs))
    assert (first, second) == (1, 2)
    assert [fact.value for fact in facts] == ["COMPLETED: 1, RUNNING: 2", "–"]
