"""Who works for a centre: joins it in a role, leaves it."""

from __future__ import annotations

import rules
from django.core.exceptions import PermissionDenied
from django.db import IntegrityError, transaction

from centres.models import Centre, CentreRole, Membership, Person
from centres.services.hold_human import hold_human
from core.errors import DecisionBlocked
from core.text import Text
from operations import audit


def join_centre(person: Person, *, centre: Centre, role: CentreRole) -> None:
    """Give somebody a role at a centre, instead of the one they had there.

    Raises:
        DecisionBlocked: `last_owner`; `judges_this_centre`, which a rule of the database finds, whatever account is
            used.
    """
    try:
        with transaction.atomic():
            hold_human(person)
            for before in Membership.objects.filter(user=person, centre=centre):
                if role != CentreRole.OWNER:
                    _require_another_owner(before)
                before.delete()
            Membership.objects.create(user=person, centre=centre, role=role)
    except IntegrityError as error:
        raise judges_this_centre(person, centre) from error


def judges_this_centre(person: Person, centre: Centre) -> DecisionBlocked:
    return DecisionBlocked(
        "judges_this_centre",
        Text(
            zh=f"{person.username} 正在参与 {centre.slug} 的评价，不能加入该中心。",
            en=f"{person.username} has a part in an open case of {centre.slug} and cannot work for it.",
        ),
        hint=Text(zh="请等该案件结束。", en="Wait until that case has ended."),
    )


@transaction.atomic
def leave_centre(membership: Membership, *, person: Person) -> None:
    """End somebody's work for a centre; what they may do there ends with their next request.

    Raises:
        PermissionDenied: not an owner of the centre, a registrar or an administrator.
        DecisionBlocked: `last_owner`.
    """
    if not rules.has_perm("centres.invite_to_centre", person, membership.centre):
        raise PermissionDenied
    _require_another_owner(membership)
    details = {"username": membership.user.get_username(), "role": membership.role}
    audit.record(actor=person, act="person.leave", subject=f"centre/{membership.centre.slug}", details=details)
    membership.delete()


def _require_another_owner(ending: Membership) -> None:
    """Where an owner's work ends, one is left who can sign in; of two who leave at once the second is told.

    Raises:
        DecisionBlocked: `last_owner`.
    """
    Centre.objects.select_for_update().get(pk=ending.centre_id)
    others = Membership.objects.filter(centre=ending.centre_id, role=CentreRole.OWNER, user__is_active=True)
    if ending.role == CentreRole.OWNER and not others.exclude(pk=ending.pk).exists():
        raise DecisionBlocked(
            "last_owner",
            Text(zh="这是该中心最后一位负责人。", en="This is the last owner of the centre."),
            hint=Text(zh="请先邀请另一位负责人。", en="Invite another owner first."),
        )
