"""What was written, handed in and decided stays as it was: past the services, on whichever database."""

from __future__ import annotations

import datetime as dt
from typing import Any

import pytest
from django.apps import apps
from django.db import connection
from django.utils import timezone

from assessment.models import (
    Act,
    Assessment,
    CasePart,
    Certificate,
    CertificateSeries,
    Dispute,
    DisputeKind,
    Finding,
    RankedReport,
    Severity,
    SiteVisit,
)
from assessment.ranking_selectors import RankingQuery
from assessment.services import disputes
from assessment.services.application.submit import submit
from assessment.services.board.make_report import make_report
from assessment.services.certificates import life as certificate_life
from assessment.services.decision.decide import decide
from assessment.services.decision.review import review
from assessment.services.evaluation.evaluate import evaluate
from assessment.services.evaluation.plan_evaluation import begin_evaluation
from assessment.services.results.score import score_package
from assessment.services.rules.keeping import ADDED, DERIVED, STAYING
from centres.models import Centre, Declaration, Person
from centres.services.declare_interests import declare_interests
from indicators.models import Edition
from operations import audit
from operations.models import AuditEntry
from tests.assessment.conftest import sign
from tests.assessment.kept import refuses
from tests.operations.triggers import install_triggers, without_rule

pytestmark = [pytest.mark.django_db, pytest.mark.torture("T37")]
OURS = ("assessment", "centres", "evidence", "indicators", "operations")
# Of all other tables rows may be deleted, and why.
MAY_GO = {
    "assessment_drawnkeys": "made anew from the result",
    "assessment_keptdifference": "made anew from the results",
    "assessment_keptexplanation": "made anew from the result",
    "assessment_owntable": "a person's own, replaced by the next one",
    "assessment_provisionalresult": "what the evidence amounts to today",
    "assessment_ratingdraft": "not saved yet",
    "assessment_visitdraft": "not saved yet",
    "centres_membership": "people leave; a row of its own remembers until when",
    "centres_staffrole": "roles are taken away; the audit log remembers",
    "centres_tokengrant": "goes with its token",
    "evidence_upload": "a part that was given up; what is whole is evidence",
    "indicators_edition": "a draft; what was published is kept by triggers of its own",
    "operations_auditentry": "kept by triggers of its own",
    "operations_job": "work that was done",
    "operations_keyedrequest": "forgotten after a day",
}


@pytest.fixture
def reviewed(assessment: Assessment, olu: Person, ana: Person, ravi: Person) -> Assessment:
    score_package(submit(assessment, person=olu))
    evaluate(assessment, person=ana, reason="agrees")
    return review(assessment, person=ravi, reason="sound")


@pytest.fixture
def certified(reviewed: Assessment, deng: Person) -> Assessment:
    return decide(reviewed, person=deng, certify=True, reason="met")


def sql(statement: str, *values: object) -> int:
    with connection.cursor() as cursor:
        cursor.execute(statement, values)
        return int(cursor.rowcount)


# --- rows -------------------------------------------------------------------------------------------------------------


def test_of_every_table_it_is_decided_whether_its_rows_may_be_deleted() -> None:
    tables = [model._meta.db_table for name in OURS for model in apps.get_app_config(name).get_models()]
    assert sorted(tables) == sorted((*ADDED, *STAYING, *DERIVED, *MAY_GO))


def test_nothing_that_is_kept_can_be_deleted(certified: Assessment, ana: Person, zoe: Person, edition: Edition) -> None:
    findings_and_disputes(certified, ana, zoe)
    make_report(edition=edition, query=RankingQuery(), person=ana)
    tried = set()
    for table in (*ADDED, *STAYING):
        if _rows(table):
            tried.add(table)
            refuses(lambda table=table: sql(f"DELETE FROM {table}"))  # noqa: S608  (a table of ours)
    least = {"act", "assessedevidence", "assessment", "casepart", "certificate", "dispute", "finding", "rankedreport"}
    assert tried >= {f"assessment_{name}" for name in least} | {"centres_person", "evidence_evidence", "evidence_blob"}


@pytest.mark.skipif("connection.vendor == 'sqlite'", reason="SQLite has no TRUNCATE")
def test_nothing_that_is_kept_can_be_truncated(certified: Assessment) -> None:
    connection.check_constraints()  # those that wait for the end of the transaction would refuse it themselves
    for table in ("assessment_act", "assessment_certificate"):
        refuses(lambda table=table: sql(f"TRUNCATE {table} CASCADE"))


