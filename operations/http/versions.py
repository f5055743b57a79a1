"""Which version a request was made from: the one reader of `If-Match` (RFC 9110, 13.1.1).

A version is named as `ETag` gave it, in quotes: `"2"`; of several, `"1", "2"`, one must be the present one; `*` is
whichever there is. Tags are compared strongly, as the RFC asks: the weak `W/"2"` says that an answer was repacked on
its way, and matches nothing – the number stands in the body too. A bare `2` is no tag: it is refused as wrongly
written, for whoever guesses what was meant may guess wrong. Where nothing is there yet, nothing need be named.
Whose only fault is the weak mark on the present version is told of the mark, and not that it has changed.
"""

from __future__ import annotations

from enum import Enum

import re2
from rest_framework.request import Request

from core.errors import UserFacingError
from core.provenance import Where
from core.text import Text
from operations.http.words import HINT_BY_CODE, WORDS_BY_CODE

HEADER = "If-Match"
NEVER, NO_DIGEST = -1, "-"  # what no version of anything is
_TAG = r'(?:W/)?"[^"\s]*"'
_MARKED = re2.compile(r'(W/)?("[^"\s]*")')
_TAGS = re2.compile(rf"{_TAG}(?:[ \t]*,[ \t]*{_TAG})*")


class Asks(Enum):
    """When a door asks for the version."""

    ALWAYS = Text(
        zh="所读取的版本，即读取时的 ETag；* 表示不论哪个版本。",
        en="The version that was read, as its ETag; * for whichever there is.",
    )
    WHERE_NAMED = Text(
        zh="所读取的版本，即读取时的 ETag；填写时，若此后有变化则拒绝。",
        en="The version that was read, as its ETag; where it is named, another one by now refuses the act.",
    )
    TO_REPLACE = Text(
        zh="要替换的版本，即读取时的 ETag；* 表示不论哪个版本。尚无内容时不需要。",
        en="The version to replace, as its ETag; * for whichever there is. Not needed where nothing is there yet.",
    )


def version_read(request: Request, *, present: int | None) -> int:
    """The present version where the caller has read it, 0 where nothing is there yet.

    Any other is `NEVER`, which the service refuses in its own words: who was first, when, and with what.

    Raises:
        UserFacingError: as `has_read`.
    """
    return (present or 0) if has_read(request, present) else NEVER


def version_named(request: Request, *, present: int) -> int | None:
    """The same at a door where it need not be named: None then."""
    return version_read(request, present=present) if HEADER in request.headers else None


def digest_read(request: Request, *, present: str | None) -> str:
    """The same of what is known by its digest: empty where nothing is there, `NO_DIGEST` for any other."""
    return (present or "") if has_read(request, present) else NO_DIGEST


def has_read(request: Request, present: int | str | None) -> bool:
    """Whether the caller names the present version; None: nothing is there yet.

    Raises:
        UserFacingError: `version_required`, where none is named; `malformed_version`; `weak_version`.
    """
    named = request.headers.get(HEADER, "").strip()
    if present is None:
        return not named
    if not named:
        raise _refusal("version_required")
    if named == "*":
        return True
    if not _TAGS.fullmatch(named):
        raise _refusal("malformed_version")
    weak = {bool(mark) for mark, tag in _MARKED.findall(named) if tag == f'"{present}"'}
    if weak == {True}:
        raise _refusal("weak_version")
    return False in weak


def _refusal(code: str) -> UserFacingError:
    return UserFacingError(code, WORDS_BY_CODE[code], where=Where(field=HEADER), hint=HINT_BY_CODE[code])
