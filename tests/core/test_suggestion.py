"""A misspelt word is answered with the one that was meant, or with none."""

from __future__ import annotations

import pytest

from core.suggestion import meant
from core.text import Text

KINDS = ("linear", "min_max", "z_score")


@pytest.mark.parametrize(("word", "name"), [("liner", "linear"), ("MinMax", "min_max"), ("zscore", "z_score")])
def test_the_nearest_word_is_named(word: str, name: str) -> None:
    assert meant(word, KINDS) == Text(zh=f"是否指“{name}”？", en=f"Did you mean “{name}”?")


def test_where_nothing_is_near_only_the_rest_is_said() -> None:
    rest = Text(zh="可用：甲。", en="Known: a.")
    assert meant("sigmoid", KINDS) is None
    assert meant("sigmoid", KINDS, otherwise=rest) == rest
    said = meant("linar", KINDS, otherwise=rest)
    assert said is not None
    assert said.en == "Did you mean “linear”? Known: a."
