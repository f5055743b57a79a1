"""The regulator's board: their regions only, why a centre stands out, reminders, the table of one's own, workbooks."""

from __future__ import annotations

import datetime as dt
import html
import io
import re
from collections.abc import Callable
from decimal import Decimal
from typing import Any
from urllib.parse import unquote

import openpyxl
import pytest
from django.core import mail
from django.core.files.uploadedfile import SimpleUploadedFile
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext

from assessment.board_selectors.reasons import warned
from assessment.board_selectors.signs import GIVEN_BACK, Figures, Sign, warnings
from assessment.board_selectors.standings import board, province_lines
from assessment.models import Assessment, Certificate, OwnTable, Reminder, ResultSummary, StoredResult
from assessment.services.application.admit import discontinue
from assessment.services.application.submit import submit
from assessment.services.chain.table import TRANSITIONS, Of
from assessment.services.decision.decide import decide
from assessment.services.decision.review import review
from assessment.services.evaluation.evaluate import evaluate
from assessment.services.results.score import score_package
from centres.models import Centre, Person, Role, StaffRole
from core.workbook import workbook
from operations.models import AuditEntry
from tests.assessment.conftest import add_centre, add_rejected
from tests.assessment.web.test_results import as_person  # noqa: F401  (the fixture)
from tests.operations.triggers import without_rules_of_a_case
from tests.workbooks import rows_of

Visit = Callable[..., Client]
pytestmark = pytest.mark.django_db


@pytest.fixture
def reg(person: Callable[..., Person], centre: Centre) -> Person:
    made = person("reg", zh="管局")
    StaffRole.objects.create(user=made, role=Role.REGULATOR, province=centre.province)
    return made


@pytest.fixture
def elsewhere(zoe: Person) -> Centre:
    made = add_centre("elsewhere-1", owner=zoe, zh="外省中心（虚构）")
    Centre.objects.filter(pk=made.pk).update(province="海南")
    return made


def words(page: str) -> str:
    return re.sub(r"\s+", " ", html.unescape(re.sub(r"<[^>]+>", " ", page)))


def signs(person: Person, slug: str) -> set[Sign]:
    return {one.sign for one in board(person, slug=slug)[0].reasons}


def certify(case: Assessment, olu: Person, ana: Person, ravi: Person, deng: Person) -> None:
    score_package(submit(case, person=olu))
    case.refresh_from_db()
    evaluate(case, person=ana, reason="x")
    review(case, person=ravi, reason="x")
    decide(case, person=deng, certify=True, reason="x")


def test_a_regulator_sees_the_centres_of_the_own_regions_and_nobody_else_sees_any(
    reg: Person, centre: Centre, elsewhere: Centre, olu: Person, as_person: Visit  # noqa: F811  (the fixture)
) -> None:  # fmt: skip
    page = words(as_person(reg).get("/board/").content.decode())
    assert "海南" not in page
    assert as_person(reg).get("/board/provinces/海南/").status_code == 404
    assert as_person(reg).get(f"/board/centres/{elsewhere.slug}/").status_code == 404
    assert centre.name_zh in as_person(reg).get(f"/board/provinces/{centre.province}/").content.decode()
    for address in ("/board/", f"/board/centres/{centre.slug}/", "/board/table/"):
        assert as_person(olu).get(address).status_code == 403


def test_three_clicks_lead_from_the_province_to_the_reason(
    reg: Person, centre: Centre, olu: Person, as_person: Visit  # noqa: F811  (the fixture)
) -> None:  # fmt: skip
    add_rejected(centre, owner=olu)
    visitor, address = as_person(reg), "/board/"
    for link in (f"/board/provinces/{centre.province}/", f"/board/centres/{centre.slug}/"):
        page = html.unescape(visitor.get(address).content.decode())
        assert link in [unquote(one) for one in re.findall(r'href="([^"]+)"', page)], address
        address = link
    page = words(visitor.get(address).content.decode())
    assert "没有申请" in page
    assert "第 7 行互相矛盾" in page
    assert "train.log" in page


