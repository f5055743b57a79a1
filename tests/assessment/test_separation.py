"""Who may be what in one case: in the services, in the database, and whatever accounts people use."""

from __future__ import annotations

import datetime as dt
import uuid
from collections.abc import Callable
from typing import Any

import pytest
from django.core.exceptions import PermissionDenied
from django.db import IntegrityError, connection, transaction
from django.test import Client
from django.utils import timezone
from rest_framework.test import APIClient

from assessment.models import (
    Act,
    Assessment,
    Assignment,
    CasePart,
    Certificate,
    Dispute,
    DisputeKind,
    Kind,
    Part,
    Severity,
    StoredResult,
)
from assessment.services import disputes
from assessment.services.application import admit
from assessment.services.application.open_assessment import open_assessment
from assessment.services.application.submit import submit
from assessment.services.certificates import life as certificate_life
from assessment.services.certificates.surveillance import watched_of
from assessment.services.chain import competence
from assessment.services.chain.table import Of, pairs
from assessment.services.decision.decide import decide
from assessment.services.decision.review import issue_statement, review, send_back
from assessment.services.evaluation import findings
from assessment.services.evaluation.evaluate import evaluate
from assessment.services.evaluation.grant_competence import grant_competence
from assessment.services.evaluation.plan_evaluation import assign, begin_evaluation
from assessment.services.results.score import score_package
from assessment.services.rules.case import rules
from assessment.services.rules.steps import known_steps
from assessment.web.shown.result import ASSIGN
from centres.models import Centre, Competence, Declaration, Membership, Person, Role
from centres.selectors import competent_pillars
from centres.services.declare_interests import COOLING_OFF, LONGEST_CLEAR, declare_interests
from centres.services.link_accounts import link_accounts
from centres.services.load_people import load_people
from core.errors import DecisionBlocked, InputError
from core.provenance import Where
from indicators.models import Edition
from operations.models import AuditEntry
from operations.rules_in_database import install, missing
from tests.assessment.conftest import add_centre, sign, visited
from tests.operations.test_problems import codes, problem
from tests.operations.triggers import without_rule, without_rules_of_a_case

pytestmark = [pytest.mark.django_db, pytest.mark.torture("T37")]
Make = Callable[..., Person]
PILLARS = ("CE", "ST", "GR", "US")


def refused(code: str) -> pytest.RaisesExc[DecisionBlocked]:
    return pytest.RaisesExc(DecisionBlocked, check=lambda error: error.code == code)


@pytest.fixture
def ada(person: Make) -> Person:
    return person("ada", Role.ADMINISTRATOR)


@pytest.fixture
def rita(person: Make) -> Person:
    return person("rita", Role.REGISTRAR)


@pytest.fixture
def full(settings: Any) -> None:
    settings.SCHEME_EXPRESS = False


@pytest.fixture
def one_decides(settings: Any) -> None:
    settings.SCHEME_TWO_DECIDERS_FROM = "none"


@pytest.fixture
def accepted(
    full: None, centre: Centre, edition: Edition, measured: dict[str, str], olu: Person, rita: Person
) -> Assessment:
    case = open_assessment(centre, edition=edition, person=olu)
    score_package(submit(case, person=olu))
    admit.take_up(case, person=rita, reason="complete?")
    return admit.accept(case, person=rita, reason="complete")


def competent(person: Person, ada: Person, *pillars: str, days: int = 365) -> None:
    for pillar in pillars or PILLARS:
        until = timezone.localdate() + dt.timedelta(days=days)
        grant_competence(person, pillar=pillar, grounds="five audits", valid_until=until, granted_by=ada)


def clear(centre: Centre, *people: Person) -> None:
    for person in people:
        declare_interests(centre, person=person, conflict=False, statement="none")


# --- the full procedure -----------------------------------------------------------------------------------------------


