"""Errors a person can act on: what is wrong, where, and how to mend it.

Each door (page, API, job, command line) translates `UserFacingError` once;
every other exception is a bug.
"""

from __future__ import annotations

from copy import copy
from typing import Any, Self

from core.provenance import Where
from core.text import Text


class UserFacingError(Exception):
    """A refusal with a stable code, a message in both languages, a place and a hint.

    Whoever refuses says how to mend it: without a hint no refusal can be made.
    """

    def __init__(self, code: str, message: Text, *, hint: Text, where: Where | None = None) -> None:
        super().__init__(message.en)
        self.code = code
        self.message = message
        self.where = where
        self.hint = hint

    @property
    def told(self) -> Text:
        """What is wrong and how to mend it, in one text; a Chinese full stop wants no space after it."""
        return Text(zh=self.message.zh + self.hint.zh, en=f"{self.message.en} {self.hint.en}")

    def retold(self, *, message: Text | None = None, where: Where | None = None) -> Self:
        """The same refusal in other words or of another place, for who knows more of it; its hint stays."""
        again = copy(self)
        again.message = message or self.message
        again.where = where or self.where
        again.args = (again.message.en,)
        return again

    def __reduce__(self) -> tuple[Any, ...]:
        """A process of a pool hands its refusal over to the one that asked."""
        return _again, (type(self), self.args), self.__dict__

    def as_json(self) -> dict[str, Any]:
        return {
            "code": self.code,
            "message": self.message.as_json(),
            "where": self.where.as_json() if self.where else None,
            "hint": self.hint.as_json(),
        }


class InputError(UserFacingError):
    """Something handed in (a facts file, a profile, a call) cannot be used."""


class ParseError(UserFacingError):
    """A whole evidence file cannot be read; single bad lines are issues instead."""


RUBRIC_IS_WRITTEN = Text(
    zh="请在所示位置改正；评价指标体系的写法见 docs/rubric.md。",
    en="Mend it at the place named; docs/rubric.md says how a rubric is written.",
)


class RubricError(UserFacingError):
    """A rubric folder breaks a rule; `faults` lists what was found, not only the first; `found` counts all."""

    def __init__(
        self,
        code: str,
        message: Text,
        *,
        where: Where | None = None,
        hint: Text = RUBRIC_IS_WRITTEN,
        faults: tuple[UserFacingError, ...] = (),
        found: int | None = None,
    ) -> None:
        super().__init__(code, message, where=where, hint=hint)
        self.faults = faults
        self.found = max(1, len(faults)) if found is None else found


class QuotaExceeded(UserFacingError):
    """More than one party may take of what all share; `retry_after` are the seconds after which there may be room."""

    def __init__(
        self,
        code: str,
        message: Text,
        *,
        hint: Text,
        where: Where | None = None,
        retry_after: int | None = None,
    ) -> None:
        super().__init__(code, message, where=where, hint=hint)
        self.retry_after = retry_after


class InsufficientData(UserFacingError):
    """Evidence is there but too little of it: window, exposure or coverage too small."""


class DecisionBlocked(UserFacingError):
    """An act of the certification chain is not allowed now, or not to this person."""


class InvalidEvidence(UserFacingError):
    """Evidence was read but contradicts physics or itself; the measure is invalid, not zero by silence."""


def _again(kind: type[UserFacingError], words: tuple[Any, ...]) -> UserFacingError:
    """An error without calling its `__init__`; what it says is laid into it afterwards."""
    return kind.__new__(kind, *words)
