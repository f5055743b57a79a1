"""The desk's pages: few clicks per indicator, what was typed stays, blind ratings do not show."""

from __future__ import annotations

import html
import re
from collections.abc import Callable, Sequence
from dataclasses import replace
from decimal import Decimal

import pytest
from django.test import Client

from assessment.desk_selectors import Standing, items
from assessment.models import Assessment, Rating, RatingDraft
from assessment.services.decision.review import send_back
from assessment.services.desk.accept_figures import accept_figures
from assessment.services.desk.ratings import Said, rule
from assessment.services.evaluation.evaluate import evaluate
from assessment.web.shown.desk import pane
from centres.models import Person, Role, StaffRole
from core.provenance import Support
from evidence.models import Evidence
from evidence.selectors import files_named
from tests.assessment.conftest import add_evidence
from tests.assessment.web.test_results import as_person  # noqa: F401  (the fixture)
from tests.workbooks import rows_of

Visit = Callable[..., Client]
pytestmark = pytest.mark.django_db


def words(page: str) -> str:
    return re.sub(r"\s+", " ", html.unescape(re.sub(r"<[^>]+>", " ", page)))


def test_plain_figures_are_accepted_by_one_button_and_the_rest_by_one_each(
    rated_once: Assessment, ana: Person, as_person: Visit  # noqa: F811  (the fixture)
) -> None:  # fmt: skip
    desk, visitor = f"/assessments/{rated_once.pk}/desk/", as_person(ana)
    page = visitor.get(desk).content.decode()
    assert "待办" in page
    assert visitor.post(desk).status_code == 302
    page = visitor.get(desk).content.decode()
    assert "已采信" in words(page)
    for _ in range(30):
        address = re.search(r'class="button" href="([^"]+)"', visitor.get(desk).content.decode())
        if address is None:
            break
        shown = visitor.get(address[1]).content.decode()
        version = re.search(r'name="version" value="(\d+)"', shown)
        assert version is not None
        sent = {"ruling": "accept_figure", "text": "", "version": version[1], "go": "next"}
        assert visitor.post(address[1], sent).status_code == 302
    assert "这里没有需要您办理的指标了" in words(visitor.get(desk).content.decode())
    assert evaluate(rated_once, person=ana, reason="x").state == "evaluated"


def test_an_indicator_reads_the_files_it_rests_on_and_no_others(
    rated_once: Assessment, ana: Person, olu: Person
) -> None:
    own, *_ = (add_evidence(rated_once.centre, owner=olu, name=f"{name}.csv") for name in ("own", "another", "a third"))
    item = next(one for one in items(rated_once) if one.code == "GR-1.1")
    assert item.node.inputs is not None
    support = Support(own.digest, "energy_readings", rows=12)
    resting = replace(item, node=replace(item.node, inputs=replace(item.node.inputs, rests_on=(support,))))
    read: list[str] = []

    def files_of(digests: Sequence[str]) -> dict[str, Evidence]:
        found = files_named(ana, centre=rated_once.centre_id, digests=digests)
        read.extend(found)
        return found

    shown = pane(resting, files_of, address="/desk/", file="", line="", cell="")
    assert read == [own.digest]
    assert [one["name"] for one in shown.files] == ["own.csv"]


def test_what_was_typed_stays_when_it_is_refused_and_the_fault_stands_at_its_field(
    rated_once: Assessment, ana: Person, bo: Person, as_person: Visit  # noqa: F811  (the fixture)
) -> None:  # fmt: skip
    address = f"/assessments/{rated_once.pk}/desk/GR-1.1/"
    empty = as_person(ana, language="en").post(address, {"ruling": "dispute_figure", "text": " ", "version": 0})
    assert empty.status_code == 422
    page = empty.content.decode()
    assert "<title>" in page
    assert "Error:" in re.sub(r"\s+", " ", page[page.index("<title>") : page.index("</title>")])
    assert page.count("you must say why") == 2  # in the summary and at the field
    rule(rated_once, "GR-1.1", "dispute_figure", person=bo, said=Said(text="博的理由"))
    late = as_person(ana).post(address, {"ruling": "dispute_figure", "text": "我写的理由", "version": 0})
    assert late.status_code == 422
    told = words(late.content.decode())
    assert "博已于" in told
    assert "博的理由" in told
    assert "我写的理由" in told
    again = re.search(r'name="version" value="(\d+)"', late.content.decode())
    assert again is not None
    sent = {"ruling": "dispute_figure", "text": "我写的理由", "version": again[1]}
    assert as_person(ana).post(address, sent).status_code == 302
    assert Rating.objects.get(node="GR-1.1").text == "我写的理由"


