"""What the trace page of one number says: from a node of the result tree to the lines of the files."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass

from django.urls import reverse
from django.utils.http import urlencode

from assessment.scoring.result import Node
from core.outcome import Quality
from core.provenance import Support
from core.text import Text
from evidence.models import Evidence
from evidence.observations.registry import KIND_BY_NAME
from indicators.rubric.words import (
    AggregationWords,
    CurveWords,
    Reference,
    aggregation_words,
    curve_words,
    minimum_words,
    missing_words,
    references,
    standing_words,
)

QUALITY_WORDS = {
    Quality.A: Text(
        zh="原始仪表或日志数据，完整，由平台重新计算", en="raw instrument or log data, complete, recomputed here"
    ),
    Quality.B: Text(
        zh="原始数据有记录在案的小缺口，或经复测确认的验收数据",
        en="raw data with small documented gaps, or acceptance tests confirmed by a re-run",
    ),
    Quality.C: Text(
        zh="运营方汇总数据，或仅有作业日志与佐证文件",
        en="the operator's own summaries, or job logs and documents alone",
    ),
    Quality.D: Text(zh="仅有自行声明", en="self-declared only"),
}


@dataclass(frozen=True, slots=True)
class Place:
    """A line or cell of a file; without an address for those who may not open the file."""

    words: str
    address: str


@dataclass(frozen=True, slots=True)
class SupportShown:
    """The rows of one file behind a number, or a rejected file behind the lack of one."""

    digest: str
    kind_title: Text
    rows: int
    rejected: bool
    name: str
    address: str
    places: tuple[Place, ...]
    more: int  # rows that are not named
    issues: int  # what was odd in the file


@dataclass(frozen=True, slots=True)
class RuleShown:
    """The rule of a node in words."""

    curve: CurveWords | None
    aggregation: AggregationWords
    minima: tuple[Text, ...]
    missing: Text | None
    standing: Text | None
    references: tuple[Reference, ...]


def rule_shown(node: Node) -> RuleShown:
    return RuleShown(
        curve=curve_words(node.rule),
        aggregation=aggregation_words(node.rule),
        minima=minimum_words(node.rule, unit=node.inputs.unit if node.inputs else ""),
        missing=missing_words(node.rule),
        standing=standing_words(node.rule),
        references=references(node.rule),
    )


def supports_shown(node: Node, files: Mapping[str, Evidence]) -> list[SupportShown]:
    """The rows behind a node's measurement; `files` are those the person may open, by `sha256:…`."""
    return rests_on_shown(node.inputs.rests_on if node.inputs else (), files)


def rests_on_shown(rests_on: Iterable[Support], files: Mapping[str, Evidence]) -> list[SupportShown]:
    """Rows that something rests on, with the files this person may open."""
    return [_support(support, files.get(support.evidence)) for support in rests_on]


def _support(support: Support, file: Evidence | None) -> SupportShown:
    address = reverse("evidence:evidence", args=[file.pk]) if file else ""
    places = _places(support, address)
    kind = KIND_BY_NAME.get(support.kind)
    return SupportShown(
        digest=support.evidence,
        kind_title=kind.title if kind else Text(zh=support.kind, en=support.kind),
        rows=support.rows,
        rejected=not support.rows,
        name=file.name if file else "",
        address=address,
        places=places,
        more=max(0, support.rows - len(support.cells or support.lines)),
        issues=sum(file.issue_counts.values()) if file else 0,
    )


def _places(support: Support, address: str) -> tuple[Place, ...]:
    """Cells where a workbook names them, else lines."""
    # Several rows may come from one line, as in a JSON file without line breaks: it is named once.
    if support.cells:
        named = [("cell", cell) for cell in dict.fromkeys(support.cells)]
    else:
        named = [("line", str(line)) for line in dict.fromkeys(support.lines)]
    return tuple(
        Place(words, f"{address}?{urlencode({where: words})}#lines" if address else "") for where, words in named
    )
