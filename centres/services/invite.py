"""Invitations: a role offered by mail to whoever receives it, or taken back."""

from __future__ import annotations

import datetime as dt
import hashlib
import secrets

from django.conf import settings
from django.core.exceptions import PermissionDenied
from django.core.mail import send_mail
from django.db import transaction
from django.template.loader import render_to_string
from django.utils import timezone, translation

from centres.models import Centre, CentreRole, Invitation, Person, Role
from centres.permissions import may_invite
from centres.provinces import PROVINCES, no_such_province, province_hint
from core.errors import DecisionBlocked, InputError
from core.provenance import Where
from core.suggestion import meant
from core.text import Text
from operations import audit

TOKEN_BYTES = 32


@transaction.atomic
def invite(*, email: str, role: str, person: Person, centre: Centre | None = None, province: str = "") -> Invitation:
    """Offer a role at a centre, or of the body, by mail. The link is in the mail alone: who invites never sees it.

    Raises:
        PermissionDenied: not an owner of this centre, a registrar or an administrator; of the body: no administrator.
        InputError: `unknown_role`; `province_without_regulator`; `unknown_province`.
        OSError: the mail could not be sent; nothing was kept.
    """
    _check_may_invite(person, centre)
    _check_role(role, [str(one) for one in (CentreRole if centre else Role)])
    _check_province(province, of_a_regulator=centre is None and role == Role.REGULATOR)
    token, now = secrets.token_urlsafe(TOKEN_BYTES), timezone.now()
    made = Invitation(
        email=email.strip().lower(),
        centre=centre,
        role=role,
        province=province,
        token_hash=hash_of(token),
        invited_by=person,
        invited_at=now,
        expires_at=now + dt.timedelta(days=settings.INVITATION_DAYS),
    )
    made.full_clean()
    made.save(force_insert=True)
    audit.record(
        actor=person,
        act="person.invite",
        subject=subject_of(made),
        details={"invitation": str(made.pk), "email": made.email, "role": role, "province": province},
    )
    _send(made, token)
    return made


@transaction.atomic
def revoke_invitation(invitation: Invitation, *, person: Person) -> Invitation:
    """Take an offer back; its link then leads nowhere.

    Raises:
        PermissionDenied: as `invite`.
        DecisionBlocked: `wrong_state`, when it was accepted or taken back already.
    """
    _check_may_invite(person, invitation.centre)
    present = Invitation.objects.select_for_update().get(pk=invitation.pk)
    if present.accepted_at or present.revoked_at:
        raise DecisionBlocked(
            "wrong_state",
            Text(zh="该邀请已被接受或撤回。", en="This invitation was accepted or taken back already."),
            hint=Text(zh="如仍需邀请，请另发一封。", en="Where one is still needed, send another."),
        )
    present.revoked_at = timezone.now()
    present.save(update_fields=["revoked_at"])
    audit.record(
        actor=person, act="person.uninvite", subject=subject_of(present), details={"invitation": str(present.pk)}
    )
    return present


def hash_of(token: str) -> str:
    return hashlib.sha256(token.encode()).hexdigest()


def _check_may_invite(person: Person, centre: Centre | None) -> None:
    if not may_invite(person, centre):
        raise PermissionDenied


def _check_role(role: str, known: list[str]) -> None:
    if role in known:
        return
    otherwise = Text(zh=f"可选值：{'、'.join(known)}。", en=f"One of: {', '.join(known)}.")
    raise InputError(
        "unknown_role",
        Text(zh="没有这个角色。", en="There is no such role."),
        where=Where(field="role"),
        hint=meant(role, known, otherwise=otherwise),
    )


def _check_province(province: str, *, of_a_regulator: bool) -> None:
    where = Where(field="province")
    if province and not of_a_regulator:
        raise InputError(
            "province_without_regulator",
            Text(zh="只有主管部门人员的角色可以限定地区。", en="Only a regulator's role is limited to a province."),
            where=where,
            hint=Text(zh="请删去 province。", en="Leave `province` out."),
        )
    if province and province not in PROVINCES:
        raise InputError("unknown_province", no_such_province(province), where=where, hint=province_hint(province))


def _send(invitation: Invitation, token: str) -> None:
    link = f"{settings.PUBLIC_ADDRESS}/invitations/{token}/"
    labels = {"roles": _in_both(invitation), "invitation": invitation, "link": link, "body": settings.BODY_NAME}
    send_mail(
        "智衡：邀请 / Zhiheng: an invitation",
        render_to_string("account/email/invitation.txt", labels),
        None,
        [invitation.email],
    )


def _in_both(invitation: Invitation) -> dict[str, str]:
    said = {}
    for code, language in (("zh", "zh-hans"), ("en", "en")):
        with translation.override(language):
            said[code] = invitation.role_label
    return said


def subject_of(invitation: Invitation) -> str:
    return f"centre/{invitation.centre.slug}" if invitation.centre else "people"
