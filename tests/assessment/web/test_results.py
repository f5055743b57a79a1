"""Pages of results, certificates and acts, as different people see them."""

from __future__ import annotations

import html
import re
from collections.abc import Callable, Iterator
from dataclasses import fields, is_dataclass, replace
from decimal import Decimal
from typing import Literal

import pytest
from django.test import Client
from rest_framework.test import APIClient

from assessment.models import Assessment
from assessment.services.application.submit import submit
from assessment.services.certificates.issue import content_of
from assessment.services.certificates.numbers import check_character
from assessment.services.decision.decide import decide
from assessment.services.decision.review import review, send_back
from assessment.services.evaluation.evaluate import evaluate
from assessment.services.results.score import score_centre, score_package
from centres.models import Centre, Membership, Person, Role
from centres.profile import Names
from centres.selectors import current_profile
from centres.services.save_profile import save_profile
from core.quantity import plain
from core.text import Text
from indicators.models import Edition
from indicators.selectors import typed
from tests.assessment.conftest import add_rejected, as_read

Visit = Callable[..., Client]
pytestmark = pytest.mark.django_db


@pytest.fixture
def as_person() -> Visit:
    def visit(person: Person | None = None, *, language: str = "zh-hans") -> Client:
        client = Client()
        client.cookies["django_language"] = language
        if person is not None:
            client.force_login(person, "django.contrib.auth.backends.ModelBackend")
        return client

    return visit


@pytest.fixture
def submitted(assessment: Assessment, olu: Person) -> Assessment:
    score_package(submit(assessment, person=olu, reason="齐备"))
    assessment.refresh_from_db()
    return assessment


@pytest.fixture
def certified(submitted: Assessment, ana: Person, ravi: Person, deng: Person) -> Assessment:
    evaluate(submitted, person=ana, reason="一致")
    review(submitted, person=ravi, reason="同意")
    return decide(submitted, person=deng, certify=True, reason="准予")


def test_home_without_any_edition_says_what_will_stand_here(as_person: Visit) -> None:
    page = as_person().get("/")
    assert page.status_code == 200
    assert "尚无认证决定" in page.content.decode()


def test_home_ranks_certified_centres_for_everybody(certified: Assessment, as_person: Visit) -> None:
    page = as_person().get("/").content.decode()
    assert certified.centre.name_zh in page
    assert certified.certificate.number in page


def test_filters_stand_in_the_address_and_may_leave_nothing(certified: Assessment, as_person: Visit) -> None:
    page = as_person().get("/", {"use": "inference_led"}).content.decode()
    assert certified.centre.name_zh not in page
    assert "没有符合条件的中心" in page


def test_a_result_is_closed_to_the_public_until_it_is_decided(submitted: Assessment, as_person: Visit) -> None:
    address = f"/centres/{submitted.centre.slug}/result/"
    assert as_person().get(address).status_code == 404


def test_a_centre_without_a_result_is_told_what_is_missing(olu: Person, zoe: Person, as_person: Visit) -> None:
    bare = Centre.objects.create(slug="bare", name_zh="空", name_en="Bare", province="贵州")
    Membership.objects.create(user=olu, centre=bare, role="owner")
    page = as_person(olu, language="en").get("/centres/bare/result/")
    assert page.status_code == 200
    assert "there is no profile" in page.content.decode()
    assert "/centres/bare/profile/" in page.content.decode()
    assert as_person(zoe).get("/centres/bare/result/").status_code == 404
    api = APIClient()
    for person, code in ((olu, "no_result"), (zoe, "not_found")):
        api.force_authenticate(person)
        for door in ("", "explanation/", "bundle/"):
            answer = api.get(f"/api/v1/centres/bare/result/{door}")
            assert (answer.status_code, answer.json()["code"]) == (404, code)


def test_a_centre_whose_case_is_being_scored_is_not_told_to_hand_in_evidence(
    assessment: Assessment, olu: Person, as_person: Visit
) -> None:
    address, owner = f"/centres/{assessment.centre.slug}/result/", as_person(olu, language="en")
    assert "Hand in evidence" in owner.get(address).content.decode()
    submit(assessment, person=olu)
    shown = owner.get(address).content.decode()
    assert "is being scored" in shown
    assert f"/assessments/{assessment.pk}/" in shown
    assert "Hand in evidence" not in shown
    assert "spreadsheetml" in owner.get(address, {"format": "xlsx"})["Content-Type"]


