"""A role outside the centres, given to somebody who may hold it beside those they have."""

from __future__ import annotations

from collections.abc import Iterable

from django.db import transaction

from centres.models import Person, Role, StaffRole
from centres.services.hold_human import hold_human
from centres.services.rules_of_roles import JUDGES
from core.errors import DecisionBlocked
from core.text import Text


@transaction.atomic
def give_role(person: Person, *, role: str, province: str = "") -> None:
    """Raises:
    DecisionBlocked: `administers_and_judges`; a rule of the database refuses it as well.
    """
    hold_human(person)
    refuse_to_administer_and_judge(roles_of(person) | {role}, username=person.get_username())
    StaffRole.objects.get_or_create(user=person, role=role, province=province)


def roles_of(person: Person, *, own: bool = True) -> set[str]:
    """What the human being behind an account holds with all of them, or with the others alone."""
    accounts = Person.objects.filter(natural_person=person.natural_person)
    accounts = accounts if own else accounts.exclude(pk=person.pk)
    found = set(StaffRole.objects.filter(user__in=accounts).values_list("role", flat=True))
    return found | {Role.ADMINISTRATOR.value} if accounts.filter(is_superuser=True).exists() else found


def refuse_to_administer_and_judge(roles: Iterable[str], *, username: str) -> None:
    """Whoever gives roles and resets factors would decide alone with a role they gave themselves.

    Raises:
        DecisionBlocked: `administers_and_judges`.
    """
    held = set(roles)
    if Role.ADMINISTRATOR not in held or held.isdisjoint(JUDGES):
        return
    raise DecisionBlocked(
        "administers_and_judges",
        Text(
            zh=f"{username}：同一人（无论用哪个账号）不能既是管理员，又担任审查员、复核人、决定人或申诉处理员。",
            en=f"{username}: one human being, with whatever accounts, does not both administer and assess, "
            "review, decide or hear appeals.",
        ),
        hint=Text(
            zh="请把其中一个角色交给另一个人，或先收回已有的角色。",
            en="Give one of the roles to somebody else, or take the present one away first.",
        ),
    )
