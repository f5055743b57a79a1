"""Map the columns of a table in the browser: proposed, changed, previewed, saved, read."""

from __future__ import annotations

import html
import re
from collections.abc import Callable
from typing import Any

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client

from evidence.models import ColumnMapVersion, Evidence, EvidenceState
from evidence.parsers.maps.checking import read_map
from evidence.services.save_column_map import save_column_map
from tests.evidence.web.test_pages import signed_in
from tests.factories import Cast, evidence_of

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("quick_parser")]
Run = Callable[[], int]
READINGS = ("采集时间,回路,有功(MWh),状态\n2025-04-01 00:15:00,A,1.5,正常\n2025-04-01 00:30:00,A,2.25,异常\n").encode()
MAP = {
    "contract": 1,
    "map": "dcim",
    "kind": "energy_readings",
    "fields": {"at": "采集时间", "meter": "回路", "value": "有功"},
}


@pytest.fixture
def olus(cast: Cast) -> Client:
    return signed_in(cast.olu)


@pytest.fixture
def unread(cast: Cast, run_jobs: Run) -> Evidence:
    item = evidence_of(cast.centre, cast.olu, READINGS, name="d.csv", format="mapped_table")
    run_jobs()
    return item


def address(item: Evidence) -> str:
    return f"/evidence/{item.pk}/map/"


def typed(page: str) -> dict[str, str]:
    """What a browser would send of the form of fields as it stands."""
    [form] = re.findall(r'<form method="post" class="map-form".*?</form>', page, re.DOTALL)
    found = {
        name: html.unescape(value) for name, value in re.findall(r'<input[^>]* name="([^"]+)" value="([^"]*)"', form)
    }
    for name, options in re.findall(r'<select[^>]* name="([^"]+)"[^>]*>(.*?)</select>', form, re.DOTALL):
        chosen = re.search(r'<option value="([^"]*)" selected', options) or re.search(
            r'<option value="([^"]*)"', options
        )
        found[name] = html.unescape(chosen.group(1)) if chosen else ""
    for name, text in re.findall(r'<textarea[^>]* name="([^"]+)"[^>]*>(.*?)</textarea>', form, re.DOTALL):
        found[name] = html.unescape(text)
    return found


def test_a_handed_in_table_nobody_knows_leads_to_the_proposal(cast: Cast, olus: Client) -> None:
    answer = olus.post(f"/centres/{cast.centre.slug}/evidence/upload/", {"file": SimpleUploadedFile("d.csv", READINGS)})
    item = Evidence.objects.get()
    assert answer["Location"] == address(item)
    assert not ColumnMapVersion.objects.exists()
    page = olus.get(address(item)).content.decode()
    assert "有功(MWh)" in page
    assert '<option value="采集时间" selected>' in page


def test_the_rejected_table_names_the_way_to_its_map(olus: Client, unread: Evidence) -> None:
    page = olus.get(f"/evidence/{unread.pk}/").content.decode()
    assert "该表需要列映射" in page
    assert f'href="{address(unread)}"' in page


def test_proposed_previewed_saved_and_read(olus: Client, unread: Evidence, run_jobs: Run) -> None:
    fields = typed(olus.get(address(unread)).content.decode())
    assert (fields["column-meter"], fields["unit-value"]) == ("回路", "MWh")
    fields |= {"map": "dcim", "title_zh": "动环电量", "filter-column-0": "状态", "filter-words-0": "正常"}
    tried = olus.post(address(unread), fields | {"try": "1"}).content.decode()
    assert "1500" in tried
    assert "按列映射的筛选条件，有 1 行未采用。" in tried
    assert not ColumnMapVersion.objects.exists(), "a preview saves nothing"
    again = typed(tried)
    assert again["filter-words-0"] == "正常"
    answer = olus.post(address(unread), again | {"save": "1"})
    run_jobs()
    read = Evidence.objects.exclude(pk=unread.pk).get()
    assert answer["Location"] == f"/evidence/{read.pk}/"
    assert (read.state, str(read.column_map)) == (EvidenceState.ACCEPTED, "dcim@1")
    page = olus.get(f"/evidence/{read.pk}/").content.decode()
    assert "动环电量" in page
    assert olus.get("/centres/olu-centre/maps/dcim/1/").status_code == 200
    assert "动环电量" in olus.get("/centres/olu-centre/maps/").content.decode()


def test_what_is_wrong_is_told_and_what_was_typed_is_kept(olus: Client, unread: Evidence) -> None:
    fields = typed(olus.get(address(unread)).content.decode()) | {"map": "Not A Name", "unit-value": "kW"}
    answer = olus.post(address(unread), fields | {"save": "1"})
    page = answer.content.decode()
    assert answer.status_code == 422
    assert "量纲不符" in page
    assert "不能作为映射的名称" in page
    assert 'value="Not A Name"' in page
    assert not ColumnMapVersion.objects.exists()


@pytest.mark.parametrize(
    ("typed_there", "at", "label"),
    [
        ({"unit-value": "kW"}, "unit-value", "value: unit"),
        ({"column-value": "=", "constant-value": ""}, "constant-value", "value: constant"),
        ({"map": "Not A Name"}, "map", "Name of the map"),
        ({"timezone": "Mars"}, "timezone", "Time zone"),
        ({"header": "x"}, "header", "Row of headings"),
        ({"spread": "listed"}, "listed", "The columns, one a line"),
        ({"column-value": ""}, "column-value", "value"),
        ({"filter-column-1": "回路", "filter-words-1": "\0"}, "filter-column-1", "Rows that count 2"),
    ],
)
def test_a_refusal_stands_on_top_with_a_link_and_in_the_same_words_by_its_input(
    olus: Client, unread: Evidence, typed_there: dict[str, str], at: str, label: str
) -> None:
    olus.cookies["django_language"] = "en"
    fields = {"map": "dcim"} | typed(olus.get(address(unread)).content.decode()) | typed_there
    if at.startswith("filter"):
        fields["filter-column-0"] = "状态"
    page = html.unescape(olus.post(address(unread), fields | {"try": "1"}).content.decode())
    [words] = re.findall(rf'<a href="#{at}">{label}: (.*?)</a>', page)
    [by_it] = re.findall(rf'<span class="told-here" id="{at}_error">(.*?)</span></span>', page, re.DOTALL)
    assert by_it.endswith(words)
    assert f'id="{at}" aria-invalid="true" aria-describedby="{at}_error"' in page
    assert re.search(r"<title>\s*Error:", page)


