"""The life of an edition: drafted, proposed, published by a second person, superseded; final from then on."""

from __future__ import annotations

import io
import zipfile
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from django.core.management import call_command
from django.db import DatabaseError, connection, transaction
from django.test import Client
from rest_framework.test import APIClient

from centres.models import Person, Role
from core.canonical import canonical_digest
from indicators.models import Edition, EditionAct, EditionState, EditionTrial
from indicators.selectors import current_edition
from operations.audit import first_broken_entry
from operations.models import AuditEntry
from tests.factories import person, staff
from tests.indicators.rubric.tiny import CASES, RUBRIC
from tests.operations.triggers import install_edition_triggers

pytestmark = pytest.mark.django_db

ADDRESS = "/api/v1/editions/"
TINY = f"{ADDRESS}tiny/2026.10/"
REASON = {"reason": "because"}

Api = Callable[[Person | None], APIClient]
RunJobs = Callable[[], int]


@pytest.fixture
def api() -> Api:
    """Clients of people who take whatever version there is, unless they name one."""

    def signed_in(person: Person | None = None) -> APIClient:
        client = APIClient(headers={"If-Match": "*"})
        if person is not None:
            client.force_authenticate(person)
        return client

    return signed_in


@pytest.fixture
def ruth(db: None) -> Person:
    """Writes rubrics."""
    return staff("ruth", Role.RUBRIC_AUTHOR)


@pytest.fixture
def paul(db: None) -> Person:
    """Publishes what others wrote."""
    return staff("paul", Role.PUBLISHER)


def files(rubric: str = RUBRIC, cases: str = CASES) -> dict[str, Any]:
    return {"files": {"rubric.yaml": rubric, "cases.yaml": cases}, "reason": "first draft"}


def renamed(edition: str, rubric: str = RUBRIC) -> str:
    return rubric.replace('"2026.10"', f'"{edition}"')


@pytest.fixture
def proposed(api: Api, ruth: Person, run_jobs: RunJobs) -> dict[str, Any]:
    """The tiny rubric, its cases run, under review."""
    assert api(ruth).post(ADDRESS, files(), format="json").status_code == 201
    run_jobs()
    answer = api(ruth).post(f"{TINY}propose/", REASON, format="json")
    assert answer.status_code == 200, answer.content
    body: dict[str, Any] = answer.json()
    return body


@pytest.fixture
def published(api: Api, paul: Person, proposed: dict[str, Any]) -> dict[str, Any]:
    answer = api(paul).post(f"{TINY}publish/", {**REASON, "digest": proposed["digest"]}, format="json")
    assert answer.status_code == 200, answer.content
    body: dict[str, Any] = answer.json()
    return body


def code_of(answer: Any) -> tuple[int, str]:
    return answer.status_code, answer.json()["code"]


# --- the way it goes -------------------------------------------------------------------------------------------------


def test_an_edition_goes_from_draft_through_review_to_publication(
    api: Api, ruth: Person, paul: Person, run_jobs: RunJobs
) -> None:
    answer = api(ruth).post(ADDRESS, files(), format="json")
    assert (answer.status_code, answer.headers["Location"]) == (201, TINY)
    draft = answer.json()
    assert (draft["state"], draft["allowed_acts"], draft["trial"]) == ("draft", ["upload", "propose"], None)
    assert draft["digest"] == canonical_digest(draft["content"])
    assert APIClient().get(TINY).status_code == 404, "a draft is for those who write and publish"
    assert api(ruth).get(f"/api/v1/jobs/{draft['job']}/").status_code == 200
    assert run_jobs() == 1
    tried = api(ruth).get(TINY).json()["trial"]
    assert (tried["cases"], tried["passed"]) == (2, True)
    under_review = api(ruth).post(f"{TINY}propose/", REASON, format="json").json()
    assert (under_review["state"], under_review["allowed_acts"]) == ("review", ["return", "publish"])
    answer = api(paul).post(f"{TINY}publish/", {**REASON, "digest": draft["digest"]}, format="json")
    assert answer.json()["state"] == "published"
    assert [act["act"] for act in answer.json()["acts"]] == ["upload", "propose", "publish"]
    public = APIClient().get(TINY).json()
    assert public["digest"] == draft["digest"] == canonical_digest(public["content"])
    assert "acts" not in public
    assert current_edition("tiny").digest == draft["digest"]
    acts = list(AuditEntry.objects.order_by("sequence").values_list("act", "actor", "reason"))
    assert acts[-3:] == [
        ("edition.upload", "ruth", "first draft"),
        ("edition.propose", "ruth", "because"),
        ("edition.publish", "paul", "because"),
    ]
    assert first_broken_entry() is None


