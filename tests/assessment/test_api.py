from __future__ import annotations

import io
import re
from collections.abc import Callable

import pytest
from pypdf import PdfReader
from rest_framework.test import APIClient

from assessment import tasks
from assessment.models import Assessment
from assessment.services.application.open_assessment import open_assessment
from assessment.services.application.submit import submit
from assessment.services.decision.review import send_back
from assessment.services.evaluation.evaluate import evaluate
from assessment.services.results.score import score_package
from centres.models import Centre, Person, Role, StaffRole
from indicators.models import Edition
from operations.models import Job, JobState
from tests.assessment.conftest import add_centre

RUNS = {
    "assessment.score_centre": tasks.score_centre,
    "assessment.explain_result": tasks.explain_result,
    "assessment.issue_certificate": tasks.issue_certificate,
    "assessment.make_report": tasks.make_report,
}


def work() -> None:
    """What a worker does: everything that waits."""
    while job := Job.objects.filter(state=JobState.QUEUED).order_by("created_at").first():
        RUNS[job.task](str(job.pk))
    assert set(Job.objects.values_list("state", "problem")) <= {(JobState.DONE, None)}


@pytest.fixture
def submitted(assessment: Assessment, olu: Person) -> Assessment:
    score_package(submit(assessment, person=olu))
    return assessment


def client(person: Person | None = None) -> APIClient:
    made = APIClient()
    if person is not None:
        made.force_authenticate(person)
    return made


def step(person: Person, assessment: str, act: str, *, expect: int = 200, **body: str) -> dict[str, object]:
    read = {"If-Match": f'"{Assessment.objects.get(pk=assessment).version}"'}
    answer = client(person).post(f"/api/v1/assessments/{assessment}/{act}/", body, format="json", headers=read)
    assert answer.status_code == expect, answer.json()
    said: dict[str, object] = answer.json()
    return said


def certify(
    centre: Centre, owner: Person, ana: Person, ravi: Person, deng: Person, *, decision: str = "certify"
) -> str:
    opened = client(owner).post("/api/v1/assessments/", {"centre": centre.slug}, format="json")
    assert opened.status_code == 201, opened.json()
    pk = str(opened.json()["id"])
    step(owner, pk, "submit")
    work()
    step(ana, pk, "evaluate", reason="evidence agrees")
    step(ravi, pk, "review", reason="sound")
    step(deng, pk, "decide", decision=decision, reason="as the result says")
    work()
    return pk


@pytest.mark.usefixtures("edition", "measured")
def test_chain_leads_from_opening_to_a_paper(
    centre: Centre, olu: Person, ana: Person, ravi: Person, deng: Person
) -> None:
    pk = certify(centre, olu, ana, ravi, deng)
    shown = client(olu).get(f"/api/v1/assessments/{pk}/").json()
    assert (shown["state"], shown["allowed_acts"]) == ("certified", [])
    tree = client(olu).get(f"/api/v1/assessments/{pk}/result/").json()
    assert tree["score"] == shown["result"]["score"]

    public = client().get(f"/api/v1/certificates/{shown['certificate']}/").json()
    assert (public["standing"], public["grade"], public["score"]) == ("valid", tree["grade"], tree["score"])
    paper = client().get(f"/api/v1/certificates/{shown['certificate']}/pdf/")
    assert paper["Content-Type"] == "application/pdf"
    pages = PdfReader(io.BytesIO(b"".join(paper.streaming_content))).pages
    assert len(pages) == 1
    assert shown["certificate"] in pages[0].extract_text()


@pytest.mark.torture("T37", "403 separation of duties", "409 wrong state")
def test_same_person_twice_is_403_and_a_wrong_state_409(
    assessment: Assessment, olu: Person, person: Callable[..., Person]
) -> None:
    both = person("both", Role.ASSESSOR, Role.REVIEWER)
    pk = str(assessment.pk)
    early = step(both, pk, "evaluate", expect=409, reason="x")
    assert early["code"] == "wrong_state"
    assert "submit" in str(early["errors"])
    step(olu, pk, "submit")
    assert step(both, pk, "evaluate", expect=409, reason="x")["code"] == "not_scored_yet"
    work()
    step(both, pk, "evaluate", reason="x")
    assert step(both, pk, "review", expect=403, reason="x")["code"] == "separation_of_duties"


