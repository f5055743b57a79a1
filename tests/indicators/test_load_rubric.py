"""Entering a rubric edition: what is published stays as it is."""

from __future__ import annotations

import shutil
from pathlib import Path

import pytest
from django.core.management import CommandError, call_command
from rest_framework.test import APIClient

from core.canonical import canonical_digest
from indicators.models import Edition, EditionState
from indicators.selectors import current_edition, typed

pytestmark = pytest.mark.django_db

FOLDER = Path(__file__).resolve().parents[2] / "indicators" / "rubrics" / "zhisuan" / "2026.0"


def test_an_edition_comes_with_its_digest_and_reads_back_the_same() -> None:
    call_command("load_rubric", str(FOLDER))
    call_command("load_rubric", str(FOLDER))
    edition = Edition.objects.get()
    assert edition.state == EditionState.PUBLISHED
    assert edition.digest == canonical_digest(edition.content) == typed(edition).digest
    assert current_edition() == edition
    assert edition.standing.zh
    assert edition.standing.en


@pytest.mark.torture("T28", "changed content")
def test_a_published_edition_cannot_become_another(tmp_path: Path) -> None:
    call_command("load_rubric", str(FOLDER))
    digest = Edition.objects.get().digest
    changed = tmp_path / "2026.0"
    shutil.copytree(FOLDER, changed)
    (changed / "EDITION").unlink()
    rubric = changed / "rubric.yaml"
    rubric.write_text(rubric.read_text(encoding="utf-8").replace("en: ", "en: Changed ", 1), encoding="utf-8")
    with pytest.raises(CommandError, match="is published"):
        call_command("load_rubric", str(changed))
    assert Edition.objects.get().digest == digest


def test_anyone_may_read_an_edition() -> None:
    call_command("load_rubric", str(FOLDER))
    [listed] = APIClient().get("/api/v1/editions/").json()["results"]
    assert set(listed["standing"]) == {"zh", "en"}
    whole = APIClient().get("/api/v1/editions/zhisuan/2026.0/").json()
    assert canonical_digest(whole["content"]) == listed["digest"]
    assert APIClient().get("/api/v1/editions/zhisuan/2099.9/").status_code == 404
