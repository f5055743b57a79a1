"""Lines read by their layout against the same lines read by patterns: no figure, no line, no issue may differ."""

from __future__ import annotations

from decimal import Decimal
from random import Random
from unittest.mock import patch

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from core.errors import ParseError
from evidence.parsers.formats import megatron
from evidence.parsers.formats.megatron import PARSER
from evidence.parsers.logs import step_batches
from evidence.parsers.logs.step_forms import form_of
from evidence.parsers.text import source as source_module
from evidence.parsers.text.source import Source
from tests.evidence.parsers.properties import damaged, quickly
from tests.golden import FOLDER

LOGS = sorted((FOLDER / "megatron").glob("*.log"))
NUMBERS = (
    "0", "7", "-3", "+4", "1.5", ".5", "5.", "1.5E+00", "2.5e-9", "1e+19", "1E-20", "nan", "NaN", "inf", "-inf", "",
    "1 2", "1,5", "１", "1_000", "--1", "1e", "1.2.3", "0x10", "999999999", "9999999999", "999999999999999",
    "1234567890123456", "123456789012345.123456789", "0.0000000005", "0.12345678949", "3 / 4", "3/", "/3", "1\t",
)  # fmt: skip
LABELS = (
    "consumed samples:", "elapsed time per iteration (ms):", "elapsed time per iteration:", "learning rate:",
    "global batch size:", "lm loss:", "mtp lm loss:", "loss scale:", "TFLOPs:", "throughput per GPU (TFLOP/s/GPU):",
    "samples per second:", "consumed tokens:", "number of skipped iterations:", "number of nan iterations:",
    "iteration", "iteration 5 / 6", "lm loss: 1 / lm loss:", "[2026-01-05 08:00:06] iteration 3:", ">>  iteration :",
    "批次:", "a:b:",
)  # fmt: skip
OPENINGS = (
    "", " ", ">>  ", "[2026-01-05 08:00:{:02d}] ", " [2026-01-05 08:{:02d}:00.123] ", "node-{}: ", "[default{}]:",
    "lm loss: 3/ ",
    "\x1b[32m", "节点 ", "2026-01-05 08:00:{:02d} ", "[2026-02-30 25:00:{:02d}] ", "iteration {} / 2 | ",
)  # fmt: skip
WHOLE = ("consumed samples:", "elapsed time per iteration (ms):", "learning rate:", "global batch size:", "lm loss:")


def outcome(content: bytes, timezone: str | None) -> tuple[object, ...]:
    """Everything a reading says, in comparable form."""
    source = Source.of_bytes(content, "train.log", timezone=timezone)
    try:
        result = PARSER.parse(source)
    except ParseError as error:
        return ("refused", error.as_json())
    rows = {name: table.to_pylist() for name, table in result.tables.items()}
    return (rows, result.facts, result.issues, result.issue_counts, result.coverage, result.encoding)


def assert_same(content: bytes, *, timezone: str | None = None, rows_at_once: int = 50_000, chunk: int = 2**20) -> None:
    with patch.object(step_batches, "ROWS_AT_ONCE", rows_at_once), patch.object(source_module, "CHUNK", chunk):
        quick = outcome(content, timezone)
        with patch.object(step_batches, "WORTH_LEARNING", 2**60):
            assert quick == outcome(content, timezone)


@st.composite
def lines(draw: st.DrawFn) -> bytes:
    """A regular log of one layout into which some lines of others, and odd numbers, were mixed."""
    labels = draw(st.lists(st.sampled_from(LABELS), max_size=6)) if draw(st.booleans()) else list(WHOLE)
    openings = draw(st.lists(st.sampled_from(OPENINGS), min_size=1, max_size=2))
    log = []
    for number in range(draw(st.integers(2, 24))):
        opening = draw(st.sampled_from(openings)).format(number)
        cells = [f"{opening}iteration {number + 1:8d}/ 30 "]
        for label in labels:
            is_odd = draw(st.integers(0, 9)) == 0
            value = draw(st.sampled_from(NUMBERS)) if is_odd else f"{draw(st.integers(0, 99))}"
            blank, after = ("", "") if draw(st.integers(0, 19)) == 0 else (" ", " ")
            cells.append(f" {label}{blank}{value}{after}")
        log.append("|".join(cells) + draw(st.sampled_from(["|"] * 8 + ["", "| ", "\r", "| done"])))
        if draw(st.integers(0, 5)) == 0:
            log.append(draw(st.sampled_from(["saving", "a | b | c", "iteration 3/ 4 | lm loss: nan |", "", "保存"])))
    return "\n".join(log).encode()


@pytest.mark.slow
@settings(quickly, max_examples=40)
@given(lines(), st.sampled_from([None, "Asia/Shanghai", "Europe/Berlin"]), st.sampled_from([3, 7, 50_000]))
def test_mixed_logs_read_alike_by_layout_and_by_patterns(content: bytes, timezone: str | None, rows: int) -> None:
    assert_same(content, timezone=timezone, rows_at_once=rows, chunk=700)


