"""The second factor of an account: what proves it, how fresh the proof is, and what happens when it is lost."""

from __future__ import annotations

import datetime as dt
import hmac
import time

import rules
from allauth.account.authentication import get_authentication_records
from allauth.mfa.models import Authenticator
from allauth.mfa.recovery_codes.internal.auth import RecoveryCodes
from allauth.mfa.utils import decrypt, encrypt
from django.conf import settings
from django.core.cache import cache
from django.core.exceptions import PermissionDenied
from django.db import transaction
from django.db.models import F
from django.http import HttpRequest
from django.utils import timezone
from knox.models import AuthToken

from centres.models import Person
from core.errors import DecisionBlocked, QuotaExceeded, UserFacingError
from core.one_time_codes import code_at, step_at
from core.text import Text
from operations import audit

_PUNCTUATION = str.maketrans("", "", " -\t\u3000")
_HOUR = 3600
LAST_STEP = "last_step"


def has_second_factor(person: Person) -> bool:
    """Recovery codes alone are none: they only stand in for what was lost."""
    return bool(Authenticator.objects.filter(user=person, type=Authenticator.Type.TOTP).exists())


def check_code(person: Person, code: str) -> Authenticator:
    """The authenticator this code belongs to. A code serves once, also when two processes are asked at once.

    Raises:
        UserFacingError: `wrong_code`.
        QuotaExceeded: `too_many_codes`, after so many wrong ones within the hour; then a right one does not help.
    """
    guesses = f"second-factor-guesses-{person.pk}"
    cache.add(guesses, 0, _HOUR)
    if cache.incr(guesses) > settings.CODES_PER_HOUR:
        raise QuotaExceeded(
            "too_many_codes",
            Text(zh="错误的验证码过多。", en="Too many wrong codes."),
            hint=Text(zh="请一小时后再试。", en="Try again in an hour."),
            retry_after=_HOUR,
        )
    typed = code.translate(_PUNCTUATION)
    with transaction.atomic():
        mine = Authenticator.objects.select_for_update().filter(user=person)
        for found in sorted(mine, key=lambda one: one.type != Authenticator.Type.TOTP):
            if _serves(found, typed):
                cache.delete(guesses)
                return found
    raise UserFacingError(
        "wrong_code",
        Text(zh="验证码不正确，或已经用过。", en="The code is wrong, or was used before."),
        hint=Text(
            zh="请输入应用中当前显示的六位数字；核对手机时间；或使用一个恢复码。",
            en="Type the six digits your app shows now, check the clock of your phone, or use a recovery code.",
        ),
    )


def proved_at(request: HttpRequest, person: Person) -> dt.datetime | None:
    """When this session last proved the second factor of its person; None if it never did."""
    records = get_authentication_records(request, person)
    proofs = [record["at"] for record in records if record.get("method") == "mfa"]
    return dt.datetime.fromtimestamp(max(proofs), tz=dt.UTC) if proofs else None


def is_fresh(proved: dt.datetime | None) -> bool:
    """Whether a proof is young enough for an act that others rely on."""
    return proved is not None and timezone.now() - proved < dt.timedelta(seconds=settings.FRESH_SECONDS)


@transaction.atomic
def give_second_factor(person: Person, secret: str) -> None:
    """Let a secret that is known elsewhere be somebody's second factor, instead of what they had."""
    Authenticator.objects.filter(user=person).delete()
    Authenticator.objects.create(user=person, type=Authenticator.Type.TOTP, data={"secret": encrypt(secret)})


@transaction.atomic
def reset_second_factor(account: Person, *, reason: str, person: Person) -> None:
    """Somebody lost both app and recovery codes: they set up a new factor when they next sign in with their password.

    Tokens and sessions opened on the strength of the lost factor end: whoever has it may sit in one.

    Raises:
        PermissionDenied: not an administrator.
        DecisionBlocked: `second_person_needed`, for one's own.
    """
    if not rules.has_perm("centres.reset_second_factor", person):
        raise PermissionDenied
    if account.natural_person == person.natural_person:
        raise DecisionBlocked(
            "second_person_needed",
            Text(zh="不能重置自己的第二因素。", en="Nobody resets their own second factor."),
            hint=Text(zh="请另一位管理员重置。", en="Ask another administrator."),
        )
    Authenticator.objects.filter(user=account).delete()
    AuthToken.objects.filter(user=account).delete()
    Person.objects.filter(pk=account.pk).update(sessions_ended=F("sessions_ended") + 1)
    audit.record(actor=person, act="second_factor.reset", subject=f"person/{account.get_username()}", reason=reason)


def _serves(authenticator: Authenticator, code: str) -> bool:
    if authenticator.type == Authenticator.Type.RECOVERY_CODES:
        return bool(RecoveryCodes(authenticator).validate_code(code))
    if authenticator.type != Authenticator.Type.TOTP:
        return False
    secret, now = decrypt(authenticator.data["secret"]), step_at(time.time())
    for step in range(now - settings.MFA_TOTP_TOLERANCE, now + settings.MFA_TOTP_TOLERANCE + 1):
        if hmac.compare_digest(code_at(secret, step).encode(), code.encode()):
            if step <= authenticator.data.get(LAST_STEP, -1):
                return False
            authenticator.data[LAST_STEP] = step
            authenticator.save(update_fields=["data"])
            return True
    return False
