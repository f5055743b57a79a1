"""The draw of certified cases that are rated anew: of two people, of the certificates in force, repeatable."""

from __future__ import annotations

import datetime as dt
import io
import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

import openpyxl
import pytest
from django.core.exceptions import PermissionDenied
from django.db import IntegrityError, connection, transaction
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.utils import timezone
from rest_framework.test import APIClient

from assessment.models import Assessment, Certificate, RatingDraw
from assessment.services.application.submit import submit
from assessment.services.certificates import life as certificate_life
from assessment.services.decision.decide import decide
from assessment.services.decision.review import review
from assessment.services.desk.draw_reratings import ask_for_draw, draw_cases, to_rate
from assessment.services.evaluation.evaluate import evaluate
from assessment.services.results.score import score_package
from centres.models import Person, Role
from tests.assessment.test_separation import refused
from zhiheng.main import main

pytestmark = pytest.mark.django_db
Make = Callable[..., Person]


@pytest.fixture
def rita(person: Make) -> Person:
    return person("rita", Role.REGISTRAR)


@pytest.fixture
def hana(person: Make) -> Person:
    return person("hana", Role.APPEAL_HANDLER)


@pytest.fixture
def certificate(assessment: Assessment, olu: Person, ana: Person, ravi: Person, deng: Person) -> Certificate:
    score_package(submit(assessment, person=olu))
    evaluate(assessment, person=ana, reason="x")
    review(assessment, person=ravi, reason="x")
    decide(assessment, person=deng, certify=True, reason="x")
    return Certificate.objects.get()


def client(somebody: Person) -> Client:
    made = Client(headers={"Accept-Language": "en"})
    made.force_login(somebody)
    return made


def test_two_people_draw_from_the_certificates_in_force_and_anybody_repeats_it(
    certificate: Certificate, rita: Person, hana: Person, tmp_path: Path, api: Callable[[Person], APIClient]
) -> None:
    made = api(rita).post("/api/v1/reratings/")
    assert (made.status_code, made.json()["record"]) == (201, None)
    assert RatingDraw.objects.get().secret not in made.content.decode()
    door = f"/api/v1/reratings/{made.json()['id']}/draw/"
    alone = api(rita).post(door, {"word": "mine"}, format="json")
    assert (alone.status_code, alone.json()["code"]) == (403, "second_person_needed")
    drawn = api(hana).post(door, {"word": "equinox"}, format="json").json()
    assert drawn["record"]["drawn"] == [certificate.number]
    assert [name["en"] for name in drawn["to_rate"][0]["not_by"]] == ["Ana", "Ravi", "Deng"]
    record, listed = tmp_path / "record.json", tmp_path / "certificates.txt"
    record.write_text(json.dumps(drawn["record"]), encoding="utf-8")
    listed.write_text("\n".join(drawn["certificates"]), encoding="utf-8")
    assert main(["sample", "verify", str(record), str(listed)]) == 0
    again = api(hana).post(door, {"word": "x"}, format="json")
    assert (again.status_code, again.json()["code"]) == (409, "already_committed")


def test_only_the_body_draws_and_only_a_registrar_asks(
    certificate: Certificate, olu: Person, ana: Person, rita: Person, api: Callable[[Person], APIClient]
) -> None:
    assert api(olu).get("/api/v1/reratings/").status_code == 403
    for somebody in (olu, ana):
        with pytest.raises(PermissionDenied):
            ask_for_draw(person=somebody)
    draw = ask_for_draw(person=rita)
    with refused("already_exists"):
        ask_for_draw(person=rita)
    with pytest.raises(PermissionDenied):
        draw_cases(draw, word="x", person=olu)


def test_what_is_not_in_force_is_not_drawn(certificate: Certificate, rita: Person, hana: Person, deng: Person) -> None:
    certificate_life.suspend(certificate, person=deng, reason="x")
    with refused("nothing_in_force"):
        draw_cases(ask_for_draw(person=rita), word="x", person=hana)


def test_what_has_ended_is_not_drawn_before_the_calendar_has_written_it_down(
    certificate: Certificate, rita: Person, hana: Person, monkeypatch: pytest.MonkeyPatch
) -> None:
    draw = ask_for_draw(person=rita)
    today = certificate.valid_until + dt.timedelta(days=1)
    monkeypatch.setattr(timezone, "localdate", lambda *_: today)
    with refused("nothing_in_force"):
        draw_cases(draw, word="x", person=hana)


