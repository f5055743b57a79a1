"""How a measurement or a score ended, and why; never −1, never a silent zero."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum
from typing import Any, Self

from core.text import Text


class Outcome(StrEnum):
    """The closed list of endings. Everything but `scored` carries a reason."""

    SCORED = "scored"
    NO_EVIDENCE = "no_evidence"
    NOT_APPLICABLE = "not_applicable"
    NOT_ASSESSABLE = "not_assessable"
    INVALID = "invalid"

    @property
    def label(self) -> Text:
        return _LABELS[self]


_LABELS = {
    Outcome.SCORED: Text(zh="已计分", en="scored"),
    Outcome.NO_EVIDENCE: Text(zh="无证据", en="no evidence"),
    Outcome.NOT_APPLICABLE: Text(zh="不适用", en="not applicable"),
    Outcome.NOT_ASSESSABLE: Text(zh="无法评价", en="not assessable"),
    Outcome.INVALID: Text(zh="无效", en="invalid"),
}


class Quality(StrEnum):
    """Evidence grade: A raw and recomputed, B small documented gaps, C summaries, D declared only."""

    A = "A"
    B = "B"
    C = "C"
    D = "D"

    def at_most(self, other: Quality) -> Quality:
        """The worse of the two grades."""
        return max(self, other)


@dataclass(frozen=True, slots=True)
class Reason:
    """A stable code and a sentence a person understands."""

    code: str
    message: Text

    def as_json(self) -> dict[str, Any]:
        return {"code": self.code, "message": self.message.as_json()}

    @classmethod
    def from_json(cls, data: dict[str, Any]) -> Self:
        return cls(data["code"], Text(**data["message"]))
