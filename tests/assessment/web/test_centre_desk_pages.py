"""The centre's desk: tasks, months, trial, check and receipt, as different people see them."""

from __future__ import annotations

import hashlib
import html
import json
import re
from typing import Any

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from rest_framework.test import APIClient

from assessment.centre_selectors.months import intake_of
from assessment.centre_selectors.tasks import desk_of
from assessment.models import Assessment, StoredResult, SubmissionReceipt
from assessment.scoring.explain.tasks import TaskState
from assessment.services.application.submit import submit
from assessment.services.evaluation.findings import raise_finding
from assessment.services.results.score import score_centre
from centres.models import Centre, Membership, Person, Role
from evidence.models import Evidence, EvidenceState, ObservationTable
from evidence.parsers.registry import PARSER_BY_FORMAT
from indicators.selectors import typed
from operations.http.pages import page_of
from tests.assessment.conftest import add_evidence, add_rejected
from tests.assessment.web.test_results import Visit, as_person, submitted  # noqa: F401  (fixtures)
from tests.operations.triggers import without_rule

pytestmark = pytest.mark.django_db
YEAR = [f"2025-{month:02}" for month in range(4, 13)] + ["2026-01", "2026-02", "2026-03"]


@pytest.fixture
def scored(assessment: Assessment) -> Centre:
    score_centre(assessment.centre)
    return assessment.centre


def with_months(item: Evidence, kind: str, months: list[str], *, rows: int = 30) -> Evidence:
    key = f"{item.pk}/{kind}"
    counted = dict.fromkeys(months, rows)
    with without_rule("no_table_is_added_to_what_was_read"):
        ObservationTable.objects.create(evidence=item, kind=kind, rows=rows, key=key, months=counted)
    return item


def text_of(page: Any) -> str:
    return html.unescape(page.content.decode())


# --- the list -------------------------------------------------------------------------------------------


def test_what_is_measured_is_completed_and_says_what_more_it_could_be_worth(scored: Centre) -> None:
    tasks = {task.node.code: task for task in desk_of(scored).tasks}
    pue = tasks["GR-1.1"]
    assert pue.state is TaskState.COMPLETED
    assert pue.stake is not None
    assert pue.stake.of_total
    assert pue.stake.gain is not None
    assert pue.stake.gain > 0


def test_what_was_never_handed_in_is_not_started_and_names_its_formats(
    assessment: Assessment, measured: dict[str, str]
) -> None:
    del measured["annual_pue"]
    score_centre(assessment.centre)
    desk = desk_of(assessment.centre)
    pue = next(task for task in desk.tasks if task.node.code == "GR-1.1")
    assert pue.state is TaskState.NOT_STARTED
    assert {"meter_series", "energy_workbook"} <= {parser.format for parser in pue.formats}
    assert desk.result is not None
    assert desk.result.score is None
    assert pue.stake is not None
    assert pue.stake.blocks
    assert pue.stake.now is None
    assert pue.stake.then is not None  # with it there is a score


def test_a_list_is_of_the_edition_the_case_is_pinned_to(scored: Centre, assessment: Assessment) -> None:
    assert desk_of(scored).edition == assessment.edition
    counted = {one.code for one in typed(assessment.edition).indicators if not one.display}
    codes = {task.node.code for task in desk_of(scored).tasks}
    assert codes
    assert codes <= counted  # those of another class of centre are not asked for


def test_before_anything_was_scored_every_indicator_says_what_it_asks_for(assessment: Assessment) -> None:
    desk = desk_of(assessment.centre)
    assert desk.provisional is None
    assert {task.state for task in desk.tasks} <= {
        TaskState.NOT_STARTED, TaskState.NOT_NEEDED, TaskState.CANNOT_START,
    }  # fmt: skip
    pue = next(task for task in desk.tasks if task.node.code == "GR-1.1")
    assert pue.reason is not None
    assert "电表" in pue.reason.zh


