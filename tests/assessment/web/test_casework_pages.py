"""Pages inside a case, as the people of the case see them."""

from __future__ import annotations

import datetime as dt
import html
import re
from collections.abc import Callable
from typing import Any

import pytest
from django.test import Client
from django.utils import timezone

from assessment.models import Assessment, Finding, Severity
from assessment.services.application.open_assessment import open_assessment
from assessment.services.application.submit import submit
from assessment.services.evaluation import findings
from assessment.services.evaluation.grant_competence import grant_competence
from assessment.services.results.score import score_package
from centres.models import Centre, Declaration, Person, Role
from indicators.models import Edition
from tests.assessment.conftest import as_read, visited
from tests.assessment.web.test_results import as_person  # noqa: F401  (the fixture)

Visit = Callable[..., Client]
pytestmark = pytest.mark.django_db


@pytest.fixture
def case(settings: Any, centre: Centre, edition: Edition, measured: dict[str, str], olu: Person) -> Assessment:
    """Submitted, in the full procedure."""
    settings.SCHEME_EXPRESS = False
    made = open_assessment(centre, edition=edition, person=olu)
    score_package(submit(made, person=olu))
    return made


@pytest.fixture
def rated(settings: Any) -> None:
    """Cases opened from here on have every indicator ruled on."""
    settings.SCHEME_RATING = "single"


def words(page: str) -> str:
    return html.unescape(re.sub(r"<[^>]+>", " ", page))


def test_the_full_procedure_is_walked_through_by_forms(
    case: Assessment, ana: Person, ravi: Person, deng: Person, person: Callable[..., Person], as_person: Visit  # noqa: F811  (the fixture)
) -> None:  # fmt: skip
    rita, ada = person("rita", Role.REGISTRAR), person("ada", Role.ADMINISTRATOR)
    dina = person("dina", Role.DECIDER)
    until = timezone.localdate() + dt.timedelta(days=90)
    for pillar in ("CE", "ST", "GR", "US"):
        grant_competence(ana, pillar=pillar, grounds="x", valid_until=until, granted_by=ada)
    door = f"/assessments/{case.pk}/"

    def take(who: Person, act: str) -> None:
        page = as_person(who).get(door).content.decode()
        assert f'value="{act}"' in page
        assert as_person(who).post(door, as_read(case) | {"act": act, "reason": "好"}).status_code == 302

    take(rita, "take_up")
    take(rita, "accept")
    for judge in (ana, ravi, deng, dina):
        answer = as_person(judge).post(f"/centres/{case.centre.slug}/interests/", {"conflict": "no", "statement": "无"})
        assert answer.status_code == 302
    assert Declaration.objects.filter(conflict=False).count() == 4
    assert f"{door}assign/" in as_person(rita).get(door).content.decode()
    given = as_read(case) | {"assessor": "ana", "pillars": ["CE", "ST", "GR", "US"]}
    assert as_person(rita).post(f"{door}assign/", given).status_code == 302
    assert f"{door}begin/" in as_person(ana).get(door).content.decode()
    agreement = f"{door}certification-agreement/"
    assert agreement in as_person(case.opened_by).get(door).content.decode()
    digest = as_person(case.opened_by).get(agreement).context["form"].initial["digest"]
    signed = {"digest": digest, "may_publish": "no", "confirmed": "on"}
    assert as_person(case.opened_by).post(agreement, signed).status_code == 302
    plan = as_read(case) | {"plan": "桌面评价", "reason": "好"}
    assert as_person(ana).post(f"{door}begin/", plan).status_code == 302
    visited(case, by=ana)
    take(ana, "evaluate")
    take(ravi, "send_back")
    take(ana, "evaluate")
    take(ravi, "review")
    take(dina, "concur")
    take(deng, "certify")
    case.refresh_from_db()
    assert case.state == "certified"
    told = words(as_person(ana, language="en").get(f"{door}history/").content.decode())
    assert "Assessment: sent back" in told
    assert "Certificate issued" in told


