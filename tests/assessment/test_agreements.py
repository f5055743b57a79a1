"""The agreement: signed by an owner of the centre, once, before the evaluation of the full procedure begins."""

# ruff: noqa: F811  (fixtures)
from __future__ import annotations

import json
from collections.abc import Callable

import pytest
from django.core.exceptions import PermissionDenied
from django.db import IntegrityError, transaction
from django.test import Client
from rest_framework.test import APIClient

from assessment.documents.content.agreement import FOLDER, agreement
from assessment.models import Act, Assessment, CasePart, SignedAgreement
from assessment.services.application.sign_agreement import sign_agreement
from assessment.services.decision.decide import decide
from assessment.services.decision.review import review
from assessment.services.evaluation.evaluate import evaluate
from assessment.services.evaluation.plan_evaluation import assign, begin_evaluation
from centres.models import Centre, CentreRole, Membership, Person, Role
from tests.assessment.conftest import sign, visited
from tests.assessment.test_separation import PILLARS, accepted, ada, clear, competent, full, one_decides, refused, rita  # noqa: F401
from tests.operations.triggers import without_rule

pytestmark = pytest.mark.django_db
Make = Callable[..., Person]
# Texts that were signed never change; another wording is another file, with a line here.
PUBLISHED = {"2026.1": "sha256:ee9fa222da3966c1c4921e101d441e1091e77e23d2f7058cb66b77ba0bba3d37"}


@pytest.mark.parametrize("file", sorted(FOLDER.glob("*.json")), ids=lambda file: file.stem)
def test_every_text_is_in_both_languages_and_stays_as_it_was_published(file) -> None:
    authored = json.loads(file.read_text(encoding="utf-8"))
    read = agreement(file.stem)
    assert read.id == file.stem
    assert read.digest == PUBLISHED[file.stem]
    for words in (authored["title"], authored["preamble"], *(w for one in authored["clauses"] for w in one.values())):
        assert set(words) == {"zh", "en"}
        assert all(words.values())


@pytest.fixture
def assigned(accepted: Assessment, centre: Centre, ada: Person, rita: Person, ana: Person) -> Assessment:
    competent(ana, ada)
    clear(centre, ana)
    assign(accepted, assessor=ana, pillars=PILLARS, person=rita)
    return accepted


def test_the_evaluation_begins_once_the_centres_owner_has_signed(
    assigned: Assessment, olu: Person, ana: Person
) -> None:
    with refused("agreement_needed"):
        begin_evaluation(assigned, plan="x", person=ana, reason="x")
    sign(assigned, olu)
    assert begin_evaluation(assigned, plan="x", person=ana, reason="x").state == "in_evaluation"
    kept = SignedAgreement.objects.get()
    assert (kept.text, kept.digest, kept.may_publish) == (agreement().id, agreement().digest, True)
    assert kept.parties["signatory"] == {"zh": "奥卢", "en": "Olu"}


def test_an_engineer_reads_it_and_an_owner_alone_signs_once(
    assigned: Assessment, centre: Centre, olu: Person, ana: Person, person: Make, api: Callable[[Person], APIClient]
) -> None:
    engineer = person("engineer")
    Membership.objects.create(user=engineer, centre=centre, role=CentreRole.ENGINEER)
    door = f"/api/v1/assessments/{assigned.pk}/certification-agreement/"
    told = api(engineer).get(door).json()
    assert (told["is_needed"], told["signed_at"], told["digest"]) == (True, None, agreement().digest)
    said = {"digest": told["digest"], "may_publish": False}
    for who, status in ((engineer, 403), (ana, 403)):
        assert api(who).post(door, said, format="json").status_code == status
    other = api(olu).post(door, said | {"digest": "sha256:0"}, format="json")
    assert (other.status_code, other.json()["code"]) == (409, "agreement_changed")
    signed = api(olu).post(door, said, format="json")
    assert (signed.status_code, signed.json()["may_publish"]) == (201, False)
    again = api(olu).post(door, said, format="json")
    assert (again.status_code, again.json()["code"]) == (409, "already_signed")
    history = api(olu).get(f"/api/v1/assessments/{assigned.pk}/history/").json()
    assert [one["words"]["en"] for one in history if one["act"] == "agreement.sign"] == ["agreement signed"]


def test_it_is_signed_after_the_review_of_the_application_and_not_before(
    assessment: Assessment,
    olu: Person,
    rita: Person,
    full: None,
) -> None:
    with refused("wrong_state"):
        sign(assessment, olu)


def test_to_who_only_sees_the_case_there_is_no_agreement_whatever_they_send(
    assigned: Assessment, person: Make, api: Callable[[Person], APIClient]
) -> None:
    door = f"/api/v1/assessments/{assigned.pk}/certification-agreement/"
    regulator = api(person("regina", Role.REGULATOR))
    assert regulator.get(f"/api/v1/assessments/{assigned.pk}/").status_code == 200
    for body in ({}, {"digest": "sha256:0", "may_publish": True}):
        assert regulator.post(door, body, format="json").status_code == 404