def test_queries_do_not_grow_with_files(scored: Centre, olu: Person) -> None:
    desk_of(scored)  # what never changes is worked out once
    with CaptureQueriesContext(connection) as few:
        desk_of(scored)
    for number in range(20):
        with_months(add_evidence(scored, owner=olu, name=f"{number}.csv"), "jobs", YEAR)
    with CaptureQueriesContext(connection) as many:
        desk_of(scored)
    assert len(many) == len(few) <= 9


def test_the_page_says_state_reason_and_worth(
    assessment: Assessment,
    olu: Person,
    measured: dict[str, str],
    as_person: Visit,  # noqa: F811
) -> None:
    del measured["annual_pue"]
    add_rejected(assessment.centre, owner=olu)
    score_centre(assessment.centre)
    for language, words in (
        ("zh-hans", ("未开始", "缺少它就没有等级", "有问题")),
        ("en", ("not started", "without", "problem")),
    ):
        page = as_person(olu, language=language).get(f"/centres/{assessment.centre.slug}/tasks/")
        assert page.status_code == 200
        for word in words:
            assert word in text_of(page).replace("Without", "without")
        assert "train.log" in text_of(page)
        assert "/formats/meter_series/" in text_of(page)


def test_a_centre_without_profile_is_led_to_it(olu: Person, edition: Any, as_person: Visit) -> None:  # noqa: F811
    bare = Centre.objects.create(slug="bare", name_zh="空", name_en="Bare", province="贵州")
    Membership.objects.create(user=olu, centre=bare, role="owner")
    client = as_person(olu)
    for page in ("tasks", "months", "what-if"):
        answer = client.get(f"/centres/bare/{page}/")
        assert answer.status_code == 200
        assert "档案" in text_of(answer)


def test_findings_that_wait_are_on_the_list(
    submitted: Assessment,  # noqa: F811  (the fixture)
    ana: Person,
    olu: Person,
    as_person: Visit,  # noqa: F811
) -> None:
    made = raise_finding(submitted, person=ana, severity="minor", statement="表计校准过期", node="GR-1.1")
    page = text_of(as_person(olu).get(f"/centres/{submitted.centre.slug}/tasks/"))
    assert f"/assessments/{submitted.pk}/findings/" in page
    assert made.state == "open"


def test_the_regulator_sees_results_and_not_the_work(
    scored: Centre,
    assessment: Assessment,
    person: Any,
    zoe: Person,
    as_person: Visit,  # noqa: F811
) -> None:
    regulator = person("reg", Role.REGULATOR)
    for page in ("tasks", "months", "what-if"):
        assert as_person(regulator).get(f"/centres/{scored.slug}/{page}/").status_code == 403
        assert as_person(zoe).get(f"/centres/{scored.slug}/{page}/").status_code == 404
    for page in ("check", "receipt", "receipt.json"):
        address = f"/assessments/{assessment.pk}/{page}".rstrip("/") + ("" if page.endswith("json") else "/")
        assert as_person(regulator).get(address).status_code == 403
        assert as_person(zoe).get(address).status_code == 404
    client = APIClient()
    client.force_authenticate(regulator)
    assert client.get(f"/api/v1/centres/{scored.slug}/tasks/").status_code == 404


def test_programs_are_told_the_same(scored: Centre, olu: Person) -> None:
    client = APIClient()
    client.force_authenticate(olu)
    told = client.get(f"/api/v1/centres/{scored.slug}/tasks/").json()
    desk = desk_of(scored)
    assert told["counts"] == {state.value: desk.counts[state] for state in TaskState}
    assert [task["code"] for task in told["tasks"]] == [task.node.code for task in desk.tasks]
    assert all(task["reason"] is None for task in told["tasks"] if task["state"] == "completed")