def test_a_finding_goes_from_raising_to_closing_by_forms(
    case: Assessment, olu: Person, ana: Person, zoe: Person, settings: Any, as_person: Visit  # noqa: F811  (the fixture)
) -> None:  # fmt: skip
    found = _raised(case, ana)
    door = f"/findings/{found.pk}/"
    assert as_person(zoe).get(door).status_code == 404
    page = words(as_person(olu).get(door).content.decode())
    assert "一般不符合项" in page
    empty = as_person(olu).post(door, {"act": "answer", "text": "见下", "version": found.version})
    assert empty.status_code == 422
    assert "根本原因" in empty.content.decode()
    assert "见下" in empty.content.decode()  # what was typed is still there
    full = {
        "act": "answer",
        "text": "见下",
        "root_cause": "疏忽",
        "corrective_action": "补装",
        "version": found.version,
    }
    assert as_person(olu).post(door, full).status_code == 302
    late = as_person(olu).post(door, full | {"text": "我的另一版"})
    assert late.status_code == 422
    assert "我的另一版" in late.content.decode()
    asked = {"act": "ask", "ask-text": "哪个机房？", "ask-due_on": f"{timezone.localdate()}"}
    assert as_person(olu).post(door, asked).status_code == 302
    question = found.notes.get(act="ask")
    replied = {"act": "reply", "question": question.pk, "reply-text": "2 号机房"}
    assert "回复提问" in as_person(ana).get(door).content.decode()
    assert as_person(ana).post(door, replied).status_code == 302
    assert "2 号机房" in as_person(olu).get(door).content.decode()
    assert "一般不符合项" in as_person(olu).get(f"/assessments/{case.pk}/findings/").content.decode()


def test_nobody_is_offered_to_reply_to_a_question_of_their_own_side(
    case: Assessment, ana: Person, olu: Person, as_person: Visit  # noqa: F811  (the fixture)
) -> None:  # fmt: skip
    found = _raised(case, ana)
    question = findings.ask(found, text="哪个机房？", due_on=timezone.localdate(), person=olu)
    offered = f'name="question" value="{question.pk}"'
    assert offered in as_person(ana).get(f"/findings/{found.pk}/").content.decode()
    assert offered not in as_person(olu).get(f"/findings/{found.pk}/").content.decode()


def test_a_refused_reply_says_so_at_its_question_and_at_no_other(
    case: Assessment, ana: Person, olu: Person, as_person: Visit  # noqa: F811  (the fixture)
) -> None:  # fmt: skip
    found = _raised(case, ana)
    for text in ("哪个机房？", "哪一天？"):
        findings.ask(found, text=text, due_on=timezone.localdate(), person=ana)
    first, second = found.notes.filter(act="ask")
    empty = {"act": "reply", "question": second.pk, "reply-text": ""}
    page = as_person(olu).post(f"/findings/{found.pk}/", empty).content.decode()
    own, other = f"id_{second.pk}-reply-text", f"id_{first.pk}-reply-text"
    assert f'href="#{own}"' in page
    assert [page.count(f'id="{name}"') for name in (own, other)] == [1, 1]
    assert f'aria-describedby="{own}_error"' in page
    assert f'aria-describedby="{other}_error"' not in page
    kept = as_person(olu).post(f"/findings/{found.pk}/", empty | {"reply-text": "2 号机房" * 2001}).content.decode()
    assert kept.count("2 号机房" * 2001) == 1


@pytest.mark.parametrize("question", ["", "x", "-1", "１", "1_0", "%d", "9" * 45, "\0"])
def test_a_reply_to_what_is_no_question_is_a_reply_to_nothing(
    case: Assessment, ana: Person, as_person: Visit, question: str  # noqa: F811  (the fixture)
) -> None:  # fmt: skip
    found = _raised(case, ana)
    replied = {"act": "reply", "question": question, "reply-text": "2 号机房"}
    raised = str(found.notes.get().pk)
    for number in (question, raised):
        assert as_person(ana).post(f"/findings/{found.pk}/", replied | {"question": number}).status_code == 404
    assert found.notes.count() == 1


