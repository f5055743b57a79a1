"""Whoever asks, and what they are answered; nothing they do lasts."""

from __future__ import annotations

import os
import re
from collections.abc import Sequence
from copy import copy
from dataclasses import dataclass
from functools import cache as cache_once
from itertools import cycle, islice
from typing import Any
from urllib.parse import quote

from django.core.cache import cache
from django.db import connection, transaction
from django.test import Client
from knox.models import AuthToken
from rest_framework.test import APIClient

from centres.models import Person, TokenGrant
from tests.second_factor import give_factor, proved_token
from tests.tenancy.routes import Route, routes
from tests.tenancy.rules import RULES
from tests.tenancy.worlds import READERS, ROLES

AT_NIGHT = "ZHIHENG_MATRIX" in os.environ
# By day: a stranger, a centre, whoever shows that something is there, and one more whose turn it is.
EVER, IN_TURN = ("nobody", "owner_here"), 1
# Long answers made without asking who asks: two people are enough.
SAME_FOR_ALL = {"api:schema"}
# Of every answer differently: who asked when, and the token of its forms.
_PASSING = re.compile(r'"request_id":\s*"[^"]*"|name="csrfmiddlewaretoken" value="[^"]*"|nonce="[^"]*"|"csrf[^,}]*')


@dataclass(frozen=True)
class Answer:
    status: int
    text: str
    leads_to: str
    queries: int = 0

    @property
    def leads_to_sign_in(self) -> bool:
        return "/sign-in/" in self.leads_to

    @property
    def hides(self) -> bool:
        """Whether this may be said of something one does not see."""
        return self.status in (400, 401, 403, 404, 405, 415, 428) or self.leads_to_sign_in

    def bare(self, name: str) -> str:
        """What was said, without what differs each time and without the name that was asked for."""
        said = _PASSING.sub("", self.text) + self.leads_to
        for written in (name, quote(name), quote(quote(name))) if name else ():
            said = said.replace(written, "*")
        return said


class Asking:
    """One person's clients; whatever an act did is undone."""

    def __init__(self, person: Person | None, *, only_reads: bool = False) -> None:
        self.page, self.api = Client(raise_request_exception=False), APIClient(raise_request_exception=False)
        self.token: Any = None
        if only_reads:
            stored, bearer = AuthToken.objects.create(user=person)
            TokenGrant.objects.create(token=stored, read_only=True)
            self.api.credentials(HTTP_AUTHORIZATION=f"Token {bearer}")
        elif person is not None:
            give_factor(person)
            self.token = proved_token(person)
        if person is not None:
            self.page.force_login(person)
        self.person = person
        self.signed_in = (self.page.cookies.copy(), self.api.cookies.copy())

    def __call__(self, route: Route, method: str, address: str, data: Any = None) -> Answer:
        cache.clear()  # whoever asks thousands of times is slowed down
        if self.token is not None:
            self.api.force_authenticate(self.person, copy(self.token))  # one act of the API makes an end of its token
        headers = {"Accept-Language": "en"}
        asked: list[str] = []

        def counted(execute: Any, sql: str, *more: Any) -> Any:
            asked.append(sql)
            return execute(sql, *more)

        with transaction.atomic(), connection.execute_wrapper(counted):
            if route.is_api:
                headers |= {"Tus-Resumable": "1.0.0", "If-Match": "*"}
                given: dict[str, Any] = {} if method == "get" else {"data": data or {}, "format": "json"}
                got: Any = getattr(self.api, method)(address, **given, headers=headers)
            else:
                got = getattr(self.page, method)(address, headers=headers)
            self.page.cookies, self.api.cookies = (jar.copy() for jar in self.signed_in)  # signing out is undone too
            body = b"" if got.streaming else got.content
            got.close()
            transaction.set_rollback(True)
        return Answer(got.status_code, body.decode(errors="replace"), got.headers.get("Location", ""), len(asked))


class Everybody(dict[str, Asking]):
    """By role; whoever asks for the first time signs in."""

    def __init__(self, people: dict[str, Person | None]) -> None:
        super().__init__()
        self._people = people

    def __missing__(self, role: str) -> Asking:
        self[role] = Asking(self._people[role], only_reads=role in READERS)
        return self[role]


def who_asks(route: Route, method: str) -> Sequence[str]:
    """Of what should not be there, the centre alone; else everybody at night, a fair choice by day."""
    if method in route.undocumented:
        return ["owner_here"]
    if route.name in SAME_FOR_ALL:
        return EVER
    return ROLES if AT_NIGHT else _by_day()[route.name, method]


@cache_once
def _by_day() -> dict[tuple[str, str], list[str]]:
    """For each route and method; the turn goes on from one to the next, so that it comes to each role many times."""
    turn = cycle(ROLES)
    return {
        (route.name, method): list(dict.fromkeys((*EVER, RULES[route.name].shows(method), *islice(turn, IN_TURN))))
        for route in routes()
        if route.name in RULES
        for method in route.methods
    }
