"""What a certificate still needs, as the result tree tells it: what forbids one, and which indicators lack a figure."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

from assessment.scoring.decision import BLOCK
from assessment.scoring.explain.phrases import ended
from assessment.scoring.result import Node, Result
from core.outcome import Outcome
from core.text import Text

_WITHOUT_FIGURE = (Outcome.NO_EVIDENCE, Outcome.NOT_ASSESSABLE, Outcome.INVALID)


@dataclass(frozen=True, slots=True)
class Need:
    """A node and what it lacks, such as the months that are missing."""

    code: str
    message: Text


def still_needed(result: Result) -> tuple[Need, ...]:
    """What forbids a certificate first; then indicators that count without evidence, each node once."""
    blocks = [Need(one.code, one.reason.message) for one in result.consequences if one.effect == BLOCK]
    named = {need.code for need in blocks}
    return (*blocks, *(_lacking(node) for node in _without_figure(result) if node.code not in named))


def _without_figure(result: Result) -> Iterator[Node]:
    leaves = (node for node in result.root.walk() if not node.children)
    return (node for node in leaves if node.counts and node.outcome in _WITHOUT_FIGURE)


def _lacking(node: Node) -> Need:
    why = ended(node.reason.message if node.reason else node.outcome.label)
    return Need(node.code, Text(zh=f"{node.title.zh}：{why.zh}", en=f"{node.title.en}: {why.en}"))
