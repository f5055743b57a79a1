"""`zhiheng rubric health DIR FACTS`: what the parts of a rubric say together, and what its weights amount to."""

from __future__ import annotations

import argparse
from collections.abc import Iterator, Sequence
from typing import Any

from assessment.scoring.columns.population import population_of
from assessment.scoring.health.report import GroupHealth, Health, PartHealth, rubric_health
from core.canonical import jsonable
from core.errors import InputError
from core.text import Language, Text
from zhiheng.facts_file import edition_and_facilities
from zhiheng.output import print_json, printable
from zhiheng.rubric_acts.head import head_json

_TITLE = Text(zh="{title} {edition}，{count} 个机构", en="{title} {edition}, {count} facilities")
_COLUMNS = Text(
    zh="名义权重  实际作用  与上级 r  与总分 r  有测量值    机构",
    en="declared  explained  r parent   r total  measured  facilities",
)
_ALPHA = Text(zh="内部一致性（Cronbach α）", en="internal consistency (Cronbach's α)")
_PAIRS = Text(zh="相关较强的指标对（|r| ≥ 0.70）", en="indicators that go together (|r| ≥ 0.70)")
_REMARKS = Text(zh="请注意", en="to look at")
_NONE = Text(zh="没有需要注意的问题。", en="There is nothing to look at.")


def health(given: Sequence[str], arguments: argparse.Namespace) -> int:
    """Exit code 0: remarks are for a person to weigh.

    Raises:
        InputError: not one folder and one facts file.
    """
    if len(given) != 2:
        raise InputError(
            "health_needs_facts",
            Text(
                zh="health 需要一个评价体系文件夹和一个事实文件。",
                en="health needs a rubric folder and a facts file.",
            ),
            hint=Text(zh="用法：zhiheng rubric health DIR FACTS", en="Usage: zhiheng rubric health DIR FACTS"),
        )
    edition, facilities = edition_and_facilities(given[0], given[1], profiles=arguments.profiles)
    found = rubric_health(edition, population_of(edition, facilities))
    if arguments.json:
        print_json(head_json(edition) | _json(found))
        return 0
    language: Language = arguments.language
    head = _TITLE.filled(
        title=edition.title.said_in(language), edition=f"{edition.rubric}/{edition.edition}", count=found.facilities
    )
    print(printable(head.said_in(language)))
    for line in _lines(found, language):
        print(printable(line))
    return 0


def _json(found: Health) -> dict[str, Any]:
    return {
        "facilities": found.facilities,
        "pillars": [_slots(part) for part in found.pillars],
        "indicators": [_slots(part) for part in found.indicators],
        "groups": [_slots(group) for group in found.groups],
        "pairs": [_slots(pair) for pair in found.pairs],
        "remarks": [_slots(remark) for remark in found.remarks],
    }


def _slots(one: Any) -> dict[str, Any]:
    return {name: jsonable(getattr(one, name)) for name in one.__slots__}


def _lines(found: Health, language: Language) -> Iterator[str]:
    yield ""
    yield _COLUMNS.said_in(language)
    for part in (*found.pillars, *found.indicators):
        yield _part(part, language)
    yield ""
    yield _ALPHA.said_in(language)
    for group in found.groups:
        if group.parts > 1:
            yield _group(group, language)
    if found.pairs:
        yield ""
        yield _PAIRS.said_in(language)
        for pair in found.pairs:
            yield f"{pair.r:>8}  {pair.first}  {pair.second}"
    yield ""
    yield _REMARKS.said_in(language)
    for remark in found.remarks:
        yield f"- {remark.message.said_in(language)}"
    if not found.remarks:
        yield _NONE.said_in(language)


def _part(part: PartHealth, language: Language) -> str:
    figures = (
        part.declared,
        part.explained,
        _or_dash(part.with_parent),
        _or_dash(part.with_total),
        _or_dash(part.measured),
    )
    shown = "  ".join(f"{figure!s:>8}" for figure in figures)
    return f"{shown}  {part.facilities:>8}  {part.code}  {part.title.said_in(language)}"


def _group(group: GroupHealth, language: Language) -> str:
    return f"{_or_dash(group.alpha):>8}  {group.code}  {group.title.said_in(language)}"


def _or_dash(figure: object) -> str:
    return "–" if figure is None else str(figure)
