"""Every list of a page as a workbook: its rows, its words, its permissions, and no cell that is calculated."""

from __future__ import annotations

import datetime as dt
import io
import re
from collections.abc import Callable
from pathlib import Path
from typing import Any

import openpyxl
import pytest
from django.conf import settings
from django.test import Client
from django.urls import reverse
from django.utils import timezone

from assessment.models import Assessment, Dispute, Finding, Sample, SiteVisit
from assessment.services.visits.draw_sample import ask_for_inventory, commit_inventory
from centres.models import Declaration, Person, Role
from core.workbook import workbook
from operations.http import sheets
from tests.assessment.conftest import add_evidence
from tests.assessment.web.test_board_pages import certify
from tests.assessment.web.test_results import as_person, submitted  # noqa: F401  (the fixtures)
from tests.workbooks import rows_of

Visit = Callable[..., Client]
pytestmark = pytest.mark.django_db
FORMULA = "=HYPERLINK(1)"
TEMPLATES = Path(settings.BASE_DIR) / "templates"


def headings(page: str) -> list[str]:
    """The words of the heads of the first table of a page."""
    head = re.search(r"<thead.*?</thead>", page, re.DOTALL)
    assert head is not None
    return [re.sub(r"<[^>]+>", "", one).strip() for one in re.findall(r"<th [^>]*>(.*?)</th>", head[0], re.DOTALL)]


@pytest.fixture
def full(submitted: Assessment, olu: Person, ana: Person) -> Assessment:  # noqa: F811  (the fixture)
    """A case with something in each of its lists, all of it hostile to spreadsheets."""
    Finding.objects.create(assessment=submitted, severity="minor", node="GR-1.1", statement=FORMULA, raised_by=ana)
    said = {"statement": FORMULA, "name": FORMULA, "contact": FORMULA}
    Dispute.objects.create(assessment=submitted, kind="complaint", lodged_by=olu, **said)
    day = timezone.localdate()
    SiteVisit.objects.create(assessment=submitted, begins_on=day, ends_on=day, place=FORMULA, made_by=ana)
    Sample.objects.create(assessment=submitted, of="cards", share="0.05", at_least=1, secret="0" * 64, asked_by=ana)
    Declaration.objects.create(
        person=ana,
        centre=submitted.centre,
        conflict=False,
        statement=FORMULA,
        declared_on=day,
        valid_until=day + dt.timedelta(days=90),
    )
    return submitted


def lists_of(case: Assessment) -> dict[str, tuple[str, str]]:
    """Of each list of a case whoever reads it here, and its address."""
    slug, pk = case.centre.slug, case.pk
    return {
        "findings": ("ana", reverse("assessment:findings", args=[pk])),
        "history": ("ana", reverse("assessment:history", args=[pk])),
        "samples": ("ana", reverse("assessment:samples", args=[pk])),
        "visits": ("ana", reverse("assessment:visits", args=[pk])),
        "interests": ("ana", reverse("assessment:interests", args=[slug])),
        "disputes of the case": ("olu", reverse("assessment:case_disputes", args=[pk])),
        "my work": ("olu", reverse("assessment:mine")),
        "evidence": ("olu", reverse("assessment:centre", args=[slug])),
        "tasks": ("olu", reverse("assessment:tasks", args=[slug])),
        "months": ("olu", reverse("assessment:months", args=[slug])),
        "result": ("olu", reverse("assessment:result", args=[slug])),
        "people": ("olu", reverse("centres:people", args=[slug])),
        "maps": ("olu", reverse("evidence:saved_maps", args=[slug])),
        "rubrics": ("olu", reverse("indicators:rubrics")),
        "rubric": ("olu", reverse("indicators:rubric", args=[case.edition.rubric, case.edition.edition])),
    }


def test_every_list_of_a_case_comes_as_a_workbook_in_the_language_of_the_page(
    full: Assessment, as_person: Visit  # noqa: F811  (the fixture)
) -> None:  # fmt: skip
    for name, (who, address) in lists_of(full).items():
        person = Person.objects.get(username=who)
        chinese, *rows = rows_of(as_person(person), address)
        english, *_ = rows_of(as_person(person, language="en"), address)
        assert len(chinese) == len(english), name
        assert chinese != english, name
        assert not [head for head in english if re.search(r"[\u4e00-\u9fff]", str(head))], (name, english)
        assert rows or name == "maps", name


@pytest.mark.parametrize("name", ["findings", "history", "samples", "visits", "disputes of the case", "my work"])
def test_a_workbook_has_the_columns_of_its_page(name: str, full: Assessment, as_person: Visit) -> None:  # noqa: F811
    who, address = lists_of(full)[name]
    client = as_person(Person.objects.get(username=who))
    told, shown = rows_of(client, address)[0], headings(client.get(address).content.decode())
    assert [head for head in shown if head not in told] == []
    assert "format=xlsx" in client.get(address).content.decode()