def test_six_people_lead_a_case_through_the_full_procedure(
    one_decides: None,
    accepted: Assessment,
    centre: Centre,
    ada: Person,
    olu: Person,
    rita: Person,
    ana: Person,
    ravi: Person,
    deng: Person,
    bo: Person,
) -> None:
    competent(ana, ada)
    clear(centre, ana, ravi, deng)
    assign(accepted, assessor=ana, pillars=PILLARS, person=rita)
    sign(accepted, accepted.opened_by)
    begin_evaluation(accepted, plan="desk, no visit", visit_needed=False, person=ana, reason="planned")
    found = findings.raise_finding(accepted, severity=Severity.MINOR, statement="x", person=ana)
    findings.act_on(found, "answer", text="x", person=olu, root_cause="r", corrective_action="c")
    findings.act_on(found, "accept_answer", text="x", person=ana)
    with refused("visit_missing"):
        evaluate(accepted, person=ana, reason="agrees")
    visited(accepted, by=ana)
    evaluate(accepted, person=ana, reason="agrees")
    send_back(accepted, person=ravi, reason="GR-1.1 is not explained")
    evaluate(accepted, person=ana, reason="explained")
    review(accepted, person=ravi, reason="sound")
    assert decide(accepted, person=deng, certify=True, reason="met").state == "certified"
    parts = {entry.person.username: entry.part for entry in accepted.parts.select_related("person")}
    assert parts == {
        **{"olu": "applicant", "rita": "registrar", "ana": "assessor"},
        **{"ravi": "reviewer", "deng": "decider"},
    }
    certificate = Certificate.objects.get(assessment=accepted)
    assert certificate.decided_by == deng
    assert certificate.surveillance_due_on is not None
    clear(centre, bo)  # another assessor may watch over it, who was never assigned
    findings.ask(found, text="Since when?", due_on=timezone.localdate(), person=bo)
    assert findings.act_on(found, "close", text="read on site", person=bo).state == "closed"
    reasons = {one.code: "nothing was measured anew" for one in watched_of(certificate)}
    surveyed = certificate_life.survey(certificate, person=bo, reason="the data hold", reasons=reasons)
    assert surveyed.state == "valid"


def test_a_returned_application_is_frozen_anew(
    full: None, centre: Centre, edition: Edition, measured: dict[str, str], olu: Person, rita: Person
) -> None:
    from tests.assessment.conftest import add_evidence

    case = open_assessment(centre, edition=edition, person=olu)
    first = score_package(submit(case, person=olu))
    admit.take_up(case, person=rita, reason="x")
    assert admit.return_application(case, person=rita, reason="the meters of hall 2 are missing").state == "draft"
    add_evidence(centre, owner=olu, name="hall2.csv")
    again = submit(case, person=olu)
    assert again.result is None
    assert score_package(again) != first
    assert [len(case.package.filter(submission=number)) for number in (1, 2)] == [1, 2]


def test_evaluation_begins_when_every_pillar_has_a_competent_assessor(
    accepted: Assessment, centre: Centre, ada: Person, rita: Person, ana: Person
) -> None:
    clear(centre, ana)
    with refused("not_competent"):
        assign(accepted, assessor=ana, pillars=["CE"], person=rita)
    competent(ana, ada, "CE", "ST")
    assign(accepted, assessor=ana, pillars=["CE", "ST"], person=rita)
    sign(accepted, accepted.opened_by)
    with pytest.raises(DecisionBlocked, match=r"GR, US") as caught:
        begin_evaluation(accepted, plan="x", person=ana, reason="x")
    assert caught.value.code == "pillars_unassigned"


