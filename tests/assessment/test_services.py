from __future__ import annotations

import re
from collections.abc import Callable

import pytest
from django.core.exceptions import PermissionDenied
from django.db import DatabaseError, IntegrityError, transaction
from rest_framework.test import APIClient

from assessment.centre_selectors import packages
from assessment.models import Act, Assessment, Certificate, ProvisionalResult, StoredResult
from assessment.services.application.open_assessment import open_assessment
from assessment.services.application.submit import submit
from assessment.services.certificates.numbers import check_character, is_well_formed, next_number
from assessment.services.decision.decide import decide
from assessment.services.decision.review import review
from assessment.services.evaluation.evaluate import evaluate
from assessment.services.results import score as scoring
from assessment.services.results.score import score_centre, score_package
from centres.models import Centre, Person, ProfileVersion, Role
from core.errors import DecisionBlocked, UserFacingError
from evidence.models import Evidence, EvidenceState
from evidence.selectors import left_out_of, rejected_evidence
from indicators.models import Edition
from operations.models import AuditEntry
from tests.assessment.conftest import add_evidence, add_rejected
from tests.assessment.documents import examples


def scored(assessment: Assessment, person: Person) -> Assessment:
    """Submitted, with its package scored as the job would."""
    submitted = submit(assessment, person=person)
    score_package(submitted)
    return Assessment.objects.get(pk=assessment.pk)


def refused(code: str) -> pytest.RaisesExc[DecisionBlocked]:
    return pytest.RaisesExc(DecisionBlocked, check=lambda error: error.code == code)


def test_four_people_lead_a_centre_to_its_certificate(
    assessment: Assessment, olu: Person, ana: Person, ravi: Person, deng: Person
) -> None:
    scored(assessment, olu)
    evaluate(assessment, person=ana, reason="evidence agrees")
    review(assessment, person=ravi, reason="sound")
    decided = decide(assessment, person=deng, certify=True, reason="requirements met")
    certificate = Certificate.objects.get(assessment=assessment)
    assert decided.state == "certified"
    assert is_well_formed(certificate.number)
    assert certificate.result == decided.result
    assert [act.act for act in assessment.acts.all()] == ["open", "submit", "evaluate", "review", "certify"]
    acts = AuditEntry.objects.filter(subject=assessment.subject).values_list("act", flat=True)
    assert list(acts) == [f"assessment.{act}" for act in ("open", "submit", "evaluate", "review", "certify")]


def test_a_package_of_just_what_the_provisional_result_saw_is_not_measured_again(
    assessment: Assessment, measured: dict[str, str], olu: Person
) -> None:
    provisional = score_centre(assessment.centre)
    measured["annual_pue"] = "1.49"
    assert scored(assessment, olu).result == provisional


def test_a_package_of_other_files_or_other_readings_is_measured(
    assessment: Assessment, measured: dict[str, str], olu: Person
) -> None:
    """The same bytes handed in again, in another time zone, are another row of evidence."""
    provisional = score_centre(assessment.centre)
    ProvisionalResult.objects.update(evidence=["of-before"])
    measured["annual_pue"] = "1.49"
    again = scored(assessment, olu).result
    assert again is not None
    assert again != provisional
    assert again.inputs["measurements"]["annual_pue"]["value"] == "1.49"


def test_a_package_is_measured_by_the_measures_of_today(
    assessment: Assessment, measured: dict[str, str], olu: Person, monkeypatch: pytest.MonkeyPatch
) -> None:
    provisional = score_centre(assessment.centre)
    monkeypatch.setattr(scoring, "measure_versions", lambda: {"annual_pue": 99})
    assert scored(assessment, olu).result != provisional


@pytest.mark.torture("T37", "one person in all parts")
def test_one_person_with_every_role_takes_only_one_step(
    assessment: Assessment, olu: Person, ravi: Person, person: Callable[..., Person]
) -> None:
    scored(assessment, olu)
    everybody = person("everybody", Role.ASSESSOR, Role.REVIEWER, Role.DECIDER)
    evaluate(assessment, person=everybody, reason="x")
    with refused("separation_of_duties"):
        review(assessment, person=everybody, reason="x")
    review(assessment, person=ravi, reason="x")
    with refused("separation_of_duties"):
        decide(assessment, person=everybody, certify=True, reason="x")


