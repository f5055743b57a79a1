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

# The longest a declaration stands: a clear one is renewed each year; a conflict that lasts longer than the cooling-off
# after employment or advice is declared anew, for without a clear declaration nobody judges either.
LONGEST_CLEAR = dt.timedelta(days=365)
COOLING_OFF = dt.timedelta(days=730)


@transaction.atomic
def declare_interests(
    centre: Centre, *, person: Person, conflict: bool, statement: str, valid_until: dt.date | None = None
) -> Declaration:
    """One more declaration: a conflict lasts the two years of cooling-off at most, a clear one a year.

    Raises:
        PermissionDenied: not of the body.
        InputError: `declaration_too_long`; `day_has_passed`, `day_out_of_range`.
    """
    if not rules.has_perm("centres.declare_interests", person):
        raise PermissionDenied
    today = timezone.localdate()
    latest = today + (COOLING_OFF if conflict else LONGEST_CLEAR)
    until = still_to_come(valid_until or latest, today=today, field="valid_until")
    if until > latest:
        raise InputError(
            "declaration_too_long",
            Text(zh="利益冲突声明最长有效两年。", en="A conflict is declared for two years at most.")
            if conflict
            else Text(zh="无冲突声明最长有效一年。", en="A clear declaration lasts a year at most."),
            where=Where(field="valid_until"),
            hint=Text(
                zh=f"请选 {latest.isoformat()} 或之前的日期，到期前再作声明。",
                en=f"Choose {latest.isoformat()} or an earlier day, and declare it anew before it ends.",
            ),
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
