"""What ends when the password of an account is set, whoever sets it."""

from __future__ import annotations

from django.contrib.auth.base_user import AbstractBaseUser
from knox.models import AuthToken


def end_what_a_password_opened(account: AbstractBaseUser) -> None:
    """Its tokens. Its sessions end by themselves: each holds a digest of the password it was opened with."""
    AuthToken.objects.filter(user=account).delete()