def test_an_archive_of_the_folder_is_as_good_as_its_files(api: Api, ruth: Person) -> None:
    content = io.BytesIO()
    with zipfile.ZipFile(content, "w") as archive:
        for name, text in files()["files"].items():
            archive.writestr(f"2026.10/{name}", text)
    answer = api(ruth).post(ADDRESS, content.getvalue(), content_type="application/zip")
    assert answer.status_code == 201, answer.content
    again = api(ruth).post(ADDRESS, files(), format="json")
    assert (again.status_code, again.json()["digest"]) == (200, answer.json()["digest"])
    assert EditionAct.objects.count() == 1


def test_a_draft_may_be_handed_in_again_and_a_proposed_one_only_after_its_return(
    api: Api, ruth: Person, paul: Person, proposed: dict[str, Any], run_jobs: RunJobs
) -> None:
    changed = files(RUBRIC.replace('"0.4"', '"0.5"'))
    assert code_of(api(ruth).post(ADDRESS, changed, format="json")) == (409, "wrong_state")
    assert api(paul).post(f"{TINY}return/", REASON, format="json").json()["state"] == "draft"
    answer = api(ruth).post(ADDRESS, changed, format="json")
    assert answer.status_code == 201
    assert answer.json()["digest"] != proposed["digest"]
    assert answer.json()["trial"] is None, "other content has to be tried anew"
    assert code_of(api(ruth).post(f"{TINY}propose/", REASON, format="json")) == (409, "cases_not_run")
    run_jobs()
    assert api(ruth).post(f"{TINY}propose/", REASON, format="json").status_code == 200
    old = {**REASON, "digest": proposed["digest"]}
    assert code_of(api(paul).post(f"{TINY}publish/", old, format="json")) == (412, "version_changed")


def test_who_read_an_older_version_does_not_act_on_the_newer_one(
    api: Api, paul: Person, proposed: dict[str, Any]
) -> None:
    stale = api(paul).post(f"{TINY}return/", REASON, format="json", HTTP_IF_MATCH=f'"{proposed["version"] - 1}"')
    assert code_of(stale) == (412, "version_changed")
    fresh = api(paul).post(f"{TINY}return/", REASON, format="json", HTTP_IF_MATCH=f'"{proposed["version"]}"')
    assert fresh.status_code == 200


@pytest.mark.torture("T34", "412 with the current version", "428 without one", "never wins silently")
def test_a_draft_is_replaced_only_by_who_names_the_version_they_read(api: Api, ruth: Person) -> None:
    rita, other = staff("rita", Role.RUBRIC_AUTHOR), files(RUBRIC.replace('"0.4"', '"0.5"'))
    first = api(ruth).post(ADDRESS, files(), format="json")
    blind = APIClient()
    blind.force_authenticate(rita)
    assert code_of(blind.post(ADDRESS, other, format="json")) == (428, "version_required")
    assert blind.post(ADDRESS, files(), format="json").status_code == 200, "the same again replaces nothing"
    stale = api(rita).post(ADDRESS, other, format="json", HTTP_IF_MATCH='"0"')
    assert code_of(stale) == (412, "version_changed")
    assert "another draft: version 2, by ruth at" in stale.json()["errors"][0]["message"]["en"]
    assert Edition.objects.get().digest == first.json()["digest"]
    assert api(rita).post(ADDRESS, other, format="json", HTTP_IF_MATCH=first["ETag"]).status_code == 201


# --- who may ---------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("role", [None, Role.PUBLISHER, Role.REGULATOR, Role.ADMINISTRATOR, Role.ASSESSOR])
def test_only_rubric_authors_draft(api: Api, role: Role | None) -> None:
    somebody = staff("somebody", role) if role else person("somebody")
    assert code_of(api(somebody).post(ADDRESS, files(), format="json")) == (403, "permission_denied")
    assert APIClient().post(ADDRESS, files(), format="json").status_code == 401
    assert not Edition.objects.exists()


@pytest.mark.parametrize("role", [Role.REGULATOR, Role.ASSESSOR, Role.DECIDER])
def test_a_draft_is_not_there_for_others(api: Api, role: Role, proposed: dict[str, Any]) -> None:
    somebody = staff("somebody", role)
    assert api(somebody).get(ADDRESS).json()["results"] == []
    for act in ("propose", "return", "publish"):
        body = {**REASON, "digest": proposed["digest"]} if act == "publish" else REASON
        assert api(somebody).post(f"{TINY}{act}/", body, format="json").status_code == 404


