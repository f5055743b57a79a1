"""A stored result is rebuilt from what it names, and whoever may read it may have the bundle to do so."""

from __future__ import annotations

import json
from io import StringIO
from pathlib import Path
from typing import Any

import pytest
from django.core.management import call_command
from django.core.management.base import CommandError
from django.db import connection
from django.test import Client
from rest_framework.test import APIClient

from assessment.models import Assessment, StoredResult
from assessment.scoring.recompute.bundle import Bundle, read_bundle
from assessment.scoring.recompute.rebuild import Recomputed, Status, recompute
from assessment.services.application.submit import submit
from assessment.services.results.result_bundle import recompute_stored, result_bundle
from assessment.services.results.score import TASK, score_centre, score_package
from centres.models import Centre, Person
from evidence import store
from evidence.models import Evidence
from evidence.parsers.registry import PARSER_BY_FORMAT
from evidence.tasks import parse
from indicators.models import Edition
from operations.models import Job
from tests.assessment.conftest import add_rejected
from tests.evidence.files import sus_csv
from tests.factories import Cast, evidence_of
from zhiheng.main import main

pytestmark = pytest.mark.django_db


def checks(found: Recomputed) -> dict[str, bool | None]:
    return {check.name: check.ok for check in found.checks}


@pytest.fixture
def from_a_file(cast: Cast, edition: Edition, quick_parser: None) -> StoredResult:
    """A result that rests on one real file, handed in without a zone or a format."""
    evidence = evidence_of(cast.centre, cast.olu, sus_csv(40))
    parse(str(evidence.job_id))
    Job.objects.filter(task=TASK).delete()  # done here instead
    stored = score_centre(cast.centre)
    assert stored is not None
    return stored


def test_a_stored_result_is_rebuilt_to_the_same_bytes(
    centre: Centre, edition: Edition, measured: dict[str, str]
) -> None:
    stored = score_centre(centre)
    assert stored is not None
    found = recompute_stored(stored, from_evidence=False)
    assert (found.status, found.digest) == (Status.SAME, stored.digest)


def test_a_row_that_keeps_its_sources_alone_is_measured_again_and_rebuilt(from_a_file: StoredResult) -> None:
    from_a_file.inputs = from_a_file.inputs["sources"]
    assert recompute_stored(from_a_file, from_evidence=False).status is Status.SAME


def test_from_the_bytes_up_every_step_comes_out_the_same(from_a_file: StoredResult) -> None:
    found = recompute_stored(from_a_file, from_evidence=True)
    assert checks(found) == dict.fromkeys(
        ("edition", "inputs", "semantics", "result", "bytes", "evidence", "profile", "versions", "measurements"), True
    )
    assert from_a_file.inputs["measurements"]["sus_mean"]["value"] == "75"


def test_a_rejected_file_is_part_of_what_is_measured_again(from_a_file: StoredResult, cast: Cast) -> None:
    add_rejected(cast.centre, owner=cast.olu)
    stored = score_centre(cast.centre)
    assert stored is not None
    assert stored != from_a_file
    found = recompute_stored(stored, from_evidence=True)
    assert set(checks(found).values()) == {True}
    origin = result_bundle(stored, with_origin=True).origin
    assert origin is not None
    assert [(file["name"], file["code"]) for file in origin["rejected"]] == [("train.log", "contradictory_log")]


def test_missing_bytes_are_named(from_a_file: StoredResult) -> None:
    (evidence,) = Evidence.objects.all()
    with store.open_blob(evidence.blob_id) as stream:
        Path(stream.name).unlink()
    found = recompute_stored(from_a_file, from_evidence=True)
    (missing,) = [check for check in found.checks if check.ok is False]
    assert missing.name == "evidence"
    assert missing.detail is not None
    assert evidence.digest in missing.detail.en


