"""MLPerf system descriptions and scaling factors: the published samples, and files that lack what counts."""

from __future__ import annotations

import json

import pytest

from core.errors import ParseError
from evidence.parsers.formats import mlperf_scaling
from evidence.parsers.formats.mlperf_system import PARSER
from tests.evidence.parsers.properties import figures, read, survives_anything
from tests.golden import FOLDER
from tests.samples import needs_samples, readme_rows, sample, truth_in

ROWS = readme_rows("system_name=")
GOOD = (FOLDER / "mlperf_system" / "system.json").read_bytes()
SCALING = (FOLDER / "mlperf_scaling" / "scaling.json").read_bytes()


@needs_samples
def test_the_readme_has_all_its_rows() -> None:
    assert len(ROWS) == 5


@pytest.mark.parametrize(("name", "truth"), ROWS, ids=lambda value: value[:60])
def test_each_sample_gives_its_published_truth(name: str, truth: str) -> None:
    facts = PARSER.parse(sample(name)).facts
    assert truth_in(truth, r"system_name='(.*?)'; submitter='(.*?)';") == (facts["system_name"], facts["submitter"])
    counts = truth_in(truth, r"number_of_nodes='(\d+)' × accelerators_per_node='(\d+)' = (\d+) accelerators")
    assert counts == tuple(str(facts[n]) for n in ("nodes", "accelerators_per_node", "accelerators"))
    named = truth_in(truth, r"accelerator_model_name='(.*?)'; framework='(.*?)'; keys=(\d+); value types: ([\w,]+)")
    shown = (facts["accelerator_model"], facts["framework"], str(facts["keys"]), ",".join(facts["value_types"]))
    assert named == shown


@pytest.mark.parametrize(("name", "truth"), ROWS, ids=lambda value: value[:60])
def test_each_description_the_peer_passes_is_read_whole_and_without_remark(name: str, truth: str) -> None:
    assert truth_in(truth, r"peer verdict:\* (.+)") == ("system_desc_checker passed",)
    result = PARSER.parse(sample(name))
    assert result.tables["inventory"].num_rows == 1
    assert result.issue_counts == {}


def test_a_count_that_is_no_number_is_an_error_at_its_line() -> None:
    result = read(PARSER, (FOLDER / "mlperf_system" / "counts_missing.json").read_bytes())
    assert [(issue.code, issue.where.line) for issue in result.issues] == [("not_a_number", 6), ("not_a_number", 8)]
    assert result.tables["inventory"].num_rows == 0
    assert result.facts["accelerators"] is None


def test_a_count_written_as_a_number_is_accepted() -> None:
    assert read(PARSER, GOOD.replace(b'"number_of_nodes": "8"', b'"number_of_nodes": 8')).facts["accelerators"] == 64


@pytest.mark.parametrize(
    ("content", "code"),
    [
        (b'{"a": ' * 100_000, "too_deep"),
        (b"{" + b'"a": [' * 40 + b"]" * 40 + b"}", "too_deep"),
        (b'{"a": NaN}', "bad_json"),
        (b'{"a": ' + b"9" * 5000 + b"}", "bad_json"),
        (b'{"a": 1e99999999999}', "bad_json"),
        (b'{"a": 1, "a": 2}', "repeated_key"),
        (b"[1]", "bad_json"),
        (b'{"a": "' + b"x" * 2**20 + b'"}', "too_large"),
    ],
    ids=["half", "deep", "NaN", "endless number", "huge number", "key twice", "list", "large"],
)
def test_json_that_is_no_plain_object_is_refused(content: bytes, code: str) -> None:
    with pytest.raises(ParseError) as refusal:
        read(PARSER, content)
    assert refusal.value.code == code


def test_invisible_characters_in_names_are_taken_out() -> None:
    hostile = json.dumps({**json.loads(GOOD), "system_name": "a\u202eb\u0000c\u001b[31m"}).encode()
    assert read(PARSER, hostile).facts["system_name"] == "abc[31m"


def test_the_dress_of_a_description_changes_nothing() -> None:
    for dressed in (GOOD.replace(b"\n", b"\r\n"), b"\xef\xbb\xbf" + GOOD, GOOD.decode().encode("utf-16")):
        assert figures(read(PARSER, dressed)) == figures(read(PARSER, GOOD))


@pytest.mark.parametrize(("name", "truth"), readme_rows(r"\{\"scaling_factor"), ids=lambda value: value[:60])
def test_each_scaling_factor_is_read_to_its_digits(name: str, truth: str) -> None:
    factor = mlperf_scaling.PARSER.parse(sample(name)).facts["scaling_factor"]
    assert truth_in(truth, r'"scaling_factor": ([\d.]+)') == (str(factor),)


@pytest.mark.parametrize("written", [b'"1.0"', b"0.9", b"true", b"null", b"-2"])
def test_a_scaling_factor_below_one_or_no_number_is_refused(written: bytes) -> None:
    with pytest.raises(ParseError, match="at least 1"):
        read(mlperf_scaling.PARSER, b'{"scaling_factor": ' + written + b"}")


test_any_bytes_give_a_result_or_a_refusal = survives_anything(PARSER, GOOD)
test_any_bytes_give_a_scaling_factor_or_a_refusal = survives_anything(mlperf_scaling.PARSER, SCALING)
