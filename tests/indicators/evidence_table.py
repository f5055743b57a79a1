"""The table of `docs/measures.md`: every indicator of the complete edition, its measure and its formats."""

from __future__ import annotations

from pathlib import Path

from indicators.measures.formats import formats_of
from indicators.measures.registry import MEASURE_BY_NAME
from tests.indicators.rubric.complete import complete

PAGE = Path(__file__).parents[2] / "docs" / "measures.md"
BEGIN, END = "<!-- every indicator: begin -->", "<!-- every indicator: end -->"
HEAD = "| indicator | | measure | formats |\n|---|---|---|---|\n"


def rows() -> list[tuple[str, str, str, list[str]]]:
    """Code, title, measure and formats of every indicator and alternative, in the order of the edition."""
    found = []
    for indicator in complete().indicators:
        wanted = [(indicator.code, indicator.title.en, indicator.measure)]
        wanted += [(other.code, other.title.en, other.measure) for other in indicator.alternatives]
        for code, title, name in wanted:
            computed = complete().measures[name].computed
            measure = MEASURE_BY_NAME.get(computed or "")
            formats = [parser.format for parser in formats_of(measure)] if measure else []
            found.append((code, title, name, formats))
    return found


def table() -> str:
    lines = (f"| {code} | {title} | `{name}` | {', '.join(formats)} |\n" for code, title, name, formats in rows())
    return f"{BEGIN}\n{HEAD}{''.join(lines)}{END}"


def written() -> str:
    page = PAGE.read_text(encoding="utf-8")
    return page[page.index(BEGIN) : page.index(END) + len(END)]