def test_another_centres_people_find_nothing(submitted: Assessment, zoe: Person, as_person: Visit) -> None:
    for page in ("", "result/", "result/GR-1.1/", "profile/", "evidence/upload/"):
        assert as_person(zoe).get(f"/centres/{submitted.centre.slug}/{page}").status_code == 404


@pytest.mark.long
def test_every_node_of_the_tree_has_its_trace(certified: Assessment, olu: Person, as_person: Visit) -> None:
    assert certified.result is not None
    for language in ("zh-hans", "en"):
        client = as_person(olu, language=language)
        for node in certified.result.result.root.walk():
            page = client.get(f"/centres/{certified.centre.slug}/result/{node.code}/")
            assert page.status_code == 200, node.code
            assert f'lang="{language}"' in page.content.decode()


def test_an_unknown_node_is_not_there(certified: Assessment, as_person: Visit) -> None:
    assert as_person().get(f"/centres/{certified.centre.slug}/result/XX-9/").status_code == 404


def test_an_act_without_reason_is_refused_with_the_reason_why(
    submitted: Assessment, ana: Person, as_person: Visit
) -> None:
    typed = as_read(submitted) | {"act": "evaluate", "reason": " "}
    page = as_person(ana).post(f"/assessments/{submitted.pk}/", typed)
    assert page.status_code == 422
    assert page.content.decode().count("请写明办理这一步的理由。") == 2  # on top and at the field
    assert "错误：" in page.content.decode().split("</title>")[0]


def test_the_assessor_evaluates_by_form(submitted: Assessment, ana: Person, as_person: Visit) -> None:
    typed = as_read(submitted) | {"act": "evaluate", "reason": "一致"}
    assert as_person(ana).post(f"/assessments/{submitted.pk}/", typed).status_code == 302
    submitted.refresh_from_db()
    assert submitted.state == "evaluated"


@pytest.mark.torture("T34", "never wins silently")
def test_a_form_opened_before_the_case_changed_is_refused_with_who_changed_it_and_then_goes_through(
    submitted: Assessment, ana: Person, ravi: Person, person: Callable[..., Person], as_person: Visit
) -> None:
    door, rosa = f"/assessments/{submitted.pk}/", person("rosa", Role.REVIEWER)
    evaluate(submitted, person=ana, reason="按计量")
    opened = re.search(r'name="version" value="(\d+)"', as_person(ravi).get(door).content.decode())
    send_back(submitted, person=rosa, reason="五月换表")
    evaluate(submitted, person=ana, reason="不含五月")
    assert opened is not None
    typed = {"act": "review", "reason": "评价完整", "version": opened[1]}
    late = as_person(ravi).post(door, typed)
    page = late.content.decode()
    assert (late.status_code, "不含五月" in page, "评价完整" in page) == (422, True, True)
    assert as_person(ravi).post(door, {"act": "review", "reason": "评价完整"}).status_code == 422, "no form of ours"
    now = re.search(r'name="version" value="(\d+)"', page)
    assert now is not None
    assert as_person(ravi).post(door, typed | {"version": now[1]}).status_code == 302


def test_a_step_of_somebody_else_is_neither_offered_nor_taken(
    submitted: Assessment, olu: Person, as_person: Visit
) -> None:
    client = as_person(olu)
    assert 'value="evaluate"' not in client.get(f"/assessments/{submitted.pk}/").content.decode()
    typed = as_read(submitted) | {"act": "evaluate", "reason": "自评"}
    assert client.post(f"/assessments/{submitted.pk}/", typed).status_code == 403


def test_a_certificate_answers_for_itself(certified: Assessment, as_person: Visit) -> None:
    page = as_person(language="en").get(f"/certificates/{certified.certificate.number}/")
    assert page.status_code == 200
    assert "Valid until" in page.content.decode()
    assert page["Refresh"]  # the paper is still being laid out


@pytest.mark.parametrize(("language", "words"), [("zh-hans", "zh"), ("en", "en")])
def test_page_of_a_certificate_says_all_the_paper_says(
    certified: Assessment, as_person: Visit, language: str, words: Literal["zh", "en"]
) -> None:
    page = as_person(language=language).get(f"/certificates/{certified.certificate.number}/").content.decode()
    shown = html.unescape(re.sub(r"<[^>]+>", "", page))
    paper = content_of(certified.certificate)
    said = list(_said(paper, words))
    assert {paper.number, paper.score, paper.verification_url} <= set(said)
    assert len(said) > 60
    assert [one for one in said if one not in shown] == []


