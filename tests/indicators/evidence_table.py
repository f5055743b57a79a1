"""The table of `docs/measures.md`: every indicator of the complete edition, its measure and its formats."""

from __future__ import annotations

from pathlib import Path

from evidence.parsers.registry import PARSERS
from indicators.measures.base import Measure
from indicators.measures.registry import MEASURE_BY_NAME
from tests.indicators.rubric.complete import complete

PAGE = Path(__file__).parents[2] / "docs" / "measures.md"
BEGIN, END = "<!-- every indicator: begin -->", "<!-- every indicator: end -->"
HEAD = "| indicator | | measure | formats |\n|---|---|---|---|\n"


def formats_of(measure: Measure) -> list[str]:
    """The formats that carry what a measure reads; of benchmarks only those it takes."""
    wanted = set(measure.kinds)
    return [
        parser.format
        for parser in PARSERS
        if wanted & set(parser.kinds) - {"benchmark_runs"} or parser.format in measure.benchmarks
    ]


def rows() -> list[tuple[str, str, str, list[str]]]:
    """Code, title, measure and formats of every indicator and alternative, in the order of the edition."""
    found = []
    for indicator in complete().indicators:
        wanted = [(indicator.code, indicator.title.en, indicator.measure)]
        wanted += [(other.code, other.title.en, other.measure) for other in indicator.alternatives]
        for code, title, name in wanted:
            computed = complete().measures[name].computed
            measure = MEASURE_BY_NAME.get(computed or "")
            found.append((code, title, name, formats_of(measure) if measure else []))
    return found


def table() -> str:
    lines = (f"| {code} | {title} | `{name}` | {', '.join(formats)} |\n" for code, title, name, formats in rows())
    return f"{BEGIN}\n{HEAD}{''.join(lines)}{END}"


def written() -> str:
    page = PAGE.read_text(encoding="utf-8")
    return page[page.index(BEGIN) : page.index(END) + len(END)]
