"""What was read of a file and what a package holds stay as they were: past the services, on whichever database."""

from __future__ import annotations

import datetime as dt
from typing import Any

import pytest
from django.utils import timezone

from assessment.models import AssessedEvidence, Assessment, SubmissionReceipt
from assessment.services.application.admit import return_application, take_up
from assessment.services.application.open_assessment import open_assessment
from assessment.services.application.submit import submit
from centres.models import Centre, Person
from evidence.models import Evidence, ObservationTable
from indicators.models import Edition
from tests.assessment.conftest import add_centre, add_evidence
from tests.assessment.kept import refuses

pytestmark = [pytest.mark.django_db, pytest.mark.torture("T37")]


@pytest.fixture
def read(centre: Centre, olu: Person) -> Evidence:
    """Accepted, with a table of nine rows whose months were not counted yet."""
    evidence = add_evidence(centre, owner=olu, name="jobs.csv", state="parsing")
    ObservationTable.objects.create(**_table(evidence))
    Evidence.objects.filter(pk=evidence.pk).update(state="accepted")
    return Evidence.objects.get(pk=evidence.pk)


def test_evidence_is_the_file_that_was_handed_in(read: Evidence, ana: Person) -> None:
    for change in (
        *({"uploaded_by": ana}, {"timezone": "UTC"}, {"declared_encoding": "gb18030"}, {"declared_format": "sus"}),
        *({"received_at": timezone.now() - dt.timedelta(days=400)}, {"rereads": read}),
    ):
        refuses(lambda change=change: Evidence.objects.update(**change))
    assert Evidence.objects.update(name="meters (1).csv")


def test_what_was_read_of_a_file_changes_no_more(read: Evidence) -> None:
    for change in (
        *({"facts": {"power": "1"}}, {"runs": [{}]}, {"issues": [{}]}, {"issue_counts": {"gap": 9}}),
        *({"coverage": {"read": 1}}, {"parser": "meters/9"}, {"format": "sus"}, {"problem": {"code": "x"}}),
    ):
        refuses(lambda change=change: Evidence.objects.update(**change))


def test_accepted_evidence_is_neither_rejected_nor_read_again(read: Evidence) -> None:
    for state in ("received", "parsing", "rejected", "unreadable", "withdrawn"):
        refuses(lambda state=state: Evidence.objects.update(state=state))
    assert Evidence.objects.update(state="superseded")  # by a newer version, and no more where that one is told apart
    assert Evidence.objects.update(state="accepted")


def test_a_table_is_what_was_read_from_its_file(read: Evidence) -> None:
    refuses(lambda: ObservationTable.objects.create(**_table(read) | {"kind": "nodes"}))
    for change in ({"rows": 8}, {"key": "tables/y"}, {"kind": "nodes"}):
        refuses(lambda change=change: ObservationTable.objects.update(**change))
    assert ObservationTable.objects.update(months={"2025-04": 9})  # counted later, and once
    refuses(lambda: ObservationTable.objects.update(months={"2025-05": 9}))


def test_no_file_is_put_into_a_package_that_was_handed_in(assessment: Assessment, olu: Person) -> None:
    case = submit(assessment, person=olu)
    late = add_evidence(case.centre, owner=olu, name="late.csv")
    for submission in (1, 2):
        refuses(lambda submission=submission: AssessedEvidence.objects.create(**_of(case, late, submission)))


def test_an_application_that_was_returned_is_frozen_anew(
    settings: Any, centre: Centre, edition: Edition, measured: dict[str, str], olu: Person, rita: Person
) -> None:
    settings.SCHEME_EXPRESS = False
    case = open_assessment(centre, edition=edition, person=olu)
    return_application(take_up(submit(case, person=olu), person=rita, reason="x"), person=rita, reason="the meters")
    late = add_evidence(case.centre, owner=olu, name="late.csv")
    refuses(lambda: AssessedEvidence.objects.create(**_of(case, late, 1)))
    assert submit(case, person=olu).package.filter(submission=2).count() == 2


def test_a_package_names_files_of_its_centre_as_they_were_read(
    assessment: Assessment, read: Evidence, olu: Person, zoe: Person
) -> None:
    foreign = Evidence.objects.get(centre=add_centre("demo-elsewhere", owner=zoe))
    said = _of(assessment, read, 1)
    for change in ({"evidence": foreign}, {"digest": foreign.digest}, {"parser": "meters/9"}):
        refuses(lambda change=change: AssessedEvidence.objects.create(**said | change))
    unread = add_evidence(assessment.centre, owner=olu, name="late.csv", state="parsing")
    refuses(lambda: AssessedEvidence.objects.create(**_of(assessment, unread, 1)))
    assert AssessedEvidence.objects.create(**said)


def test_there_is_no_receipt_but_of_what_is_handed_in(assessment: Assessment, olu: Person) -> None:
    receipt = submit(assessment, person=olu).receipts.get()
    said = {field.attname: getattr(receipt, field.attname) for field in SubmissionReceipt._meta.concrete_fields}
    refuses(lambda: SubmissionReceipt.objects.create(**said | {"id": None, "submission": 2}))


def test_a_submission_is_counted_once(assessment: Assessment, olu: Person) -> None:
    for count in (1, 7):
        refuses(lambda count=count: Assessment.objects.update(submissions=count))
    submit(assessment, person=olu)
    for count in (0, 2):
        refuses(lambda count=count: Assessment.objects.update(submissions=count))


def _table(evidence: Evidence) -> dict[str, Any]:
    return {"evidence": evidence, "kind": "jobs", "rows": 9, "key": "tables/x", "months": None}


def _of(case: Assessment, evidence: Evidence, submission: int) -> dict[str, Any]:
    read = {"evidence": evidence, "digest": evidence.digest, "parser": evidence.parser}
    return {"assessment": case, "submission": submission} | read