def test_a_draft_comes_back_and_undo_returns_the_words(
    rated_once: Assessment, ana: Person, as_person: Visit  # noqa: F811  (the fixture)
) -> None:  # fmt: skip
    address, visitor = f"/assessments/{rated_once.pk}/desk/GR-1.1/", as_person(ana)
    typed = {"ruling": "dispute_figure", "text": "写到一半", "version": "0"}
    assert visitor.post(f"{address}draft/", typed).json() == {"kept": True}
    page = visitor.get(address).content.decode()
    assert "写到一半" in page
    assert re.search(r'value="dispute_figure"[^>]* checked', page)
    assert visitor.post(address, typed | {"text": "写完了"}).status_code == 302
    assert not RatingDraft.objects.exists()
    assert visitor.post(address, {"go": "undo", "version": 1}).status_code == 302
    assert "写完了" in visitor.get(address).content.decode()
    assert visitor.post(address, typed | {"text": "留待\0以后", "go": "draft"}).status_code == 302
    assert RatingDraft.objects.get().content["text"] == "留待以后"


@pytest.mark.parametrize("level", ["1e999999999999999999", "1e99999999", "-1e-99999999", "nan", "１"])
def test_a_draft_on_a_level_that_no_scale_has_costs_nothing_and_opens_again(
    rated_once: Assessment, ana: Person, as_person: Visit, level: str  # noqa: F811  (the fixture)
) -> None:  # fmt: skip
    address, visitor = f"/assessments/{rated_once.pk}/desk/GR-1.1/", as_person(ana)
    typed = {"ruling": f"judge:{level}", "text": "写到一半", "version": "0"}
    assert visitor.post(f"{address}draft/", typed).json() == {"kept": True}
    page = visitor.get(address)
    assert page.status_code == 200
    assert "写到一半" in page.content.decode()
    assert not re.search(r'type="radio"[^>]* checked', page.content.decode())


def test_a_draft_is_kept_whole_with_the_line_ends_of_the_field(
    rated_once: Assessment, ana: Person, as_person: Visit  # noqa: F811  (the fixture)
) -> None:  # fmt: skip
    address, visitor = f"/assessments/{rated_once.pk}/desk/GR-1.1/", as_person(ana)
    rationale = "\n".join(["why it is disputed"] * 420)  # 7,979 characters as a browser counts them
    typed = {"ruling": "dispute_figure", "text": rationale.replace("\n", "\r\n"), "version": "0"}
    assert visitor.post(f"{address}draft/", typed).json() == {"kept": True}
    assert RatingDraft.objects.get().content["text"] == rationale
    assert visitor.post(address, typed | {"go": "draft", "text": "x" * 9000}).status_code == 302
    assert RatingDraft.objects.get().content["text"] == "x" * 9000  # longer than a ruling takes, and not cut for it
    assert visitor.post(address, typed).status_code == 302
    assert Rating.objects.get(node="GR-1.1").text == rationale


@pytest.mark.parametrize("version", ["9" * 45, "１２", "-1", "x", ""])
def test_nonsense_for_a_version_loses_no_draft_and_saves_no_ruling(
    rated_once: Assessment, ana: Person, as_person: Visit, version: str  # noqa: F811  (the fixture)
) -> None:  # fmt: skip
    address, visitor = f"/assessments/{rated_once.pk}/desk/GR-1.1/", as_person(ana)
    typed = {"ruling": "dispute_figure", "text": "写到一半", "version": version}
    assert visitor.post(f"{address}draft/", typed).json() == {"kept": True}
    assert visitor.post(address, typed | {"go": "draft"}).status_code == 302
    assert RatingDraft.objects.get().content["text"] == "写到一半"
    assert visitor.post(address, typed).status_code == 422
    assert not Rating.objects.filter(node="GR-1.1").exists()


def test_no_page_shows_a_blind_level_before_both_are_in(
    twice: Assessment, ana: Person, bo: Person, cai: Person, ravi: Person, as_person: Visit  # noqa: F811  (the fixture)
) -> None:  # fmt: skip
    rule(twice, "ST-3.6", "judge", person=ana, said=Said(Decimal(4), text="保密的理由"))
    assert Rating.objects.filter(node="ST-3.6", text="保密的理由").exists()
    case = f"/assessments/{twice.pk}/"
    pages = [f"{case}desk/?show=all", f"{case}desk/ST-3.6/", f"{case}desk/agreement/", f"{case}desk/changes/"]
    pages += [case, f"{case}history/"]
    for other in (bo, cai, ravi):
        for address in pages:
            shown = as_person(other).get(address).content.decode()
            assert "保密的理由" not in shown, (other, address)
            assert "已判定等级：4" not in shown
    assert "另一位审查员已评定该指标" in as_person(bo).get(pages[1]).content.decode()
    assert "保密的理由" in as_person(ana).get(pages[1]).content.decode()
    sent = {"ruling": "judge:2", "text": "演练没有记录", "version": "0", "go": "stay"}
    assert as_person(bo).post(pages[1], sent).status_code == 302
    assert "保密的理由" in as_person(bo).get(pages[1]).content.decode()
    assert "待裁定 1 项" in words(as_person(cai).get(pages[2]).content.decode())
    settled = {"ruling": "adjudicate:3", "text": "裁定理由", "version": "0", "go": "stay"}
    assert as_person(cai).post(pages[1], settled).status_code == 302
    told = words(as_person(ana).get(pages[2]).content.decode())
    assert "待裁定 0 项" in told
    assert "已判定等级：3" in told


