"""How words and figures are written on pages."""

from __future__ import annotations

import re
from decimal import Decimal

import pytest
from django.utils.translation import override

from core.provenance import Where
from core.text import Text
from operations.templatetags import words


def plain(html: str) -> str:
    return re.sub(r"<[^>]+>", "", html)


def test_texts_are_said_in_the_active_language() -> None:
    text = Text(zh="结果", en="Result")
    with override("zh-hans"):
        assert words.said(text) == words.said(text.as_json()) == "结果"
    with override("en"):
        assert words.said(text) == words.said({"zh": "结果", "en": "Result"}) == "Result"


def test_thousands_are_apart_by_style_so_that_copies_stay_digits() -> None:
    shown = words.exactly(Decimal("24513876.5"), "kWh")
    assert plain(shown) == "24513876.5kWh"
    assert shown.count('class="thousand"') == 2


def test_short_and_negative_figures_are_left_whole() -> None:
    assert plain(words.exactly(Decimal("-1234.50"))) == "-1234.5"
    assert "thousand" not in words.exactly(Decimal(9999))


def test_brackets_are_those_of_the_language_and_keep_a_figure_as_it_is_drawn() -> None:
    for language, opening, closing in (("zh-hans", "（", "）"), ("en", " (", ")")):
        with override(language):
            assert words.bracketed(words.count(12345)) == f"{opening}{words.count(12345)}{closing}"
            assert words.bracketed("<b>") == f"{opening}&lt;b&gt;{closing}"


def test_sentences_of_english_stand_apart_and_chinese_ones_do_not() -> None:
    for language, between in (("zh-hans", ""), ("en", " ")):
        with override(language):
            assert words.gap() == between


def test_ratios_have_no_unit() -> None:
    assert plain(words.exactly(Decimal("0.43718"), "ratio")) == "0.43718"


@pytest.mark.torture("T17", "coverage shown")
@pytest.mark.parametrize(
    ("share", "shown"),
    [("1", "100%"), ("0.999885844749", "99.99%"), ("0.9999999", "99.99999%"), ("0.5", "50%"), ("0.97917", "97.9%")],
)
def test_less_than_all_is_never_shown_as_a_hundred_per_cent(share: str, shown: str) -> None:
    assert plain(words.percent(Decimal(share))) == shown


def test_places_are_named_in_order() -> None:
    with override("zh-hans"):
        assert words.place(Where(file="a.csv", line=4)) == "文件 a.csv，第 4 行"
    with override("en"):
        assert words.place({"cell": "Sheet1!B3"}) == "cell Sheet1!B3"


def test_control_and_direction_characters_become_words() -> None:
    shown = words.control_shown("a\tb\x1b<\u202e")
    assert plain(shown) == "aTABbESC&lt;U+202E"
    assert not set(shown) & {"\t", "\x1b", "\u202e"}
