"""Queries per page: a committed table, and the same number whether there are two centres or five, few rows or more.

`ZHIHENG_WRITE_BUDGETS=1` writes the table anew.
"""

from __future__ import annotations

import json
import os
from collections.abc import Callable
from pathlib import Path

import pytest
from django.core.cache import cache
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.urls import reverse
from rest_framework.test import APIClient

from assessment.models import Assessment, Dispute, Finding, Reminder
from assessment.services.application.open_assessment import open_assessment
from assessment.services.application.submit import submit
from assessment.services.decision.decide import decide
from assessment.services.decision.review import review
from assessment.services.evaluation.evaluate import evaluate
from assessment.services.results.score import score_package
from assessment.services.rules.findings import rules_of_findings
from centres.models import CentreRole, Membership, Person, Role
from indicators.models import Edition
from operations.rules_in_database import install, remove
from tests.assessment.conftest import add_centre, add_evidence, add_rejected

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("measured")]
TABLE = Path(__file__).with_name("query_budgets.json")
SIZES = (2, 5)


@pytest.mark.long
def test_queries_of_a_page_are_as_many_as_the_table_says_whatever_the_number_of_rows(
    edition: Edition, olu: Person, ana: Person, ravi: Person, deng: Person, person: Callable[..., Person]
) -> None:
    rita, hana = person("rita", Role.REGULATOR), person("hana", Role.APPEAL_HANDLER)

    def grow(first: int, last: int) -> Assessment:
        for number in range(first, last):
            centre = add_centre(f"centre-{number}", owner=olu, zh=f"示例 {number}")
            add_evidence(centre, owner=olu, name=f"more-{number}.csv")
            case = open_assessment(centre, edition=edition, person=olu)
            score_package(submit(case, person=olu))
            if number % 2:
                continue  # somebody's work
            evaluate(case, person=ana, reason="agrees")
            review(case, person=ravi, reason="sound")
            decide(case, person=deng, certify=True, reason="met")
        oldest = Assessment.objects.order_by("created_at")[0]
        remove(connection, rules_of_findings())  # put up again below: it has long been decided
        for number in range(first, last):
            add_evidence(oldest.centre, owner=olu, name=f"late-{number}.csv")
            add_rejected(oldest.centre, owner=olu, name=f"train-{number}.log")
            Finding.objects.create(assessment=oldest, severity="observation", statement="x", raised_by=ana)
            said = {"statement": "x", "name": "n", "contact": "c"}
            Dispute.objects.create(assessment=oldest, kind="complaint", lodged_by=olu, **said)
            Reminder.objects.create(centre=oldest.centre, text="x", sent_by=rita)
        install(connection, rules_of_findings())
        return oldest

    case = grow(0, SIZES[0])
    Membership.objects.filter(user=olu).update(role=CentreRole.OWNER)
    people = {"owner": olu, "assessor": ana, "decider": deng, "regulator": rita, "handler": hana}
    asked = _asked(case, people)
    few = {page: _queries(ask) for page, ask in asked.items()}
    grow(*SIZES)
    many = {page: _queries(ask) for page, ask in asked.items()}
    if os.environ.get("ZHIHENG_WRITE_BUDGETS"):
        TABLE.write_text(json.dumps(few, indent=2, sort_keys=True) + "\n", encoding="utf-8")
    budgets = json.loads(TABLE.read_text(encoding="utf-8"))
    assert {page: (few[page], many[page]) for page in asked if many[page] > few[page]} == {}
    assert {page: number for page, number in few.items() if number > budgets.get(page, 0)} == {}
    assert set(budgets) == set(asked)


def _asked(case: Assessment, people: dict[str, Person]) -> dict[str, Callable[[], object]]:
    centre, number = case.centre.slug, case.certificate.number
    file = case.centre.evidence.order_by("received_at")[0]
    owner, assessor, decider, regulator, handler = people.values()
    pages = {
        "ranking": (None, reverse("assessment:home")),
        "ranking, assessor": (assessor, reverse("assessment:home")),
        **{f"my work, {role}": (person, reverse("assessment:mine")) for role, person in people.items()},
        "centre": (owner, reverse("assessment:centre", args=[centre])),
        "centre, assessor": (assessor, reverse("assessment:centre", args=[centre])),
        "result": (owner, reverse("assessment:result", args=[centre])),
        "trace": (owner, reverse("assessment:trace", args=[centre, "GR-1.1"])),
        "tasks": (owner, reverse("assessment:tasks", args=[centre])),
        "months": (owner, reverse("assessment:months", args=[centre])),
        "upload": (owner, reverse("evidence:upload", args=[centre])),
        "evidence": (owner, reverse("evidence:evidence", args=[file.pk])),
        "case": (assessor, reverse("assessment:assessment", args=[case.pk])),
        "minutes": (decider, reverse("assessment:minutes", args=[case.pk])),
        "findings": (assessor, reverse("assessment:findings", args=[case.pk])),
        "history": (assessor, reverse("assessment:history", args=[case.pk])),
        "disputes": (handler, reverse("assessment:disputes")),
        "announcements": (None, reverse("assessment:announcements")),
        "board": (regulator, reverse("assessment:board")),
        "board, province": (regulator, reverse("assessment:board_province", args=[case.centre.province])),
        "board, centre": (regulator, reverse("assessment:board_centre", args=[centre])),
        "verify": (None, reverse("assessment:verify")),
        "certificate": (None, reverse("assessment:certificate", args=[number])),
        "evidence as xlsx": (owner, f"{reverse('assessment:centre', args=[centre])}?format=xlsx"),
        "ranking as xlsx": (None, f"{reverse('assessment:home')}?format=xlsx"),
        "register as xlsx": (None, f"{reverse('assessment:verify')}?format=xlsx"),
        **{
            f"{page} as xlsx": (person, f"{reverse(f'assessment:{page}', args=args)}?format=xlsx")
            for page, person, args in (
                ("mine", assessor, []),
                ("findings", assessor, [case.pk]),
                ("history", assessor, [case.pk]),
                ("disputes", handler, []),
                ("announcements", None, []),
                ("board", regulator, []),
                ("tasks", owner, [centre]),
                ("months", owner, [centre]),
                ("result", owner, [centre]),
            )
        },
        "minutes as docx": (decider, f"{reverse('assessment:minutes', args=[case.pk])}?format=docx"),
        "report as docx": (assessor, f"{reverse('assessment:assessment', args=[case.pk])}?format=docx"),
        "API centres": (assessor, "/api/v1/centres/?limit=100"),
        "API evidence": (assessor, "/api/v1/evidence/?limit=100"),
        "API assessments": (assessor, "/api/v1/assessments/?limit=100"),
        "API certificates": (None, "/api/v1/certificates/?limit=100"),
        "API rankings": (assessor, "/api/v1/rankings/"),
        "API board": (regulator, "/api/v1/board/"),
    }
    return {page: _ask(person, address) for page, (person, address) in pages.items()}


def _ask(person: Person | None, address: str) -> Callable[[], object]:
    client = APIClient() if address.startswith("/api/") else Client()
    if person is not None:
        sign_in = client.force_authenticate if isinstance(client, APIClient) else client.force_login
        sign_in(person)

    def ask() -> object:
        answer = client.get(address)
        assert answer.status_code == 200, (address, answer.status_code, answer.content[:300])
        return answer

    return ask


def _queries(ask: Callable[[], object]) -> int:
    ask()  # what is read once for the whole process
    cache.clear()
    with CaptureQueriesContext(
        connection,
    ) as caught:
        ask()
    return len(caught)