def test_of_two_assessors_on_one_page_the_second_keeps_the_text_and_sees_what_the_first_saved(
    case: Assessment, olu: Person, ana: Person, bo: Person, as_person: Visit  # noqa: F811  (the fixture)
) -> None:  # fmt: skip
    raised = _raised(case, ana)
    said = {"text": "见下", "root_cause": "疏忽", "corrective_action": "补装"}
    found = findings.act_on(raised, "answer", person=olu, **said)
    door = f"/findings/{found.pk}/"
    opened = {"act": "accept_answer", "version": found.version}
    assert as_person(ana).post(door, opened | {"act": "reject_answer", "text": "照片看不清"}).status_code == 302
    findings.ask(found, text="何时再交？", due_on=timezone.localdate(), person=ana)  # changes no version

    late = as_person(bo, language="en").post(door, opened | {"text": "照片合格"})
    page = words(late.content.decode())
    assert late.status_code == 422
    assert re.search(r"Ana saved version [0-9]+ at \S+ \S+: reject the answer\. 照片看不清", page)
    assert "照片合格" in page
    assert "Open" in page
    found.refresh_from_db()
    assert (found.state, found.version) == ("open", 3)

    version = re.search(r'name="version" value="(\d+)"', late.content.decode())
    assert version is not None
    again = {"act": "retract", "text": "照片合格", "version": version[1]}
    assert as_person(bo).post(door, again).status_code == 302
    assert [note.text for note in found.notes.exclude(act="ask")][2:] == ["照片看不清", "照片合格"]


@pytest.mark.parametrize(
    "given", [{"text": "照片合格"}, {"ask-text": "照片合格"}, {"reply-text": "照片合格"}], ids=["act", "ask", "reply"]
)
def test_without_an_act_nothing_is_said_under_a_finding_and_the_words_are_kept(
    case: Assessment, ana: Person, as_person: Visit, given: dict[str, str]  # noqa: F811  (the fixture)
) -> None:  # fmt: skip
    found = _raised(case, ana)
    question = findings.ask(found, text="哪个机房？", due_on=timezone.localdate(), person=ana)
    sent = given | {"version": found.version, "question": question.pk}
    for act in ({}, {"act": ""}):
        answer = as_person(ana).post(f"/findings/{found.pk}/", sent | act)
        assert answer.status_code == 422
        assert "请选择要执行的步骤。" in words(answer.content.decode())
        assert answer.content.decode().count("照片合格") == 1
    assert found.notes.count() == 2


@pytest.mark.parametrize("act", ["certify", "open", "x", "\0"])
def test_what_is_no_act_on_a_finding_is_forbidden_as_with_disputes(
    case: Assessment, olu: Person, ana: Person, as_person: Visit, act: str  # noqa: F811  (the fixture)
) -> None:  # fmt: skip
    found = _raised(case, ana)
    said = {"act": act, "text": "见下", "root_cause": "疏忽", "corrective_action": "补装", "version": found.version}
    for person in (olu, ana):
        assert as_person(person).post(f"/findings/{found.pk}/", said).status_code == 403


def test_words_are_as_long_as_a_browser_counts_them_and_stored_with_its_line_ends(
    case: Assessment, ana: Person, as_person: Visit  # noqa: F811  (the fixture)
) -> None:  # fmt: skip
    _raised(case, ana)
    told = "\n".join(["x" * 19] * 400)
    door = f"/assessments/{case.pk}/findings/"
    sent = {"severity": "minor", "node": "GR-1.1", "statement": told.replace("\n", "\r\n")}
    assert as_person(ana).post(door, sent).status_code == 302
    assert Finding.objects.exclude(statement="No meter.").get().statement == told
    longer = as_person(ana, language="en").post(door, sent | {"statement": f"{sent['statement']}\r\nxx"})
    assert "at most 8000 characters (it has 8002)" in words(longer.content.decode())


@pytest.mark.parametrize(
    ("day", "said"),
    [
        ("1/2/2027", "Write the day as 2026-03-31."),
        ("２０２７-01-02", "Write the day as 2026-03-31."),
        ("2027-02-30", "Write the day as 2026-03-31."),
        ("1969-12-31", "1969-12-31 is not between 1970 and 2199."),
        ("2200-01-01", "2200-01-01 is not between 1970 and 2199."),
    ],
)
def test_a_day_is_written_as_it_is_asked_for_and_of_our_time(
    case: Assessment, ana: Person, as_person: Visit, day: str, said: str  # noqa: F811  (the fixture)
) -> None:  # fmt: skip
    _raised(case, ana)
    sent = {"severity": "minor", "node": "GR-1.1", "statement": "No meter.", "due_on": day}
    answer = as_person(ana, language="en").post(f"/assessments/{case.pk}/findings/", sent)
    assert answer.status_code == 422
    assert words(answer.content.decode()).count(said) == 2  # in the summary and at its field
    assert f'value="{day}"' in answer.content.decode()
    assert Finding.objects.count() == 1


