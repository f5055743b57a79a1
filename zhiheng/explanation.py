"""The explanation of one result on a terminal: points lost, advice, and every figure in sentences."""

from __future__ import annotations

from collections.abc import Iterator
from functools import partial

from assessment.scoring.explain.advice import advise
from assessment.scoring.explain.advice_words import COST, advice_words
from assessment.scoring.explain.lost import Lost, by_cause, lost_points
from assessment.scoring.explain.report import METHOD, Explanation
from assessment.scoring.explain.situation import Situation, field_of
from assessment.scoring.result import Result
from core.quantity import plain
from core.text import Language, Text
from zhiheng.facts_file import Scored

_LOST = Text(zh="失分（本级 · 折合总分）", en="Points lost (own scale · of the total)")
_CAUSES = Text(zh="总分失分的原因", en="Causes of the total's loss")
_ADVICE = Text(zh="怎样提高一级", en="What would lift it one grade")
_SENTENCES = Text(zh="逐项说明", en="Figure by figure")


def explained(scored: Scored, result: Result) -> Explanation:
    """The explanation of one facility of a facts file."""
    facility = scored.facilities[result.facility]
    situation = Situation(
        scored.edition,
        facility.name,
        facility.profile,
        facility.measurements,
        scored.edition.semantics,
        field=field_of(scored.facilities.values()),
    )
    lost = lost_points(result, scored.edition)
    return Explanation(result, scored.edition, lost, partial(advise, situation, result))


def explanation_lines(explanation: Explanation, language: Language) -> Iterator[str]:
    yield f"— {_LOST.said_in(language)}"
    yield from _lost_lines(explanation.lost, language, depth=1)
    yield f"— {_CAUSES.said_in(language)}"
    for cause, part in by_cause(explanation.lost).items():
        yield f"  {plain(part.published)}  {cause.words.said_in(language)}"
    yield f"  {METHOD.said_in(language)}"
    if explanation.advice is not None:
        yield f"— {_ADVICE.said_in(language)}"
        for text in advice_words(explanation.advice, explanation.edition):
            yield f"  {text.said_in(language)}"
        yield f"  {COST.said_in(language)}"
    yield f"— {_SENTENCES.said_in(language)}"
    for node in explanation.result.root.walk():
        for sentence in explanation.speaker.sentences(node.code):
            yield f"  {node.code}  {sentence.text.said_in(language)}"


def _lost_lines(lost: Lost, language: Language, *, depth: int) -> Iterator[str]:
    own, of_total = (plain(part.published) if part is not None else "–" for part in (lost.own, lost.of_total))
    if lost.own is None or lost.own.exact:
        why = ", ".join(
            f"{cause.words.said_in(language)} {plain(part.published)}" for cause, part in lost.causes.items()
        )
        words = (lost.code, lost.title.said_in(language), f"{own} · {of_total}", why)
        yield "  " * depth + "  ".join(word for word in words if word)
    for child in lost.children:
        yield from _lost_lines(child, language, depth=depth + 1)