def test_another_version_of_a_parser_is_named_and_leaves_the_question_open(
    from_a_file: StoredResult, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(PARSER_BY_FORMAT["sus"], "version", "99")
    found = recompute_stored(from_a_file, from_evidence=True)
    assert found.status is Status.UNCONFIRMED
    (versions,) = [check for check in found.checks if check.ok is None]
    assert versions.detail is not None
    assert "sus/99" in versions.detail.zh
    assert checks(found)["measurements"] is True


def test_a_measure_that_says_something_else_under_the_same_version_is_a_difference(
    from_a_file: StoredResult, monkeypatch: pytest.MonkeyPatch
) -> None:
    from_a_file.inputs["measurements"]["sus_mean"]["value"] = "76"
    found = recompute_stored(from_a_file, from_evidence=True)
    assert {name for name, ok in checks(found).items() if ok is False} == {
        "inputs", "result", "bytes", "measurements"
    }  # fmt: skip
    (told,) = [check.detail for check in found.checks if check.name == "measurements"]
    assert told is not None
    assert "sus_mean (value 76 → 75)" in told.en


# --- the command ------------------------------------------------------------------------------------------------------


def ran(*arguments: str) -> str:
    out = StringIO()
    call_command("recompute", *arguments, stdout=out)
    return out.getvalue()


def test_the_command_rebuilds_all_or_those_named(from_a_file: StoredResult) -> None:
    line = f"{from_a_file.digest} olu-centre same\n"
    assert ran("--all") == ran(str(from_a_file.pk)) == ran(from_a_file.digest[:20]) == line
    assert ran("--evidence", from_a_file.digest.removeprefix("sha256:")) == line


def test_the_command_fails_naming_what_differs(from_a_file: StoredResult) -> None:
    """Also when somebody took away the trigger that keeps a published edition as it is."""
    with connection.cursor() as cursor:
        cursor.execute("DROP TRIGGER indicators_edition_final")
    content = dict(from_a_file.edition.content)
    content["rubric.yaml"] = content["rubric.yaml"] | {"title": {"zh": "改", "en": "changed"}}
    Edition.objects.update(content=content)
    out = StringIO()
    with pytest.raises(CommandError, match="1 results"):
        call_command("recompute", "--all", stdout=out)
    assert "edition: 应为 sha256:" in out.getvalue()


@pytest.mark.parametrize("arguments", [(), ("--all", "1"), ("nothing",), ("999999",)])
def test_the_command_refuses_what_names_no_result(arguments: tuple[str, ...], from_a_file: StoredResult) -> None:
    with pytest.raises(CommandError):
        ran(*arguments)


# --- doors ------------------------------------------------------------------------------------------------------------


def downloaded(answer: Any, folder: Path) -> Bundle:
    assert answer.status_code == 200
    assert answer["Content-Type"] == "application/gzip"
    assert ".bundle.json.gz" in answer["Content-Disposition"]
    path = folder / "bundle.json.gz"
    path.write_bytes(b"".join(answer.streaming_content))
    return read_bundle(path)


def test_what_the_api_hands_out_is_rebuilt_offline_with_the_file_beside_it(
    from_a_file: StoredResult, cast: Cast, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    client = APIClient()
    client.force_authenticate(cast.olu)
    answer = client.get("/api/v1/centres/olu-centre/result/bundle/")
    assert answer["ETag"] == f'"{from_a_file.digest}"'
    downloaded(answer, tmp_path)
    (tmp_path / "evidence").mkdir()
    (tmp_path / "evidence" / "renamed.txt").write_bytes(sus_csv(40))
    bundle, evidence = str(tmp_path / "bundle.json.gz"), str(tmp_path / "evidence")
    assert main(["recompute", bundle, "--evidence", evidence, "--json"]) == 0
    (told,) = json.loads(capsys.readouterr().out)["bundles"]
    assert (told["status"], told["digest"]) == ("same", from_a_file.digest)
    assert "measurements" in [check["name"] for check in told["checks"]]
    (tmp_path / "evidence" / "renamed.txt").write_bytes(sus_csv(41))
    assert main(["recompute", bundle, "--evidence", evidence, "--language", "en"]) == 1
    assert "Evidence files are missing" in capsys.readouterr().out


def test_the_bundle_of_a_package_is_that_of_its_result(
    assessment: Assessment, olu: Person, zoe: Person, tmp_path: Path
) -> None:
    address = f"/api/v1/assessments/{assessment.pk}/result/bundle/"
    client = APIClient()
    client.force_authenticate(olu)
    assert client.get(address).status_code == 404, "there is no result yet"
    stored = score_package(submit(assessment, person=olu, reason="齐备"))
    assert recompute(downloaded(client.get(address), tmp_path)).digest == stored.digest
    client.force_authenticate(zoe)
    assert client.get(address).status_code == 404
    assert APIClient().get(address).status_code == 401


def test_the_page_offers_the_bundle_to_whoever_may_read_the_result(
    from_a_file: StoredResult, cast: Cast, tmp_path: Path
) -> None:
    client = Client()
    address = "/centres/olu-centre/bundle/"
    assert client.get(address).status_code == 404
    client.force_login(cast.zoe, "django.contrib.auth.backends.ModelBackend")
    assert client.get(address).status_code == 404
    client.force_login(cast.olu, "django.contrib.auth.backends.ModelBackend")
    assert address in client.get("/centres/olu-centre/result/").content.decode()
    found = downloaded(client.get(address), tmp_path)
    assert found.origin is not None
    assert [file["name"] for file in found.origin["evidence"]] == ["sus.csv"]
    assert recompute(found).status is Status.SAME


def test_the_public_gets_the_bundle_of_a_certified_centre_without_the_names_of_its_files(
    assessment: Assessment, olu: Person, ana: Person, ravi: Person, deng: Person, tmp_path: Path
) -> None:
    from assessment.services.certificates.life import suspend
    from assessment.services.decision.decide import decide
    from assessment.services.decision.review import review
    from assessment.services.evaluation.evaluate import evaluate

    score_package(submit(assessment, person=olu, reason="齐备"))
    assessment.refresh_from_db()
    evaluate(assessment, person=ana, reason="一致")
    review(assessment, person=ravi, reason="同意")
    decide(assessment, person=deng, certify=True, reason="准予")
    found = downloaded(Client().get(f"/centres/{assessment.centre.slug}/bundle/"), tmp_path)
    assert found.origin is None
    assert recompute(found).status is Status.SAME

    certificate = assessment.certificate
    address = f"/api/v1/certificates/{certificate.number}/bundle/"
    assert recompute(downloaded(APIClient().get(address), tmp_path)).digest == certificate.result.digest
    suspend(certificate, person=deng, reason="暂停")
    assert APIClient().get(address).status_code == 404


def test_a_bundle_without_origin_says_that_nothing_can_be_measured_again(
    from_a_file: StoredResult, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    content = result_bundle(from_a_file, with_origin=False).as_json()
    (tmp_path / "b.json").write_text(json.dumps(content), encoding="utf-8")
    assert main(["recompute", str(tmp_path / "b.json"), "--evidence", str(tmp_path), "--language", "en"]) == 1
    assert "nothing can be measured again" in capsys.readouterr().out
