"""What a new version of a file changed, in its API and on its page, and that no stored result moved."""

from __future__ import annotations

from collections.abc import Callable
from decimal import Decimal
from typing import Any

import pytest
from django.test import Client
from rest_framework.test import APIClient

from assessment.models import StoredResult
from assessment.result_selectors import files_of, inputs_of
from assessment.services.application.open_assessment import open_assessment
from assessment.services.application.submit import submit
from assessment.services.results import version_changes as service
from assessment.services.results.result_bundle import recompute_stored
from assessment.services.results.score import score_package
from assessment.services.results.version_changes import version_changes
from assessment.web.shown import versions
from core.errors import InputError
from evidence.models import Evidence, EvidenceState
from indicators.models import Edition
from tests.factories import Cast, evidence_of, make_cast
from tests.workbooks import rows_of

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("quick_parser")]
RunJobs = Callable[[], int]

HEAD = "respondent,q1,q2,q3,q4,q5,q6,q7,q8,q9,q10"


def survey(first: str = "5,1,5,1,5,1,5,1,5,1", *, more: int = 0) -> bytes:
    """Twenty people and `more`, of whom the first answers as given."""
    others = [f"u{number},4,2,4,2,4,2,4,2,4,2" for number in range(2, 21 + more)]
    return "\n".join([HEAD, f"u1,{first}", *others, ""]).encode()


@pytest.fixture
def cast(db: None) -> Cast:
    return make_cast()


@pytest.fixture
def pair(cast: Cast, edition: Edition, run_jobs: RunJobs) -> tuple[Evidence, Evidence]:
    items = []
    for content in (survey(), survey("1,5,1,5,1,5,1,5,1,5", more=1)):
        items.append(evidence_of(cast.centre, cast.olu, content, "sus.csv"))
        run_jobs()
    older, newer = (Evidence.objects.get(pk=item.pk) for item in items)
    return older, newer


@pytest.mark.torture("T06")
def test_results_that_cite_the_old_version_stay_and_can_be_rebuilt(
    cast: Cast, edition: Edition, run_jobs: RunJobs
) -> None:
    old = evidence_of(cast.centre, cast.olu, survey(), "sus.csv")
    run_jobs()
    assessment = submit(open_assessment(cast.centre, edition=edition, person=cast.olu), person=cast.olu)
    run_jobs()
    assessment.refresh_from_db()
    kept = StoredResult.objects.get(pk=assessment.result_id)
    new = evidence_of(cast.centre, cast.olu, survey(more=3), "sus.csv")
    run_jobs()
    assert [Evidence.objects.get(pk=item.pk).state for item in (old, new)] == ["superseded", "accepted"]
    assert score_package(assessment) == kept
    assert StoredResult.objects.get(pk=kept.pk).tree == kept.tree
    assert files_of(kept, inputs_of(kept)["sources"]) == [old]
    again = recompute_stored(kept, from_evidence=True)
    assert {check.name: check.ok for check in again.checks if check.ok is not True} == {}


def test_rows_are_told_with_the_lines_of_both_versions(pair: tuple[Evidence, Evidence]) -> None:
    (rows,) = version_changes(*pair).as_json(limit=10)["kinds"]
    assert (rows["unchanged"], rows["changed"], rows["added"], rows["removed"]) == (19, 1, 1, 0)
    (changed,), (added,) = rows["rows"]["changed"], rows["rows"]["added"]
    assert changed["identity"] == {"respondent": "u1"}
    assert changed["columns"]["q1"] == [5, 1]
    assert (changed["before"], changed["after"]) == ({"line": 2}, {"line": 2})
    assert (added["respondent"], added["line"]) == ("u21", 22)


def test_rows_and_measures_come_as_workbooks(pair: tuple[Evidence, Evidence], cast: Cast, client: Client) -> None:
    client.force_login(cast.olu, "django.contrib.auth.backends.ModelBackend")
    address, [rows] = f"/evidence/{pair[1].pk}/changes/", version_changes(*pair).rows
    page = client.get(address).content.decode()
    assert f"list={rows.kind.name}" in page
    assert "list=measures" in page
    _, *lines = rows_of(client, address, of=rows.kind.name)
    assert ("u1", "变更", "q1", 5, 1, "2", "2") in lines
    assert [(line[1], line[-1]) for line in lines][-1] == ("新增", "22")
    [_, measure] = rows_of(client, address, of="measures")
    assert measure[1] == "sus_mean"


