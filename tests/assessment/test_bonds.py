"""Who worked for a centre or handed in for it judges none of its cases for two years, with whichever account."""

from __future__ import annotations

import datetime as dt
import importlib
from collections.abc import Callable
from typing import Any

import pytest
from django.apps import apps
from django.db import IntegrityError, connection, transaction
from django.utils import timezone

from assessment.models import Act, Assessment, CasePart, Part
from assessment.services.application.submit import submit
from assessment.services.chain.bonds import bonds_of
from assessment.services.chain.independence import INDEPENDENT
from assessment.services.chain.separation import obstacle
from assessment.services.decision.decide import decide
from assessment.services.decision.review import review
from assessment.services.evaluation.evaluate import evaluate
from assessment.services.evaluation.plan_evaluation import assign
from assessment.services.results.score import score_package
from centres.models import Centre, CentreRole, FormerMembership, Membership, Person, ProfileVersion, Role
from centres.selectors import current_profile
from centres.services.declare_interests import COOLING_OFF, declare_interests
from centres.services.join_centre import join_centre, leave_centre
from centres.services.link_accounts import link_accounts
from core.errors import DecisionBlocked
from operations import audit
from tests.assessment.conftest import PILLARS, add_centre, add_evidence
from tests.operations.triggers import without_rule

pytestmark = [pytest.mark.django_db, pytest.mark.torture("T37")]
Make = Callable[..., Person]
Bind = Callable[[Person, Centre, dt.datetime], None]


def worked(person: Person, centre: Centre, until: dt.datetime) -> None:
    FormerMembership.objects.create(user=person, centre=centre, role=CentreRole.ENGINEER, left_at=until)


def uploaded(person: Person, centre: Centre, at: dt.datetime) -> None:
    made = add_evidence(centre, owner=person, name=f"{person.username}.csv")
    with without_rule("evidence_stays_the_file_it_was"):
        type(made).objects.filter(pk=made.pk).update(received_at=at)


def saved_the_profile(person: Person, centre: Centre, at: dt.datetime) -> None:
    before = current_profile(centre)
    assert before is not None
    made = ProfileVersion.objects.create(centre=centre, content=before.content, digest=before.digest, created_by=person)
    with without_rule("centres_profileversion_is_kept"):
        ProfileVersion.objects.filter(pk=made.pk).update(created_at=at)


every_bond = pytest.mark.parametrize("bind", [worked, uploaded, saved_the_profile])


def refused(*said: str) -> Any:
    def tells(error: DecisionBlocked) -> bool:
        return error.code == "separation_of_duties" and all(one in str(error) for one in said)

    return pytest.RaisesExc(DecisionBlocked, check=tells)


def enters(case: Assessment, person: Person, part: Part) -> None:
    with transaction.atomic():
        CasePart.objects.create(assessment=case, person=person, natural_person=person.natural_person, part=part)


def test_who_made_the_package_and_left_the_same_day_is_not_assigned_to_judge_it(
    assigned: Assessment, centre: Centre, cai: Person, ada: Person, rita: Person
) -> None:
    join_centre(cai, centre=centre, role=CentreRole.ENGINEER)
    saved_the_profile(cai, centre, timezone.now())
    add_evidence(centre, owner=cai, name="theirs.csv")
    leave_centre(cai.memberships.get(), person=ada)
    declare_interests(centre, person=cai, conflict=False, statement="none any more")
    today = timezone.localdate()
    with refused(today.isoformat(), (today + COOLING_OFF).isoformat()):
        assign(assigned, assessor=cai, pillars=PILLARS, person=rita)


@every_bond
def test_nobody_bound_to_the_centre_evaluates_reviews_or_decides(
    assessment: Assessment, centre: Centre, olu: Person, ana: Person, ravi: Person, deng: Person, cai: Person,
    person: Make, bind: Bind,
) -> None:  # fmt: skip
    score_package(submit(assessment, person=olu))
    at = timezone.now() - dt.timedelta(days=400)
    reviewer, decider = person("rex", Role.REVIEWER), person("dora", Role.DECIDER)
    for one in (cai, reviewer, decider):
        bind(one, centre, at)
    with refused():
        evaluate(assessment, person=cai, reason="x")
    evaluate(assessment, person=ana, reason="x")
    with refused():
        review(assessment, person=reviewer, reason="x")
    review(assessment, person=ravi, reason="x")
    with refused():
        decide(assessment, person=decider, certify=True, reason="x")
    assert decide(assessment, person=deng, certify=True, reason="x").state == "certified"


@every_bond
def test_a_bond_ends_after_two_years(assessment: Assessment, centre: Centre, ana: Person, bind: Bind) -> None:
    last = timezone.now() - COOLING_OFF
    bind(ana, centre, last)
    found = obstacle(assessment, person=ana, part=Part.ASSESSOR)
    assert found is not None
    assert found.message.en.endswith(f"last on {timezone.localdate(last)}, judges none of its cases up to and "
                                     f"including {timezone.localdate()}.")  # fmt: skip
    assert obstacle(assessment, person=ana, part=Part.ASSESSOR, on=timezone.localdate() + dt.timedelta(days=1)) is None