def test_nobody_evaluates_whose_competence_ended_since_they_were_assigned(
    accepted: Assessment, centre: Centre, ada: Person, rita: Person, ana: Person, monkeypatch: pytest.MonkeyPatch
) -> None:
    clear(centre, ana)
    competent(ana, ada, days=30)
    assign(accepted, assessor=ana, pillars=PILLARS, person=rita)
    sign(accepted, accepted.opened_by)

    def a_month_later(person: Person, *, on: dt.date) -> frozenset[str]:
        return competent_pillars(person, on=on + dt.timedelta(days=31))

    monkeypatch.setattr(competence, "competent_pillars", a_month_later)
    with refused("not_competent") as caught:
        begin_evaluation(accepted, plan="x", person=ana, reason="x")
    assert "CE, GR, ST, US" in caught.value.message.en


def test_the_registrars_work_lists_an_accepted_case_until_every_pillar_is_in_hand(
    accepted: Assessment, centre: Centre, ada: Person, ana: Person, rita: Person
) -> None:
    competent(ana, ada)
    clear(centre, ana)

    def listed(somebody: Person) -> tuple[object, str]:
        client = Client()
        client.force_login(somebody)
        [row] = client.get("/my/").context["centres"]
        return row["task"], row["task_address"]

    waiting = (ASSIGN, f"/assessments/{accepted.pk}/assign/")
    assert listed(rita) == waiting
    assert listed(ana) != waiting
    assign(accepted, assessor=ana, pillars=PILLARS[:1], person=rita)
    assert listed(rita) == waiting
    assign(accepted, assessor=ana, pillars=PILLARS[1:], person=rita)
    assert listed(rita)[0] is None


def test_an_assessor_who_was_not_assigned_is_turned_away(accepted: Assessment, centre: Centre, ana: Person) -> None:
    clear(centre, ana)
    with refused("not_assigned"):
        begin_evaluation(accepted, plan="x", person=ana, reason="x")


def test_a_pillar_the_edition_does_not_have_is_named(accepted: Assessment, ana: Person, rita: Person) -> None:
    with pytest.raises(InputError, match="XX"):
        assign(accepted, assessor=ana, pillars=["CE", "XX"], person=rita)


def test_an_unknown_assessor_is_told_at_the_field_and_to_others_no_name_of_an_account_is(
    accepted: Assessment, rita: Person, olu: Person, api: Callable[[Person], APIClient]
) -> None:
    door = f"/api/v1/assessments/{accepted.pk}/assign/"
    said = {"pillars": ["GR"]}
    read = {"If-Match": f'"{accepted.version}"'}
    nobody = said | {"assessor": "nobody"}
    told = problem(api(rita).post(door, nobody, format="json", headers=read), 400, "does_not_exist")
    assert codes(told) == {"assessor": "does_not_exist"}
    for name in ("rita", "nobody"):
        asked = api(olu).post(door, said | {"assessor": name}, format="json", headers=read)
        problem(asked, 403, "permission_denied")


# --- interests --------------------------------------------------------------------------------------------------------


def test_nobody_judges_undeclared_in_the_full_procedure(
    accepted: Assessment, centre: Centre, ada: Person, rita: Person, ana: Person
) -> None:
    competent(ana, ada)
    with refused("no_declaration"):
        assign(accepted, assessor=ana, pillars=PILLARS, person=rita)
    Declaration.objects.create(
        person=ana, centre=centre, conflict=False, statement="last year's",
        declared_on=timezone.localdate() - dt.timedelta(days=366),
        valid_until=timezone.localdate() - dt.timedelta(days=1),
    )  # fmt: skip
    with refused("no_declaration"):
        assign(accepted, assessor=ana, pillars=PILLARS, person=rita)


def test_saving_an_account_that_was_read_before_undoes_no_link(ana: Person, ada: Person, person: Make) -> None:
    other = person("ana2")
    read_before = Person.objects.get(pk=other.pk)
    link_accounts(other, to=ana, reason="same passport", person=ada)
    with pytest.raises(IntegrityError, match="linked to another"), transaction.atomic():
        read_before.save()
    assert Person.objects.get(pk=other.pk).natural_person == ana.natural_person


