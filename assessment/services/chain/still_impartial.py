"""Whether those a decision rests on could still take part in the case: a conflict may have been declared since."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable

from assessment.models import IN_HAND, Assessment, Part, Procedure
from assessment.services.chain import separation
from assessment.services.chain.two_deciders import concurrence
from centres.models import Person
from core.errors import DecisionBlocked
from core.text import Text


def require_impartial_evaluation(case: Assessment) -> None:
    """Raises:
    DecisionBlocked: `another_evaluation_needed`, where who concluded it is partial by now, or who alone has a pillar.
    """
    if (assessor := _assessor_now_partial(case)) is None:
        return
    raise DecisionBlocked(
        "another_evaluation_needed",
        Text(
            zh=f"审查员{assessor.name.zh}此后对该中心声明了利益冲突或与其有关联，该评价不再有效。",
            en=f"{assessor.name.en}, who evaluated this case, has declared a conflict of interest in the centre since, "
            "or is bound to it: the evaluation does not stand.",
        ),
        hint=Text(
            zh="请由复核人退回评价，由另一名审查员评价（须经受理人员指派的，先行指派）。",
            en="The reviewer sends the case back, and another assessor evaluates it, assigned by the registrar where "
            "assessors are.",
        ),
    )


def require_impartial_review(case: Assessment) -> None:
    """Raises:
    DecisionBlocked: `another_reviewer_needed`, where who reviewed it last is partial by now.
    """
    if (reviewer := _partial(case, ((case.reviewer, Part.REVIEWER),))) is None:
        return
    raise DecisionBlocked(
        "another_reviewer_needed",
        Text(
            zh=f"复核人{reviewer.name.zh}此后对该中心声明了利益冲突或与其有关联，该复核不再有效。",
            en=f"{reviewer.name.en}, who reviewed this case, has declared a conflict of interest in the centre since, "
            "or is bound to it: the review does not stand.",
        ),
        hint=Text(
            zh="请退回复核，由另一名复核人复核之后再作出决定。",
            en="Return the case to review; it is decided once another reviewer has reviewed it.",
        ),
    )


def require_impartial_decision(case: Assessment) -> None:
    """Raises:
    DecisionBlocked: `another_decision_needed`, where who evaluated, reviewed, concurred or decided is partial by now.
    """
    if (judge := judge_now_partial(case)) is None:
        return
    raise DecisionBlocked(
        "another_decision_needed",
        Text(
            zh=f"{judge.name.zh}评价、复核、附议或决定过该案件，此后对该中心声明了利益冲突或与其有关联；该决定不能生效。",
            en=f"{judge.name.en} evaluated, reviewed, concurred with or decided this case, and has declared a conflict "
            "of interest in the centre since, or is bound to it: the decision does not take effect.",
        ),
        hint=Text(
            zh="请在案件的“投诉与申诉”页提出异议（公示期之后也可以）；异议成立后由他人重新复核和决定。",
            en="Lodge an objection under “Complaints and appeals” of the case, after the period of notice too; once it "
            "is upheld, others review and decide the case anew.",
        ),
    )


def judge_now_partial(case: Assessment) -> Person | None:
    """Of those an announced decision rests on, the first who could take no part in it today."""
    concurred = concurrence(case)
    second = concurred.person if concurred else None
    judges = ((case.reviewer, Part.REVIEWER), (second, Part.DECIDER), (case.decider, Part.DECIDER))
    return _assessor_now_partial(case) or _partial(case, judges)


def _assessor_now_partial(case: Assessment) -> Person | None:
    """Who concluded the evaluation and answers for it; in the full procedure also who alone has a pillar in hand."""
    if found := _partial(case, ((case.assessor, Part.ASSESSOR),)):
        return found
    return _sole_holder_now_partial(case) if case.procedure == Procedure.FULL else None


def _sole_holder_now_partial(case: Assessment) -> Person | None:
    holders = defaultdict(list)
    for given in case.assignments.filter(IN_HAND).select_related("person").order_by("pillar", "pk"):
        holders[given.pillar].append(given.person)
    people = {person.pk: person for own in holders.values() for person in own if person.pk != case.assessor_id}
    partial = {pk for pk, person in people.items() if _is_partial(case, person, Part.ASSESSOR)}
    return next((own[0] for own in holders.values() if all(one.pk in partial for one in own)), None)


def _partial(case: Assessment, judges: Iterable[tuple[Person | None, Part]]) -> Person | None:
    return next((one for one, part in judges if one is not None and _is_partial(case, one, part)), None)


def _is_partial(case: Assessment, person: Person, part: Part) -> bool:
    """A declaration that ran out says nothing against what was judged while it was in force."""
    found = separation.obstacle(case, person=person, part=part, assigned=False)
    return found is not None and found.code != "no_declaration"
