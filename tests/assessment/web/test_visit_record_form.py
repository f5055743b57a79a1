"""The record of a visit by form: the same object as by file or API, refused with the same words, nothing lost."""

from __future__ import annotations

import datetime as dt
import html
from collections.abc import Callable
from typing import Any

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client

from assessment.models import Assessment, SiteVisit, VisitDraft
from assessment.sampling.visit_record import read_record
from assessment.services.visits.draw_sample import ask_for_inventory, commit_inventory
from assessment.services.visits.site_visit import close_visit, schedule_visit, write_record
from assessment.web.forms.record import PartForm
from assessment.web.forms.record_parts import PART_OF, PARTS
from assessment.web.forms.record_rows import clock_of
from centres.models import Person
from core.canonical import canonical_digest
from tests.assessment.documents.test_certificate import squeezed, text_of
from tests.assessment.test_casework import CARDS, PNG, meeting
from tests.assessment.web.test_results import as_person, submitted  # noqa: F401  (fixtures)
from tests.assessment.web.test_visit_pages import DAY, METER, words
from tests.operations.triggers import without_rules_of_a_case

Visit = Callable[..., Client]
pytestmark = pytest.mark.django_db
ON_SITE: dict[str, Any] = DAY | {name: dt.date.fromisoformat(DAY[name]) for name in ("begins_on", "ends_on")}
RECORD: dict[str, Any] = {
    "opening": meeting(9) | {"minutes": "scope agreed"},
    "meters": [METER | {"accuracy_class": "0.5S", "calibrated_until": "2027-05-01", "note": "behind the panel"}],
    "serials": [{"drawn": "SN001", "found": "differs", "place": "R1", "note": "swapped"}],
    "tests": [
        {
            "test": "nccl-tests", "command": "all_reduce_perf", "nodes": ["n1", "n2"], "witnessed_by": "Ana",
            "started_at": "2026-11-20T11:00:00+08:00", "ended_at": "2026-11-20T03:20:07.250000Z",
        }
    ],
    "closing": meeting(17),
    "not_inspected": "the roof",
    "signed_back": "Olu, 2026-11-20",
}  # fmt: skip
BACKWARDS = {"started_at": "2026-11-20 11:00", "ended_at": "2026-11-20 10:00", "witnessed_by": "Ana"}


@pytest.fixture
def visit(submitted: Assessment, ana: Person, olu: Person) -> SiteVisit:  # noqa: F811  (the fixture)
    commit_inventory(ask_for_inventory(submitted, of="cards", person=ana), names=CARDS, word="w", person=olu)
    return schedule_visit(submitted, person=ana, **ON_SITE)


def door(visit: SiteVisit, part: str) -> str:
    return f"/visits/{visit.pk}/{part}/"


def typed(page: Any) -> dict[str, str]:
    """What a browser would send back untouched."""
    return {field.html_name: field.value() or "" for field in page.context["form"]}


def fill(client: Client, visit: SiteVisit, part: str, given: dict[str, str], go: str = "stay", page: int = 1) -> Any:
    address = f"{door(visit, part)}?page={page}"
    return client.post(address, typed(client.get(address)) | given | {"go": go})


