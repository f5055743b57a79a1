"""The pack of a visit on paper: every section with room to write, in the language asked for."""

from __future__ import annotations

import datetime as dt
import io
from dataclasses import replace

import pytest
from pypdf import PdfReader

from assessment.documents.content.visit_pack import SPARE_LINES, DrawnSample, MeterLine, OnSite, ToWalk, visit_pack
from assessment.documents.render import visit_pack_pdf
from core.text import Language, Text
from tests.assessment.documents.test_certificate import squeezed, text_of

SEED = "ab" * 32
VISIT = ToWalk(
    centre=Text(zh="示例智算中心", en="Example centre"),
    case="00fc441c-7a75-4267-9661-cc13f7d28ebb",
    place="2 号机房",
    begins_on=dt.date(2026, 11, 20),
    ends_on=dt.date(2026, 11, 21),
    zone="Asia/Shanghai",
    agenda="首次会议\n巡查",
    plan="",
    people=[OnSite(Text(zh="安娜", en="Ana"), Text(zh="审查员", en="assessor"), ("CE", "ST"))],
    meters=[MeterLine("M-IN", "kWh", "20093337.6 kWh", "2026-03-31 23:45"), MeterLine("M-UPS1", "kWh")],
    samples=[DrawnSample("nodes"), DrawnSample("cards", [f"SN-{n:04d}" for n in range(1, 31)], 40, SEED)],
)


@pytest.fixture(scope="module", params=["zh", "en"])
def language(request: pytest.FixtureRequest) -> Language:
    chosen: Language = request.param
    return chosen


@pytest.fixture(scope="module")
def pdf(language: Language) -> bytes:
    return visit_pack_pdf(visit_pack(VISIT, language=language))


def test_every_word_of_the_pack_stands_on_the_paper(pdf: bytes, language: Language) -> None:
    pack, text = visit_pack(VISIT, language=language), text_of(pdf)
    said = [pack.title, pack.centre, pack.signing.title, pack.signing.words, *pack.signing.lines, *pack.signers]
    for section in pack.sections:
        said += [section.title, section.words, *section.lines, *(fact.words for fact in section.facts)]
        if section.table:
            said += section.table.heads
            said += [
                words for row in section.table.rows for cell in row for words in (cell.words, cell.below, *cell.boxes)
            ]
    said += [fact.label for fact in pack.facts]
    assert not [words for words in said if squeezed(words) not in text]


def test_what_is_looked_for_stands_in_the_order_of_the_draw_with_its_seed(pdf: bytes) -> None:
    text = text_of(pdf)
    assert SEED in text
    places = [text.index(f"{place}.SN-{place:04d}") for place in range(1, 31)]
    assert places == sorted(places)


def test_the_words_are_those_of_one_language(pdf: bytes, language: Language) -> None:
    other = {"zh": "Signatures", "en": "签字"}[language]
    assert other not in text_of(pdf)


def test_there_is_room_for_people_and_tests_nobody_knew_of() -> None:
    tables = {one.table.kind: one.table for one in visit_pack(VISIT, language="zh").sections if one.table}
    assert len(tables["people"].rows) == len(VISIT.people) + SPARE_LINES
    assert len(tables["tests"].rows) == SPARE_LINES
    assert all(len(row) == len(table.heads) for table in tables.values() for row in table.rows)


def test_every_page_says_whose_it_is_and_is_numbered(pdf: bytes) -> None:
    pages = PdfReader(io.BytesIO(pdf)).pages
    for number, page in enumerate(pages, start=1):
        text = page.extract_text()
        assert f"{number} / {len(pages)}" in text
        assert VISIT.case in text


def test_both_sides_sign_on_one_page(pdf: bytes, language: Language) -> None:
    last = squeezed(PdfReader(io.BytesIO(pdf)).pages[-1].extract_text())
    assert all(squeezed(signer) in last for signer in visit_pack(VISIT, language=language).signers)


def test_the_same_pack_gives_the_same_bytes(pdf: bytes, language: Language) -> None:
    assert visit_pack_pdf(visit_pack(VISIT, language=language)) == pdf


def test_a_centre_without_meters_and_a_sample_not_drawn_are_said_in_words() -> None:
    bare = replace(VISIT, meters=[], samples=[DrawnSample("cards")])
    words = [section.words for section in visit_pack(bare, language="en").sections if section.words]
    assert words == [
        "The profile names no meters.",
        "Not drawn yet: the inventory of the centre is still to come.",
    ]
