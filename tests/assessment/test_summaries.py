"""What is kept beside a result says what its tree says, never changes, and is all that lists read."""

from __future__ import annotations

import importlib
from decimal import Decimal

import pytest
from django.apps import apps
from django.db import Error, connection, transaction
from django.test import Client
from django.test.utils import CaptureQueriesContext
from rest_framework.test import APIClient

from assessment.models import Assessment, DrawnKeys, KeptExplanation, ResultSummary, StoredResult
from assessment.result_selectors import kept_or_found, situation_of
from assessment.scoring.explain.kept import METHOD, About, as_text, found, from_text
from assessment.services.application.open_assessment import open_assessment
from assessment.services.application.submit import submit
from assessment.services.decision.decide import decide
from assessment.services.decision.review import review
from assessment.services.evaluation.evaluate import evaluate
from assessment.services.results import firmness as service
from assessment.services.results.explain import keep_explanations
from assessment.services.results.firmness import firmness_among, keep_draws
from assessment.services.results.score import score_package
from assessment.services.rules.keeping import rules_of_keeping
from centres.models import Person
from indicators.models import Edition
from operations.http import pages
from operations.rules_in_database import remove
from tests.assessment.conftest import add_centre

pytestmark = pytest.mark.django_db


@pytest.fixture
def certified(
    edition: Edition, measured: dict[str, str], olu: Person, ana: Person, ravi: Person, deng: Person
) -> list[Assessment]:
    """Three of one kind with different results."""
    found = []
    for number, pue in enumerate(("1.18", "1.25", "1.30")):
        measured["annual_pue"] = pue
        case = open_assessment(add_centre(f"centre-{number}", owner=olu), edition=edition, person=olu)
        score_package(submit(case, person=olu))
        evaluate(case, person=ana, reason="agrees")
        review(case, person=ravi, reason="sound")
        found.append(decide(case, person=deng, certify=True, reason="met"))
    return found


def test_a_grade_that_was_capped_says_by_what_on_the_ranking(
    edition: Edition, measured: dict[str, str], olu: Person, ana: Person, ravi: Person, deng: Person
) -> None:
    measured["accelerator_allocation_rate"] = "24"
    case = open_assessment(add_centre("capped", owner=olu), edition=edition, person=olu)
    summary = score_package(submit(case, person=olu)).summary.summary
    evaluate(case, person=ana, reason="agrees")
    review(case, person=ravi, reason="sound")
    decide(case, person=deng, certify=True, reason="met")
    assert summary.capped_by == ("CE-4.1",)
    assert "受 CE-4.1 封顶" in Client().get("/").content.decode()


def test_a_summary_says_what_the_tree_says(certified: list[Assessment]) -> None:
    stored = certified[0].result
    assert stored is not None
    kept, result = stored.summary, stored.result
    assert (kept.digest, kept.grade, kept.score) == (stored.digest, result.grade, str(result.score))
    assert [(one.code, one.title, one.published) for one in kept.summary.pillars] == [
        (node.code, node.title, node.published) for node in result.pillars
    ]
    assert kept.summary.facility == result.facility
    assert kept.name == stored.profile_version.name
    assert kept.figures["annual_pue"][0] == "1.18"
    profile = stored.profile_version.profile
    assert (kept.province, kept.centre_class) == (profile.place.province, profile.centre_class.value)


def test_a_summary_never_changes(certified: list[Assessment]) -> None:
    with pytest.raises(Error), transaction.atomic():
        ResultSummary.objects.update(grade="L5")


def test_lists_open_no_tree(certified: list[Assessment], deng: Person) -> None:
    signed_in = APIClient()
    signed_in.force_authenticate(deng)
    for client, address in ((Client(), "/"), (Client(), "/api/v1/certificates/"), (signed_in, "/api/v1/assessments/")):
        with CaptureQueriesContext(connection) as caught:
            assert client.get(address).status_code == 200
        assert not [query for query in caught if '"tree"' in query["sql"] or '"inputs"' in query["sql"]], address


def test_results_of_before_get_the_same_summary_by_the_migration(certified: list[Assessment]) -> None:
    before = {one.pk: one for one in ResultSummary.objects.all()}
    ResultSummary.objects.all().delete()
    remove(connection, rules_of_keeping())  # as before every migration
    for step in ("0012_summaries_of_the_results_there_are", "0027_names_of_the_results_there_are"):
        importlib.import_module(f"assessment.migrations.{step}").fill(apps, None)
    again = {one.pk: one for one in ResultSummary.objects.all()}
    names = [field.attname for field in ResultSummary._meta.fields]
    assert [[getattr(one, name) for name in names] for one in again.values()] == [
        [getattr(one, name) for name in names] for one in before.values()
    ]


def test_a_result_without_summary_is_shown_all_the_same(certified: list[Assessment], deng: Person) -> None:
    def shown() -> object:
        api = APIClient()
        ranking = api.get("/api/v1/rankings/").json()["rows"]
        return ranking, api.get("/api/v1/certificates/").json()["results"]

    before = shown()
    ResultSummary.objects.all().delete()
    assert shown() == before


def test_intervals_are_the_same_from_kept_draws_and_from_new_ones(certified: list[Assessment]) -> None:
    results, edition = list(StoredResult.objects.all()), certified[0].edition
    assert DrawnKeys.objects.count() == len(results) == 3
    kept = firmness_among(results, edition=edition)
    assert kept is not None
    for missing in (1, 3):
        DrawnKeys.objects.filter(result__in=results[:missing]).delete()
        service._tried.cache_clear()
        assert firmness_among(results, edition=edition) == kept
    assert keep_draws(results[0]) is not None


def test_ranks_go_on_from_page_to_page(certified: list[Assessment], monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(pages.page_of, "__kwdefaults__", {"each": 1})
    shown = [Client().get("/", {"page": number}).context["rows"] for number in (1, 2, 3)]
    assert [row["rank"] for rows in shown for row in rows] == [1, 2, 3]
    scores = [row["score"] for rows in shown for row in rows]
    assert scores == sorted(scores, reverse=True)
    assert all(isinstance(score, Decimal) for score in scores)
    page = Client().get("/", {"page": 2, "use": "training_led"}).content.decode()
    assert 'rel="prev" href="?page=1&amp;use=training_led#ranking"' in page


def test_the_ranking_of_the_api_is_paged_as_other_lists(certified: list[Assessment]) -> None:
    client, address, ranks = APIClient(), "/api/v1/rankings/?limit=2", []
    while address:
        answer = client.get(address).json()
        ranks += [row["rank"] for row in answer["rows"]]
        address = answer["next"]
    assert ranks == [1, 2, 3]
    assert [row["rank"] for row in client.get(answer["previous"]).json()["rows"]] == [1, 2]
    assert client.get("/api/v1/rankings/?limit=0").status_code == 400
    assert client.get("/api/v1/rankings/?cursor=x").status_code == 400


def test_what_took_long_to_find_out_is_read_back_the_same(certified: list[Assessment]) -> None:
    stored = certified[1].result
    assert stored is not None
    situation = situation_of(stored)
    assert situation is not None
    for about in About:
        value = found(about, situation, stored.result)
        assert value, about
        assert from_text(about, as_text(about, value)) == value
    keep_explanations(stored)
    keep_explanations(stored)
    assert KeptExplanation.objects.count() == len(About)
    assert kept_or_found(stored.pk, About.ADVICE) == found(About.ADVICE, situation, stored.result)
    KeptExplanation.objects.update(method=METHOD + 1, content="of another method")
    assert kept_or_found(stored.pk, About.BORDERS) == found(About.BORDERS, situation, stored.result)
