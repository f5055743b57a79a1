"""The chain of acts as pages show it: which steps were taken, and which this person may take now."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from django.db.models import TextChoices

from assessment.models import Act, Assessment, AssessmentState
from assessment.services.transitions import BY_ACT, JUDGES, TRANSITIONS, Transition
from centres.models import Membership, Person
from core.text import Text

STATES = {
    AssessmentState.DRAFT: Text(zh="申请中", en="draft"),
    AssessmentState.SUBMITTED: Text(zh="已提交", en="submitted"),
    AssessmentState.EVALUATED: Text(zh="已评价", en="evaluated"),
    AssessmentState.REVIEWED: Text(zh="已复核", en="reviewed"),
    AssessmentState.CERTIFIED: Text(zh="已发证", en="certified"),
    AssessmentState.REFUSED: Text(zh="不予认证", en="refused"),
}
OPENED = Text(zh="申请", en="application")
# What each step is called while nobody has taken it; the two endings share one place in the chain.
_STEPS = (
    (("open",), OPENED),
    (("submit",), Text(zh="提交材料", en="submission")),
    (("evaluate",), Text(zh="评价", en="evaluation")),
    (("review",), Text(zh="复核", en="review")),
    (("certify", "refuse"), Text(zh="认证决定", en="decision")),
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
    return BY_ACT[act].title if act in BY_ACT else OPENED


def chain(assessment: Assessment) -> list[Step]:
    """The five steps in order, with what was done."""
    taken = {act.act: act for act in assessment.acts.all()}
    steps: list[Step] = []
    current_is_next = True
    for names, words in _STEPS:
        act = next((taken[name] for name in names if name in taken), None)
        if act is None:
            steps.append(Step(words, "quiet", "half" if current_is_next else "empty", current_is_next, None))
            current_is_next = False
        elif act.act == "refuse":
            steps.append(Step(STATES[AssessmentState.REFUSED], "bad", "cross", False, act))
        else:
            steps.append(Step(words, "good", "full", False, act))
    return steps


def open_acts(assessment: Assessment, person: Person) -> tuple[Transition, ...]:
    """What this person may do now; the services ask again, and the database last."""
    possible = (transition for transition in TRANSITIONS if transition.before == assessment.state)
    return tuple(transition for transition in possible if _may(person, transition, assessment))


def _may(person: Person, transition: Transition, assessment: Assessment) -> bool:
    if transition.taken_by not in JUDGES:
        return person.has_perm(transition.permission, assessment)
    parts: tuple[Any, ...] = tuple(getattr(assessment, f"{name}_id") for name in ("opened_by", "submitted_by", *JUDGES))
    is_member = Membership.objects.filter(user=person, centre_id=assessment.centre_id).exists()
    return person.has_perm(transition.permission) and person.pk not in parts and not is_member
