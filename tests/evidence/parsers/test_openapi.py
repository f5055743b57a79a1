"""OpenAPI documents: the sample's truth, what counts as guarded and exemplified, and references to nowhere."""

from __future__ import annotations

import json
from typing import Any

import pytest

from core.errors import ParseError
from evidence.parsers.formats.openapi import PARSER
from tests.evidence.parsers.properties import outcome, read, survives_anything
from tests.golden import FOLDER
from tests.samples import needs_samples, readme_rows, sample, truth_in

JOBS = (FOLDER / "openapi" / "jobs.yaml").read_bytes()
SMALL = (FOLDER / "openapi" / "small.json").read_bytes()


def document(operation: dict[str, Any], **around: Any) -> bytes:
    content = {"openapi": "3.0.0", "info": {"title": "t", "version": "1"}, "paths": {"/a": {"get": operation}}}
    return json.dumps(content | around).encode()


@pytest.mark.slow
@needs_samples
def test_the_sample_gives_its_published_truth() -> None:
    ((name, truth),) = readme_rows("openapi=")
    result = PARSER.parse(sample(name))
    version, about, paths, operations = truth_in(
        truth, r"openapi=(\S+); info\.version=(\S+); paths=(\d+); operations=(\d+)"
    )
    facts = result.facts
    assert (facts["openapi"], facts["version"]) == (version, about)
    assert (facts["paths"], facts["operations"]) == (int(paths), int(operations))
    assert not result.issues


@needs_samples
def test_a_chart_called_openapi_is_no_interface() -> None:
    assert not PARSER.recognises(sample("usability/firecrest_openapi.yaml"))


def test_faults_are_told_at_their_lines() -> None:
    told = {issue.code: issue.where.line for issue in read(PARSER, JOBS).issues}
    lines = JOBS.decode().splitlines()
    assert lines[told["no_responses"] - 1].strip() == lines[told["repeated_operation"] - 1].strip() == "delete:"
    assert lines[told["broken_reference"] - 1].strip() == "get:"


@pytest.mark.parametrize(
    ("security", "everywhere", "guarded"),
    [
        (None, None, 0),
        (None, [{"token": []}], 1),
        ([], [{"token": []}], 0),
        ([{}, {"token": []}], None, 0),
        ([{"token": []}], None, 1),
    ],
)
def test_an_operation_is_guarded_where_no_way_in_is_open(security, everywhere, guarded) -> None:
    operation = {"responses": {"200": {}}} | ({} if security is None else {"security": security})
    around = {} if everywhere is None else {"security": everywhere}
    assert read(PARSER, document(operation, **around)).facts["operations_guarded"] == guarded


def test_an_example_counts_through_references_that_lead_back_to_themselves() -> None:
    schemas = {"A": {"items": {"$ref": "#/components/schemas/B"}}, "B": {"items": {"$ref": "#/components/schemas/A"}}}
    operation = {"responses": {"200": {"content": {"x": {"schema": {"$ref": "#/components/schemas/A"}}}}}}
    content = document(operation, components={"schemas": schemas})
    assert read(PARSER, content).facts["operations_with_example"] == 0
    schemas["B"]["example"] = {}
    content = document(operation, components={"schemas": schemas})
    assert read(PARSER, content).facts["operations_with_example"] == 1


def test_another_version_of_the_standard_is_refused() -> None:
    error = outcome(PARSER, SMALL.replace(b'"3.1.0"', b'"3.1.0-rc"'))
    assert isinstance(error, ParseError)
    assert error.code == "unexpected_shape"


test_any_bytes_give_a_result_or_a_refusal = survives_anything(PARSER, JOBS, SMALL)
