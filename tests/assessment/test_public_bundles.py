"""Downloads show what pages show: names of rejected files not to the public, grades of a pre-assessment to nobody."""

from __future__ import annotations

import gzip
import json
from typing import Any

import pytest
from rest_framework.test import APIClient

from assessment.models import Certificate, Kind, StoredResult
from assessment.scoring.recompute.bundle import Bundle
from assessment.scoring.recompute.rebuild import Status, recompute
from assessment.services.application.open_assessment import open_assessment
from assessment.services.application.submit import submit
from assessment.services.decision.decide import decide
from assessment.services.decision.review import issue_statement, review
from assessment.services.evaluation.evaluate import evaluate
from assessment.services.results.result_bundle import public_bundle, recompute_stored, result_bundle
from assessment.services.results.score import score_centre, score_package
from centres.models import Centre, Person, Role, StaffRole
from core.canonical import canonical_digest
from evidence.models import Evidence
from indicators.models import Edition
from tests.assessment.conftest import add_rejected

pytestmark = pytest.mark.django_db

NAME = "张三-个人工资.log"


def downloaded(address: str) -> dict[str, Any]:
    answer: Any = APIClient().get(address)
    assert answer.status_code == 200
    content: dict[str, Any] = json.loads(gzip.decompress(b"".join(answer.streaming_content)))
    return content


def test_a_public_bundle_names_no_rejected_file_and_is_rebuilt_all_the_same(
    centre: Centre, edition: Edition, measured: dict[str, str], olu: Person, ana: Person, ravi: Person, deng: Person
) -> None:
    rejected = add_rejected(centre, owner=olu, name=NAME)
    case = open_assessment(centre, edition=edition, person=olu)
    score_package(submit(case, person=olu))
    review(evaluate(case, person=ana, reason="x"), person=ravi, reason="x")
    decide(case, person=deng, certify=True, reason="x")
    certificate = Certificate.objects.get()
    doors = (f"/api/v1/certificates/{certificate.number}/bundle/", f"/centres/{centre.slug}/bundle/")
    for told in map(downloaded, doors):
        assert list(told["inputs"]["sources"]["rejected"]) == [rejected.digest]
        assert NAME not in json.dumps(told, ensure_ascii=False)
        bundle = Bundle(told["digests"], told["edition"], told["inputs"], told["result"])
        assert recompute(bundle).status is Status.SAME
        assert told["digests"]["inputs"] == certificate.result.inputs_digest


def test_whoever_may_open_the_files_reads_the_name_in_the_origin(centre: Centre, edition: Edition, olu: Person) -> None:
    add_rejected(centre, owner=olu, name=NAME)
    stored = score_centre(centre)
    assert stored is not None
    origin = result_bundle(stored, with_origin=True).origin
    assert origin is not None
    assert [one["name"] for one in origin["rejected"]] == [NAME]


def test_of_bytes_tried_again_under_another_name_the_one_is_measured_again_that_a_reason_names(
    centre: Centre, edition: Edition, olu: Person
) -> None:
    first = add_rejected(centre, owner=olu)
    stored = score_centre(centre)
    assert stored is not None
    assert first.name in json.dumps(stored.inputs["measurements"])
    again = Evidence.objects.get(pk=first.pk)
    again.pk, again.name, again._state.adding = None, "another name.log", True
    again.save()
    origin = result_bundle(stored, with_origin=True).origin
    assert origin is not None
    assert [one["name"] for one in origin["rejected"]] == [first.name]


def as_before(stored: StoredResult, name: str) -> StoredResult:
    """The same row as it was kept when sources named rejected files."""
    sources = stored.inputs["sources"]
    rejected = {digest: {"name": name, **told} for digest, told in sources["rejected"].items()}
    stored.inputs = stored.inputs | {"sources": sources | {"rejected": rejected}}
    stored.inputs_digest = canonical_digest(stored.inputs)
    return stored


def test_a_result_of_before_that_names_rejected_files_has_no_public_bundle_but_its_own(
    centre: Centre, edition: Edition, olu: Person
) -> None:
    add_rejected(centre, owner=olu, name=NAME)
    stored = score_centre(centre)
    assert stored is not None
    assert public_bundle(stored) is not None
    before = as_before(stored, NAME)
    assert public_bundle(before) is None
    origin = result_bundle(before, with_origin=True).origin
    assert origin is not None
    assert [one["name"] for one in origin["rejected"]] == [NAME]
    checks = {check.name: check.ok for check in recompute_stored(before, from_evidence=False).checks}
    assert checks["edition"] is True


@pytest.mark.parametrize("door", ["bundle", "explanation"])
def test_neither_bundle_nor_explanation_tells_the_grade_of_a_pre_assessment(
    door: str, centre: Centre, edition: Edition, measured: dict[str, str], olu: Person, ana: Person, ravi: Person,
    person: Any,
) -> None:  # fmt: skip
    case = open_assessment(centre, edition=edition, person=olu, kind=Kind.PRE_ASSESSMENT)
    score_package(submit(case, person=olu))
    evaluate(case, person=ana, reason="x")
    issue_statement(case, person=ravi, reason="x")
    regulator = person("reg")
    StaffRole.objects.create(user=regulator, role=Role.REGULATOR, province=centre.province)
    for reader in (olu, ana, regulator):
        client = APIClient()
        client.force_authenticate(reader)
        assert client.get(f"/api/v1/assessments/{case.pk}/result/").json()["grade"] is None
        assert client.get(f"/api/v1/assessments/{case.pk}/result/{door}/").status_code == 404
