"""What parsers read of a file, in words, with units."""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping
from typing import Any

import pytest

from core.text import Text
from evidence.models import Evidence
from evidence.parsers.formats.run_card import OBJECTIVES, WORKLOADS
from evidence.parsers.formats.swf import STATUSES
from evidence.parsers.tables.scheduler_states import STATES
from evidence.web.fact_words import facts_shown
from evidence.web.value_words import CHOICES
from tests.golden import cases, expectation_path


def value_of(name: str, value: Any) -> Text:
    [(_, [fact])] = facts_shown(Evidence(facts={name: value}))
    return fact.value


def as_it_is(words: str) -> Text:
    return Text(zh=words, en=words)


def test_a_known_field_is_said_in_words_with_its_unit_beside_its_name() -> None:
    [(number, [fact])] = facts_shown(Evidence(facts={"busbw_max_gb_s": "395.00"}))
    assert number is None
    assert fact.words == Text(zh="最高总线带宽", en="Highest bus bandwidth")
    assert (fact.name, fact.value, fact.unit) == ("busbw_max_gb_s", as_it_is("395.00"), "GB/s")


def test_a_field_without_words_keeps_its_name() -> None:
    [(_, [fact])] = facts_shown(Evidence(facts={"ptrans_gb_s": None}))
    assert (fact.words, fact.unit, fact.value) == (None, "GB/s", as_it_is("–"))


def test_an_instant_is_written_as_pages_write_instants() -> None:
    assert value_of("first_at", "2025-03-31T16:15:00Z") == as_it_is("2025-04-01 00:15:00")


def test_runs_are_numbered_and_lists_are_told_one_after_the_other() -> None:
    runs = [{"status": "success"}, {"jobs_by_state": {"COMPLETED": 1, "RUNNING": 2}, "logs": []}]
    (first, _), (second, facts) = facts_shown(Evidence(runs=runs))
    assert (first, second) == (1, 2)
    assert [fact.value.en for fact in facts] == ["COMPLETED: 1, RUNNING: 2", "–"]
    assert facts[0].value.zh == "已完成：1、运行中：2"


@pytest.mark.parametrize(
    ("name", "value", "said"),
    [
        ("status", "completed", Text(zh="已完成", en="completed")),
        ("dialect", "megatron", Text(zh="Megatron-LM", en="Megatron-LM")),
        ("validated", True, Text(zh="是", en="yes")),
        ("objective", "pretrain", Text(zh="预训练", en="pre-training")),
        ("values_by_kind", {"energy_readings": 3}, Text(zh="电能读数：3", en="Energy readings: 3")),
        ("by_role", {"engineer": {"sus_mean": "70"}}, Text(zh="engineer：SUS 均分：70", en="engineer: SUS, mean: 70")),
    ],
)
def test_a_choice_of_ours_is_said_in_words(name: str, value: Any, said: Text) -> None:
    assert value_of(name, value) == said


@pytest.mark.parametrize(
    ("name", "value"),
    [("model", "completed"), ("device", "up"), ("operation", "all_reduce"), ("jobs_by_state", "DOZING"), ("rows", 0)],
)
def test_a_name_and_what_somebody_else_wrote_stay_as_they_are(name: str, value: Any) -> None:
    assert value_of(name, value) == as_it_is(str(value))


def test_every_choice_that_parsers_make_has_words() -> None:
    for name, values in (
        ("jobs_by_state", STATES),
        ("jobs_by_status", set(STATUSES.values())),
        ("workload", WORKLOADS),
        ("objective", OBJECTIVES),
    ):
        assert set(values) <= CHOICES[name].keys(), name


def test_every_state_and_dialect_of_the_expected_results_has_words() -> None:
    read = list(_facts_of_all_cases())
    for name in ("status", "dialect"):
        values = {facts[name] for facts in read if facts.get(name) is not None}
        assert values
        assert values <= CHOICES[name].keys()


def _facts_of_all_cases() -> Iterator[Mapping[str, Any]]:
    for case in cases():
        expected = json.loads(expectation_path(case).read_text(encoding="utf-8"))
        yield expected.get("facts") or {}
        yield from expected.get("runs") or ()
