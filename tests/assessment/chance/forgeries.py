"""What somebody with a hand in the database might write past the services; each says how many rows it wrote."""

from __future__ import annotations

import datetime as dt
import uuid
from collections.abc import Callable

from django.db import connection
from django.db.models import Max, Q
from django.utils import timezone

from assessment.models import (
    Act,
    AssessedEvidence,
    Assessment,
    CasePart,
    Certificate,
    Dispute,
    Finding,
    StoredResult,
    Surveillance,
)
from assessment.services.rules.keeping import ADDED, STAYING
from centres.models import Centre, Membership, Person, Role, StaffRole
from evidence.models import Evidence
from tests.assessment.chance.world import World

Forgery = Callable[[Person], int]
_DECIDED = ("announced", "certified", "refused", "stated")
_JUDGES = ("assessor", "reviewer", "decider", "appeal_handler")


def _deleted(table: str) -> Forgery:
    def delete(_: Person) -> int:
        with connection.cursor() as cursor:
            cursor.execute(f"DELETE FROM {table}")  # noqa: S608  (a table of ours)
            return int(cursor.rowcount)

    return delete


def _a_case_at_its_end(forger: Person) -> int:
    Assessment.objects.create(centre=World.centre, edition=World.edition, state="certified", opened_by=forger)
    return 1


def _a_certificate(forger: Person) -> int:
    """Of a case nobody certified, or of another result or decider than was decided."""
    today = timezone.localdate()
    written = 0
    for case in Assessment.objects.filter(certificate=None).exclude(state="certified"):
        Certificate.objects.create(
            number="ZH-2026-9999-X", assessment=case, result_id=World.result, decided_by=forger, issued_on=today,
            valid_until=today + dt.timedelta(days=9000),
        )  # fmt: skip
        written += 1
    return written


def _a_replaced_act(_: Person) -> int:
    """SQLite alone puts a row in place of another one; elsewhere there is nothing to write."""
    last = Act.objects.aggregate(last=Max("pk"))["last"]
    if connection.vendor != "sqlite" or last is None:
        return 0
    columns = [field.column for field in Act._meta.concrete_fields]
    values = ", ".join("'forged'" if column == "reason" else f'"{column}"' for column in columns)
    with connection.cursor() as cursor:
        cursor.execute(
            f"INSERT OR REPLACE INTO assessment_act SELECT {values} FROM assessment_act WHERE id = %s",  # noqa: S608
            [last],
        )
        return int(cursor.rowcount)


def _an_administrator_who_judges(forger: Person) -> int:
    """The forger gets the half they lack."""
    given = set(StaffRole.objects.filter(user__natural_person=forger.natural_person).values_list("role", flat=True))
    if Role.ADMINISTRATOR in given:
        StaffRole.objects.create(user=forger, role=Role.DECIDER)
    elif given.intersection(_JUDGES):
        StaffRole.objects.create(user=forger, role=Role.ADMINISTRATOR)
    else:
        return 0
    return 1


def _a_judge_moved_into_the_centre(forger: Person) -> int:
    judges = CasePart.objects.filter(
        natural_person=forger.natural_person, part__in=("registrar", *_JUDGES), assessment__centre=World.centre
    ).exclude(assessment__state__in=("declined", "certified", "refused", "stated", "discontinued"))
    if not judges.exists():
        return 0
    other, _ = Centre.objects.get_or_create(slug="elsewhere", defaults={"name_zh": "x", "name_en": "x"})
    Membership.objects.create(user=forger, centre=other, role="owner")
    return Membership.objects.filter(user=forger, centre=other).update(centre=World.centre)


def _a_surveillance(forger: Person) -> int:
    made = [
        Surveillance.objects.create(certificate=one, figures=[], made_by=forger) for one in Certificate.objects.all()
    ]
    return len(made)


def _a_file_put_in(_: Person) -> int:
    """That of a draft is still to be handed in."""
    written = 0
    for case in Assessment.objects.exclude(state="draft"):
        for evidence in Evidence.objects.filter(centre=case.centre):
            AssessedEvidence.objects.create(
                assessment=case, submission=case.submissions, evidence=evidence, digest=evidence.digest, parser="x/1"
            )
            written += 1
    return written


FORGERIES: dict[str, Forgery] = {
    **{f"rows of {table} deleted": _deleted(table) for table in (*ADDED, *STAYING)},
    "a case at its end": _a_case_at_its_end,
    "a certificate nobody decided": _a_certificate,
    "an act in place of another": _a_replaced_act,
    "an administrator who judges": _an_administrator_who_judges,
    "a judge moved into the centre": _a_judge_moved_into_the_centre,
    "another result": lambda _: (
        Assessment.objects.filter(state__in=("evaluated", "reviewed", *_DECIDED))
        .exclude(result=None)
        .update(result=None)
    ),
    "another package": lambda _: Assessment.objects.filter(state__in=_DECIDED).update(submissions=7),
    "another decider": lambda forger: (
        Assessment.objects.filter(state__in=_DECIDED)
        .exclude(decider=forger)
        .exclude(decider=None)
        .update(decider=forger)
    ),
    "no decider": lambda _: Assessment.objects.filter(state__in=_DECIDED).exclude(decider=None).update(decider=None),
    "another end of the notice": lambda _: Assessment.objects.filter(state="announced").update(
        notice_until=dt.date(2020, 1, 1)
    ),
    "another term": lambda _: Certificate.objects.update(valid_until=dt.date(2199, 1, 1)),
    "an appeal nobody upheld": lambda _: (
        Certificate.objects.filter(upheld_on=None)
        .exclude(assessment__disputes__kind="appeal", assessment__disputes__state="upheld")
        .update(upheld_on=timezone.localdate())
    ),
    "an upheld appeal forgotten": lambda _: Certificate.objects.exclude(upheld_on=None).update(upheld_on=None),
    **{
        f"another day: {name}": lambda _, name=name: Certificate.objects.update(**{name: dt.date(2199, 1, 1)})
        for name in ("surveillance_due_on", "suspended_on", "withdrawal_on", "issued_on")
    },
    "a surveillance nobody made": _a_surveillance,
    "another name under a certificate": lambda forger: Certificate.objects.exclude(decided_by=forger).update(
        decided_by=forger
    ),
    "another finding": lambda _: Finding.objects.update(statement="forged", severity="observation"),
    "another cause": lambda _: Finding.objects.update(root_cause="forged", corrective_action="forged"),
    "another effect": lambda _: Finding.objects.update(effectiveness="forged"),
    "another complaint": lambda _: Dispute.objects.update(statement="forged"),
    "another answer": lambda _: Dispute.objects.filter(state__in=("upheld", "dismissed")).update(answer="forged"),
    "another handler": lambda forger: (
        Dispute.objects.exclude(handler=forger)
        .filter(~Q(assessment__parts__part="appeal_handler", assessment__parts__person=forger))
        .update(handler=forger)
    ),
    "another human in a part": lambda _: CasePart.objects.update(natural_person=uuid.uuid4()),
    "a longer part": lambda _: CasePart.objects.update(since=timezone.now() - dt.timedelta(days=9000)),
    "another part": lambda _: CasePart.objects.exclude(part="decider").update(part="decider"),
    "an act without a word": lambda _: Act.objects.update(reason="forged"),
    "another reading": lambda _: Evidence.objects.filter(state="accepted").update(facts={"forged": "1"}),
    "a file that counts no more": lambda _: Evidence.objects.filter(state="accepted").update(state="rejected"),
    "a file put into a package": _a_file_put_in,
    "another figure": lambda _: StoredResult.objects.update(score="100"),
}
