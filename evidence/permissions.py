"""Who may do what with evidence."""

from __future__ import annotations

import rules

from centres.permissions import Somebody, is_member, is_of_the_body
from evidence.models import Evidence


@rules.predicate
def is_of_own_centre(user: Somebody, evidence: Evidence) -> bool:
    return bool(is_member(user, evidence.centre))


rules.add_perm("evidence.withdraw_evidence", is_of_own_centre)
rules.add_perm("evidence.reread_evidence", is_of_own_centre)
rules.add_perm("evidence.save_column_map", is_member)
rules.add_perm("evidence.see_flags", is_of_the_body)
