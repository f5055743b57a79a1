"""Announcements, objections, complaints and appeals, and the acts on a certificate, by forms."""

from __future__ import annotations

import html
import re
from collections.abc import Callable
from typing import Any

import pytest
from django.test import Client

from assessment.models import Assessment, Certificate, Dispute, DisputeKind
from assessment.services import disputes
from assessment.services.application.open_assessment import open_assessment
from assessment.services.application.submit import submit
from assessment.services.certificates import life as certificate_life
from assessment.services.certificates.surveillance import watched_of
from assessment.services.decision.decide import decide
from assessment.services.decision.review import review
from assessment.services.evaluation.evaluate import evaluate
from assessment.services.results.score import score_package
from centres.models import Centre, Person, Role
from indicators.models import Edition
from tests.assessment.chance.starts import let_notice_end
from tests.assessment.conftest import certificate_as_read
from tests.assessment.web.test_results import as_person, certified, submitted  # noqa: F401  (fixtures)

Visit = Callable[..., Client]
Make = Callable[..., Person]
pytestmark = pytest.mark.django_db
SAID = {"statement": "五月时机房是空的。", "name": "李", "contact": "li@example.org"}


@pytest.fixture
def hana(person: Make) -> Person:
    return person("hana", Role.APPEAL_HANDLER)


@pytest.fixture
def announced(
    settings: Any, centre: Centre, edition: Edition, measured: dict[str, str], olu: Person, ana: Person, ravi: Person,
    deng: Person,
) -> Assessment:  # fmt: skip
    settings.SCHEME_NOTICE_DAYS = 7
    case = open_assessment(centre, edition=edition, person=olu)
    score_package(submit(case, person=olu))
    evaluate(case, person=ana, reason="x")
    review(case, person=ravi, reason="x")
    return decide(case, person=deng, certify=True, reason="x")


@pytest.fixture
def refused(submitted: Assessment, ana: Person, ravi: Person, deng: Person) -> Assessment:  # noqa: F811  (the fixture)
    evaluate(submitted, person=ana, reason="x")
    review(submitted, person=ravi, reason="x")
    return decide(submitted, person=deng, certify=False, reason="x")


def words(page: Any) -> str:
    return html.unescape(re.sub(r"<[^>]+>", " ", page.content.decode()))


# --- announcements and objections -------------------------------------------------------------------------------------


def test_anybody_reads_what_is_announced_until_when_but_not_the_result(announced: Assessment, as_person: Visit) -> None:  # noqa: F811  (the fixture)
    visitor = as_person()
    assert 'href="/announcements/"' in visitor.get("/").content.decode()
    page = visitor.get("/announcements/")
    assert announced.centre.name_zh in words(page)
    assert "拟发证" in words(page)
    assert announced.notice_until is not None
    assert announced.notice_until.isoformat() in words(page)
    assert f'href="/announcements/{announced.pk}/"' in page.content.decode()
    assert announced.result is not None
    assert str(announced.result.result.score) not in words(page)
    assert visitor.get(f"/centres/{announced.centre.slug}/result/").status_code == 404


def test_without_announcements_the_page_says_where_else_to_turn(as_person: Visit, edition: Edition) -> None:  # noqa: F811  (the fixture)
    page = as_person().get("/announcements/")
    assert "目前没有公示中的决定" in words(page)
    assert 'class="notice"' not in as_person().get("/").content.decode()


def test_an_objection_is_lodged_without_an_account_and_its_reference_is_told(
    announced: Assessment, as_person: Visit  # noqa: F811  (the fixture)
) -> None:  # fmt: skip
    answer = as_person().post(f"/announcements/{announced.pk}/", SAID, follow=True)
    made = Dispute.objects.get()
    assert (made.kind, made.state, made.lodged_by, made.contact) == ("objection", "received", None, "li@example.org")
    assert str(made.pk) in words(answer)


def test_an_objection_without_a_name_is_refused_in_the_same_words_and_keeps_what_was_typed(
    announced: Assessment, as_person: Visit  # noqa: F811  (the fixture)
) -> None:  # fmt: skip
    answer = as_person(language="en").post(f"/announcements/{announced.pk}/", SAID | {"name": " "})
    page = answer.content.decode()
    assert answer.status_code == 422
    assert "<title>" in page
    assert re.search(r"<title>\s*Error: ", page)
    assert '<a href="#id_name">' in page
    assert page.count("Say who you are.") == 2
    assert SAID["statement"] in page
    assert SAID["contact"] in page
    assert not Dispute.objects.exists()


