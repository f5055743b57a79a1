"""The desk through the API: what is left, rulings with versions, blindness, drafts, and for whom it is not there."""

from __future__ import annotations

from typing import Any

import pytest
from rest_framework.test import APIClient

from assessment.models import Assessment, Rating
from centres.models import Person

pytestmark = pytest.mark.django_db


def client(person: Person) -> APIClient:
    made = APIClient()
    made.force_authenticate(person)
    return made


def door(case: Assessment, *further: str) -> str:
    return f"/api/v1/assessments/{case.pk}/" + "".join(f"{part}/" for part in further)


def post(person: Person, address: str, body: dict[str, Any], *, version: int | None = None) -> Any:
    headers = {"If-Match": "*" if version is None else f'"{version}"'}
    return client(person).post(address, body, format="json", headers=headers)


def test_two_requests_settle_the_figures_of_a_case(rated_once: Assessment, ana: Person) -> None:
    left = post(ana, door(rated_once, "accept-figures"), {}).json()["left"]
    assert post(ana, door(rated_once, "accept-figures"), {"codes": left}).json() == {"accepted": left, "left": []}
    desk = client(ana).get(door(rated_once, "ratings")).json()
    assert (desk["rule"], desk["settled"], desk["left"]) == ("single", desk["total"], [])
    pue = next(one for one in desk["items"] if one["node"] == "GR-1.1")
    assert (pue["value"], pue["quality"], pue["standing"]) == ("1.18", "A", "settled")
    assert pue["ratings"][0]["allowed_acts"]
    assert post(ana, door(rated_once, "evaluate"), {"reason": "x"}).status_code == 200


def test_an_evaluation_with_something_left_is_a_conflict_that_names_it(rated_once: Assessment, ana: Person) -> None:
    answer = post(ana, door(rated_once, "evaluate"), {"reason": "x"})
    assert (answer.status_code, answer.json()["code"]) == (409, "not_settled")
    assert "CE-1.1" in answer.json()["detail"]


def test_the_second_to_save_is_told_what_the_first_saved(rated_once: Assessment, ana: Person, bo: Person) -> None:
    address = door(rated_once, "ratings", "GR-1.1")
    assert client(bo).get(address).headers["ETag"] == '"0"'
    first = post(ana, address, {"act": "dispute_figure", "text": "M-IN was changed"}, version=0)
    assert first.headers["ETag"] == '"1"'
    late = post(bo, address, {"act": "accept_figure"}, version=0)
    assert (late.status_code, late.json()["code"]) == (412, "version_changed")
    assert "M-IN was changed" in late.json()["detail"]
    assert post(bo, address, {"act": "accept_figure"}, version=1).json()["ratings"][0]["state"] == "accepted"


def test_a_fault_is_named_at_its_field(rated_once: Assessment, ana: Person) -> None:
    answer = post(ana, door(rated_once, "ratings", "GR-1.1"), {"act": "dispute_figure"})
    [fault] = answer.json()["errors"]
    assert (answer.status_code, fault["code"], fault["field"]) == (400, "words_needed", "text")
    unknown = post(ana, door(rated_once, "ratings", "XX-1"), {"act": "accept_figure"})
    assert unknown.json()["code"] == "unknown_indicator"
    no_level = post(ana, door(rated_once, "ratings", "GR-1.1"), {"act": "judge", "level": "3", "text": "x"})
    assert no_level.json()["code"] == "not_for_this_indicator"