@pytest.mark.skipif("connection.vendor != 'sqlite'", reason="SQLite alone puts a row in place of another one")
def test_no_row_is_put_in_place_of_another(certified: Assessment) -> None:
    install_triggers(connection)
    for model, said in ((Act, "reason"), (AuditEntry, "reason")):
        columns = [field.column for field in model._meta.concrete_fields]
        values = ", ".join("'rewritten'" if column == said else f'"{column}"' for column in columns)
        table = model._meta.db_table
        replace = f"INSERT OR REPLACE INTO {table} SELECT {values} FROM {table}"  # noqa: S608  (a table of ours)
        refuses(lambda replace=replace: sql(replace))
        assert not model.objects.filter(reason="rewritten").exists()
    assert audit.first_broken_entry() is None


def test_a_declared_conflict_is_not_erased(centre: Centre, ana: Person) -> None:
    declare_interests(centre, person=ana, conflict=True, statement="my brother's")
    refuses(lambda: Declaration.objects.all().delete())
    refuses(lambda: Declaration.objects.update(conflict=False))


def test_one_human_being_does_not_judge_alone_by_being_forgotten_in_between(
    assessment: Assessment, olu: Person, ana: Person
) -> None:
    score_package(submit(assessment, person=olu))
    evaluate(assessment, person=ana, reason="x")
    refuses(lambda: Act.objects.filter(person=ana).delete())
    refuses(lambda: CasePart.objects.filter(person=ana).delete())


# --- states -----------------------------------------------------------------------------------------------------------


def test_no_state_changes_without_an_act_of_somebody(assessment: Assessment, olu: Person) -> None:
    score_package(submit(assessment, person=olu))
    for state in ("evaluated", "draft", "discontinued"):
        refuses(lambda state=state: Assessment.objects.filter(pk=assessment.pk).update(state=state))


def test_an_act_leads_from_the_present_state_and_the_state_only_where_it_leads(
    assessment: Assessment, olu: Person
) -> None:
    submit(assessment, person=olu)
    act = {"assessment": assessment, "part": "applicant", "person": olu}
    refuses(lambda: Act.objects.create(act="submit", from_state="draft", to_state="submitted", **act))
    refuses(lambda: Act.objects.create(act="withdraw", from_state="submitted", to_state="discontinued", **act))
    refuses(lambda: Act.objects.create(act="discontinue", from_state="submitted", to_state="declined", **act))
    Act.objects.create(act="discontinue", from_state="submitted", to_state="discontinued", **act)
    refuses(lambda: Assessment.objects.filter(pk=assessment.pk).update(state="under_review"))
    assert Assessment.objects.filter(pk=assessment.pk).update(state="discontinued") == 1


def test_nothing_begins_at_its_end(centre: Centre, edition: Edition, olu: Person, ana: Person) -> None:
    opened = {"centre": centre, "edition": edition, "opened_by": olu}
    refuses(lambda: Assessment.objects.create(**opened, state="certified"))
    refuses(lambda: Assessment.objects.create(**opened, decider=ana))
    case = Assessment.objects.create(**opened)
    refuses(lambda: Finding.objects.create(assessment=case, severity="observation", state="closed", raised_by=ana))
    refuses(lambda: Dispute.objects.create(assessment=case, kind="complaint", state="acknowledged", handler=ana))


def test_a_certificate_is_of_a_case_that_was_certified_on_what_was_decided(
    reviewed: Assessment, deng: Person, ana: Person
) -> None:
    today = timezone.localdate()
    said: dict[str, Any] = {
        **{"number": "ZH-2026-9999-X", "assessment": reviewed, "result": reviewed.result, "decided_by": deng},
        **{"issued_on": today, "valid_until": today + dt.timedelta(days=9000)},
    }
    refuses(lambda: Certificate.objects.create(**said))
    decide(reviewed, person=deng, certify=False, reason="no")
    refuses(lambda: Certificate.objects.create(**said))


def test_a_certificate_names_the_decider_and_the_result_of_the_decision(
    certified: Assessment, ana: Person, deng: Person
) -> None:
    """As after a fault that lost the certificate."""
    kept = Certificate.objects.get()
    said = {field.attname: getattr(kept, field.attname) for field in Certificate._meta.concrete_fields}
    with without_rule("assessment_certificate_stays"):
        Certificate.objects.all().delete()
    refuses(lambda: Certificate.objects.create(**said | {"decided_by_id": ana.pk}))
    refuses(lambda: Certificate.objects.create(**said | {"state": "suspended"}))
    Certificate.objects.create(**said)


