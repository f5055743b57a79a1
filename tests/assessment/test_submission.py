"""What is submitted is what was checked, and the centre holds a signed receipt of it."""

from __future__ import annotations

import stat
from pathlib import Path
from typing import Any

import pytest
from django.core.exceptions import ImproperlyConfigured
from django.db import DatabaseError, connection, transaction
from rest_framework.test import APIClient

from assessment.centre_selectors.packages import package_of, signing_keys
from assessment.models import Assessment, AssessmentState, SubmissionReceipt
from assessment.receipts.receipt import Receipt, Status, check_receipt, status_of
from assessment.services.application import submit as submitting
from assessment.services.application.admit import return_application, take_up
from assessment.services.application.open_assessment import open_assessment
from assessment.services.application.submit import submit
from assessment.services.results import score as scoring
from assessment.services.rules.case import rules
from centres.models import Centre, Person, Role
from centres.profile import FacilityProfile
from centres.selectors import current_profile
from centres.services.save_profile import save_profile
from core.errors import DecisionBlocked
from core.signature import PublicKey
from operations import signing
from operations.models import AuditEntry
from operations.rules_in_database import install, remove
from tests.assessment.conftest import add_evidence, add_rejected

pytestmark = pytest.mark.django_db


def receipt_of(case: Assessment) -> Receipt:
    return SubmissionReceipt.objects.filter(assessment=case)[0].receipt


def with_cards(centre: Centre, cards: int) -> FacilityProfile:
    """The present profile, with so many cards of its first model."""
    version = current_profile(centre)
    assert version is not None
    content = dict(version.content)
    content["accelerators"] = [{**content["accelerators"][0], "cards": cards}]
    return FacilityProfile.model_validate(content)


def test_the_receipt_names_every_file_with_its_reading(assessment: Assessment, olu: Person) -> None:
    read = {"encoding": "gb18030", "timezone": "Asia/Shanghai", "format": "energy_workbook"}
    add_evidence(assessment.centre, owner=olu, name="月报.xlsx", **read)
    add_rejected(assessment.centre, owner=olu)
    submit(assessment, person=olu, reason="齐备")
    receipt = receipt_of(assessment)
    files = {file["name"]: file for file in receipt.manifest["package"]["files"]}
    assert set(files) == {"meters.csv", "月报.xlsx", "train.log"}
    assert files["月报.xlsx"]["reading"] == {
        "encoding": "gb18030", "timezone": "Asia/Shanghai", "column_map": None,
    }  # fmt: skip
    assert files["月报.xlsx"]["size"] == 1
    assert files["train.log"] | {"counts": False, "problem": "contradictory_log"} == files["train.log"]
    assert receipt.manifest["package"]["edition"]["digest"] == assessment.edition.digest
    assert receipt.manifest["submitted_by"]["username"] == "olu"


def test_the_receipt_holds_offline_with_the_published_key(assessment: Assessment, olu: Person) -> None:
    submit(assessment, person=olu)
    served = APIClient().get("/api/v1/signing-keys/").json()
    known = [PublicKey.from_json(one) for one in served["keys"]]
    assert status_of(check_receipt(receipt_of(assessment), known=known)) is Status.VALID


def test_the_manifest_stands_in_the_audit_log(assessment: Assessment, olu: Person) -> None:
    submit(assessment, person=olu)
    entry = AuditEntry.objects.get(act="assessment.submit")
    assert entry.details == {"manifest": receipt_of(assessment).manifest_digest}


def test_no_submission_without_a_receipt(assessment: Assessment, olu: Person, monkeypatch: pytest.MonkeyPatch) -> None:
    def fails(content: bytes) -> None:
        raise ImproperlyConfigured("no key")

    monkeypatch.setattr(submitting, "sign", fails)
    with pytest.raises(ImproperlyConfigured):
        submit(assessment, person=olu)
    assessment.refresh_from_db()
    assert assessment.state == AssessmentState.DRAFT
    assert not assessment.package.exists()


def test_a_package_that_changed_since_it_was_checked_is_not_submitted(assessment: Assessment, olu: Person) -> None:
    checked = package_of(assessment.centre, edition=assessment.edition).digest
    add_evidence(assessment.centre, owner=olu, name="late.csv")
    with pytest.raises(DecisionBlocked) as refusal:
        submit(assessment, person=olu, package_digest=checked)
    assert refusal.value.code == "package_changed"
    now = package_of(assessment.centre, edition=assessment.edition).digest
    assert submit(assessment, person=olu, package_digest=now).state == AssessmentState.SUBMITTED


def test_each_submission_of_a_case_has_its_own_receipt(
    centre: Centre, edition: Any, olu: Person, person: Any, measured: Any, settings: Any
) -> None:
    settings.SCHEME_EXPRESS = False
    rui = person("rui", Role.REGISTRAR)
    case = open_assessment(centre, edition=edition, person=olu)
    submit(case, person=olu)
    take_up(case, person=rui, reason="看一下")
    return_application(case, person=rui, reason="缺月份")
    add_evidence(centre, owner=olu, name="march.csv")
    submit(case, person=olu)
    numbers = list(SubmissionReceipt.objects.values_list("submission", flat=True))
    assert numbers == [2, 1]
    client = APIClient()
    client.force_authenticate(olu)
    address = f"/api/v1/assessments/{case.pk}/receipt/"
    assert client.get(address).json()["manifest"]["submission"] == 2
    assert client.get(address, {"submission": "1"}).json()["manifest"]["submission"] == 1
    assert client.get(address, {"submission": "3"}).status_code == 404
    assert client.get(address, {"submission": "x"}).status_code == 400