@pytest.mark.parametrize("language", ["zh-hans", "en"])
def test_pages_of_a_case_speak_one_language_at_a_time(
    case: Assessment, ana: Person, olu: Person, as_person: Visit, language: str  # noqa: F811  (the fixture)
) -> None:  # fmt: skip
    found = _raised(case, ana)
    addresses = (
        f"/findings/{found.pk}/",
        f"/assessments/{case.pk}/findings/",
        f"/assessments/{case.pk}/history/",
        f"/centres/{case.centre.slug}/interests/",
        f"/assessments/{case.pk}/begin/",
    )
    for address in addresses:
        page = as_person(ana, language=language).get(address)
        assert page.status_code == 200, address
        body = words(page.content.decode().split("<main", 1)[1].split("</main>", 1)[0])
        if language == "en":
            body = re.sub(r"和林格尔\S*|中文|示例智算中心（虚构）", "", body)
            assert not re.search(r"[\u4e00-\u9fff]", body), (address, re.findall(r"[\u4e00-\u9fff]+", body))


def test_a_regulator_sees_the_result_but_not_the_inside_of_a_case(
    case: Assessment, person: Callable[..., Person], as_person: Visit  # noqa: F811  (the fixture)
) -> None:  # fmt: skip
    reg = person("reg", Role.REGULATOR)
    assert as_person(reg).get(f"/assessments/{case.pk}/").status_code == 200
    for page in ("findings/", "history/"):
        assert as_person(reg).get(f"/assessments/{case.pk}/{page}").status_code == 404


def _raised(case: Assessment, ana: Person) -> Finding:
    """As in the short procedure, where no assignment is asked for."""
    from tests.operations.triggers import without_rules_of_a_case

    without_rules_of_a_case()
    Assessment.objects.filter(pk=case.pk).update(procedure="express")
    return findings.raise_finding(case, severity=Severity.MINOR, node="GR-1.1", statement="No meter.", person=ana)


def test_my_work_leads_to_the_declaration_to_the_plan_and_to_ones_own_pillars(
    rated: None, case: Assessment, ana: Person, person: Callable[..., Person], as_person: Visit  # noqa: F811  (the fixture)
) -> None:  # fmt: skip
    rita, ada, bo = person("rita", Role.REGISTRAR), person("ada", Role.ADMINISTRATOR), person("bo", Role.ASSESSOR)
    door, until = f"/assessments/{case.pk}/", timezone.localdate() + dt.timedelta(days=90)
    for act in ("take_up", "accept"):
        as_person(rita).post(door, as_read(case) | {"act": act, "reason": "好"})
    declaring = f"/centres/{case.centre.slug}/interests/"
    assert f'href="{declaring}"' in as_person(ana).get("/my/").content.decode()
    for assessor, pillars in ((ana, ("CE", "ST")), (bo, ("GR", "US"))):
        for pillar in pillars:
            grant_competence(assessor, pillar=pillar, grounds="x", valid_until=until, granted_by=ada)
        as_person(assessor).post(declaring, {"conflict": "no", "statement": "无"})
        assert f'href="{door}assign/"' in as_person(rita).get(door).content.decode()
        as_person(rita).post(f"{door}assign/", as_read(case) | {"assessor": assessor.username, "pillars": pillars})
    assert f'href="{door}begin/"' in as_person(ana).get("/my/").content.decode()
    as_person(ana).post(f"{door}begin/", as_read(case) | {"plan": "桌面评价", "reason": "好"})
    left = as_person(ana).get(f"{door}desk/").context["pillars"]
    assert {row.item.pillar.code for pillar in left for row in pillar["rows"]} == {"CE", "ST"}
    page = as_person(ana).get(f"{door}desk/GR-1.1/")
    assert page.context["choices"] == ()
    assert "该支柱由其他审查员评定" in page.content.decode()


def test_the_centre_reads_why_its_application_was_returned(
    case: Assessment, olu: Person, person: Callable[..., Person], as_person: Visit  # noqa: F811  (the fixture)
) -> None:  # fmt: skip
    rita = person("rita", Role.REGISTRAR)
    for act, reason in (("take_up", "好"), ("return", "缺少电表读数。")):
        as_person(rita).post(f"/assessments/{case.pk}/", as_read(case) | {"act": act, "reason": reason})
    assert "缺少电表读数。" in words(as_person(olu).get(f"/assessments/{case.pk}/check/").content.decode())
