"""Queries per page: a committed table, and the same number whether there are two centres or five.

`ZHIHENG_WRITE_BUDGETS=1` writes the table anew; a page in `GROWING` asks more for more rows, and leaves that list when
it no longer does.
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

from assessment.models import Assessment
from assessment.services.decide import decide
from assessment.services.evaluate import evaluate
from assessment.services.open_assessment import open_assessment
from assessment.services.review import review
from assessment.services.score import score_package
from assessment.services.submit import submit
from centres.models import CentreRole, Membership, Person
from indicators.models import Edition
from tests.assessment.conftest import add_centre, add_evidence

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("measured")]
TABLE = Path(__file__).with_name("query_budgets.json")
SIZES = (2, 5)
# Pages whose queries still grow with their rows: each open case is asked singly who may act on it.
GROWING = frozenset({"my work, owner", "my work, assessor"})


def test_queries_of_a_page_are_as_many_as_the_table_says_whatever_the_number_of_rows(
    edition: Edition, olu: Person, ana: Person, ravi: Person, deng: Person
) -> None:
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
        return Assessment.objects.order_by("created_at")[0]

    case = grow(0, SIZES[0])
    Membership.objects.filter(user=olu).update(role=CentreRole.OWNER)
    asked = _asked(case, olu, ana)
    few = {page: _queries(ask) for page, ask in asked.items()}
    grow(*SIZES)
    many = {page: _queries(ask) for page, ask in asked.items()}
    if os.environ.get("ZHIHENG_WRITE_BUDGETS"):
        TABLE.write_text(json.dumps(few, indent=2, sort_keys=True) + "\n", encoding="utf-8")
    budgets = json.loads(TABLE.read_text(encoding="utf-8"))
    assert {page for page in asked if many[page] > few[page]} == GROWING, {
        page: (few[page], many[page]) for page in asked if many[page] > few[page]
    }
    assert {page: number for page, number in few.items() if number > budgets.get(page, 0)} == {}
    assert set(budgets) == set(asked)


def _asked(case: Assessment, owner: Person, assessor: Person) -> dict[str, Callable[[], object]]:
    centre, number = case.centre.slug, case.certificate.number
    pages = {
        "ranking": (None, reverse("assessment:home")),
        "my work, owner": (owner, reverse("assessment:mine")),
        "my work, assessor": (assessor, reverse("assessment:mine")),
        "centre": (owner, reverse("assessment:centre", args=[centre])),
        "result": (owner, reverse("assessment:result", args=[centre])),
        "tasks": (owner, reverse("assessment:tasks", args=[centre])),
        "case": (assessor, reverse("assessment:assessment", args=[case.pk])),
        "findings": (assessor, reverse("assessment:findings", args=[case.pk])),
        "history": (assessor, reverse("assessment:history", args=[case.pk])),
        "verify": (None, reverse("assessment:verify")),
        "certificate": (None, reverse("assessment:certificate", args=[number])),
        "API centres": (assessor, "/api/v1/centres/?limit=100"),
        "API evidence": (assessor, "/api/v1/evidence/?limit=100"),
        "API assessments": (assessor, "/api/v1/assessments/?limit=100"),
        "API certificates": (None, "/api/v1/certificates/?limit=100"),
        "API rankings": (assessor, "/api/v1/rankings/"),
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