def test_who_works_for_the_body_does_not_sign_for_the_centre(assigned: Assessment, rita: Person) -> None:
    with pytest.raises(PermissionDenied):
        sign_agreement(assigned, digest=agreement().digest, may_publish=True, person=rita)


def test_the_page_says_what_is_agreed_and_what_was_signed_and_the_minutes_name_it(
    assigned: Assessment, olu: Person, ana: Person
) -> None:
    owner = Client(headers={"Accept-Language": "en"})
    owner.force_login(olu)
    page = f"/assessments/{assigned.pk}/certification-agreement/"
    assert page in owner.get(f"/centres/{assigned.centre.slug}/tasks/").content.decode()
    assert page in owner.get("/my/").content.decode()
    assert owner.post(page, {"may_publish": "yes"}).status_code == 422
    read = owner.get(page).context["form"].initial["digest"]
    assert owner.post(page, {"digest": read, "may_publish": "yes", "confirmed": "on"}).status_code == 302
    assert "Signed on" in owner.get(page).content.decode()
    assert page not in owner.get("/my/").content.decode()
    assessor = Client(headers={"Accept-Language": "en"})
    assessor.force_login(ana)
    assert (
        f"The agreement ({agreement().id}) was signed by Olu"
        in assessor.get(f"/assessments/{assigned.pk}/minutes/").content.decode()
    )


def test_nothing_is_certified_that_began_before_there_were_agreements(
    one_decides: None, assigned: Assessment, centre: Centre, olu: Person, ana: Person, ravi: Person, deng: Person
) -> None:
    sign(assigned, olu)
    begin_evaluation(assigned, plan="x", visit_needed=True, person=ana, reason="x")
    visited(assigned, by=ana)
    evaluate(assigned, person=ana, reason="x")
    clear(centre, ravi, deng)
    review(assigned, person=ravi, reason="x")
    with without_rule("assessment_signedagreement_stays"):
        SignedAgreement.objects.all().delete()
    with refused("agreement_needed"):
        decide(assigned, person=deng, certify=True, reason="x")


def test_after_another_text_came_into_force_the_page_has_that_one_signed(assigned: Assessment, olu: Person) -> None:
    owner, page = Client(), f"/assessments/{assigned.pk}/certification-agreement/"
    owner.force_login(olu)
    refusal = owner.post(page, {"digest": "sha256:0", "may_publish": "no", "confirmed": "on"})
    form = refusal.context["form"]
    assert (refusal.status_code, form["digest"].value()) == (422, agreement().digest)
    assert (form["may_publish"].value(), bool(form["confirmed"].value())) == ("no", False)
    said = {"digest": form["digest"].value(), "may_publish": "no", "confirmed": "on"}
    assert owner.post(page, said).status_code == 302


def test_a_superuser_signs_for_no_centre_they_do_not_own(assigned: Assessment, person: Make) -> None:
    root = person("root")
    Person.objects.filter(pk=root.pk).update(is_superuser=True)
    Membership.objects.create(user=root, centre=assigned.centre, role=CentreRole.ENGINEER)
    root = Person.objects.get(pk=root.pk)
    with pytest.raises(PermissionDenied):
        sign(assigned, root)
    page = Client()
    page.force_login(root)
    assert not page.get(f"/assessments/{assigned.pk}/certification-agreement/").context["may_sign"]


# --- past the services ------------------------------------------------------------------------------------------------


def test_the_database_takes_a_signature_of_an_owner_alone_and_keeps_it(
    assigned: Assessment, olu: Person, ana: Person
) -> None:
    given = {"assessment": assigned, "text": "x", "digest": "x", "may_publish": True, "parties": {}}
    with pytest.raises(IntegrityError), transaction.atomic():
        SignedAgreement.objects.create(**given, signed_by=ana)
    made = SignedAgreement.objects.create(**given, signed_by=olu)
    with pytest.raises(IntegrityError), transaction.atomic():
        SignedAgreement.objects.filter(pk=made.pk).update(may_publish=False)


def test_the_database_lets_no_full_evaluation_begin_without(assigned: Assessment, ana: Person) -> None:
    assert CasePart.objects.filter(assessment=assigned, person=ana).exists()
    with pytest.raises(IntegrityError), transaction.atomic():
        Act.objects.create(
            assessment=assigned, act="begin", from_state="accepted", to_state="in_evaluation", part="assessor",
            person=ana,
        )  # fmt: skip


def test_the_database_takes_no_signature_out_of_its_time(
    assessment: Assessment,
    olu: Person,
    rita: Person,
    full: None,
) -> None:
    with pytest.raises(IntegrityError), transaction.atomic():
        SignedAgreement.objects.create(
            assessment=assessment, text="x", digest="x", may_publish=True, parties={}, signed_by=olu
        )