def test_a_conflict_outlasts_whatever_is_declared_later_and_holds_for_every_account(
    assessment: Assessment, centre: Centre, olu: Person, ada: Person, ana: Person, person: Make
) -> None:
    score_package(submit(assessment, person=olu))
    declare_interests(centre, person=ana, conflict=True, statement="advised them in spring")
    clear(centre, ana)
    with refused("conflict_of_interest"):
        evaluate(assessment, person=ana, reason="x")
    other = person("ana.private", Role.ASSESSOR)
    link_accounts(other, to=ana, reason="same passport", person=ada)
    with refused("conflict_of_interest"):
        evaluate(assessment, person=Person.objects.get(pk=other.pk), reason="x")


def test_nobody_of_a_centre_declares_interests(centre: Centre, olu: Person) -> None:
    with pytest.raises(PermissionDenied):
        declare_interests(centre, person=olu, conflict=False, statement="x")


@pytest.mark.parametrize("conflict", [False, True])
def test_a_declaration_lasts_no_longer_than_the_scheme_says(centre: Centre, ana: Person, conflict: bool) -> None:
    latest = timezone.localdate() + (COOLING_OFF if conflict else LONGEST_CLEAR)
    for day in (latest + dt.timedelta(days=1), dt.date(2199, 12, 31)):
        with pytest.raises(InputError) as caught:
            declare_interests(centre, person=ana, conflict=conflict, statement="x", valid_until=day)
        assert caught.value.code == "declaration_too_long"
        assert latest.isoformat() in caught.value.hint.en
    declare_interests(centre, person=ana, conflict=conflict, statement="x", valid_until=latest)
    assert [one.valid_until for one in ana.declarations.all()] == [latest]


@pytest.mark.usefixtures("edition")
def test_competence_is_granted_for_a_pillar_there_is(ada: Person, ana: Person) -> None:
    with pytest.raises(InputError, match="XX") as caught:
        competent(ana, ada, "XX")
    assert (caught.value.code, caught.value.where) == ("unknown_pillar", Where(field="pillar"))
    assert "CE, ST, GR, US" in caught.value.hint.en
    competent(ana, ada, "CE")
    assert ana.competences.get().pillar == "CE"


@pytest.mark.usefixtures("edition")
def test_a_competence_that_has_ended_is_not_granted(ada: Person, ana: Person) -> None:
    with pytest.raises(InputError, match="has passed"):
        competent(ana, ada, "GR", days=-1)
    assert not ana.competences.exists()


def test_nobody_grants_their_own_competence_with_another_account(ada: Person, person: Make) -> None:
    root = person("root", Role.ADMINISTRATOR)
    other = person("ada.private")
    link_accounts(other, to=ada, reason="x", person=root)
    with refused("second_person_needed"):
        competent(Person.objects.get(pk=other.pk), ada, "CE")
    today = timezone.localdate()
    with pytest.raises(IntegrityError), transaction.atomic():
        Competence.objects.create(
            person=other, pillar="CE", grounds="x", granted_by=ada, granted_on=today, valid_until=today
        )


# --- one person, several accounts -------------------------------------------------------------------------------------


def test_one_human_being_with_two_accounts_takes_one_part(
    assessment: Assessment, olu: Person, ana: Person, ada: Person, person: Make
) -> None:
    score_package(submit(assessment, person=olu))
    twin = person("ana.two", Role.REVIEWER)
    link_accounts(twin, to=ana, reason="same person", person=ada)
    evaluate(assessment, person=ana, reason="x")
    with refused("separation_of_duties"):
        review(assessment, person=Person.objects.get(pk=twin.pk), reason="x")


