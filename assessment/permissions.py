"""Who may take which step of an assessment. That no one takes two of them is the services' matter."""

from __future__ import annotations

import rules

from assessment.models import Assessment
from centres.models import Role
from centres.permissions import Somebody, belongs_to, has_role, is_administrator, is_of_the_body, is_owner, works_on_all


@rules.predicate
def is_of_the_centre(user: Somebody, assessment: Assessment) -> bool:
    """Engineers and owners of the centre that is assessed."""
    return bool(works_on_all(user, assessment.centre))


@rules.predicate
def owns_the_centre(user: Somebody, assessment: Assessment) -> bool:
    return bool(is_owner(user, assessment.centre))


@rules.predicate
def is_assessor(user: Somebody) -> bool:
    return has_role(user, Role.ASSESSOR)


@rules.predicate
def is_reviewer(user: Somebody) -> bool:
    return has_role(user, Role.REVIEWER)


@rules.predicate
def is_decider(user: Somebody) -> bool:
    return has_role(user, Role.DECIDER)


@rules.predicate
def is_registrar(user: Somebody) -> bool:
    return has_role(user, Role.REGISTRAR)


@rules.predicate
def is_appeal_handler(user: Somebody) -> bool:
    return has_role(user, Role.APPEAL_HANDLER)


@rules.predicate
def is_regulator(user: Somebody) -> bool:
    return has_role(user, Role.REGULATOR)


# Never the centre's own people, by whichever account, nor the regulator: what is odd is first a matter between the body
# and the centre.
rules.add_perm("assessment.see_flags", is_of_the_body & ~belongs_to)
rules.add_perm("assessment.submit", is_of_the_centre)
rules.add_perm("assessment.sign_agreement", owns_the_centre)
rules.add_perm("assessment.admit", is_registrar)
rules.add_perm("assessment.evaluate", is_assessor)
rules.add_perm("assessment.review", is_reviewer)
rules.add_perm("assessment.decide", is_decider)
rules.add_perm("assessment.handle_dispute", is_appeal_handler)
rules.add_perm("assessment.make_report", is_regulator | is_of_the_body | is_administrator)
rules.add_perm("assessment.see_board", is_regulator | is_of_the_body | is_administrator)
rules.add_perm("assessment.remind", is_regulator | is_registrar)
