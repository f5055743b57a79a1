"""Run cards: one row per log they name, and every fault told at its line."""

from __future__ import annotations

from decimal import Decimal

import pytest

from core.errors import ParseError
from evidence.parsers.base import Severity
from evidence.parsers.formats.run_card import PARSER
from tests.evidence.parsers.properties import figures, read, survives_anything
from tests.golden import FOLDER

GOOD = (FOLDER / "run_card" / "reference_job.yaml").read_bytes()


def test_the_card_of_the_contract_becomes_a_row() -> None:
    (row,) = read(PARSER, GOOD).tables["run_cards"].to_pylist()
    assert row["log"].startswith("sha256:")
    assert (row["params"], row["params_active"]) == (Decimal("6.74e9"), Decimal("6.74e9"))
    assert (row["accelerator"], row["accelerators"], row["precision"]) == ("NVIDIA H800 SXM", 64, "bf16")
    assert (row["witnessed_by"], row["line"]) == (None, 2)


def test_a_card_for_a_set_gives_a_row_per_log() -> None:
    rows = read(PARSER, (FOLDER / "run_card" / "set_of_two_logs.yaml").read_bytes()).tables["run_cards"].to_pylist()
    assert len({row["log"] for row in rows}) == 2
    assert {row["witnessed_by"] for row in rows} == {"Ana Example"}


def test_every_fault_is_told_at_once_with_its_line() -> None:
    result = read(PARSER, (FOLDER / "run_card" / "faulty.yaml").read_bytes())
    assert result.has_errors
    assert result.tables["run_cards"].num_rows == 0
    assert sorted((issue.code, issue.where.line) for issue in result.issues) == [
        ("bad_digest", 2),
        ("bad_value", 3),
        ("missing_field", 5),
        ("not_a_number", 4),
        ("not_a_number", 4),
        ("unknown_field", 4),
    ]


@pytest.mark.parametrize(
    ("written", "instead", "code"),
    [
        (b"reference_dense", b"reference_sparse", "bad_value"),
        (b"pretrain", b"sleep", "bad_value"),
        (b"bf16", b"bf17", "bad_value"),
        (b"accelerators: 64", b"accelerators: 0", "not_a_number"),
        (b"accelerators: 64", b'accelerators: "6 4"', "not_a_number"),
        (b'"6.74e9"', b'"NaN"', "not_a_number"),
        (b'"6.74e9"', b"-5", "not_a_number"),
        (b"seq_len: 4096, ", b"", "missing_field"),
        (b"witnessed_by", b"witnesed_by", "unknown_field"),
    ],
)
def test_a_wrong_value_is_an_error(written: bytes, instead: bytes, code: str) -> None:
    result = read(PARSER, GOOD.replace(written, instead))
    assert result.has_errors
    assert set(result.issue_counts) == {code}
    assert result.tables["run_cards"].num_rows == (1 if code == "unknown_field" else 0)


MIXTURE = GOOD.replace(b"reference_dense", b"reference_moe").replace(b'"6.74e9"', b'"46.7e9"')


def active(card: bytes, number: bytes) -> bytes:
    return card.replace(b"layers:", b"params_active: " + number + b", layers:")


def test_a_mixture_of_experts_tells_how_many_parameters_are_active() -> None:
    (row,) = read(PARSER, active(MIXTURE, b'"12.9e9"')).tables["run_cards"].to_pylist()
    assert (row["params"], row["params_active"]) == (Decimal("46.7e9"), Decimal("12.9e9"))


@pytest.mark.parametrize(
    ("card", "code"),
    [
        (MIXTURE, "missing_field"),
        (active(MIXTURE, b'"46.7e9"'), "too_many_active"),
        (active(MIXTURE, b'"467e9"'), "too_many_active"),
        (active(MIXTURE, b'"few"'), "not_a_number"),
        (active(GOOD, b'"6.75e9"'), "too_many_active"),
        (GOOD.replace(b"Reference dense 7B", b"Ours-MoE 7B"), "missing_field"),
        (GOOD.replace(b"Reference dense 7B", b"open-8x7B"), "missing_field"),
        (GOOD.replace(b"Reference dense 7B", "混合专家 7B".encode()), "missing_field"),
    ],
)
def test_a_mixture_that_does_not_tell_them_gives_no_row_and_says_where(card: bytes, code: str) -> None:
    result = read(PARSER, card)
    assert result.tables["run_cards"].num_rows == 0
    assert [(issue.code, issue.where.line, issue.severity) for issue in result.issues] == [(code, 4, Severity.ERROR)]


@pytest.mark.parametrize("name", [b"Moebius 7B", b"R-D 8192x28672", b"expertise 7B"])
def test_a_name_that_only_looks_like_experts_asks_for_nothing(name: bytes) -> None:
    assert not read(PARSER, GOOD.replace(b"Reference dense 7B", name)).has_errors


def test_a_card_of_another_contract_is_refused() -> None:
    with pytest.raises(ParseError, match="contract: 1"):
        read(PARSER, GOOD.replace(b"contract: 1", b"contract: 2"))


def test_the_dress_of_a_card_changes_nothing() -> None:
    for dressed in (GOOD.replace(b"\n", b"\r\n"), b"\xef\xbb\xbf" + GOOD, GOOD.rstrip(b"\n")):
        assert figures(read(PARSER, dressed)) == figures(read(PARSER, GOOD))


test_any_bytes_give_a_result_or_a_refusal = survives_anything(PARSER, GOOD)
