"""What waits for somebody among many cases is what each case alone says, asked with a bounded number of queries."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Any

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from assessment.models import Assessment, AssessmentState
from assessment.selectors import open_cases
from assessment.services.application.open_assessment import open_assessment
from assessment.services.application.submit import submit
from assessment.services.certificates.surveillance_due import SOON
from assessment.services.chain.transitions import open_acts, open_acts_among
from assessment.services.decision.decide import decide
from assessment.services.decision.review import review
from assessment.services.evaluation.evaluate import evaluate
from assessment.services.results.score import score_package
from centres.models import Centre, Person, Role
from centres.selectors import visible_centres
from centres.services.declare_interests import declare_interests
from indicators.models import Edition
from operations.http import pages
from tests.assessment.conftest import add_centre
from tests.assessment.kept import let_days_be

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("measured")]


@pytest.fixture
def cases(edition: Edition, olu: Person, ana: Person, ravi: Person, settings: Any) -> list[Assessment]:
    """A draft, one submitted, one evaluated, one reviewed, and one in each procedure."""
    found = []
    for number, steps in enumerate((0, 1, 2, 3, 1)):
        settings.SCHEME_EXPRESS = number < 4
        found.append(brought(add_centre(f"centre-{number}", owner=olu), edition, [olu, olu, ana, ravi], steps=steps))
    return found


def brought(centre: Centre, edition: Edition, people: Sequence[Person], *, steps: int) -> Assessment:
    """A case of this centre, opened by the first of the people and brought so many steps on by the next ones.

    With all its steps it is certified, and its surveillance comes up.
    """
    case = open_assessment(centre, edition=edition, person=people[0])
    if steps > 0:
        score_package(submit(case, person=people[1]))
    if steps > 1:
        evaluate(case, person=people[2], reason="agrees")
    if steps > 2:
        review(case, person=people[3], reason="sound")
    if steps > 3:
        decide(case, person=people[4], certify=True, reason="sound")
        let_days_be(surveillance_due_on=timezone.localdate() + SOON)
    return case


def test_many_cases_asked_together_say_what_each_says_alone(
    cases: list[Assessment], olu: Person, ana: Person, ravi: Person, deng: Person, person: Callable[..., Person]
) -> None:
    declare_interests(cases[1].centre, person=ana, conflict=True, statement="I advised them.")
    everybody = [olu, ana, ravi, deng, person("rea", Role.REGISTRAR), person("ada", Role.ADMINISTRATOR)]
    waiting = 0
    for somebody in everybody:
        own = list(open_cases(visible_centres(somebody)))
        alone = {case.pk: acts for case in own if (acts := open_acts(case, person=somebody))}
        assert open_acts_among(own, person=somebody) == alone
        waiting += len(alone)
    assert waiting >= len(everybody)


def test_what_waits_comes_first_and_the_rest_on_later_pages(
    cases: list[Assessment], ravi: Person, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(pages.page_of, "__kwdefaults__", {"each": 2})
    client = Client()
    client.force_login(ravi)
    evaluated = Assessment.objects.get(state=AssessmentState.EVALUATED).centre.slug
    shown = [client.get("/my/", {"page": number}).context["centres"] for number in (1, 2, 3)]
    assert [len(rows) for rows in shown] == [2, 2, 1]
    assert shown[0][0]["address"] == f"/centres/{evaluated}/"
    assert [row["task"] is None for rows in shown for row in rows] == [False, True, True, True, True]
    assert client.get("/my/", {"page": "x"}).context["page"].number == 1
    assert client.get("/my/", {"page": "9" * 40}).context["page"].number == 3


def test_an_application_that_may_be_withdrawn_does_not_wait_for_it(cases: list[Assessment], olu: Person) -> None:
    client = Client()
    client.force_login(olu)
    tasks = {row["address"]: row["task"] for row in client.get("/my/").context["centres"]}
    states = {f"/centres/{case.centre.slug}/": Assessment.objects.get(pk=case.pk).state for case in cases}
    assert {states[address] for address, task in tasks.items() if task is not None} == {AssessmentState.DRAFT}


@pytest.mark.long
def test_my_work_asks_as_much_of_many_cases_as_of_one(
    edition: Edition, olu: Person, ana: Person, ravi: Person, deng: Person, person: Callable[..., Person]
) -> None:
    def asked(somebody: Person) -> list[str]:
        client = Client()
        client.force_login(somebody)
        client.get("/my/")
        with CaptureQueriesContext(connection) as caught:
            client.get("/my/")
        return [query["sql"] for query in caught]

    rea = person("rea", Role.REGISTRAR)
    for steps in range(5):
        brought(add_centre(f"first-{steps}", owner=olu), edition, (olu, olu, ana, ravi, deng), steps=steps)
    everybody = (olu, ana, ravi, deng, rea)
    few = {somebody.username: len(asked(somebody)) for somebody in everybody}
    for steps in (0, 1, 2, 3, 4) * 2:
        centre = add_centre(f"more-{steps}-{Assessment.objects.count()}", owner=olu)
        brought(centre, edition, (olu, olu, ana, ravi, deng), steps=steps)
    assert {somebody.username: len(asked(somebody)) for somebody in everybody} == few