@pytest.mark.torture("T37")
def test_somebody_of_the_centre_never_judges_it(
    assessment: Assessment, centre: Centre, olu: Person, person: Callable[..., Person]
) -> None:
    scored(assessment, olu)
    employee = person("employee", Role.ASSESSOR)
    employee.memberships.create(centre=centre, role="engineer")
    with refused("separation_of_duties"):
        evaluate(assessment, person=employee, reason="x")


@pytest.mark.torture("T37")
def test_database_itself_keeps_the_judges_apart(assessment: Assessment, ana: Person) -> None:
    with pytest.raises(IntegrityError), transaction.atomic():
        Assessment.objects.filter(pk=assessment.pk).update(assessor=ana, reviewer=ana)
    with pytest.raises(IntegrityError), transaction.atomic():
        Assessment.objects.filter(pk=assessment.pk).update(assessor=ana, decider=ana)


@pytest.mark.torture("T37", "skipped", "repeated", "allowed acts named")
def test_skipped_or_repeated_step_is_refused_with_who_did_the_last_one(
    assessment: Assessment, olu: Person, ana: Person, ravi: Person, person: Callable[..., Person]
) -> None:
    with refused("wrong_state"):
        evaluate(assessment, person=ana, reason="x")
    scored(assessment, olu)
    with refused("wrong_state"):
        review(assessment, person=ravi, reason="x")
    evaluate(assessment, person=ana, reason="x")
    with pytest.raises(DecisionBlocked) as caught:
        evaluate(assessment, person=person("other", Role.ASSESSOR), reason="x")
    by_the_clock = r"20\d\d-\d\d-\d\d \d\d:\d\d[+-]\d\d:\d\d"
    told, hint = caught.value.message, caught.value.hint
    assert re.fullmatch(
        rf"The assessment is evaluated: evaluate is not possible\. Last step: evaluate by Ana at {by_the_clock}\.",
        told.en,
    )
    assert re.fullmatch(
        rf"案件的状态为“已评价”（evaluated），不能执行“评价”（evaluate）。上一步：“评价”（evaluate），安娜，{by_the_clock}。",
        told.zh,
    )
    assert hint is not None
    assert hint.en == "Allowed now: review, “send back” (send_back), “withdraw the application” (discontinue)."
    assert hint.zh == "现在可以：“复核”（review）、“退回评价”（send_back）、“撤回申请”（discontinue）。"


def test_even_an_administrator_cannot_decide(
    assessment: Assessment, olu: Person, ana: Person, ravi: Person, person: Callable[..., Person]
) -> None:
    scored(assessment, olu)
    evaluate(assessment, person=ana, reason="x")
    review(assessment, person=ravi, reason="x")
    root = person("root", Role.ADMINISTRATOR)
    root.is_superuser = True
    root.save()
    with pytest.raises(PermissionDenied):
        decide(assessment, person=root, certify=True, reason="x")


def test_administering_the_platform_makes_nobody_an_applicant(
    assessment: Assessment, edition: Edition, olu: Person, ana: Person, ravi: Person, deng: Person,
    person: Callable[..., Person],
) -> None:  # fmt: skip
    scored(assessment, olu)
    evaluate(assessment, person=ana, reason="x")
    review(assessment, person=ravi, reason="x")
    decide(assessment, person=deng, certify=False, reason="x")
    root = person("root")
    Person.objects.filter(pk=root.pk).update(is_superuser=True)
    visitor = APIClient()
    visitor.force_authenticate(Person.objects.get(pk=root.pk))
    said = {"kind": "appeal", "statement": "x", "name": "n", "contact": "c"}
    appealed = visitor.post(f"/api/v1/assessments/{assessment.pk}/disputes/", said, format="json")
    assert (appealed.status_code, appealed.json()["code"]) == (409, "nothing_to_appeal")
    given = {"centre": assessment.centre.slug, "rubric": edition.rubric, "kind": "certification"}
    assert visitor.post("/api/v1/assessments/", given, format="json").status_code == 403
    with pytest.raises(PermissionDenied):
        open_assessment(assessment.centre, edition=edition, person=root)


