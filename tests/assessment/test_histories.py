"""Whatever the audit log speaks of has a history, in words, for whoever may read the thing itself."""

from __future__ import annotations

import ast
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from django.conf import settings
from django.test import Client
from rest_framework.test import APIClient

from assessment.models import Assessment, DisputeKind
from assessment.services import disputes
from assessment.services.application.submit import submit
from assessment.services.histories.history import KINDS, history_of
from assessment.services.histories.words import words_of
from assessment.services.results.score import score_package
from centres.models import Centre, Invitation, Membership, Person, Role
from centres.services.invite import invite
from centres.services.join_centre import leave_centre
from evidence.models import Evidence
from operations import audit
from tests.evidence.files import sus_csv
from tests.factories import Cast, evidence_of, person, staff

APPS = ("assessment", "centres", "evidence", "indicators", "operations")
# What the log speaks of and nobody reads a history of, each with the reason.
WITHOUT = {
    "rating": "blind until two have ruled; the desk shows each its rulings",
    "draw": "its record stands on the page of the draws",
    "people": "a file of accounts that was loaded, and invitations, which have their own",
}
KNOWN = {
    "RankedReport": "report",
    "SiteVisit": "visit",
    "Invitation": "centre",  # where the log writes it down
}
pytestmark = pytest.mark.django_db


def _sources() -> Iterator[ast.AST]:
    for app in APPS:
        for path in Path(settings.BASE_DIR, app).rglob("*.py"):
            yield from ast.walk(ast.parse(path.read_text(encoding="utf-8")))


def _begins(value: ast.expr | None) -> str:
    """The word before the first slash of a subject."""
    if isinstance(value, ast.JoinedStr) and isinstance(value.values[0], ast.Constant):
        return str(value.values[0].value).partition("/")[0]
    return value.value if isinstance(value, ast.Constant) and isinstance(value.value, str) else ""


def _subjects() -> Iterator[str]:
    for node in _sources():
        if isinstance(node, ast.Call) and ast.unparse(node.func) == "audit.record":
            yield from (_begins(one.value) for one in node.keywords if one.arg == "subject")
        if isinstance(node, ast.FunctionDef) and node.name in ("subject", "subject_of"):
            for inner in ast.walk(node):
                yield from map(_begins, (inner.value,) if isinstance(inner, ast.Return) else ())


def _acts() -> Iterator[str]:
    for node in _sources():
        if isinstance(node, ast.Call) and ast.unparse(node.func) == "audit.record":
            given = (one.value for one in node.keywords if one.arg == "act")
            yield from (one.value for one in given if isinstance(one, ast.Constant))


@pytest.mark.long
def test_whatever_the_log_speaks_of_has_a_history() -> None:
    told = {KNOWN.get(model.__name__, model.__name__.lower()) for model in KINDS}
    assert {one for one in _subjects() if one} == told | set(WITHOUT)


def test_every_act_of_the_log_has_words_in_both_languages() -> None:
    acts = {act for act in _acts() if act != "people.loaded"}
    assert len(acts) > 20
    assert {act for act in acts if words_of(act).zh == act} == set()


def test_every_history_has_a_page_and_a_door() -> None:
    from tests.tenancy.routes import routes

    histories = [route.is_api for route in routes() if route.template.endswith("/history/")]
    assert histories.count(True) == histories.count(False) == len(KINDS)


def test_a_person_reads_their_own_history_and_an_administrator_everybodys(cast: Cast) -> None:
    audit.record(actor=cast.ada, act="second_factor.reset", subject="person/olu", reason="lost the phone")
    [entry] = history_of(cast.olu, reader=cast.olu)
    assert (entry.words.en, entry.who.en, entry.reason) == ("second factor reset", "ada", "lost the phone")
    for reader, status in ((cast.olu, 200), (cast.ada, 200), (cast.zoe, 404), (cast.ana, 404)):
        assert _asked(reader, "people/olu/history/") == (status, status)


def test_linked_accounts_are_one_person_in_what_they_read(cast: Cast) -> None:
    Person.objects.filter(pk=cast.zoe.pk).update(natural_person=cast.olu.natural_person)
    assert _asked(Person.objects.get(pk=cast.zoe.pk), "people/olu/history/") == (200, 200)


def test_a_centres_history_is_for_those_who_see_its_work(cast: Cast) -> None:
    assert [one.words.en for one in history_of(cast.centre, reader=cast.olu)] == ["centre entered", "profile saved"]
    assert "其文件和案件各有历史记录" in _page(cast.olu, "/centres/olu-centre/history/")
    for reader, status in ((cast.olu, 200), (cast.ana, 200), (cast.ada, 200), (cast.reg, 404), (cast.zoe, 404)):
        assert _asked(reader, "centres/olu-centre/history/") == (status, status)


def test_a_files_history_tells_who_handed_it_in(cast: Cast) -> None:
    file = evidence_of(cast.centre, cast.olu, sus_csv(3))
    [entry] = history_of(Evidence.objects.get(pk=file.pk), reader=cast.olu)
    assert (entry.words.en, entry.who.en) == ("file received", "olu")
    assert _asked(cast.zoe, f"evidence/{file.pk}/history/") == (404, 404)
    page = _page(cast.olu, f"/evidence/{file.pk}/")
    assert f"/evidence/{file.pk}/history/" in page
    assert "/history/" not in _page(cast.reg, f"/evidence/{file.pk}/")