def test_a_record_filled_in_by_form_is_the_one_handed_in_by_file_to_the_digest(
    visit: SiteVisit, ana: Person, as_person: Visit  # noqa: F811  (the fixture)
) -> None:  # fmt: skip
    client = as_person(ana)
    who = {"present-0-name": "Ana", "present-0-organisation": "body", "present-0-role": "assessor"}
    drawn = visit.assessment.samples.get().drawn
    pages = {
        "opening": {"held_at": "2026-11-20 09:00", "minutes": "scope agreed", **who},
        "meters": {
            "meters-0-meter": "M-9", "meters-0-place": "room 1", "meters-0-read_at": "2026-11-20 10:00",
            "meters-0-reading": "8123.4", "meters-0-unit": "kWh", "meters-0-as_declared": "yes",
        },
        "serials": {f"serials-{row}-found": "matches" for row in range(100)},
        "tests": {
            "tests-0-test": "nccl-tests", "tests-0-nodes": "n1, n2", "tests-0-witnessed_by": "Ana",
            "tests-0-started_at": "2026-11-20 11:00", "tests-0-ended_at": "2026-11-20 11:20",
        },
        "closing": {"held_at": "2026-11-20 17:00", **who},
        "paper": {"not_inspected": "the roof"},
    }  # fmt: skip
    spare = len(client.get(door(visit, "meters")).context["form"].shown) - 1
    pages["meters"] = {name.replace("-0-", f"-{spare}-"): value for name, value in pages["meters"].items()}
    for part, given in pages.items():
        assert fill(client, visit, part, given).status_code == 302, part
    further = {f"serials-{row}-found": "matches" for row in range(len(drawn) - 100)}
    assert fill(client, visit, "serials", further, page=2).status_code == 302
    visit.refresh_from_db()
    by_file = {
        "opening": meeting(9) | {"minutes": "scope agreed"},
        "meters": [METER | {"meter": "M-9"}],
        "serials": [{"drawn": name, "found": "matches"} for name in drawn],
        "tests": [
            {
                "test": "nccl-tests", "nodes": ["n1", "n2"], "witnessed_by": "Ana",
                "started_at": "2026-11-20T11:00:00+08:00", "ended_at": "2026-11-20T11:20:00+08:00",
            }
        ],
        "closing": meeting(17),
        "not_inspected": "the roof",
    }  # fmt: skip
    assert canonical_digest(visit.record) == canonical_digest(read_record(by_file).model_dump(mode="json"))
    assert close_visit(visit, person=ana).closed_at is not None


@pytest.mark.parametrize("part", PARTS, ids=lambda part: part.slug)
def test_a_part_sent_back_untouched_changes_nothing(
    visit: SiteVisit, ana: Person, as_person: Visit, part: Any  # noqa: F811  (the fixture)
) -> None:  # fmt: skip
    before = write_record(visit, record=RECORD, person=ana).record
    assert fill(as_person(ana), visit, part.slug, {}).status_code == 302
    visit.refresh_from_db()
    assert canonical_digest(visit.record) == canonical_digest(before)


def test_what_is_refused_stands_on_top_and_at_its_field_with_what_was_typed(
    visit: SiteVisit, ana: Person, as_person: Visit  # noqa: F811  (the fixture)
) -> None:  # fmt: skip
    client = as_person(ana, language="en")
    given = {"held_at": "yesterday", "minutes": "long talk", "present-0-name": "Ana"}
    answer = fill(client, visit, "opening", given)
    body = answer.content.decode()
    assert answer.status_code == 422
    assert "Error:" in body.split("</title>")[0]
    assert html.unescape(body).count("Write day and time as 2026-11-20 09:30.") == 2
    assert 'href="#id_present-0-organisation"' in body
    assert 'value="yesterday"' in body
    assert "long talk" in body
    again = client.get(door(visit, "opening"))
    assert 'value="yesterday"' in again.content.decode()  # refused words come back after a closed window as well
    visit.refresh_from_db()
    assert visit.record == {}


