"""Figures, shares and sources as the sentences of an explanation write them."""

from __future__ import annotations

from collections.abc import Mapping
from decimal import Decimal
from typing import Any

from assessment.scoring.result import Node
from core.quantity import plain, rounded, shortest
from core.text import Text
from indicators.rubric.words import PROPOSAL, references

_PLAIN_UNITS = ("", "1", "ratio")
_LONGEST = 16  # characters of exact points that are written out


def with_unit(value: Decimal, unit: str) -> Text:
    """A figure with its unit; a ratio has none."""
    figure = shortest(value)
    if unit in _PLAIN_UNITS:
        return Text(zh=figure, en=figure)
    if unit == "point":
        return Text(zh=f"{figure} 分", en=f"{figure} points")
    return Text(zh=f"{figure} {unit}", en=f"{figure} {unit}")


def published_words(node: Node) -> str:
    """Published points with their own decimals."""
    return "–" if node.published is None else plain(node.published)


def exact_words(points: Decimal) -> str:
    """All digits of exact points, or as many as people read, with an ellipsis."""
    written = shortest(points)
    return written if len(written) <= _LONGEST else written[:_LONGEST] + "…"


def percent_words(share: Decimal | None) -> str:
    return "–" if share is None else f"{shortest(rounded(share * 100, 1))} %"


def sources_words(rule: Mapping[str, Any]) -> Text:
    """The cited sources of a rule with clause and confidence; or that its thresholds are a proposal."""
    cited = references(rule)
    zh = "；".join(
        f"{one.title.zh}{' ' + one.clause if one.clause else ''}{f'（{one.confidence.zh}）' if one.confidence else ''}"
        for one in cited
    )
    en = "; ".join(
        f"{one.title.en}{', ' + one.clause if one.clause else ''}{f' ({one.confidence.en})' if one.confidence else ''}"
        for one in cited
    )
    own = rule.get("proposal") is True
    return Text(
        zh=(f"依据：{zh}。" if cited else "") + (f"{PROPOSAL.zh}。" if own else ""),
        en=" ".join(filter(None, (f"Sources: {en}." if cited else "", f"{capital(PROPOSAL.en)}." if own else ""))),
    )


def ended(sentence: Text) -> Text:
    """A sentence with its full stop, whoever wrote it."""
    zh = sentence.zh if sentence.zh.endswith(("。", "！", "？")) else f"{sentence.zh}。"
    return Text(zh=zh, en=sentence.en if sentence.en.endswith((".", "!", "?")) else f"{sentence.en}.")


def capital(words: str) -> str:
    return words[:1].upper() + words[1:]
