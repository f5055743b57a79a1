"""What a body names in a field and whoever sends it may not see, or nobody ever made, is told at that field."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from rest_framework.test import APIClient

from centres.models import Competence, Declaration, Invitation, Membership
from tests.factories import Cast
from tests.operations.test_problems import codes, problem

pytestmark = [pytest.mark.django_db, pytest.mark.torture("T32")]
Api = Callable[..., APIClient]
DAY = "2027-01-31"
# Who sends what where, and which field names what is not theirs.
NAMING: dict[str, tuple[str, dict[str, Any], str, str]] = {
    "assessments/": ("olu", {"centre": "zoe-centre", "rubric": "zhisuan"}, "centre", "zoe-centre"),
    "invitations/": ("olu", {"email": "a@b.cn", "role": "finance", "centre": "zoe-centre"}, "centre", "zoe-centre"),
    "declarations/": ("reg", {"centre": "x", "conflict": False, "statement": "none"}, "centre", "nowhere"),
    "competences/": ("ada", {"person": "x", "pillar": "GR", "grounds": "x", "valid_until": DAY}, "person", "nobody"),
    "people/links/": ("ada", {"account": "olu", "to": "x", "reason": "x"}, "to", "nobody"),
    "people/second-factor-resets/": ("ada", {"account": "x", "reason": "x"}, "account", "nobody"),
}  # fmt: skip


@pytest.mark.parametrize("door", NAMING)
def test_what_a_body_names_and_is_not_there_is_told_at_its_field(api: Api, cast: Cast, door: str) -> None:
    person, body, field, foreign = NAMING[door]
    before = [kind.objects.count() for kind in (Declaration, Invitation, Membership, Competence)]
    answers = []
    for name in (foreign, "never-was"):
        said = problem(
            api(getattr(cast, person)).post(f"/api/v1/{door}", body | {field: name}, format="json"),
            400,
            "does_not_exist",
        )
        assert codes(said) == {field: "does_not_exist"}
        assert said["errors"][0]["hint"]
        answers.append(said | {"request_id": ""})
    assert answers[0] == answers[1]
    assert [kind.objects.count() for kind in (Declaration, Invitation, Membership, Competence)] == before


def test_a_name_with_a_nul_names_nothing(api: Api, cast: Cast) -> None:
    given = {"centre": "olu-centre\0", "file": SimpleUploadedFile("sus.csv", b"x")}
    said = problem(api(cast.olu).post("/api/v1/evidence/", given, format="multipart"), 400, "does_not_exist")
    assert codes(said) == {"centre": "does_not_exist"}
