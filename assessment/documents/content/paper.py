"""A paper as a row of headings, sentences and tables: what a Word document is made of, whatever it says."""

from __future__ import annotations

import datetime as dt
import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from core.text import Language, Text

_FIGURE = re.compile(r"[+−-]?\d[\d.–]*( ?(%|[A-Za-z/]+))?")


@dataclass(frozen=True, slots=True)
class Heading:
    words: str
    level: int = 1


@dataclass(frozen=True, slots=True)
class Sentence:
    words: str
    listed: bool = False


@dataclass(frozen=True, slots=True)
class Table:
    """A table whose head stands on every page; one without rows is left out.

    Args:
        heads: none where the first cell of each row says what the others are.
        shares: of the page's width, one a column; without them every column is as wide as the next.
        to_write: rows are tall enough for a pen.
    """

    heads: tuple[str, ...]
    rows: tuple[tuple[str, ...], ...]
    shares: tuple[int, ...] = ()
    to_write: bool = False

    @property
    def widths(self) -> tuple[int, ...]:
        """The columns in per cent of the page."""
        shares = self.shares or (1,) * len(self.rows[0])
        return tuple(100 * share // sum(shares) for share in shares)

    @property
    def of_figures(self) -> tuple[bool, ...]:
        """Which columns stand on the right with their heads: those with at least as many figures as words."""
        return tuple(_is_of_figures(column) for column in zip(*self.rows, strict=True))


Block = Heading | Sentence | Table


@dataclass(frozen=True, slots=True)
class Paper:
    """A paper in the words it is printed with.

    Args:
        below_title: the name of a centre, or the title in the other language.
        remark: stands above every sheet.
        wide: printed on the long side of the sheet.
        language: whose quotation marks the printed paper has.
    """

    title: str
    below_title: str
    author: str
    made_on: dt.date
    blocks: tuple[Block, ...]
    wide: bool = False
    remark: str = ""
    language: Language = "zh"


def facts(pairs: Iterable[tuple[str, str]]) -> Table:
    """Labels with what stands behind them."""
    return Table((), tuple(pairs), shares=(1, 3))


def is_figure(cell: str) -> bool:
    """Whether a cell stands on the right: a number, an interval, a number with its unit."""
    return _FIGURE.fullmatch(cell) is not None


def both(text: Text) -> str:
    """In Chinese and English, where they differ."""
    return text.zh if text.zh == text.en else f"{text.zh} {text.en}"


def _is_of_figures(column: Sequence[str]) -> bool:
    told = [cell for cell in column if cell not in ("", "–")]
    return bool(told) and 2 * sum(map(is_figure, told)) >= len(told)