def test_another_centres_assessment_is_not_there(assessment: Assessment, zoe: Person) -> None:
    for address in ("", "result/"):
        assert client(zoe).get(f"/api/v1/assessments/{assessment.pk}/{address}").status_code == 404
    step(zoe, str(assessment.pk), "submit", expect=404)
    opened = client(zoe).post("/api/v1/assessments/", {"centre": assessment.centre.slug}, format="json")
    assert (opened.status_code, opened.json()["code"]) == (400, "does_not_exist")


@pytest.mark.torture("T34", "412 with the current version")
def test_changed_assessment_is_not_acted_on_by_its_old_version(assessment: Assessment, olu: Person) -> None:
    answer = client(olu).post(
        f"/api/v1/assessments/{assessment.pk}/submit/", {}, format="json", headers={"If-Match": '"7"'}
    )
    assert (answer.status_code, answer.json()["code"]) == (412, "version_changed")
    assert "Olu saved version 1 at" in answer.json()["errors"][0]["message"]["en"]
    unread = client(olu).post(f"/api/v1/assessments/{assessment.pk}/submit/", {}, format="json")
    assert (unread.status_code, unread.json()["code"]) == (428, "version_required")
    assessment.refresh_from_db()
    assert assessment.state == "draft"


@pytest.mark.torture("T34", "412 with the current version", "never wins silently")
def test_who_read_an_evaluation_does_not_review_the_one_that_was_made_after_it(
    submitted: Assessment, ana: Person, ravi: Person, person: Callable[..., Person]
) -> None:
    """Sent back and evaluated anew, the case is in the state it was in: only the version tells."""
    other = person("rosa", Role.REVIEWER)
    read = evaluate(submitted, person=ana, reason="as measured").version
    send_back(submitted, person=other, reason="the meter was exchanged in May")
    evaluate(submitted, person=ana, reason="without May")
    door = f"/api/v1/assessments/{submitted.pk}/review/"
    late = client(ravi).post(door, {"reason": "sound"}, format="json", headers={"If-Match": f'"{read}"'})
    assert (late.status_code, late.json()["code"]) == (412, "version_changed")
    [told] = late.json()["errors"]
    assert re.search(rf"Ana saved version {read + 2} at \S+ \S+: evaluate\. without May", told["message"]["en"])
    seen = client(ravi).get(f"/api/v1/assessments/{submitted.pk}/")["ETag"]
    assert client(ravi).post(door, {"reason": "sound"}, format="json", headers={"If-Match": seen}).status_code == 200


@pytest.mark.torture("T30", "score", "status", "centre", "created_by", "is_staff", "unknown names", "object unchanged")
def test_fields_nobody_may_set_are_named_each_and_change_nothing(assessment: Assessment, olu: Person) -> None:
    before = Assessment.objects.values().get()
    said = {"score": "99", "status": "certified", "centre": "x", "created_by": "olu", "is_staff": True, "状态": 1}
    for act, allowed in (("submit", {}), ("discontinue", {"reason": "x"})):
        answer = client(olu).post(f"/api/v1/assessments/{assessment.pk}/{act}/", said | allowed, format="json")
        assert answer.status_code == 400
        assert {item["field"]: item["code"] for item in answer.json()["errors"]} == dict.fromkeys(said, "unknown_field")
    assert Assessment.objects.values().get() == before


def test_step_without_reason_or_with_an_unknown_field_is_refused(assessment: Assessment, ana: Person) -> None:
    pk = str(assessment.pk)
    assert step(ana, pk, "evaluate", expect=400)["code"] == "required"
    assert step(ana, pk, "evaluate", expect=400, reason="x", score="99")["code"] == "unknown_field"


@pytest.mark.usefixtures("db")
def test_unknown_certificate_is_404() -> None:
    assert client().get("/api/v1/certificates/ZH-2026-0001-C/").status_code == 404