@pytest.mark.slow
@pytest.mark.parametrize("log", LOGS, ids=lambda path: path.stem)
def test_damaged_logs_read_alike_by_layout_and_by_patterns(log) -> None:
    @settings(quickly, max_examples=30)
    @given(damaged(log.read_bytes()), st.sampled_from([None, "Asia/Shanghai"]))
    def check(content: bytes, timezone: str | None) -> None:
        assert_same(content, timezone=timezone, rows_at_once=5, chunk=900)

    check()


def test_a_regular_log_is_not_searched_by_patterns() -> None:
    line = " iteration {}/ 9 | consumed samples: {} | elapsed time per iteration (ms): 5.0 | global batch size: 2 |\n"
    log = "saving\n" + "".join(line.format(step, 2 * step) for step in range(1, 10))
    with patch.object(megatron, "field_column", side_effect=AssertionError) as searched:
        batch = next(megatron.read_steps(Source.of_bytes(log.encode(), "train.log")))
    assert not searched.called
    assert (len(batch), batch.numbers) == (9, [])


NUMBERED = (
    "7", "42", "1.5", "12.25", "-3.5", "+4.0", "1.500E-04", "9.876543E+01", "2.5e-9", "1.5E-10", "123456789012345.5",
    "0.000000000", "0.12345678949", "0.12345678950", "-0.12345678950", "1e+5", "1E9", "999999999999999",
)  # fmt: skip


@pytest.mark.slow
@settings(quickly, max_examples=60)
@given(st.lists(st.sampled_from(NUMBERED), min_size=1, max_size=3), st.sampled_from(OPENINGS), st.integers(0, 2**32))
def test_lines_that_differ_in_digits_read_alike_side_by_side_and_by_form(
    numbers: list[str], opening: str, seed: int
) -> None:
    """Every line has other digits, in a few layouts that take turns; the first block is too short to learn nothing."""
    chance = Random(seed)  # noqa: S311 – digits of a log

    def other_digits(text: str) -> str:
        mantissa, mark, exponent = text.replace("e", "E").partition("E")
        return "".join(chance.choice("0123456789") if sign.isdigit() else sign for sign in mantissa) + mark + exponent

    log = []
    for step in range(1, 60):
        cells = [f"{opening.format(step)}iteration {step:8d}/ 60 ", f" elapsed time per iteration (ms): {step + 0.5} "]
        cells += [f" consumed samples: {other_digits('12345'):>9} ", f" learning rate: {other_digits('1.5E-04')} "]
        cells.append(f" lm loss: {other_digits(chance.choice(numbers))} ")
        log.append("|".join(cells) + "|")
    assert_same("\n".join(log).encode(), timezone="Asia/Shanghai", chunk=900)


def test_a_log_whose_lines_differ_in_digits_is_read_side_by_side() -> None:
    line = " iteration {0:4d}/ 900 | consumed samples: {1:6d} |"
    line += " elapsed time per iteration (ms): 5{0:03d}.5 | TFLOPs: 3{0:03d} |\n"
    log = "".join(line.format(step, 2 * step) for step in range(1, 900))
    with (
        patch.object(source_module, "CHUNK", 4000),
        patch.object(step_batches, "read_form", wraps=step_batches.read_form) as by_form,
    ):
        result = PARSER.parse(Source.of_bytes(log.encode(), "train.log"))
    assert result.facts["iteration_lines"] == 899
    assert result.facts["iteration_mean_ms"] == Decimal("5451")
    lines_by_form = sum(len(read[0].args[1]) for read in zip(by_form.call_args_list, strict=True))
    assert lines_by_form < 300  # the first lines of every length, by each of the two who learn


@pytest.mark.parametrize(
    "line",
    [
        b" iteration 1/ 9 | elapsed time per iteration (ms): 5.0 | lm loss: 1 | lm loss: 2 |",
        b" iteration 1/ 9 | lm loss: 1 |",
        b" iteration 1/ 9 | elapsed time per iteration (ms): 5.0 | and so on |",
        b" iteration 1/ 9 | elapsed time per iteration (ms): 5.0",
        "节点 iteration 1/ 9 | elapsed time per iteration (ms): 5.0 |".encode(),
    ],
    ids=["a label twice", "no time", "a cell without a label", "no bar at its end", "not ASCII"],
)
def test_no_layout_is_learnt_from_a_doubtful_line(line: bytes) -> None:
    assert form_of(line, megatron.FIELDS, counter=b"iteration", stamp=megatron.STAMP) is None


@pytest.mark.parametrize(
    ("label", "number"),
    [
        ("lm loss:", "1234567890123456"),
        ("lm loss:", "123456789012345.5"),
        ("lm loss:", "0.12345678949"),
        ("number of nan iterations:", "9999999999"),
        ("consumed samples:", "1234567890123456"),
    ],
)
def test_numbers_at_the_bounds_of_their_patterns_read_alike(label: str, number: str) -> None:
    line = " iteration {}/ 9 | elapsed time per iteration (ms): 5.0 | {} {} |\n"
    log = "".join(line.format(step, label, number if step == 5 else 2) for step in range(1, 10))
    assert_same(log.encode())