def _said(part: object, language: Literal["zh", "en"]) -> Iterator[str]:
    """Every word of a paper in one language; what only its charts say is left out, because a page draws its own."""
    if isinstance(part, Text):
        yield part.said_in(language)
    elif isinstance(part, str):
        yield part
    elif isinstance(part, Decimal):
        yield plain(part)
    elif isinstance(part, tuple):
        for one in part:
            yield from _said(one, language)
    elif is_dataclass(part):
        for field in fields(part):
            if field.name not in ("code", "levels", "limits", "awarded_level", "score_finding", "pillars_finding"):
                yield from _said(getattr(part, field.name), language)


def test_an_empty_sign_in_says_which_field_wants_what(as_person: Visit) -> None:
    answer = as_person().post("/sign-in/", {"login": "olu"})
    page = answer.content.decode()
    assert answer.status_code == 422
    assert page.count("请填写密码。") == 2  # on top and at the field
    assert '<a href="#id_password">' in page
    assert 'value="olu"' in page
    assert "错误：" in page.split("</title>")[0]


def test_an_empty_number_is_asked_for_on_top_and_at_the_field(as_person: Visit) -> None:
    page = as_person(language="en").get("/certificates/", {"number": " "})
    assert page.status_code == 422
    assert page.content.decode().count("Type the number of the certificate.") == 2
    assert 'aria-describedby="id_number_helptext id_number_error" aria-invalid="true"' in page.content.decode()


def test_an_unknown_number_is_said_to_be_unknown(as_person: Visit) -> None:
    page = as_person().get("/certificates/ZH-2026-9999-X/")
    assert page.status_code == 404
    assert "查无此证" in page.content.decode()


def test_a_mistyped_number_is_told_from_one_that_was_never_given(as_person: Visit) -> None:
    never_given = f"ZH-2026-9999-{check_character('ZH-2026-9999')}"
    assert "do not rely" in as_person(language="en").get(f"/certificates/{never_given}/").content.decode()
    mistyped = never_given.replace("9999", "9989")
    assert "check character" in as_person(language="en").get(f"/certificates/{mistyped}/").content.decode()


@pytest.fixture
def named_hostile(centre: Centre, olu: Person) -> None:
    version = current_profile(centre)
    assert version is not None
    name = Names(zh="<img src=x onerror=alert(1)>", en="x")
    of_centre = version.profile.centre.model_copy(update={"name": name})
    save_profile(centre, version.profile.model_copy(update={"centre": of_centre}), person=olu)


@pytest.mark.usefixtures("named_hostile", "certified")
def test_hostile_names_are_text(as_person: Visit) -> None:
    page = as_person().get("/").content.decode()
    assert "<img" not in page
    assert "&lt;img src=x" in page


def test_pages_need_no_inline_script_or_style(certified: Assessment, olu: Person, as_person: Visit) -> None:
    slug = certified.centre.slug
    for address in ("/", "/my/", f"/centres/{slug}/", f"/centres/{slug}/result/", f"/centres/{slug}/result/GR-1.1/"):
        page = as_person(olu).get(address).content.decode()
        assert " style=" not in page
        assert "<script>" not in page
        assert " onclick=" not in page


def test_the_trace_of_an_indicator_leads_to_the_rejected_file_it_lacks(
    centre: Centre, edition: Edition, olu: Person, as_person: Visit
) -> None:
    rejected = add_rejected(centre, owner=olu)
    score_centre(centre)
    page = as_person(olu).get(f"/centres/{centre.slug}/result/CE-1.1/").content.decode()
    assert "已提交的文件“train.log”被退回" in page
    assert f"/evidence/{rejected.pk}/?line=7#lines" in page
    assert "未提交所需证据" not in page


def test_a_score_stands_beside_the_highest_points_of_its_rubric(
    as_person: Visit, certified: Assessment, ana: Person, monkeypatch: pytest.MonkeyPatch
) -> None:
    pages = [
        f"/centres/{certified.centre.slug}/",
        f"/assessments/{certified.pk}/",
        f"/certificates/{certified.certificate.number}/",
    ]
    for page in pages:
        assert "/ 100</span>" in as_person(ana).get(page).content.decode(), page
    ten = replace(typed(certified.edition), highest_points=Decimal(10))
    monkeypatch.setattr("assessment.web.shown.result.typed", lambda edition: ten)
    for page in pages:
        found = as_person(ana).get(page).content.decode()
        assert "/ 10</span>" in found, page
        assert "/ 100</span>" not in found, page