@pytest.mark.parametrize(
    ("part", "given", "field"),
    [
        ("tests", BACKWARDS, "tests-0-ended_at"),
        ("tests", {"evidence": "no digest"}, "tests-0-evidence"),
        ("meters", {"reading": "much"}, "meters-0-reading"),
        ("meters", {"reading": "1E+999999999999999999"}, "meters-0-reading"),
        ("meters", {"read_at": "9999-12-31 23:59"}, "meters-0-read_at"),
        ("meters", {"calibrated_until": "0206-03-31"}, "meters-0-calibrated_until"),
        ("meters", {"as_declared": "yes"}, "meters-0-reading"),
        ("meters", {"calibrated_until": "soon"}, "meters-0-calibrated_until"),
        ("serials", {"note": "no label"}, "serials-0-found"),
        ("serials", {"found": "perhaps"}, "serials-0-found"),
    ],
)  # fmt: skip
def test_the_rules_of_the_record_are_told_at_the_field_they_are_about(
    part: str, given: dict[str, str], field: str
) -> None:
    data = {f"{part}-0-{name}": value for name, value in given.items()} | {f"{part}-0-test": "nccl"}
    record = {"serials": [{"drawn": "SN1", "found": "matches"}]}
    form = PartForm(data, part=PART_OF[part], record=record, clock=clock_of({}, "Asia/Shanghai"))
    assert form.has_error(field), form.errors
    assert not form.non_field_errors()


@pytest.mark.parametrize("when", ["9999-12-31 23:59-14:00", "9999-12-31 23:59", "0001-01-01 00:00"])
def test_a_meeting_of_another_age_is_refused_at_its_time_with_how_to_mend_it(
    visit: SiteVisit, ana: Person, as_person: Visit, when: str  # noqa: F811  (the fixture)
) -> None:  # fmt: skip
    who = {"present-0-name": "Ana", "present-0-organisation": "body", "present-0-role": "assessor"}
    answer = fill(as_person(ana), visit, "opening", {"held_at": when, **who})
    assert (answer.status_code, list(answer.context["form"].errors)) == (422, ["held_at"])
    assert "1970 至 2199" in words(answer)
    assert "请核对年份" in words(answer)
    assert f'value="{when}"' in as_person(ana).get(door(visit, "opening")).content.decode()


def test_a_closing_meeting_before_the_opening_is_told_at_its_time(
    visit: SiteVisit, ana: Person, as_person: Visit  # noqa: F811  (the fixture)
) -> None:  # fmt: skip
    write_record(visit, record={"opening": meeting(17)}, person=ana)
    who = {"present-0-name": "Ana", "present-0-organisation": "body", "present-0-role": "assessor"}
    answer = fill(as_person(ana), visit, "closing", {"held_at": "2026-11-20 09:00", **who})
    assert answer.context["form"].has_error("held_at")


def test_a_draft_is_kept_for_its_writer_alone_and_gone_once_saved(
    visit: SiteVisit, ana: Person, olu: Person, as_person: Visit  # noqa: F811  (the fixture)
) -> None:  # fmt: skip
    client = as_person(ana)
    page = typed(client.get(door(visit, "paper")))
    assert client.post(door(visit, "paper") + "draft/", page | {"not_inspected": "half a sen"}).json() == {"kept": True}
    assert "half a sen" in client.get(door(visit, "paper")).content.decode()
    assert "half a sen" not in as_person(olu).get(f"/visits/{visit.pk}/").content.decode()
    assert "草稿尚未保存" in words(client.get(f"/visits/{visit.pk}/"))
    assert fill(client, visit, "paper", {"not_inspected": "half a sentence"}).status_code == 302
    assert not VisitDraft.objects.exists()


def test_keeping_for_later_works_without_the_script(visit: SiteVisit, ana: Person, as_person: Visit) -> None:  # noqa: F811  (the fixture)
    answer = fill(as_person(ana), visit, "opening", {"held_at": "around nine"}, go="draft")
    assert answer.status_code == 302
    assert "around nine" in as_person(ana).get(answer["Location"]).content.decode()


@pytest.mark.parametrize("go", ["draft", "stay"])
def test_who_is_not_assigned_to_the_case_is_told_so_and_keeps_what_was_typed(
    visit: SiteVisit, ana: Person, as_person: Visit, go: str  # noqa: F811  (the fixture)
) -> None:  # fmt: skip
    without_rules_of_a_case()
    Assessment.objects.update(procedure="full")
    answer = fill(as_person(ana), visit, "opening", {"held_at": "around nine"}, go=go)
    assert answer.status_code == 422
    assert "利益声明" in words(answer)
    assert "around nine" in answer.content.decode()
    assert not VisitDraft.objects.exists()
    told = as_person(ana).post(door(visit, "opening") + "draft/", {"held_at": "around nine"})
    assert (told.status_code, "利益声明" in words(told)) == (403, True)


