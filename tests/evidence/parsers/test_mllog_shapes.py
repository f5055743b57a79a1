"""MLLOG lines read by their shape against the same lines read one by one: no event, no count, no issue may differ."""

from __future__ import annotations

from dataclasses import asdict
from unittest.mock import patch

import pytest
from hypothesis import given
from hypothesis import strategies as st

from evidence.parsers.base import Issues
from evidence.parsers.logs import mllog
from evidence.parsers.logs.mllog import LineTally, wanted_events
from evidence.parsers.text import source as source_module
from evidence.parsers.text.source import Source
from tests.evidence.parsers.properties import quickly

WANTED = frozenset({"eval_accuracy", "run_stop", "loss_1"})
NUMBERS = (
    "0", "7", "-7", "42", "007", "-01", "00", "0.5", "12.25", "-0.0", "0.10", "1.50", "1.5e3",
    "1E5", "2e-9", "1e400", "1e-45", "9007199254740993", "18446744073709551615", "18446744073709551616",
    "9" * 38, "9" * 39, "9" * 45, "0." + "1" * 45, "NaN", "-Infinity", "1.", ".5", "+1", "1_0", "true", "null",
    '"05"', '"a: 05"', '"\\u0031"', '"\\u0032"', '"é"', "[1, 2]", "[01]", "[1,\t02]", '{"a1": 1}',
    '{"is_error": true}', '{"key": "run_stop"}', "[[[[[1.5]]]]]", "[" * 40 + "]" * 40,
)  # fmt: skip
KEYS = ("eval_accuracy", "run_stop", "loss_1", "loss_2", "epoch_start", "epoch\\u005fstart", "步", "")
OPENINGS = ("", "", "", " ", "  0: ", "2026-01-05 08:07:06 ", "[rank 07]: 05 ", ":::MLLOG ", "\x1b[32m", "\xa0")
CHATTER = (
    "",
    " ",
    "[rank0] step {n}: loss 0.{n}",
    "epoch: 0{n}",
    ":::MLLOG",
    ":::MLLOG {{",
    ":::MLLOG [{n}]",
    "保存 {n}",
)


def outcome(content: bytes) -> tuple[object, ...]:
    """Everything a reading says; figures with the digits they were printed with."""
    tally, issues = LineTally(), Issues()
    events = list(wanted_events(Source.of_bytes(content, "result_0.txt"), WANTED, tally=tally, issues=issues))
    said = [repr((event.line, event.key, event.time, event.value, event.metadata)) for event in events]
    return (said, asdict(tally), [issue.as_json() for issue in issues.listed], issues.counts)


def assert_same(content: bytes, *, chunk: int = 2**20) -> None:
    with patch.object(source_module, "CHUNK", chunk):
        by_shape = outcome(content)
        with patch.object(mllog, "MOST_SHAPES", 0):
            assert by_shape == outcome(content)


@st.composite
def lines(draw: st.DrawFn) -> bytes:
    """Records of few layouts whose digits differ, with odd numbers and other output between them."""
    log = []
    for number in range(draw(st.integers(1, 40))):
        if draw(st.integers(0, 4)) == 0:
            log.append(draw(st.sampled_from(CHATTER)).format(n=number))
            continue
        is_odd = draw(st.integers(0, 3)) == 0
        value = (
            draw(st.sampled_from(NUMBERS)) if is_odd else f"{draw(st.integers(0, 99))}.{draw(st.integers(0, 99)):02d}"
        )
        step = draw(st.sampled_from(NUMBERS)) if draw(st.integers(0, 7)) == 0 else str(number)
        key, opening = draw(st.sampled_from(KEYS)), draw(st.sampled_from(OPENINGS))
        blank, after = draw(st.sampled_from([" ", "", "\t"])), draw(st.sampled_from(["", "", " ", "\r", " x", ","]))
        metadata = draw(st.sampled_from([f'{{"step": {step}}}', step, f'{{"is_error": true, "n": {step}}}']))
        said = (
            f'"time_ms": {1_760_000_000_000 + number}, "key":{blank}"{key}", "value": {value}, "metadata": {metadata}'
        )
        log.append(f"{opening}:::MLLOG{blank}{{{said}}}{after}")
    return "\n".join(log).encode(draw(st.sampled_from(["utf-8", "utf-8", "gb18030"])))


@pytest.mark.long
@quickly
@given(lines(), st.sampled_from([200, 700, 2**20]))
def test_mixed_logs_read_alike_by_shape_and_line_by_line(content: bytes, chunk: int) -> None:
    assert_same(content, chunk=chunk)


@pytest.mark.parametrize("number", NUMBERS)
def test_a_number_among_ordinary_ones_of_its_shape_reads_alike(number: str) -> None:
    digits = "".join("3" if sign.isdigit() else sign for sign in number)
    line = ':::MLLOG {{"key": "eval_accuracy", "value": {0}, "metadata": {{"n": {0}}}}}'
    assert_same("\n".join(line.format(one) for one in (digits, digits, number, digits)).encode())


def test_lines_of_a_shape_are_decoded_only_where_their_figures_are_read() -> None:
    line = ':::MLLOG {{"key": "{}", "time_ms": {}, "value": 0.{}, "metadata": {{}}}}\n'
    log = "".join(line.format("epoch_start", 10 + n, 10 + n) for n in range(80)) + line.format("run_stop", 99, 25)
    with patch.object(mllog.orjson, "loads", wraps=mllog.orjson.loads) as decoded:
        said, tally, *_ = outcome(log.encode())
    assert decoded.call_count == 2
    assert tally["events"] == 81
    assert said == ["(81, 'run_stop', 99, Decimal('0.25'), {})"]


def test_a_log_of_ever_other_shapes_is_read_to_its_end() -> None:
    log = "".join(f':::MLLOG {{"key": "run_stop", "value": "{"x" * n}"}}\n' for n in range(50))
    with patch.object(mllog, "MOST_SHAPES", 7):
        said, tally, *_ = outcome(log.encode())
    assert (len(said), tally["events"], tally["read"]) == (50, 50, 50)
