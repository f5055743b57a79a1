"""Every route of the API that names an object of a centre: another centre's is as absent as one that never was.

The routes come from the URL configuration, so a new one is either covered here, or listed as open to everybody.
"""

from __future__ import annotations

import re
import uuid
from typing import Any

import pytest
from django.urls import URLPattern, URLResolver, get_resolver
from django.utils import timezone
from rest_framework.test import APIClient

from assessment.models import Dispute, Finding, FindingNote, Sample, SiteVisit
from assessment.services.open_assessment import open_assessment
from centres.services.invite import invite
from evidence.services.receive_evidence import Declared
from evidence.services.resume_upload import begin_upload
from indicators.models import Edition, EditionState
from tests.evidence.files import sus_csv
from tests.factories import Cast, evidence_of

pytestmark = [pytest.mark.django_db, pytest.mark.torture("T31")]

# Public by design: the register, the papers, the rubric and empty tables. Reports and acts on editions are staff's,
# with their own tests.
NOT_A_CENTRES = {
    "certificate",
    "certificate_pdf",
    "edition",
    "evidence_template",
    "edition_diff",
    "propose_edition",
    "return_edition",
    "publish_edition",
    "report",
    "report_pdf",
    "report_csv",
    "report_xlsx",
    "report_docx",
    "objections",
    "certificate_acts",
}
OBJECTS = {
    "centre": "centre",
    "profile": "centre",
    "centre_result": "centre",
    "centre_tasks": "centre",
    "centre_months": "centre",
    "centre_trial": "centre",
    "centre_explanation": "centre",
    "centre_flags": "centre",
    "centre_result_bundle": "centre",
    "members": "centre",
    "member": "centre",
    "invitation": "invitation",
    "job": "job",
    "evidence": "evidence",
    "evidence_content": "evidence",
    "evidence_lines": "evidence",
    "upload": "upload",
    "evidence_annotated": "evidence",
    "map_proposal": "evidence",
    "map_preview": "evidence",
    "reread": "evidence",
    "column_maps": "centre",
    "column_map": "centre",
    "column_map_version": "centre",
    "evidence_changes": "evidence",
    "evidence_count_again": "evidence",
    "evidence_tell_apart": "evidence",
    "assessment": "assessment",
    "assessment_result": "assessment",
    "assessment_package": "assessment",
    "assessment_receipt": "assessment",
    "assessment_explanation": "assessment",
    "assessment_flags": "assessment",
    "assessment_result_bundle": "assessment",
    "submit": "assessment",
    "evaluate": "assessment",
    "review": "assessment",
    "decide": "assessment",
    "discontinue": "assessment",
    "take_up": "assessment",
    "return_application": "assessment",
    "accept": "assessment",
    "decline": "assessment",
    "assign": "assessment",
    "begin": "assessment",
    "send_back": "assessment",
    "issue_statement": "assessment",
    "ask_again": "assessment",
    "take_effect": "assessment",
    "ratings": "assessment",
    "rating": "assessment",
    "undo_rating": "assessment",
    "rating_draft": "assessment",
    "accept_figures": "assessment",
    "agreement": "assessment",
    "findings": "assessment",
    "finding": "finding",
    "finding_acts": "finding",
    "finding_questions": "finding",
    "finding_replies": "finding",
    "samples": "assessment",
    "sample_inventory": "sample",
    "visits": "assessment",
    "visit_record": "visit",
    "visit_photographs": "visit",
    "visit_photograph": "visit",
    "close_visit": "visit",
    "disputes": "assessment",
    "dispute_acts": "dispute",
    "assessment_history": "assessment",
}
METHODS = ("get", "post", "put", "patch", "delete")


def routes() -> dict[str, str]:
    """Name → address template of every API route with an object in its address."""
    found: dict[str, str] = {}

    def walk(patterns: list[Any], prefix: str) -> None:
        for pattern in patterns:
            address = prefix + str(pattern.pattern)
            if isinstance(pattern, URLResolver):
                walk(pattern.url_patterns, address)
            elif isinstance(pattern, URLPattern) and address.startswith("api/v1/") and "<" in address:
                found[str(pattern.name)] = "/" + address

    walk(get_resolver().url_patterns, "")
    return found


@pytest.fixture
def theirs(cast: Cast) -> dict[str, str]:
    """What belongs to Zoe's centre, by kind."""
    edition = Edition.objects.create(
        rubric="test", edition="1", digest="sha256:0", content={}, state=EditionState.PUBLISHED, sealed=True
    )
    evidence = evidence_of(cast.other_centre, cast.zoe, sus_csv())
    assessment = open_assessment(cast.other_centre, edition=edition, person=cast.zoe)
    invitation = invite(email="x@example.com", role="engineer", person=cast.zoe, centre=cast.other_centre)
    upload = begin_upload(length=9, metadata="", declared=Declared(), centre=cast.other_centre, person=cast.zoe)
    finding = Finding.objects.create(assessment=assessment, severity="minor", statement="x", raised_by=cast.ana)
    asked = {"text": "x", "due_on": timezone.localdate(), "person": cast.ana}
    FindingNote.objects.create(pk=1, finding=finding, act="ask", **asked)
    day = {"begins_on": timezone.localdate(), "ends_on": timezone.localdate()}
    visit = SiteVisit.objects.create(assessment=assessment, place="hall", made_by=cast.ana, **day)
    sample = Sample.objects.create(assessment=assessment, of="cards", share="0.05", secret="5a", asked_by=cast.ana)
    said = {"statement": "x", "name": "n", "contact": "c"}
    dispute = Dispute.objects.create(assessment=assessment, kind="complaint", lodged_by=cast.zoe, **said)
    return {
        "centre": cast.other_centre.slug,
        "job": str(evidence.job_id),
        "evidence": str(evidence.pk),
        "assessment": str(assessment.pk),
        "upload": str(upload.pk),
        "invitation": str(invitation.pk),
        "finding": str(finding.pk),
        "visit": str(visit.pk),
        "sample": str(sample.pk),
        "dispute": str(dispute.pk),
    }


def test_every_route_with_an_object_is_known_here() -> None:
    assert set(routes()) == set(OBJECTS) | NOT_A_CENTRES


@pytest.mark.parametrize("name", sorted(OBJECTS))
def test_another_centres_object_is_as_absent_as_none(name: str, cast: Cast, theirs: dict[str, str]) -> None:
    template = routes()[name]
    absent = "nowhere" if OBJECTS[name] == "centre" else str(uuid.uuid4())
    client = APIClient()
    client.force_authenticate(cast.olu)
    for method in METHODS:
        answers = []
        for identifier in (theirs[OBJECTS[name]], absent):
            address = re.sub(r"<[^>]+>", identifier, template, count=1)
            address = re.sub(r"<int:[^>]+>", "1", address)
            address = re.sub(r"<str:username>", "zoe", address)
            address = re.sub(r"<uuid:[^>]+>", str(uuid.UUID(int=1)), address)
            address += "?line=1" if name == "evidence_lines" and method == "get" else ""
            answers.append(getattr(client, method)(address, {}, format="json", headers={"Tus-Resumable": "1.0.0"}))
        found, nobodys = answers
        assert found.status_code == nobodys.status_code, (method, found.content)
        assert found.status_code in (400, 403, 404, 405), (method, found.content)
        assert method != "get" or found.status_code in (404, 405)
        assert {**found.json(), "request_id": ""} == {**nobodys.json(), "request_id": ""}, method