def test_blocked_result_is_refused_but_never_certified(
    assessment: Assessment, measured: dict[str, str], olu: Person, ana: Person, ravi: Person, deng: Person
) -> None:
    measured["annual_pue"] = "1.58"
    scored(assessment, olu)
    evaluate(assessment, person=ana, reason="x")
    review(assessment, person=ravi, reason="x")
    with pytest.raises(DecisionBlocked) as caught:
        decide(assessment, person=deng, certify=True, reason="x")
    assert caught.value.code == "blocked_result"
    assert "GR-1.1" in caught.value.message.zh
    assert decide(assessment, person=deng, certify=False, reason="PUE above 1.50").state == "refused"
    assert not Certificate.objects.exists()


def test_package_is_frozen_when_submitted(assessment: Assessment, centre: Centre, olu: Person) -> None:
    first = scored(assessment, olu)
    add_evidence(centre, owner=olu, name="late.csv")
    assert score_package(first) == first.result
    assert [file.evidence.name for file in first.package.all()] == ["meters.csv"]


def test_a_rejected_file_is_named_by_the_indicator_that_lacks_it_and_told_of_in_the_sources(
    centre: Centre, edition: Edition, olu: Person
) -> None:
    before = score_centre(centre)
    rejected = add_rejected(centre, owner=olu)
    stored = score_centre(centre)
    assert before is not None
    assert stored is not None
    node = stored.result.node("CE-1.1")
    assert node.inputs is not None
    assert node.inputs.reason is not None
    assert node.inputs.reason.code == "evidence_rejected"
    assert "“train.log”" in node.inputs.reason.message.zh
    assert [(support.evidence, support.lines) for support in node.inputs.rests_on] == [(rejected.digest, (7,))]
    assert stored.inputs["sources"]["rejected"] == {
        rejected.digest: {"parser": "megatron/1", "code": "contradictory_log"}
    }
    assert "rejected" not in before.inputs["sources"]
    assert stored.inputs_digest != before.inputs_digest
    assert score_centre(centre) == stored


def test_of_bytes_handed_in_again_only_what_counts_now_is_told(centre: Centre, olu: Person) -> None:
    first = add_rejected(centre, owner=olu)
    again = Evidence.objects.create(
        centre=centre, blob=first.blob, name="again.log", state=EvidenceState.REJECTED, problem=first.problem,
        uploaded_by=olu,
    )  # fmt: skip
    assert rejected_evidence(centre) == [again]
    Evidence.objects.create(
        centre=centre, blob=first.blob, name="with zone.log", state=EvidenceState.ACCEPTED, uploaded_by=olu
    )
    assert rejected_evidence(centre) == []


def test_a_file_rejected_after_the_submission_is_no_part_of_the_package(
    centre: Centre, edition: Edition, olu: Person
) -> None:
    early = add_rejected(centre, owner=olu)
    assessment = submit(open_assessment(centre, edition=edition, person=olu), person=olu)
    add_rejected(centre, owner=olu, name="late.log")
    stored = score_package(assessment)
    assert list(stored.inputs["sources"]["rejected"]) == [early.digest]
    assert early.digest not in stored.inputs["sources"]["evidence"]
    assert score_package(assessment) == stored


def test_files_still_being_read_delay_the_submission(assessment: Assessment, olu: Person) -> None:
    add_evidence(assessment.centre, owner=olu, name="late.csv", state=EvidenceState.PARSING)
    with refused("evidence_in_work"):
        submit(assessment, person=olu)


def test_same_inputs_give_the_same_stored_result(centre: Centre, edition: Edition, measured: dict[str, str]) -> None:
    first, second = score_centre(centre), score_centre(centre)
    assert first is not None
    assert first == second
    assert first.inputs["sources"]["evidence"].popitem()[1] == "meter_series/1"
    measured["annual_pue"] = "1.19"
    assert score_centre(centre) != first
    assert StoredResult.objects.count() == 2


