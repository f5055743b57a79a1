"""Who may take which step in the life of an edition. That no one takes both steps is the services' matter."""

from __future__ import annotations

import rules

from centres.models import Role
from centres.permissions import Somebody, has_role, is_administrator


@rules.predicate
def is_rubric_author(user: Somebody) -> bool:
    return has_role(user, Role.RUBRIC_AUTHOR)


@rules.predicate
def is_publisher(user: Somebody) -> bool:
    return has_role(user, Role.PUBLISHER)


rules.add_perm("indicators.draft_edition", is_rubric_author)
# A second author may publish what the first one wrote: what counts is that they are two.
rules.add_perm("indicators.publish_edition", is_publisher | is_rubric_author)
rules.add_perm("indicators.read_drafts", is_publisher | is_rubric_author | is_administrator)