@pytest.mark.parametrize(("field", "given"), [("name", "李\u202e"), ("contact", "n\r\nBcc: x")])
def test_a_name_and_a_contact_are_one_line_each_and_a_statement_may_have_many(
    announced: Assessment, as_person: Visit, field: str, given: str  # noqa: F811  (the fixture)
) -> None:  # fmt: skip
    door = f"/announcements/{announced.pk}/"
    typed = SAID | {"statement": "五月时\r\n\t机房是空的。"}
    refused = as_person(language="en").post(door, typed | {field: f"x{given}x"})
    assert refused.status_code == 422
    assert list(refused.context["form"].errors) == [field]
    assert "It holds a control or direction character" in refused.content.decode()
    assert not Dispute.objects.exists()
    assert as_person().post(door, typed).status_code == 302


def test_after_the_last_day_nobody_finds_the_announcement(announced: Assessment, as_person: Visit) -> None:  # noqa: F811  (the fixture)
    let_notice_end()
    assert as_person().get(f"/announcements/{announced.pk}/").status_code == 404
    assert as_person().post(f"/announcements/{announced.pk}/", SAID).status_code == 404
    assert announced.centre.name_zh not in words(as_person().get("/announcements/"))
    assert not Dispute.objects.exists()


def test_a_case_that_is_not_announced_is_as_absent_as_none(submitted: Assessment, as_person: Visit) -> None:  # noqa: F811  (the fixture)
    for client in (as_person(), as_person(submitted.opened_by)):
        assert client.get(f"/announcements/{submitted.pk}/").status_code == 404


def test_who_objects_too_often_is_asked_to_wait(announced: Assessment, as_person: Visit, monkeypatch: Any) -> None:  # noqa: F811  (the fixture)
    monkeypatch.setattr("operations.http.throttling.ByAddress.rate", "1/min", raising=False)
    visitor = as_person()
    assert visitor.post(f"/announcements/{announced.pk}/", SAID).status_code == 302
    answer = visitor.post(f"/announcements/{announced.pk}/", SAID)
    assert answer.status_code == 429
    assert int(answer["Retry-After"]) > 0
    assert SAID["statement"] in words(answer)
    assert Dispute.objects.count() == 1


# --- complaints and appeals -------------------------------------------------------------------------------------------


def test_anybody_complains_from_the_page_of_a_certificate(certified: Assessment, as_person: Visit) -> None:  # noqa: F811  (the fixture)
    number = Certificate.objects.get().number
    door = f"/certificates/{number}/complaint/"
    assert f'href="{door}"' in as_person().get(f"/certificates/{number}/").content.decode()
    assert as_person().get(door).status_code == 200
    assert as_person().post(door, SAID | {"statement": ""}).status_code == 422
    assert as_person().post(door, SAID).status_code == 302
    made = Dispute.objects.get()
    assert (made.kind, made.assessment_id) == ("complaint", certified.pk)
    assert as_person().get("/certificates/ZH-0000/complaint/").status_code == 404


def test_the_centre_appeals_against_a_refusal_and_reads_the_answer(
    refused: Assessment, olu: Person, hana: Person, ana: Person, as_person: Visit  # noqa: F811  (the fixture)
) -> None:  # fmt: skip
    door = f"/assessments/{refused.pk}/disputes/"
    assert f'href="{door}"' in as_person(olu).get(f"/assessments/{refused.pk}/").content.decode()
    assert 'value="appeal"' in as_person(olu).get(door).content.decode()
    nothing = as_person(olu).post(door, SAID)
    assert nothing.status_code == 422
    assert words(nothing).count("请选择事项类型。") == 2
    assert SAID["statement"] in nothing.content.decode()
    assert as_person(olu).post(door, SAID | {"kind": "appeal"}).status_code == 302
    made = Dispute.objects.get()
    own = f"/disputes/{made.pk}/"
    assert f'href="{own}"' in as_person(olu).get(door).content.decode()
    assert 'name="act"' not in as_person(olu).get(own).content.decode()
    for act in ("acknowledge", "uphold"):
        assert f'value="{act}"' in as_person(hana).get(own).content.decode()
        assert as_person(hana).post(own, {"act": act, "reason": "决定所据有误。"}).status_code == 302
    assert "决定所据有误。" in words(as_person(olu).get(own))
    assert Assessment.objects.get(pk=refused.pk).state == "evaluated"
    assert as_person(ana).get(own).status_code == 404


def test_only_the_centre_is_offered_an_appeal(refused: Assessment, ana: Person, as_person: Visit) -> None:  # noqa: F811  (the fixture)
    door = f"/assessments/{refused.pk}/disputes/"
    page = as_person(ana).get(door).content.decode()
    assert 'value="complaint"' in page
    assert 'value="appeal"' not in page
    assert as_person(ana).post(door, SAID | {"kind": "appeal"}).status_code == 422
    assert not Dispute.objects.exists()


