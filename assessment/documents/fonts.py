"""Which characters the papers can print: a character without a glyph stops the paper instead of leaving a hole."""

from __future__ import annotations

import unicodedata
from collections.abc import Iterable, Sequence
from functools import lru_cache
from html import escape
from html.parser import HTMLParser
from pathlib import Path

from fontTools.ttLib import TTCollection, TTFont

from core.errors import UserFacingError
from core.text import Text

STATIC = Path(__file__).resolve().parents[2] / "static"
SHIPPED = tuple(
    STATIC / "fonts" / name for name in ("NotoSansSC-Regular.otf", "NotoSansSC-Bold.otf", "NotoSerifSC-Bold.otf")
)

# A full Noto CJK, where one is installed, serves the rare characters; the style sheet names it after ours.
FULL = (
    Path("/usr/share/fonts/opentype/noto/NotoSansCJK-Regular.ttc"),
    Path("/usr/share/fonts/opentype/noto/NotoSansCJK-Bold.ttc"),
    Path("/usr/share/fonts/opentype/noto/NotoSerifCJK-Bold.ttc"),
)


def refuse_missing_glyphs(html: str, *, fallback: Sequence[Path] = FULL) -> None:
    """Check every character a document shows against the fonts it will be printed in.

    Raises:
        UserFacingError: code `missing_glyph`, naming each character and its code point.
    """
    if missing := _missing(html, fallback):
        raise missing_glyph(missing)


def refuse_words_without_glyphs(words: str) -> None:
    """The same of plain words, for those that will stand on a paper made later.

    Raises:
        UserFacingError: code `missing_glyph`.
    """
    refuse_missing_glyphs(escape(words))


def missing_glyphs(words: str, *, fallback: Sequence[Path] = FULL) -> frozenset[int]:
    """The code points of plain words that no paper can print."""
    return _missing(escape(words), fallback)


def missing_glyph(characters: Iterable[int]) -> UserFacingError:
    named = ", ".join(f"{chr(code)} (U+{code:04X})" for code in sorted(characters))
    return UserFacingError(
        "missing_glyph",
        Text(
            zh=f"字体中没有这些字：{named}。文件未生成，以免出现空缺。",
            en=f"The fonts have no glyph for {named}. The paper was not made, rather than left with holes.",
        ),
        hint=Text(
            zh="请在服务器上安装完整的 Noto CJK 字体（Debian：fonts-noto-cjk），或改正名称后重试。",
            en="Install the full Noto CJK fonts on the server (Debian: fonts-noto-cjk), or mend the name, and try "
            "again.",
        ),
    )


def _missing(html: str, fallback: Sequence[Path]) -> frozenset[int]:
    missing = _shown_characters(html) - _common(SHIPPED)
    if missing and fallback and all(path.exists() for path in fallback):
        missing -= _common(tuple(fallback))
    return missing


@lru_cache(maxsize=4)
def _common(paths: tuple[Path, ...]) -> frozenset[int]:
    """Characters all of these fonts hold; a text may be set in any of them."""
    return frozenset.intersection(*(frozenset(_face(path).getBestCmap()) for path in paths))


def _face(path: Path) -> TTFont:
    if path.suffix != ".ttc":
        return TTFont(path, lazy=True)
    return next(font for font in TTCollection(path, lazy=True).fonts if " SC" in (font["name"].getDebugName(1) or ""))


def _shown_characters(html: str) -> frozenset[int]:
    reader = _ShownText()
    reader.feed(html)
    # Control and format characters (line ends, soft hyphens) print nothing.
    return frozenset(ord(character) for character in reader.seen if unicodedata.category(character) not in ("Cc", "Cf"))


class _ShownText(HTMLParser):
    def __init__(self) -> None:
        super().__init__(convert_charrefs=True)
        self.seen: set[str] = set()
        self._hidden = 0

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self._hidden += tag in ("style", "script")

    def handle_endtag(self, tag: str) -> None:
        self._hidden -= tag in ("style", "script")

    def handle_data(self, data: str) -> None:
        if not self._hidden:
            self.seen.update(data)