def test_a_certificate_is_not_suspended_without_an_act(certified: Assessment, deng: Person) -> None:
    refuses(lambda: Certificate.objects.update(state="suspended"))
    certificate_life.suspend(certified.certificate, person=deng, reason="the meters")
    refuses(lambda: Certificate.objects.update(state="valid"))


# --- what was decided -------------------------------------------------------------------------------------------------


def test_what_was_evaluated_and_who_decided_changes_no_more(reviewed: Assessment, deng: Person, zoe: Person) -> None:
    case = Assessment.objects.filter(pk=reviewed.pk)
    for change in ({"result": None}, {"profile_version": None}, {"submissions": 7}):
        refuses(lambda change=change: case.update(**change))
    decide(reviewed, person=deng, certify=True, reason="met")
    for change in ({"result": None}, {"decider": None}, {"assessor": None}, {"opened_by": zoe}):
        refuses(lambda change=change: case.update(**change))


def test_what_a_certificate_says_changes_no_more(certified: Assessment, ravi: Person) -> None:
    for change in (
        *({"valid_until": dt.date(2199, 1, 1)}, {"issued_on": dt.date(2020, 1, 1)}, {"decided_by": ravi}),
        *({"interval": {"varied": {}}}, {"number": "ZH-2026-0002-X"}),
    ):
        refuses(lambda change=change: Certificate.objects.update(**change))
    refuses(lambda: CertificateSeries.objects.update(last=0))
    assert Certificate.objects.update(pdf_sha256="0" * 64) == 1  # the paper is made by a job


def test_a_period_of_notice_is_not_cut_short(reviewed: Assessment, deng: Person) -> None:
    with without_rule("a_pinned_case_stays_pinned"):
        Assessment.objects.filter(pk=reviewed.pk).update(notice_days=7)
    announced = decide(reviewed, person=deng, certify=True, reason="met")
    assert announced.state == "announced"
    refuses(lambda: Assessment.objects.update(notice_until=timezone.localdate() - dt.timedelta(days=1)))


def test_what_was_found_lodged_seen_and_reported_changes_no_more(
    certified: Assessment, ana: Person, zoe: Person, edition: Edition
) -> None:
    findings_and_disputes(certified, ana, zoe)
    make_report(edition=edition, query=RankingQuery(), person=ana)
    refuses(lambda: Finding.objects.update(severity="observation"))
    refuses(lambda: Finding.objects.update(statement="nothing"))
    refuses(lambda: Dispute.objects.update(statement="nothing"))
    refuses(lambda: RankedReport.objects.update(rows=[]))


def test_a_closed_visit_changes_no_more(assigned: Assessment, ana: Person) -> None:
    day = timezone.localdate()
    sign(assigned, assigned.opened_by)
    begin_evaluation(assigned, plan="x", person=ana, reason="x")
    SiteVisit.objects.create(assessment=assigned, begins_on=day, ends_on=day, place="hall 2", made_by=ana)
    SiteVisit.objects.update(place="hall 3")
    SiteVisit.objects.update(closed_at=timezone.now(), closed_by=ana)
    refuses(lambda: SiteVisit.objects.update(record={"opening": None}))
    refuses(lambda: SiteVisit.objects.update(closed_at=None))


# --- helpers ----------------------------------------------------------------------------------------------------------


def _rows(table: str) -> int:
    with connection.cursor() as cursor:
        cursor.execute(f"SELECT count(*) FROM {table}")  # noqa: S608  (a table of ours)
        return int(cursor.fetchone()[0])


def findings_and_disputes(case: Assessment, ana: Person, zoe: Person) -> None:
    """As the services leave them, written past them where the case is over."""
    with without_rule("findings_are_raised_during_the_evaluation"):
        Finding.objects.create(assessment=case, severity=Severity.MINOR, statement="calibration", raised_by=ana)
    disputes.lodge(case, kind=DisputeKind.COMPLAINT, statement="x", name="Zoe", contact="z", person=zoe)
    day = timezone.localdate()
    with without_rule("a_visit_is_arranged_for_a_settled_package"):
        SiteVisit.objects.create(assessment=case, begins_on=day, ends_on=day, place="hall 2", made_by=ana)
