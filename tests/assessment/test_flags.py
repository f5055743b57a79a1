"""Flags stand before the score for assessors, reviewers and deciders; for everybody else there is no such thing."""

from __future__ import annotations

from io import StringIO
from typing import Any

import pytest
from django.core.management import call_command
from django.test import Client
from django.urls import reverse
from rest_framework.test import APIClient

from assessment.models import Assessment, Screening, StoredResult
from assessment.services.application.submit import submit
from assessment.services.results.score import score_package
from assessment.services.results.screen import screen
from centres.models import Centre, CentreRole, Membership, Person
from core.canonical import canonical_digest
from evidence.models import Flag
from fixtures.integrity.draws import Population
from fixtures.integrity.frauds import FRAUDS
from fixtures.integrity.honest import honest_world, written
from fixtures.integrity.paper import Package
from indicators.integrity.registry import check_versions
from indicators.measures.base import CentreEvidence
from tests.operations.triggers import without_rule

pytestmark = pytest.mark.django_db

TRIED = Population("tests", 5, tuple(range(10)))


@pytest.fixture
def submitted(assessment: Assessment, olu: Person) -> Assessment:
    score_package(submit(assessment, person=olu, reason="齐备"))
    assessment.refresh_from_db()
    return assessment


@pytest.fixture
def constant() -> Package:
    """A centre whose meter stands still for sixty days."""
    fraud = next(one for one in FRAUDS if one.way == "one value")
    world = honest_world(TRIED, 1)
    return written(TRIED, 1, fraud.lay(TRIED.draw("fraud"), world, 60, world))


def screened(stored: StoredResult, package: Package) -> Screening:
    return screen(stored, package.evidence(), measurements={}, names=package.names)


@pytest.fixture
def odd(submitted: Assessment, constant: Package) -> Assessment:
    """An assessment whose newest screening has a flag."""
    assert submitted.result is not None
    screened(submitted.result, constant)
    return submitted


def answer(person: Person, address: str) -> Any:
    client = APIClient()
    client.force_authenticate(person)
    return client.get(address)


def page(person: Person, address: str) -> str:
    client = Client()
    client.force_login(person)
    return client.get(address, headers={"Accept-Language": "en"}).content.decode()


def test_a_result_is_screened_when_it_is_computed(submitted: Assessment) -> None:
    screening = Screening.objects.get(result=submitted.result)
    assert screening.content["checks"] == check_versions()
    assert screening.digest == canonical_digest(screening.content)


def test_screening_again_finds_the_same_row(odd: Assessment, constant: Package) -> None:
    assert odd.result is not None
    before = Screening.objects.count()
    screened(odd.result, constant)
    assert Screening.objects.count() == before


def test_flags_change_nothing_of_the_result(submitted: Assessment, constant: Package) -> None:
    assert submitted.result is not None
    digest, inputs = submitted.result.digest, submitted.result.inputs_digest
    screened(submitted.result, constant)
    again = StoredResult.objects.get(pk=submitted.result.pk)
    assert (again.digest, again.inputs_digest) == (digest, inputs)


@pytest.mark.parametrize("name", ["ana", "ravi", "deng"])
def test_the_body_reads_flags_over_the_api(odd: Assessment, name: str, request: pytest.FixtureRequest) -> None:
    found = answer(request.getfixturevalue(name), f"/api/v1/assessments/{odd.pk}/flags/").json()
    (flag,) = [one for one in found["flags"] if one["code"] == "constant_stretch"]
    assert flag["reason"]["zh"]
    assert flag["look"]["en"]
    assert flag["rests_on"][0]["kind"] == "energy_readings"
    assert found["checks"]["constant_stretch"] == "1"


def test_the_centre_learns_nothing_of_flags(odd: Assessment, olu: Person) -> None:
    for address in (f"/api/v1/assessments/{odd.pk}/flags/", f"/api/v1/centres/{odd.centre.slug}/flags/"):
        assert answer(olu, address).status_code == 404
    for address in (
        reverse("assessment:assessment", args=[odd.pk]),
        reverse("assessment:result", args=[odd.centre.slug]),
    ):
        shown = page(olu, address)
        assert "plausibility" not in shown
        assert "constant_stretch" not in shown


def test_a_member_of_the_centre_in_the_body_learns_nothing_either(odd: Assessment, ana: Person) -> None:
    Membership.objects.create(user=ana, centre=odd.centre, role=CentreRole.ENGINEER)
    assert answer(ana, f"/api/v1/assessments/{odd.pk}/flags/").status_code == 404