def test_no_door_shows_a_blind_level_before_both_are_in(
    twice: Assessment, ana: Person, bo: Person, cai: Person, ravi: Person, deng: Person
) -> None:
    secret = {"act": "judge", "level": "4", "text": "nobody must read this yet"}
    assert post(ana, door(twice, "ratings", "ST-3.6"), secret).status_code == 200
    assert Rating.objects.get(node="ST-3.6").text == "nobody must read this yet"
    doors = [door(twice, "ratings"), door(twice, "ratings", "ST-3.6"), door(twice, "agreement"), door(twice, "history")]
    doors += [door(twice), door(twice, "result")]
    for other in (bo, cai, ravi, deng):
        for address in doors:
            answer = client(other).get(address)
            assert answer.status_code == 200
            assert "nobody must read" not in answer.content.decode(), (other, address)
        [item] = [one for one in client(other).get(doors[0]).json()["items"] if one["node"] == "ST-3.6"]
        assert (item["ratings"], item["hidden"]) == ([], True)
    assert "nobody must read" in client(ana).get(doors[0]).content.decode()
    post(bo, door(twice, "ratings", "ST-3.6"), {"act": "judge", "level": "2", "text": "mine"})
    for other in (bo, cai, ravi, deng):
        assert "nobody must read" in client(other).get(doors[0]).content.decode()
    found = client(ana).get(door(twice, "agreement")).json()
    assert [one["node"] for one in found["disagreed"]] == ["ST-3.6"]
    assert found["plain"]["kappa"] == "0.0000"


def test_the_desk_is_absent_for_the_centre_and_for_strangers(rated_once: Assessment, olu: Person, zoe: Person) -> None:
    for person in (olu, zoe):
        for further in (("ratings",), ("ratings", "GR-1.1"), ("agreement",), ("ratings", "GR-1.1", "draft")):
            assert client(person).get(door(rated_once, *further)).status_code == 404
        assert post(person, door(rated_once, "accept-figures"), {}).status_code == 404


def test_a_draft_is_kept_to_the_letter_for_its_author(rated_once: Assessment, ana: Person, bo: Person) -> None:
    address = door(rated_once, "ratings", "GR-1.1", "draft")
    assert client(ana).get(address).status_code == 404
    typed = {"act": "dispute_figure", "text": "  half a sentence \n"}
    assert client(ana).put(address, typed, format="json").json()["content"]["text"] == typed["text"]
    assert client(bo).get(address).status_code == 404
    post(ana, door(rated_once, "ratings", "GR-1.1"), {"act": "dispute_figure", "text": "a whole one"})
    assert client(ana).get(address).status_code == 404
    undoing = door(rated_once, "ratings", "GR-1.1", "undo")
    assert client(ana).post(undoing).json()["code"] == "version_required"
    assert post(ana, undoing, {}, version=0).json()["code"] == "version_changed"
    undone = post(ana, undoing, {}, version=1)
    assert undone.json()["standing"] == "open"
    assert client(ana).get(address).json()["content"]["text"] == "a whole one"


@pytest.mark.parametrize("version", [10**30, -1])
def test_a_version_no_database_counts_is_refused_at_its_field(
    rated_once: Assessment, ana: Person, version: int
) -> None:
    address = door(rated_once, "ratings", "GR-1.1", "draft")
    answer = client(ana).put(address, {"act": "judge", "text": "words", "on_version": version}, format="json")
    assert answer.status_code == 400
    assert {item["field"] for item in answer.json()["errors"]} >= {"on_version"}
    assert all(item["hint"] for item in answer.json()["errors"])


@pytest.mark.parametrize(
    ("field", "value"), [("at_least", 10**30), ("share", "１"), ("share", "0_1"), ("share", "NaN"), ("share", True)]
)
def test_a_sample_takes_figures_as_all_figures_are_written(
    rated_once: Assessment, ana: Person, field: str, value: object
) -> None:
    answer = post(ana, door(rated_once, "samples"), {"of": "cards", field: value})
    [item] = answer.json()["errors"]
    assert (answer.status_code, item["field"]) == (400, field)
    assert item["hint"]["zh"]


@pytest.mark.parametrize("version", ["5", "9" * 5000, "１"])
def test_a_version_that_never_was_is_no_conflict_with_anybody(
    rated_once: Assessment, ana: Person, version: str
) -> None:
    address = door(rated_once, "ratings", "GR-1.1")
    headers = {"If-Match": f'"{version}"'.encode().decode("latin-1")}
    answer = client(ana).post(address, {"act": "accept_figure"}, format="json", headers=headers)
    assert (answer.status_code, answer.json()["code"]) == (412, "version_changed")
    assert answer.json()["errors"][0]["hint"]["zh"]
    assert not Rating.objects.filter(node="GR-1.1").exists()
