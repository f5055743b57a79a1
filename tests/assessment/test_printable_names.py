"""What stands on a certificate can be printed: asked before the submission, and again before anything is announced."""

from __future__ import annotations

from typing import Any

import pytest

from assessment.centre_selectors import packages
from assessment.centre_selectors.packages import unprintable
from assessment.models import Assessment
from assessment.services.application.submit import submit
from assessment.services.decision.awardable import require_awardable
from assessment.services.results.score import score_package
from centres.models import Centre, Person
from centres.profile import FacilityProfile
from centres.services.save_profile import save_profile
from tests.assessment.documents import examples
from tests.assessment.test_separation import refused

pytestmark = [pytest.mark.django_db, pytest.mark.torture("T40")]
CUP = "\N{TROPHY}"


def operated_by(zh: str) -> FacilityProfile:
    content: dict[str, Any] = examples.profile().model_dump(mode="json", by_alias=True, exclude_none=True)
    return FacilityProfile.model_validate(content | {"operator": {"zh": zh, "en": "Example Co."}})


def test_a_name_no_certificate_can_print_is_not_submitted(assessment: Assessment, centre: Centre, olu: Person) -> None:
    save_profile(centre, operated_by(f"示例{CUP}公司"), person=olu)
    with refused("missing_glyph") as caught:
        submit(assessment, person=olu)
    assert caught.value.where.field == "operator.zh"
    assert f"{CUP} (U+1F3C6)" in caught.value.message.zh
    save_profile(centre, operated_by("示例公司"), person=olu)
    assert submit(assessment, person=olu).state == "submitted"


def test_every_printed_field_is_asked_about() -> None:
    content: dict[str, Any] = examples.profile().model_dump(mode="json", by_alias=True, exclude_none=True)
    content["centre"]["name"] = {"zh": CUP, "en": CUP}
    content["operator"] = {"zh": CUP, "en": CUP}
    content["place"]["city"] = CUP
    content["accelerators"][0]["model"] = CUP
    fields = {found.where.field for found in unprintable(FacilityProfile.model_validate(content)) if found.where}
    names = {f"{name}.{language}" for name in ("centre.name", "operator") for language in ("zh", "en")}
    assert fields == names | {"place.city", "accelerators.0.model"}


def test_nothing_is_announced_that_can_never_take_effect(
    assessment: Assessment, centre: Centre, olu: Person, measured: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Submitted before names were asked about."""
    save_profile(centre, operated_by(f"示例{CUP}公司"), person=olu)
    with monkeypatch.context() as before:
        before.setattr(packages, "unprintable", lambda profile: iter(()))
        score_package(submit(assessment, person=olu))
    with refused("missing_glyph"):
        require_awardable(Assessment.objects.get(pk=assessment.pk))