def test_what_came_back_and_what_ends_soon_is_told(
    reg: Person, assessment: Assessment, olu: Person, ana: Person, ravi: Person, deng: Person
) -> None:
    assert signs(reg, assessment.centre.slug) == {Sign.NOT_REPORTED}
    certify(assessment, olu, ana, ravi, deng)
    assert signs(reg, assessment.centre.slug) == set()
    until = Certificate.objects.get().valid_until
    soon = board(reg, today=until - dt.timedelta(days=90))[0]
    assert [one.sign for one in soon.reasons] == [Sign.ENDS_SOON]
    assert not board(reg, today=until - dt.timedelta(days=91))[0].reasons


def test_a_withdrawn_application_is_called_so(reg: Person, assessment: Assessment, olu: Person) -> None:
    score_package(submit(assessment, person=olu))
    discontinue(assessment, person=olu, reason="we build another hall first")
    [told] = board(reg, slug=assessment.centre.slug)[0].reasons
    assert (told.sign, told.said.en) == (Sign.NOT_REPORTED, "an application that was withdrawn")


def test_what_counts_as_given_back_is_what_the_table_of_acts_says() -> None:
    for act, states in GIVEN_BACK.items():
        after = {row.after for row in TRANSITIONS if row.of == Of.ASSESSMENT and row.act == act}
        assert after == set(states), act


def test_a_province_counts_the_centres_that_stand_out(
    reg: Person, assessment: Assessment, measured: dict[str, str], olu: Person, ana: Person, ravi: Person, deng: Person
) -> None:
    measured["accelerator_allocation_rate"] = "59.9"
    certify(assessment, olu, ana, ravi, deng)
    for number in range(2):
        add_rejected(add_centre(f"idle-{number}", owner=olu), owner=olu)
        add_rejected(Centre.objects.get(slug=f"idle-{number}"), owner=olu, name="again.log")  # one centre all the same
    [line] = province_lines(reg)
    assert (line.centres, line.reported, line.came_back, line.warned, line.ends_soon) == (3, 1, 2, 1, 0)
    [later] = province_lines(reg, today=Certificate.objects.get().valid_until)
    assert later.ends_soon == 1


def test_figures_are_the_same_whether_they_are_kept_beside_the_result_or_read_off_it(
    reg: Person, assessment: Assessment, measured: dict[str, str], olu: Person, ana: Person, ravi: Person, deng: Person
) -> None:
    measured["accelerator_allocation_rate"] = "59.9"
    certify(assessment, olu, ana, ravi, deng)
    kept = board(reg)
    assert kept[0].score is not None
    ResultSummary.objects.all().delete()  # a result of before they were kept
    assert board(reg) == kept


def test_early_warnings_rest_on_the_result_pages_show(
    reg: Person, assessment: Assessment, measured: dict[str, str], olu: Person, ana: Person, ravi: Person, deng: Person
) -> None:
    measured["accelerator_allocation_rate"] = "59.9"
    certify(assessment, olu, ana, ravi, deng)
    found = board(reg)[0].reasons
    assert [one.sign for one in found] == [Sign.IDLE]
    assert "59.9 %" in found[0].said.en
    assert found[0].subject == "CE-4.1"
    low, high = (Figures("", None, pue=pue, pue_until="2026-05-31") for pue in ("1.18", "1.21"))
    assert list(warnings(high, low)) == [Sign.PUE_RISING]
    assert warned(Sign.PUE_RISING, high, low).said.en == "PUE rose from 1.18 to 1.21"
    assert warned(Sign.PUE_RISING, high, low).source.en == "indicator GR-1.1, period to 2026-05-31"
    assert not [*warnings(low, high), *warnings(high, None), *warnings(low, low)]


