"""What may be seen of centres. Every list starts here, so that another tenant's object is simply not there."""

from __future__ import annotations

import datetime as dt
from enum import StrEnum
from typing import TypeVar
from uuid import UUID

from django.conf import settings
from django.contrib.auth.models import AnonymousUser
from django.db.models import Model, Q, QuerySet
from django.utils import timezone

from centres.models import (
    Centre,
    CentreRole,
    Competence,
    Declaration,
    Invitation,
    Membership,
    Person,
    ProfileVersion,
    Role,
)
from centres.permissions import ALL_WORK, BODY_ROLES, has_role, is_administrator, may_invite
from centres.roles import has_any, regulated_by
from operations import audit
from operations.models import Job

Row = TypeVar("Row", bound=Model)
_SEE_EVERY_CENTRE = (*BODY_ROLES, Role.ADMINISTRATOR)


def visible_centres(user: Person | AnonymousUser) -> QuerySet[Centre]:
    """Own centres; all for the assessing body and administrators; a regulator's province, or all."""
    if not user.is_active:
        return Centre.objects.none()
    regulated = regulated_by(user)
    if user.is_superuser or "" in regulated or has_any(user, _SEE_EVERY_CENTRE):
        return Centre.objects.all()
    own = Centre.objects.filter(memberships__user_id=user.pk).values("pk")
    return Centre.objects.filter(Q(pk__in=own) | Q(province__in=regulated))


def in_visible_centres(found: QuerySet[Row], user: Person | AnonymousUser) -> QuerySet[Row]:
    """Rows of the centres a person may see. Who sees every centre is not asked about each: a database then reads a long
    list in its own order, by its index, instead of sorting all there is.
    """
    centres = visible_centres(user)
    return found.filter(centre__in=centres) if centres.query.where else found


def current_profile(centre: Centre) -> ProfileVersion | None:
    """The newest profile; None for a centre that has none yet."""
    return ProfileVersion.objects.filter(centre=centre).order_by("-pk").first()


def zone_of(centre: Centre) -> str:
    """The zone of the centre's clocks, by its newest profile; before it has one, that of this installation."""
    version = current_profile(centre)
    return version.profile.place.timezone if version else settings.TIME_ZONE


def personal_scope(user: Person | AnonymousUser) -> str:
    """The scope of work that one person asked for and that belongs to no centre, such as a ranked report."""
    return f"person/{user.pk}"


def visible_jobs(user: Person | AnonymousUser) -> QuerySet[Job]:
    """Jobs about centres the person may see, and own ones; the platform's own work is the administrators'."""
    if not user.is_active:
        return Job.objects.none()
    scopes = Q(scope__in=visible_centres(user).values("slug")) | Q(scope=personal_scope(user))
    if user.is_superuser or has_role(user, Role.ADMINISTRATOR):
        scopes |= Q(scope="")
    return Job.objects.filter(scopes)


def visible_invitations(user: Person | AnonymousUser) -> QuerySet[Invitation]:
    """Of centres one may invite people to; those of the body are the administrators'."""
    found = Invitation.objects.select_related("centre", "invited_by", "accepted_by")
    if not isinstance(user, Person) or not user.is_active:
        return found.none()
    if is_administrator(user):
        return found
    if has_role(user, Role.REGISTRAR):
        return found.exclude(centre=None)
    own = Membership.objects.filter(user=user, role=CentreRole.OWNER).values("centre")
    return found.filter(centre__in=own)


def is_taken(username: str) -> bool:
    """Whether a user name is somebody's, or was: who left keeps the name the log knows them by."""
    return Person.objects.filter(username=username).exists() or audit.names(username)


def open_invitation(token_hash: str) -> Invitation | None:
    """The invitation a link belongs to, while it may be accepted: whoever sent it may still invite."""
    found = Invitation.objects.filter(
        token_hash=token_hash, accepted_at=None, revoked_at=None, expires_at__gt=timezone.now()
    )
    invitation = found.select_related("centre", "invited_by").first()
    if invitation is None or not may_invite(invitation.invited_by, invitation.centre):
        return None
    return invitation


class Interests(StrEnum):
    """What somebody's declarations about a centre say on a day."""

    UNDECLARED = "undeclared"
    CLEAR = "clear"
    CONFLICT = "conflict"


def interests(person: Person, *, centre: Centre | int, on: dt.date) -> Interests:
    """Of all accounts of the natural person; a conflict lasts to its end, whatever is declared later."""
    centre = centre if isinstance(centre, int) else centre.pk
    return interests_by_centre(person.natural_person, centre=centre, on=on).get(centre, Interests.UNDECLARED)


def interests_by_centre(natural_person: UUID, *, centre: int | None, on: dt.date) -> dict[int, Interests]:
    """The same by the key of the centre, of one or of all; undeclared where a centre is not in it."""
    in_force = Declaration.objects.filter(
        person__natural_person=natural_person, declared_on__lte=on, valid_until__gte=on
    )
    in_force = in_force if centre is None else in_force.filter(centre=centre)
    found: dict[int, Interests] = {}
    for of, conflict in in_force.order_by().values_list("centre_id", "conflict"):
        if conflict:
            found[of] = Interests.CONFLICT
        else:
            found.setdefault(of, Interests.CLEAR)
    return found


def conflicts_in_force(*, on: dt.date) -> QuerySet[Declaration]:
    """Of anybody in any centre, to be asked with others."""
    return Declaration.objects.filter(conflict=True, declared_on__lte=on, valid_until__gte=on).order_by()


def centres_worked_on(user: Person | AnonymousUser) -> frozenset[int]:
    """Keys of the centres whose whole work this account does: what `works_on_all` says of each."""
    return frozenset(work_of(user).values_list("centre_id", flat=True))


def work_of(user: Person | AnonymousUser) -> QuerySet[Membership]:
    """The same as rows, to be asked with others; none of an account that is closed."""
    found = Membership.objects.filter(user_id=user.pk, role__in=ALL_WORK, user__is_active=True)
    return found.order_by()


def competent_pillars(person: Person, *, on: dt.date) -> frozenset[str]:
    """The pillars this natural person may assess on that day."""
    in_force = Competence.objects.filter(
        person__natural_person=person.natural_person, granted_on__lte=on, valid_until__gte=on
    )
    return frozenset(in_force.values_list("pillar", flat=True))


def visible_declarations(user: Person | AnonymousUser) -> QuerySet[Declaration]:
    """One's own, of all one's accounts; all of them for those who hand out cases."""
    found = Declaration.objects.select_related("person", "centre")
    return found if _hands_out_cases(user) else found.filter(person__in=_accounts(user))


def visible_competences(user: Person | AnonymousUser) -> QuerySet[Competence]:
    found = Competence.objects.select_related("person", "granted_by")
    return found if _hands_out_cases(user) else found.filter(person__in=_accounts(user))


def _hands_out_cases(user: Person | AnonymousUser) -> bool:
    roles = (Role.REGISTRAR, Role.ADMINISTRATOR)
    return has_any(user, roles)


def visible_people(user: Person | AnonymousUser) -> QuerySet[Person]:
    """All of one's own accounts; everybody for administrators."""
    return Person.objects.all() if is_administrator(user) else _accounts(user)


def _accounts(user: Person | AnonymousUser) -> QuerySet[Person]:
    """All accounts of the human being behind this one."""
    if not isinstance(user, Person) or not user.is_active:
        return Person.objects.none()
    return Person.objects.filter(natural_person=user.natural_person)
