"""Who is bound to a centre: they work for it, or within the cooling-off they did, or handed in for it.

Asked of the models by the services and of the tables by the rules of the database, whatever accounts somebody uses.
"""

from __future__ import annotations

import datetime as dt
from typing import Any
from uuid import UUID

from django.db.models import DateTimeField, Max, Model, QuerySet, Value
from django.db.models.functions import Cast
from django.utils import timezone

from centres.models import FormerMembership, Membership, ProfileVersion
from centres.services.declare_interests import COOLING_OFF
from evidence.models import Evidence
from operations.rules_in_database import days_before

# Where it stands that somebody was, by which account, and when.
_PAST: tuple[tuple[type[Model], str, str], ...] = (
    (FormerMembership, "user", "left_at"),
    (ProfileVersion, "created_by", "created_at"),
    (Evidence, "uploaded_by", "received_at"),
)
BONDS = (
    "centres_person.natural_person",
    "centres_membership.user_id",
    *(f"{model._meta.db_table}.{at}" for model, _, at in _PAST),
)


def bonds_of(natural_person: UUID, *, centre: int | None, on: dt.date) -> dict[int, dt.date | None]:
    """By the key of the centre, of one or of all, the last day of the bond; None while they work there."""
    since = timezone.make_aware(dt.datetime.combine(on - COOLING_OFF, dt.time.min))

    def rows(model: type[Model], account: str) -> QuerySet[Any]:
        found = model._default_manager.filter(**{f"{account}__natural_person": natural_person}).order_by()
        return (found if centre is None else found.filter(centre=centre)).values_list("centre")

    past = [rows(model, account).filter(**{f"{at}__gte": since}).annotate(last=Max(at)) for model, account, at in _PAST]
    present = rows(Membership, "user").annotate(last=Cast(Value(None), DateTimeField()))
    days: dict[int, dt.date | None] = {}
    for of, last in past[0].union(*past[1:], present, all=True):
        day = timezone.localdate(last) if last else None
        before = days.get(of, day)
        days[of] = max(before, day) if before and day else None
    return days


def is_bound(who: str, *, centre: str, at: str) -> str:
    """The same as a condition of the database, at an instant.

    Args:
        who: what holds of `p`, an account of theirs.
        centre, at: its key and that instant, as SQL.
    """
    since = days_before(at, COOLING_OFF.days)
    # Tables of ours; a present membership has no day.
    past = ((model, account, f" AND t.{when} > {since}") for model, account, when in _PAST)
    ties: list[tuple[type[Model], str, str]] = [(Membership, "user", ""), *past]
    asked = " OR ".join(
        f"EXISTS (SELECT 1 FROM {model._meta.db_table} t JOIN centres_person p ON p.id = t.{account}_id "  # noqa: S608  (names of models)
        f"WHERE t.centre_id = {centre} AND {who}{recently})"
        for model, account, recently in ties
    )
    return f"({asked})"
