"""Who may do what to a centre. Each request asks the database anew, so a role taken away is gone with the next one."""

from __future__ import annotations

import rules
from django.contrib.auth.models import AnonymousUser
from django.core.exceptions import PermissionDenied

from centres.models import Centre, CentreRole, Membership, Person, Role
from centres.roles import has_any

Somebody = Person | AnonymousUser


def signed_in(user: Somebody) -> Person:
    """The person behind a request that needs one.

    Raises:
        PermissionDenied: for somebody who has not signed in.
    """
    if not isinstance(user, Person):
        raise PermissionDenied
    return user


def has_role(user: Somebody, role: Role | str) -> bool:
    """Whether the person holds this role of the assessing body, the regulator or the platform."""
    return has_any(user, [role])


@rules.predicate
def is_member(user: Somebody, centre: Centre) -> bool:
    return user.is_active and Membership.objects.filter(user_id=user.pk, centre=centre).exists()


@rules.predicate
def belongs_to(user: Somebody, centre: Centre) -> bool:
    """Whether a human works for a centre, by whichever of their accounts."""
    if not isinstance(user, Person):
        return False
    return Membership.objects.filter(user__natural_person=user.natural_person, centre=centre).exists()


@rules.predicate
def works_on_all(user: Somebody, centre: Centre) -> bool:
    """Engineers and owners; colleagues of a department hand in evidence and change nothing else."""
    mine = Membership.objects.filter(user_id=user.pk, centre=centre, role__in=ALL_WORK)
    return user.is_active and mine.exists()


@rules.predicate
def is_owner(user: Somebody, centre: Centre) -> bool:
    return user.is_active and Membership.objects.filter(user_id=user.pk, centre=centre, role=CentreRole.OWNER).exists()


@rules.predicate
def is_administrator(user: Somebody) -> bool:
    return user.is_active and (user.is_superuser or has_role(user, Role.ADMINISTRATOR))


@rules.predicate
def is_of_the_body(user: Somebody) -> bool:
    """Those who handle cases: they read every centre's evidence."""
    return has_any(user, BODY_ROLES)


def sees_work(user: Somebody, centre: Centre) -> bool:
    """Whether somebody sees how a centre gets on with its evidence; the regulator sees results alone."""
    return bool(is_member(user, centre) or is_of_the_body(user) or is_administrator(user))


# Who changes what others rely on proves more than a password; of the roles outside the centres only regulators do not.
SECOND_FACTOR_ROLES = (
    Role.REGISTRAR,
    Role.ASSESSOR,
    Role.REVIEWER,
    Role.DECIDER,
    Role.APPEAL_HANDLER,
    Role.RUBRIC_AUTHOR,
    Role.PUBLISHER,
    Role.ADMINISTRATOR,
)


@rules.predicate
def needs_second_factor(user: Somebody) -> bool:
    """Whether this account is good for anything only with a second factor."""
    if user.is_staff or user.is_superuser:
        return True
    return has_any(user, SECOND_FACTOR_ROLES)


@rules.predicate
def is_registrar(user: Somebody) -> bool:
    return has_role(user, Role.REGISTRAR)


def may_invite(user: Somebody, centre: Centre | None) -> bool:
    """To this centre, or to the body where there is none."""
    if centre is None:
        return bool(rules.has_perm("centres.invite_staff", user))
    return bool(rules.has_perm("centres.invite_to_centre", user, centre))


ALL_WORK = (CentreRole.ENGINEER, CentreRole.OWNER)
BODY_ROLES = (Role.REGISTRAR, Role.ASSESSOR, Role.REVIEWER, Role.DECIDER, Role.APPEAL_HANDLER)

rules.add_perm("centres.add_centre", is_administrator)
rules.add_perm("centres.change_profile", works_on_all | is_administrator)
rules.add_perm("centres.upload_evidence", is_member)
rules.add_perm("centres.apply", works_on_all)
rules.add_perm("centres.declare_interests", is_of_the_body)
rules.add_perm("centres.grant_competence", is_administrator)
rules.add_perm("centres.link_accounts", is_administrator)
rules.add_perm("centres.invite_to_centre", is_owner | is_registrar | is_administrator)
rules.add_perm("centres.invite_staff", is_administrator)
rules.add_perm("centres.reset_second_factor", is_administrator)

# The users' pages of the admin site; everything there is written to the audit log as well.
for _thing in ("person", "staffrole", "membership"):
    for _act in ("view", "add", "change", "delete"):
        rules.add_perm(f"centres.{_act}_{_thing}", is_administrator)
