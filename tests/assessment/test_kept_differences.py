"""What led from one result to another is found by the job that scores, kept beside the two, and read by the pages."""

from __future__ import annotations

from collections.abc import Callable

import pytest
from django.core.management import call_command
from django.test import Client

from assessment import difference_selectors as selectors
from assessment.desk_selectors import items
from assessment.difference_selectors import compared_with, difference_between, difference_found, previous_result
from assessment.models import Assessment, KeptDifference, KeptExplanation, Kind, ProvisionalResult, StoredResult
from assessment.scoring.explain.kept import METHOD, About, difference_as_text, difference_from_text
from assessment.selectors import current_case
from assessment.services.application.admit import discontinue
from assessment.services.application.kinds_now import kinds_now
from assessment.services.application.open_assessment import open_assessment
from assessment.services.application.submit import submit
from assessment.services.decision.decide import decide
from assessment.services.decision.review import review
from assessment.services.desk.accept_figures import accept_figures
from assessment.services.desk.ratings import Said, rule
from assessment.services.evaluation.evaluate import evaluate
from assessment.services.results.explain import TASK, explain
from assessment.services.results.score import score_centre, score_package
from assessment.tasks import explain_result
from centres.models import Centre, Person
from indicators.models import Edition
from operations.jobs import enqueue
from operations.models import JobState
from tests.operations.triggers import without_rules_of_a_case

pytestmark = pytest.mark.django_db
Cases = Callable[..., Assessment]


@pytest.fixture
def cases(
    centre: Centre,
    edition: Edition,
    measured: dict[str, str],
    run_jobs: Callable[[], int],
    olu: Person,
    ana: Person,
    ravi: Person,
    deng: Person,
) -> Cases:
    """Makes one case of the centre after another, each with another PUE, scored as a worker does it."""

    def case(pue: str, *, certify: bool | None = None) -> Assessment:
        measured["annual_pue"] = pue
        made = submit(open_assessment(centre, edition=edition, person=olu, kind=kinds_now(centre)[0]), person=olu)
        run_jobs()
        made.refresh_from_db()
        if certify is not None:
            evaluate(made, person=ana, reason="agrees")
            review(made, person=ravi, reason="sound")
            made = decide(made, person=deng, certify=certify, reason="so")
        return made

    return case


@pytest.fixture
def renewed(cases: Cases) -> Assessment:
    cases("1.18", certify=True)
    return cases("1.15")


@pytest.fixture
def nothing_is_found_now(monkeypatch: pytest.MonkeyPatch) -> None:
    def found_now(before: int, after: int) -> None:
        raise AssertionError("found while somebody waits")

    monkeypatch.setattr(selectors, "difference_found", found_now)
    selectors._difference.cache_clear()


def kept() -> set[tuple[int, int]]:
    return set(KeptDifference.objects.values_list("before", "after"))


def pages_of(person: Person, case: Assessment) -> tuple[str, object]:
    """The result page and what the API says of the difference."""
    selectors._difference.cache_clear()
    client = Client()
    client.force_login(person, "django.contrib.auth.backends.ModelBackend")
    told = client.get(f"/api/v1/assessments/{case.pk}/result/explanation/").json()["difference"]
    selectors._difference.cache_clear()
    return client.get(f"/centres/{case.centre.slug}/result/").content.decode(), told


def test_a_difference_is_read_back_the_same(renewed: Assessment) -> None:
    [(before, after)] = kept()
    found = difference_found(before, after)
    assert found is not None
    assert [one.code for one in found.indicators] == ["GR-1.1"]
    assert difference_from_text(difference_as_text(found)) == found


@pytest.mark.usefixtures("nothing_is_found_now")
def test_a_page_beside_an_earlier_result_finds_out_nothing(renewed: Assessment, olu: Person) -> None:
    page, told = pages_of(olu, renewed)
    assert "与上一次结果相比" in page
    assert told is not None


def test_a_result_of_before_is_served_the_same_without_what_is_kept(renewed: Assessment, olu: Person) -> None:
    with_it = pages_of(olu, renewed)[1]
    KeptDifference.objects.update(method=METHOD + 1, content="of another method")
    assert pages_of(olu, renewed)[1] == with_it
    KeptDifference.objects.all().delete()
    assert pages_of(olu, renewed)[1] == with_it
    assert kept() == set()  # whoever looks at a page writes nothing