def test_an_administrator_reads_drafts_but_takes_no_step(api: Api, proposed: dict[str, Any]) -> None:
    ada = staff("ada", Role.ADMINISTRATOR)
    assert api(ada).get(TINY).status_code == 200
    body = {**REASON, "digest": proposed["digest"]}
    assert code_of(api(ada).post(f"{TINY}publish/", body, format="json")) == (403, "permission_denied")


@pytest.mark.torture("T28", "one person alone")
def test_one_person_alone_cannot_publish(api: Api, ruth: Person, proposed: dict[str, Any]) -> None:
    body = {**REASON, "digest": proposed["digest"]}
    assert code_of(api(ruth).post(f"{TINY}publish/", body, format="json")) == (403, "second_person_needed")
    assert Edition.objects.get().state == EditionState.REVIEW


@pytest.mark.torture("T28", "one person alone")
def test_whoever_wrote_an_earlier_draft_of_it_is_no_second_person(
    api: Api, ruth: Person, paul: Person, run_jobs: RunJobs
) -> None:
    rita = staff("rita", Role.RUBRIC_AUTHOR)
    api(rita).post(ADDRESS, files(RUBRIC.replace('"0.4"', '"0.3"')), format="json")
    api(ruth).post(ADDRESS, files(), format="json")
    run_jobs()
    digest = api(ruth).post(f"{TINY}propose/", REASON, format="json").json()["digest"]
    body = {**REASON, "digest": digest}
    assert code_of(api(rita).post(f"{TINY}publish/", body, format="json")) == (403, "second_person_needed")
    assert api(paul).post(f"{TINY}publish/", body, format="json").status_code == 200


# --- what is refused -------------------------------------------------------------------------------------------------


@pytest.mark.torture("T28", "changed content")
def test_other_content_under_a_published_edition_is_refused(
    api: Api, ruth: Person, published: dict[str, Any], tmp_path: Path
) -> None:
    answer = api(ruth).post(ADDRESS, files(RUBRIC.replace('"0.4"', '"0.5"')), format="json")
    assert code_of(answer) == (409, "edition_is_final")
    for act in ("propose", "return"):
        assert code_of(api(ruth).post(f"{TINY}{act}/", REASON, format="json")) == (409, "edition_is_final")
    assert api(ruth).post(ADDRESS, files(), format="json").status_code == 200, "the same content changes nothing"
    assert APIClient().get(TINY).json()["digest"] == published["digest"]


@pytest.mark.torture("T28", "missing translation")
def test_a_missing_translation_is_refused_where_it_is_missing(api: Api, ruth: Person) -> None:
    spoilt = RUBRIC.replace('title: {zh: "速度", en: "pace"}', 'title: {zh: "速度"}')
    answer = api(ruth).post(ADDRESS, files(spoilt), format="json")
    assert code_of(answer) == (422, "missing_translation")
    [error] = answer.json()["errors"]
    assert (error["file"], error["line"]) == ("rubric.yaml", 11)
    assert not Edition.objects.exists()


@pytest.mark.torture("T25", "never published")
def test_a_faulty_rubric_is_refused_with_all_its_faults_and_never_kept(api: Api, ruth: Person) -> None:
    spoilt = RUBRIC.replace('weight: "0.4"', 'weight: "-0.4"').replace("measure: speed", "measure: haste")
    answer = api(ruth).post(ADDRESS, files(spoilt), format="json")
    assert answer.status_code == 422
    assert {error["code"] for error in answer.json()["errors"]} == {"unused_measure", "unknown_measure", "not_positive"}
    assert all(error["file"] == "rubric.yaml" and error["line"] for error in answer.json()["errors"])
    assert not Edition.objects.exists()


@pytest.mark.torture("T26", "case on each boundary")
@pytest.mark.parametrize(
    ("cases", "code"),
    [
        ("cases: []\n", "cases_missing"),
        (CASES.replace('facts: {speed: "10"}', 'facts: {speed: "9"}').replace("100.00", "90.00"), "cases_missing"),
        (CASES.replace('"0.00"', '"1.00"'), "cases_missed"),
    ],
)
def test_without_a_case_on_every_threshold_nothing_is_proposed(
    api: Api, ruth: Person, run_jobs: RunJobs, cases: str, code: str
) -> None:
    api(ruth).post(ADDRESS, files(cases=cases), format="json")
    run_jobs()
    answer = api(ruth).post(f"{TINY}propose/", REASON, format="json")
    assert code_of(answer) == (422, code)
    assert answer.json()["errors"][0]["file"] == "cases.yaml"
    assert Edition.objects.get().state == EditionState.DRAFT


