"""A site visit by forms: scheduled, written down, closed; by an assessor, and read inside the case alone."""

from __future__ import annotations

import html
import json
import re
from collections.abc import Callable
from typing import Any

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client

from assessment.models import Assessment, SiteVisit
from assessment.services.evaluation.evaluate import evaluate
from centres.models import Person, Role
from tests.assessment.test_casework import meeting
from tests.assessment.web.test_results import as_person, submitted  # noqa: F401  (fixtures)

Visit = Callable[..., Client]
pytestmark = pytest.mark.django_db
DAY = {"begins_on": "2026-11-20", "ends_on": "2026-11-20", "place": "2 号机房", "agenda": "巡查"}
METER = {
    "meter": "M-IN", "place": "room 1", "read_at": "2026-11-20T10:00:00+08:00", "reading": "8123.4", "unit": "kWh",
    "as_declared": True,
}  # fmt: skip


def words(page: Any) -> str:
    return html.unescape(re.sub(r"<[^>]+>", " ", page.content.decode()))


def paper(record: object) -> SimpleUploadedFile:
    return SimpleUploadedFile("record.json", json.dumps(record).encode())


@pytest.fixture
def visit(submitted: Assessment, ana: Person, as_person: Visit) -> SiteVisit:  # noqa: F811  (the fixture)
    assert as_person(ana).post(f"/assessments/{submitted.pk}/visits/", DAY).status_code == 302
    return SiteVisit.objects.get()


def test_the_record_of_a_visit_stays_as_it_was_reviewed(
    visit: SiteVisit, ana: Person, as_person: Visit  # noqa: F811  (the fixture)
) -> None:  # fmt: skip
    evaluate(visit.assessment, person=ana, reason="x")
    late = as_person(ana).post(f"/visits/{visit.pk}/", {"file": paper({"opening": meeting(9)}), "version": 1})
    assert late.status_code == 422
    visit.refresh_from_db()
    assert visit.version == 1


def test_a_visit_is_scheduled_written_down_and_closed(
    visit: SiteVisit, ana: Person, olu: Person, as_person: Visit  # noqa: F811  (the fixture)
) -> None:  # fmt: skip
    door = f"/visits/{visit.pk}/"
    assert "2 号机房" in words(as_person(olu).get(f"/assessments/{visit.assessment_id}/visits/"))
    early = as_person(ana).get(door)
    assert early.status_code == 200
    assert "首次会议" in words(early)
    assert 'value="close"' not in early.content.decode()
    assert as_person(ana).post(door, {"act": "close", "version": 1}).status_code == 422
    record = {"opening": meeting(9), "closing": meeting(17), "meters": [METER], "no_sample": "sealed racks"}
    record["no_witnessed_test"] = "no time was free"
    assert as_person(ana).post(door, {"file": paper(record), "version": 1}).status_code == 302
    seen = words(as_person(olu).get(door))
    assert "8123.4" in seen
    assert "no time was free" in seen
    late = as_person(ana).post(door, {"file": paper({}), "version": 1})
    assert late.status_code == 422
    assert 'value="close"' in as_person(ana).get(door).content.decode()
    assert as_person(ana).post(door, {"act": "close", "version": 1}).status_code == 422
    assert as_person(ana).post(door, {"act": "close", "version": 2}).status_code == 302
    visit.refresh_from_db()
    assert visit.closed_at is not None
    assert visit.record["meters"][0]["reading"] == "8123.4"


@pytest.mark.parametrize("content", [b"{", b'{"photos": []}', b""])
def test_a_record_that_cannot_be_is_refused_and_nothing_is_written(
    visit: SiteVisit, ana: Person, as_person: Visit, content: bytes  # noqa: F811  (the fixture)
) -> None:  # fmt: skip
    given = {"file": SimpleUploadedFile("record.json", content), "version": 1}
    answer = as_person(ana).post(f"/visits/{visit.pk}/", given)
    assert answer.status_code == 422
    assert "error-summary" in answer.content.decode()
    visit.refresh_from_db()
    assert visit.record == {}


