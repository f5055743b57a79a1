"""Training steps as a table of one's own: units of the heading, rows that cannot be, and counters that contradict."""

from __future__ import annotations

from decimal import Decimal

from evidence.parsers.base import Severity
from evidence.parsers.formats.training_table import PARSER
from evidence.parsers.text.source import Source
from tests.evidence.parsers.properties import read, survives_anything
from tests.golden import FOLDER

SECONDS = (FOLDER / "training_table" / "in_seconds.csv").read_bytes()
FAULTS = (FOLDER / "training_table" / "with_faults.csv").read_bytes()


def test_the_heading_says_the_unit_of_the_time() -> None:
    times = read(PARSER, SECONDS).tables["training_steps"].column("iteration_ms").to_pylist()
    assert times == [Decimal(1500)] * 3 + [Decimal(1400)]


def test_a_rate_or_a_time_without_a_unit_is_no_time() -> None:
    for heading in ("tokens_per_second", "iteration_time", "time"):
        source = Source.of_bytes(SECONDS.replace("单步耗时(s)".encode(), heading.encode()), "steps.csv")
        assert not PARSER.recognises(source)


def test_a_step_that_took_no_time_and_a_loss_that_is_no_number_are_told_and_left_out() -> None:
    result = read(PARSER, FAULTS)
    assert result.tables["training_steps"].column("step").to_pylist() == [1, 4, 5]
    assert {issue.code: issue.where.line for issue in result.issues if issue.where.line} == {
        "out_of_range": 4,
        "not_a_number": 3,
        "contradictory_log": 5,
    }


def test_samples_that_contradict_the_steps_are_an_error_here_too() -> None:
    contradiction = next(issue for issue in read(PARSER, FAULTS).issues if issue.code == "contradictory_log")
    assert contradiction.severity is Severity.ERROR


def test_a_record_of_ones_own_is_told_as_such() -> None:
    assert read(PARSER, SECONDS).issue_counts["own_record"] == 1


test_any_bytes_give_a_result_or_a_refusal = survives_anything(PARSER, SECONDS, FAULTS)