def test_more_lines_than_a_workbook_takes_are_refused_in_words(
    pair: tuple[Evidence, Evidence], cast: Cast, client: Client, monkeypatch: pytest.MonkeyPatch
) -> None:
    client.force_login(cast.olu, "django.contrib.auth.backends.ModelBackend")
    address, [rows] = f"/evidence/{pair[1].pk}/changes/", version_changes(*pair).rows
    lines = len(rows_of(client, address, of=rows.kind.name)) - 1
    assert lines > rows.after.num_rows + rows.added.num_rows, "a line for each column that changed"
    monkeypatch.setattr(versions, "MOST_IN_A_SHEET", lines - 1)
    answer = client.get(address, {"format": "xlsx", "list": rows.kind.name})
    assert answer.status_code == 422
    page = client.get(address).content.decode()
    assert f"list={rows.kind.name}" not in page
    for shown in (answer.content.decode(), page):
        assert f"差异共 {lines} 行" in shown
        assert "zhiheng changes" in shown
    monkeypatch.setattr(versions, "MOST_IN_A_SHEET", lines)
    assert len(rows_of(client, address, of=rows.kind.name)) - 1 == lines


def test_the_effect_is_told_for_measures_and_score(pair: tuple[Evidence, Evidence]) -> None:
    effect = version_changes(*pair).as_json(limit=0)["effect"]
    (sus,) = effect["measures"]
    assert sus["measure"] == "sus_mean"
    # 19 people at 75 and one at 100; then 20 at 75 and one at 0.
    assert Decimal(sus["before"]["value"]) == Decimal("76.25")
    assert round(Decimal(sus["after"]["value"]), 6) == round(Decimal(1500) / 21, 6)
    assert effect["difference"] is not None


def test_the_door_tells_the_same_and_refuses_versions_of_other_files(
    pair: tuple[Evidence, Evidence], cast: Cast, run_jobs: RunJobs
) -> None:
    older, newer = pair
    client = APIClient()
    client.force_authenticate(cast.olu)
    said: Any = client.get(f"/api/v1/evidence/{newer.pk}/changes/?rows=1").json()
    assert (said["before"]["version"], said["after"]["version"]) == (1, 2)
    assert said["kinds"][0]["changed"] == 1
    shown = client.get(f"/api/v1/evidence/{newer.pk}/").json()
    assert (shown["version"], shown["supersedes"], shown["superseded_by"]) == (2, str(older.pk), [])
    assert client.get(f"/api/v1/evidence/{older.pk}/changes/").status_code == 404
    other = evidence_of(cast.centre, cast.olu, survey(more=9), "other.csv")
    run_jobs()
    refused = client.get(f"/api/v1/evidence/{newer.pk}/changes/?since={other.pk}")
    assert refused.status_code == 400
    assert client.get(f"/api/v1/evidence/{newer.pk}/changes/?rows=99999").status_code == 400


def test_too_many_rows_are_left_to_the_command_line(
    pair: tuple[Evidence, Evidence], monkeypatch: pytest.MonkeyPatch, client: Client, cast: Cast
) -> None:
    monkeypatch.setattr(service, "MOST_ROWS", 10)
    with pytest.raises(InputError) as refused:
        version_changes(*pair)
    assert refused.value.code == "too_many_rows"
    client.force_login(cast.olu, "django.contrib.auth.backends.ModelBackend")
    assert "zhiheng changes" in client.get(f"/evidence/{pair[1].pk}/changes/").content.decode()


def test_the_uploader_chooses_which_version_counts(pair: tuple[Evidence, Evidence], cast: Cast) -> None:
    older, newer = pair
    client = APIClient()
    client.force_authenticate(cast.olu)
    again = client.post(f"/api/v1/evidence/{older.pk}/count-again/", {}, format="json")
    assert (again.status_code, again.json()["state"]) == (200, "accepted")
    assert Evidence.objects.get(pk=newer.pk).state == EvidenceState.SUPERSEDED
    twice = client.post(f"/api/v1/evidence/{older.pk}/count-again/", {}, format="json")
    assert (twice.status_code, twice.json()["code"]) == (409, "wrong_state")
    client.force_authenticate(cast.ana)
    assert client.post(f"/api/v1/evidence/{newer.pk}/count-again/", {}, format="json").status_code == 403


def test_the_pages_show_versions_and_what_changed(pair: tuple[Evidence, Evidence], cast: Cast, client: Client) -> None:
    older, newer = pair
    client.cookies["django_language"] = "en"
    client.force_login(cast.olu, "django.contrib.auth.backends.ModelBackend")
    page = client.get(f"/evidence/{newer.pk}/").content.decode()
    assert "This is version 2." in page
    assert f"/evidence/{newer.pk}/changes/?since={older.pk}" in page
    changes = client.get(f"/evidence/{newer.pk}/changes/").content.decode()
    assert "points through the newer version" in changes or "Measures that come out differently" in changes
    assert "<code>q1</code> 5 → 1" in changes
    assert f"/evidence/{older.pk}/?line=2#lines" in changes
    answer = client.post(f"/evidence/{newer.pk}/tell-apart/")
    assert answer.status_code == 302
    assert Evidence.objects.get(pk=older.pk).state == EvidenceState.ACCEPTED
    client.force_login(cast.zoe, "django.contrib.auth.backends.ModelBackend")
    assert client.get(f"/evidence/{newer.pk}/changes/").status_code == 404
