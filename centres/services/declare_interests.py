"""What people of the body declare about their interests in a centre, and for how long."""

from __future__ import annotations

import datetime as dt

import rules
from django.core.exceptions import PermissionDenied
from django.db import transaction
from django.utils import timezone

from centres.models import Centre, Declaration, Person
from core.days import still_to_come
from core.errors import InputError
from core.provenance import Where
from core.text import Text
from operations import audit

LONGEST_CLEAR = dt.timedelta(days=365)
COOLING_OFF = dt.timedelta(days=730)  # after employment with, or advice to, the centre


@transaction.atomic
def declare_interests(
    centre: Centre, *, person: Person, conflict: bool, statement: str, valid_until: dt.date | None = None
) -> Declaration:
    """One more declaration; a conflict without an end lasts the two years of cooling-off, a clear one a year at most.

    Raises:
        PermissionDenied: not of the body.
        InputError: `declaration_too_long`; `day_has_passed`, `day_out_of_range`.
    """
    if not rules.has_perm("centres.declare_interests", person):
        raise PermissionDenied
    today = timezone.localdate()
    until = valid_until or today + (COOLING_OFF if conflict else LONGEST_CLEAR)
    still_to_come(until, today=today, field="valid_until")
    if not conflict and until > today + LONGEST_CLEAR:
        raise InputError(
            "declaration_too_long",
            Text(zh="无冲突声明最长有效一年。", en="A clear declaration lasts a year at most."),
            where=Where(field="valid_until"),
            hint=Text(zh="请改选一年之内的日期。", en="Choose a day within a year."),
        )
    made = Declaration(
        person=person,
        centre=centre,
        conflict=conflict,
        statement=statement,
        declared_on=today,
        valid_until=until,
    )
    made.full_clean()
    made.save(force_insert=True)
    audit.record(
        actor=person,
        act="interests.declare",
        subject=f"person/{person.username}",
        details={"centre": centre.slug, "conflict": conflict, "valid_until": until.isoformat()},
    )
    return made
