"""What surveillance looks at a year after issue: the watched indicators, by their figures then and since."""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping
from dataclasses import dataclass
from decimal import Decimal
from typing import Any

from assessment.scoring.result import Node, Result
from centres.profile import CentreClass
from core.quantity import plain
from core.text import Text

# Of every class; then of training and of inference, both of mixed centres. Those a centre's tree has are watched.
_OF_ALL = ("GR-1.1", "ST-1.1", "CE-4.1", "US-6.1")
_OF_TRAINING, _OF_INFERENCE = ("ST-2.4", "CE-1.1"), ("ST-6.1", "CE-6.1")
WATCHED: Mapping[CentreClass, tuple[str, ...]] = {
    CentreClass.TRAINING_LED: (*_OF_ALL, *_OF_TRAINING),
    CentreClass.INFERENCE_LED: (*_OF_ALL, *_OF_INFERENCE),
    CentreClass.MIXED: (*_OF_ALL, *_OF_TRAINING, *_OF_INFERENCE),
}


@dataclass(frozen=True, slots=True)
class Watched:
    """One indicator: its figure on the certificate, and what was measured in a window that ends after the issue.

    Args:
        after: None where nothing was measured since.
        until: the last day of that window.
    """

    code: str
    title: Text
    unit: str
    before: Decimal | None
    after: Decimal | None = None
    until: dt.date | None = None

    @property
    def is_fresh(self) -> bool:
        return self.after is not None

    def as_json(self) -> dict[str, Any]:
        return {
            "code": self.code,
            "unit": self.unit,
            "before": None if self.before is None else plain(self.before),
            "after": None if self.after is None else plain(self.after),
            "until": self.until.isoformat() if self.until else None,
        }


def watched(
    certified: Result, since: Result | None, *, centre_class: CentreClass, issued_on: dt.date
) -> tuple[Watched, ...]:
    """The watched indicators of a certificate's tree, in the order of the scheme.

    Args:
        since: of what is accepted by now, scored by the edition of the certificate; None where nothing can be.
    """
    before = {node.code: node for node in certified.root.walk()}
    after = {node.code: node for node in since.root.walk()} if since else {}
    return tuple(_watched(before[code], after.get(code), issued_on) for code in WATCHED[centre_class] if code in before)


def _watched(before: Node, after: Node | None, issued_on: dt.date) -> Watched:
    then, now = before.inputs, after.inputs if after else None
    found = Watched(before.code, before.title, then.unit if then else "", then.value if then else None)
    if now is None or now.value is None or now.period is None or now.period.end.date() <= issued_on:
        return found
    return Watched(found.code, found.title, now.unit, found.before, now.value, now.period.end.date())