def test_queries_do_not_grow_with_the_centres(reg: Person, centre: Centre, olu: Person) -> None:
    def asked() -> int:
        with CaptureQueriesContext(connection) as queries:
            board(reg, months=True)
        return len(queries)

    one = asked()
    for number in range(4):
        add_centre(f"more-{number}", owner=olu)
    assert asked() == one <= 16


def test_a_reminder_stands_on_the_centres_page_until_it_is_noted_and_in_the_record(
    reg: Person, centre: Centre, olu: Person, zoe: Person, as_person: Visit  # noqa: F811  (the fixture)
) -> None:  # fmt: skip
    Person.objects.filter(pk=olu.pk).update(email="olu@centre.example")
    address = f"/board/centres/{centre.slug}/"
    assert as_person(reg).post(address, {"text": " "}).status_code == 422
    assert as_person(reg).post(address, {"text": "请补交五月能耗"}).status_code == 302
    reminder = Reminder.objects.get()
    assert reminder.mailed == 1
    assert "请补交五月能耗" in mail.outbox[0].body
    assert AuditEntry.objects.filter(act="centre.remind", subject=f"centre/{centre.slug}").exists()
    own = f"/centres/{centre.slug}/"
    assert "请补交五月能耗" in as_person(olu).get(own).content.decode()
    assert as_person(zoe).post(f"/reminders/{reminder.pk}/").status_code == 404
    assert as_person(reg).post(f"/reminders/{reminder.pk}/").status_code == 403
    assert as_person(olu).post(f"/reminders/{reminder.pk}/").status_code == 302
    assert "请补交五月能耗" not in as_person(olu).get(own).content.decode()
    [_, row] = rows_of(as_person(reg), address, of="reminders")
    assert row[2] == "请补交五月能耗"
    assert "list=reminders" in as_person(reg).get(address).content.decode()


def test_the_own_table_is_joined_or_refused_line_by_line(
    reg: Person, centre: Centre, elsewhere: Centre, as_person: Visit  # noqa: F811  (the fixture)
) -> None:  # fmt: skip
    def sent(text: str) -> Any:
        file = SimpleUploadedFile("own.csv", text.encode("gb18030"))
        return as_person(reg).post("/board/table/", {"file": file})

    bad = sent(f"中心,指标\n{elsewhere.slug},1\n{centre.slug},1,2\n{centre.slug},能耗指标\n")
    assert bad.status_code == 422
    page = words(bad.content.decode())
    assert "第 2 行" in page
    assert "第 3 行" in page
    assert elsewhere.slug in page
    assert not OwnTable.objects.exists()
    assert sent(f"中心,指标\n{centre.slug},能耗指标\n").status_code == 302
    assert "能耗指标" in as_person(reg).get(f"/board/provinces/{centre.province}/").content.decode()
    assert as_person(reg).post("/board/table/", {"act": "remove"}).status_code == 302
    assert not OwnTable.objects.exists()


@pytest.mark.parametrize("cell", ["x" * 200_000, '"no end', '"a"b'])
def test_a_line_of_the_own_table_that_cannot_be_read_is_told_with_both_ways_out(
    reg: Person, centre: Centre, as_person: Visit, cell: str  # noqa: F811  (the fixture)
) -> None:  # fmt: skip
    file = SimpleUploadedFile("own.csv", f"中心,指标\n{centre.slug},{cell}\n".encode())
    answer = as_person(reg).post("/board/table/", {"file": file})
    assert answer.status_code == 422
    page = words(answer.content.decode())
    assert re.search("第 2 行 ?： ?此行不是可用的 CSV。", page)
    assert "请补上缺少的引号；格内的引号写两次；每格最多 200 字。" in page


