"""Who may do what with evidence."""

from __future__ import annotations

import rules

from centres.permissions import Somebody, works_on_all
from evidence.models import Evidence


@rules.predicate
def is_of_own_centre(user: Somebody, evidence: Evidence) -> bool:
    return bool(works_on_all(user, evidence.centre))


rules.add_perm("evidence.withdraw_evidence", is_of_own_centre)
rules.add_perm("evidence.reread_evidence", is_of_own_centre)
rules.add_perm("evidence.save_column_map", works_on_all)