def test_the_desk_is_not_there_for_the_centre(
    rated_once: Assessment, olu: Person, zoe: Person, as_person: Visit  # noqa: F811  (the fixture)
) -> None:  # fmt: skip
    for person in (olu, zoe):
        for further in ("", "GR-1.1/", "agreement/", "changes/"):
            assert as_person(person).get(f"/assessments/{rated_once.pk}/desk/{further}").status_code == 404
    assert "/desk/" not in as_person(olu).get(f"/assessments/{rated_once.pk}/").content.decode()


@pytest.mark.torture("T36", "role lowered before the page is sent")
def test_who_is_no_assessor_any_more_saves_nothing_from_a_page_that_is_still_open(
    rated_once: Assessment, ana: Person, as_person: Visit  # noqa: F811  (the fixture)
) -> None:  # fmt: skip
    visitor, address = as_person(ana), f"/assessments/{rated_once.pk}/desk/GR-1.1/"
    assert visitor.get(address).status_code == 200
    StaffRole.objects.filter(user=ana).update(role=Role.REVIEWER)  # who still reads the desk
    sent = {"ruling": "dispute_figure", "text": "五月缺失", "version": 0}
    assert visitor.post(address, sent).status_code == 403
    StaffRole.objects.filter(user=ana).delete()
    assert visitor.post(address, sent).status_code == 404  # as if it were not there
    assert visitor.get(address).status_code == 404
    assert not Rating.objects.filter(assessment=rated_once).exclude(version=0).exists()


def test_who_saves_after_the_evaluation_ended_is_told_so(
    rated_once: Assessment, ana: Person, bo: Person, as_person: Visit  # noqa: F811  (the fixture)
) -> None:  # fmt: skip
    accept_figures(rated_once, person=bo)
    left = [one.code for one in items(rated_once) if one.standing is Standing.OPEN]
    for code in left:
        rule(rated_once, code, "accept_figure", person=bo)
    evaluate(rated_once, person=bo, reason="x")
    sent = {"ruling": "dispute_figure", "text": "我写的理由", "version": 1}
    late = as_person(ana).post(f"/assessments/{rated_once.pk}/desk/GR-1.1/", sent)
    assert late.status_code == 422
    assert "“评价”（evaluate），博" in words(late.content.decode())
    for nothing in ("", "x", "evaluate", "judge:"):  # no act of the desk is no error of the server either
        again = as_person(ana).post(f"/assessments/{rated_once.pk}/desk/GR-1.1/", sent | {"ruling": nothing})
        assert again.status_code == 422
        assert "“评价”（evaluate），博" in words(again.content.decode())


def test_what_changed_since_the_last_round_is_told_with_its_effect(
    rated_once: Assessment, ana: Person, ravi: Person, as_person: Visit  # noqa: F811  (the fixture)
) -> None:  # fmt: skip
    address = f"/assessments/{rated_once.pk}/desk/changes/"
    assert "这是第一轮评价" in words(as_person(ana).get(address).content.decode())
    everything = [one["node"] for one in _left(as_person(ana), rated_once)]
    accept_figures(rated_once, person=ana, codes=everything)
    back = send_back(evaluate(rated_once, person=ana, reason="x"), person=ravi, reason="US-4.1")
    assert "没有改判" in words(as_person(ana).get(address).content.decode())
    rule(back, "US-4.1", "dispute_figure", person=ana, said=Said(text="五月缺失"))
    told = words(as_person(ana).get(address).content.decode())
    assert "与上一轮相比变化 −" in told
    assert "采信数值 不采信数值" in told
    _, row = rows_of(as_person(ana), address, of="rulings")
    assert (row[0], *row[2:]) == ("US-4.1", "采信数值", "不采信数值")
    assert rows_of(as_person(ana), address, of="figures")[0][0] == "编号"


@pytest.mark.parametrize("language", ["zh-hans", "en"])
def test_pages_of_the_desk_speak_one_language_at_a_time(
    twice: Assessment, ana: Person, as_person: Visit, language: str  # noqa: F811  (the fixture)
) -> None:  # fmt: skip
    for further in ("", "GR-1.1/", "ST-3.6/", "agreement/", "changes/"):
        page = as_person(ana, language=language).get(f"/assessments/{twice.pk}/desk/{further}").content.decode()
        main = words(page[page.index("<main") : page.index("</main>")])
        if language == "en":
            found = re.sub(r"和林格尔示例智算中心（虚构）|安娜", "", main)
            assert not re.search(r"[\u4e00-\u9fff]{3,}", found), (further, re.findall(r"[\u4e00-\u9fff]{3,}", found))
        else:
            assert "Save" not in main


def _left(visitor: Client, case: Assessment) -> list[dict[str, str]]:
    found = visitor.get(f"/api/v1/assessments/{case.pk}/ratings/").json()["items"]
    return [one for one in found if one["standing"] != "by_rule"]
