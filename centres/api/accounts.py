"""Whom the body of a request names by user name."""

from __future__ import annotations

from typing import Any

from rest_framework.exceptions import PermissionDenied
from rest_framework.request import Request

from centres.models import Person
from operations.http.named import named


def account_of(request: Request, given: dict[str, Any], field: str, *, permission: str) -> Person:
    """Whom a field names, which is taken out of what was given.

    Raises:
        PermissionDenied: before a name is looked up, as others need not learn which accounts there are.
        InputError: `does_not_exist`.
    """
    if not request.user.has_perm(permission):
        raise PermissionDenied
    return named(Person.objects.all(), field=field, username=given.pop(field))