def test_a_word_that_stands_for_two_things_is_told_and_both_are_kept(olus: Client, unread: Evidence) -> None:
    words = "正常 = it\n其他 = rack\n正常 = rack\n其他 = rack"
    fields = {"kind": "power_samples", "column-place": "=", "constant-place": "x", "words-place": words}
    page = html.unescape(olus.post(address(unread), fields).content.decode())
    words = "词语“正常”写了两次，含义不同：it、rack。请只保留一个"
    assert page.count(words) == 2, "on top, and by its field"
    assert f'<a href="#words-place">位置：词语对应：{words}' in page
    assert "词语“其他”写了两次" not in page
    assert re.search(r'name="words-place"[^>]*>正常 = it\n其他 = rack\n正常  = rack<', page)


def test_a_form_sent_empty_says_which_choices_are_needed(olus: Client, unread: Evidence) -> None:
    answer = olus.post(address(unread), {"save": "1", "kind": "energy_readings"})
    page = answer.content.decode()
    assert answer.status_code == 422
    assert "请为每个必填字段选一列" in page
    assert "映射还没有名称" in page
    assert "字段 map" not in page  # what programs call it


def test_a_saved_map_that_fits_is_offered_and_read_by_one_button(
    cast: Cast, olus: Client, unread: Evidence, run_jobs: Run
) -> None:
    save_column_map(cast.centre, read_map(MAP), person=cast.olu)
    page = olus.get(address(unread)).content.decode()
    assert 'name="read_by" value="dcim@1"' in page
    olus.post(address(unread), {"read_by": "dcim@1"})
    run_jobs()
    assert Evidence.objects.exclude(pk=unread.pk).get().state == EvidenceState.ACCEPTED


def test_of_two_readings_each_page_leads_to_the_other(cast: Cast, olus: Client, run_jobs: Run) -> None:
    first = save_column_map(cast.centre, read_map(MAP), person=cast.olu).version
    item = evidence_of(cast.centre, cast.olu, READINGS, name="d.csv", column_map=str(first))
    run_jobs()
    conditions = [{"column": "状态", "is": ["正常"]}]
    save_column_map(cast.centre, read_map({**MAP, "filter": conditions}), person=cast.olu)
    olus.post(address(item), {"read_by": "dcim@2"})
    run_jobs()
    later = Evidence.objects.exclude(pk=item.pk).get()
    assert f'href="/evidence/{later.pk}/"' in olus.get(f"/evidence/{item.pk}/").content.decode()
    assert f'href="/evidence/{item.pk}/"' in olus.get(f"/evidence/{later.pk}/").content.decode()


def test_the_map_is_chosen_at_upload(cast: Cast, olus: Client) -> None:
    upload = f"/centres/{cast.centre.slug}/evidence/upload/"
    assert 'name="column_map"' not in olus.get(upload).content.decode()
    save_column_map(cast.centre, read_map(MAP), person=cast.olu)
    assert "dcim@1" in olus.get(upload).content.decode()
    olus.post(upload, {"file": SimpleUploadedFile("d.csv", READINGS), "column_map": "dcim"})
    assert str(Evidence.objects.get().column_map) == "dcim@1"


@pytest.mark.parametrize("text", ["", "- a\n", "contract: 1\nkind: jobs\n", "a: *x", "\x00", "map: [" * 50])
def test_a_text_that_is_no_map_is_refused_and_kept(olus: Client, unread: Evidence, text: str) -> None:
    answer = olus.post(address(unread), {"kind": "jobs", "text": text, "from_text": "1"})
    assert answer.status_code == 422
    assert "error-summary" in answer.content.decode()


def test_a_text_is_previewed(olus: Client, unread: Evidence) -> None:
    page = olus.get(address(unread)).content.decode()
    [text] = re.findall(r'<textarea id="text"[^>]*>(.*?)</textarea>', page, re.DOTALL)
    answer = olus.post(address(unread), {"kind": "energy_readings", "text": html.unescape(text), "from_text": "1"})
    assert answer.status_code == 200
    assert "2250" in answer.content.decode()


def test_other_people_find_no_page_and_assessors_may_not_map(cast: Cast, unread: Evidence) -> None:
    save_column_map(cast.centre, read_map(MAP), person=cast.olu)
    zoe, ana = signed_in(cast.zoe), signed_in(cast.ana)
    for one in (address(unread), "/centres/olu-centre/maps/", "/centres/olu-centre/maps/dcim/1/"):
        assert zoe.get(one).status_code == 404
        assert Client().get(one).status_code == 302
    assert ana.get(address(unread)).status_code == 403
    assert ana.get("/centres/olu-centre/maps/dcim/1/").status_code == 200


@pytest.mark.parametrize(
    "posted", [{}, {"kind": "tea"}, {"kind": "jobs"}, {"read_by": "x"}, {"kind": "jobs", "header": "x"}]
)
def test_nonsense_breaks_nothing(olus: Client, unread: Evidence, posted: dict[str, Any]) -> None:
    assert olus.post(address(unread), posted).status_code == 422