def test_nobody_of_another_centre_finds_case_or_dispute(refused: Assessment, zoe: Person, as_person: Visit) -> None:  # noqa: F811  (the fixture)
    made = disputes.lodge(refused, kind=DisputeKind.COMPLAINT, **SAID)
    for address in (f"/assessments/{refused.pk}/disputes/", f"/disputes/{made.pk}/"):
        assert as_person(zoe).get(address).status_code == 404
        assert as_person(zoe).post(address, SAID | {"kind": "complaint", "act": "acknowledge"}).status_code == 404
        assert as_person().get(address).status_code == 302
    assert SAID["statement"] not in words(as_person(zoe).get("/disputes/"))
    assert SAID["statement"] not in words(as_person(refused.decider).get(f"/assessments/{refused.pk}/disputes/"))
    assert Dispute.objects.get().state == "received"


def test_who_may_read_a_dispute_does_not_decide_it(
    refused: Assessment, olu: Person, person: Make, as_person: Visit  # noqa: F811  (the fixture)
) -> None:  # fmt: skip
    rita = person("rita", Role.REGISTRAR)
    made = disputes.lodge(refused, kind=DisputeKind.COMPLAINT, person=olu, **SAID)
    for reader in (rita, olu):
        assert SAID["statement"] in words(as_person(reader).get(f"/disputes/{made.pk}/"))
        answer = as_person(reader).post(f"/disputes/{made.pk}/", {"act": "acknowledge", "reason": "好"})
        assert answer.status_code == 403
    assert Dispute.objects.get().state == "received"


def test_a_handler_with_another_part_in_the_case_is_told_why_there_is_nothing_to_press(
    refused: Assessment, deng: Person, as_person: Visit  # noqa: F811  (the fixture)
) -> None:  # fmt: skip
    deng.staff_roles.create(role=Role.APPEAL_HANDLER)
    made = disputes.lodge(refused, kind=DisputeKind.COMPLAINT, **SAID)
    page = as_person(deng).get(f"/disputes/{made.pk}/")
    assert 'name="act"' not in page.content.decode()
    assert "同一人不得在同一案件中兼任" in words(page)
    tried = as_person(deng).post(f"/disputes/{made.pk}/", {"act": "acknowledge", "reason": "我自己写的理由"})
    assert tried.status_code == 422
    assert "我自己写的理由" in words(tried)


def test_a_reason_that_came_too_late_is_not_lost(refused: Assessment, hana: Person, as_person: Visit) -> None:  # noqa: F811  (the fixture)
    made = disputes.lodge(refused, kind=DisputeKind.COMPLAINT, **SAID)
    for act in ("acknowledge", "dismiss"):
        disputes.act_on(made, act, person=hana, reason="x")
    late = as_person(hana).post(f"/disputes/{made.pk}/", {"act": "uphold", "reason": "另一版理由"})
    assert late.status_code == 422
    assert "另一版理由" in words(late)


def test_the_handler_finds_what_is_undecided_from_the_own_work(
    refused: Assessment, hana: Person, olu: Person, as_person: Visit  # noqa: F811  (the fixture)
) -> None:  # fmt: skip
    assert 'href="/disputes/"' not in as_person(hana).get("/my/").content.decode()
    disputes.lodge(refused, kind=DisputeKind.COMPLAINT, **SAID)
    assert "未处理完毕 1" in words(as_person(hana).get("/my/"))
    assert SAID["statement"] in words(as_person(hana).get("/disputes/"))
    assert 'href="/disputes/"' not in as_person(olu).get("/my/").content.decode()


# --- certificates -----------------------------------------------------------------------------------------------------


def test_a_decider_suspends_restores_and_withdraws_on_the_page_of_the_certificate(
    certified: Assessment, deng: Person, as_person: Visit  # noqa: F811  (the fixture)
) -> None:  # fmt: skip
    door = f"/certificates/{Certificate.objects.get().number}/"
    for act, said in (("suspend", "已暂停"), ("restore", "有效"), ("withdraw", "已撤销")):
        assert f'value="{act}"' in as_person(deng).get(door).content.decode()
        assert as_person(deng).post(door, {"act": act, "reason": "见函件", **certificate_as_read()}).status_code == 302
        assert said in words(as_person().get(door))
    assert 'name="act"' not in as_person(deng).get(door).content.decode()


