"""A word a list is filtered by that is none of its choices is refused: an empty list would pass for an answer."""

from __future__ import annotations

import functools
from collections.abc import Callable
from typing import Any

import pytest
from rest_framework.test import APIClient

from centres.models import Centre, Person, Role, StaffRole
from operations.http.filters import MOST_LISTED
from tests.factories import Cast
from tests.operations.test_problems import codes, problem

pytestmark = pytest.mark.django_db
Api = Callable[..., APIClient]
FILTERS = {
    ("/api/v1/evidence/", "state"),
    ("/api/v1/evidence/", "format"),
    ("/api/v1/assessments/", "state"),
    ("/api/v1/editions/", "state"),
    ("/api/v1/rankings/", "scale_tier"),
    ("/api/v1/rankings/", "class"),
}


@pytest.fixture
def reg(cast: Cast) -> Person:
    StaffRole.objects.get_or_create(user=cast.reg, role=Role.REGULATOR, province="")
    return cast.reg


@pytest.fixture
def published(edition: object) -> None:
    """There is a ranking to ask for."""


@functools.cache  # the schema is long, and the same for everybody
def closed_filters() -> dict[tuple[str, str], list[str]]:
    """Filters with a closed set of choices, by address and name, as the schema lists them."""
    paths: dict[str, Any] = APIClient().get("/api/v1/schema/", {"format": "json"}).json()["paths"]
    return {
        (address, one["name"]): one["schema"]["enum"]
        for address, methods in paths.items()
        if "{" not in address
        for one in methods.get("get", {}).get("parameters", ())
        if one["in"] == "query" and "enum" in one["schema"]
    }


def test_the_schema_lists_every_filter_with_its_choices() -> None:
    found = closed_filters()
    assert set(found) == FILTERS
    assert {"accepted", "rejected"} <= set(found["/api/v1/evidence/", "state"])
    assert {"meter_series", "mapped_table", "archive"} <= set(found["/api/v1/evidence/", "format"])


@pytest.mark.usefixtures("published")
@pytest.mark.parametrize(("address", "name"), sorted(FILTERS))
def test_a_word_that_is_no_choice_is_refused_with_the_choices(api: Api, cast: Cast, address: str, name: str) -> None:
    body = problem(api(cast.ana).get(address, {name: "lovely"}), 400, "invalid_choice")
    assert codes(body) == {name: "invalid_choice"}
    [error] = body["errors"]
    choices = closed_filters()[address, name]
    for language in ("zh", "en"):
        said = error["hint"][language]
        listed = len(choices) <= MOST_LISTED
        assert all(choice in said for choice in choices) if listed else "/api/v1/schema/" in said


@pytest.mark.usefixtures("published")
@pytest.mark.parametrize(("address", "name"), sorted(FILTERS))
def test_every_choice_is_taken(api: Api, cast: Cast, address: str, name: str) -> None:
    for choice in closed_filters()[address, name]:
        assert api(cast.ana).get(address, {name: choice}).status_code == 200, choice


def test_a_format_that_is_nearly_right_is_named(api: Api, cast: Cast) -> None:
    body = problem(api(cast.olu).get("/api/v1/evidence/?format=meter-series"), 400, "invalid_choice")
    assert "“meter_series”" in body["errors"][0]["hint"]["en"]
    assert "“meter_series”" in body["errors"][0]["hint"]["zh"]


@pytest.mark.usefixtures("published")
@pytest.mark.parametrize("address", ["/api/v1/rankings/", "/api/v1/board/"])
def test_a_province_nobody_is_in_is_refused(api: Api, reg: Person, address: str) -> None:
    body = problem(api(reg).get(address, {"province": "Guizhou"}), 400, "invalid_choice")
    assert "“贵州”" in body["errors"][0]["hint"]["en"]
    assert "贵州" in problem(api(reg).get(address, {"province": "x"}), 400, "invalid_choice")["errors"][0]["hint"]["zh"]
    assert api(reg).get(address, {"province": "海南"}).status_code == 200  # there is one, if no centre in it
    Centre.objects.create(slug="far", name_zh="远", name_en="Far", province="海外")
    assert api(reg).get(address, {"province": "海外"}).status_code == 200


@pytest.mark.usefixtures("published")
@pytest.mark.parametrize(
    "address",
    [
        *(
            "/api/v1/evidence/?state=",
            "/api/v1/evidence/?centre=",
            "/api/v1/evidence/?sha256=",
            "/api/v1/uploads/?centre=",
        ),
        *(
            "/api/v1/assessments/?state=",
            "/api/v1/editions/?rubric=",
            "/api/v1/rankings/?province=",
            "/api/v1/board/?province=",
        ),
    ],
)
def test_a_filter_without_a_value_is_refused(api: Api, reg: Person, address: str) -> None:
    """`?sha256=$NOBODY_SET_THIS` must neither find everything nor nothing."""
    problem(api(reg).get(address), 400, "empty_parameter")


@pytest.mark.usefixtures("published")
def test_an_edition_that_is_none_is_told_in_sentences_of_both_languages(api: Api, reg: Person) -> None:
    body = problem(api(reg).get("/api/v1/rankings/", {"edition": "zzz"}), 400, "does_not_exist")
    [item] = body["errors"]
    assert item["field"] == "edition"
    assert item["message"] == {"zh": "没有这个已发布的版次。", "en": "There is no such published edition."}
    assert "/api/v1/editions/" in item["hint"]["en"]