def test_centre_is_not_scored_while_a_file_of_it_is_still_to_be_read(
    centre: Centre, edition: Edition, measured: dict[str, str], olu: Person
) -> None:
    late = add_evidence(centre, owner=olu, name="late.csv", state=EvidenceState.PARSING)
    assert score_centre(centre) is None
    Evidence.objects.filter(pk=late.pk).update(state=EvidenceState.REJECTED)
    assert score_centre(centre) is not None


def test_stored_result_reads_back_as_the_same_tree(centre: Centre, edition: Edition, measured: dict[str, str]) -> None:
    stored = score_centre(centre)
    assert stored is not None
    assert stored.result.digest == stored.digest


def test_results_and_acts_cannot_be_changed(assessment: Assessment, centre: Centre, measured: dict[str, str]) -> None:
    score_centre(centre)
    for changed in (StoredResult.objects.all(), Act.objects.all()):
        field = "grade" if changed.model is StoredResult else "reason"
        with pytest.raises(DatabaseError), transaction.atomic():
            changed.update(**{field: "L5"})


def test_a_second_open_assessment_of_a_centre_is_refused(
    assessment: Assessment, centre: Centre, edition: Edition, olu: Person
) -> None:
    with refused("already_exists"):
        open_assessment(centre, edition=edition, person=olu)


@pytest.mark.django_db
def test_numbers_run_and_carry_a_check_character() -> None:
    assert [next_number(2026)[:-2] for _ in range(3)] == ["ZH-2026-0001", "ZH-2026-0002", "ZH-2026-0003"]
    assert next_number(2027).startswith("ZH-2027-0001-")


@pytest.mark.torture("T40")
def test_every_single_typing_error_in_a_number_is_noticed() -> None:
    number = f"ZH-2026-0042-{check_character('ZH-2026-0042')}"
    assert is_well_formed(number)
    for position, sign in enumerate(number):
        for other in "0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZ":
            if other != sign:
                assert not is_well_formed(number[:position] + other + number[position + 1 :])


def test_centre_whose_files_say_nothing_is_blocked_and_says_why(centre: Centre, edition: Edition) -> None:
    stored = score_centre(centre)
    assert stored is not None
    assert (stored.verdict, stored.grade) == ("blocked", "")
    assert {cause.code for cause in stored.result.consequences} >= {"CE-1.1", "GR-1.1", "ST-1.1", "US-6.1"}


@pytest.mark.torture("T40")
def test_name_that_cannot_be_printed_stops_the_decision(
    assessment: Assessment, olu: Person, ana: Person, ravi: Person, deng: Person, monkeypatch: pytest.MonkeyPatch
) -> None:
    nameless = examples.profile(zh="智算中心\ue000")
    content = nameless.model_dump(mode="json", by_alias=True, exclude_none=True)
    ProfileVersion.objects.create(centre=assessment.centre, content=content, digest=nameless.digest, created_by=olu)
    monkeypatch.setattr(packages, "unprintable", lambda profile: iter(()))  # submitted before names were asked about
    scored(assessment, olu)
    evaluate(assessment, person=ana, reason="x")
    review(assessment, person=ravi, reason="x")
    with pytest.raises(UserFacingError, match=r"U\+E000"):
        decide(assessment, person=deng, certify=True, reason="x")
    assert Assessment.objects.get(pk=assessment.pk).state == "reviewed"
    assert not Certificate.objects.exists()


def test_measures_are_told_how_many_rows_of_a_file_could_not_be_read(centre: Centre, olu: Person) -> None:
    coverage = {"lines_read": 1000, "lines_used": 989, "lines_with_issue": 11}
    log = add_evidence(centre, owner=olu, name="jobs.csv", coverage=coverage)
    whole = add_evidence(centre, owner=olu, name="survey.csv")
    assert left_out_of([log, whole]) == {log.digest: 11}
