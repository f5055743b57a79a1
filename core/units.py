"""Units as people read them, on pages and papers alike: some as words, plain ratios not at all."""

from __future__ import annotations

from core.text import Text

_WORDS = {
    "": Text(zh="", en=""),
    "ratio": Text(zh="", en=""),
    "1": Text(zh="", en=""),
    "1/kcd": Text(zh="次/千卡日", en="per 1,000 card-days"),
    "point": Text(zh="分", en="points"),
    "min": Text(zh="分钟", en="min"),
    "s": Text(zh="秒", en="s"),
}


def unit_words(unit: str) -> Text:
    """The unit as it stands after a figure; empty for a ratio, which is a plain number."""
    return _WORDS.get(unit, Text(zh=unit, en=unit))


def with_unit(figure: str, unit: str) -> Text:
    """A written figure and its unit: `27.4 %`, `1.62`, `15 分钟`."""
    words = unit_words(unit)
    return Text(zh=f"{figure} {words.zh}".rstrip(), en=f"{figure} {words.en}".rstrip())