def test_nor_does_one_who_administers_the_platform(odd: Assessment, olu: Person) -> None:
    Person.objects.filter(pk=olu.pk).update(is_superuser=True)
    client = APIClient()
    client.force_authenticate(Person.objects.get(pk=olu.pk))
    assert client.get(f"/api/v1/assessments/{odd.pk}/flags/").status_code == 404


def test_nor_does_one_by_another_account_of_the_same_human(odd: Assessment, ana: Person, olu: Person) -> None:
    Person.objects.filter(pk=ana.pk).update(natural_person=olu.natural_person)
    ana.refresh_from_db()
    assert answer(ana, f"/api/v1/assessments/{odd.pk}/flags/").status_code == 404


def test_flags_stand_before_the_score_on_the_assessors_pages(odd: Assessment, ana: Person) -> None:
    for address in (
        reverse("assessment:assessment", args=[odd.pk]),
        reverse("assessment:result", args=[odd.centre.slug]),
    ):
        shown = page(ana, address)
        assert "Readings that do not move" in shown
        assert "Look at:" in shown
        assert shown.index('id="flags"') < shown.index('class="verdict"')


def test_the_centres_page_leads_the_body_to_its_flags(odd: Assessment, ana: Person, olu: Person) -> None:
    address = reverse("assessment:centre", args=[odd.centre.slug])
    assert "flags on the evidence" in page(ana, address)
    assert "flags on the evidence" not in page(olu, address)


def test_results_of_before_can_be_screened(submitted: Assessment) -> None:
    with without_rule("assessment_screening_stays"):
        Screening.objects.all().delete()
    said = StringIO()
    call_command("screen_results", stdout=said)
    assert said.getvalue().startswith(submitted.centre.slug)
    assert Screening.objects.get().result == submitted.result


def test_a_package_without_flags_is_said_to_prove_nothing(submitted: Assessment, ana: Person) -> None:
    shown = page(ana, reverse("assessment:assessment", args=[submitted.pk]))
    assert "found nothing odd. That proves nothing" in shown


def test_a_result_of_before_was_not_screened(submitted: Assessment, ana: Person) -> None:
    with without_rule("assessment_screening_stays"):
        Screening.objects.all().delete()
    assert "was not screened" in page(ana, reverse("assessment:assessment", args=[submitted.pk]))
    assert answer(ana, f"/api/v1/assessments/{submitted.pk}/flags/").json()["screened_at"] is None


@pytest.mark.torture("T05")
def test_same_bytes_of_another_centre_stand_among_the_flags(submitted: Assessment, ana: Person, olu: Person) -> None:
    item = submitted.package.first()
    assert item is not None
    Flag.objects.create(evidence=item.evidence, code="same_bytes_elsewhere", details={"centres": ["zoe-centre"]})
    found = answer(ana, f"/api/v1/assessments/{submitted.pk}/flags/").json()
    assert found["copies"] == [{"evidence": item.digest, "name": item.evidence.name, "centres": ["zoe-centre"]}]
    address = reverse("assessment:assessment", args=[submitted.pk])
    assert "zoe-centre" in page(ana, address)
    assert "zoe-centre" not in page(olu, address)


@pytest.mark.torture("T05")
def test_the_same_series_of_another_centre_is_found(submitted: Assessment, constant: Package, centre: Centre) -> None:
    """Not the same bytes: the second package has other numbers, but the same jobs and incidents in it."""
    assert submitted.result is not None
    other = Centre.objects.create(slug="other", name_zh="另一中心", name_en="Other centre")
    theirs = StoredResult.objects.create(
        centre=other,
        edition=submitted.edition,
        profile_version=submitted.result.profile_version,
        tree=submitted.result.tree,
        digest="sha256:other",
        inputs_digest="sha256:other",
        verdict="scored",
    )
    screened(theirs, constant)
    moved = honest_world(TRIED, 1)
    package = written(TRIED, 1, moved)
    evidence = CentreEvidence(
        package.profile.model_copy(update={"centre": package.profile.centre.model_copy(update={"id": centre.slug})}),
        package.evidence().tables,
    )
    screening = screen(submitted.result, evidence, measurements={}, names=package.names)
    codes = {flag["code"] for flag in screening.content["flags"]}
    assert {"same_rows", "same_series"} <= codes
    assert set(screening.content["compared"]) == {constant.profile.centre.id}
