"""Every template is read by the parser it is for, whatever its language and kind of file."""

from __future__ import annotations

import csv
import io
import re

import openpyxl
import pytest

from core.errors import InputError, ParseError
from evidence.parsers.registry import PARSER_BY_FORMAT, identify
from evidence.parsers.tables.headers import mapped
from evidence.parsers.templates import TEMPLATES, endings, template
from evidence.parsers.text.source import Source
from tests.golden import ROOT

PAGES = ROOT / "docs" / "formats"
EVERY = [(name, ending, language) for name in TEMPLATES for ending in endings(name) for language in ("zh", "en")]


def header_of(content: bytes, ending: str) -> list[str]:
    if ending == "csv":
        return next(csv.reader(io.StringIO(content.decode("utf-8-sig"))))
    return [str(cell.value) for cell in openpyxl.load_workbook(io.BytesIO(content)).worksheets[0][1]]


@pytest.mark.parametrize(("name", "ending", "language"), EVERY)
def test_every_heading_of_a_template_is_known(name: str, ending: str, language: str) -> None:
    header = mapped(header_of(template(name, ending=ending, language=language), ending), TEMPLATES[name])
    assert header.complete
    assert not header.ignored
    assert len(header.columns) == len(TEMPLATES[name])


@pytest.mark.parametrize(("name", "ending", "language"), EVERY)
def test_a_template_handed_in_empty_has_no_rows(name: str, ending: str, language: str) -> None:
    content = template(name, ending=ending, language=language)
    with pytest.raises(ParseError) as caught:
        read(Source.of_bytes(content, f"{name}.{ending}", timezone="UTC"), name)
    assert caught.value.code == "no_rows"


def read(source: Source, name: str) -> None:
    """As an upload would: by its content, as the format the template is for."""
    parser = identify(source)
    assert parser is PARSER_BY_FORMAT[name]
    parser.parse(source)


def test_chinese_headings_are_chinese_and_english_ones_those_of_the_contract() -> None:
    assert header_of(template("tickets", ending="csv", language="zh"), "csv")[1] == "优先级"
    assert header_of(template("tickets", ending="xlsx", language="en"), "xlsx")[1] == "priority"


@pytest.mark.parametrize(("name", "ending"), [("tea_leaves", "csv"), ("energy_workbook", "csv"), ("sus", "exe")])
def test_a_template_there_is_none_of_is_refused_with_those_there_are(name: str, ending: str) -> None:
    with pytest.raises(InputError, match="no template") as caught:
        template(name, ending=ending, language="en")
    assert caught.value.hint is not None
    assert "incidents.xlsx" in caught.value.hint.en


def test_the_documentation_lists_every_template() -> None:
    page = (PAGES / "numbers.md").read_text(encoding="utf-8")
    (both, workbook) = re.findall(r"Chinese headings: ([^;]+);.*?`(\w+)` as `.xlsx` alone", page, re.DOTALL)[0]
    listed = dict.fromkeys(re.findall(r"`(\w+)`", both), ("csv", "xlsx")) | {workbook: ("xlsx",)}
    assert listed == {name: endings(name) for name in TEMPLATES}


def test_a_page_that_gives_the_address_of_a_template_gives_one_there_is() -> None:
    for page in PAGES.glob("*.md"):
        for name, ending in re.findall(r"evidence/templates/(\w+)\.(\w+)", page.read_text(encoding="utf-8")):
            assert ending in endings(name), f"{page.name} names {name}.{ending}"
