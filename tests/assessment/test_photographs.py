"""Pictures of a visit: what is one, when and where it was taken, each once and each with the words it was sent with."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client
from rest_framework.test import APIClient

from assessment.models import Assessment, SiteVisit
from assessment.services.visits.pictures import MOST_PIXELS
from assessment.services.visits.site_visit import schedule_visit
from centres.models import Person
from evidence import store
from operations.models import AuditEntry
from tests.assessment.web.test_results import as_person, submitted  # noqa: F401  (fixtures)
from tests.assessment.web.test_visit_pages import words
from tests.assessment.web.test_visit_record_form import ON_SITE
from tests.operations.test_problems import codes, problem
from tests.pictures import jpeg, png

pytestmark = pytest.mark.django_db
Visit = Callable[..., Client]
Api = Callable[[Person], APIClient]
WHEN = "2026-11-20T10:05:00+08:00"
TOLD = {"shows": "rack 7", "taken_at": WHEN, "zone": "Asia/Shanghai", "place": "Hall 2"}
TYPED = {"shows": "rack 7", "taken_at": "2026-11-20 10:05", "place": "Hall 2"}


@pytest.fixture
def visit(submitted: Assessment, ana: Person) -> SiteVisit:  # noqa: F811  (the fixture)
    return schedule_visit(submitted, person=ana, **ON_SITE)


@pytest.fixture
def nothing_kept(monkeypatch: pytest.MonkeyPatch) -> None:
    """What is refused never comes as far as the store."""

    def kept(file: store.Received) -> str:
        raise AssertionError(file)

    monkeypatch.setattr(store, "keep", kept)


def file(content: bytes) -> SimpleUploadedFile:
    return SimpleUploadedFile("hall.png", content)


def send(client: APIClient, visit: SiteVisit, content: bytes, **told: Any) -> Any:
    given = TOLD | told | {"file": file(content)}
    return client.post(f"/api/v1/visits/{visit.pk}/photographs/", given, format="multipart")


@pytest.mark.usefixtures("nothing_kept")
@pytest.mark.parametrize("when", ["0001-01-01T00:00:00+14:00", "9999-12-31T23:59:59-14:00", "1969-12-31T09:00:00Z"])
def test_a_picture_of_another_age_is_refused_at_its_time(visit: SiteVisit, ana: Person, api: Api, when: str) -> None:
    refused = problem(send(api(ana), visit, png(), taken_at=when), 400, "day_out_of_range")
    assert codes(refused) == {"taken_at": "day_out_of_range"}


@pytest.mark.usefixtures("nothing_kept")
@pytest.mark.parametrize("when", ["0001-01-01 00:00", "9999-12-31 23:59", "9999-12-31 23:59-14:00"])
def test_the_page_of_pictures_refuses_another_age_and_keeps_the_words(
    visit: SiteVisit, ana: Person, as_person: Visit, when: str  # noqa: F811  (the fixture)
) -> None:  # fmt: skip
    answer = as_person(ana).post(f"/visits/{visit.pk}/pictures/", TYPED | {"taken_at": when, "file": file(png())})
    assert (answer.status_code, "1970 至 2199" in words(answer)) == (422, True)
    assert f'value="{when}"' in answer.content.decode()


@pytest.mark.usefixtures("nothing_kept")
@pytest.mark.parametrize("when", ["2026-11-20T09:30:00", "0001-01-01T00:00:00", "2026-11-20"])
@pytest.mark.parametrize("zone", ["America/New_York", "Asia/Shanghai"])
def test_a_time_without_its_offset_is_asked_about_and_never_placed_by_guess(
    visit: SiteVisit, ana: Person, api: Api, when: str, zone: str
) -> None:
    refused = problem(send(api(ana), visit, png(), taken_at=when, zone=zone), 400, "offset_missing")
    assert codes(refused) == {"taken_at": "offset_missing"}


def test_a_picture_sent_twice_is_one_picture_and_one_entry(visit: SiteVisit, ana: Person, api: Api) -> None:
    assert [send(api(ana), visit, jpeg()).status_code for _time in range(2)] == [201, 201]
    assert visit.photographs.get().media_type == "image/jpeg"
    assert AuditEntry.objects.filter(act="visit.photograph").count() == 1


@pytest.mark.parametrize("other", [{"shows": "rack 8"}, {"place": "Hall 3"}, {"taken_at": "2026-11-20T10:06:00+08:00"}])
def test_a_picture_that_is_there_with_other_words_is_refused_and_says_as_what(
    visit: SiteVisit, ana: Person, api: Api, other: dict[str, str]
) -> None:
    assert send(api(ana), visit, png()).status_code == 201
    refused = problem(send(api(ana), visit, png(), **other), 409, "already_exists")
    assert codes(refused) == {"file": "already_exists"}
    assert "“rack 7”, Hall 2, 2026-11-20 10:05+08:00" in refused["errors"][0]["message"]["en"]
    assert visit.photographs.get().shows == "rack 7"


def test_the_page_of_pictures_never_says_saved_of_words_it_drops(
    visit: SiteVisit, ana: Person, as_person: Visit  # noqa: F811  (the fixture)
) -> None:  # fmt: skip
    client, address = as_person(ana), f"/visits/{visit.pk}/pictures/"
    assert client.post(address, TYPED | {"file": file(png())}).status_code == 302
    again = client.post(address, TYPED | {"shows": "rack 8", "file": file(png())})
    assert (again.status_code, "这张照片已经在此" in words(again)) == (422, True)
    assert 'value="rack 8"' in again.content.decode()


@pytest.mark.usefixtures("nothing_kept")
@pytest.mark.parametrize("name", ["shows", "taken_at", "zone", "place", "file"])
def test_a_field_sent_twice_is_named_and_neither_is_taken(visit: SiteVisit, ana: Person, api: Api, name: str) -> None:
    given: dict[str, Any] = TOLD | {"file": file(png())}
    given[name] = [given[name], file(jpeg()) if name == "file" else "b"]
    answer = api(ana).post(f"/api/v1/visits/{visit.pk}/photographs/", given, format="multipart")
    assert codes(problem(answer, 400, "repeated_field")) == {name: "repeated_field"}


@pytest.mark.usefixtures("nothing_kept")
def test_a_name_that_is_a_text_and_a_file_is_sent_twice(visit: SiteVisit, ana: Person, api: Api) -> None:
    given = TOLD | {"file": ["text", file(png())]}
    answer = api(ana).post(f"/api/v1/visits/{visit.pk}/photographs/", given, format="multipart")
    assert codes(problem(answer, 400, "repeated_field")) == {"file": "repeated_field"}


@pytest.mark.usefixtures("nothing_kept")
@pytest.mark.parametrize(
    "content", [b"\xff\xd8\xff", b"\x89PNG\r\n\x1a\n", b"\xff\xd8\xff<script>", b"GIF89a", png()[:-1], jpeg()[:-1]]
)
def test_what_only_begins_like_a_picture_is_refused(visit: SiteVisit, ana: Person, api: Api, content: bytes) -> None:
    refused = problem(send(api(ana), visit, content), 400, "not_a_picture")
    assert codes(refused) == {"file": "not_a_picture"}


@pytest.mark.usefixtures("nothing_kept")
@pytest.mark.parametrize("make", [png, jpeg])
def test_a_picture_beyond_the_budget_of_pixels_is_refused(
    visit: SiteVisit, ana: Person, api: Api, make: Callable[[int, int], bytes]
) -> None:
    refused = problem(send(api(ana), visit, make(40_001, 1000)), 400, "too_many_pixels")
    assert "40001 × 1000" in refused["errors"][0]["message"]["zh"]


def test_a_picture_of_just_the_budget_of_pixels_is_kept(visit: SiteVisit, ana: Person, api: Api) -> None:
    assert send(api(ana), visit, jpeg(MOST_PIXELS // 1000, 1000)).status_code == 201
