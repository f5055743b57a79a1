"""Whoever holds the link of an invitation takes its role, with the account they have or with a new one."""

from __future__ import annotations

from allauth.account.models import EmailAddress
from django.contrib.auth.password_validation import validate_password
from django.core.exceptions import ValidationError
from django.db import transaction
from django.utils import timezone, translation

from centres.models import CentreRole, Invitation, Person
from centres.selectors import is_taken, open_invitation
from centres.services.give_role import give_role
from centres.services.hold_human import hold_human
from centres.services.invite import hash_of, subject_of
from centres.services.join_centre import join_centre
from core.errors import InputError, UserFacingError
from core.provenance import Where
from core.text import Text
from operations import audit
from operations.http.words import HINT_BY_CODE


@transaction.atomic
def accept_invitation(token: str, *, person: Person) -> Person:
    """Somebody who is signed in takes the role with the account they have.

    Raises:
        UserFacingError: `not_invited`, for a link that is unknown, used, taken back or too old.
        DecisionBlocked: `judges_this_centre`; `administers_and_judges`.
    """
    return _take(_held(token), person)


@transaction.atomic
def accept_with_new_account(token: str, *, username: str, password: str, name_zh: str, name_en: str) -> Person:
    """Make the account of somebody new. One whose address is that of an account is the same natural person.

    Raises:
        UserFacingError: as `accept_invitation`.
        InputError: `already_exists`, for a user name that is taken; `password_too_weak`.
    """
    username = Person.normalize_username(username)  # as it is stored, so that one name is asked for, kept and logged
    invitation = _held(token)
    made = Person(username=username, name_zh=name_zh, name_en=name_en, email=invitation.email)
    try:
        validate_password(password, made)
    except ValidationError as refusal:
        with translation.override("en"):
            en = " ".join(str(word) for word in refusal.messages)
        with translation.override("zh-hans"):
            zh = "".join(str(word) for word in refusal.messages)
        raise InputError(
            "password_too_weak",
            Text(zh=zh, en=en),
            where=Where(field="password"),
            hint=HINT_BY_CODE["password_too_weak"],
        ) from refusal
    known = Person.objects.filter(email__iexact=invitation.email).order_by("pk").first()
    if known is not None:
        hold_human(known)
        made.natural_person = known.natural_person
    made.set_password(password)
    if is_taken(username):
        raise _refused_name("already_exists", Text(zh="该用户名已被使用。", en="This user name is taken."))
    try:
        made.full_clean()
    except ValidationError as refusal:
        allowed = Text(
            zh="用户名只能包含字母、数字和 @ . + - _。", en="A user name holds letters, digits and @ . + - _ only."
        )
        raise _refused_name("invalid", allowed) from refusal
    made.save(force_insert=True)
    # An address is one account's to prove; another account of the same human has it without.
    proved = EmailAddress.objects.filter(email__iexact=invitation.email, verified=True).exists()
    EmailAddress.objects.create(user=made, email=invitation.email, verified=not proved, primary=True)
    details = {"same_person_as": known.username} if known else {}
    audit.record(actor=made, act="person.added", subject=f"person/{username}", details=details)
    return _take(invitation, made)


def _refused_name(code: str, message: Text) -> InputError:
    hint = Text(zh="请另选用户名，例如姓名的拼音。", en="Choose another one, such as your name in Latin letters.")
    return InputError(code, message, where=Where(field="username"), hint=hint)


def _held(token: str) -> Invitation:
    """The open invitation of a link, until the end of the transaction for us alone."""
    found = open_invitation(hash_of(token))
    if found is not None:
        found = Invitation.objects.select_for_update(of=("self",)).get(pk=found.pk)
    if found is None or found.accepted_at or found.revoked_at:
        raise UserFacingError(
            "not_invited",
            Text(
                zh="此邀请链接无效：已使用、已撤回或已过期。",
                en="This link is no longer valid: used, taken back, or too old.",
            ),
            hint=Text(zh="请向邀请您的人索取新的邀请。", en="Ask whoever invited you for another one."),
        )
    return found


def _take(invitation: Invitation, person: Person) -> Person:
    if invitation.centre is None:
        give_role(person, role=invitation.role, province=invitation.province)
    else:
        join_centre(person, centre=invitation.centre, role=CentreRole(invitation.role))
    invitation.accepted_at, invitation.accepted_by = timezone.now(), person
    invitation.save(update_fields=["accepted_at", "accepted_by"])
    audit.record(
        actor=person,
        act="person.accept_invitation",
        subject=subject_of(invitation),
        details={"invitation": str(invitation.pk), "role": invitation.role, "province": invitation.province},
    )
    return person
