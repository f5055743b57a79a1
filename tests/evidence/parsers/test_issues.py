"""How issues are collected: the first hundred entries of each code, and a count of all places."""

from __future__ import annotations

from core.text import Text
from evidence.parsers.base import LISTED_ISSUES, Issues

WORDS = Text(zh="有误。", en="Wrong.")


def test_a_hundred_entries_of_each_code_are_listed_and_all_are_counted() -> None:
    issues = Issues()
    for _ in range(LISTED_ISSUES + 7):
        issues.add("a", WORDS)
    issues.add("b", WORDS)
    assert [issue.code for issue in issues.listed].count("a") == LISTED_ISSUES
    assert issues.counts == {"a": LISTED_ISSUES + 7, "b": 1}


def test_an_entry_for_many_places_takes_no_place_from_the_next_one() -> None:
    issues = Issues()
    issues.add("a", WORDS, times=300)
    issues.add("a", WORDS)
    assert len(issues.listed) == 2
    assert len(issues) == 301
