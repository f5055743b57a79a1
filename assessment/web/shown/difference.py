"""The difference to a centre's previous result as its page shows it."""

from __future__ import annotations

from dataclasses import dataclass
from decimal import Decimal

from django.utils.translation import gettext as _

from assessment.difference_selectors import difference_between, previous_result
from assessment.scoring.explain.difference import Difference, Switch
from assessment.scoring.explain.report import DIFFERENCE_METHOD
from assessment.web.shown.result import Shown
from core.quantity import plain
from core.text import Text

MOST_INDICATORS = 8


@dataclass(frozen=True, slots=True)
class IndicatorChange:
    code: str
    title: Text
    weights: bool
    before: Decimal | None
    after: Decimal | None
    change: str


@dataclass(frozen=True, slots=True)
class PartShown:
    """What evidence, rubric or engine did; of the evidence the indicators that did most, and the rest together."""

    title: Text
    change: str
    indicators: tuple[IndicatorChange, ...]
    others: str
    more: int


@dataclass(frozen=True, slots=True)
class DifferenceShown:
    finding: str
    method: Text
    parts: tuple[PartShown, ...]
    reason: Text | None


def difference_shown(shown: Shown) -> DifferenceShown | None:
    """None where there is no earlier result this person may see, or no two scores to compare."""
    if shown.stored is None:
        return None
    before = previous_result(shown.stored, assessment=shown.assessment, insider=shown.is_insider)
    found = difference_between(before, shown.stored) if before is not None else None
    if found is None:
        return None
    return difference_words(found, _("%(change)s points since the previous result (%(before)s → %(after)s)"))


def difference_words(found: Difference, finding: str) -> DifferenceShown | None:
    """A difference under a finding that names `change`, `before` and `after`; None where there are no two scores."""
    if found.total is None:
        return None
    finding %= {
        "change": signed(found.total.published),
        "before": plain(found.before.score or Decimal(0)),
        "after": plain(found.after.score or Decimal(0)),
    }
    parts = tuple(_part(found, switch) for switch in found.parts)
    return DifferenceShown(finding, DIFFERENCE_METHOD, parts, found.reason)


def signed(points: Decimal) -> str:
    """A change with its sign; nothing changed is ±0."""
    if not points:
        return f"±{plain(points)}"
    return f"−{plain(-points)}" if points < 0 else f"+{plain(points)}"


def _part(found: Difference, switch: Switch) -> PartShown:
    indicators = found.indicators if switch is Switch.EVIDENCE else ()
    rest = sum((one.part.published for one in indicators[MOST_INDICATORS:]), Decimal(0))
    return PartShown(
        title=switch.words,
        change=signed(found.parts[switch].published),
        indicators=tuple(
            IndicatorChange(one.code, one.title, one.weights, one.before, one.after, signed(one.part.published))
            for one in indicators[:MOST_INDICATORS]
        ),
        others=signed(rest),
        more=max(0, len(indicators) - MOST_INDICATORS),
    )
