"""The same request sent twice with one `Idempotency-Key` has one effect and one answer.

A key belongs to its person for a day. Uploads need none: the same bytes are the same evidence anyway.

An answer is repeated to whoever may do what they might do when they got it. Who has lost a role, left a centre, was
taken off a case or gained either meanwhile is told that it was done and must look anew: what they see is then asked of
the present rules.
The act is not repeated in any case.
"""

from __future__ import annotations

import datetime as dt
import hashlib
import json
from collections.abc import Collection
from typing import Any, NoReturn

import re2
from django.db import IntegrityError, transaction
from django.utils import timezone
from rest_framework.renderers import JSONRenderer
from rest_framework.request import Request
from rest_framework.response import Response

from core.errors import InputError, UserFacingError
from core.provenance import Where
from core.text import Text
from operations.http.problems import MEDIA_TYPE
from operations.models import KeyedRequest

HEADER = "Idempotency-Key"
KEPT = dt.timedelta(days=1)
# Longer than any request may run: whoever began then is dead.
GIVEN_UP_AFTER = dt.timedelta(minutes=5)
_KEY = re2.compile(r"[!-~]{1,255}")
_REPLAYED_HEADERS = ("Location", "ETag")


class Replay(Exception):
    """There is an answer already."""

    def __init__(self, response: Response) -> None:
        super().__init__("answered before")
        self.response = response


def begin(request: Request) -> KeyedRequest | None:
    """Note that a keyed request runs; None when it bears no key.

    Raises:
        Replay: with the answer of an equal request that has ended.
        UserFacingError: `idempotency_key_reused` (422) for another request, `still_running` (409), `rights_changed`
            (403) for an answer given to somebody who might do something else.
    """
    key = request.headers.get(HEADER)
    if key is None or not request.user.is_authenticated:
        return None
    if not _KEY.fullmatch(key):
        raise InputError(
            "bad_idempotency_key",
            Text(
                zh="Idempotency-Key 应为 1 到 255 个可见 ASCII 字符。", en="The key is 1–255 visible ASCII characters."
            ),
            where=Where(field=HEADER),
            hint=Text(zh="请为每个请求新取一个 UUID 作为键。", en="Take a new UUID as the key of each request."),
        )
    somebody: Any = request.user
    person, sent = somebody.get_username(), {"fingerprint": _fingerprint(request), "standing": somebody.standing()}
    now = timezone.now()
    earlier = KeyedRequest.objects.filter(person=person, key=key)
    earlier.filter(begun_at__lt=now - KEPT).delete()
    earlier.filter(status=None, begun_at__lt=now - GIVEN_UP_AFTER).delete()
    try:
        with transaction.atomic():
            return KeyedRequest.objects.create(person=person, key=key, **sent)
    except IntegrityError:
        _meet(earlier.get(), **sent)


def end(record: KeyedRequest, response: Response) -> None:
    """Keep the answer. One that says nothing lasting (5xx, 429, a download) is forgotten: a retry may do better."""
    if response.status_code >= 500 or response.status_code == 429 or not hasattr(response, "data"):
        record.delete()
        return
    # Only these: what withholds the answer may have come meanwhile. A row that was given up is no more.
    KeyedRequest.objects.filter(pk=record.pk).update(
        status=response.status_code,
        body=json.loads(JSONRenderer().render(response.data) or b"null"),
        headers={name: response[name] for name in _REPLAYED_HEADERS if name in response},
    )


def withhold_answers(usernames: Collection[str]) -> None:
    """What these people were answered so far is not repeated: they lost something that is no part of their standing."""
    KeyedRequest.objects.filter(person__in=usernames).update(standing="")


def _meet(record: KeyedRequest, *, fingerprint: str, standing: str) -> NoReturn:
    if record.fingerprint != fingerprint:
        raise UserFacingError(
            "idempotency_key_reused",
            Text(
                zh="该 Idempotency-Key 已用于另一个请求。", en="This Idempotency-Key was used for a different request."
            ),
            where=Where(field=HEADER),
            hint=Text(zh="新的请求请使用新的键。", en="Use a new key for a new request."),
        )
    if record.status is None:
        raise UserFacingError(
            "still_running",
            Text(zh="相同的请求仍在处理。", en="The same request is still running."),
            hint=Text(zh="请稍后重试。", en="Try again in a moment."),
        )
    if record.standing != standing:
        raise UserFacingError(
            "rights_changed",
            Text(
                zh="该请求已处理过；此后您的权限有变化，不再重复当时的答复。",
                en="This request was answered before; what you may do has changed since: the answer is not repeated.",
            ),
            hint=Text(
                zh="请重新读取相关对象；新的请求请使用新的键。",
                en="Read the object anew; use a new key for a new request.",
            ),
        )
    content_type = MEDIA_TYPE if record.status >= 400 else None
    answer = Response(record.body, status=record.status, headers=record.headers, content_type=content_type)
    answer["Idempotency-Replayed"] = "true"
    raise Replay(answer)


def _fingerprint(request: Request) -> str:
    http: Any = request._request
    said = hashlib.sha256(f"{http.method} {http.get_full_path()} {http.content_type}\n".encode())
    said.update(http.body)
    return said.hexdigest()