def test_the_page_asks_draws_and_lists(certificate: Certificate, rita: Person, hana: Person, olu: Person) -> None:
    assert client(olu).get("/reratings/").status_code == 403
    assert "/reratings/" in client(rita).get("/my/").content.decode()
    assert client(rita).post("/reratings/").status_code == 302
    asked = {"draw": str(RatingDraw.objects.get().pk)}
    assert f'name="draw" value="{asked["draw"]}"' in client(hana).get("/reratings/").content.decode()
    assert client(rita).post("/reratings/", asked | {"word": "mine"}).status_code == 422
    assert client(hana).post("/reratings/", asked | {"word": ""}).status_code == 422
    assert client(hana).post("/reratings/", asked | {"word": "equinox"}).status_code == 302
    shown = client(rita).get("/reratings/").content.decode()
    assert certificate.number in shown
    assert "equinox" in shown
    answer = client(rita).get("/reratings/?format=xlsx")
    sheet = openpyxl.load_workbook(io.BytesIO(answer.content)).active
    assert [cell.value for cell in sheet["B"]] == ["Certificate", certificate.number]
    assert "Ana" in sheet["D2"].value


def test_the_page_does_what_was_shown_whatever_is_due_by_now(
    certificate: Certificate, rita: Person, hana: Person, ana: Person
) -> None:
    first = ask_for_draw(person=rita)
    again = client(rita).post("/reratings/")
    assert (again.status_code, again.context["problem"].code) == (422, "already_exists")
    draw_cases(first, word="equinox", person=hana)
    word = {"draw": str(first.pk), "word": "solstice"}
    for somebody in (rita, ana):  # a registrar too asks for no other draw by it
        late = client(somebody).post("/reratings/", word)
        assert (late.status_code, late.context["problem"].code) == (422, "already_committed")
    assert RatingDraw.objects.count() == 1
    second = ask_for_draw(person=rita)
    late = client(ana).post("/reratings/", word)
    assert (late.status_code, late.context["problem"].code) == (422, "already_committed")
    assert f'name="draw" value="{second.pk}"' in late.content.decode(), "the next word is for the draw shown now"
    assert client(ana).post("/reratings/", word | {"draw": "none"}).status_code == 422
    assert "This page is for registrars." in client(ana).post("/reratings/").content.decode()


def test_draws_come_in_pages_with_as_many_queries_as_one(
    certificate: Certificate, rita: Person, hana: Person, api: Callable[[Person], APIClient], monkeypatch: Any
) -> None:
    monkeypatch.setattr("assessment.web.views.reratings.EACH", 2)
    page, listed = client(rita), api(rita)

    def queries(made: Client | APIClient, address: str) -> int:
        with CaptureQueriesContext(connection) as caught:
            assert made.get(address).status_code == 200
        return len(caught)

    def draw_one() -> RatingDraw:
        return draw_cases(ask_for_draw(person=rita), word="x", person=hana)

    doors = ((page, "/reratings/"), (listed, "/api/v1/reratings/"))
    oldest = draw_one()
    queries(*doors[0])  # what is read once for the whole process
    few = [queries(*door) for door in doors]
    newest = [draw_one(), draw_one()]
    assert [queries(*door) for door in doors] == few
    shown = [one["item"] for one in page.get("/reratings/").context["draws"]]
    assert shown == newest[::-1]
    assert [one["item"] for one in page.get("/reratings/?page=2").context["draws"]] == [oldest]
    first = listed.get("/api/v1/reratings/?limit=2").json()
    assert [one["id"] for one in first["results"]] == [str(one.pk) for one in newest[::-1]]
    assert [one["id"] for one in listed.get(first["next"]).json()["results"]] == [str(oldest.pk)]


def test_a_draw_is_kept_by_the_database(certificate: Certificate, rita: Person, hana: Person) -> None:
    draw = ask_for_draw(person=rita)
    with pytest.raises(IntegrityError), transaction.atomic():
        RatingDraw.objects.update(secret="00")
    draw_cases(draw, word="x", person=hana)
    assert [one.certificate for one in to_rate([RatingDraw.objects.get()])[draw.pk]] == [certificate]
    with pytest.raises(IntegrityError), transaction.atomic():
        RatingDraw.objects.update(drawn=[])
