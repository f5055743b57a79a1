"""Centres and their profiles through the API."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest
from django.test import Client
from rest_framework.test import APIClient

from centres.models import Centre, CentreRole, Membership, Person, ProfileVersion, Role, StaffRole
from centres.services.issue_token import issue_token
from operations.models import AuditEntry
from tests.factories import Cast
from tests.operations.test_problems import problem
from tests.profiles import profile_content

pytestmark = pytest.mark.django_db
Api = Callable[..., APIClient]
ADDRESS = "/api/v1/centres/"
YAML = """
contract: 1
centre: {id: new-centre, name: {zh: 新中心（虚构）, en: New centre (fictional)}}
operator: {zh: 示例, en: Example}
place: {province: 贵州, city: 贵阳}
class: training_led
applied_on: 2026-03-31
accelerators: [{model: "Ascend 910B3", cards: 1024, cards_per_node: 8}]
it_capacity_kw: 1600.5
"""
GROUP = profile_content()["accelerators"][0]
PLACE = profile_content()["place"]


def put(client: APIClient, slug: str, content: Any, *, etag: str | None) -> Any:
    headers = {"If-Match": etag} if etag else {}
    return client.put(f"{ADDRESS}{slug}/profile/", content, format="json", headers=headers)


def test_an_administrator_enters_a_centre_by_its_profile(api: Api, cast: Cast) -> None:
    response = api(cast.ada).post(ADDRESS, profile_content("third"), format="json")
    assert response.status_code == 201, response.content
    assert response["Location"] == "/api/v1/centres/third/"
    assert Centre.objects.get(slug="third").province == "内蒙古"
    assert AuditEntry.objects.filter(act="centre.created", subject="centre/third", actor="ada").exists()


def test_the_profile_may_be_yaml_and_keeps_its_decimals(api: Api, cast: Cast) -> None:
    response = api(cast.ada).generic("POST", ADDRESS, YAML.encode(), content_type="application/yaml")
    assert response.status_code == 201, response.content
    assert ProfileVersion.objects.get(centre__slug="new-centre").content["it_capacity_kw"] == "1600.5"


def test_a_centre_cannot_be_entered_twice(api: Api, cast: Cast) -> None:
    problem(api(cast.ada).post(ADDRESS, profile_content("olu-centre"), format="json"), 409, "already_exists")


def test_only_administrators_enter_centres(api: Api, cast: Cast) -> None:
    problem(api(cast.olu).post(ADDRESS, profile_content("third"), format="json"), 403, "permission_denied")


def test_every_fault_of_a_profile_is_named_with_its_field_in_both_languages(api: Api, cast: Cast) -> None:
    bad = profile_content("third", it_capacity_kw="-1", accelerators=[{"model": "X", "cards": 0}], colour="red")
    bad["place"]["timezone"] = "Mars/Olympus"
    body = problem(api(cast.ada).post(ADDRESS, bad, format="json"), 400, "profile_invalid")
    found = {item["field"]: item["code"] for item in body["errors"]}
    assert found == {
        "it_capacity_kw": "greater_than",
        "accelerators[0].cards": "greater_than",
        "accelerators[0].cards_per_node": "required",
        "colour": "unknown_field",
        "place.timezone": "unknown_timezone",
    }
    words = {item["field"]: item["message"] for item in body["errors"]}
    assert words["it_capacity_kw"]["zh"] == "应大于 0。"
    assert words["place.timezone"]["en"] == "There is no time zone Mars/Olympus."


def test_a_fault_in_yaml_names_its_line(api: Api, cast: Cast) -> None:
    content = YAML.replace("cards: 1024", "cards: many").encode()
    response = api(cast.ada).generic("POST", ADDRESS, content, content_type="application/yaml")
    [item] = problem(response, 400, "profile_invalid")["errors"]
    assert (item["field"], item["line"]) == ("accelerators[0].cards", 8)


@pytest.mark.torture("T15")
@pytest.mark.parametrize("figure", ["１２３", "1_000", "1,000", "0x10", "NaN"])
def test_a_figure_follows_the_grammar_of_numbers(api: Api, cast: Cast, figure: str) -> None:
    bad = profile_content("third", it_capacity_kw=figure)
    [item] = problem(api(cast.ada).post(ADDRESS, bad, format="json"), 400, "profile_invalid")["errors"]
    assert (item["field"], item["code"]) == ("it_capacity_kw", "not_a_number")


@pytest.mark.torture("T15")
def test_a_figure_that_no_sum_could_hold_is_refused_at_its_field(api: Api, cast: Cast) -> None:
    bad = profile_content("third", it_capacity_kw="1e99")
    [item] = problem(api(cast.ada).post(ADDRESS, bad, format="json"), 400, "profile_invalid")["errors"]
    assert (item["field"], item["code"]) == ("it_capacity_kw", "out_of_range")


@pytest.mark.parametrize(
    ("changes", "field", "hint"),
    [
        ({"accelerators": [GROUP | {"cards": True}]}, "accelerators[0].cards", "Write the digits alone"),
        ({"accelerators": [GROUP | {"cards": "12"}]}, "accelerators[0].cards", "Write the digits alone"),
        ({"place": PLACE | {"province": "Guizhou"}}, "place.province", "Write it as “贵州”."),
        ({"class": "mixed"}, "training_share", "Check the class"),
        ({"class": "of its own"}, "class", "Copy one of them"),
        ({"applied_on": "31.03.2026"}, "applied_on", "such as 2026-03-31"),
        ({"it_capacity_kw": True}, "it_capacity_kw", "Write plain digits"),
    ],
)
def test_a_fault_of_a_profile_says_how_to_mend_it(
    api: Api, cast: Cast, changes: dict[str, Any], field: str, hint: str
) -> None:
    response = api(cast.ada).post(ADDRESS, profile_content("third", **changes), format="json")
    [item] = problem(response, 400, "profile_invalid")["errors"]
    assert item["field"] == field
    assert hint in item["hint"]["en"]
    assert item["hint"]["zh"]


def test_a_version_kept_from_before_a_rule_is_still_read(cast: Cast) -> None:
    kept = profile_content("olu-centre", it_capacity_kw="9" * 39, place=PLACE | {"province": "海外"})
    version = ProfileVersion.objects.create(
        centre=cast.centre, content=kept, digest="sha256:" + "0" * 64, created_by=cast.olu
    )
    assert version.profile.place.province == "海外"


@pytest.mark.torture("T34", "412 with the current version", "428 without one", "never wins silently")
def test_saving_says_which_version_it_replaces(api: Api, cast: Cast) -> None:
    client = api(cast.olu)
    etag = client.get(f"{ADDRESS}olu-centre/profile/")["ETag"]
    changed = profile_content("olu-centre", it_capacity_kw="3300")
    problem(put(client, "olu-centre", changed, etag=None), 428, "version_required")
    saved = put(client, "olu-centre", changed, etag=etag)
    assert saved.status_code == 200, saved.content
    body = problem(put(client, "olu-centre", profile_content("olu-centre"), etag=etag), 412, "version_changed")
    assert saved["ETag"].strip('"') in body["errors"][0]["message"]["en"]
    assert client.get(f"{ADDRESS}olu-centre/profile/").json()["profile"]["it_capacity_kw"] == "3300"
    assert ProfileVersion.objects.filter(centre__slug="olu-centre").count() == 2


@pytest.mark.torture("T34", "never wins silently")
def test_of_two_first_profiles_the_second_is_told_of_the_other(
    api: Api, cast: Cast, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("centres.api.views.current_profile", lambda centre: None)  # as both had read
    late = put(api(cast.olu), "olu-centre", profile_content("olu-centre", it_capacity_kw="3300"), etag=None)
    problem(late, 412, "version_changed")
    assert cast.centre.profiles.count() == 1


def test_saving_the_same_again_makes_no_new_version(api: Api, cast: Cast) -> None:
    client = api(cast.olu)
    etag = client.get(f"{ADDRESS}olu-centre/profile/")["ETag"]
    assert put(client, "olu-centre", profile_content("olu-centre"), etag=etag).status_code == 200
    assert ProfileVersion.objects.filter(centre__slug="olu-centre").count() == 1


@pytest.mark.parametrize("spelling", ["3200.0", "3.2e3", "+3200", "03200"])
def test_the_same_figure_in_another_spelling_makes_no_new_version(api: Api, cast: Cast, spelling: str) -> None:
    client = api(cast.olu)
    etag = client.get(f"{ADDRESS}olu-centre/profile/")["ETag"]
    again = put(client, "olu-centre", profile_content("olu-centre", it_capacity_kw=spelling), etag=etag)
    assert (again.status_code, again["ETag"]) == (200, etag)
    other = put(client, "olu-centre", profile_content("olu-centre", it_capacity_kw="3200.1"), etag=etag)
    assert other["ETag"] != etag
    assert cast.centre.profiles.count() == 2


@pytest.mark.torture("T32", "moved to another centre", "both centres unchanged")
def test_a_profile_cannot_be_moved_to_another_centre(api: Api, cast: Cast) -> None:
    before = list(ProfileVersion.objects.values())
    etag = api(cast.olu).get(f"{ADDRESS}olu-centre/profile/")["ETag"]
    [item] = problem(put(api(cast.olu), "olu-centre", profile_content("zoe-centre"), etag=etag), 400, "wrong_centre")[
        "errors"
    ]
    assert "olu-centre" in item["hint"]["en"]
    assert list(ProfileVersion.objects.values()) == before


@pytest.mark.torture("T31")
def test_another_centre_is_as_absent_as_none(api: Api, cast: Cast) -> None:
    client = api(cast.olu)
    for tail in ("", "profile/"):
        theirs, nobodys = client.get(f"{ADDRESS}zoe-centre/{tail}"), client.get(f"{ADDRESS}nowhere/{tail}")
        assert theirs.status_code == nobodys.status_code == 404
        assert {**theirs.json(), "request_id": ""} == {**nobodys.json(), "request_id": ""}
    problem(put(client, "zoe-centre", profile_content("zoe-centre"), etag="x"), 404, "not_found")
    assert [centre["slug"] for centre in client.get(ADDRESS).json()["results"]] == ["olu-centre"]


def test_a_regulator_sees_its_province_and_no_more(api: Api, cast: Cast) -> None:
    assert api(cast.reg).get(ADDRESS).json()["results"] == []
    api(cast.ada).generic("POST", ADDRESS, YAML.encode(), content_type="application/yaml")
    assert [centre["slug"] for centre in api(cast.reg).get(ADDRESS).json()["results"]] == ["new-centre"]


@pytest.mark.torture("T36", "no cached permission")
def test_a_role_taken_away_is_gone_at_the_next_request(api: Api, cast: Cast) -> None:
    client = api(cast.ana)
    assert len(client.get(ADDRESS).json()["results"]) == 2
    StaffRole.objects.filter(user=cast.ana, role=Role.ASSESSOR).delete()
    assert client.get(ADDRESS).json()["results"] == []


@pytest.mark.torture("T36", "account closed")
def test_an_account_that_is_closed_is_out_at_the_next_request_with_session_and_token(cast: Cast) -> None:
    token = issue_token(cast.reg)[1]
    bearer, session = APIClient(headers={"Authorization": f"Token {token}"}), Client()
    session.force_login(cast.reg, "django.contrib.auth.backends.ModelBackend")
    assert (bearer.get(ADDRESS).status_code, session.get("/my/").status_code) == (200, 200)
    Person.objects.filter(pk=cast.reg.pk).update(is_active=False)
    problem(bearer.get(ADDRESS), 401, "authentication_failed")
    assert session.get("/my/")["Location"].startswith("/sign-in/")


@pytest.mark.torture("T36")
def test_a_regulator_whose_province_changes_sees_the_other_one_at_the_next_request(api: Api, cast: Cast) -> None:
    api(cast.ada).generic("POST", ADDRESS, YAML.encode(), content_type="application/yaml")
    client = api(cast.reg)

    def seen() -> list[str]:
        return [centre["slug"] for centre in client.get(ADDRESS).json()["results"]]

    assert seen() == ["new-centre"]
    StaffRole.objects.filter(user=cast.reg).update(province="内蒙古")
    assert seen() == ["olu-centre", "zoe-centre"]
    problem(client.get(f"{ADDRESS}new-centre/"), 404, "not_found")
    assert client.get(f"{ADDRESS}olu-centre/profile/").status_code == 200
    problem(put(client, "olu-centre", profile_content("olu-centre"), etag="x"), 403, "permission_denied")
    problem(client.get("/api/v1/centres/olu-centre/people/"), 403, "permission_denied")
    for listed in ("evidence", "assessments", "declarations", "invitations"):
        assert client.get(f"/api/v1/{listed}/").json()["results"] == []


@pytest.mark.torture("T36", "role lowered before the submit")
def test_a_role_lowered_between_page_and_submit_is_refused_at_the_submit(api: Api, cast: Cast) -> None:
    client = api(cast.olu)
    etag = client.get(f"{ADDRESS}olu-centre/profile/")["ETag"]
    Membership.objects.filter(user=cast.olu).update(role=CentreRole.FINANCE)
    changed = profile_content("olu-centre", it_capacity_kw="3300")
    problem(put(client, "olu-centre", changed, etag=etag), 403, "permission_denied")