def test_accounts_that_took_two_parts_cannot_be_linked_quietly(
    assessment: Assessment, olu: Person, ana: Person, ravi: Person, ada: Person
) -> None:
    score_package(submit(assessment, person=olu))
    evaluate(assessment, person=ana, reason="x")
    review(assessment, person=ravi, reason="x")
    with refused("separation_of_duties"):
        link_accounts(ravi, to=ana, reason="found out", person=ada)
    assert Person.objects.get(pk=ravi.pk).natural_person != ana.natural_person


def test_an_account_of_the_centre_cannot_be_linked_to_its_judge(
    assessment: Assessment, olu: Person, ana: Person, ada: Person, centre: Centre, person: Make
) -> None:
    score_package(submit(assessment, person=olu))
    evaluate(assessment, person=ana, reason="x")
    engineer = person("engineer")
    Membership.objects.create(user=engineer, centre=centre, role="engineer")
    for account, to in ((engineer, ana), (ana, engineer)):
        with refused("separation_of_duties"):
            link_accounts(account, to=to, reason="x", person=ada)
    with pytest.raises(IntegrityError), transaction.atomic():
        Membership.objects.create(user=ana, centre=centre, role="engineer")


def test_a_file_of_people_cannot_make_a_judge_work_for_the_centre(
    assessment: Assessment, olu: Person, ana: Person, centre: Centre
) -> None:
    score_package(submit(assessment, person=olu))
    evaluate(assessment, person=ana, reason="x")
    entry = {"username": "ana", "name": {"zh": "安娜", "en": "Ana"}, "centres": {centre.slug: "engineer"}}
    with pytest.raises(InputError, match="cannot work for it"):
        load_people({"contract": 1, "people": [entry]})


def test_a_judge_cannot_be_moved_into_the_centre_from_another_one(
    assessment: Assessment, olu: Person, ana: Person, zoe: Person
) -> None:
    other = add_centre("centre-of-zoe", owner=zoe)
    hers = Membership.objects.create(user=ana, centre=other, role="owner")
    score_package(submit(assessment, person=olu))
    evaluate(assessment, person=ana, reason="x")
    for change in ({"centre": assessment.centre}, {"centre": assessment.centre, "role": "engineer"}):
        with pytest.raises(IntegrityError), transaction.atomic():
            Membership.objects.filter(pk=hers.pk).update(**change)


def test_who_pre_assessed_is_not_linked_to_who_decided_afterwards(
    centre: Centre, edition: Edition, measured: dict[str, str], olu: Person, ana: Person, ravi: Person, deng: Person,
    ada: Person, person: Make,
) -> None:  # fmt: skip
    before = open_assessment(centre, edition=edition, person=olu, kind=Kind.PRE_ASSESSMENT)
    score_package(submit(before, person=olu))
    evaluate(before, person=ana, reason="x")
    issue_statement(before, person=person("roy", Role.REVIEWER), reason="x")
    case = open_assessment(centre, edition=edition, person=olu)
    score_package(submit(case, person=olu))
    bo = person("bo", Role.ASSESSOR)
    evaluate(case, person=bo, reason="x")
    review(case, person=ravi, reason="x")
    decide(case, person=deng, certify=True, reason="x")
    for judge in (ravi, deng):
        for account, to in ((judge, ana), (ana, judge)):
            with refused("separation_of_duties"):
                link_accounts(account, to=to, reason="one human being", person=ada)
    link_accounts(bo, to=ana, reason="may evaluate again", person=ada)


def test_who_lodged_a_complaint_is_not_linked_to_who_decided_it(
    assessment: Assessment, zoe: Person, ada: Person, person: Make
) -> None:
    hana = person("hana", Role.APPEAL_HANDLER)
    lodged = disputes.lodge(
        assessment, kind=DisputeKind.COMPLAINT, statement="x", name="Zoe", contact="z", person=zoe
    )  # fmt: skip
    with pytest.raises(IntegrityError), transaction.atomic():
        Dispute.objects.filter(pk=lodged.pk).update(handler=hana, state="acknowledged")
    disputes.act_on(lodged, "acknowledge", person=hana, reason="x")
    for account, to in ((hana, zoe), (zoe, hana)):
        with refused("separation_of_duties"):
            link_accounts(account, to=to, reason="one human being", person=ada)


