"""Load tests of inference services: vLLM, SGLang and GenAI-Perf tell one and the same thing."""

from __future__ import annotations

import json
from decimal import Decimal

import pytest

from core.errors import ParseError
from evidence.parsers.base import Severity
from evidence.parsers.formats import genai_perf, sglang_bench, vllm_bench
from tests.evidence.parsers.properties import figures, read, survives_anything
from tests.golden import FOLDER


def fixture(name: str) -> bytes:
    return (FOLDER / name).read_bytes()


VLLM, SGLANG, GENAI = (
    fixture(name) for name in ("vllm_bench/one_test.json", "sglang_bench/two_loads.jsonl", "genai_perf/one_test.json")
)
ALL = [(vllm_bench.PARSER, VLLM), (sglang_bench.PARSER, SGLANG), (genai_perf.PARSER, GENAI)]


def rows(parser, content: bytes) -> list[dict]:
    return read(parser, content).tables["serving_runs"].to_pylist()


def test_a_test_of_vllm_becomes_one_row() -> None:
    (row,) = rows(vllm_bench.PARSER, VLLM)
    assert (row["output_tokens_per_s"], row["ttft_p99_ms"], row["tpot_p99_ms"]) == (
        2048,
        Decimal("1850.75"),
        Decimal("180.25"),
    )
    assert (row["duration_ms"], row["completed"], row["failed"], row["request_rate"]) == (1_000_000, 4000, 0, None)


def test_sglang_and_genai_perf_tell_the_same_of_the_same_test() -> None:
    ours = ("completed", "duration_ms", "output_tokens", "output_tokens_per_s", "ttft_p99_ms", "tpot_p99_ms")
    sglang, genai = rows(sglang_bench.PARSER, SGLANG)[0], rows(genai_perf.PARSER, GENAI)[0]
    assert {name: sglang[name] for name in ours} == {name: genai[name] for name in ours}


def test_an_unlimited_request_rate_is_missing_and_each_line_is_a_test() -> None:
    found = rows(sglang_bench.PARSER, SGLANG)
    assert [(row["request_rate"], row["line"]) for row in found] == [(None, 1), (4, 2)]
    assert found[1]["model"] == "example/reference-70b"


def test_failed_requests_and_a_throughput_that_does_not_follow_are_told() -> None:
    result = read(vllm_bench.PARSER, fixture("vllm_bench/appended_with_failures.json"))
    assert result.issue_counts == {"requests_failed": 1, "throughput_mismatch": 1, "no_result": 1}
    assert [row["status"] for row in result.tables["serving_runs"].to_pylist()] == ["contradictory", "failed"]
    assert [issue.code for issue in result.issues if issue.severity is Severity.ERROR] == ["throughput_mismatch"]


@pytest.mark.parametrize(("printed", "odd"), [(2560.0, False), (2612.0, False), (2613.0, True), (7680.0, True)])
def test_an_edited_throughput_keeps_the_file_from_being_used(printed: float, odd: bool) -> None:
    # 512,000 tokens in 200 s are 2,560; two per cent of what is printed are left for rounding.
    test = {**json.loads(VLLM), "total_output_tokens": 512_000, "duration": 200.0, "output_throughput": printed}
    assert read(vllm_bench.PARSER, json.dumps(test).encode()).has_errors is odd


def test_sglang_tells_failed_requests_in_its_details_only() -> None:
    plain = json.loads(SGLANG.splitlines()[1])
    assert rows(sglang_bench.PARSER, json.dumps(plain).encode())[0]["failed"] is None
    detailed = json.dumps(plain | {"errors": ["", "timeout", ""]}).encode()
    assert rows(sglang_bench.PARSER, detailed)[0]["failed"] == 1


def test_mean_lengths_of_genai_perf_stand_for_totals_it_does_not_tell() -> None:
    lengths = {"input_sequence_length": {"unit": "tokens", "avg": 2047.9}}
    (row,) = rows(genai_perf.PARSER, json.dumps(json.loads(GENAI) | lengths).encode())
    assert (row["input_tokens"], row["output_tokens"]) == (2_047_900, 512_000)


def test_units_of_genai_perf_are_read_and_unknown_ones_refused() -> None:
    result = read(genai_perf.PARSER, fixture("genai_perf/nanoseconds_and_unknown_unit.json"))
    (row,) = result.tables["serving_runs"].to_pylist()
    assert (row["ttft_p99_ms"], row["tpot_p99_ms"]) == (Decimal("1500.25"), None)
    assert list(result.issue_counts) == ["unknown_unit"]


@pytest.mark.parametrize(
    ("content", "code"),
    [
        (b'{"a": 1} [', "bad_json"),
        (b"[1]", "bad_json"),
        (b'{"a": ' * 100_000, "bad_json"),
        (b'{"output_throughput": 1, "output_throughput": 2}', "repeated_key"),
        (b'{"a": "\\ud800"}', "bad_json"),
        (b'{"a": 1}', "no_rows"),
        (b"  \n", "no_rows"),
    ],
    ids=["half", "list", "deep", "key twice", "half a character", "something else", "blank"],
)
def test_what_is_no_result_is_refused(content: bytes, code: str) -> None:
    with pytest.raises(ParseError) as refusal:
        read(vllm_bench.PARSER, content)
    assert refusal.value.code == code


def test_invisible_characters_in_names_are_taken_out() -> None:
    hostile = json.dumps({**json.loads(VLLM), "model_id": "a\u202eb\u0000c"}).encode()
    assert rows(vllm_bench.PARSER, hostile)[0]["model"] == "abc"


@pytest.mark.parametrize(("parser", "content"), ALL, ids=["vllm", "sglang", "genai_perf"])
def test_the_dress_of_a_file_changes_nothing(parser, content: bytes) -> None:
    for dressed in (content.replace(b"\n", b"\r\n"), b"\xef\xbb\xbf" + content, content.decode().encode("utf-16")):
        assert figures(read(parser, dressed)) == figures(read(parser, content))


test_any_bytes_give_a_vllm_result_or_a_refusal = survives_anything(vllm_bench.PARSER, VLLM)
test_any_bytes_give_an_sglang_result_or_a_refusal = survives_anything(sglang_bench.PARSER, SGLANG)
test_any_bytes_give_a_genai_perf_result_or_a_refusal = survives_anything(genai_perf.PARSER, GENAI)