def test_a_draft_keeps_no_nul_which_no_database_does(visit: SiteVisit, ana: Person, as_person: Visit) -> None:  # noqa: F811  (the fixture)
    fill(as_person(ana), visit, "opening", {"held_at": "around\0 nine"}, go="draft")
    assert VisitDraft.objects.get().content["held_at"] == "around nine"


def test_a_draft_is_kept_whole_with_the_line_ends_of_the_field(
    visit: SiteVisit, ana: Person, as_person: Visit  # noqa: F811  (the fixture)
) -> None:  # fmt: skip
    minutes = "\n".join(["what was agreed"] * 300)  # longer than a record takes
    fill(as_person(ana), visit, "opening", {"minutes": minutes.replace("\n", "\r\n")}, go="draft")
    assert VisitDraft.objects.get().content["minutes"] == minutes
    page = as_person(ana).get(door(visit, "opening"))
    assert minutes in page.content.decode()
    assert 'name="minutes" cols="40" rows="2" maxlength="4000"' in page.content.decode()


def test_minutes_of_the_length_that_a_browser_counts_are_saved_as_they_were_typed(
    visit: SiteVisit, ana: Person, as_person: Visit  # noqa: F811  (the fixture)
) -> None:  # fmt: skip
    told = ("x" * 79 + "\n") * 50
    assert (
        fill(as_person(ana), visit, "paper", {"not_inspected": told.strip().replace("\n", "\r\n")}).status_code == 302
    )
    visit.refresh_from_db()
    assert visit.record["not_inspected"] == told.strip()


def test_nothing_typed_leaves_no_draft(visit: SiteVisit, ana: Person, as_person: Visit) -> None:  # noqa: F811  (the fixture)
    assert fill(as_person(ana), visit, "opening", {}).status_code == 422
    assert not VisitDraft.objects.exists()


def test_who_saves_another_part_is_in_nobodys_way_but_the_same_part_is_compared_first(
    visit: SiteVisit, ana: Person, as_person: Visit  # noqa: F811  (the fixture)
) -> None:  # fmt: skip
    client = as_person(ana)
    paper = typed(client.get(door(visit, "paper"))) | {"not_inspected": "mine"}
    write_record(visit, record={"opening": meeting(9)}, person=ana)
    assert client.post(door(visit, "paper"), paper).status_code == 302
    late = client.post(door(visit, "paper"), paper | {"not_inspected": "mine, later"})
    assert late.status_code == 422
    assert "mine, later" in late.content.decode()
    assert client.post(door(visit, "paper"), typed(late)).status_code == 302
    visit.refresh_from_db()
    assert visit.record["not_inspected"] == "mine, later"
    assert visit.record["opening"] is not None


def test_rows_of_a_long_list_are_filled_page_by_page(
    submitted: Assessment, ana: Person, olu: Person, as_person: Visit  # noqa: F811  (the fixture)
) -> None:  # fmt: skip
    names = [f"SN{number:04d}" for number in range(2500)]
    commit_inventory(ask_for_inventory(submitted, of="cards", person=ana), names=names, word="w", person=olu)
    visit, client = schedule_visit(submitted, person=ana, **ON_SITE), as_person(ana)
    for number, rows in ((1, 100), (2, 25)):
        address = f"{door(visit, 'serials')}?page={number}"
        page = client.get(address)
        given = {f"serials-{row}-found": "matches" for row in range(rows)}
        answer = client.post(address, typed(page) | given | {"go": "next"})
        assert answer.status_code == 302
        assert answer["Location"].endswith("?page=2" if number == 1 else "/tests/")
    visit.refresh_from_db()
    drawn = visit.assessment.samples.get().drawn
    assert [one["drawn"] for one in visit.record["serials"]] == drawn


