"""That somebody may assess a pillar, on stated grounds, for a time; said by an administrator about somebody else."""

from __future__ import annotations

import datetime as dt

import rules
from django.core.exceptions import PermissionDenied
from django.db import transaction
from django.utils import timezone

from centres.models import Competence, Person
from core.days import still_to_come
from core.errors import DecisionBlocked, InputError
from core.provenance import Where
from core.text import Text
from indicators.selectors import pillars_there_are
from operations import audit


@transaction.atomic
def grant_competence(
    person: Person, *, pillar: str, grounds: str, valid_until: dt.date, granted_by: Person
) -> Competence:
    """Raises:
    PermissionDenied: not an administrator.
    DecisionBlocked: `second_person_needed`, for one's own competence, whichever account is used.
    InputError: `unknown_pillar`; `day_has_passed`, `day_out_of_range`.
    """
    if not rules.has_perm("centres.grant_competence", granted_by):
        raise PermissionDenied
    if person.natural_person == granted_by.natural_person:
        raise DecisionBlocked(
            "second_person_needed",
            Text(zh="不能确认自己的能力。", en="Nobody grants their own competence."),
            hint=Text(zh="请另一位管理员确认。", en="Ask another administrator."),
        )
    if pillar not in (known := pillars_there_are()):
        raise InputError(
            "unknown_pillar",
            Text(zh=f"没有支柱“{pillar}”。", en=f"There is no pillar “{pillar}”."),
            where=Where(field="pillar"),
            hint=Text(zh=f"可选：{'、'.join(known) or '—'}。", en=f"Choose from {', '.join(known) or '—'}."),
        )
    today = timezone.localdate()
    made = Competence(
        person=person,
        pillar=pillar,
        grounds=grounds,
        granted_by=granted_by,
        granted_on=today,
        valid_until=still_to_come(valid_until, today=today, field="valid_until"),
    )
    made.full_clean()
    made.save(force_insert=True)
    audit.record(
        actor=granted_by,
        act="competence.grant",
        subject=f"person/{person.username}",
        reason=grounds,
        details={"pillar": pillar, "valid_until": valid_until.isoformat()},
    )
    return made