@every_bond
def test_a_bond_to_one_centre_is_none_to_another(assessment: Assessment, zoe: Person, ana: Person, bind: Bind) -> None:
    bind(ana, add_centre("demo-elsewhere", owner=zoe), timezone.now())
    assert obstacle(assessment, person=ana, part=Part.ASSESSOR) is None


@every_bond
@pytest.mark.parametrize("part", INDEPENDENT)
def test_the_database_enters_nobody_bound_to_the_centre(
    assessment: Assessment, centre: Centre, ana: Person, bind: Bind, part: Part
) -> None:
    bind(ana, centre, timezone.now() - COOLING_OFF + dt.timedelta(hours=1))
    with pytest.raises(IntegrityError):
        enters(assessment, ana, part)


@every_bond
def test_the_database_enters_them_two_years_later(
    assessment: Assessment, centre: Centre, ana: Person, bind: Bind
) -> None:
    bind(ana, centre, timezone.now() - COOLING_OFF - dt.timedelta(hours=1))
    enters(assessment, ana, Part.ASSESSOR)


@every_bond
def test_the_database_lets_nobody_act_who_was_bound_meanwhile(
    assessment: Assessment, centre: Centre, olu: Person, ana: Person, bind: Bind
) -> None:
    score_package(submit(assessment, person=olu))
    enters(assessment, ana, Part.ASSESSOR)
    bind(ana, centre, timezone.now())
    with pytest.raises(IntegrityError, match="bound to the centre"), transaction.atomic():
        Act.objects.create(
            assessment=assessment, act="evaluate", from_state="submitted", to_state="evaluated", part="assessor",
            person=ana,
        )  # fmt: skip
    with refused():
        evaluate(assessment, person=ana, reason="x")


@every_bond
def test_every_account_of_somebody_bound_is(
    assessment: Assessment, centre: Centre, olu: Person, ana: Person, ada: Person, person: Make, bind: Bind
) -> None:
    score_package(submit(assessment, person=olu))
    engineer = person("engineer")
    bind(engineer, centre, timezone.now())
    link_accounts(ana, to=engineer, reason="same passport", person=ada)
    ana = Person.objects.get(pk=ana.pk)
    with refused():
        evaluate(assessment, person=ana, reason="x")
    with pytest.raises(IntegrityError):
        enters(assessment, ana, Part.ASSESSOR)


@every_bond
def test_somebody_bound_is_not_linked_to_who_judges_already(
    assessment: Assessment, centre: Centre, olu: Person, ana: Person, ada: Person, person: Make, bind: Bind
) -> None:
    score_package(submit(assessment, person=olu))
    evaluate(assessment, person=ana, reason="x")
    engineer = person("engineer")
    bind(engineer, centre, timezone.now())
    for account, to in ((engineer, ana), (ana, engineer)):
        with refused():
            link_accounts(account, to=to, reason="x", person=ada)


def test_whoever_ends_a_membership_and_however_it_is_remembered_until_when(
    centre: Centre, ana: Person, zoe: Person
) -> None:
    other = add_centre("demo-elsewhere", owner=zoe)
    Membership.objects.create(user=ana, centre=centre, role=CentreRole.ENERGY)
    Membership.objects.filter(user=ana).update(centre=other)
    with connection.cursor() as cursor:
        cursor.execute("DELETE FROM centres_membership WHERE user_id = %s", [ana.pk])
    today = timezone.localdate()
    assert bonds_of(ana.natural_person, centre=None, on=today) == {centre.pk: today, other.pk: today}
    assert list(FormerMembership.objects.values_list("centre", "role")) == [(other.pk, "energy"), (centre.pk, "energy")]


def test_who_works_there_again_is_bound_without_an_end(centre: Centre, ana: Person) -> None:
    for role in (CentreRole.ENGINEER, CentreRole.OWNER):
        join_centre(ana, centre=centre, role=role)
    assert bonds_of(ana.natural_person, centre=centre.pk, on=timezone.localdate()) == {centre.pk: None}


def test_who_left_before_such_rows_were_kept_is_told_by_the_log(centre: Centre, ana: Person, ada: Person) -> None:
    migration = importlib.import_module("centres.migrations.0008_who_left_before")
    for name in ("ana", "nobody"):
        left = audit.record(
            actor=ada, act="person.leave", subject=f"centre/{centre.slug}", details={"username": name, "role": "owner"}
        )
    migration.remember(apps, None)
    kept = FormerMembership.objects.get()
    assert (kept.user, kept.centre, kept.role) == (ana, centre, "owner")
    assert kept.left_at <= left.at
