"""A trace on a terminal: rule and clause, formula and parameters, file and line, each below what rests on it."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from decimal import Decimal
from typing import Any

from assessment.scoring.trace import MeasurementTrace, NodeTrace, PlaceTrace, SupportTrace
from core.canonical import jsonable
from core.quantity import plain, shortest
from core.text import Language, Text
from core.units import unit_words
from evidence.observations.registry import KIND_BY_NAME
from indicators.rubric.words import aggregation_words, curve_words, minimum_words, references

_RULE = Text(zh="计分", en="rule")
_PARTS = Text(zh="由", en="from")
_SOURCE = Text(zh="依据", en="source")
_MEASURED = Text(zh="测得", en="measured")
_COVERAGE = Text(zh="覆盖 {share} %", en="coverage {share} %")
_FORMULA = Text(zh="公式", en="formula")
_RESTS_ON = Text(zh="所据", en="rests on")
_ROWS = Text(zh="{rows} 行", en="{rows} rows")
_REJECTED = Text(zh="未采用的文件", en="a file that was rejected")
_LINE = Text(zh="第 {line} 行", en="line {line}")
_ISSUES = Text(zh="该文件的问题", en="issues of the file")
_CUT = Text(zh=" …（行更长）", en=" … (line is longer)")
_NOT_THERE = Text(zh="（未能显示）", en="(not shown)")


def node_lines(trace: NodeTrace, language: Language) -> Iterator[str]:
    node = trace.node
    points = plain(node.published) if node.published is not None else node.outcome.label.said_in(language)
    above = " › ".join((*trace.path[1:], node.code))
    yield f"{above}  {node.title.said_in(language)}  {points}  (w {shortest(node.weight)})"
    if node.reason is not None:
        yield f"  {node.reason.message.said_in(language)}"
    if node.children:
        words = aggregation_words(node.rule)
        yield f"  {_RULE.said_in(language)}: {words.sentence.said_in(language)}  {words.formula}"
        parts = (f"{one.code} {plain(one.published) if one.published is not None else '–'}" for one in node.children)
        yield f"  {_PARTS.said_in(language)}: {', '.join(parts)}"
    if curve := curve_words(node.rule):
        rows = "; ".join(f"{row.condition.said_in(language)} → {shortest(row.points)}" for row in curve.rows)
        yield f"  {_RULE.said_in(language)}: {curve.sentence.said_in(language)}{': ' if rows else ''}{rows}"
    for line in minimum_words(node.rule):
        yield f"  {_RULE.said_in(language)}: {line.said_in(language)}"
    for one in references(node.rule):
        words_of_it = (one.title.said_in(language), one.clause, one.says.said_in(language) if one.says else "")
        yield f"  {_SOURCE.said_in(language)}: {' · '.join(word for word in words_of_it if word)}"
    if trace.measured is not None:
        for deeper in measurement_lines(trace.measured, language):
            yield f"  {deeper}"


def measurement_lines(trace: MeasurementTrace, language: Language) -> Iterator[str]:
    one = trace.measurement
    figure = one.outcome.label.said_in(language) if one.value is None else _figure(one.value, one.unit, language)
    words = [f"{_MEASURED.said_in(language)}: {one.measure} = {figure}"]
    if one.quality is not None:
        words.append(f"[{one.quality.value}]")
    if one.period is not None:
        words.append(f"{one.period.start.isoformat()} – {one.period.end.isoformat()}")
    if one.coverage is not None:
        words.append(_COVERAGE.filled(share=shortest(one.coverage * 100)).said_in(language))
    yield "  ".join(words)
    if one.reason is not None:
        yield f"  {one.reason.message.said_in(language)}"
    if one.formula:
        yield f"  {_FORMULA.said_in(language)}: {one.formula}"
    for given in one.inputs:
        source = f"  ← {given.source}" if given.source else ""
        value = _figure(given.value, given.unit, language)
        yield f"    {given.name} = {value}  {given.title.said_in(language)}{source}"
    for support in trace.supports:
        yield from _support_lines(support, language)


def place_lines(place: PlaceTrace, language: Language) -> Iterator[str]:
    where = place.cell or _LINE.filled(line=place.line).said_in(language)
    text = _NOT_THERE.said_in(language) if place.text is None else place.text
    yield f"{where}: {text}{_CUT.said_in(language) if place.is_cut else ''}"
    for row in place.observations:
        yield f"  {_row(row)}"


def _support_lines(support: SupportTrace, language: Language) -> Iterator[str]:
    own = support.support
    kind = KIND_BY_NAME.get(own.kind)
    title = kind.title.said_in(language) if kind else own.kind
    rows = _ROWS.filled(rows=own.rows) if own.rows else _REJECTED
    file = f"{support.name} {own.evidence}".strip()
    yield f"  {_RESTS_ON.said_in(language)}: {file}  {title}, {rows.said_in(language)}"
    if support.problem is not None:
        yield f"    ! {support.problem.said_in(language)}"
    if support.issues:
        found = ", ".join(f"{code} × {count}" for code, count in support.issues.items())
        yield f"    {_ISSUES.said_in(language)}: {found}"
    for place in support.places:
        for line in place_lines(place, language):
            yield f"    {line}"


def _figure(value: Decimal, unit: str, language: Language) -> str:
    return f"{shortest(value)} {unit_words(unit).said_in(language)}".rstrip()


def _row(row: Mapping[str, Any]) -> str:
    return " ".join(f"{name}={jsonable(value)}" for name, value in row.items() if name not in ("line", "cell"))