def test_cases_that_are_still_to_be_run_are_waited_for(api: Api, ruth: Person) -> None:
    api(ruth).post(ADDRESS, files(), format="json")
    assert code_of(api(ruth).post(f"{TINY}propose/", REASON, format="json")) == (409, "cases_not_run")


@pytest.mark.parametrize(
    ("body", "code"),
    [
        ({"files": {}}, "no_rubric"),
        ({"files": {"../rubric.yaml": RUBRIC}}, "unknown_file"),
        ({"files": {"rubric.yaml": RUBRIC, "run.py": "x"}}, "unknown_file"),
        ({"files": {"rubric.yaml": RUBRIC, "a.yaml": "x: 1", "a.yaml/b.yaml": "x: 1"}}, "archive_entry"),
    ],
)
def test_files_that_are_no_rubric_are_refused(api: Api, ruth: Person, body: dict[str, Any], code: str) -> None:
    assert code_of(api(ruth).post(ADDRESS, body, format="json")) == (422, code)


# --- superseding and what stays --------------------------------------------------------------------------------------


@pytest.mark.torture("T27", "text everywhere")
@pytest.mark.parametrize(
    ("before", "after", "code"),
    [
        ('"2026.10"', '""', "bad_identifier"),
        ('"2026.10"', '"../x"', "bad_identifier"),
        ('"2026.10"', f'"{"9" * 21}"', "identifier_too_long"),
        ('"tiny"', f'"{"t" * 61}"', "identifier_too_long"),
    ],
)
def test_a_name_that_no_address_can_bear_is_refused_with_its_line(
    api: Api, ruth: Person, before: str, after: str, code: str
) -> None:
    answer = api(ruth).post(ADDRESS, files(RUBRIC.replace(before, after, 1)), format="json")
    assert code_of(answer) == (422, code)
    assert answer.json()["errors"][0]["line"] in (2, 3)
    assert not Edition.objects.exists()


def test_a_rubric_with_a_point_in_its_name_has_its_pages(api: Api, ruth: Person, client: Client) -> None:
    assert api(ruth).post(ADDRESS, files(RUBRIC.replace('"tiny"', '"tiny.one"', 1)), format="json").status_code == 201
    client.force_login(ruth)
    for page in ("/rubrics/", "/rubrics/tiny.one/2026.10/", "/rubrics/tiny.one/2026.10/P-1/"):
        assert client.get(page).status_code == 200, page


def publish_next(api: Api, ruth: Person, paul: Person, run_jobs: RunJobs, edition: str) -> str:
    later = renamed(edition, RUBRIC.replace('["10", "100"]', '["10", "90"]'))
    cases = CASES.replace("100.00", "90.00")
    digest: str = api(ruth).post(ADDRESS, files(later, cases), format="json").json()["digest"]
    run_jobs()
    assert api(ruth).post(f"{ADDRESS}tiny/{edition}/propose/", REASON, format="json").status_code == 200
    answer = api(paul).post(f"{ADDRESS}tiny/{edition}/publish/", {**REASON, "digest": digest}, format="json")
    assert answer.status_code == 200, answer.content
    return digest


def test_the_next_edition_supersedes_the_one_before(
    api: Api, ruth: Person, paul: Person, run_jobs: RunJobs, published: dict[str, Any]
) -> None:
    digest = publish_next(api, ruth, paul, run_jobs, "2026.11")
    assert current_edition("tiny").digest == digest
    old = APIClient().get(TINY).json()
    assert (old["state"], old["digest"]) == ("superseded", published["digest"])
    assert old["superseded_at"] is not None
    assert old["content"] == published["content"]
    listed = APIClient().get(f"{ADDRESS}?state=published").json()["results"]
    assert [one["edition"] for one in listed] == ["2026.11"]


@pytest.mark.torture("T27", "2026.10 is not 2026.1")
def test_edition_2026_10_is_another_edition_than_2026_1(
    api: Api, ruth: Person, paul: Person, run_jobs: RunJobs, published: dict[str, Any]
) -> None:
    digest = publish_next(api, ruth, paul, run_jobs, "2026.1")
    assert APIClient().get(f"{ADDRESS}tiny/2026.1/").json()["digest"] == digest
    ten = APIClient().get(TINY).json()
    assert (ten["edition"], ten["content"]["rubric.yaml"]["edition"]) == ("2026.10", "2026.10")
    assert ten["digest"] == published["digest"] != digest


