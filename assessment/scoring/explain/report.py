"""The explanation of a result as JSON: what commands print and the API answers."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from fractions import Fraction
from functools import cached_property
from typing import Any

from assessment.scoring.digits import stored
from assessment.scoring.explain.advice import Advice, Suggestion
from assessment.scoring.explain.advice_words import COST, obstacle_words, step_words, suggestion_words
from assessment.scoring.explain.difference import Difference, Side
from assessment.scoring.explain.lost import Lost, Part, by_cause
from assessment.scoring.explain.sentences import Speaker
from assessment.scoring.explain.steps import Step
from assessment.scoring.result import Result
from core.canonical import jsonable
from core.quantity import plain
from core.text import Text
from indicators.rubric.model import Edition

METHOD = Text(
    zh="失分：各层按该层平均方式自身的尺度分担（算术平均按权重，几何平均按对数），最小值按夏普利值；与次序无关，各层之和等于满分减得分。"
    "公布值按最大余数法取整，使其和等于公布总数。",
    en="Points lost are shared at every level on the scale of that level's own mean (by weight for the arithmetic, by "
    "logarithm for the geometric mean), for the minimum by Shapley value; whatever the order, they add up to highest "
    "points less the score. Published parts are rounded by largest remainder, so that they add up to the published "
    "total.",
)
DIFFERENCE_METHOD = Text(
    zh="差值按证据、细则版本、计分语义三个开关的夏普利值拆分，与次序无关，其和等于差值；证据部分再拆到各指标。",
    en="The difference is split by the Shapley values of three switches, evidence, edition and engine: whatever the "
    "order, they add up to it; the evidence part is split further among indicators.",
)


@dataclass(frozen=True)
class Explanation:
    """What there is to say about one result.

    Args:
        advising: works out the advice; None of it without the facility's inputs. It takes the longest by far, so it is
            asked for when somebody does.
    """

    result: Result
    edition: Edition
    lost: Lost
    advising: Callable[[], Advice | None]

    @cached_property
    def advice(self) -> Advice | None:
        return self.advising()

    @property
    def speaker(self) -> Speaker:
        return Speaker(self.result, self.edition, self.lost)

    def as_json(self) -> dict[str, Any]:
        speaker = self.speaker
        return {
            "method": METHOD.as_json(),
            "lost": lost_json(self.lost),
            "lost_by_cause": {
                cause.value: {"title": cause.words.as_json()} | _shown(part)
                for cause, part in by_cause(self.lost).items()
            },
            "advice": advice_json(self.advice, self.edition) if self.advice is not None else None,
            "sentences": {
                node.code: [{"kind": one.kind} | one.text.as_json() for one in speaker.sentences(node.code)]
                for node in self.result.root.walk()
            },
        }


def lost_json(lost: Lost) -> dict[str, Any]:
    """`own`, `of_parent` and `of_total` as published and with forty digits; `parts` are the node's children."""
    return {
        "code": lost.code,
        "level": lost.level,
        "title": lost.title.as_json(),
        "own": _part(lost.own),
        "of_parent": _part(lost.of_parent),
        "of_total": _part(lost.of_total),
        "taken_over": plain(stored(lost.taken_over)),
        "floored": lost.floored,
        "causes": {
            cause.value: {"own": _part(part), "of_total": _part(lost.causes_of_total.get(cause))}
            for cause, part in lost.causes.items()
        },
        "parts": [lost_json(child) for child in lost.children],
    }


def advice_json(advice: Advice, edition: Edition) -> dict[str, Any]:
    return {
        "target": advice.target.id if advice.target else None,
        "line": jsonable(advice.line),
        "obstacles": [
            {
                "code": one.code,
                "effect": one.effect,
                "grade": one.grade,
                "reason": jsonable(one.reason),
                "step": step_json(one.step) if one.step is not None else None,
                "text": obstacle_words(one).as_json(),
            }
            for one in advice.obstacles
        ],
        "single": [_suggestion(one, edition) for one in advice.single],
        "combination": _suggestion(advice.combination, edition) if advice.combination is not None else None,
        "at_most": {"score": jsonable(advice.at_most[0]), "grade": advice.at_most[1]} if advice.at_most else None,
        "unsolved": [{"code": code, "reason": why.as_json()} for code, why in advice.unsolved],
        "reason": advice.reason.as_json() if advice.reason else None,
        "cost": COST.as_json(),
    }


def step_json(step: Step) -> dict[str, Any]:
    return {
        "code": step.code,
        "measure": step.measure,
        "unit": step.unit,
        "before": jsonable(step.before),
        "after": jsonable(step.after),
        "items": list(step.items),
        "evidence_grade": step.quality.value if step.quality else None,
        "measured_better": step.measured_better,
        "handed_in": step.handed_in,
        "points_before": _exact(step.points),
        "points_after": _exact(step.earned),
        "text": step_words(step).as_json(),
    }


def difference_json(found: Difference) -> dict[str, Any]:
    return {
        "method": DIFFERENCE_METHOD.as_json(),
        "before": _side(found.before),
        "after": _side(found.after),
        "total": _part(found.total),
        "parts": {
            switch.value: {"title": switch.words.as_json()} | _shown(part) for switch, part in found.parts.items()
        },
        "evidence": [
            {
                "code": one.code,
                "title": one.title.as_json(),
                "weights": one.weights,
                "part": _part(one.part),
                "points_before": jsonable(one.before),
                "points_after": jsonable(one.after),
            }
            for one in found.indicators
        ],
        "reason": found.reason.as_json() if found.reason else None,
    }


def _suggestion(suggestion: Suggestion, edition: Edition) -> dict[str, Any]:
    return {
        "steps": [step_json(step) for step in suggestion.steps],
        "score": plain(suggestion.score),
        "grade": suggestion.grade,
        "cost": _exact(suggestion.cost),
        "text": suggestion_words(suggestion, edition).as_json(),
    }


def _side(side: Side) -> dict[str, Any]:
    return {
        "facility": side.facility,
        "edition": f"{side.rubric}/{side.edition}",
        "edition_digest": side.edition_digest,
        "scoring": side.scoring,
        "score": jsonable(side.score),
        "grade": side.grade,
    }


def _part(part: Part | None) -> dict[str, str] | None:
    return None if part is None else _shown(part)


def _shown(part: Part) -> dict[str, str]:
    return {"points": plain(part.published), "exact": _exact(part.exact)}


def _exact(points: Fraction) -> str:
    return plain(stored(points))
