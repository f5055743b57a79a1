"""Short ways to editions and measurements for scoring tests."""

from __future__ import annotations

from collections.abc import Mapping
from decimal import Decimal
from typing import Any

from assessment.scoring.exact import score
from assessment.scoring.result import Result
from core.outcome import Outcome, Quality, Reason
from core.text import Text
from indicators.measures.base import Measurement
from indicators.rubric.loader import edition_of_content
from indicators.rubric.model import Edition

WHY = Reason("why", Text(zh="原因", en="a reason"))


def title(name: str) -> dict[str, str]:
    return {"zh": name, "en": name}


def indicator(name: str, weight: str = "1", **more: Any) -> dict[str, Any]:
    """An indicator whose value is its points, 0 to 100."""
    return {
        "id": name,
        "title": title(name),
        "weight": weight,
        "measure": name,
        "curve": {"kind": "linear", "points": [["0", "0"], ["100", "100"]]},
        "missing": "zero",
    } | more


def edition_of(children: list[dict[str, Any]], **more: Any) -> Edition:
    """A draft edition with these children of the root; every indicator has a measure of its name."""
    names = sorted(_names(children))
    head = {
        "schema": "1",
        "rubric": "test",
        "edition": "1",
        "title": title("test"),
        "standing": title("test"),
        "measures": {name: {"title": title(name), "unit": "point", "direction": "higher"} for name in names},
        "children": children,
    }
    return edition_of_content({"rubric.yaml": head | more}, final=False)


def _names(children: list[dict[str, Any]]) -> set[str]:
    names: set[str] = set()
    for child in children:
        names |= _names(child["children"]) if "children" in child else {child["measure"]}
    return names


GRADES = {
    "pillar_margin": "15",
    "of": [
        {"id": f"L{number}", "at_least": line, "title": title(f"L{number}")}
        for number, line in enumerate(("0", "40", "60", "75", "90"), start=1)
    ],
}


def measured(measure: str, value: str, **more: Any) -> Measurement:
    quality = Quality(more.pop("quality")) if "quality" in more else None
    cap = Decimal(more.pop("cap")) if "cap" in more else None
    return Measurement(measure, Outcome.SCORED, value=Decimal(value), quality=quality, cap=cap, **more)


def ended(measure: str, outcome: Outcome, code: str = "why") -> Measurement:
    return Measurement(measure, outcome, reason=Reason(code, WHY.message))


def scored(
    edition: Edition, values: Mapping[str, str | Measurement], *, profile: Mapping[str, Any] | None = None
) -> Result:
    measurements = {
        name: value if isinstance(value, Measurement) else measured(name, value) for name, value in values.items()
    }
    return score(edition, facility="f", profile=profile or {}, measurements=measurements, inputs_digest="sha256:x")