def test_an_administrator_is_linked_to_nobody_who_judges(ada: Person, ana: Person, person: Make) -> None:
    root = person("root", Role.ADMINISTRATOR)
    for account, to in ((ada, ana), (ana, ada)):
        with refused("administers_and_judges"):
            link_accounts(account, to=to, reason="one human being", person=root)
        with pytest.raises(IntegrityError), transaction.atomic():
            Person.objects.filter(pk=account.pk).update(natural_person=to.natural_person)


def test_only_an_administrator_links_accounts(ana: Person, ravi: Person, rita: Person) -> None:
    with pytest.raises(PermissionDenied):
        link_accounts(ana, to=ravi, reason="x", person=rita)


# --- the pre-assessment -----------------------------------------------------------------------------------------------


def test_a_pre_assessment_ends_in_a_statement_and_its_assessor_does_not_decide_later(
    centre: Centre, edition: Edition, measured: dict[str, str], olu: Person, ravi: Person, person: Make
) -> None:
    both = person("both", Role.ASSESSOR, Role.DECIDER, Role.REVIEWER)
    case = open_assessment(centre, edition=edition, person=olu, kind=Kind.PRE_ASSESSMENT)
    score_package(submit(case, person=olu))
    evaluate(case, person=both, reason="x")
    with refused("wrong_state"):
        review(case, person=ravi, reason="x")
    assert issue_statement(case, person=ravi, reason="x").state == "stated"
    assert not Certificate.objects.exists()
    tree = _tree(case, olu)
    assert (tree["score"], tree["grade"], tree["root"]["published"], tree["root"]["grade"]) == (None, None, None, None)
    assert tree["root"]["children"][0]["published"] is not None
    following = open_assessment(centre, edition=edition, person=olu)
    score_package(submit(following, person=olu))
    evaluate(following, person=person("else", Role.ASSESSOR), reason="x")
    with refused("separation_of_duties"):
        review(following, person=both, reason="x")


def _tree(case: Assessment, person: Person) -> Any:
    client = APIClient()
    client.force_authenticate(person)
    return client.get(f"/api/v1/assessments/{case.pk}/result/").json()


# --- past the services: the database ----------------------------------------------------------------------------------


def test_every_rule_is_kept_by_the_database() -> None:
    assert missing(connection, rules()) == []
    names = [rule.name for rule in rules()]
    assert len(names) == len(set(names))
    assert all(len(name) <= 63 for name in names)


def test_the_database_knows_exactly_the_steps_of_the_table(assessment: Assessment) -> None:
    """Every pair of states is tried on a case that was put there as it could not come about by acts."""
    states = {state for pair in pairs(Of.ASSESSMENT) for state in pair}
    passed = set()
    for before in states:
        without_rules_of_a_case()
        Assessment.objects.filter(pk=assessment.pk).update(state=before)
        install(connection, known_steps())  # these alone: the others ask who stands behind a step
        passed |= {(before, after) for after in states - {before} if _changes(assessment, after)}
    assert passed == {(before, after) for before, after in pairs(Of.ASSESSMENT) if before != after}


def _changes(case: Assessment, after: str) -> bool:
    try:
        with transaction.atomic():
            changed = Assessment.objects.filter(pk=case.pk).update(state=after)
            transaction.set_rollback(True)
    except IntegrityError:
        return False
    return bool(changed)


@pytest.mark.parametrize("column", ["assessor", "reviewer", "decider"])
def test_a_judge_who_is_not_in_the_case_cannot_be_written_into_it(
    assessment: Assessment, ana: Person, column: str
) -> None:
    with pytest.raises(IntegrityError), transaction.atomic():
        Assessment.objects.filter(pk=assessment.pk).update(**{column: ana})