def test_what_the_public_compares_with_is_kept_as_well(cases: Cases) -> None:
    certified, refused = cases("1.18", certify=True), cases("1.30", certify=False)
    newest = cases("1.15")
    assert newest.result is not None
    seen = {"insiders": refused.result_id, "public": certified.result_id}
    assert {one.pk for one in compared_with(newest.result, assessment=newest)} == set(seen.values())
    assert kept() >= {(before, newest.result.pk) for before in seen.values()}


def test_the_public_compares_with_nothing_it_may_not_see(renewed: Assessment) -> None:
    without_rules_of_a_case()
    Assessment.objects.exclude(pk=renewed.pk).update(state="refused")
    assert renewed.result is not None
    assert selectors.previous_result(renewed.result, assessment=renewed, insider=False) is None


def test_a_provisional_result_is_explained_from_the_one_before_while_it_is_the_one_shown(
    centre: Centre, cases: Cases, edition: Edition, measured: dict[str, str]
) -> None:
    def scored(pue: str) -> StoredResult:
        measured["annual_pue"] = pue
        stored = score_centre(centre)
        assert stored is not None
        explain(stored, assessment=None)
        return stored

    first, second = scored("1.30"), scored("1.20")
    assert kept() == {(first.pk, second.pk)}
    cases("1.18", certify=True)
    before = kept()
    third = scored("1.10")  # pages show the certified one now
    assert ProvisionalResult.objects.get(centre=centre).result == third
    assert kept() == before


def test_done_twice_it_is_kept_once(renewed: Assessment) -> None:
    assert renewed.result is not None
    before = list(KeptDifference.objects.values_list("pk", "content"))
    explain(renewed.result, assessment=renewed)
    assert list(KeptDifference.objects.values_list("pk", "content")) == before


def test_the_command_finds_what_was_kept_without(renewed: Assessment, capsys: pytest.CaptureFixture[str]) -> None:
    before = kept()
    KeptDifference.objects.all().delete()
    KeptExplanation.objects.all().delete()
    call_command("keep_explanations")
    assert kept() == before
    assert KeptExplanation.objects.filter(result=renewed.result_id).count() == len(About)
    assert "2 results looked at" in capsys.readouterr().out


def test_rulings_that_make_another_result_have_it_explained_by_a_job(
    rated_once: Assessment, ana: Person, run_jobs: Callable[[], int]
) -> None:
    rule(rated_once, "US-4.1", "dispute_figure", person=ana, said=Said(text="The tickets of May are missing."))
    accept_figures(rated_once, person=ana)
    accept_figures(rated_once, person=ana, codes=[one.code for one in items(rated_once) if not one.standing.is_settled])
    ruled = evaluate(rated_once, person=ana, reason="x").result
    assert ruled is not None
    run_jobs()
    if ruled.inputs["sources"]["evidence"]:
        assert KeptExplanation.objects.filter(result=ruled).count() == len(About)


def test_a_job_of_an_older_release_names_the_case_alone_and_explains_its_result(renewed: Assessment) -> None:
    before = kept()
    KeptDifference.objects.all().delete()
    job = enqueue(TASK, subject=renewed.subject, assessment=str(renewed.pk))
    assert explain_result(str(job.pk))
    job.refresh_from_db()
    assert (job.state, job.attempts) == (JobState.DONE, 1)
    assert kept() == before


def test_a_job_of_an_older_release_ends_quietly_when_the_case_has_no_result(assessment: Assessment) -> None:
    job = enqueue(TASK, subject=assessment.subject, assessment=str(assessment.pk))
    assert explain_result(str(job.pk))
    job.refresh_from_db()
    assert (job.state, job.attempts) == (JobState.DONE, 1)


def test_a_difference_that_cannot_be_told_is_not_kept(renewed: Assessment, monkeypatch: pytest.MonkeyPatch) -> None:
    KeptDifference.objects.all().delete()
    monkeypatch.setattr("assessment.services.results.explain.difference_found", lambda before, after: None)
    assert renewed.result is not None
    explain(renewed.result, assessment=renewed)
    assert kept() == set()
    assert difference_between(*StoredResult.objects.order_by("pk")) is not None


def test_a_pre_assessment_is_no_result_to_compare_with(
    cases: Cases, edition: Edition, centre: Centre, olu: Person
) -> None:
    first = cases("1.18", certify=True)
    tried = submit(open_assessment(centre, edition=edition, person=olu, kind=Kind.PRE_ASSESSMENT), person=olu)
    assert score_package(tried) is not None
    discontinue(tried, person=olu, reason="enough")
    last = cases("1.15")
    assert last.result is not None
    assert previous_result(last.result, assessment=last, insider=True) == first.result
    assert current_case(centre) == last
