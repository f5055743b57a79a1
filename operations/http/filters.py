"""Words that a list is filtered by.

One that is not of its closed set is refused, for an empty list would be no answer to a slip of the pen.
"""

from __future__ import annotations

from collections.abc import Iterable
from enum import StrEnum
from typing import TypeVar

from drf_spectacular.utils import OpenApiParameter

from core.errors import InputError
from core.provenance import Where
from core.suggestion import meant
from core.text import Text
from operations.http.words import HINT_BY_CODE, WORDS_BY_CODE

MOST_LISTED = 16  # choices; of more the hint names the nearest one
Choice = TypeVar("Choice", bound=StrEnum)


def described(name: str, choices: Iterable[str], description: str = "") -> OpenApiParameter:
    """The filter as the schema of the API lists it."""
    return OpenApiParameter(name, str, enum=list(choices), description=description)


def word_of(name: str, given: str | None, choices: Iterable[str]) -> str | None:
    """The word as it was given; None without one.

    Raises:
        InputError: `invalid_choice`, with the choices.
    """
    known = list(choices)
    if given is None or given in known:
        return given
    raise not_a_choice(name, hint=_choices(given, known))


def member_of(enum: type[Choice], name: str, given: str | None) -> Choice | None:
    """The same as a member of an enumeration."""
    word = word_of(name, given, enum)
    return None if word is None else enum(word)


def not_a_choice(name: str, *, hint: Text) -> InputError:
    return InputError("invalid_choice", WORDS_BY_CODE["invalid_choice"], where=Where(field=name), hint=hint)


def _choices(given: str, known: list[str]) -> Text:
    if len(known) > MOST_LISTED:
        return meant(given, known, otherwise=HINT_BY_CODE["invalid_choice"])
    return Text(zh=f"可选值：{'、'.join(known)}。", en=f"One of: {', '.join(known)}.")