def test_an_invitations_history_is_its_own_and_no_other_of_the_centre(cast: Cast) -> None:
    first, second = (
        invite(email=f"{name}@example.com", role="energy", person=cast.olu, centre=cast.centre) for name in "ab"
    )
    [sent] = history_of(Invitation.objects.get(pk=first.pk), reader=cast.olu)
    assert (sent.words.en, sent.whom and sent.whom.en) == ("invitation sent", "a@example.com")
    assert _asked(cast.olu, f"invitations/{second.pk}/history/") == (200, 200)
    assert _asked(cast.zoe, f"invitations/{second.pk}/history/") == (404, 404)


def test_a_history_says_whom_an_act_concerned_and_addresses_to_those_alone_who_may_invite(cast: Cast) -> None:
    engineer = Membership.objects.create(user=person("eve"), centre=cast.centre, role="engineer")
    invite(email="a@example.com", role="energy", person=cast.olu, centre=cast.centre)
    leave_centre(engineer, person=cast.olu)
    for reader, address in ((cast.olu, "a@example.com"), (cast.ana, None)):
        *_, sent, left = history_of(cast.centre, reader=reader)
        assert (sent.words.en, sent.whom and sent.whom.en) == ("invitation sent", address)
        assert (left.words.en, left.who.en, left.whom and left.whom.en) == ("work for the centre ended", "olu", "eve")
    api = APIClient()
    api.force_authenticate(cast.olu)
    told = api.get("/api/v1/centres/olu-centre/history/").json()
    assert [one["whom"] for one in told[-2:]] == [
        {"zh": "a@example.com", "en": "a@example.com"},
        {"zh": "eve", "en": "eve"},
    ]
    assert '结束在中心的工作：<span class="break">eve</span>' in _page(cast.olu, "/centres/olu-centre/history/")


def test_whoever_lodged_a_dispute_reads_its_history_and_the_centre_learns_what_came_of_it_alone(
    assessment: Assessment, olu: Person, zoe: Person, person: Callable[..., Person]
) -> None:
    hana = person("hana", Role.APPEAL_HANDLER)
    score_package(submit(assessment, person=olu))
    said = {"statement": "x", "name": "n", "contact": "c"}
    lodged = disputes.lodge(assessment, kind=DisputeKind.COMPLAINT, person=zoe, **said)
    disputes.act_on(lodged, "acknowledge", person=hana, reason="Dear Zoe, we look into it.")
    assert _asked(zoe, f"disputes/{lodged.pk}/history/") == (200, 200)
    assert _asked(olu, f"disputes/{lodged.pk}/history/") == (404, 404)
    told = history_of(Assessment.objects.get(pk=assessment.pk), reader=olu)[-2:]
    assert [(one.words.en, one.who.en) for one in told] == [
        ("complaint received", "whoever lodged it (not named)"),
        ("complaint: acknowledged", "Hana"),
    ]
    assert {(one.reason, one.subject) for one in told} == {("", "dispute")}


def test_an_editions_history_is_for_those_who_see_drafts(cast: Cast, edition: object) -> None:
    author = staff("wen", Role.RUBRIC_AUTHOR)
    for reader, status in ((author, 200), (cast.ada, 200), (cast.olu, 404), (cast.ana, 404)):
        assert _asked(reader, f"rubrics/{edition}/history/", f"editions/{edition}/history/") == (status, status)


def test_each_step_on_the_way_to_a_history_opens_for_its_reader(cast: Cast) -> None:
    second = person("olu2")
    Person.objects.filter(pk=second.pk).update(natural_person=cast.olu.natural_person)
    file = evidence_of(cast.centre, cast.olu, sus_csv(3))
    here, body = (
        invite(email="a@example.com", role=role, person=by, centre=centre)
        for role, by, centre in (("energy", cast.olu, cast.centre), ("reviewer", cast.ada, None))
    )
    for reader, address, steps in (
        (cast.olu, "people/olu", 1),
        (cast.olu, "people/olu2", 0),
        (cast.ada, "people/olu", 2),
        (cast.olu, f"invitations/{here.pk}", 3),
        (cast.ada, f"invitations/{body.pk}", 2),
        (cast.olu, f"evidence/{file.pk}", 4),
        (cast.olu, "centres/olu-centre", 2),
    ):
        client = Client()
        client.force_login(reader)
        way = client.get(f"/{address}/history/").context["crumbs"]
        above = [step["address"] for step in way if step["address"]]
        assert len(above) == steps, address
        assert {client.get(one.partition("#")[0]).status_code for one in above} <= {200}


def test_what_nobody_wrote_down_says_so(cast: Cast) -> None:
    Centre.objects.create(slug="bare", name_zh="空", name_en="Bare", province="贵州")
    assert "审计日志中尚无记录" in _page(cast.ada, "/centres/bare/history/")


def _asked(reader: Person, address: str, door: str = "") -> tuple[int, int]:
    """How page and door answer."""
    page, api = Client(), APIClient()
    page.force_login(reader)
    api.force_authenticate(reader)
    return page.get(f"/{address}").status_code, api.get(f"/api/v1/{door or address}").status_code


def _page(reader: Person, address: str) -> str:
    client = Client()
    client.force_login(reader)
    return client.get(address).content.decode()