@pytest.mark.parametrize(
    "change",
    [
        {"content": {}},
        {"digest": "sha256:1"},
        {"edition": "2026.99"},
        {"standing_en": "official"},
        {"published_by_id": None},
        {"sealed": True},
        {"state": "draft"},
        {"published_at": None},
    ],
)
def test_the_database_refuses_to_change_what_is_published(published: dict[str, Any], change: dict[str, Any]) -> None:
    with pytest.raises(DatabaseError, match="published edition is final"), transaction.atomic():
        Edition.objects.update(**change)
    assert Edition.objects.get().digest == published["digest"]


def test_the_database_keeps_published_editions_and_their_acts(published: dict[str, Any]) -> None:
    install_edition_triggers(connection)
    with pytest.raises(DatabaseError), transaction.atomic():
        Edition.objects.all()._raw_delete("default")  # type: ignore[attr-defined]
    with pytest.raises(DatabaseError, match="immutable"), transaction.atomic():
        EditionAct.objects.update(reason="another")
    with pytest.raises(DatabaseError, match="immutable"), transaction.atomic():
        EditionTrial.objects.update(cases=0)


def test_the_database_itself_wants_a_second_person(ruth: Person, paul: Person, proposed: dict[str, Any]) -> None:
    rita = staff("rita", Role.RUBRIC_AUTHOR)
    edition = Edition.objects.get()
    EditionAct.objects.create(edition=edition, act="upload", to_state="draft", person=rita, digest=edition.digest)
    for alone in (ruth, rita):
        with pytest.raises(DatabaseError), transaction.atomic():
            Edition.objects.update(state="published", published_by=alone)
    with pytest.raises(DatabaseError), transaction.atomic():
        Edition.objects.update(state="published")
    Edition.objects.update(state="draft")
    with pytest.raises(DatabaseError, match="from review"), transaction.atomic():
        Edition.objects.update(state="published", published_by=paul)
    with pytest.raises(DatabaseError, match="from review"), transaction.atomic():
        Edition.objects.create(
            rubric="tiny", edition="3", digest="sha256:3", content={}, state="published",
            proposed_by=ruth, published_by=paul,
        )  # fmt: skip


# --- editions that come sealed with the code -------------------------------------------------------------------------


def sealed_folder(tmp_path: Path, rubric: str, cases: str = CASES) -> str:
    from indicators.rubric.digest import seal
    from indicators.rubric.loader import load_edition

    tmp_path.mkdir(exist_ok=True)
    (tmp_path / "rubric.yaml").write_text(rubric, encoding="utf-8")
    (tmp_path / "cases.yaml").write_text(cases, encoding="utf-8")
    seal(tmp_path, load_edition(tmp_path).digest)
    return str(tmp_path)


def test_a_sealed_folder_supersedes_the_earlier_edition_and_never_the_later_one(
    published: dict[str, Any], tmp_path: Path
) -> None:
    call_command("load_rubric", sealed_folder(tmp_path / "later", renamed("2026.11")), verbosity=0)
    assert current_edition("tiny").edition == "2026.11"
    assert current_edition("tiny").sealed
    call_command("load_rubric", sealed_folder(tmp_path / "earlier", renamed("2026.9")), verbosity=0)
    assert current_edition("tiny").edition == "2026.11"
    assert {e.edition: e.state for e in Edition.objects.all()} == {
        "2026.9": "superseded", "2026.10": "superseded", "2026.11": "published",
    }  # fmt: skip


def test_a_draft_from_a_folder_is_proposed_and_published_like_any_other(
    api: Api, ruth: Person, paul: Person, run_jobs: RunJobs, tmp_path: Path
) -> None:
    (tmp_path / "rubric.yaml").write_text(RUBRIC, encoding="utf-8")
    (tmp_path / "cases.yaml").write_text(CASES, encoding="utf-8")
    call_command("load_rubric", str(tmp_path), verbosity=0)
    assert code_of(api(ruth).post(f"{TINY}propose/", REASON, format="json")) == (409, "cases_not_run")
    run_jobs()
    body = api(ruth).post(f"{TINY}propose/", REASON, format="json").json()
    answer = api(paul).post(f"{TINY}publish/", {**REASON, "digest": body["digest"]}, format="json")
    assert answer.json()["state"] == "published"