def test_a_picture_comes_with_what_it_shows_where_and_when(visit: SiteVisit, ana: Person, as_person: Visit) -> None:  # noqa: F811  (the fixture)
    client, address = as_person(ana), f"/visits/{visit.pk}/pictures/"
    given = {"shows": "rack 7", "taken_at": "2026-11-20 10:05", "place": "Hall 2"}
    refused = client.post(address, given | {"file": SimpleUploadedFile("hall.png", b"text")})
    assert refused.status_code == 422
    assert "rack 7" in refused.content.decode()
    assert client.post(address, given | {"file": SimpleUploadedFile("hall.png", PNG)}).status_code == 302
    picture = visit.photographs.get()
    assert (picture.zone, picture.taken_at.isoformat()) == ("Asia/Shanghai", "2026-11-20T02:05:00+00:00")
    assert "rack 7" in words(client.get(f"/visits/{visit.pk}/"))


def test_the_pack_has_all_that_a_hall_without_network_needs(
    visit: SiteVisit, ana: Person, olu: Person, as_person: Visit  # noqa: F811  (the fixture)
) -> None:  # fmt: skip
    page = words(as_person(olu).get(f"/visits/{visit.pk}/pack/"))
    sample = visit.assessment.samples.get()
    for needed in (
        str(visit.assessment_id),
        "2 号机房",
        "巡查",
        ana.name.zh,
        "抽样种子",
        *sample.drawn,
        "见证测试",
        "签字",
    ):
        assert needed in page, needed


@pytest.mark.long
def test_the_pack_is_a_paper_for_whoever_may_see_the_page(
    visit: SiteVisit, ana: Person, olu: Person, zoe: Person, as_person: Visit  # noqa: F811  (the fixture)
) -> None:  # fmt: skip
    for address in (f"/visits/{visit.pk}/pack.pdf", f"/api/v1/visits/{visit.pk}/pack/"):
        for reader, language, title in ((ana, "zh-hans", "现场评价资料包"), (olu, "en", "Visit pack")):
            answer = as_person(reader, language=language).get(address)
            assert (answer.status_code, answer["content-type"]) == (200, "application/pdf")
            paper = text_of(b"".join(answer.streaming_content))
            assert squeezed(title) in paper
            assert all(squeezed(name) in paper for name in visit.assessment.samples.get().drawn)
        assert as_person(zoe).get(address).status_code == 404


def test_the_pack_names_no_seed_before_the_draw(submitted: Assessment, ana: Person, as_person: Visit) -> None:  # noqa: F811  (the fixture)
    sample = ask_for_inventory(submitted, of="cards", person=ana)
    visit = schedule_visit(submitted, person=ana, **ON_SITE)
    body = as_person(ana).get(f"/visits/{visit.pk}/pack/").content.decode()
    assert "抽样种子" not in body
    assert sample.secret not in body


def test_readers_of_the_case_may_not_fill_in_and_a_closed_record_has_no_form(
    visit: SiteVisit, ana: Person, olu: Person, ravi: Person, as_person: Visit  # noqa: F811  (the fixture)
) -> None:  # fmt: skip
    for address in (door(visit, "opening"), door(visit, "opening") + "draft/", door(visit, "pictures")):
        for reader in (olu, ravi):
            assert as_person(reader).post(address, {}).status_code == 403
    assert as_person(ana).get(door(visit, "roof")).status_code == 404
    drawn = visit.assessment.samples.get().drawn
    serials = [{"drawn": name, "found": "matches"} for name in drawn]
    write_record(visit, record=RECORD | {"serials": serials}, person=ana)
    close_visit(visit, person=ana)
    assert as_person(ana).get(door(visit, "opening")).status_code == 404