def test_a_registrar_cancels_and_an_assessor_records_the_surveillance(
    certified: Assessment, ana: Person, person: Make, as_person: Visit  # noqa: F811  (the fixture)
) -> None:  # fmt: skip
    rita = person("rita", Role.REGISTRAR)
    door = f"/certificates/{Certificate.objects.get().number}/"
    reasons = {f"why-{one.code}": "下月测量" for one in watched_of(Certificate.objects.get())}
    surveyed = {"act": "survey", "reason": "数据仍成立", **reasons, **certificate_as_read()}
    assert as_person(ana).post(door, surveyed).status_code == 302
    assert 'value="suspend"' not in as_person(rita).get(door).content.decode()
    cancelled = {"act": "terminate", "reason": "应持证人要求", **certificate_as_read()}
    assert as_person(rita).post(door, cancelled).status_code == 302
    assert Certificate.objects.get().state == "terminated"


def test_an_act_on_a_certificate_without_a_reason_says_so_twice_and_does_nothing(
    certified: Assessment, deng: Person, as_person: Visit  # noqa: F811  (the fixture)
) -> None:  # fmt: skip
    door = f"/certificates/{Certificate.objects.get().number}/"
    answer = as_person(deng).post(door, {"act": "suspend", "reason": "", **certificate_as_read()})
    assert answer.status_code == 422
    assert re.search(r"<title>\s*错误：", answer.content.decode())
    assert words(answer).count("请写明办理这一步的理由。") == 2
    assert "Refresh" not in answer
    assert Certificate.objects.get().state == "valid"


def test_the_public_the_holder_and_strangers_have_no_act_on_a_certificate(
    certified: Assessment, olu: Person, zoe: Person, ravi: Person, as_person: Visit  # noqa: F811  (the fixture)
) -> None:  # fmt: skip
    door = f"/certificates/{Certificate.objects.get().number}/"
    given = {"act": "withdraw", "reason": "x", **certificate_as_read()}
    for somebody in (None, olu, zoe, ravi):
        assert 'name="act"' not in as_person(somebody).get(door).content.decode()
    assert as_person().post(door, given)["Location"].startswith("/sign-in/")
    assert as_person(zoe).post(door, given).status_code == 404
    for insider in (olu, ravi):
        assert as_person(insider).post(door, given).status_code == 403
        assert as_person(insider).post(door, given | {"reason": ""}).status_code == 403
        assert as_person(insider).post(door, given | {"act": "expire"}).status_code == 403
    assert Certificate.objects.get().state == "valid"


def test_a_reason_typed_for_a_certificate_that_changed_meanwhile_is_kept(
    certified: Assessment, deng: Person, as_person: Visit  # noqa: F811  (the fixture)
) -> None:  # fmt: skip
    certificate_life.withdraw(Certificate.objects.get(), person=deng, reason="x")
    door = f"/certificates/{Certificate.objects.get().number}/"
    late = as_person(deng).post(door, {"act": "suspend", "reason": "写了很久的理由", **certificate_as_read()})
    assert late.status_code == 422
    assert "写了很久的理由" in words(late)


def test_nobody_who_may_act_loses_words_because_the_page_asks_again(
    certified: Assessment, deng: Person, as_person: Visit  # noqa: F811  (the fixture)
) -> None:  # fmt: skip
    door = f"/certificates/{Certificate.objects.get().number}/"
    Certificate.objects.update(pdf_sha256="")
    assert "Refresh" in as_person().get(door)
    assert "Refresh" not in as_person(deng).get(door)


# --- words ------------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("language", ["zh-hans", "en"])
def test_pages_of_disputes_speak_one_language_at_a_time(
    announced: Assessment, hana: Person, as_person: Visit, language: str  # noqa: F811  (the fixture)
) -> None:  # fmt: skip
    made = disputes.lodge(
        announced, kind=DisputeKind.OBJECTION, statement="empty hall", name="Li", contact="li@example.org"
    )
    addresses = (
        "/announcements/",
        f"/announcements/{announced.pk}/",
        f"/assessments/{announced.pk}/disputes/",
        "/disputes/",
        f"/disputes/{made.pk}/",
    )
    for address in addresses:
        page = as_person(hana, language=language).get(address)
        assert page.status_code == 200, address
        body = page.content.decode().split("<main", 1)[1].split("</main>", 1)[0]
        body = html.unescape(re.sub(r"<[^>]+>", " ", body))
        if language == "en":
            assert not re.search(r"[\u4e00-\u9fff]", body), (address, re.findall(r"[\u4e00-\u9fff]+", body))
        else:
            assert "Announcement" not in body
            assert "objection" not in body.lower()