def test_a_visit_that_ends_before_it_begins_is_refused_with_what_was_typed(
    submitted: Assessment, ana: Person, as_person: Visit  # noqa: F811  (the fixture)
) -> None:  # fmt: skip
    answer = as_person(ana).post(f"/assessments/{submitted.pk}/visits/", DAY | {"ends_on": "2026-11-19"})
    assert answer.status_code == 422
    assert "结束日期早于开始日期" in words(answer)
    # By its label, not by the name programs use.
    assert "结束日期：结束日期早于开始日期" in words(answer).replace(" ", "")
    assert "巡查" in answer.content.decode()
    assert not SiteVisit.objects.exists()


def test_only_an_assessor_schedules_writes_and_closes(
    visit: SiteVisit, olu: Person, ravi: Person, as_person: Visit  # noqa: F811  (the fixture)
) -> None:  # fmt: skip
    for reader in (olu, ravi):
        assert "<textarea" not in as_person(reader).get(f"/assessments/{visit.assessment_id}/visits/").content.decode()
        assert as_person(reader).post(f"/assessments/{visit.assessment_id}/visits/", DAY).status_code == 403
        assert 'type="file"' not in as_person(reader).get(f"/visits/{visit.pk}/").content.decode()
        assert as_person(reader).post(f"/visits/{visit.pk}/", {"act": "close", "version": 1}).status_code == 403
        assert as_person(reader).post(f"/visits/{visit.pk}/", {"file": paper({}), "version": 1}).status_code == 403
    assert SiteVisit.objects.count() == 1


def test_nobody_outside_the_case_finds_its_visits(
    visit: SiteVisit, zoe: Person, person: Callable[..., Person], as_person: Visit  # noqa: F811  (the fixture)
) -> None:  # fmt: skip
    for stranger in (zoe, person("reg", Role.REGULATOR)):
        for address in (f"/assessments/{visit.assessment_id}/visits/", f"/visits/{visit.pk}/"):
            assert as_person(stranger).get(address).status_code == 404
            assert as_person(stranger).post(address, {"act": "close"}).status_code == 404


def test_pages_of_a_visit_speak_english_alone(visit: SiteVisit, ana: Person, as_person: Visit) -> None:  # noqa: F811  (the fixture)
    for address in (f"/assessments/{visit.assessment_id}/visits/", f"/visits/{visit.pk}/"):
        body = as_person(ana, language="en").get(address).content.decode().split("<main", 1)[1].split("</main>", 1)[0]
        body = re.sub("2 号机房|巡查", "", html.unescape(re.sub(r"<[^>]+>", " ", body)))
        assert not re.search(r"[\u4e00-\u9fff]", body), re.findall(r"[\u4e00-\u9fff]+", body)


@pytest.mark.parametrize("when", ["9999-12-31T23:59:59Z", "0001-01-01T00:00:00+14:00", "2026-11-20T09:00:00+23:59"])
def test_no_record_that_is_taken_keeps_the_pages_of_its_visit_from_opening(
    visit: SiteVisit, ana: Person, as_person: Visit, when: str  # noqa: F811  (the fixture)
) -> None:  # fmt: skip
    client, door = as_person(ana), f"/visits/{visit.pk}/"
    answer = client.post(door, {"file": paper({"opening": meeting(9) | {"held_at": when}}), "version": 1})
    assert answer.status_code == (302 if when.startswith("2026") else 422)
    for address in (door, f"{door}opening/", f"{door}?format=docx"):
        assert client.get(address).status_code == 200


@pytest.mark.parametrize("record", [[], None, {"opening": []}, {"contract": 2}])
def test_what_is_no_record_is_refused_in_the_language_of_the_page(
    visit: SiteVisit, ana: Person, as_person: Visit, record: object  # noqa: F811  (the fixture)
) -> None:  # fmt: skip
    answer = as_person(ana).post(f"/visits/{visit.pk}/", {"file": paper(record), "version": 1})
    assert answer.status_code == 422
    assert "Input should" not in words(answer)
