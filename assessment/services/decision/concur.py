"""Two deciders for the high grades (7.6): a second one concurs before the decision, or the decision is refused."""

from __future__ import annotations

import rules
from django.db import transaction

from assessment.models import Assessment, AssessmentState, Part
from assessment.services.chain import separation, transitions
from assessment.services.chain.table import PERMISSIONS
from assessment.services.chain.two_deciders import concurrence, is_for_two
from assessment.services.decision.awardable import require_awardable
from centres.models import Person
from core.errors import DecisionBlocked
from core.text import Text


@transaction.atomic
def concur(assessment: Assessment, *, person: Person, reason: str, version: int | None = None) -> Assessment:
    """A decider agrees that the case be certified; another one then decides.

    Raises:
        PermissionDenied: not a decider.
        DecisionBlocked: as every act; as certifying itself.
    """
    assessment = transitions.locked(assessment)
    transition = transitions.check(assessment, "concur", person=person, version=version)
    require_awardable(assessment)
    return transitions.take(assessment, transition, person=person, reason=reason)


def require_second_decider(case: Assessment, *, person: Person) -> None:
    """Raises:
    DecisionBlocked: `second_decider_needed`, while nobody else has concurred with what was reviewed last, or who did
        may decide this case no more.
    """
    if case.state != AssessmentState.REVIEWED or not is_for_two(case):
        return
    concurred = concurrence(case)
    if concurred is None or concurred.person is None:
        raise DecisionBlocked("second_decider_needed", _NOBODY, hint=_ANOTHER_CONCURS)
    if concurred.person.natural_person == person.natural_person:
        raise DecisionBlocked("second_decider_needed", _YOURSELF, hint=_ANOTHER_DECIDES)
    if not _may_still_decide(case, concurred.person):
        raise DecisionBlocked("second_decider_needed", _NO_MORE, hint=_REVIEWED_ANEW)


def _may_still_decide(case: Assessment, person: Person) -> bool:
    """They count on the day of the decision: since, a conflict may have been declared, or a role or account ended."""
    if not rules.has_perm(PERMISSIONS[Part.DECIDER], person):
        return False
    return separation.obstacle(case, person=person, part=Part.DECIDER) is None


_NOBODY = Text(
    zh="该等级须由两名决定人作出决定，尚无第二名决定人附议。",
    en="This grade takes two deciders, and no second one has concurred yet.",
)
_ANOTHER_CONCURS = Text(
    zh="请另一名决定人先附议，再作出决定。", en="Another decider concurs first; then the decision is taken."
)
_YOURSELF = Text(
    zh="该等级须由两名决定人作出决定，您已附议。", en="This grade takes two deciders, and it was you who concurred."
)
_NO_MORE = Text(
    zh="已附议的决定人现已不能决定该案件：声明了利益冲突、声明已过期，或不再任决定人。",
    en="Who concurred may decide this case no more: for a conflict, a declaration that ended, or a role that did.",
)
_REVIEWED_ANEW = Text(
    zh="请退回复核；复核之后由另一名决定人附议。",
    en="Return the case to its reviewer; after the review another decider concurs.",
)
_ANOTHER_DECIDES = Text(zh="请另一名决定人作出决定。", en="Another decider takes the decision.")