def test_a_second_part_of_one_case_is_refused(assessment: Assessment, ana: Person, olu: Person) -> None:
    def enter(person: Person, part: Part) -> None:
        with transaction.atomic():
            CasePart.objects.create(
                assessment=assessment, person=person, natural_person=person.natural_person, part=part
            )

    enter(ana, Part.ASSESSOR)
    with pytest.raises(IntegrityError):
        enter(ana, Part.REVIEWER)
    with pytest.raises(IntegrityError), transaction.atomic():
        CasePart.objects.filter(person=ana).update(part=Part.REVIEWER)
    with pytest.raises(IntegrityError), transaction.atomic():
        CasePart.objects.create(assessment=assessment, person=olu, natural_person=ana.natural_person, part=Part.DECIDER)


def test_an_act_of_somebody_outside_the_case_is_refused(assessment: Assessment, ana: Person) -> None:
    with pytest.raises(IntegrityError), transaction.atomic():
        Act.objects.create(
            assessment=assessment, act="submit", from_state="draft", to_state="submitted", part="applicant", person=ana
        )


def test_nobody_is_taken_out_of_a_part_to_be_free_for_another(assessment: Assessment, olu: Person, ana: Person) -> None:
    """Neither their part nor their acts can be deleted; and where a fault loses the part, the acts still speak."""
    score_package(submit(assessment, person=olu))
    evaluate(assessment, person=ana, reason="x")
    for rows in (CasePart.objects.filter(person=ana), Act.objects.filter(person=ana)):
        with pytest.raises(IntegrityError), transaction.atomic():
            rows.delete()
    with pytest.raises(IntegrityError), transaction.atomic():
        CasePart.objects.filter(person=ana).update(natural_person=uuid.uuid4())
    with without_rule("assessment_casepart_stays"):
        CasePart.objects.filter(person=ana).delete()
    CasePart.objects.create(assessment=assessment, person=ana, natural_person=ana.natural_person, part=Part.REVIEWER)
    with pytest.raises(IntegrityError), transaction.atomic():
        Act.objects.create(
            assessment=assessment, act="review", from_state="evaluated", to_state="reviewed", part="reviewer",
            person=ana,
        )  # fmt: skip


def test_an_assignment_without_competence_is_refused(accepted: Assessment, ana: Person, rita: Person) -> None:
    with pytest.raises(IntegrityError), transaction.atomic():
        Assignment.objects.create(
            assessment=accepted, person=ana, pillar="CE", assigned_by=rita, assigned_on=timezone.localdate()
        )


def test_what_a_case_was_opened_with_stays(assessment: Assessment) -> None:
    for change in ({"procedure": "full"}, {"kind": "pre_assessment"}, {"notice_days": 7}):
        with pytest.raises(IntegrityError), transaction.atomic():
            Assessment.objects.filter(pk=assessment.pk).update(**change)


def test_only_the_platform_acts_without_a_person(assessment: Assessment) -> None:
    with pytest.raises(IntegrityError), transaction.atomic():
        Act.objects.create(
            assessment=assessment, act="submit", from_state="draft", to_state="submitted", part="applicant"
        )


def test_an_act_and_its_entry_in_the_log_are_written_together_or_not_at_all(
    assessment: Assessment, olu: Person, monkeypatch: pytest.MonkeyPatch
) -> None:
    from operations import audit

    def fails(**given: object) -> None:
        raise OSError

    before = AuditEntry.objects.count()
    monkeypatch.setattr(audit, "record", fails)
    with pytest.raises(OSError):  # noqa: PT011  (the one thrown above)
        submit(assessment, person=olu)
    monkeypatch.undo()
    assert AuditEntry.objects.count() == before
    assert Assessment.objects.get(pk=assessment.pk).state == "draft"
    assert not Act.objects.filter(act="submit").exists()
    assert not StoredResult.objects.exists()
