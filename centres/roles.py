"""The roles a person has outside the centres: read once for a request, and anew for the next one.

Half a dozen predicates ask for them while one request is answered. What was read is forgotten at its end, and at once
when a role is given or taken away meanwhile; outside of requests (a job, a command) every question goes to the rows.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable
from contextvars import ContextVar
from typing import Any

from django.contrib.auth.models import AnonymousUser
from django.http import HttpRequest
from django.http.response import HttpResponseBase

from centres.models import Person, Role, StaffRole

Given = frozenset[tuple[str, str]]  # role, province; an empty province means all

_read: ContextVar[dict[int, Given] | None] = ContextVar("roles read for this request", default=None)


class RolesReadOnce:
    """Middleware: what is read of roles serves one request."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponseBase]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponseBase:
        before = _read.set({})
        try:
            return self.get_response(request)
        finally:
            _read.reset(before)


def given_to(user: Person | AnonymousUser) -> Given:
    """Every role of an account that is in use; none of one that is not."""
    if not user.is_active or user.pk is None:
        return frozenset()
    read = _read.get()
    if read is None:
        return _rows_of(user.pk)
    if user.pk not in read:
        read[user.pk] = _rows_of(user.pk)
    return read[user.pk]


def has_any(user: Person | AnonymousUser, roles: Iterable[Role | str]) -> bool:
    """Whether the person holds one of these roles, for whatever province."""
    return not {role for role, _ in given_to(user)}.isdisjoint(roles)


def regulated_by(user: Person | AnonymousUser) -> frozenset[str]:
    """The provinces somebody regulates; an empty word among them stands for all."""
    return frozenset(province for role, province in given_to(user) if role == Role.REGULATOR)


def forget(**_: Any) -> None:
    """A role was given or taken away."""
    read = _read.get()
    if read is not None:
        read.clear()


def _rows_of(pk: int) -> Given:
    return frozenset(StaffRole.objects.filter(user_id=pk).values_list("role", "province"))
