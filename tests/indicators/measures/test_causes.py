"""The taxonomy of causes: closed, the same in both languages, and printed for those who write it."""

from __future__ import annotations

from pathlib import Path

import pytest

from fixtures.demo.year.incidents import _CAUSES as OF_THE_DEMO
from indicators.measures.cause_words import CODES, NOTHING_SAID, PLATFORM, POLICY, SILENT, USER, plain, words_of
from indicators.measures.causes import Cause, coded_as, is_confirmed

PAGE = (Path(__file__).parents[3] / "docs" / "formats" / "causes.md").read_text(encoding="utf-8")


@pytest.mark.parametrize("rows", [PLATFORM, USER, POLICY])
def test_every_code_has_words_in_both_languages_and_the_page_prints_them(rows: dict[str, str]) -> None:
    for code, said in rows.items():
        english, chinese = said.split("; ")
        assert english.isascii()
        assert not any(word.isascii() for word in words_of(chinese))
        assert f"| `{code}` | {english} | {chinese.replace(', ', '、')} |" in PAGE
    assert NOTHING_SAID.split("; ")[0] in PAGE


def test_no_word_stands_for_two_codes() -> None:
    words = [
        plain(word) for rows in (PLATFORM, USER, POLICY) for code in rows for word in (code, *words_of(rows[code]))
    ]
    assert len({*words}) == len(words)
    assert not SILENT & CODES.keys()


def test_what_the_demo_writes_is_known() -> None:
    assert all(is_confirmed(cause) and coded_as(cause) is Cause.PLATFORM for cause in OF_THE_DEMO)


@pytest.mark.parametrize("cause", [None, "", " ", "—", "……", "？", "n/a", "N.A.", "Ｕｎｋｎｏｗｎ"])
def test_signs_and_silent_words_say_nothing(cause: str | None) -> None:
    assert coded_as(cause) is Cause.NONE
    assert not is_confirmed(cause)
