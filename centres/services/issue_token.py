"""A token of the API, and what stands behind it."""

from __future__ import annotations

from django.db import transaction
from django.utils import timezone
from knox.models import AuthToken

from centres.models import Person, TokenGrant
from centres.permissions import needs_second_factor
from centres.services.second_factor import check_code, has_second_factor
from core.errors import UserFacingError
from core.provenance import Where
from core.text import Text
from operations import audit


@transaction.atomic
def issue_token(person: Person, *, code: str = "", read_only: bool = False) -> tuple[AuthToken, str]:
    """A token for somebody whose password was right. Who has a second factor proves it, who must have one has one.

    Raises:
        UserFacingError: `code_needed`, `wrong_code`, `too_many_codes`; `second_factor_missing`.
    """
    proved = None
    if has_second_factor(person):
        if not code:
            raise UserFacingError(
                "code_needed",
                Text(zh="此账号须输入一次性验证码。", en="This account asks for a one-time code."),
                where=Where(field="code"),
                hint=Text(zh="请在请求中加入 code。", en="Send it along as code."),
            )
        check_code(person, code)
        proved = timezone.now()
    elif needs_second_factor(person):
        raise second_factor_missing()
    AuthToken.objects.filter(user=person, expiry__lt=timezone.now()).delete()
    stored, token = AuthToken.objects.create(user=person)
    TokenGrant.objects.create(token=stored, proved_at=proved, read_only=read_only)
    details = {"second_factor": proved is not None, "read_only": read_only}
    audit.record(actor=person, act="token.created", subject=f"person/{person.get_username()}", details=details)
    return stored, token


def second_factor_missing() -> UserFacingError:
    return UserFacingError(
        "second_factor_missing",
        Text(zh="您的角色须有第二因素。", en="Your role asks for a second factor."),
        hint=Text(
            zh="请在网页登录并完成设置，然后用一次性验证码取得新的令牌。",
            en="Sign in with a browser and set it up, then get a new token with a one-time code.",
        ),
    )
