"""The chain of acts as pages show it: which steps were taken, and which this person may take now."""

from __future__ import annotations

from dataclasses import dataclass

from django.db.models import TextChoices

from assessment.documents.content.words import SCHEME_WORDS
from assessment.models import Act, Assessment, AssessmentState, Kind, Procedure
from assessment.services.chain.transitions import act_title, open_acts, open_acts_among
from core.text import Text

__all__ = ["STATES", "Step", "act_words", "chain", "open_acts", "open_acts_among", "state_words"]

STATES = {
    AssessmentState.DRAFT: Text(zh="草稿", en="draft"),
    AssessmentState.SUBMITTED: Text(zh="已提交", en="submitted"),
    AssessmentState.UNDER_REVIEW: Text(zh="申请评审中", en="application under review"),
    AssessmentState.ACCEPTED: Text(zh="已受理", en="application accepted"),
    AssessmentState.DECLINED: Text(zh="不予受理", en="application declined"),
    AssessmentState.IN_EVALUATION: Text(zh="评价中", en="in evaluation"),
    AssessmentState.EVALUATED: Text(zh="已评价", en="evaluated"),
    AssessmentState.REVIEWED: Text(zh="已复核", en="reviewed"),
    AssessmentState.ANNOUNCED: Text(zh="公示中", en="open to objections"),
    AssessmentState.CERTIFIED: Text(zh="已发证", en="certified"),
    AssessmentState.REFUSED: Text(zh="不予发证", en="refused"),
    AssessmentState.STATED: Text(zh="已出具预评价结论", en="statement issued"),
    AssessmentState.DISCONTINUED: Text(zh="已撤回", en="discontinued"),
}
# Endings that are no success; each stands in the chain where it happened.
_ENDINGS = {AssessmentState.DECLINED, AssessmentState.REFUSED, AssessmentState.DISCONTINUED}
_S = AssessmentState
# What each place of the chain is called, and the states in which it has been passed.
_DONE = (_S.CERTIFIED, _S.REFUSED, _S.STATED)
_JUDGED = (_S.REVIEWED, _S.ANNOUNCED, *_DONE)
_EVALUATED = (_S.EVALUATED, *_JUDGED)
_ADMITTED = (_S.ACCEPTED, _S.IN_EVALUATION, *_EVALUATED)
_HANDED_IN = (_S.SUBMITTED, _S.UNDER_REVIEW, _S.DECLINED, *_ADMITTED)
_PLACES = (
    ("open", Text(zh="申请", en="application"), ("open",), tuple(_S)),
    ("submit", Text(zh="提交材料", en="submission"), ("submit",), _HANDED_IN),
    ("admit", Text(zh="申请评审", en="review of the application"), ("accept", "decline"), (_S.DECLINED, *_ADMITTED)),
    ("evaluate", Text(zh="评价", en="evaluation"), ("evaluate",), _EVALUATED),
    ("review", Text(zh="复核", en="review"), ("review",), _JUDGED),
    ("decide", Text(zh="{word}决定", en="decision"), ("certify", "refuse"), (_S.ANNOUNCED, *_DONE)),
    ("notice", Text(zh="公示", en="period of notice"), ("take_effect",), (_S.CERTIFIED,)),
    ("state", Text(zh="预评价结论", en="statement"), ("state",), (_S.STATED,)),
)


@dataclass(frozen=True, slots=True)
class Step:
    """One place of the chain: taken by an act, current, or still to come."""

    words: Text
    tone: str
    shape: str
    current: bool
    act: Act | None


def state_words(state: str | TextChoices) -> Text:
    return STATES[AssessmentState(state)]


def act_words(act: str) -> Text:
    return act_title(act)


def chain(assessment: Assessment) -> list[Step]:
    """The places of this case's chain in order, with the newest act that passed each."""
    newest = {act.act: act for act in assessment.acts.all() if act.of == "assessment"}
    state = AssessmentState(assessment.state)
    ending = newest.get("discontinue") if state is AssessmentState.DISCONTINUED else None
    steps: list[Step] = []
    current_is_next = ending is None
    for name, called, acts, passed in _PLACES:
        if not _belongs(name, assessment):
            continue
        words = called.filled(word=SCHEME_WORDS[assessment.scheme_type])
        act = next((newest[one] for one in acts if one in newest), None)
        if act is None or (state not in passed and ending is None):
            steps.append(Step(words, "quiet", "half" if current_is_next else "empty", current_is_next, None))
            current_is_next = False
        elif act.to_state in _ENDINGS:
            steps.append(Step(STATES[AssessmentState(act.to_state)], "bad", "cross", False, act))
            current_is_next = False
        else:
            steps.append(Step(words, "good", "full", False, act))
    if ending is not None:
        steps = [step for step in steps if step.act] + [Step(STATES[state], "bad", "cross", False, ending)]
    return steps


def _belongs(place: str, case: Assessment) -> bool:
    """Whether this case has that place at all."""
    pre = case.kind == Kind.PRE_ASSESSMENT
    match place:
        case "admit":
            return case.procedure == Procedure.FULL
        case "review" | "decide":
            return not pre
        case "notice":
            return case.notice_days > 0
        case "state":
            return pre
    return True