def test_no_cell_is_calculated_and_a_day_is_a_day(full: Assessment, as_person: Visit, ana: Person) -> None:  # noqa: F811
    for name in ("findings", "visits", "interests"):
        answer = as_person(ana).get(lists_of(full)[name][1], {"format": "xlsx"})
        sheet = openpyxl.load_workbook(io.BytesIO(answer.content)).active
        [cell] = [cell for cell in sheet[2] if cell.value == FORMULA]
        assert cell.data_type == "s"
        assert cell.quotePrefix
    visit = rows_of(as_person(ana), lists_of(full)["visits"][1])[1]
    assert visit[1] == dt.datetime.combine(timezone.localdate(), dt.time())


def test_a_workbook_is_refused_to_whom_its_page_is(
    full: Assessment, as_person: Visit, person: Callable[..., Person]  # noqa: F811  (the fixture)
) -> None:  # fmt: skip
    stranger = as_person(person("zoe"))
    for name, (_who, address) in lists_of(full).items():
        page, workbook_ = stranger.get(address), stranger.get(address, {"format": "xlsx"})
        assert page.status_code == workbook_.status_code, name
        if page.status_code == 200:
            assert not rows_of(stranger, address)[1:] or name.startswith("rubric"), name


def test_the_public_lists_come_as_workbooks(
    assessment: Assessment, olu: Person, ana: Person, ravi: Person, deng: Person, as_person: Visit  # noqa: F811
) -> None:  # fmt: skip
    certify(assessment, olu, ana, ravi, deng)
    number = Assessment.objects.get().certificate.number
    page = as_person().get(reverse("assessment:verify")).content.decode()
    assert number in page
    heads, row = rows_of(as_person(), reverse("assessment:verify"))
    assert row[0] == number
    assert dict(zip(heads, row, strict=True))["状态"] == "有效"
    assert rows_of(as_person(), reverse("assessment:announcements"))[0][0] == "中心"


def test_a_workbook_has_the_rows_of_all_pages_as_filtered(
    full: Assessment, olu: Person, as_person: Visit, monkeypatch: pytest.MonkeyPatch  # noqa: F811  (the fixture)
) -> None:  # fmt: skip
    monkeypatch.setattr(sheets, "CHUNK", 7)
    for number in range(60):
        add_evidence(full.centre, owner=olu, name=f"{number}.csv")
    address = reverse("assessment:centre", args=[full.centre.slug])
    assert "?page=2" in as_person(olu).get(address).content.decode()
    answer = as_person(olu).get(address, {"format": "xlsx", "page": "2"})
    sheet = openpyxl.load_workbook(io.BytesIO(answer.content)).active
    assert sheet.max_row == 1 + full.centre.evidence.count()
    assert sheet.auto_filter.ref.endswith(str(sheet.max_row))


def test_staff_and_disputes_are_lists_too(
    full: Assessment, as_person: Visit, person: Callable[..., Person]  # noqa: F811  (the fixture)
) -> None:  # fmt: skip
    ada, hana = person("ada", Role.ADMINISTRATOR), person("hana", Role.APPEAL_HANDLER)
    assert "ada" in [row[0] for row in rows_of(as_person(ada), reverse("centres:staff"))]
    assert rows_of(as_person(hana), reverse("assessment:disputes"))[1][0] == FORMULA


def test_what_was_drawn_comes_in_the_order_of_the_draw_with_room_to_write(
    submitted: Assessment, ana: Person, olu: Person, as_person: Visit  # noqa: F811  (the fixtures)
) -> None:  # fmt: skip
    sample = ask_for_inventory(submitted, of="cards", person=ana)
    commit_inventory(sample, names=[f"SN-{number:03}" for number in range(40)], word="w", person=olu)
    address = reverse("assessment:sample", args=[sample.pk])
    heads, *rows = rows_of(as_person(olu), address)
    assert heads[2:] == ("核对结果", "位置与备注")
    assert [row[1] for row in rows] == Sample.objects.get().drawn
    assert "format=xlsx" in as_person(olu).get(address).content.decode()


def test_rows_are_read_as_they_are_written() -> None:
    """More rows than tell the widths: none of them is lost, and they are never held together."""
    held = 0

    def rows() -> Any:
        nonlocal held
        for held in range(2_500):
            yield [held, "x"]

    sheet = openpyxl.load_workbook(io.BytesIO(workbook("a", ["n", "x"], rows())), read_only=True).active
    assert sum(1 for _ in sheet.iter_rows()) == 2_501
    assert held == 2_499


def test_every_page_with_pages_offers_its_list_as_a_workbook() -> None:
    paged = [path for path in TEMPLATES.rglob("*.html") if "includes/_pages.html" in path.read_text(encoding="utf-8")]
    without = [path.name for path in paged if "_as_workbook.html" not in path.read_text(encoding="utf-8")]
    assert len(paged) > 6
    assert without == []
