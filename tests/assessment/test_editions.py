"""A new edition beside old results: it names who would change and changes nobody."""

from __future__ import annotations

from collections.abc import Callable
from decimal import Decimal
from pathlib import Path
from typing import Any

import pytest
from rest_framework.test import APIClient

from assessment.models import Assessment, StoredResult
from assessment.services.application.submit import submit
from assessment.services.certificates import life as certificate_life
from assessment.services.decision.decide import decide
from assessment.services.decision.review import review
from assessment.services.editions.rescore import rescored
from assessment.services.evaluation.evaluate import evaluate
from assessment.services.results.score import score_package
from centres.models import Person, Role
from core.canonical import canonical_json
from indicators.models import Edition
from indicators.selectors import current_edition
from indicators.services.propose_edition import propose_edition
from indicators.services.publish_edition import publish_edition
from indicators.services.trial import keep_trial
from indicators.services.upload_edition import upload_edition
from tests.editions import zhisuan

pytestmark = pytest.mark.django_db

FOLDER = Path(__file__).resolve().parents[2] / "indicators" / "rubrics" / "zhisuan" / "2026.0"
PUE = "green_and_low_carbon/energy_efficiency/annual_pue.yaml"


@pytest.fixture
def certify(assessment: Assessment, olu: Person, ana: Person, ravi: Person, deng: Person) -> Callable[[], Assessment]:
    """Called, it leads the assessment to its certificate."""

    def act() -> Assessment:
        submitted = submit(assessment, person=olu, reason="齐备")
        score_package(submitted)
        submitted.refresh_from_db()
        evaluate(submitted, person=ana, reason="一致")
        review(submitted, person=ravi, reason="同意")
        return decide(submitted, person=deng, certify=True, reason="准予")

    return act


@pytest.fixture
def certified(certify: Callable[[], Assessment]) -> Assessment:
    return certify()


@pytest.fixture
def stricter(person: Callable[..., Person], edition: Edition) -> Callable[[], Edition]:
    """The published edition with a PUE of 1.20 worth 89, as a draft; called, it publishes it."""
    ruth, paul = person("ruth", Role.RUBRIC_AUTHOR), person("paul", Role.PUBLISHER)
    files = {path.relative_to(FOLDER).as_posix(): path.read_bytes() for path in FOLDER.rglob("*.yaml")}
    files["rubric.yaml"] = files["rubric.yaml"].replace(b'edition: "2026.0"', b'edition: "2026.5"')
    before = files[PUE]
    files[PUE] = before.replace(b'["1.20", "90"]', b'["1.20", "89"]')
    assert files[PUE] != before
    draft = upload_edition(files, person=ruth).edition

    def publish() -> Edition:
        keep_trial(draft.digest, cases=1, misses=[], untested=[])  # its cases are another test's matter
        propose_edition(draft, person=ruth, reason="stricter")
        return publish_edition(draft, person=paul, reason="agreed", digest=draft.digest)

    return publish


@pytest.mark.torture("T28", "earlier results byte-identical")
def test_superseding_an_edition_leaves_every_result_byte_identical(
    certified: Assessment, stricter: Callable[[], Edition]
) -> None:
    before = {stored.pk: canonical_json(stored.tree) for stored in StoredResult.objects.all()}
    digests = dict(StoredResult.objects.values_list("pk", "digest"))
    assert before
    new = stricter()
    assert current_edition() == new
    certified.refresh_from_db()
    assert certified.edition.state == "superseded"
    assert certified.edition.digest == certified.result.tree["edition_digest"]
    assert {stored.pk: canonical_json(stored.tree) for stored in StoredResult.objects.all()} == before
    again = score_package(certified)
    assert again.pk in before, "the same package against the pinned edition is the same row"
    assert again.digest == digests[again.pk]
    assert canonical_json(again.result.as_json()) == before[again.pk]


def test_what_a_result_kept_gives_the_same_figures_again(certified: Assessment) -> None:
    [one] = rescored(certified.assessor, old=certified.edition, new=certified.edition)
    assert not one.effect.changes
    assert one.effect.new.score == certified.result.score


@pytest.mark.parametrize("known", [True, False])
def test_a_newer_edition_is_given_all_that_was_measured(
    certify: Callable[[], Assessment], measured: dict[str, str], known: bool
) -> None:
    if known:
        measured["effective_training_time_ratio"] = "0.97"  # of 2026.1; 2026.0 does not ask for it
    read = zhisuan("2026.1")
    new = Edition.objects.create(rubric=read.rubric, edition=read.edition, digest=read.digest, content=read.content)
    certified = certify()
    [one] = rescored(certified.assessor, old=certified.edition, new=new)
    assert ("effective_training_time_ratio" in one.not_held) is not known


def test_the_diff_names_the_centres_that_would_change(
    certified: Assessment, stricter: Callable[[], Edition], ana: Person
) -> None:
    stricter()
    client = APIClient()
    client.force_authenticate(ana)
    body: dict[str, Any] = client.get("/api/v1/editions/zhisuan/2026.5/diff/").json()
    assert body["old"]["edition"] == "2026.0"
    words = [so["en"] for pillar in body["pillars"] for change in pillar["changes"] for so in change["consequences"]]
    assert any("1.20 gave 90 points, now 89" in one for one in words)
    [row] = body["centres"]
    assert row["centre"] == certified.centre.slug
    assert "annual_pue" not in row["not_held"]
    assert Decimal(row["new"]["score"]) < Decimal(row["old"]["score"])
    assert StoredResult.objects.count() == 1, "nothing is stored"


def test_the_public_sees_the_diff_of_published_editions_and_certified_centres_only(
    certified: Assessment, stricter: Callable[[], Edition]
) -> None:
    assert APIClient().get("/api/v1/editions/zhisuan/2026.5/diff/").status_code == 404, "a draft"
    stricter()
    [row] = APIClient().get("/api/v1/editions/zhisuan/2026.5/diff/?from=2026.0").json()["centres"]
    assert row["centre"] == certified.centre.slug
    assert certified.decider is not None
    certificate_life.withdraw(certified.certificate, person=certified.decider, reason="x")
    assert APIClient().get("/api/v1/editions/zhisuan/2026.5/diff/").json()["centres"] == []


@pytest.mark.parametrize("query", ["?from=2099.1", "?form=2026.0", "?from=2026.0&from=2026.0"])
def test_an_edition_that_is_not_there_cannot_be_compared_with(edition: Edition, query: str) -> None:
    assert APIClient().get(f"/api/v1/editions/zhisuan/2026.0/diff/{query}").status_code == 400