@pytest.mark.usefixtures("edition")
def test_regulator_gets_the_ranking_and_its_papers(
    measured: dict[str, str],
    centre: Centre,
    olu: Person,
    ana: Person,
    ravi: Person,
    deng: Person,
    person: Callable[..., Person],
) -> None:
    other = person("other")
    hot = add_centre("demo-hot", owner=other, zh="高温示例智算中心（虚构）")
    certify(centre, olu, ana, ravi, deng)
    measured["annual_pue"] = "1.58"
    certify(hot, other, ana, ravi, deng, decision="refuse")

    regulator = person("regulator", Role.REGULATOR)
    rows = client(regulator).get("/api/v1/rankings/").json()["rows"]
    assert [(row["centre"], row["rank"]) for row in rows] == [("demo-horinger-1", 1), ("demo-hot", None)]
    assert rows[1]["consequences"][0]["code"] == "GR-1.1"
    public = client().get("/api/v1/rankings/").json()["rows"]
    assert [row["centre"] for row in public] == ["demo-horinger-1"]

    made = client(regulator).post("/api/v1/reports/", {"province": "内蒙古"}, format="json")
    assert made.status_code == 201, made.json()
    work()
    job = f"/api/v1/jobs/{made.json()['job']}/"
    assert client(regulator).get(job).json()["state"] == "done"
    assert client(olu).get(job).status_code == 404
    pdf = client(regulator).get(f"{made['Location']}pdf/")
    text = "".join(page.extract_text() for page in PdfReader(io.BytesIO(b"".join(pdf.streaming_content))).pages)
    assert "高温示例智算中心" in text
    table = b"".join(client(regulator).get(f"{made['Location']}csv/").streaming_content).decode("utf-8-sig")
    assert rows[0]["score"] in table
    assert client(olu).get(f"{made['Location']}pdf/").status_code == 404
    assert client(olu).post("/api/v1/reports/", {}, format="json").status_code == 403
    StaffRole.objects.filter(user=regulator).delete()
    assert client(regulator).get(f"{made['Location']}pdf/").status_code == 404


@pytest.mark.parametrize("sign", ["\x1b", "\u202e", "\u2028", "\ufffe"])
def test_a_title_that_paper_would_show_otherwise_is_refused(person: Callable[..., Person], sign: str) -> None:
    regulator = client(person("regulator", Role.REGULATOR))
    title = {"zh": f"排名{sign}报告", "en": "Ranked report"}
    refused = regulator.post("/api/v1/reports/", {"title": title}, format="json")
    assert refused.status_code == 400
    [error] = refused.json()["errors"]
    assert (error["code"], error["field"]) == ("control_character", "title.zh")
    assert error["message"]["zh"]
    assert error["hint"]["en"]
    assert regulator.get("/api/v1/reports/").json()["results"] == []


@pytest.mark.parametrize(("sign", "named"), [("\ue000", "U+E000"), ("🏆", "U+1F3C6")])
def test_a_title_that_no_font_can_print_is_refused_before_a_report_is_written_down(
    edition: Edition, person: Callable[..., Person], sign: str, named: str
) -> None:
    regulator = client(person("regulator", Role.REGULATOR))
    refused = regulator.post("/api/v1/reports/", {"title": {"zh": "排名", "en": f"Ranks {sign}"}}, format="json")
    assert refused.status_code == 422
    [error] = refused.json()["errors"]
    assert (error["code"], named in error["message"]["zh"]) == ("missing_glyph", True)
    assert regulator.get("/api/v1/reports/").json()["results"] == []


def test_open_assessments_are_listed_only_to_those_who_may_see_them(
    assessment: Assessment, edition: Edition, olu: Person, ana: Person, zoe: Person
) -> None:
    own = add_centre("demo-zoe", owner=zoe)
    open_assessment(own, edition=edition, person=zoe)
    listed = {name: client(one).get("/api/v1/assessments/").json() for name, one in (("olu", olu), ("ana", ana))}
    assert {row["centre"] for row in listed["olu"]["results"]} == {"demo-horinger-1"}
    assert {row["centre"] for row in listed["ana"]["results"]} == {"demo-horinger-1", "demo-zoe"}