def test_the_workbook_has_the_rows_of_the_page_and_no_formula(
    reg: Person, centre: Centre, as_person: Visit  # noqa: F811  (the fixture)
) -> None:  # fmt: skip
    OwnTable.objects.create(person=reg, columns=["=x"], cells={centre.slug: ["=HYPERLINK(1)\x07"]}, name="a")
    answer = as_person(reg).get(f"/board/provinces/{centre.province}/?format=xlsx")
    sheet = openpyxl.load_workbook(io.BytesIO(answer.content)).active
    rows = list(sheet.iter_rows())
    assert [cell.value for cell in rows[1]][1] == centre.slug
    assert rows[1][-1].value == "=HYPERLINK(1)�"
    assert rows[1][-1].data_type == "s"
    assert rows[1][-1].quotePrefix
    counted = openpyxl.load_workbook(io.BytesIO(as_person(reg).get("/board/?format=xlsx").content)).active
    assert counted["B2"].value == 1


def test_figures_stay_figures_in_a_workbook() -> None:
    made = workbook("a/b", ["n", "d"], [[Decimal("74.30"), dt.date(2026, 1, 31)], [None, "−1"]])
    sheet = openpyxl.load_workbook(io.BytesIO(made)).active
    assert sheet["A2"].value == 74.3
    assert sheet["B2"].value.date() == dt.date(2026, 1, 31)
    assert sheet["A3"].value is None


@pytest.mark.parametrize("language", ["zh-hans", "en"])
def test_the_board_speaks_one_language_at_a_time(
    reg: Person, centre: Centre, as_person: Visit, language: str  # noqa: F811  (the fixture)
) -> None:  # fmt: skip
    for address in (
        "/board/",
        f"/board/provinces/{centre.province}/",
        f"/board/centres/{centre.slug}/",
        "/board/table/",
    ):
        page = as_person(reg, language=language).get(address).content.decode()
        main = words(page[page.index("<main") : page.index("</main>")])
        if language == "en":
            found = re.sub(rf"{centre.name_zh}|管局", "", main)
            assert not re.search(r"[\u4e00-\u9fff]{2,}", found), (address, re.findall(r"[\u4e00-\u9fff]{2,}", found))
        else:
            assert not re.search(r"Reported|Province|Send|Join it", main), address


def test_the_ranking_comes_as_a_workbook_with_the_rows_of_its_page(
    assessment: Assessment, olu: Person, ana: Person, ravi: Person, deng: Person, as_person: Visit  # noqa: F811  (the fixture)
) -> None:  # fmt: skip
    certify(assessment, olu, ana, ravi, deng)
    page = as_person().get("/").content.decode()
    assert 'href="?format=xlsx"' in page
    sheet = openpyxl.load_workbook(io.BytesIO(as_person().get("/?format=xlsx").content)).active
    row = [cell.value for cell in sheet[2]]
    assert row[0] == 1
    assert row[2] == assessment.centre.name_zh
    assert row[4] == float(Assessment.objects.get().result.result.score)  # type: ignore[union-attr,arg-type]  # it has one


def test_a_result_without_the_figure_warns_of_nothing(reg: Person, centre: Centre, assessment: Assessment) -> None:
    """Of a measurement without evidence the value is a null in the result's inputs."""
    stored = score_package(submit(assessment, person=assessment.opened_by))
    nothing = {"value": None, "period": None}
    inputs = {"measurements": dict.fromkeys(("accelerator_allocation_rate", "annual_pue"), nothing)}
    without = StoredResult.objects.create(
        centre=centre,
        edition=stored.edition,
        profile_version=stored.profile_version,
        tree=stored.tree,
        inputs=inputs,
        digest="sha256:" + "1" * 64,
        inputs_digest=stored.inputs_digest,
        verdict=stored.verdict,
        score=stored.score,
        grade=stored.grade,
    )
    without_rules_of_a_case()
    Assessment.objects.filter(pk=assessment.pk).update(result=without)
    assert not signs(reg, centre.slug) & {Sign.IDLE, Sign.PUE_RISING}