def test_a_job_of_a_returned_submission_does_not_give_the_result(
    centre: Centre, edition: Any, olu: Person, rita: Person, measured: Any, settings: Any, monkeypatch: Any
) -> None:
    settings.SCHEME_EXPRESS = False
    case, honest, resubmitted = open_assessment(centre, edition=edition, person=olu), scoring.measure_all, []
    submit(case, person=olu)

    def overtaken(evidence: Any) -> Any:
        if not resubmitted:
            resubmitted.append(case)
            return_application(take_up(case, person=rita, reason="x"), person=rita, reason="1,024 cards, not 2,048")
            save_profile(centre, with_cards(centre, 1024), person=olu)
            measured["annual_pue"] = "1.45"
            submit(case, person=olu)
        return honest(evidence)

    monkeypatch.setattr(scoring, "measure_all", overtaken)
    before = Assessment.objects.get(pk=case.pk)
    scoring.score_package(before)
    case.refresh_from_db()
    assert (before.submissions, case.submissions, case.result) == (1, 2, None)
    scoring.score_package(case)
    case.refresh_from_db()
    assert case.result is not None
    assert case.result.profile_version.profile.cards == 1024
    assert str(case.result.result.node("GR-1.1").inputs.value) == "1.45"  # type: ignore[union-attr]


def test_the_database_takes_no_result_of_another_profile(
    assessment: Assessment, centre: Centre, olu: Person, measured: Any
) -> None:
    of_before = scoring.score_centre(centre)
    save_profile(centre, with_cards(centre, 1024), person=olu)
    submit(assessment, person=olu)
    with pytest.raises(DatabaseError), transaction.atomic():
        Assessment.objects.filter(pk=assessment.pk).update(result=of_before)


def test_a_profile_saved_back_to_what_it_was_keeps_its_result(
    assessment: Assessment, centre: Centre, olu: Person, measured: Any
) -> None:
    of_before = scoring.score_centre(centre)
    for cards in (1024, 2048):
        save_profile(centre, with_cards(centre, cards), person=olu)
    assert scoring.score_package(submit(assessment, person=olu)) == of_before
    assessment.refresh_from_db()
    assert assessment.result == of_before


def test_submitted_by_the_api_gives_the_same_receipt(assessment: Assessment, olu: Person) -> None:
    client = APIClient(headers={"If-Match": f'"{assessment.version}"'})
    client.force_authenticate(olu)
    door = f"/api/v1/assessments/{assessment.pk}"
    package = client.get(f"{door}/package/").json()
    assert package["obstacles"] == []
    assert client.post(f"{door}/submit/", {"package_digest": "sha256:0"}, format="json").status_code == 409
    answer = client.post(f"{door}/submit/", {"package_digest": package["package_digest"]}, format="json")
    assert answer.status_code == 200
    served = client.get(f"{door}/receipt/").json()
    assert served == receipt_of(assessment).as_json()
    assert served["manifest"]["package"] == package["package"]
    assert client.get(f"{door}/package/").status_code == 404  # frozen: the receipt tells


def test_strangers_and_the_public_see_no_receipt(assessment: Assessment, olu: Person, zoe: Person, person: Any) -> None:
    submit(assessment, person=olu)
    regulator = person("reg", Role.REGULATOR)
    for somebody in (zoe, regulator):
        client = APIClient()
        client.force_authenticate(somebody)
        assert client.get(f"/api/v1/assessments/{assessment.pk}/receipt/").status_code == 404


def test_a_receipt_is_never_changed(assessment: Assessment, olu: Person) -> None:
    submit(assessment, person=olu)
    install(connection, rules())
    try:
        with pytest.raises(DatabaseError), transaction.atomic():
            SubmissionReceipt.objects.update(digest="sha256:0")
    finally:
        remove(connection, rules())


def test_the_key_is_made_once_for_its_owner_alone(db: None, settings: Any) -> None:
    first, again = signing.own_public_key(), signing.own_public_key()
    path = Path(settings.HOME) / signing.FILE
    assert first == again
    assert stat.S_IMODE(path.stat().st_mode) == 0o600
    assert [entry.name for entry in path.parent.iterdir() if "signing" in entry.name] == [signing.FILE]


def test_a_key_that_is_given_is_the_one_that_signs(
    db: None, settings: Any, assessment: Assessment, olu: Person
) -> None:
    own = signing.own_public_key()
    submit(assessment, person=olu)
    other = Path(settings.HOME) / "other"
    settings.HOME = other
    signing.own_public_key()
    settings.SIGNING_KEY = (other / signing.FILE).read_text(encoding="ascii")
    assert signing.own_public_key() != own
    assert signing_keys() == [signing.own_public_key(), own]  # the old one still checks what it signed


def test_a_key_that_is_none_says_so(db: None, settings: Any) -> None:
    settings.SIGNING_KEY = "no key"
    with pytest.raises(ImproperlyConfigured, match="ZHIHENG_SIGNING_KEY"):
        signing.sign(b"")