def test_rejected_files_come_in_pages_and_none_is_left_out(
    scored: Centre,
    olu: Person,
    as_person: Visit,  # noqa: F811
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(page_of, "__kwdefaults__", {"each": 2})
    names = {add_rejected(scored, owner=olu, name=f"train-{number}.log").name for number in range(3)}
    address = f"/centres/{scored.slug}/tasks/"
    pages = [text_of(as_person(olu).get(address, {"page": number})) for number in (1, 2)]
    named = [{name for name in names if name in page} for page in pages]
    assert [len(found) for found in named] == [2, 1]
    assert named[0] | named[1] == names


# --- months ---------------------------------------------------------------------------------------------


def test_the_matrix_tells_missing_from_replaced(centre: Centre, olu: Person) -> None:
    old = with_months(add_evidence(centre, owner=olu, name="a.csv"), "energy_readings", YEAR[:3])
    old.state = EvidenceState.SUPERSEDED
    old.save()
    with_months(add_evidence(centre, owner=olu, name="b.csv"), "energy_readings", YEAR[2:9])
    intake = intake_of(centre, _profile(centre))
    row = next(row for row in intake.matrix() if row.kind == "energy_readings")
    assert row.missing == (*YEAR[:2], *YEAR[9:])
    assert [month for month, cell in row.cells.items() if cell.replaced] == YEAR[:3]
    assert row.cells[YEAR[2]].rows == 30


def test_a_month_without_incidents_is_not_missing(centre: Centre, olu: Person) -> None:
    with_months(add_evidence(centre, owner=olu, name="incidents.csv"), "outages", YEAR[:1])
    row = next(row for row in intake_of(centre, _profile(centre)).matrix() if row.kind == "outages")
    assert row.missing == ()


def test_a_pillar_is_unfolded_where_something_is_at_work_or_wrong(
    scored: Centre,
    olu: Person,
    as_person: Visit,  # noqa: F811
) -> None:
    page = as_person(olu).get(f"/centres/{scored.slug}/tasks/").content.decode()
    trouble = {TaskState.PROBLEM, TaskState.IN_PROGRESS}
    for pillar in desk_of(scored).pillars:
        [tag] = re.findall(rf'<details [^>]*id="{pillar.node.code}"[^>]*>', page)
        assert tag.endswith(" open>") == bool(trouble & {task.state for task in pillar.tasks})


def test_the_months_page_names_files_and_programs_see_the_rows(
    centre: Centre,
    edition: Any,
    olu: Person,
    as_person: Visit,  # noqa: F811
) -> None:
    with_months(add_evidence(centre, owner=olu, name="电表.csv"), "energy_readings", YEAR[:9])
    page = text_of(as_person(olu).get(f"/centres/{centre.slug}/months/"))
    assert "电表.csv" in page
    assert "2026-01，2026-02，2026-03" in re.sub(r"<[^>]+>", "", page)
    client = APIClient()
    client.force_authenticate(olu)
    told = client.get(f"/api/v1/centres/{centre.slug}/months/").json()
    energy = next(kind for kind in told["kinds"] if kind["kind"] == "energy_readings")
    assert energy["missing"] == YEAR[9:]
    assert energy["rows"]["2025-04"] == 30


def _profile(centre: Centre) -> Any:
    return centre.profiles.latest().profile


# --- trial ----------------------------------------------------------------------------------------------


def test_a_trial_moves_the_total_and_is_kept_nowhere(scored: Centre, olu: Person, as_person: Visit) -> None:  # noqa: F811
    client = as_person(olu)
    address = f"/centres/{scored.slug}/what-if/"
    before = list(StoredResult.objects.values_list("digest", flat=True))
    page = client.post(address, {"GR-1.1": "1.10"})
    assert page.status_code == 200
    trial = page.context["trial"]
    assert trial.after.score > trial.before.score
    assert [field.code for field in trial.changed] == ["GR-1.1"]
    assert list(StoredResult.objects.values_list("digest", flat=True)) == before
    fragment = client.post(address, {"GR-1.1": "1.10"}, headers={"HX-Request": "true"})
    assert "<form" not in fragment.content.decode()
    assert str(trial.after.score) in fragment.content.decode()


def test_a_trial_beyond_the_mandatory_line_blocks(scored: Centre, olu: Person) -> None:
    client = APIClient()
    client.force_authenticate(olu)
    answer = client.post(f"/api/v1/centres/{scored.slug}/trial/", {"values": {"GR-1.1": "1.60"}}, format="json").json()
    assert answer["before"]["grade"] is not None
    assert answer["after"]["grade"] is None
    assert [one["code"] for one in answer["after"]["consequences"] if one["effect"] == "block"] == ["GR-1.1"]
    assert answer["changed"] == {"GR-1.1": "1.60"}


@pytest.mark.parametrize(("values", "code"), [({"GR-1.1": "ten"}, "not_a_number"), ({"XX-1": "1"}, "unknown_field")])
def test_a_trial_of_what_cannot_be_says_where(
    scored: Centre,
    olu: Person,
    as_person: Visit,  # noqa: F811  (the fixture)
    values: dict[str, str],
    code: str,
) -> None:
    page = as_person(olu).post(f"/centres/{scored.slug}/what-if/", values)
    assert page.status_code == 422
    assert page.context["problem"].code == code
    if code == "not_a_number":
        assert 'value="ten"' in text_of(page)  # what was typed is not lost


@pytest.mark.parametrize("value", ["0.7", "-1"])
def test_a_trial_refuses_what_no_meter_could_say_beside_the_field(
    scored: Centre,
    olu: Person,
    as_person: Visit,  # noqa: F811
    value: str,
) -> None:
    address = f"/centres/{scored.slug}/what-if/"
    page = as_person(olu).post(address, {"GR-1.1": value})
    assert page.status_code == 422
    shown = text_of(page)
    assert re.search(r'<p class="field-error" id="field-GR-1.1-error">GR-1.1：\S+ 不在可能的范围 1 到 ∞ 之内', shown)
    assert f'value="{value}" autocomplete="off" aria-invalid="true" aria-describedby="field-GR-1.1-error"' in shown
    fragment = as_person(olu).post(address, {"GR-1.1": value}, headers={"HX-Request": "true"})
    assert 'data-of="field-GR-1.1"' in text_of(fragment)
    client = APIClient()
    client.force_authenticate(olu)
    refused = client.post(f"/api/v1/centres/{scored.slug}/trial/", {"values": {"GR-1.1": value}}, format="json")
    assert refused.status_code == 400
    [error] = refused.json()["errors"]
    assert (error["code"], error["field"]) == ("out_of_range", "GR-1.1")


def test_a_trial_of_a_figure_that_nothing_could_hold_is_refused_beside_its_field(
    scored: Centre,
    olu: Person,
    as_person: Visit,  # noqa: F811
) -> None:
    page = as_person(olu, language="en").post(f"/centres/{scored.slug}/what-if/", {"GR-1.1": "1e99"})
    assert page.status_code == 422
    assert 'id="field-GR-1.1-error">GR-1.1: The number is too large: 1e99.' in text_of(page)
    assert 'value="1e99"' in text_of(page)
    client = APIClient()
    client.force_authenticate(olu)
    refused = client.post(f"/api/v1/centres/{scored.slug}/trial/", {"values": {"GR-1.1": "1e99"}}, format="json")
    assert refused.status_code == 400
    assert [one["field"] for one in refused.json()["errors"]] == ["GR-1.1"]


# --- check, submit, receipt -----------------------------------------------------------------------------


def test_what_is_checked_is_submitted_and_the_receipt_is_shown(
    assessment: Assessment,
    olu: Person,
    as_person: Visit,  # noqa: F811
) -> None:
    client = as_person(olu)
    page = client.get(f"/assessments/{assessment.pk}/check/")
    assert "meters.csv" in text_of(page)
    digest = page.context["package"].digest
    answer = client.post(f"/assessments/{assessment.pk}/check/", {"confirmed": "on", "package_digest": digest})
    assert answer.status_code == 302
    assert answer["Location"] == f"/assessments/{assessment.pk}/receipt/"
    receipt = text_of(client.get(answer["Location"]))
    kept = SubmissionReceipt.objects.get()
    assert kept.digest in receipt
    sha256 = hashlib.sha256(f"{assessment.centre.slug}/meters.csv".encode()).hexdigest()
    assert sha256 in receipt
    file = client.get(f"/assessments/{assessment.pk}/receipt.json")
    assert "attachment" in file["Content-Disposition"]
    assert json.loads(file.content) == kept.receipt.as_json()


def test_the_receipt_says_in_words_how_a_file_was_read_and_why_another_does_not_count(
    assessment: Assessment,
    olu: Person,
    as_person: Visit,  # noqa: F811
) -> None:
    add_evidence(assessment.centre, owner=olu, name="survey.csv", format="sus")
    add_rejected(assessment.centre, owner=olu)
    submit(assessment, person=olu)
    page = text_of(as_person(olu).get(f"/assessments/{assessment.pk}/receipt/"))
    assert PARSER_BY_FORMAT["sus"].title.zh in page
    assert "第 7 行互相矛盾。" in page
    assert "contradictory_log" not in page


def test_nothing_is_submitted_unconfirmed_and_what_was_typed_stays(
    assessment: Assessment,
    olu: Person,
    as_person: Visit,  # noqa: F811
) -> None:
    page = as_person(olu).post(f"/assessments/{assessment.pk}/check/", {"reason": "第一次提交"})
    assert page.status_code == 422
    assert text_of(page).count("请确认您已核对提交内容。") == 2
    assert "第一次提交" in text_of(page)
    assessment.refresh_from_db()
    assert assessment.state == "draft"


def test_a_file_that_came_meanwhile_is_shown_before_it_is_submitted(
    assessment: Assessment,
    olu: Person,
    as_person: Visit,  # noqa: F811
) -> None:
    client = as_person(olu)
    digest = client.get(f"/assessments/{assessment.pk}/check/").context["package"].digest
    add_evidence(assessment.centre, owner=olu, name="late.csv")
    page = client.post(f"/assessments/{assessment.pk}/check/", {"confirmed": "on", "package_digest": digest})
    assert page.status_code == 422
    assert "late.csv" in text_of(page)
    assert "有了变化" in text_of(page)


def test_what_stands_in_the_way_is_said_in_place_of_the_button(
    assessment: Assessment,
    olu: Person,
    as_person: Visit,  # noqa: F811
) -> None:
    add_evidence(assessment.centre, owner=olu, name="late.csv", state=EvidenceState.PARSING)
    page = text_of(as_person(olu).get(f"/assessments/{assessment.pk}/check/"))
    assert "正在读取" in page
    assert "冻结并提交" not in page


def test_the_body_may_read_the_receipt_and_not_submit(
    assessment: Assessment,
    olu: Person,
    ana: Person,
    as_person: Visit,  # noqa: F811
) -> None:
    assert as_person(ana).get(f"/assessments/{assessment.pk}/check/").status_code == 403
    submit(assessment, person=olu)
    assert as_person(ana).get(f"/assessments/{assessment.pk}/receipt/").status_code == 200
    assert as_person(olu).get(f"/assessments/{assessment.pk}/receipt/?submission=9").status_code == 404
    assert as_person(olu).get(f"/assessments/{assessment.pk}/check/").status_code == 302  # leads to the receipt


@pytest.mark.parametrize("name", ["prometheus_range", "sus", "meter_series", "slurm_sacct"])
def test_a_format_has_a_page_with_what_to_paste(name: str, as_person: Visit, db: None) -> None:  # noqa: F811
    page = as_person().get(f"/formats/{name}/")
    assert page.status_code == 200
    if name == "slurm_sacct":
        assert "sacct -a -X -P" in page.context["commands"][0]
    if name == "prometheus_range":
        assert page.context["commands"][0].startswith("curl")
    assert as_person().get("/formats/nothing/").status_code == 404
